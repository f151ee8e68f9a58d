package main

import (
	"os"
	"strings"

	"github.com/rs/zerolog"
)

// The settings that this program reads itself; those of Temporal are the SDK's own.
const (
	envDatabase     = "LONGSTOP_DATABASE_URL"
	envDatabaseFile = envDatabase + "_FILE"
	envLogLevel     = "LONGSTOP_LOG_LEVEL"

	exampleDatabase = envDatabase + "=postgres://longstop@localhost:5432/longstop"
	exampleLogLevel = envLogLevel + "=debug"
)

// databaseURL is the address of the record, from the environment or from the file that it
// names. It holds a password, so no error repeats it.
func databaseURL(getenv func(string) string) (string, error) {
	direct, file := strings.TrimSpace(getenv(envDatabase)), strings.TrimSpace(getenv(envDatabaseFile))
	switch {
	case direct != "" && file != "":
		return "", usagef("%s and %s are both set: unset one", envDatabase, envDatabaseFile)
	case direct != "":
		return direct, nil
	case file == "":
		return "", usagef("%s is not set: name the Postgres of the record, for example %s (or %s=/run/secrets/database_url)",
			envDatabase, exampleDatabase, envDatabaseFile)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usagef("%s: %w", envDatabaseFile, err)
	}
	if strings.TrimSpace(string(text)) == "" {
		return "", usagef("%s: the file is empty: put the address of the Postgres in it", envDatabaseFile)
	}
	return strings.TrimSpace(string(text)), nil
}

// logger writes to standard error what a command's own words do not say: warnings and
// worse, unless the setting asks for more.
func (a *app) logger() (zerolog.Logger, error) {
	level := zerolog.WarnLevel
	if set := a.getenv(envLogLevel); set != "" {
		parsed, err := zerolog.ParseLevel(strings.ToLower(set))
		if err != nil {
			return zerolog.Nop(), usagef("%s: %q is no level: debug, info, warn or error; for example %s", envLogLevel, set, exampleLogLevel)
		}
		level = parsed
	}
	return zerolog.New(zerolog.ConsoleWriter{Out: a.err, NoColor: !a.terminal, TimeFormat: "15:04:05"}).Level(level).With().Timestamp().Logger(), nil
}

// named says whether the settings name a record at all.
func named(getenv func(string) string) bool { return getenv(envDatabase)+getenv(envDatabaseFile) != "" }
