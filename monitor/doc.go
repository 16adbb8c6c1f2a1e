// Package monitor turns events of an LLM generator into answers about the recent past.
package monitor
