package calendars_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/emersion/go-ical"
	"github.com/jackc/pgx/v5"

	"longstop/access"
	"longstop/calendar"
	"longstop/casework"
	"longstop/clocks"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/pathway"
	"longstop/service"
	"longstop/service/calendars"
	"longstop/store"
	"longstop/timescale/load"
)

// noClocks stand for Temporal, which calendars do not need: it cannot be reached.
type noClocks struct{}

var errAway = errors.New("there is no Temporal here")

func (noClocks) Reach(context.Context) error   { return errAway }
func (noClocks) Prepare(context.Context) error { return errAway }
func (noClocks) Send(_ context.Context, nudges []pathway.Nudge) []error {
	return slices.Repeat([]error{errAway}, len(nudges))
}
func (noClocks) Check(context.Context) (clocks.Report, error) { return clocks.Report{}, errAway }
func (noClocks) Heal(context.Context, clocks.Report) (clocks.Healed, error) {
	return clocks.Healed{}, errAway
}
func (noClocks) Attended(context.Context) (bool, error) { return false, errAway }

// screen keeps quiet.
type screen struct{}

func (screen) Warn(string)                        {}
func (screen) Begin(string, int) service.Progress { return screen{} }
func (screen) Add(int)                            {}
func (screen) Set(int, int)                       {}
func (screen) End()                               {}

// council is a record of the test's own, whose clock is set by hand, with its calendars.
type council struct {
	testing.TB
	*calendars.Calendars
	uses   *service.Service
	record *store.Store
	clock  *pgtest.Clock
	url    string // of the database
	events int
}

func newCouncil(tb testing.TB) *council {
	tb.Helper()
	c := &council{TB: tb, url: pgtest.Database(tb), clock: pgtest.NewClock(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC))}
	c.record = pgtest.OpenAs(tb, store.Options{URL: c.url, Clock: c.clock, GivesWay: formats.GivesWay, MakeWay: intake.MakeWay})
	c.uses = service.New(c.record, noClocks{}, screen{})
	c.Calendars = calendars.Of(c.uses, c.record)
	c.happened("", "staff.appointed", "2020-01-01", "worker=W1", "name=Ada Example", "email=ada@example.org", "role=worker", "team=T1")
	return c
}

// happened records an event.
func (c *council) happened(ref, kind, at string, fields ...string) {
	c.Helper()
	c.events++
	e := casework.Event{ID: fmt.Sprintf("e%d", c.events), Case: ref, Type: kind, Data: casework.Data{}}
	var err error
	if e.At, err = casework.ParseWhen(at); err != nil {
		c.Fatal(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		e.Data[name] = value
	}
	c.record1(e)
}

func (c *council) record1(events ...casework.Event) {
	c.Helper()
	done, err := c.uses.Record(c.Context(), service.Recording{Source: "case-system", Events: events})
	if err != nil || len(done.Refused) > 0 {
		c.Fatalf("%+v %v", done, err)
	}
}

// feed is W1's calendar, which both libraries read.
func (c *council) feed() (text string, events []*ics.VEvent) {
	c.Helper()
	f, err := c.Feed(c.Context(), "W1")
	if err != nil {
		c.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(f.Text), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") || (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1 {
			c.Fatalf("a line is wrong: %q", line)
		}
	}
	read, err := ics.ParseCalendar(bytes.NewReader(f.Text))
	if err != nil {
		c.Fatal(err)
	}
	other, err := ical.NewDecoder(bytes.NewReader(f.Text)).Decode()
	if err != nil || len(other.Events()) != len(read.Events()) {
		c.Fatal(err)
	}
	return string(f.Text), read.Events()
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	if found := e.GetProperty(p); found != nil {
		return found.Value
	}
	return ""
}

