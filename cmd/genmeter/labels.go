package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// labelsValue collects labels that are given as NAME=VALUE, one a flag.
type labelsValue map[string]string

// ownLabels are those that a rule gives its alerts itself.
var ownLabels = []string{"alertname", "severity", "model", "step"}

func (v *labelsValue) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	switch {
	case !ok || !model.LegacyValidation.IsValidLabelName(name) || value == "":
		return fmt.Errorf("label %q: want NAME=VALUE, such as instance=gpu-7:9464", s)
	case slices.Contains(ownLabels, name):
		return fmt.Errorf("label %q: %s come from the rule, want another name", s, strings.Join(ownLabels, ", "))
	}
	if _, there := (*v)[name]; there {
		return fmt.Errorf("label %q: %s is given twice", s, name)
	}
	if *v == nil {
		*v = make(labelsValue)
	}
	(*v)[name] = value
	return nil
}

func (v *labelsValue) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(*v)) {
		parts = append(parts, name+"="+(*v)[name])
	}
	return strings.Join(parts, ",")
}

// IsCumulative tells kingpin that the flag may be given again.
func (v *labelsValue) IsCumulative() bool { return true }
