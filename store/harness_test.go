package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/notify"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
)

const source = "cms" // the source of the tests' events

// record is a store on a database of its own, and the clock that it goes by.
type record struct {
	*store.Store
	t     testing.TB
	clock *pgtest.Clock
	url   string
}

// newRecord opens a record whose clock shows a London date and time: "2026-11-02 10:00".
func newRecord(tb testing.TB, now string, change ...func(*store.Options)) *record {
	tb.Helper()
	r := &record{t: tb, clock: pgtest.NewClock(london(now)), url: pgtest.Database(tb)}
	r.Store = r.open(change...)
	return r
}

// open opens the same record once more, as another process would.
func (r *record) open(change ...func(*store.Options)) *store.Store {
	o := store.Options{URL: r.url, Clock: r.clock, MaxConns: 6}
	for _, f := range change {
		f(&o)
	}
	return pgtest.Open(r.t, o)
}

func (r *record) setClock(now string) { r.clock.Set(london(now)) }

// london reads a date and time in London: "2026-11-02 10:00", with seconds if need be.
func london(s string) time.Time {
	day, clock, _ := strings.Cut(s, " ")
	var h, m, sec int
	if _, err := fmt.Sscanf(clock+":00", "%d:%d:%d", &h, &m, &sec); err != nil {
		panic(err)
	}
	return date(day).At(h, m).Add(time.Duration(sec) * time.Second).UTC()
}

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// event makes an event of a case: id, case, type, when, and data as "key=value" where true
// and false are flags and a value with commas a list.
func event(id, ref, kind, at string, data ...string) casework.Event {
	e := casework.Event{ID: id, Case: ref, Type: kind, Data: dataOf(data)}
	when, err := casework.ParseWhen(at)
	if err != nil {
		panic(err)
	}
	e.At = when
	return e
}

func dataOf(pairs []string) casework.Data {
	if len(pairs) == 0 {
		return nil
	}
	d := casework.Data{}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		switch {
		case value == "true" || value == "false":
			d[key] = value == "true"
		case strings.Contains(value, ","):
			d[key] = strings.Split(strings.Trim(value, ","), ",")
		default:
			d[key] = value
		}
	}
	return d
}

// staff makes an event of people or teams.
func staff(id, kind, at string, data ...string) casework.Event {
	return event(id, "", kind, at, data...)
}

// people are a team T1 with everybody in it.
func people() []casework.Event {
	return []casework.Event{
		staff("p1", "staff.appointed", "2020-01-01", "worker=W1", "name=Ada Example", "email=ada@example.org", "role=worker", "team=T1"),
		staff("p2", "staff.appointed", "2020-01-01", "worker=W2", "name=Ben Example", "email=ben@example.org", "role=worker", "team=T1"),
		staff("p3", "staff.appointed", "2020-01-01", "worker=M1", "name=Tess Manager", "email=tess@example.org", "role=team_manager", "team=T1"),
		staff("p4", "staff.appointed", "2020-01-01", "worker=S1", "name=Sam Manager", "email=sam@example.org", "role=service_manager"),
		staff("p5", "staff.appointed", "2020-01-01", "worker=H1", "name=Hal Head", "email=hal@example.org", "role=head_of_service"),
		staff("p6", "team.formed", "2020-01-01", "team=T1", "name=Team One", "team_manager=M1", "service_manager=S1", "head_of_service=H1"),
	}
}

// mustRecord records events, and fails the test if one is refused.
func (r *record) mustRecord(events ...casework.Event) store.Recorded {
	r.t.Helper()
	got, err := r.Record(r.t.Context(), source, events)
	if err != nil {
		r.t.Fatalf("recording: %v", err)
	}
	for _, refusal := range got.Refused {
		r.t.Fatalf("refused: %v", refusal.Error())
	}
	return got
}

// key is the key of a case.
func (r *record) key(ref string) string {
	r.t.Helper()
	key, err := r.CaseKey(r.t.Context(), source, ref)
	if err != nil {
		r.t.Fatalf("key of the case: %v", err)
	}
	return key
}

// plan plans a pathway.
func (r *record) plan(ref, name string) pathway.Planned {
	r.t.Helper()
	planned, err := r.Plan(r.t.Context(), r.key(ref), name)
	if err != nil {
		r.t.Fatalf("planning: %v", err)
	}
	return planned
}

// row is what the record says of a pathway: the last state that a nudge carries.
func (r *record) row(ref, name string) pathway.Nudge {
	r.t.Helper()
	all, err := r.OpenPathways(r.t.Context(), "", 1000)
	if err != nil {
		r.t.Fatalf("open pathways: %v", err)
	}
	key := r.key(ref)
	for _, n := range all {
		if n.CaseKey == key && n.Pathway == name {
			return n
		}
	}
	return pathway.Nudge{}
}

// duty is the one duty of a case with a ref.
func (r *record) duty(ref, rule string) store.DutyRow {
	r.t.Helper()
	list, err := r.Duties(r.t.Context(), store.DutyFilter{Case: ref, Ref: rule})
	if err != nil || len(list) != 1 {
		r.t.Fatalf("duties %s of the case: %d, %v", rule, len(list), err)
	}
	return list[0]
}

// exec runs SQL on the record's database.
func (r *record) exec(sql string, args ...any) error {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(r.t.Context()))
	_, err = conn.Exec(r.t.Context(), sql, args...)
	return err
}

// column reads one column of the record's database as text, in the order of the query.
func (r *record) column(sql string, args ...any) []string {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(r.t.Context()))
	rows, err := conn.Query(r.t.Context(), sql, args...)
	if err != nil {
		r.t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func equal[T comparable](tb testing.TB, what string, got, want T) {
	tb.Helper()
	if got != want {
		tb.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// has fails where a text does not hold a part.
func has(tb testing.TB, what, got, part string) {
	tb.Helper()
	if !strings.Contains(got, part) {
		tb.Errorf("%s: %q does not hold %q", what, got, part)
	}
}

// said is what a claimed notice or list says.
func said(tb testing.TB, c store.Claimed) letter.Envelope {
	tb.Helper()
	e, err := letter.Read(c.Letter)
	if err != nil {
		tb.Fatal(err)
	}
	e.PerhapsTwice = c.PerhapsTwice
	return e
}

// letterOf is what a claimed notice says where its letter says no other.
func letterOf(tb testing.TB, c store.Claimed) letter.Letter {
	tb.Helper()
	e := said(tb, c)
	if len(e.Letters) != 1 {
		tb.Fatalf("it says %d notices", len(e.Letters))
	}
	return e.Letters[0]
}

// message is a claimed notice or list as a channel gets it.
func message(tb testing.TB, c store.Claimed) notify.Message {
	tb.Helper()
	e := said(tb, c)
	return e.Message(c.MessageID, c.To.Email, c.To.Name)
}

// text is a moment of a letter as the record keeps it.
func text(tb testing.TB, w letter.When) string {
	tb.Helper()
	kept, err := w.MarshalText()
	if err != nil {
		tb.Fatal(err)
	}
	return string(kept)
}
