package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pressly/goose/v3"

	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/store/migrations"
)

// backlog loads cases as the history of a source, and completes the load.
func (r *record) backlog(source string, cases []store.CaseEvents) {
	r.t.Helper()
	id, backlog, err := r.BeginLoad(r.t.Context(), store.Load{Source: source, Kind: "test", Backlog: true})
	if err != nil || !backlog {
		r.t.Fatal(backlog, err)
	}
	got, err := r.LoadCases(r.t.Context(), id, cases)
	if err != nil || len(got.Refused) > 0 {
		r.t.Fatal(got.Refused, err)
	}
	if err := r.CompleteLoad(r.t.Context(), id); err != nil {
		r.t.Fatal(err)
	}
}

func (r *record) owedLists() []string {
	r.t.Helper()
	ids, err := r.OwedLists(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return ids
}

// sendLists sends every list that is owed, and returns them by who got them.
func (r *record) sendLists() map[string]store.Claimed {
	r.t.Helper()
	sent := map[string]store.Claimed{}
	for _, id := range r.owedLists() {
		c, err := r.ClaimList(r.t.Context(), id)
		if err != nil || c.State != "claimed" {
			r.t.Fatalf("%+v, %v", c, err)
		}
		if _, again := sent[c.To.Staff]; again {
			r.t.Errorf("%s gets two lists", c.To.Staff)
		}
		r.sending(c)
		r.sent(c)
		sent[c.To.Staff] = c
	}
	return sent
}

// casesOn are the references that a list names, each once, sorted.
func casesOn(tb testing.TB, c store.Claimed) string {
	tb.Helper()
	var refs []string
	for _, row := range said(tb, c).Rows {
		refs = append(refs, row.CaseReference)
	}
	slices.Sort(refs)
	return strings.Join(slices.Compact(refs), " ")
}

// unwrapped is the text of a list on one line.
func unwrapped(tb testing.TB, c store.Claimed) string {
	tb.Helper()
	return strings.Join(strings.Fields(message(tb, c).Text), " ")
}

// 29 November 2026 is a Sunday.
func TestTwoLoadsOnASundayNightAreOneListOnMondayMorning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-29 03:04")
	r.mustRecord(people()...)
	r.backlog("returns", county(2))
	r.backlog("visits", called(county(3), "V"))
	for _, early := range []string{"2026-11-29 03:04", "2026-11-29 09:00", "2026-11-30 08:59"} {
		r.setClock(early)
		equal(t, "lists owed at "+early, len(r.owedLists()), 0)
	}
	r.Store = r.open() // a restart loses nothing and doubles nothing
	r.setClock("2026-11-30 09:00")
	sent := r.sendLists()
	equal(t, "managers who got a list", len(sent), 3)
	overdue, err := r.Duties(t.Context(), store.DutyFilter{State: casework.Overdue})
	if err != nil {
		t.Fatal(err)
	}
	for who, c := range sent {
		equal(t, "what is on the list of "+who, len(said(t, c).Rows), len(overdue))
		equal(t, "cases", casesOn(t, c), "C00000 C00001 V00000 V00001 V00002")
		// Reminders begin five working days after Monday: 7 December.
		equal(t, "reminders begin", text(t, said(t, c).From), "2026-12-07")
		has(t, "text", unwrapped(t, c), "were first loaded on Sun 29 Nov 2026")
	}
	r.setClock("2026-12-01 09:00")
	equal(t, "lists owed on the next morning", len(r.owedLists()), 0)
}

// The relay serves the other managers, so that its second refusal of one address is believed.
func TestAListForAnAddressThatIsRefusedGoesToTheNextManagerUp(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	r.backlog(source, county(2))
	send := func(at string) string {
		r.setClock(at)
		var list []string
		for _, id := range r.owedLists() {
			c, err := r.ClaimList(t.Context(), id)
			if err == nil && c.To.Email == "tess@example.org" {
				r.sending(c)
				c, err = r.NotDelivered(t.Context(), c.NoticeID, 0, "550 5.1.1")
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.State == "claimed" {
				r.sending(c)
				r.sent(c)
			}
			list = append(list, c.State+" "+c.To.Staff)
		}
		slices.Sort(list)
		return strings.Join(list, ", ")
	}
	equal(t, "at nine", send("2026-11-03 09:00"), "claimed H1, claimed S1, failed M1")
	equal(t, "a minute later", send("2026-11-03 09:01"), "claimed S1")
	equal(t, "owed after that", len(r.owedLists()), 0)
	// A list of the next day is for her too, whose address is refused still.
	r.setClock("2026-11-03 15:00")
	r.backlog("visits", called(county(1), "V"))
	equal(t, "the morning after", send("2026-11-04 09:00"), "claimed H1, claimed S1, claimed S1")
}

// called are the same cases by other references, for another source.
func called(cases []store.CaseEvents, letter string) []store.CaseEvents {
	for i := range cases {
		cases[i].Reference = letter + cases[i].Reference[1:]
	}
	return cases
}

func TestAListWaitsForTheNextWorkingMorning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, loaded, early, due string }{
		{"loaded in the morning before nine", "2026-11-03 08:00", "2026-11-03 08:59", "2026-11-03 09:00"},
		{"loaded in office hours", "2026-11-03 09:01", "2026-11-03 23:00", "2026-11-04 09:00"},
		{"loaded on a Friday evening", "2026-11-06 18:00", "2026-11-08 09:00", "2026-11-09 09:00"},
		// Christmas Day is a Friday, and Boxing Day is kept on Monday the 28th.
		{"loaded on Christmas Eve", "2026-12-24 10:00", "2026-12-28 09:00", "2026-12-29 09:00"},
		// The clocks go back on Sunday 25 October.
		{"loaded in the night in which the clocks change", "2026-10-25 00:30", "2026-10-26 08:59", "2026-10-26 09:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t, c.loaded)
			r.mustRecord(people()...)
			r.backlog(source, county(1))
			r.setClock(c.early)
			equal(t, "owed at "+c.early, len(r.owedLists()), 0)
			r.setClock(c.due)
			equal(t, "owed at "+c.due, len(r.owedLists()), 3)
		})
	}
}

