package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
)

// gateway pushes to a Pushgateway. Values are cumulative: what one push loses the next one brings.
type gateway struct {
	to       *receiver
	user     *url.Userinfo // nil for none
	client   *http.Client
	gatherer prometheus.Gatherer
	job, run string
	interval time.Duration
	limits   limits
	logger   *slog.Logger

	stop chan struct{} // closed to end the pushes at intervals
	done chan struct{} // closed when they have ended; nil before the start
}

// newGateway returns nil when no Pushgateway is wanted. The flags were checked.
func (f *pushFlags) newGateway(g prometheus.Gatherer, run string, l limits, logger *slog.Logger) *gateway {
	if *f.gateway == "" {
		return nil
	}
	u, _ := url.Parse(*f.gateway)
	p := &gateway{
		to: &receiver{
			url: strings.TrimSuffix(withoutSecrets(*f.gateway), "/"), what: "the Pushgateway", failures: &failures{logger: logger},
			path:  "is this the address of a Pushgateway, and nothing more?",
			login: "are the user name and password in --push.gateway right?",
			cert:  "name a file of certificates to trust in SSL_CERT_FILE",
		},
		user: u.User, client: newPushClient(nil, 0), job: *f.job, run: strings.ToValidUTF8(run, "\uFFFD"),
		interval: *f.interval, limits: l, logger: logger, stop: make(chan struct{}),
	}
	group := map[string]string{"job": p.job}
	if p.run != "" {
		group["run"] = p.run
	}
	p.gatherer = grouped(g, group)
	return p
}

// start begins to push at intervals: first at once, which tells of a wrong address early, and gives Prometheus the zeros
// from which counters rise.
func (p *gateway) start() {
	p.logger.Info("pushing metrics", "by", "Pushgateway", "url", p.to.url, "job", p.job, "run", p.run, "interval", p.interval)
	if p.interval == 0 {
		return
	}
	p.done = make(chan struct{})
	go func() {
		defer close(p.done)
		tick := time.NewTicker(p.interval)
		defer tick.Stop()
		for {
			if err := p.put(context.Background()); err != nil {
				p.to.failures.add(err)
			} else {
				p.to.failures.over(p.to.url)
			}
			select {
			case <-p.stop: // first: the next tick may be there too
				return
			default:
			}
			select {
			case <-tick.C:
			case <-p.stop:
				return
			}
		}
	}()
}

// finish ends the pushes at intervals and pushes a last time. A push under way is not broken off: the Pushgateway might
// take it after the last one. It leaves time for one more attempt.
func (p *gateway) finish() error {
	defer p.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), p.limits.push)
	defer cancel()
	close(p.stop)
	if p.done != nil {
		<-p.done
	}
	if err := persist(ctx, p.put); err != nil {
		return err.final(p.to.failures.before())
	}
	return nil
}

// forget deletes the group.
func (p *gateway) forget() error {
	defer p.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), p.limits.push)
	defer cancel()
	if err := persist(ctx, p.remove); err != nil {
		err.advice += " The group was to be deleted, and stays in it"
		return err
	}
	p.logger.Info("deleted the group from the Pushgateway", "url", p.to.url, "job", p.job, "run", p.run)
	return nil
}

// put replaces the group.
func (p *gateway) put(ctx context.Context) *pushError {
	return p.attempt(ctx, func(ctx context.Context, pusher *push.Pusher) error { return pusher.PushContext(ctx) })
}

func (p *gateway) remove(ctx context.Context) *pushError {
	return p.attempt(ctx, func(_ context.Context, pusher *push.Pusher) error { return pusher.Delete() })
}

func (p *gateway) attempt(ctx context.Context, do func(context.Context, *push.Pusher) error) *pushError {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, p.limits.attempt)
	defer cancel()
	ctx, refused := watchRefusal(ctx)
	pusher := push.New(p.to.url, p.job).Gatherer(p.gatherer).Client(doer{ctx, p.client, len(p.to.url)})
	if p.run != "" {
		pusher.Grouping("run", p.run)
	}
	if p.user != nil {
		password, _ := p.user.Password()
		pusher.BasicAuth(p.user.Username(), password)
	}
	if err := do(ctx, pusher); err != nil {
		return p.to.failure(err, refused(), time.Since(begun))
	}
	return nil
}

// doer sends the requests of a push.Pusher, with what that leaves out: a context for Delete too, and spaces in the names
// of job and run. It writes them as plus signs, and in a path that is what they would stay.
type doer struct {
	ctx    context.Context
	client *http.Client
	base   int // length of the URL before the group
}

func (d doer) Do(req *http.Request) (*http.Response, error) {
	text := req.URL.String()
	u, err := url.Parse(text[:d.base] + strings.ReplaceAll(text[d.base:], "+", "%20"))
	if err != nil {
		return nil, err
	}
	req.URL = u
	return d.client.Do(req.WithContext(d.ctx))
}

// persist tries until it goes well, cannot go well, or ctx ends.
func persist(ctx context.Context, do func(context.Context) *pushError) *pushError {
	const most = 2 * time.Second
	var last *pushError
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, most) {
		err := do(ctx)
		if last != nil && err != nil && ctx.Err() != nil {
			return last // err only tells that the time was up
		}
		if last = err; err == nil || !err.temporary || sleep(ctx, pause) != nil {
			return err
		}
	}
}
