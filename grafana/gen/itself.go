package main

// itself answers whether genmeter can be believed: what came in by which road, what was lost, what it costs.
func itself() board {
	return board{
		name: "genmeter", title: "genmeter: itself",
		about: "Can the numbers be believed? What came in by which road, what was lost and why, what genmeter costs.",
		rows: []row{
			{"Now", itselfNow()},
			{"Events", eventPanels()},
			{"Losses", lossPanels()},
			{"Ring and pump", ringPanels()},
			{"Scrapes and process", processPanels()},
		},
	}
}

func itselfNow() []panel {
	return []panel{
		one(spec{title: "Scraped", unit: "percentunit", none: "no targets", width: 3,
			about: "Share of the targets that Prometheus reaches. It knows nothing of runs: the variable does not narrow this."},
			"avg(up{"+ofTarget+"} and on (job, instance) count by (job, instance) ("+last("genmeter_events_total", ofTarget)+"))",
			steps("red", threshold{0.5, "orange"}, threshold{1, "green"})),
		one(spec{title: "Rejected", unit: "short", none: "none", width: 3,
			about: "Events, or values of events, that were refused: malformed, not finite, negative, from the future."},
			sum(last("genmeter_events_rejected_total", ofRun)), steps("green", threshold{1, "orange"})),
		one(spec{title: "Dropped", unit: "short", none: "none", width: 3,
			about: "Events that a handler did not get. Metrics have them all the same."},
			sum(last("genmeter_events_dropped_total", ofRun)), steps("green", threshold{1, "orange"})),
		one(spec{title: "Errors of handlers", unit: "short", none: "none", width: 3,
			about: "Errors and panics of log files, webhooks and other handlers."},
			sum(last("genmeter_handler_errors_total", ofRun)), steps("green", threshold{1, "orange"})),
		one(spec{title: "Past the bound on series", unit: "short", none: "none", width: 3,
			about: "Measurements that went to the series \"other\", because there are too many models, steps or series. Sums stay exact."},
			sum(last("genmeter_series_overflow_total", ofRun)), steps("green", threshold{1, "orange"})),
		one(spec{title: "Calls without an end", unit: "short", none: "none", width: 3,
			about: "Calls that began and did not end within an hour."},
			sum(last("genmeter_begins_expired_total", ofRun)), steps("green", threshold{1, "orange"})),
		dial(spec{title: "Ring", unit: "percentunit", none: "not told", width: 3,
			about: "How full the fullest ring is. A full one is no fault: it forgets the oldest events, and totals do not."},
			"max(genmeter_ring_events{"+ofRun+"} / genmeter_ring_capacity_events{"+ofRun+"})", steps("blue")),
		one(spec{title: "Lag", unit: "count:events", none: "not told", width: 3,
			about: "Events that waited for the pump when the scrape began. The scrape has them all the same."},
			"max(genmeter_pump_lag_events{"+ofRun+"})", steps("green", threshold{10000, "orange"}, threshold{60000, "red"})),
	}
}

func eventPanels() []panel {
	return []panel{
		stack(spec{title: "Events a second by road", unit: "count:events/s", none: "no events", width: 12,
			about: "By the road they came in: api is a program that embeds genmeter, or posts; follow a file; otlp OpenTelemetry."},
			query{sumBy("source", rate("genmeter_events_total", ofRun)) + " > 0", "{{source}}"}),
		stack(spec{title: "Events a second by kind", unit: "count:events/s", none: "no events", width: 12,
			about: "Calls, evaluations, records and the rest."},
			query{sumBy("kind", rate("genmeter_events_total", ofRun)) + " > 0", "{{kind}}"}),
	}
}

