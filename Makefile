# Everything that a stranger or CI runs. `make demo` shows genmeter at work, `make test` passes all tests.

GO ?= go
# A tool of the build, run at this version and not installed.
GOLANGCI_LINT = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   = $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BRANCH   ?= $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null || echo unknown)
STAMP     = github.com/prometheus/common/version
DATE     ?= $(shell git show -s --format=%cI 2>/dev/null || echo unknown)
LDFLAGS   = -s -w -X $(STAMP).Version=$(VERSION) -X $(STAMP).Revision=$(REVISION) -X $(STAMP).Branch=$(BRANCH) \
	-X $(STAMP).BuildUser=make -X $(STAMP).BuildDate=$(DATE)
# What is compiled like the program itself is compiled once.
LIKE_BUILD = CGO_ENABLED=0 GOFLAGS='$(GOFLAGS) -trimpath'
# What builds the container image; with Docker, make image IMAGE_BUILD='docker build'.
IMAGE_BUILD ?= buildah bud --isolation chroot

.PHONY: build dist image generate screenshots demo test e2e soak lint vuln bench fuzz clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/genmeter ./cmd/genmeter

# The archives of a release for all platforms, and their checksums; of one commit always the same bytes.
dist: BRANCH = HEAD
dist:
	$(GO) run ./scripts/dist -version '$(VERSION)' -date '$(DATE)' -ldflags '$(LDFLAGS)' -o dist/$(VERSION)

# The container image genmeter:VERSION, from that binary.
image: build
	scripts/image-context dist/image
	$(IMAGE_BUILD) --build-arg VERSION=$(VERSION) --build-arg REVISION=$(REVISION) -t genmeter:$(VERSION) dist/image

# What is made from other files: the dashboards, the rules as an object of the Prometheus Operator, the README's picture, and
# of docs/ what the program knows itself.
generate: build
	cd grafana/gen && $(GO) run . ../dashboards
	deploy/kubernetes/generate
	bin/genmeter plot --timezone=UTC --figure=generation_time -o docs/generation_time.svg ingest/testdata/afterimage-run
	$(GO) test ./cmd/genmeter -run '^TestDocs' -update

# The README's pictures of the live page, of the bundled run in its middle.
screenshots:
	scripts/need chromium
	cd web/browser && for scheme in light dark; do \
		$(GO) run ./screenshot -scheme $$scheme -width 1500 -height 1270 -o ../../docs/live-page-$$scheme.png || exit; \
	done

# Plays the bundled recorded run as if it happened now, serves it on 127.0.0.1:9464, and has a real Prometheus and Alertmanager
# look at it, until interrupted. Installs these when it may (Debian, root), and goes on without where they are not.
demo: build
	scripts/demo

# All tests, with the race detector, against a real Prometheus, Alertmanager and Pushgateway; DuckDB reads the exports, Chromium
# looks at the live page.
# Installs what they need when it may (Debian, root). What packs releases has one goroutine, and is tested without the detector.
test:
	scripts/need gcc g++ curl python3 prometheus promtool prometheus-alertmanager amtool prometheus-pushgateway python3-openpyxl chromium
	GENMETER_E2E=1 $(GO) test -race -timeout 15m $$($(GO) list ./... | grep -v /scripts/)
	GENMETER_E2E=1 $(LIKE_BUILD) $(GO) test ./scripts/...
	$(LIKE_BUILD) $(GO) run ./scripts/dist -types -platforms 'linux/arm64 darwin/arm64 windows/amd64'
	cd benchmarks && $(GO) vet ./... && $(GO) test ./...
	cd export/check && $(GO) vet ./... && $(GO) test ./...
	cd grafana/gen && $(LIKE_BUILD) $(GO) vet ./... && $(LIKE_BUILD) $(GO) test ./...
	cd web/browser && $(LIKE_BUILD) $(GO) vet ./... && $(LIKE_BUILD) GENMETER_E2E=1 $(GO) test ./...
	cd examples/otel && $(LIKE_BUILD) $(GO) vet ./...

# What takes long: the tests, and again without the race detector, where floods of events have their full size, and with a
# Prometheus 3, built when it is not there, as OTLP receiver. Then what an operator applies: the image is built and run (as
# root), the Kubernetes manifests are built and decoded strictly.
e2e: test build
	$(GO) run ./scripts/dist -check
	scripts/need buildah
	scripts/image-context dist/image
	VERSION=$(VERSION) scripts/container-e2e dist/image
	cd deploy/check && $(GO) vet ./... && $(GO) test ./...
	GO='$(GO)' scripts/manifests-e2e
	GO='$(GO)' scripts/spreadsheet-e2e
	prometheus3=$$(GO='$(GO)' scripts/prometheus3) && \
	GENMETER_PROMETHEUS3=$$prometheus3 GENMETER_E2E=1 GENMETER_INSTALL=1 $(GO) test -count=1 -timeout 15m ./...

# A hundred times what make test does of this: the sidecar is killed a thousand times under load, its disk is full, its
# directory moved, its clients slow or many, its memory small. What was acknowledged must be there once, counted once. Half an hour.
soak:
	scripts/need gcc
	GENMETER_SOAK=100 $(GO) test -race -count=1 -timeout 2h -run TestSoak -v ./cmd/genmeter

lint:
	$(GOLANGCI_LINT) run ./...

# Known vulnerabilities; asks vuln.go.dev.
vuln:
	$(GOVULNCHECK) ./...

# Recording, and then scrapes, beside OpenTelemetry, client_golang and VictoriaMetrics/metrics, exports beside DuckDB, the sidecar by road,
# with ratios. Needs two idle cores; with the path of a Prometheus 3 in GENMETER_PROMETHEUS3 that is measured too.
bench:
	cd benchmarks && $(GO) run ./recording && $(GO) run ./scrape && $(GO) run ./export && $(GO) run ./decode && $(GO) run ./ingest

# Every parser, a minute each.
fuzz:
	scripts/fuzz 60s

clean:
	rm -rf bin dist