// What sources call cases, and councils their rules, is theirs to say.
func TestNoReferenceAndNoTitleBreaksACalendar(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	references := []string{
		`a;b,c\n`, `\`, `\\;`, `END:VEVENT`, `:`, `"`, "ŵ" + strings.Repeat("é", 90), strings.Repeat(`\`, 150), strings.Repeat("😀", 45), strings.Repeat("q\u0301", 50), "ATTACH:https://evil.example", "=cmd|'/c calc'!A1", "<script>", "%n",
	}
	for _, ref := range references {
		c.happened(ref, "cp_plan.started", "2026-11-02")
		c.happened(ref, "worker.allocated", "2026-11-02", "worker=W1")
	}
	text, events := c.feed()
	var seen []string
	for _, e := range events {
		for _, ref := range references {
			if value(e, ics.ComponentPropertySummary) == "Child protection visit: "+ref {
				seen = append(seen, ref)
			}
		}
	}
	for _, ref := range references {
		if !slices.Contains(seen, ref) {
			t.Errorf("%q is not read as it is", ref)
		}
	}
	if strings.Count(text, "BEGIN:VEVENT") != len(events) || strings.Contains(text, "\r\nATTACH") {
		t.Errorf("%d events\n%s", len(events), text)
	}
	// What cannot be a reference does not come in.
	done, err := c.uses.Record(t.Context(), service.Recording{Source: "case-system", Events: []casework.Event{{ID: "x1", Case: "C1\r\nATTENDEE:x", Type: "cp_plan.started", At: casework.OnDay(calendar.NewDate(2026, 11, 2))}}})
	if err == nil && len(done.Refused) == 0 {
		t.Error("a reference of two lines is recorded")
	}
}

