package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// job is genmeter as a process of its own.
type job struct {
	*genmeter // its log
	cmd       *exec.Cmd
	args      []string
}

// startJob runs genmeter with further variables, on what stdin has.
func startJob(t *testing.T, vars []string, stdin io.Reader, args ...string) *job {
	t.Helper()
	j := &job{genmeter: &genmeter{log: &lockedBuffer{}}, cmd: exec.Command("genmeter", args...), args: args}
	j.cmd.Env, j.cmd.Stdin, j.cmd.Stderr = append(os.Environ(), vars...), stdin, j.log
	must(t, j.cmd.Start())
	t.Cleanup(func() { _ = j.cmd.Process.Kill() }) // of a test that failed
	return j
}

func (j *job) signal(t *testing.T) {
	t.Helper()
	must(t, j.cmd.Process.Signal(syscall.SIGTERM))
}

// wait wants it to end well.
func (j *job) wait(t *testing.T) {
	t.Helper()
	if err := j.cmd.Wait(); err != nil {
		t.Fatalf("genmeter %q: %v\n%s", j.args, err, j.log)
	}
}

// shortJobs are over before anything could scrape them. Each has a name of its own, which is its run too.
var shortJobs = []struct {
	name string
	want func(*testing.T) truth
	do   func(t *testing.T, vars []string, flags ...string)
}{
	{"quirks", readQuirks, replayed("afterimage-quirks")},
	{"run", readRun, replayed("afterimage-run")},
	{"pipe", func(*testing.T) truth { return manyCallsTruth }, piped},
}

func replayed(dir string) func(*testing.T, []string, ...string) {
	return func(t *testing.T, vars []string, flags ...string) {
		startJob(t, vars, nil, append([]string{"replay", filepath.Join(testdata, dir)}, flags...)...).wait(t)
	}
}

// piped runs a sidecar for as long as its standard input lasts, a fifth of a second or so.
func piped(t *testing.T, vars []string, flags ...string) {
	events := strings.NewReader(strings.Repeat(twoCalls, 500))
	j := startJob(t, vars, events, append([]string{"serve", "-", "--web.listen-address=127.0.0.1:0"}, flags...)...)
	j.waitLog(t, `msg="standard input ended" events=1000`)
	j.signal(t)
	j.wait(t)
}

// manyCallsTruth is what piped comes to.
var manyCallsTruth = truth{
	Calls: 1000, Success: 500, Failures: 500, Classes: map[string]float64{"timeout": 500}, Finish: map[string]float64{"": 500},
	Input: map[string]float64{"m": 5000}, DurationSum: 1500,
}

// TestShortJobsPushed has short jobs push to a real Pushgateway, which a real Prometheus scrapes: nothing is missing.
func TestShortJobsPushed(t *testing.T) {
	p, pg := startPrometheus(t), startPushgateway(t)
	p.addPushgateway(t, pg)
	for _, j := range shortJobs {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			run := j.name + " of tonight"
			j.do(t, nil, "--push.gateway=http://"+pg, "--push.job="+j.name, "--run="+run)
			p.waitScrape(t, j.name, time.Now())
			j.want(t).checkPrometheus(t, p, j.name)
			byRun, err := p.query(fmt.Sprintf("sum by (run) (genmeter_generations_total{job=%q})", j.name), "run")
			must(t, err)
			compare(t, "calls by run", byRun, map[string]float64{run: j.want(t).Calls})
		})
	}
}

// TestGroupsComeAndGo: values are in the Pushgateway before the end, and when they are to be deleted, not after it.
func TestGroupsComeAndGo(t *testing.T) {
	pg := startPushgateway(t)
	group := func(job, has string) error {
		code, body, err := fetch("http://"+pg+"/metrics", "")
		if err == nil && (code != 200 || strings.Contains(body, `job="`+job+`"`) != (has != "") || !strings.Contains(body, has)) {
			err = fmt.Errorf("of the job %s is wanted %q: %d\n%s", job, has, code, body)
		}
		return err
	}
	flags := []string{"--push.gateway=http://" + pg, "--push.interval=100ms", "--push.job=live", "--web.listen-address=127.0.0.1:0"}

	events, feed := io.Pipe()
	live := startJob(t, nil, events, append([]string{"serve", "-", "--push.delete-after=1h"}, flags...)...)
	_, err := io.WriteString(feed, twoCalls)
	must(t, err, until(func() error { return group("live", `job="live",outcome="success"} 1`) }))
	must(t, feed.Close())
	live.signal(t)
	live.waitLog(t, "waiting for Prometheus to scrape")
	must(t, group("live", "push_time_seconds"))
	live.signal(t)
	live.wait(t)
	must(t, group("live", ""))

	replayed("afterimage-quirks")(t, nil, "--push.gateway=http://"+pg, "--push.job=gone", "--run=r", "--push.delete-after=0s")
	replayed("afterimage-quirks")(t, nil, "--push.gateway=http://"+pg, "--push.job=stays", "--run=r")
	must(t, group("gone", ""), group("stays", "genmeter_tokens_total"))
}

func startPushgateway(t *testing.T) (address string) {
	address = freeAddress(t)
	startServer(t, "http://"+address+"/-/ready", findProgram(t, "prometheus-pushgateway"),
		"--web.listen-address="+address, "--persistence.file=") // Debian's keeps everything otherwise
	return address
}
