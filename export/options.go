package export

// An Option changes what [Write] and [Encode] write.
type Option func(*config)

type config struct {
	metrics []string // empty for all
	info    []pair   // key-value metadata, in order
	rawText bool
	onFile  func(path string)
}

type pair struct{ key, value string }

func newConfig(opts []Option) *config {
	c := &config{onFile: func(string) {}}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// WithMetrics writes the samples of these metrics alone. It is for the formats that are written by sample; a name that the
// source has no sample of is an error that lists those it has.
func WithMetrics(names ...string) Option {
	return func(c *config) { c.metrics = append(c.metrics, names...) }
}

// WithInfo puts a key and a value that concern the whole into the file where its format has a place for them: Parquet's
// key-value metadata, the index sheet of Excel. The name of a run is one, under the key "run". Of a source that holds several
// runs each is given, and each event has the name of its own as the attribute "run": OpenMetrics, where it is a label, then
// has each run by itself.
func WithInfo(key, value string) Option {
	return func(c *config) { c.info = append(c.info, pair{key, value}) }
}

// WithRawText leaves text in CSV as it is. Without it a text that a spreadsheet would take for a formula (one that begins
// with =, +, -, @, a tab or a carriage return, also behind spaces and line feeds, or with a full-width such sign) gets an
// apostrophe before it; so does one that would have got one if it had not begun with apostrophes, so that taking one off
// gives the text back.
func WithRawText() Option {
	return func(c *config) { c.rawText = true }
}

// WithOnFile calls fn with the path of each file that [Write] has made, when all of them are in place: one, but for CSV, whose
// index comes last. Without it nobody is told.
func WithOnFile(fn func(path string)) Option {
	return func(c *config) { c.onFile = fn }
}
