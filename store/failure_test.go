package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestOnlyWhatWroteNothingAndMayEndOtherwiseIsRunAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  error
		want bool
	}{
		{"a deadlock", &pgconn.PgError{Code: "40P01"}, true},
		{"a serialization failure, wrapped", fmt.Errorf("writing: %w", &pgconn.PgError{Code: "40001"}), true},
		{"an event id that another case took at once", &pgconn.PgError{Code: "23505", ConstraintName: "events_source_id"}, true},
		{"another unique constraint", &pgconn.PgError{Code: "23505", ConstraintName: "duties_pkey"}, false},
		{"a check", &pgconn.PgError{Code: "23514"}, false},
		{"a lost connection, which may have committed", io.ErrUnexpectedEOF, false},
		{"a cancelled context", context.Canceled, false},
	} {
		if got := again(tc.err); got != tc.want {
			t.Errorf("%s: got %v", tc.name, got)
		}
	}
}

func TestAFailureOfTheConnectionNamesTheServiceAndNoValue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  error
		want error
	}{
		{"the connection ended", io.ErrUnexpectedEOF, ErrUnreachable},
		{"the server is stopping", &pgconn.PgError{Code: "57P01", Message: "terminating connection", Detail: "SECRET"}, ErrUnreachable},
		{"the server is starting", &pgconn.PgError{Code: "57P03", Message: "starting up"}, ErrUnreachable},
		{"a standby", &pgconn.PgError{Code: "25006", Message: "read only", Detail: "SECRET"}, ErrUnreachable},
		{"a full disk", &pgconn.PgError{Code: "53100", Message: "no space", Detail: "SECRET"}, ErrUnreachable},
		{"a kind of shortage that has no words of its own", &pgconn.PgError{Code: "53400", Message: "limit"}, ErrUnreachable},
		{"a lock that is held", &pgconn.PgError{Code: "55P03", Message: "lock timeout"}, ErrUnreachable},
		{"a broken connection", &pgconn.PgError{Code: "08006", Message: "broken"}, ErrUnreachable},
		{"no table", &pgconn.PgError{Code: "42P01", Message: `relation "cases" does not exist`}, ErrNotMigrated},
	} {
		got := explain(fmt.Errorf("doing: %w", tc.err))
		if !errors.Is(got, tc.want) || strings.Contains(got.Error(), "SECRET") {
			t.Errorf("%s: %v", tc.name, got)
		}
		if twice := explain(got); !errors.Is(twice, tc.want) {
			t.Errorf("%s, explained twice: %v", tc.name, twice)
		}
	}
	if plain := errors.New("plain"); !errors.Is(explain(plain), plain) || errors.Is(explain(plain), ErrUnreachable) {
		t.Error("another error passes as it is")
	}
}
