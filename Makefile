# Longstop. `make` lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build demo dev test test-quick properties lint docs openapi bench cover fuzz record-histories sample clean

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO      ?= go
LDFLAGS := -s -w -X longstop/internal/program.version=$(VERSION)
# From the module registry, at a version that this Go can build.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(shell cat .golangci.version)

# The pure core and the workflows on the virtual clock: no server, no database.
PURE  := ./access/... ./calendar/... ./timescale/... ./casework/... ./english/... ./organisation/... ./pathway/... ./intake/... ./workflows/... \
	./activities/... ./notify/letter/... ./internal/casetime/... ./internal/names/... ./internal/jsonkeys/... ./internal/textfile/...
QUICK := $(PURE) ./internal/archtest/...

# The generated cases of property tests: one seed, so that a commit which passed passes on any
# other day; `make properties` draws others.
export RAPID_SEED ?= 20261129

# The tests as of another instant: make test NOW=2026-12-25T23:30:00Z. The tag makes a clock
# that can be moved; the programs in bin/ are built without it, and cannot. See docs/testing.md.
ifdef NOW
export LONGSTOP_TEST_NOW := $(NOW)
TAGS := -tags testnow
TESTED := bin/testnow
else
TESTED := bin
endif

# The programs that tests run.
PROGRAMS := LONGSTOP_DEVSTACK=$(CURDIR)/bin/devstack LONGSTOP_WORKER=$(CURDIR)/$(TESTED)/worker LONGSTOP_STARTER=$(CURDIR)/$(TESTED)/starter \
	LONGSTOP_WEB=$(CURDIR)/$(TESTED)/web
# Tests of these start a Temporal server of their own, and mostly wait for it: two packages at
# a time, and four tests in each, are enough for two cores.
SERVED := ^longstop/(clocks|worker|starter|endtoend|internal/demo|internal/temporal)(/|$$)

help: ## List the targets
	@awk -v b="$$([ -t 1 ] && printf '\033[1m')" -v e="$$([ -t 1 ] && printf '\033[0m')" \
	  'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %s%-18s%s %s\n", b, $$1, e, $$2}' $(MAKEFILE_LIST)

build: bin/worker bin/starter bin/web bin/devstack ## Build the programs into bin/

.PHONY: bin/worker bin/starter bin/web bin/devstack bin/testnow/worker bin/testnow/starter bin/testnow/web
bin/worker bin/starter bin/web:
	$(GO) build -ldflags '$(LDFLAGS)' -o $@ ./$(@F)

bin/testnow/worker bin/testnow/starter bin/testnow/web:
	$(GO) build -tags testnow -o $@ ./$(@F)

# A module of its own: the Temporal server brings 460 modules that the product does not need.
# Without -trimpath, so that its tests use what was compiled for it.
bin/devstack:
	@[ -x $@ ] || echo "Building the Temporal server for the development stack: some ten minutes the first time on two cores, seconds after."
	cd devstack && $(GO) build -ldflags '-s -w' -o ../$@ .

demo: build ## Start everything, load the sample return and watch the clocks (Ctrl-C ends it)
	@LONGSTOP_PROMOTE=true bin/devstack run -- bin/starter demo

dev: build ## The stack, a worker and the API, until Ctrl-C; notices reach nobody unless LONGSTOP_SMTP_URL is set
	@[ -n "$$LONGSTOP_SMTP_URL" ] || export LONGSTOP_NOTICES=log; LONGSTOP_PROMOTE=true bin/devstack run --with bin/web -- bin/worker

test: build $(TESTED)/worker $(TESTED)/starter $(TESTED)/web workflowcheck ## Every test, with a real Temporal server and a real Postgres; NOW=2026-12-25T23:30:00Z: as of then
	$(GO) test $(TAGS) -timeout 15m $$($(GO) list ./... | grep -v -E '$(SERVED)')
	$(PROGRAMS) $(GO) test $(TAGS) -p 3 -parallel 4 -timeout 30m $$($(GO) list ./... | grep -E '$(SERVED)')
	cd devstack && $(GO) test -timeout 10m ./...

.PHONY: test-load
test-load: build $(TESTED)/worker $(TESTED)/starter $(TESTED)/web ## Push events for SPAN=60s over 50 connections while Postgres, Temporal and web are killed
	LONGSTOP_LOAD_SPAN=$(or $(SPAN),60s) $(PROGRAMS) $(GO) test $(TAGS) -count 1 -timeout 20m -v -run '^TestWhateverDiesUnderLoad' ./endtoend

test-quick: ## The pure core and the workflows on the virtual clock, within a minute
	$(GO) test $(QUICK)

# Whole programs are left out, and what needs a Temporal server is skipped. Drawn cases are few:
# goroutines meet in the first as in the last.
NOT_RACED := ^longstop/(bench|docs|endtoend|starter|internal/(archtest|sample))(/|$$)
.PHONY: test-race
test-race: ## The race detector over every package but the whole programs; some five minutes on two cores
	RAPID_CHECKS=10 $(GO) test -race -timeout 30m $$($(GO) list ./... | grep -v -E '$(NOT_RACED)')

