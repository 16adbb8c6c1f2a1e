package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

const (
	service = "apiVersion: v1\nkind: Service\nmetadata: {name: genmeter}\nspec: {ports: [{name: metrics, port: 9464}]}\n"
	rule    = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: genmeter}\nspec: {groups: []}\n"
)

func TestCheck(t *testing.T) {
	kinds, err := check(strings.NewReader(service+"---\n"+rule), io.Discard)
	if err != nil {
		t.Error(err)
	}
	if want := []string{"Service", "PrometheusRule"}; !slices.Equal(kinds, want) {
		t.Errorf("found %v, want %v", kinds, want)
	}
}

// Each mistake is told, and does not hide the document after it.
func TestCheckMistakes(t *testing.T) {
	for mistake, want := range map[string]string{
		strings.Replace(service, "port:", "prot:", 1):               `unknown field "spec.ports[0].prot"`,
		strings.Replace(service, "9464", "metrics", 1):              "cannot unmarshal string",
		strings.Replace(service, "Service", "Srevice", 1):           `no kind "Srevice"`,
		strings.Replace(service, "spec:", "metadata: {}\nspec:", 1): `key "metadata" already set`,
		strings.Replace(service, "name: genmeter", "", 1):           "without a name",
		strings.Replace(rule, "groups:", "group:", 1):               `unknown field "spec.group"`,
	} {
		kinds, err := check(strings.NewReader(mistake+"---\n"+service), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q, of\n%s", err, want, mistake)
		}
		if !slices.Equal(kinds, []string{"Service"}) {
			t.Errorf("found %v after\n%s", kinds, mistake)
		}
	}
}
