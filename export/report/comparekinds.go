package report

import (
	"cmp"
	"maps"
	"slices"
)

// failureSpecs compare failures by class, as the part of all calls.
func failureSpecs(reports []*Report) []spec {
	var specs []spec
	for _, class := range ranking(reports, func(r *Report, rank func(string, float64)) {
		for _, f := range r.Failures {
			rank(f.Class, float64(f.Count))
		}
	}) {
		specs = append(specs, spec{group: "Failed calls by class", name: "failed_share", of: class, unit: unitRatio, better: lessIsBetter,
			value: ofCalls(func(r *Report) *float64 {
				i := slices.IndexFunc(r.Failures, func(f Failure) bool { return f.Class == class })
				if i < 0 {
					return new(0.0)
				}
				return ratio(float64(r.Failures[i].Count), float64(r.Calls.Total))
			})})
	}
	return specs
}

// scoreSpecs compare the means of scores. Of which score more is better is not known.
func scoreSpecs(reports []*Report) []spec {
	var specs []spec
	for _, name := range ranking(reports, func(r *Report, rank func(string, float64)) {
		for i := range r.Evaluations.Scores {
			rank(r.Evaluations.Scores[i].Name, 0)
		}
	}) {
		specs = append(specs, spec{group: "Mean scores", name: "score_mean", of: name, unit: "score", value: func(r *Report) *float64 {
			i := slices.IndexFunc(r.Evaluations.Scores, func(s Score) bool { return s.Name == name })
			if i < 0 {
				return nil
			}
			return new(r.Evaluations.Scores[i].Mean)
		}})
	}
	return specs
}

// modelSpecs compare what each model did.
func modelSpecs(reports []*Report) []spec {
	names := ranking(reports, func(r *Report, rank func(string, float64)) {
		for i := range r.Models {
			rank(r.Models[i].Name, float64(r.Models[i].Total))
		}
	})
	var tokens, latencies, costs []spec
	for _, name := range names {
		tokens = append(tokens, spec{group: "Tokens by model", name: "total_tokens", of: name, unit: unitTokens,
			value: ofModel(name, func(m *Model) *float64 { return total(m.Total) })})
		latencies = append(latencies, spec{group: "Call duration by model, p95", name: "call_duration_p95", of: name, unit: unitSeconds,
			better: lessIsBetter, value: ofModel(name, func(m *Model) *float64 {
				if m.Duration == nil {
					return nil
				}
				return &m.Duration.P95
			})})
		costs = append(costs, spec{group: "Cost by model", name: "cost_usd", of: name, unit: unitDollars,
			value: ofModel(name, func(m *Model) *float64 {
				if m.UnpricedTokens > 0 {
					return nil
				}
				return m.CostUSD
			})})
	}
	return slices.Concat(tokens, costs, latencies)
}

// ofModel is a value that only runs with that model have.
func ofModel(name string, f func(*Model) *float64) func(*Report) *float64 {
	return func(r *Report) *float64 {
		for i := range r.Models {
			if r.Models[i].Name == name {
				return f(&r.Models[i])
			}
		}
		return nil
	}
}

// ranking returns the names that occur in any report, those with the most in all first.
func ranking(reports []*Report, each func(r *Report, rank func(name string, by float64))) []string {
	sums := make(map[string]float64)
	for _, r := range reports {
		each(r, func(name string, by float64) { sums[name] += by })
	}
	return slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b))
	})
}
