package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

const byScore = "evaluator, score"

// ofScore narrows evaluations, which are not known by model.
const ofScore = ofRun + `,evaluator=~"$evaluator",score=~"$score"`

const ofEvaluator = ofRun + `,evaluator=~"$evaluator"`

// quality answers whether the output is any good.
func quality() board {
	return board{
		name: "quality", title: "genmeter: quality",
		about: "Is the output any good? Scores, refusals, answers that were cut off, records that were rejected.",
		variables: []cog.Builder[dashboard.VariableModel]{
			values("evaluator", "Evaluator", "Narrows evaluations and scores.", ".*",
				`label_values(genmeter_evaluations_total{`+ofRun+`}, evaluator)`),
			values("score", "Score", "Narrows scores.", ".*", `label_values(genmeter_evaluation_score_count{`+ofEvaluator+`}, score)`),
		},
		rows: []row{
			{"The run so far", qualityNow()},
			{"Scores", scorePanels()},
			{"Answers", answerPanels()},
			{"Evaluations", evaluationPanels()},
			{"Records", recordPanels()},
		},
	}
}

func qualityNow() []panel {
	ratio := func(part, whole string) string { return share("", part, whole) }
	succeeded := last("genmeter_generations_total", ofStep+`,outcome="success"`)
	return []panel{
		one(spec{title: "Records accepted", unit: "percentunit", none: "no records", width: 6,
			about: "Share of the finished records that were accepted."},
			ratio(last("genmeter_records_total", ofRun+`,outcome="accepted"`), last("genmeter_records_total", ofRun)), nil),
		one(spec{title: "Refused", unit: "percentunit", none: "no answers", width: 6,
			about: "Share of the successful calls that a content filter ended."},
			ratio(last("genmeter_generations_total", ofStep+`,outcome="success",finish_reason="content_filter"`), succeeded),
			steps("green", threshold{0.05, "orange"}, threshold{0.2, "red"})),
		one(spec{title: "Cut off", unit: "percentunit", none: "no answers", width: 6,
			about: "Share of the successful calls that ended at the limit of output tokens."},
			ratio(last("genmeter_generations_total", ofStep+`,outcome="success",finish_reason="length"`), succeeded),
			steps("green", threshold{0.05, "orange"}, threshold{0.2, "red"})),
		one(spec{title: "Evaluations that failed", unit: "percentunit", none: "no evaluations", width: 6,
			about: "Share of the evaluations that gave no verdict, or a bad one."},
			ratio(last("genmeter_evaluations_total", ofEvaluator+`,outcome!="success"`), last("genmeter_evaluations_total", ofEvaluator)),
			steps("green", threshold{0.05, "orange"}, threshold{0.2, "red"})),
		sideBySide(spec{title: "Scores so far", none: "no scores", width: 24, height: 7,
			about: "Of all evaluations of the processes that run or ended in the time range. The mean is exact, p10 and p50 within the width of a bucket."},
			[]label{{"evaluator", "Evaluator"}, {"score", "Score"}},
			column{"Evaluations", "short", sumBy(byScore, last("genmeter_evaluation_score_count", ofScore))},
			column{"Mean", "none", mean(byScore, last("genmeter_evaluation_score_sum", ofScore), last("genmeter_evaluation_score_count", ofScore))},
			column{"p10", "none", quantile("0.1", byScore, last("genmeter_evaluation_score_bucket", ofScore))},
			column{"p50", "none", quantile("0.5", byScore, last("genmeter_evaluation_score_bucket", ofScore))}),
	}
}

