package main

import (
	"github.com/rs/zerolog"

	"longstop/internal/program"
)

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

// named says whether the settings name a record at all.
func named(getenv func(string) string) bool {
	return getenv(envDatabase)+getenv(program.DatabaseFile) != ""
}
