package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const warmUp = time.Second

// measure has a new server take events for so long.
func (t *trial) measure(start func() (*server, error), duration time.Duration) (r result, err error) {
	s, err := start()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()

	var wg sync.WaitGroup
	var total, counted atomic.Int64 // events acknowledged: in all, and in the measured time
	var measuring, over atomic.Bool
	errs := make([]error, t.connections)
	times := make([][]time.Duration, t.connections)
	for i := range t.connections {
		wg.Go(func() {
			errs[i] = t.send(s.address, i, &over, func(took time.Duration) {
				total.Add(int64(t.batch))
				if measuring.Load() {
					counted.Add(int64(t.batch))
					times[i] = append(times[i], took)
				}
			})
		})
	}
	time.Sleep(warmUp)
	cpu, begun := s.cpu(), time.Now()
	measuring.Store(true)
	time.Sleep(duration)
	measuring.Store(false)
	took, used := time.Since(begun), s.cpu()-cpu
	over.Store(true)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return r, err
	}
	if counted, err := s.counted(); err != nil || counted != total.Load() {
		return r, fmt.Errorf("it acknowledged %d events and counts %d: %w", total.Load(), counted, err)
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	if len(all) == 0 {
		return r, errors.New("no answer came in time")
	}
	n := counted.Load()
	return result{
		eventsPerSecond: float64(n) / took.Seconds(), cpu: used / time.Duration(n), peak: s.memory("VmHWM"),
		p50: all[len(all)/2], p99: all[len(all)*99/100],
	}, nil
}
