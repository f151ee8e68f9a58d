package pgtest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
)

// The logins that this process makes, each in the group of deploy/roles.sql after which it
// is named.
var (
	appLogin    = name("app")
	readerLogin = name("reader")
)

// AsApp is a database's URL with a login of longstop_app: what the programs may do, and no
// more. Tests go by it wherever they do what a program does, so that a statement for which
// its role has no right is found.
func AsApp(tb testing.TB, database string) string {
	tb.Helper()
	return mustStart(tb).as(database, appLogin)
}

// AsReader is a database's URL with a login of longstop_reader.
func AsReader(tb testing.TB, database string) string {
	tb.Helper()
	return mustStart(tb).as(database, readerLogin)
}

func (r running) as(database, login string) string {
	return changed(database, func(u *url.URL) { u.User = url.UserPassword(login, r.password) })
}

// Login is a new login without rights, dropped when the test ends: make it before the databases
// that it will own.
func Login(tb testing.TB) string {
	tb.Helper()
	r, login := mustStart(tb), name("login")
	if err := r.execute(tb.Context(), "create role "+login+" login password '"+r.password+"'"); err != nil {
		tb.Fatalf("making a login: %v", err)
	}
	tb.Cleanup(func() {
		if err := r.execute(context.WithoutCancel(tb.Context()), "drop role "+login); err != nil {
			tb.Errorf("dropping a login: %v", err)
		}
	})
	return login
}

// As is a database's URL with a login of Login.
func As(tb testing.TB, database, login string) string {
	tb.Helper()
	return mustStart(tb).as(database, login)
}

// Roles is deploy/roles.sql.
func Roles(tb testing.TB) string {
	tb.Helper()
	sql, err := readRoles()
	if err != nil {
		tb.Fatal(err)
	}
	return sql
}

// makeRoles runs deploy/roles.sql in the template, and makes the logins.
func (r running) makeRoles(ctx context.Context) error {
	if err := r.runRoles(ctx, r.with(r.template)); err != nil {
		return err
	}
	for login, group := range map[string]string{appLogin: "longstop_app", readerLogin: "longstop_reader"} {
		if err := r.execute(ctx, "create role "+login+" login password '"+r.password+"' in role "+group); err != nil {
			return err
		}
	}
	return nil
}

// runRoles runs deploy/roles.sql in a database.
func (r running) runRoles(ctx context.Context, database string) error {
	sql, err := readRoles()
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // what it did is known by then
	_, err = conn.Exec(ctx, sql)
	return err
}

func readRoles() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	sql, err := os.ReadFile(filepath.Join(root, "deploy", "roles.sql"))
	return string(sql), err
}

// moduleRoot is the folder of go.mod, above the package whose tests run.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("the tests do not run inside the module: there is no go.mod above them")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
