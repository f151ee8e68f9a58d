package program_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/internal/program"
)

const address = "postgres://longstop:secret@db.council.example/longstop"

// saved is the path of a file of the test's own.
func saved(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "address")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnAddressComesFromTheSettingOrFromTheFileThatIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ direct, file, want string }{
		"directly":        {direct: " " + address + "\n", want: address},
		"from a file":     {file: saved(t, address+"\r\n"), want: address},
		"from neither":    {},
		"with an empty _": {direct: address, file: " ", want: address},
	} {
		if got, err := program.Address(program.Database, c.direct, c.file); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAnAddressThatIsWrongIsWrongUsageAndNamesTheSettingButNeverQuotesIt(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	for name, c := range map[string]struct{ direct, file, want string }{
		"two of them":   {address, saved(t, address), "LONGSTOP_MIGRATE_URL and LONGSTOP_MIGRATE_URL_FILE are both set: unset one"},
		"no file":       {"", missing, "LONGSTOP_MIGRATE_URL_FILE: open " + missing},
		"an empty file": {"", saved(t, "\n"), "LONGSTOP_MIGRATE_URL_FILE: the file is empty"},
	} {
		_, err := program.Address("LONGSTOP_MIGRATE_URL", c.direct, c.file)
		var usage *program.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALevelIsReadInAnyCaseAndAnUnknownOneIsNamedWithAnExample(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]zerolog.Level{"": zerolog.WarnLevel, "debug": zerolog.DebugLevel, "ERROR": zerolog.ErrorLevel} {
		if got, err := program.Level(set, zerolog.WarnLevel); err != nil || got != want {
			t.Errorf("%q: %v, %v", set, got, err)
		}
	}
	_, err := program.Level("loud", zerolog.WarnLevel)
	var usage *program.UsageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), `LONGSTOP_LOG_LEVEL: unknown level "loud"`) ||
		!strings.Contains(err.Error(), "LONGSTOP_LOG_LEVEL=debug") {
		t.Errorf("%v", err)
	}
}

func TestABuildOfNoReleaseIsDevelopment(t *testing.T) {
	t.Parallel()
	if got := program.Build(); got != "dev" { // a test's binary has no version
		t.Errorf("it is %q", got)
	}
}
