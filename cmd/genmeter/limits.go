package main

import "time"

// limits bound each step of the end of a command: a receiver that does not answer must not hold it up. Tests have shorter
// ones.
type limits struct {
	alerts  time.Duration // the last alerts, to all who hear of them; part of what the monitor has
	drain   time.Duration // the monitor; the requests in flight
	attempt time.Duration // one request to the Pushgateway
	push    time.Duration // the last push to it, with repetitions
	otlp    time.Duration // the last OTLP push, with repetitions
}

// usualLimits are together 30 s, what Kubernetes leaves a pod, should everything hang.
var usualLimits = limits{
	alerts:  2 * time.Second,
	drain:   5 * time.Second, // as in afterimage
	attempt: 5 * time.Second,
	push:    10 * time.Second,
	otlp:    10 * time.Second, // OTLP's own timeout
}
