package alerting

import (
	"hash/fnv"
	"io"
	"maps"
	"slices"
)

// identity tells two alerts apart: those of one rule about two models are two.
type identity struct {
	name   string
	labels uint64
}

func identityOf(a *Alert) identity { return identity{a.Name, fingerprint(a.Labels)} }

// fingerprint is the hash that Alertmanager gives a set of labels.
func fingerprint(labels map[string]string) uint64 {
	const separator = "\xff" // in no label: those are UTF-8
	h := fnv.New64a()
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		_, _ = io.WriteString(h, name+separator+labels[name]+separator)
	}
	return h.Sum64()
}
