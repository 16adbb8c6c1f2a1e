package grafana_test

import "testing"

// checkCost: the panels that say how far a run is, and what it costs, say what was tracked.
func checkCost(t *testing.T, p *play) {
	w := readTruth(t)
	prices := map[string][2]float64{gemini: {1e-6, 2e-6}, "gpt-4o-mini": {3e-6, 4e-6}, "gpt-4o": {5e-6, 6e-6}} // input, output
	costs, perRecord, cost, unpriced := map[string]float64{}, map[string]float64{}, 0.0, 0.0
	done := p.embedded.accepted
	for model, n := range w.Total {
		price, known := prices[model]
		if !known {
			unpriced += n
			continue
		}
		costs[model] = w.Prompt[model]*price[0] + w.Completion[model]*price[1]
		perRecord[model] = costs[model] / done
		cost += costs[model]
	}
	if done <= recordsWanted || unpriced == 0 {
		t.Fatalf("%v of %d records and %v tokens without a price prove nothing", done, recordsWanted, unpriced)
	}
	shown := func(board, panel, column, by string, at float64) map[string]float64 {
		return p.shown(t, board, panel, column, by, choice{"job": "embedded"}, at)
	}
	for _, at := range []float64{p.end, p.end + 600} {
		compare(t, "Done", shown("overview", "Done", "", "", at), one(done/recordsWanted))
		compare(t, "Cost so far", shown("overview", "Cost so far", "", "", at), one(cost))
		compare(t, "Cost at the end", shown("overview", "Cost at the end", "", "", at), one(cost))
		compare(t, "Tokens without a price", shown("overview", "Tokens without a price", "", "", at), one(unpriced))
		compare(t, "Cost per accepted record", shown("overview", "Runs side by side", "Cost per accepted record", "run", at),
			map[string]float64{"night-7": cost / done})
		compare(t, "Cost of models", shown("models", "Models side by side", "Cost", "gen_ai_request_model", at), costs)
		compare(t, "Cost of models per record", shown("models", "Models side by side", "Cost per accepted record", "gen_ai_request_model", at), perRecord)
	}
	compare(t, "Time to go at the end", shown("overview", "Time to go", "", "", p.end), one(0))
	compare(t, "Time to go when all is gone", shown("overview", "Time to go", "", "", p.end+600), nil)
	// In the middle the rest is told from what there is.
	done = shown("overview", "Records accepted", "", "", p.middle)[""]
	cost = shown("overview", "Cost so far", "", "", p.middle)[""]
	if done <= 0 || done >= recordsWanted || cost <= 0 {
		t.Fatalf("%v records and %v dollars are no middle of a run", done, cost)
	}
	compare(t, "Done in the middle", shown("overview", "Done", "", "", p.middle), one(done/recordsWanted))
	compare(t, "Cost at the end, in the middle", shown("overview", "Cost at the end", "", "", p.middle), one(cost/done*recordsWanted))
	// It gained its records in less time than has passed since the first scrape, and so will the rest.
	elapsed := (p.middle - p.start) + early*scrapeInterval.Seconds()
	if toGo := shown("overview", "Time to go", "", "", p.middle)[""]; toGo <= 0 || toGo > 2*elapsed*(recordsWanted-done)/done {
		t.Errorf("%v s to go with %v of %d records after %v s", toGo, done, recordsWanted, elapsed)
	}
	// Calls without a model fail all, and are in no ratio.
	if ratios := shown("models", "Models side by side", "Succeeded", "gen_ai_request_model", p.end); ratios["unknown"] != 0 || len(ratios) != 3 {
		t.Errorf("success by model is %v, want the three models that were called", ratios)
	}
	if calls := shown("models", "Models side by side", "Calls", "gen_ai_request_model", p.end); calls["unknown"] == 0 {
		t.Errorf("calls by model are %v: those without one are missing", calls)
	}
}
