package main

import (
	"strings"

	"github.com/rs/zerolog"

	"longstop/internal/textfile/disk"
)

// The settings that this program reads itself; those of Temporal are the SDK's own.
const (
	envDatabase     = "LONGSTOP_DATABASE_URL"
	envDatabaseFile = envDatabase + "_FILE"
	envMigrate      = "LONGSTOP_MIGRATE_URL"
	envTrustedHosts = "LONGSTOP_DATABASE_TRUSTED_HOSTS"
	envLogLevel     = "LONGSTOP_LOG_LEVEL"

	exampleURL      = "postgres://longstop@localhost:5432/longstop"
	exampleDatabase = envDatabase + "=" + exampleURL
	exampleLogLevel = envLogLevel + "=debug"
)

// address is the address of the record: that of the setting, in the environment or in the
// file that it names, else that of envDatabase. It holds a password, so no error repeats it.
// from is the setting that gave it.
func address(getenv func(string) string, setting string) (url, from string, err error) {
	for _, from := range []string{setting, envDatabase} {
		url, err := addressIn(getenv, from)
		if err != nil || url != "" {
			return url, from, err
		}
	}
	return "", "", usagef("%s is not set: name the Postgres of the record, for example %s (or %s=/run/secrets/database_url)",
		envDatabase, exampleDatabase, envDatabaseFile)
}

// addressIn is the address that a setting gives, or the file that is named by the setting
// with _FILE; "" where neither is set.
func addressIn(getenv func(string) string, setting string) (string, error) {
	inFile := setting + "_FILE"
	direct, file := strings.TrimSpace(getenv(setting)), strings.TrimSpace(getenv(inFile))
	switch {
	case direct != "" && file != "":
		return "", usagef("%s and %s are both set: unset one", setting, inFile)
	case file == "":
		return direct, nil
	}
	text, err := disk.ReadFile(file)
	if err != nil {
		return "", usagef("%s: %w", inFile, err)
	}
	if strings.TrimSpace(string(text)) == "" {
		return "", usagef("%s: the file is empty: put the address of the Postgres in it", inFile)
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
