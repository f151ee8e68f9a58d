package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The databases on the server: the record, which is Longstop's, and two of Temporal's.
const (
	recordDatabase     = "longstop"
	temporalDatabase   = "temporal"
	visibilityDatabase = "temporal_visibility"
)

// database is a Postgres server with the database that holds the record, as its URL says.
type database struct{ url *url.URL }

// ownDatabase is the one on the stack's own Postgres.
func ownDatabase(port int, password string) database {
	return database{&url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(postgresRole, password),
		Host:     address(port),
		Path:     "/" + recordDatabase,
		RawQuery: "sslmode=disable", // the loopback address only
	}}
}

// givenDatabaseURL is what a person gave: by flag, in the environment, or in a file that the environment names, as the
// other programs read their secrets. Nothing means the stack's own Postgres.
func givenDatabaseURL(given string) (string, error) {
	path := os.Getenv(envDatabaseURL + "_FILE")
	if given != "" || path == "" {
		return given, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s_FILE: %w", envDatabaseURL, err)
	}
	return strings.TrimSpace(string(content)), nil
}

// givenDatabase reads a URL that a person gave. It never appears in an error message: it holds a password.
func givenDatabase(text string) (database, error) {
	example := "; give it like postgres://user:password@host:5432/" + recordDatabase
	given, err := url.Parse(text)
	switch {
	case err != nil, given.Scheme != "postgres" && given.Scheme != "postgresql":
		return database{}, errors.New(envDatabaseURL + " is not a Postgres URL" + example)
	case given.Hostname() == "" || strings.Contains(given.Host, ","):
		return database{}, errors.New(envDatabaseURL + " must name one host" + example)
	case given.User.Username() == "":
		return database{}, errors.New(envDatabaseURL + " must name a user" + example)
	case strings.Trim(given.Path, "/") == "":
		return database{}, errors.New(envDatabaseURL + " must name a database" + example)
	case hasSpace(given): // the server writes it as `+`, which Postgres's URLs do not know
		return database{}, errors.New(envDatabaseURL + " has a space in its user, password or options: the Temporal " +
			"server cannot use it")
	}
	if given.Port() == "" {
		given.Host += ":5432"
	}
	return database{given}, nil
}

func hasSpace(given *url.URL) bool {
	password, _ := given.User.Password()
	text := given.User.Username() + password
	for _, values := range given.Query() {
		text += strings.Join(values, "")
	}
	return strings.Contains(text, " ")
}

func (d database) String() string { return d.url.String() }

// redacted is the URL for people: with the password hidden and the options left out.
func (d database) redacted() string {
	shown := *d.url
	shown.RawQuery = ""
	return shown.Redacted()
}

func (d database) name() string { return strings.Trim(d.url.Path, "/") }

// named is the URL of another database on the same server.
func (d database) named(name string) string {
	other := *d.url
	other.Path = "/" + name
	return other.String()
}

// connectForAdmin connects to a database that is not one of ours, because one cannot drop the database that one is in.
func (d database) connectForAdmin(ctx context.Context) (*pgx.Conn, error) {
	connection, err := pgx.Connect(ctx, d.named("postgres"))
	if err == nil {
		return connection, nil
	}
	if second, secondErr := pgx.Connect(ctx, d.String()); secondErr == nil { // a server without a database `postgres`
		return second, nil
	}
	return nil, fmt.Errorf("cannot connect to Postgres at %s: %w", d.url.Host, err)
}

// create makes the databases that are missing.
func (d database) create(ctx context.Context, names ...string) error {
	connection, err := d.connectForAdmin(ctx)
	if err != nil {
		return err
	}
	defer func() { ignore(connection.Close(ctx)) }()
	for _, name := range names {
		var there bool
		const look = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
		if err := connection.QueryRow(ctx, look, name).Scan(&there); err != nil || there {
			if err != nil {
				return fmt.Errorf("cannot list the databases: %w", err)
			}
			continue
		}
		_, err := connection.Exec(ctx, "CREATE DATABASE "+identifier(name))
		if err != nil && !isCode(err, "42P04") { // duplicate_database: somebody was faster
			return fmt.Errorf("cannot create the database %s (may this user create databases?): %w", name, err)
		}
	}
	return nil
}

// drop drops the databases that are there, and ends whatever is connected to them.
func (d database) drop(ctx context.Context, names ...string) error {
	connection, err := d.connectForAdmin(ctx)
	if err != nil {
		return err
	}
	defer func() { ignore(connection.Close(ctx)) }()
	for _, name := range names {
		const endSessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
		if _, err := connection.Exec(ctx, endSessions, name); err != nil {
			return fmt.Errorf("cannot end the sessions on the database %s: %w", name, err)
		}
		if _, err := connection.Exec(ctx, "DROP DATABASE IF EXISTS "+identifier(name)); err != nil {
			return fmt.Errorf("cannot drop the database %s: %w", name, err)
		}
	}
	return nil
}

// identifier quotes a name: a statement cannot take it as a parameter.
func identifier(name string) string {
	return pgx.Identifier{name}.Sanitize()
}

func isCode(err error, code string) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == code
}

// forgetPostgresEnvironment removes what the caller's shell says about other Postgres servers (PGHOST, PGSERVICE, …),
// which the database library would mix into our connections. With a database given by a person they may be meant.
func forgetPostgresEnvironment(given string) {
	if given != "" {
		return
	}
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PG") {
			ignore(os.Unsetenv(name))
		}
	}
}

// isOwnDatabase tells whether the URL is that of the stack's own Postgres: in a shell that has read the env file, the
// next start would otherwise look for the database that it is to start itself. The port may be that of an earlier
// start: the password, which is random, is no other server's.
func isOwnDatabase(dir stackDir, text string) bool {
	content, err := os.ReadFile(dir.passwordFile())
	given, ok := ownLooking(text)
	if err != nil || !ok {
		return false
	}
	password, _ := given.User.Password()
	return password != "" && password == strings.TrimSpace(string(content))
}

// isLeftFromOwn tells whether the URL came from this folder's env file, though its password is another by now: the
// folder was emptied since. The env file names its folder as well as the URL.
func isLeftFromOwn(dir stackDir, text string) bool {
	_, ok := ownLooking(text)
	named := os.Getenv(envStackDir)
	return ok && named != "" && named == string(dir)
}

// ownLooking reads a URL of the form that the stack's own has.
func ownLooking(text string) (given *url.URL, ok bool) {
	given, err := url.Parse(text)
	if err != nil {
		return nil, false
	}
	return given, given.Hostname() == loopback && given.User.Username() == postgresRole && given.Path == "/"+recordDatabase
}
