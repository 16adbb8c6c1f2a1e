// Package check reads the files that package export writes with DuckDB, which did not write them, and compares what they hold
// with what was tracked. It is a module of its own, so that nobody who uses genmeter downloads DuckDB.
package check
