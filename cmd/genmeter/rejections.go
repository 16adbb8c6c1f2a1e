package main

import (
	"github.com/genmeter/genmeter/monitor"
)

// rejections returns genmeter_events_rejected_total by reason, summed over the sources.
func (m *meter) rejections() (map[string]int, error) {
	families, err := m.provider.Gatherer().Gather()
	counts := make(map[string]int)
	for _, family := range families {
		if family.GetName() != "genmeter_events_rejected_total" {
			continue
		}
		for _, series := range family.GetMetric() {
			for _, label := range series.GetLabel() {
				if label.GetName() == "reason" {
					counts[label.GetValue()] += int(series.GetCounter().GetValue())
				}
			}
		}
	}
	return counts, err
}

// valueReasons are those for which a value was lost, and its event kept.
var valueReasons = []string{
	monitor.ReasonNotFinite, monitor.ReasonNegative, monitor.ReasonOutOfRange, monitor.ReasonWrongType,
}

// lineReasons are those for which a line was lost.
var lineReasons = []string{monitor.ReasonMalformed, monitor.ReasonTooLong}

func sumOver(counts map[string]int, reasons []string) (sum int) {
	for _, reason := range reasons {
		sum += counts[reason]
	}
	return sum
}