func lossPanels() []panel {
	return []panel{
		stack(spec{title: "Rejected a minute", unit: "count:events/min", none: "none", width: 8,
			about: "Events, or values of events, that were refused, by road and reason. genmeter's log has the lines."},
			query{"60 * " + sumBy("source, reason", rate("genmeter_events_rejected_total", ofRun)) + " > 0", "{{source}}: {{reason}}"}),
		stack(spec{title: "Dropped a minute", unit: "count:events/min", none: "none", width: 8,
			about: "Events that a handler did not get, by handler and reason. The handler is too slow, or hangs."},
			query{"60 * " + sumBy("handler, reason", rate("genmeter_events_dropped_total", ofRun)) + " > 0", "{{handler}}: {{reason}}"}),
		stack(spec{title: "Errors and overflow a minute", unit: "count:events/min", none: "none", width: 8,
			about: "Errors of handlers, and measurements past the bound on series by metric."},
			query{"60 * " + sumBy("handler", rate("genmeter_handler_errors_total", ofRun)) + " > 0", "errors of {{handler}}"},
			query{"60 * " + sumBy("metric", rate("genmeter_series_overflow_total", ofRun)) + " > 0", "overflow of {{metric}}"}),
	}
}

func ringPanels() []panel {
	const by = "job, instance, run"
	const who = "{{instance}} {{run}}"
	return []panel{
		lines(spec{title: "Lag of the pump", unit: "count:events", none: "not told", width: 8,
			about: "Events that waited for the pump when the scrape began."},
			query{"max by (" + by + ") (genmeter_pump_lag_events{" + ofRun + "})", who}),
		lines(spec{title: "Batches drained by callers a second", unit: "count:batches/s", none: "not told", width: 8,
			about: "When the pump is far behind, a caller drains a batch itself, which costs it microseconds. More than 0 for long: the machine is too busy."},
			query{sumBy(by, rate("genmeter_pump_assists_total", ofRun)), who}),
		lines(spec{title: "Events forgotten a second", unit: "count:events/s", none: "not told", width: 8,
			about: "Events that the ring has overwritten with newer ones: queries of windows lose their quantiles, totals lose nothing."},
			query{sumBy(by, rate("genmeter_ring_evicted_total", ofRun)), who}),
	}
}

func processPanels() []panel {
	const who = "{{job}} {{instance}}"
	return []panel{
		lines(spec{title: "Duration of a scrape", unit: "s", none: "no scrapes", width: 8,
			about: "As Prometheus measures it. Runs do not narrow this."},
			query{"max by (job, instance) (scrape_duration_seconds{" + ofTarget + "})", who}),
		lines(spec{title: "Samples of a scrape", unit: "short", none: "no scrapes", width: 8,
			about: "Series of a target: what it costs Prometheus. Runs do not narrow this."},
			query{"max by (job, instance) (scrape_samples_scraped{" + ofTarget + "})", who}),
		lines(spec{title: "Errors of scrapes a minute", unit: "count:errors/min", none: "not told", width: 8,
			about: "Errors that genmeter met while it answered a scrape, by cause."},
			query{"60 * " + sumBy("cause", rate("promhttp_metric_handler_errors_total", ofTarget)), "{{cause}}"}),
		lines(spec{title: "CPU", unit: "percentunit", none: "not told", width: 8,
			about: "Of one core: 100 % is one core. With an embedded genmeter it is the whole program's."},
			query{sumBy("job, instance", rate("process_cpu_seconds_total", ofTarget)), who}),
		lines(spec{title: "Memory", unit: "bytes", none: "not told", width: 8,
			about: "Resident. With an embedded genmeter it is the whole program's."},
			query{sumBy("job, instance", "process_resident_memory_bytes{"+ofTarget+"}"), who}),
		lines(spec{title: "Goroutines", unit: "short", none: "not told", width: 8, about: "One that rises for hours is a leak."},
			query{sumBy("job, instance", "go_goroutines{"+ofTarget+"}"), who}),
		sideBySide(spec{title: "Versions", none: "none told", width: 24, height: 6,
			about: "What runs where. A program that embeds genmeter has no row."},
			[]label{{"job", "Job"}, {"instance", "Instance"}, {"version", "Version"}, {"goversion", "Go"}},
			column{"Processes", "short", sumBy("job, instance, version, goversion", last("genmeter_build_info", ofTarget))}),
	}
}
