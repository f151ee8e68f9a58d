package main

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// A URL that cannot be used is refused without repeating it, for it holds a password.
func TestGivenDatabaseRefusesWithoutTellingThePassword(t *testing.T) {
	for _, text := range []string{
		"host=db user=u password=hunter2",
		"postgres://u:hunter2@/longstop",
		"postgres://u:hunter2@a,b/longstop",
		"postgres://u:hunter2@host",
		"postgres://host/longstop?password=hunter2",
		"postgres://u:hunter2@host:port/longstop",
		"postgres://u:hunter2%20@host/longstop",
	} {
		_, err := givenDatabase(text)
		if err == nil {
			t.Errorf("%s was accepted", text)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the message tells the password: %v", err)
		}
	}
}

// The other databases are reached with the same options; people see neither password nor options.
func TestGivenDatabase(t *testing.T) {
	db, err := givenDatabase("postgres://u:hunter2@db.example.test/rec?sslmode=require")
	if err != nil {
		t.Fatal(err)
	}
	if got := db.named("temporal"); got != "postgres://u:hunter2@db.example.test:5432/temporal?sslmode=require" {
		t.Errorf("named: %s", got)
	}
	if got := db.redacted(); got != "postgres://u:xxxxx@db.example.test:5432/rec" {
		t.Errorf("redacted: %s", got)
	}
	config := sqlConfig(db, "temporal", 1)
	if config.ConnectAttributes["sslmode"] != "require" || config.ConnectAddr != "db.example.test:5432" {
		t.Errorf("config: %+v", config)
	}
}

// A shell that has read the env file does not turn the next start into one against a foreign database.
func TestOwnDatabaseIsRecognised(t *testing.T) {
	dir := stackDir(t.TempDir())
	if err := os.WriteFile(dir.passwordFile(), []byte("5ecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, own := range map[string]bool{
		ownDatabase(5433, "5ecret").String():                       true,
		ownDatabase(5434, "5ecret").String():                       true, // of an earlier start, at another port
		ownDatabase(5433, "other").String():                        false,
		ownDatabase(5433, "").String():                             false,
		"postgres://longstop:5ecret@db.example.test:5433/longstop": false,
		"postgres://postgres:5ecret@127.0.0.1:5433/longstop":       false,
		"postgres://longstop:5ecret@127.0.0.1:5433/other":          false,
		"": false,
	} {
		if isOwnDatabase(dir, text) != own {
			t.Errorf("%s is taken for its own: %t", text, !own)
		}
	}
}

// Its folder was removed since, so its password is another: the folder's name, which the env file holds too, tells.
func TestAnAddressThatIsLeftFromAFolderThatWasEmptiedIsRecognised(t *testing.T) {
	dir := stackDir(t.TempDir())
	t.Setenv(envStackDir, string(dir))
	if !isLeftFromOwn(dir, ownDatabase(5433, "old").String()) {
		t.Error("its own URL is not recognised")
	}
	if isLeftFromOwn(stackDir(t.TempDir()), ownDatabase(5433, "old").String()) {
		t.Error("another folder's URL is taken for its own")
	}
	if isLeftFromOwn(dir, "postgres://longstop:old@db.example.test:5432/longstop") {
		t.Error("a server elsewhere is taken for its own")
	}
}

func TestAGivenDatabaseThatDoesNotAnswerIsNamedByItsVariable(t *testing.T) {
	if err := givenDatabaseFailed(errors.New("no answer")); !strings.Contains(err.Error(), "no answer") || !strings.Contains(err.Error(), "unset "+envDatabaseURL) {
		t.Errorf("it says %v", err)
	}
	if givenDatabaseFailed(nil) != nil {
		t.Error("a success is an error")
	}
}
