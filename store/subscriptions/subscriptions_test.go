package subscriptions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/store/subscriptions"
)

// secret makes an address by lot: each n another.
func secret(t *testing.T, n byte) (id string, digest access.Digest) {
	t.Helper()
	id, text, err := access.NewCalendar(bytes.NewReader(bytes.Repeat([]byte{n}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	digest, ok := access.CalendarDigest(text)
	if !ok {
		t.Fatalf("%q is not the secret of a calendar", text)
	}
	return id, digest
}

func TestAnAddressIsMadeByTheOwnerAloneAndNeverMadeGoodAgain(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	owner := pgtest.OpenAs(t, store.Options{URL: url, Clock: pgtest.NewClock(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC))})
	program := pgtest.OpenAs(t, store.Options{URL: pgtest.AsApp(t, url), Clock: pgtest.NewClock(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC))})
	owners, programs := subscriptions.Of(owner), subscriptions.Of(program)
	ends := casetime.WallNow().Add(time.Hour)
	id, digest := secret(t, 1)
	if _, err := programs.Add(t.Context(), id, "W1", ends, digest); !errors.Is(err, subscriptions.ErrOwners) {
		t.Errorf("a program makes an address: %v", err)
	}
	made, err := owners.Add(t.Context(), id, "W1", ends, digest)
	if err != nil || made.ID != id || made.Person != "W1" || made.State != subscriptions.Active {
		t.Fatalf("%+v %v", made, err)
	}
	other, otherDigest := secret(t, 2)
	if _, err := owners.Add(t.Context(), other, "W2", ends, otherDigest); err != nil {
		t.Fatal(err)
	}
	works := func(_ context.Context, person string) (bool, error) { return person == "W1", nil }
	for range 3 {
		if found, person, err := programs.Find(t.Context(), digest, works); err != nil || found != id || person != "W1" {
			t.Errorf("%s %s %v", found, person, err)
		}
	}
	list, err := programs.Revoke(t.Context(), subscriptions.Wanted{Secret: &digest}, "lost phone")
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].State != subscriptions.Revoked || list[0].LastUsed == nil {
		t.Fatalf("%+v %v", list, err)
	}
	again, err := programs.Revoke(t.Context(), subscriptions.Wanted{ID: id}, "once more")
	if err != nil || len(again) != 1 || again[0].Reason != "lost phone" || !again[0].Revoked.Equal(*list[0].Revoked) {
		t.Errorf("revoked again: %+v %v", again, err)
	}
	if none, err := programs.Revoke(t.Context(), subscriptions.Wanted{Person: "W1"}, ""); err != nil || len(none) != 0 {
		t.Errorf("%+v %v", none, err)
	}
	for range 3 {
		if _, _, err := programs.Find(t.Context(), digest, works); !errors.Is(err, access.ErrUnknownKey) {
			t.Errorf("an address that was revoked: %v", err)
		}
	}
	if _, _, err := programs.Find(t.Context(), access.Digest{}, works); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("an address that there is not: %v", err)
	}

	// Not even the owner changes what was made.
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, sql := range []string{
		`update calendars set revoked = null where id = '` + id + `'`, `update calendars set reason = 'x' where id = '` + id + `'`, `update calendars set reason = 'x' where id = '` + other + `'`,
		`update calendars set person = 'W3'`, `update calendars set digest = decode(repeat('00', 32), 'hex') where id = '` + id + `'`, `update calendars set expires = expires + interval '1 day'`, `delete from calendars`, `truncate calendars`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is done", sql)
		}
	}
	var noted []string
	if err := owner.EachAudit(t.Context(), store.AuditFilter{Key: id}, func(r store.AuditRow) error {
		noted = append(noted, fmt.Sprintf("%s %s %s", r.Outcome, r.KeyName, r.Action))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	noted = slices.Compact(noted) // the hour may have ended meanwhile
	if want := []string{"created calendar of W1 calendar", "revoked calendar of W1 calendar", "rejected calendar of W1 calendar"}; !slices.Equal(noted, want) {
		t.Errorf("the audit has %q, want %q", noted, want)
	}
	// A leaver's is refused, and that is not a use.
	if _, _, err := programs.Find(t.Context(), otherDigest, works); !errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("a leaver's: %v", err)
	}
	broken := errors.New("the record does not answer")
	if _, _, err := programs.Find(t.Context(), otherDigest, func(context.Context, string) (bool, error) { return true, broken }); !errors.Is(err, broken) {
		t.Errorf("who works here is not known: %v", err)
	}
	found, err := programs.List(t.Context(), "W2")
	if err != nil || len(found) != 1 || found[0].ID != other || found[0].LastUsed != nil || found[0].LastRefused == nil || found[0].State != subscriptions.Active {
		t.Errorf("%+v %v", found, err)
	}
	if all, err := programs.List(t.Context(), ""); err != nil || len(all) != 2 {
		t.Errorf("%+v %v", all, err)
	}
}
