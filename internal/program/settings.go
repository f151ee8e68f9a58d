package program

import (
	"strings"

	"github.com/rs/zerolog"

	"longstop/internal/textfile/disk"
)

// The settings that every program reads. Those of Temporal are the SDK's own.
const (
	Database     = "LONGSTOP_DATABASE_URL"
	DatabaseFile = Database + InFile
	TrustedHosts = "LONGSTOP_DATABASE_TRUSTED_HOSTS"
	LogLevel     = "LONGSTOP_LOG_LEVEL"
)

// InFile ends the name of a setting that names a file with the value of another.
const InFile = "_FILE"

// Address returns the address of a database that a setting gives, directly or in the file that
// the setting with _FILE names; "" where neither is set. The address holds a password, so no
// error repeats it. The error is a UsageError.
func Address(setting, direct, file string) (string, error) {
	direct, file = strings.TrimSpace(direct), strings.TrimSpace(file)
	switch {
	case direct != "" && file != "":
		return "", Usagef("%s and %s are both set: unset one", setting, setting+InFile)
	case file == "":
		return direct, nil
	}
	text, err := disk.ReadFile(file)
	if err != nil {
		return "", Usagef("%s: %w", setting+InFile, err)
	}
	if address := strings.TrimSpace(string(text)); address != "" {
		return address, nil
	}
	return "", Usagef("%s: the file is empty: put the address of the Postgres in it", setting+InFile)
}

// NoDatabase is the UsageError of a program that was not told where the record is.
func NoDatabase() error {
	return Usagef("%s is not set: name the Postgres of the record, for example %s=postgres://longstop@localhost:5432/longstop (or %s=/run/secrets/database_url)",
		Database, Database, DatabaseFile)
}

// Level reads LONGSTOP_LOG_LEVEL; where it is not set, the level is the one given.
func Level(set string, unset zerolog.Level) (zerolog.Level, error) {
	if set == "" {
		return unset, nil
	}
	level, err := zerolog.ParseLevel(strings.ToLower(set))
	if err != nil {
		return unset, Usagef("%s: unknown level %q: debug, info, warn or error; for example %s=debug", LogLevel, set, LogLevel)
	}
	return level, nil
}
