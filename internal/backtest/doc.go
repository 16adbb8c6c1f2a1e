// Package backtest judges a recorded run by alert rules as if somebody had watched it live: the clock is the run's own, and
// rules are evaluated at every interval of it. The commands that play a run, and the report of one, share it.
package backtest