// The law is the council's to say as well: its own rules, in its own words; and whatever changes of the law makes new versions of the same events.
func TestAnotherLawMakesNewVersionsOfTheSameEventsInItsWords(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.happened("C1", "cp_plan.started", "2026-11-02")
	c.happened("C1", "worker.allocated", "2026-11-02", "worker=W1")
	_, before := c.feed()
	overlay := "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: ANY-1\n    title: \"See; the child,\\\\n \\u0175" + strings.Repeat("\\u00e9", 60) + "\"\n    todo: \"Look; twice,\\\\ \"\n" +
		"    pathway: ChildProtection\n    starts: [cp_plan.started]\n    met_by: [cp_visit.made]\n    editions: [{status: local, limit: 3 weeks, source: A}]\n"
	_, err := c.record.Adopt(t.Context(), store.Law{Change: load.Change{Overlays: []load.File{{Name: "anytown.yaml", Text: overlay}}}, Reason: "the test's", By: "tests"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.record.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, after := c.feed()
	if len(after) != len(before)+1 {
		t.Fatalf("%d events, and before %d", len(after), len(before))
	}
	title := "See; the child,\\n ŵ" + strings.Repeat("é", 60) + ": C1"
	found := false
	for _, e := range after {
		if value(e, ics.ComponentPropertySummary) == title {
			found = true
			if got := value(e, ics.ComponentPropertyDescription); !strings.HasPrefix(got, "Look; twice,\\.\nDue by Monday 23 November 2026 (ANY-1).\nNo law sets this limit: it is ") {
				t.Errorf("%q", got)
			}
		}
		for _, was := range before {
			if was.Id() == e.Id() && (value(e, ics.ComponentPropertyDtstamp) < value(was, ics.ComponentPropertyDtstamp) || value(e, ics.ComponentPropertyDtStart) != value(was, ics.ComponentPropertyDtStart)) {
				t.Errorf("%v\nwas\n%v", e, was)
			}
		}
	}
	if !found {
		t.Errorf("%q is not there:\n%s", title, text)
	}
}

// Days are London's, whatever the clocks do: an event begins on the day of the due date and ends on the next.
func TestDaysAreWholeAcrossBothClockChanges(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	for i, start := range []string{"2027-02-26", "2027-02-27", "2027-02-28", "2026-09-23", "2026-09-24", "2026-09-25"} {
		c.clock.Set(calendar.NewDate(2027, 3, 16).At(10, 0))
		ref := fmt.Sprintf("C%d", i)
		c.happened(ref, "cp_plan.started", start)
		c.happened(ref, "worker.allocated", start, "worker=W1")
	}
	_, events := c.feed()
	if len(events) < 6 {
		t.Fatalf("%d events", len(events))
	}
	days := map[string]bool{}
	for _, e := range events {
		start, err := time.Parse("20060102", value(e, ics.ComponentPropertyDtStart))
		if err != nil {
			t.Fatal(err)
		}
		end := value(e, ics.ComponentPropertyDtEnd)
		if want := start.AddDate(0, 0, 1).Format("20060102"); end != want {
			t.Errorf("from %s to %s", start, end)
		}
		days[start.Format("2006-01-02")] = true
		if by := "Due by " + start.Format("Monday 2 January 2006"); !strings.Contains(value(e, ics.ComponentPropertyDescription), by) {
			t.Errorf("%s: %q", by, value(e, ics.ComponentPropertyDescription))
		}
	}
	if !days["2027-03-28"] || !days["2026-10-25"] {
		t.Errorf("no event is on the days on which the clocks change: %v", days)
	}
}

// Nothing depends on when it is asked for: neither on the day, nor on whether it is overdue, nor on what changes elsewhere.
func TestACalendarIsTheSameUntilSomethingInItChanges(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.happened("C1", "cp_plan.started", "2026-11-02")
	c.happened("C1", "worker.allocated", "2026-11-02", "worker=W1")
	first, events := c.feed()
	if len(events) == 0 {
		t.Fatal("there is nothing to do")
	}
	for _, at := range []string{"2026-11-02 23:59:59", "2026-11-03 00:00:00", "2026-12-25 12:00:00", "2027-03-28 01:30:00", "2027-10-31 01:30:00"} {
		now, err := time.Parse(time.DateTime, at)
		if err != nil {
			t.Fatal(err)
		}
		c.clock.Set(now)
		c.happened("other"+at[:10], "cp_plan.started", at[:10])
		if text, _ := c.feed(); text != first {
			t.Errorf("at %s it is\n%s\nand was\n%s", at, text, first)
		}
	}
	// A rebuild works everything out again, and says the same.
	if _, err := c.record.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, _ := c.feed(); text != first {
		t.Errorf("after a rebuild it is\n%s\nand was\n%s", text, first)
	}
}

// A limit in hours is an event for all of the London day on which it ends, and says the time, also over a change of the clocks.
func TestALimitInHoursIsOnTheDayOnWhichItEndsInLondon(t *testing.T) {
	t.Parallel()
	for started, want := range map[string]struct{ day, by string }{
		"2026-11-01T10:15:00Z": {"20261104", "10:15 on Wednesday 4 November 2026"},
		"2027-03-26T23:30:00Z": {"20270330", "00:30 on Tuesday 30 March 2027"},   // the clocks go forward in between: it is the next day
		"2026-10-22T23:45:00Z": {"20261025", "23:45 on Sunday 25 October 2026"},  // they go back: it is the same day, later
		"2027-06-01T23:10:00Z": {"20270605", "00:10 on Saturday 5 June 2027"},    // a day after that of UTC
		"2027-12-28T23:59:59Z": {"20271231", "23:59 on Friday 31 December 2027"}, // the last of the year
	} {
		t.Run(started, func(t *testing.T) {
			t.Parallel()
			c := newCouncil(t)
			at, err := time.Parse(time.RFC3339, started)
			if err != nil {
				t.Fatal(err)
			}
			c.clock.Set(at.Add(time.Hour))
			c.happened("C1", "worker.allocated", at.Format(time.DateOnly), "worker=W1")
			c.happened("C1", "police_protection.started", started)
			_, events := c.feed()
			for _, e := range events {
				if value(e, ics.ComponentPropertySummary) != "Police protection: C1" {
					continue
				}
				text := value(e, ics.ComponentPropertyDescription)
				if got := value(e, ics.ComponentPropertyDtStart); got != want.day || !strings.Contains(text, "Due by "+want.by+" (EM-01).") {
					t.Errorf("it is on %s: %q", got, text)
				}
				return
			}
			t.Errorf("it is not there: %v", events)
		})
	}
}

// A limit of law, the council's own next to it, and one that no law sets.
func TestAnEventSaysWhoseLimitItIs(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.happened("C1", "referral.received", "2026-11-02")
	c.happened("C1", "cp_plan.started", "2026-11-02")
	c.happened("C1", "worker.allocated", "2026-11-02", "worker=W1")
	_, events := c.feed()
	rows, err := c.record.Duties(t.Context(), store.DutyFilter{Worker: "W1"})
	if err != nil {
		t.Fatal(err)
	}
	book := c.record.Book()
	kinds := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		rule := book.Pack().Timescale(r.Ref)
		at := slices.IndexFunc(events, func(e *ics.VEvent) bool { return value(e, ics.ComponentPropertySummary) == rule.Title+": C1" })
		if at < 0 {
			continue
		}
		text := value(events[at], ics.ComponentPropertyDescription)
		if !strings.Contains(text, "("+r.Ref+").") || !strings.HasSuffix(text, "A calendar may be a day behind. What counts is what Longstop tells you by message.") {
			t.Errorf("%s: %q", r.Ref, text)
		}
		byLaw := rule.EditionOn(calendar.NewDate(2026, 11, 2)).SetByLaw()
		if strings.Contains(text, "No law sets this limit") == byLaw || strings.Contains(text, "The council's own limit is ") != (byLaw && r.LocalDue != "") {
			t.Errorf("%s: %q", r.Ref, text)
		}
		kinds[fmt.Sprintf("law %t, local %t", byLaw, r.LocalDue != "")] = true
	}
	if len(kinds) < 1 || len(events) < 2 {
		t.Errorf("%d events are of %v", len(events), kinds)
	}
}

// Five thousand in one calendar is more than anybody has.
func TestFiveThousandDutiesAreOneCalendar(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.happened("C1", "cp_plan.started", "2026-11-02")
	c.happened("C1", "worker.allocated", "2026-11-02", "worker=W1")
	conn, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	const more = 5000
	// Brothers and sisters of that case, as the record would hold them.
	for _, sql := range []string{
		`create temporary table more as select gen_random_uuid() as key, n from generate_series(1, 5000) n`,
		`insert into cases (key, revision, worker) select key, 1, 'W1' from more`,
		`insert into case_references (source, reference, case_key) select 'case-system', 'K' || n, key from more`,
		`create temporary table copied as select d.* from duties d`,
		`insert into duties select (jsonb_populate_record(d, jsonb_build_object('case_key', m.key))).* from copied d cross join more m`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	f, err := c.Feed(t.Context(), "W1")
	if err != nil {
		t.Fatal(err)
	}
	read, err := ics.ParseCalendar(bytes.NewReader(f.Text))
	if err != nil || len(read.Events()) != more+1 {
		t.Fatalf("%v: %d", err, len(read.Events()))
	}
	uids := map[string]bool{}
	for _, e := range read.Events() {
		uids[e.Id()] = true
	}
	if len(uids) != more+1 {
		t.Errorf("%d events have %d identities", more+1, len(uids))
	}
	t.Logf("%d events are %d bytes", more+1, len(f.Text))
}

func TestWhatIsAskedForWronglyOfCalendarsIsRefused(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	for name, in := range map[string]calendars.New{
		"nobody": {}, "a team's inbox": {Person: "team:T1"}, "somebody unknown": {Person: "W2"}, "the past": {Person: "W1", Expires: casetime.WallNow().Add(-time.Second)},
		"three years": {Person: "W1", Expires: casetime.WallNow().AddDate(3, 0, 0)},
	} {
		if made, err := c.Create(t.Context(), in); err == nil || service.KindOf(err) == service.Failed {
			t.Errorf("%s: %v %v", name, made, err)
		}
	}
	for _, secret := range []string{"", "lsc_", "lsc_" + strings.Repeat("a", 51), "lsc_" + strings.Repeat("a", 51) + "b", "lsc_" + strings.Repeat("A", 52), strings.Repeat("a", 52), "lst_" + strings.Repeat("a", 52)} {
		if who, err := c.Authenticate(t.Context(), secret); !errors.Is(err, access.ErrUnknownKey) || who.Key != "" {
			t.Errorf("%q: %+v %v", secret, who, err)
		}
	}
	for text, ok := range map[string]bool{
		"": true, "https://a.example": true, "https://a.example/b/": true, "http://localhost:8090": true, "http://127.0.0.1:1": true,
		"http://a.example": false, "a.example": false, "https://": false, "https://u:p@a.example": false, "https://a.example?x=1": false, "https://a.example#x": false, "ftp://a.example": false, "https://a b": false,
	} {
		if _, err := calendars.ParseAddress(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The reviewing officer is reminded of a looked-after child's reviews with the worker; of a visit they are told nothing.
func TestWhoHasAPartSeesWhatATimescaleRemindsThePartOf(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.happened("C1", "looked_after.started", "2026-10-26")
	if _, events := c.feed(); len(events) != 0 {
		t.Fatalf("%d events of somebody who has no part in the case", len(events))
	}
	c.happened("C1", "iro.appointed", "2026-10-27", "worker=W1")
	text, events := c.feed()
	if len(events) == 0 || !strings.Contains(text, "LA-06") && !strings.Contains(strings.ToLower(text), "review") {
		t.Errorf("the reviewing officer sees\n%s", text)
	}
	if strings.Contains(strings.ToLower(text), "visit") {
		t.Errorf("it is of visits too:\n%s", text)
	}
}
