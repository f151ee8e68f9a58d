package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/clocks"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/program"
	"longstop/internal/temporal"
	"longstop/notify/letter"
	"longstop/service"
	"longstop/store"
	"longstop/timescale/load"
)

// session is the record and, where a command needs them, the clocks.
type session struct {
	app     *app
	log     zerolog.Logger
	url     string
	trusted []string       // see store.Options.TrustedHosts
	options client.Options // of Temporal
	clock   casetime.Clock
	record  *store.Store
	noted   bool   // the audit has what this command reads
	about   string // the key of the one case that a command which writes is about; "" where it is about none or many

	temporal client.Client // nil until it is dialled
	clocks   *clocks.Client
	uses     *service.Service
}

// open opens the record with the rights of the programs. A setting that is missing or
// wrong is wrong usage; a record that does not answer is a service that cannot be reached.
func (a *app) open() (*session, error) { return a.openAt(envDatabase) }

// openAt is open by the address in another setting, where it is set.
func (a *app) openAt(setting string) (*session, error) {
	s := &session{app: a}
	var err error
	if s.log, err = a.logger(); err != nil {
		return nil, err
	}
	if s.url, setting, err = address(a.getenv, setting); err != nil {
		return nil, err
	}
	s.trusted = strings.FieldsFunc(a.getenv(program.TrustedHosts), func(r rune) bool { return r == ',' || r == ' ' })
	if err := store.CheckAddress(store.Options{URL: s.url, Setting: setting, TrustedHosts: s.trusted}); err != nil {
		return nil, usagef("%w", err)
	}
	if s.options, err = temporal.ClientOptions(s.log); err != nil {
		return nil, usagef("%w", err)
	}
	s.clocks = &clocks.Client{Options: s.options, WallNow: a.wall}
	if err := s.openClock(); err != nil {
		s.close()
		return nil, err
	}
	if err := s.openRecord(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openClock finds the clock that case time comes from: the wall's, unless another is set.
func (s *session) openClock() error {
	s.clock = s.app.clock
	set := s.app.getenv(stage.Setting)
	if set == "" {
		return nil
	}
	if _, err := stage.Parse(set); err != nil {
		return usagef("%w", err)
	}
	if err := s.dial(); err != nil {
		return err
	}
	clock, err := stage.CaseClock(s.app.ctx, set, s.temporal, s.options.Namespace, s.url)
	if err != nil && !errors.Is(err, temporal.ErrUnreachable) {
		return usagef("%w", err)
	}
	if err != nil {
		return err
	}
	s.clock = clock
	return nil
}

func (s *session) openRecord() error {
	record, err := store.Open(s.app.ctx, store.Options{
		URL: s.url, TrustedHosts: s.trusted, Clock: s.clock, Log: s.log, Compiler: load.Compiler{}, Composer: letter.Composer{},
		GivesWay: formats.GivesWay, MakeWay: intake.MakeWay, WallNow: s.app.wall, Actor: store.ThisProcess(s.app.command),
		LogOnly: s.app.getenv("LONGSTOP_NOTICES") == "log",
	})
	if err != nil {
		return err
	}
	s.record, s.clocks.Record = record, record
	s.uses = service.New(record, s.clocks, watcher{s.app})
	return nil
}

// watcher shows what happens while a use case runs.
type watcher struct{ app *app }

// Warn warns on standard error.
func (w watcher) Warn(text string) { w.app.say("warning: " + text) }

// Begin shows progress on a terminal.
func (w watcher) Begin(what string, total int) service.Progress { return w.app.progress(what, total) }

// now is the present case instant, by the clock of the record.
func (s *session) now() (time.Time, error) {
	return s.record.Now(s.app.ctx)
}

// goByRecord makes what follows go by the record's present instant, so that nothing that
// it holds lies in the future of a machine whose clock is some seconds behind.
func (s *session) goByRecord() (err error) {
	s.app.recordNow, err = s.now()
	return err
}

// prepare sees that the database is this program's: see store.Prepare.
func (s *session) prepare() error { return s.record.Prepare(s.app.ctx) }

// warnOfRebuild warns where a rebuild is due: see store.RebuildDue.
func (a *app) warnOfRebuild(due bool) {
	if due {
		a.say("warning: an earlier release worked out the timescales that the record holds, and this one would show some of them otherwise: " +
			"run 'starter rebuild' once every worker program is of this release")
	}
}

// warnOfRebuild warns where a rebuild is due.
func (s *session) warnOfRebuild() error {
	due, err := s.record.RebuildDue(s.app.ctx)
	s.app.warnOfRebuild(due)
	return err
}

// needsRecord is wrong usage where neither a file of events nor the record is named.
func (a *app) needsRecord() error {
	if !named(a.getenv) {
		return usagef("name a file of events with --events, or the record with %s", envDatabase+"="+exampleURL)
	}
	return nil
}

// dial connects to Temporal, once.
func (s *session) dial() error {
	if s.temporal != nil {
		return nil
	}
	c, err := s.clocks.Connect(s.app.ctx)
	s.temporal = c
	return err
}

func (s *session) close() {
	s.clocks.Close()
	if s.record != nil {
		s.record.Close()
	}
}

// unknownCase says that the record holds no such case, where that is what went wrong.
func unknownCase(err error, ref string) error {
	if errors.Is(err, store.ErrUnknown) {
		return refusef("%s: the record holds no case of that reference: 'starter duties' lists the cases", ref)
	}
	return err
}

// with opens the services, runs a command with them and closes them.
func (a *app) with(run func(*session) error) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.close()
	return run(s)
}

// withService opens the services, runs a command with them and closes them. A command that
// writes finds the record prepared, and the audit says that it began and how it ended; one
// that reads notes in the audit what it reads.
func (a *app) withService(writes bool, run func(*session) error) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.close()
	if !writes {
		if err := s.record.Current(a.ctx); err != nil {
			return err
		}
		return s.reading(run)
	}
	if err := s.prepare(); err != nil {
		return err
	}
	return s.audited(run)
}

// source is the flag of every command that speaks of the cases of one source.
type source struct {
	Source string `default:"case-system" placeholder:"NAME" help:"The source whose references the cases go by; a return and the events beside it share one. Default: ${default}."`
}

// anySource is the flag of commands that find a case or an event of any source.
type anySource struct {
	Source string `placeholder:"NAME" help:"The source that the case or event is of. Default: any."`
}

// waitWords says what becomes of nudges that could not be sent.
func waitWords(n int, why error) string {
	return fmt.Sprintf("%d %s in the record until the worker program sends %s: %v", n, pluralVerb(n), themOrIt(n), why)
}

func pluralVerb(n int) string {
	if n == 1 {
		return "nudge waits"
	}
	return "nudges wait"
}

func themOrIt(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
