// Genmeter meters LLM generation: it turns the events of a generator, live or recorded, into metrics that Prometheus
// scrapes and answers over HTTP. See genmeter --help; the scripts in testdata/script are its manual by example.
package main
