package main

import (
	"errors"
	"strings"

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
	clocks  *clocks.Client
	uses    *service.Service
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
	connection, err := s.clocks.Connect(s.app.ctx)
	if err != nil {
		return err
	}
	clock, err := stage.CaseClock(s.app.ctx, set, connection, s.options.Namespace, s.url)
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

// warnOfRebuild warns where a rebuild is due: see store.RebuildDue.
func (a *app) warnOfRebuild(due bool) {
	if due {
		a.say("warning: an earlier release worked out the timescales that the record holds, and this one would show some of them otherwise: " +
			"run 'starter rebuild' once every worker program is of this release")
	}
}

// needsRecord is wrong usage where neither a file of events nor the record is named.
func (a *app) needsRecord() error {
	if !named(a.getenv) {
		return usagef("name a file of events with --events, or the record with %s", envDatabase+"="+exampleURL)
	}
	return nil
}

func (s *session) close() {
	s.clocks.Close()
	if s.record != nil {
		s.record.Close()
	}
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

// withOwner is with by the address of the database's owner, where that is set.
func (a *app) withOwner(run func(*session) error) error {
	s, err := a.openAt(envMigrate)
	if err != nil {
		return err
	}
	defer s.close()
	return run(s)
}

// source is the flag of every command that speaks of the cases of one source.
type source struct {
	Source string `default:"case-system" placeholder:"NAME" help:"The source whose references the cases go by; a return and the events next to it share one. Default: ${default}."`
}

// anySource is the flag of commands that find a case or an event of any source.
type anySource struct {
	Source string `placeholder:"NAME" help:"The source that the case or event is of. Default: any."`
}

// The settings of which this program reads more than every other: see package program.
const (
	envDatabase = program.Database
	envMigrate  = "LONGSTOP_MIGRATE_URL"

	exampleURL = "postgres://longstop@localhost:5432/longstop"
)

// address is the address of the record: that of the setting, in the environment or in the
// file that it names, else that of envDatabase. It holds a password, so no error repeats it.
// from is the setting that gave it.
func address(getenv func(string) string, setting string) (url, from string, err error) {
	for _, from := range []string{setting, envDatabase} {
		url, err := program.Address(from, getenv(from), getenv(from+program.InFile))
		if err != nil || url != "" {
			return url, from, usage(err)
		}
	}
	return "", "", usage(program.NoDatabase())
}

// logger writes to standard error what a command's own words do not say: warnings and
// worse, unless the setting asks for more.
func (a *app) logger() (zerolog.Logger, error) {
	level, err := program.Level(a.getenv(program.LogLevel), zerolog.WarnLevel)
	if err != nil {
		return zerolog.Nop(), usage(err)
	}
	return zerolog.New(zerolog.ConsoleWriter{Out: a.err, NoColor: !a.terminal, TimeFormat: "15:04:05"}).Level(level).With().Timestamp().Logger(), nil
}

// named reports whether the settings name a record at all.
func named(getenv func(string) string) bool {
	return getenv(envDatabase)+getenv(program.DatabaseFile) != ""
}