func scorePanels() []panel {
	// A negative score makes the sum fall, which rate would take for a restart.
	delta := func(metric string) string { return "delta(" + metric + "{" + ofScore + "}[$__rate_interval])" }
	spread := heat(spec{title: "$score", unit: "none", none: "no scores", width: 12,
		about: "How many evaluations gave which score. Two bands are two kinds of answers, which no mean shows."},
		"increase(genmeter_evaluation_score_bucket{"+ofScore+"}[$__rate_interval])")
	spread.Repeat, spread.RepeatDirection, spread.MaxPerRow = new("score"), new(dashboard.PanelRepeatDirectionH), new(2.0)
	return []panel{
		unbounded(lines(spec{title: "Mean score", unit: "none", none: "no scores", width: 12,
			about: "By evaluator and score. Scales may differ: choose a score above."},
			query{mean(byScore, delta("genmeter_evaluation_score_sum"), delta("genmeter_evaluation_score_count")), "{{evaluator}}: {{score}}"})),
		unbounded(lines(spec{title: "The worst tenth", unit: "none", none: "no scores", width: 12,
			about: "One evaluation in ten gives less; within the width of a bucket. It falls before the mean does."},
			query{quantile("0.1", byScore, rate("genmeter_evaluation_score_bucket", ofScore)), "{{evaluator}}: {{score}}"})),
		spread,
	}
}

// unbounded lets an axis begin below 0.
func unbounded(p panel) panel {
	p.FieldConfig.Defaults.Min = nil
	return p
}

func answerPanels() []panel {
	of := func(reason string) string {
		success := named + `,outcome="success"`
		return share(byModel, rate("genmeter_generations_total", success+`,finish_reason="`+reason+`"`), rate("genmeter_generations_total", success))
	}
	return []panel{
		shares(spec{title: "Refused, by model", none: "no answers", width: 8,
			about: "Share of the successful calls that a content filter ended."},
			query{of("content_filter"), legendModel}),
		shares(spec{title: "Cut off, by model", none: "no answers", width: 8,
			about: "Share of the successful calls that ended at the limit of output tokens. Raise the limit, or ask for less."},
			query{of("length"), legendModel}),
		stack(spec{title: "Useless answers a minute", unit: "count:failures/min", none: "none", width: 8,
			about: "Calls that failed because the answer could not be parsed, or was filtered."},
			query{"60 * " + sumBy("error_type", rate("genmeter_generation_failures_total", ofStep+`,error_type=~"parse|content_filter"`)) + " > 0", "{{error_type}}"}),
	}
}

func evaluationPanels() []panel {
	return []panel{
		stack(spec{title: "Evaluations a minute", unit: "count:evaluations/min", none: "no evaluations", width: 8,
			about: "By evaluator and outcome."},
			query{"60 * " + sumBy("evaluator, outcome", rate("genmeter_evaluations_total", ofEvaluator)) + " > 0", "{{evaluator}}: {{outcome}}"}),
		shares(spec{title: "Evaluations that failed, by evaluator", none: "no evaluations", width: 8,
			about: "Share of the evaluations that gave no verdict, or a bad one."},
			query{share("evaluator", rate("genmeter_evaluations_total", ofEvaluator+`,outcome!="success"`), rate("genmeter_evaluations_total", ofEvaluator)), "{{evaluator}}"}),
		lines(spec{title: "Duration of an evaluation", unit: "s", none: "no evaluations", width: 8,
			about: "Half of them take less than p50, one in twenty more than p95; within the width of a bucket."},
			query{quantile("0.5", "evaluator", rate("genmeter_evaluation_duration_seconds_bucket", ofEvaluator)), "{{evaluator}} p50"},
			query{quantile("0.95", "evaluator", rate("genmeter_evaluation_duration_seconds_bucket", ofEvaluator)), "{{evaluator}} p95"}),
	}
}

func recordPanels() []panel {
	return []panel{
		shares(spec{title: "Records accepted over time", none: "no records", width: 8,
			about: "Share of the finished records that were accepted."},
			query{share("", rate("genmeter_records_total", ofRun+`,outcome="accepted"`), rate("genmeter_records_total", ofRun)), "accepted"}),
		stack(spec{title: "Records lost a minute", unit: "count:records/min", none: "none", width: 8,
			about: "Records that were rejected or failed, by reason."},
			query{"60 * " + sumBy("outcome, reason", rate("genmeter_records_total", ofRun+`,outcome!="accepted"`)) + " > 0", "{{outcome}} {{reason}}"}),
		lines(spec{title: "Turns of a conversation", unit: "none", none: "not told", width: 8,
			about: "Mean of the calls that told how long their conversation was, by model."},
			query{mean(byModel, rate("genmeter_conversation_turns_sum", ofModel), rate("genmeter_conversation_turns_count", ofModel)), legendModel}),
	}
}