func TestALoadAfterTheListHasGoneIsOnAListOfTheNextMorning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	r.backlog("returns", county(1))
	r.setClock("2026-11-03 09:00")
	equal(t, "first lists", len(r.sendLists()), 3)
	r.setClock("2026-11-03 11:00")
	r.backlog("visits", called(county(2), "V"))
	r.setClock("2026-11-04 11:00")
	r.backlog("visits", called(county(3), "V")[2:])
	equal(t, "owed before the last load was", len(r.owedLists()), 3) // no worker had run at nine
	for who, c := range r.sendLists() {
		equal(t, "cases of "+who, casesOn(t, c), "V00000 V00001 V00002")
		has(t, "text", unwrapped(t, c), "first loaded between Tue 3 Nov 2026 and Wed 4 Nov 2026")
		has(t, "text", unwrapped(t, c), "when reminders for the first of them begin")
	}
}

func TestACaseThatGetsATeamAfterTheListHasGoneIsOnAListOfItsOwn(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	cases := county(2)
	cases[1].Events = slices.DeleteFunc(cases[1].Events, func(e casework.Event) bool { return e.Type == "worker.allocated" })
	r.backlog(source, cases)
	r.setClock("2026-11-03 09:00")
	for who, c := range r.sendLists() {
		equal(t, "first list of "+who, casesOn(t, c), "C00000")
	}
	r.setClock("2026-11-03 15:00")
	r.mustRecord(event("late", "C00001", "worker.allocated", "2026-11-03", "worker=W1"))
	equal(t, "owed at once", len(r.owedLists()), 0)
	r.setClock("2026-11-04 09:00")
	sent := r.sendLists()
	equal(t, "managers who got a second list", len(sent), 3)
	for who, c := range sent {
		equal(t, "second list of "+who, casesOn(t, c), "C00001")
	}
}

func TestTwoWorkersOweEachManagerOneList(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.backlog("returns", county(4)) // nobody works there yet
	r.backlog("visits", called(county(4), "V"))
	r.mustRecord(people()...)
	r.setClock("2026-11-03 09:00")
	other := r.open()
	var all sync.WaitGroup
	for _, worker := range []*store.Store{r.Store, other} {
		all.Go(func() {
			if _, err := worker.OwedLists(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r.setClock("2026-11-04 09:00")
	sent := r.sendLists()
	equal(t, "lists", len(sent), 3)
	for who, c := range sent {
		equal(t, "cases of "+who, len(strings.Fields(casesOn(t, c))), 8)
	}
}

// Before, each load had lists of its own.
func TestTheListsThatWaitInAnEarlierRecordBecomeOne(t *testing.T) {
	t.Parallel()
	const before = 11
	url := pgtest.Empty(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	id := func(kind string, n int) string { return fmt.Sprintf("%s0000000-0000-0000-0000-00000000000%d", kind, n) }
	r := &record{t: t, url: url}
	must := func(sql string, args ...any) {
		t.Helper()
		if err := r.exec(sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	must(`insert into sources (name) values ('a')`)
	for n := range 2 {
		must(`insert into loads (id, source, kind, backlog, began, completed) values ($1, 'a', 'test', true, '2026-11-29 03:04Z', '2026-11-29 03:04Z')`, id("a", n))
		must(`insert into cases (key) values ($1)`, id("c", n))
		must(`insert into load_overdue (load_id, case_key, duty, ref, due, team) values ($1, $2, 'CP-10:p', 'CP-10', '2026-10-01', $3)`,
			id("a", n), id("c", n), fmt.Sprintf("T%d", n))
	}
	list := `insert into notices (id, load_id, key, role, kind, teams, nominal_at, state, message_id) values ($1, $2, $3, 'team_manager', 'list', $4, $5, $6, 'x@y')`
	must(list, id("e", 0), id("a", 0), "M1", []string{"T0"}, "2026-11-29 03:04Z", "due")
	must(list, id("e", 1), id("a", 1), "M1", []string{"T1"}, "2026-11-29 03:05Z", "due")
	must(list, id("e", 2), id("a", 0), "H1", []string{"T0"}, "2026-11-29 03:04Z", "sent")
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "the lists", strings.Join(r.column(`select left(id::text, 1) || right(id::text, 1) || ' ' || manager || ' ' || state || ' ' || array_to_string(teams, '+')
		from deliveries order by id`), ", "), "e0 M1 due T0+T1, e1 M1 not_sent T1, e2 H1 sent T0")
	equal(t, "what they name", strings.Join(r.column(`select right(delivery::text, 1) || ':' || right(case_key::text, 1) from list_duties order by 1`), " "), "0:0 0:1 2:0")
}
