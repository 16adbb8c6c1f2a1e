package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
)

func TestRegroup(t *testing.T) {
	group := map[string]string{"job": "genmeter", "run": "night"}
	for have, want := range map[string]string{
		"model=m":                             "model=m",
		"model=m run=night step=s":            "model=m step=s",
		"job=genmeter run=night":              "",
		"job=mine model=m run=day":            "exported_job=mine exported_run=day model=m",
		"exported_run=x run=day":              "exported_exported_run=day exported_run=x",
		"a=b run=day zone=z":                  "a=b exported_run=day zone=z",
		"runs=night":                          "runs=night",
		"exported_run=x job=genmeter run=day": "exported_exported_run=day exported_run=x",
	} {
		labels := parsePairs(have)
		if got := formatPairs(regroup(labels, group)); got != want {
			t.Errorf("%s became %s, want %s", have, got, want)
		}
		if got := formatPairs(labels); got != have {
			t.Errorf("the labels %s, which others share, were changed to %s", have, got)
		}
	}
}

func TestGroupedLeavesOutTheProcess(t *testing.T) {
	family := func(name string) *dto.MetricFamily { return &dto.MetricFamily{Name: &name} }
	lost := errors.New("one series was lost")
	g := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		return []*dto.MetricFamily{family("genmeter_x"), family("go_x"), family("process_x"), family("promhttp_x"), family("gonzo")}, lost
	})
	got, err := grouped(g, nil).Gather()
	if err != nil || len(got) != 2 || got[0].GetName() != "genmeter_x" || got[1].GetName() != "gonzo" {
		t.Errorf("got %v, %v", got, err)
	}
	none := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return nil, lost })
	if _, err := grouped(none, nil).Gather(); !errors.Is(err, lost) {
		t.Errorf("with nothing to push the error is %v", err)
	}
}

func parsePairs(s string) (labels []*dto.LabelPair) {
	for _, pair := range strings.Fields(s) {
		name, value, _ := strings.Cut(pair, "=")
		labels = append(labels, &dto.LabelPair{Name: proto.String(name), Value: proto.String(value)})
	}
	return labels
}

func formatPairs(labels []*dto.LabelPair) string {
	var pairs []string
	for _, l := range labels {
		pairs = append(pairs, l.GetName()+"="+l.GetValue())
	}
	return strings.Join(pairs, " ")
}