# Instants at which a test that depends on the day or the hour would fail, or pass by luck: a
# Saturday, a Sunday, Good Friday, Christmas Eve and Day, the last seconds before both changes
# of the clocks, 29 February, 31 March; in London 23:59, 00:01 in summer, 08:59, 09:01, 20:01.
AWKWARD := 2026-11-28T12:00:00Z 2026-11-29T12:00:00Z 2027-03-26T10:00:00Z 2026-12-24T16:00:00Z 2026-12-25T23:30:00Z \
	2026-10-25T00:59:55Z 2027-03-28T00:59:55Z 2028-02-29T12:00:00Z 2027-03-31T12:00:00Z \
	2026-11-30T23:59:55Z 2027-06-30T23:01:00Z 2026-12-01T08:59:55Z 2026-12-01T09:01:00Z 2026-12-01T20:01:00Z
# What goes by the present and needs no Temporal server: the commands on a record.
PRESENT := ^Test(CommandsGo|WithARecord|ANotice|AMachine)

.PHONY: test-awkward
test-awkward: ## The tests that go by the present, on days and at hours at which such tests fail
	$(GO) test -tags testnow -c -o bin/testnow/starter.test ./starter
	@cd starter && for now in $(AWKWARD); do echo "as of $$now"; \
	  LONGSTOP_TEST_NOW=$$now ../bin/testnow/starter.test -test.run '$(PRESENT)' -test.timeout 5m || exit 1; done

# The packages without servers once more, under a Go whose own time.Now shows another day: a
# use of the wall clock that the tag does not reach would show here.
.PHONY: test-shifted
test-shifted: ## The packages without servers, with Go's own clock on a Christmas Day (or NOW)
	$(GO) run ./internal/casetime/casetimetest/shiftnow bin/shifted
	LONGSTOP_TEST_NOW=$(or $(NOW),2026-12-25T23:30:00Z) $(GO) test -overlay bin/shifted/overlay.json $(PURE)

.PHONY: workflowcheck
workflowcheck:
	$(GO) tool workflowcheck ./workflows/...

# What fails here is a fault of the product that luck found: it gets a test of its own.
properties: ## The property tests, each with 2000 cases (CHECKS) from a new seed; RAPID_SEED repeats one
	RAPID_SEED=$(if $(filter file,$(origin RAPID_SEED)),0,$(RAPID_SEED)) RAPID_CHECKS=$(or $(CHECKS),2000) $(GO) test -count 1 -p 1 -timeout 12h \
	  $$(grep -rl --include='*_test.go' pgregory.net/rapid . | xargs -n 1 dirname | sort -u)

lint: ## golangci-lint, with every exception explained in .golangci.yml
	$(GO) run $(GOLANGCI) run ./...
	cd devstack && $(GO) run $(GOLANGCI) run --config ../.golangci.yml ./...

# That docs/law is up to date is a test of timescale/pages: make test and make test-quick run it.
docs: ## Write docs/law and overlays/template.yaml from the rule pack
	$(GO) run ./docs/makedocs --out docs/law --template overlays/template.yaml

openapi: ## Write docs/openapi.json, the answers of its examples and docs/hostile.md again: look at the difference
	$(GO) test ./web/v1 -count 1 -run 'TestEveryExampleIs' -update
	$(GO) test ./web/v1 -count 1 -run 'TestTheDescriptionIsTheOneThatIsKept' -update
	$(GO) test ./web/server ./web/v1 -count 1 -p 1 -run 'TestThePageOfHostileRequests' -update

bench: build ## What a county, an event and a date cost, compared with a bare workflow, a bare signal and another library; how a case's cost grows
	$(GO) test -run '^$$' -bench . -benchmem ./calendar ./timescale ./casework ./intake/... ./starter
	LONGSTOP_DEVSTACK=$(CURDIR)/bin/devstack $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./bench

.PHONY: district
district: ## What the workers and managers of a district of 600 children are told in 63 working days, with trays, without, and with an outage (SEED=1744)
	$(GO) test ./bench/district -count 1 -timeout 3h -print -children $(or $(CHILDREN),600) -teams $(or $(TEAMS),6) -days $(or $(DAYS),63) -seed $(or $(SEED),1744)

mutants: ## Change one thing at a time in PKG=./casework (N=30 times, from SEED=1), and list what no test notices; RUN and TESTS narrow the tests
	$(GO) run ./internal/mutate -pkg $(or $(PKG),./casework) -n $(or $(N),30) -seed $(or $(SEED),1) \
	  $(if $(RUN),-run '$(RUN)') $(if $(TESTS),-tests '$(TESTS)')

cover: ## Statement coverage of the pure core
	$(GO) test -cover ./calendar ./timescale/... ./casework ./intake/...

fuzz: ## Each fuzz target for 30 seconds, and every hostile value at every place of every request to the API
	$(GO) test ./web/v1 -count 1 -timeout 2h -run 'TestWhateverStandsAnywhere' -everything
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s $$p || exit 1; done; done

record-histories: build ## Record workflow histories from a real server, to be replayed by every later release
	LONGSTOP_DEVSTACK=$(CURDIR)/bin/devstack $(GO) test ./workflows -run TestRecordHistories -record $(VERSION)

sample: ## Make the sample return, people and events
	$(GO) run ./internal/sample/makesample --out internal/sample/testdata --day 2026-11-20

clean: ## Remove what was built and the development stack's data
	@[ ! -x bin/devstack ] || [ ! -d .devstack ] || bin/devstack remove
	rm -rf bin .devstack .tools
