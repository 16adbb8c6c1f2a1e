package alerting_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/alerting"
)

// slack is by how many ticks Prometheus may be late or early where it does not see all that there is: one for the scrape, one
// for the evaluation.
const slack = 2

// TestPrometheusComparison plays runs to the local rules and, as the expositions of every 15 seconds, to promtool with the
// printed ones. The same alerts have to fire at the same times: in every single evaluation where each follows a scrape at once
// and no scrape fails.
func TestPrometheusComparison(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range runs {
		for _, lag := range []int{0, 8} {
			s := newSimulation(t, lag, comparedRules())
			s.play(r.minutes, r.second)
			if got := s.everFired(); r.fires != nil && !slices.Equal(got, r.fires) {
				t.Errorf("%s: %q fired here, want %q: this run does not test what it should", r.name, got, r.fires)
			}
			for _, name := range s.everFired() {
				seen[name] = true
			}
			for version, promtool := range promtools(t) {
				t.Run(fmt.Sprintf("%s/lag=%ds/%s", r.name, lag, version), func(t *testing.T) {
					t.Parallel()
					checkPromtool(t, promtool, s)
				})
			}
		}
	}
	for _, r := range comparedRules() {
		if !seen[r.AlertName()] {
			t.Errorf("%s fires in no run", r.AlertName())
		}
	}
}

// comparedRules are those of the thresholds and two made up.
func comparedRules() []alerting.Rule {
	thresholds := alerting.DefaultThresholds()
	thresholds.MaxCostUSD = new(25.0)
	return append(thresholds.Rules(),
		alerting.Rule{
			Name: "slow_first_token", Metric: "time_to_first_token", Statistic: alerting.P95, Threshold: 2, For: time.Minute,
			Level: alerting.Warning,
		},
		alerting.Rule{
			Name: "slow_small_model", Metric: "completion_token_count", Statistic: alerting.Rate, Comparison: alerting.Below,
			Threshold: 4, For: time.Minute, Model: "small", Level: alerting.Info,
		})
}

// checkPromtool has promtool evaluate the printed rules over what the simulation exposed, and want of it what the local rules
// said, but for ticks so near to a change of an alert that it may come on either side.
func checkPromtool(t *testing.T, promtool string, s *simulation) {
	dir := t.TempDir()
	var rules, test bytes.Buffer
	if err := alerting.WriteRules(&rules, s.rules); err != nil {
		t.Fatal(err)
	}
	test.WriteString("rule_files: [rules.yml]\nevaluation_interval: 15s\ntests:\n- interval: 15s\n  input_series:\n")
	s.exposed.write(&test)
	test.WriteString("  promql_expr_test:\n")
	asked := 0
	for i := range s.firing {
		if settled := s.settled(i); len(settled) > 0 {
			asked += len(settled)
			writeExpectation(&test, i, settled, s.firing[i])
		}
	}
	if all := len(s.firing) * len(s.rules); asked < all*2/3 {
		t.Errorf("only %d of %d states are compared", asked, all)
	}
	file := filepath.Join(dir, "test.yml")
	for name, content := range map[string][]byte{filepath.Join(dir, "rules.yml"): rules.Bytes(), file: test.Bytes()} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(promtool, "test", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
		t.Log(s.history())
	}
}

// writeExpectation wants those of the alerts firing that are.
func writeExpectation(b *bytes.Buffer, tick int, alerts []string, firing map[string]bool) {
	fmt.Fprintf(b, "  - expr: count by (alertname) (ALERTS{alertstate=\"firing\",alertname=~%q})\n    eval_time: %ds\n    exp_samples:\n",
		strings.Join(alerts, "|"), tick*15)
	for _, name := range alerts {
		if firing[name] {
			fmt.Fprintf(b, "    - {labels: '{alertname=%q}', value: 1}\n", name)
		}
	}
}

// settled returns the alerts that did not change near a tick.
func (s *simulation) settled(tick int) (alerts []string) {
	if s.firing[tick] == nil {
		return nil // nobody was there to say anything
	}
	slack := slack
	if s.lag == 0 && !s.disturbed {
		slack = 0
	}
	for _, r := range s.rules {
		name, changed := r.AlertName(), false
		for i := max(0, tick-slack); i <= min(tick+slack, len(s.firing)-1); i++ {
			changed = changed || s.firing[i] == nil || s.firing[i][name] != s.firing[tick][name]
		}
		if !changed {
			alerts = append(alerts, name)
		}
	}
	return alerts
}

func (s *simulation) everFired() (names []string) {
	for _, r := range s.rules {
		if name := r.AlertName(); slices.ContainsFunc(s.firing, func(f map[string]bool) bool { return f[name] }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// history tells when each alert began and ended.
func (s *simulation) history() string {
	var b strings.Builder
	for _, name := range s.everFired() {
		fmt.Fprintf(&b, "\n%s:", name)
		was := false
		for i, firing := range s.firing {
			if firing[name] != was {
				was = !was
				fmt.Fprintf(&b, " %v at %v", map[bool]string{true: "firing", false: "ended"}[was], time.Duration(i)*tick)
			}
		}
	}
	return b.String()
}
