package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// driftFlags say how much worse than its baseline a run may be.
type driftFlags struct {
	all                            driftValue
	latency, success, tokens, cost driftValue
}

func addDriftFlags(cmd *kingpin.CmdClause) *driftFlags {
	f := &driftFlags{}
	cmd.Flag("drift", "How much worse than the baseline's each measure may be, of the baseline's value. Better is never a fault. "+
		"\"off\" compares only what the flags below name.").Default("10%").IsSetByUser(&f.all.set).PlaceHolder("10%").SetValue(&f.all)
	one := func(name, help string, v *driftValue) {
		cmd.Flag("drift."+name, help).PlaceHolder("PERCENT").IsSetByUser(&v.set).SetValue(v)
	}
	one("latency", "The same, of p50 and p95 of how long calls took.", &f.latency)
	one("success", "The same, of the success rate of calls.", &f.success)
	one("tokens", "The same, of tokens an accepted record; a successful call where a run has no records.", &f.tokens)
	one("cost", "The same, of cost an accepted record or successful call.", &f.cost)
	return f
}

// given names a flag that was given, if any was.
func (f *driftFlags) given() string {
	for name, v := range map[string]*driftValue{
		"--drift": &f.all, "--drift.latency": &f.latency, "--drift.success": &f.success, "--drift.tokens": &f.tokens,
		"--drift.cost": &f.cost,
	} {
		if v.set {
			return name
		}
	}
	return ""
}

func (f *driftFlags) check(baseline bool) error {
	if name := f.given(); name != "" && !baseline {
		return wrongUsage("%s needs --baseline, the run to compare with", name)
	}
	return nil
}

// or returns the flag itself when it was given, else that of all.
func (f *driftFlags) or(v driftValue) driftValue {
	if v.set {
		return v
	}
	all := f.all
	all.set = false // nobody asked for this very measure
	return all
}

// driftValue is a percentage, or "off".
type driftValue struct {
	part float64 // 0.1 is 10 %
	off  bool
	set  bool // by the user
}

func (v *driftValue) Set(s string) error {
	if s == "off" {
		v.off = true
		return nil
	}
	digits, ok := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(n >= 0) || math.IsInf(n, 0) {
		return fmt.Errorf("drift %q: want a percentage such as 10%% or 0%%, or off", s)
	}
	v.part, v.off = n/100, false
	return nil
}

func (v *driftValue) String() string {
	if v.off {
		return "off"
	}
	return strconv.FormatFloat(100*v.part, 'g', -1, 64) + "%"
}
