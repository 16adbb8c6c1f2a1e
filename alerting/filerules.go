package alerting

import (
	"math"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// root reads the whole file.
func (p *fileParser) root(n *yaml.Node) {
	var rules []*yaml.Node
	p.mapping(n, "the file", []key{
		{"thresholds", func(n *yaml.Node) { p.thresholds(n) }},
		p.every("interval", &p.file.Interval),
		p.every("repeat_every", &p.file.RepeatEvery),
		{"rules", func(n *yaml.Node) {
			if n.Kind == yaml.SequenceNode {
				rules = n.Content
			} else if !isNull(n) {
				p.wrong(n, "rules %s: want a list, each rule after a dash", p.shown(n))
			}
		}},
	})
	// The names that the thresholds have taken are known only now: they may come behind the rules.
	taken := make(map[string]string)
	for _, r := range p.file.Thresholds.Rules() {
		taken[r.AlertName()] = "that of a threshold"
	}
	if most := maxRules - len(taken); len(rules) > most {
		p.wrong(rules[most], "%d rules: want %d at most", len(rules), most)
		rules = rules[:most]
	}
	for _, n := range rules {
		p.rule(n, taken)
	}
}

func (p *fileParser) thresholds(n *yaml.Node) {
	t := &p.file.Thresholds
	most := math.MaxFloat64
	p.mapping(n, "thresholds", []key{
		p.limit("min_success_rate", 1, &t.MinSuccessRate),
		p.timeLimit("max_generation_time", &t.MaxGenerationTime),
		p.limit("max_error_rate", 1, &t.MaxErrorRate),
		p.limit("max_prompt_token_mean", most, &t.MaxPromptTokenMean),
		p.limit("max_completion_token_mean", most, &t.MaxCompletionTokenMean),
		p.limit("max_total_token_mean", most, &t.MaxTotalTokenMean),
		p.limit("max_conversation_length_mean", most, &t.MaxConversationLengthMean),
		p.timeLimit("max_stall", &t.MaxStall),
		p.limit("max_cost_usd", most, &t.MaxCostUSD),
		p.flag("events_lost", &t.EventsLost),
		p.time("window", time.Second, maxWindow, &t.Window),
		p.time("for", 0, math.MaxInt64, &t.For),
		p.atLeastOne("min_samples", &t.MinSamples),
	})
}

// rule reads one rule. taken has the names of the others, as Prometheus knows them, and where they are.
func (p *fileParser) rule(n *yaml.Node, taken map[string]string) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, "rule %s: want keys and values, such as name: slow", p.shown(n))
		return
	}
	before := len(p.faults)
	r := Rule{Level: Warning}
	var above, below float64
	found := p.mapping(n, "a rule", []key{
		p.text("name", &r.Name),
		p.text("metric", &r.Metric),
		p.word("statistic", statisticNames[:], func(i int) { r.Statistic = Statistic(i) }),
		p.number("above", &above),
		p.number("below", &below),
		p.time("window", time.Second, maxWindow, &r.Window),
		p.time("for", 0, math.MaxInt64, &r.For),
		p.word("level", levelNames[:], func(i int) { r.Level = Level(i) }),
		p.atLeastOne("min_samples", &r.MinSamples),
		p.text("model", &r.Model),
		p.text("step", &r.Step),
	})
	for _, name := range []string{"name", "metric"} {
		if found[name] == nil {
			p.wrong(n, "a rule without %s", name)
		}
	}
	r.Threshold = above
	switch {
	case found["above"] != nil && found["below"] != nil:
		p.wrong(found["below"], "below, and above in line %d: want one of them; two rules make a range", found["above"].Line)
	case found["below"] != nil:
		r.Comparison, r.Threshold = Below, below
	case found["above"] == nil:
		p.wrong(n, "a rule without a threshold: want above or below")
	}
	if found["model"] != nil && found["step"] != nil {
		p.wrong(found["step"], "step, and model in line %d: a rule looks at one of them", found["model"].Line)
	}
	if len(p.faults) == before {
		p.add(found["name"], r.withDefaults(), taken)
	}
}

// add adds a rule whose values are good, if its name is, and free.
func (p *fileParser) add(name *yaml.Node, r Rule, taken map[string]string) {
	if err := r.validate(); err != nil {
		p.wrong(name, "%v", err)
		return
	}
	alert := r.AlertName()
	if owner := taken[alert]; owner != "" {
		p.wrong(name, "name %q (%s in Prometheus) is %s: want another", r.Name, alert, owner)
		return
	}
	taken[alert] = "that of the rule in line " + strconv.Itoa(name.Line)
	p.file.Rules = append(p.file.Rules, r)
}
