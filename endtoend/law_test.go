package endtoend_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/smtptest"
	"longstop/store"
)

// A bank holiday is proclaimed for Friday 11 December 2026, and the council has the new file
// on the evening of Tuesday the 15th. Initial conferences fall due 15 working days after the
// strategy discussion (CP-03), so those whose count runs over the 11th fall due a working
// day later: by then one is overdue, and people have been told.
const (
	proclaimed    = "2026-12-11"
	proclaimedWhy = "a day of mourning was proclaimed for 11 December"
	conference    = "CP-03"
)

// enquiry is a case with a section 47 enquiry. Of its conference the worker is told two
// working days before and on the day, the team manager on the next, the service manager on
// the third and the head of service on the fifth working day after it.
type enquiry struct {
	ref, worker, discussed string
	due, moves             string   // the due date, and the one that it moves to
	told                   []string // who has been told the date before it moves
}

var enquiries = []enquiry{
	{"OVERDUE", "W1", "2026-11-23", "2026-12-14", "2026-12-15", []string{"TM1", "W1"}},
	{"DUE-NOW", "W2", "2026-11-24", "2026-12-15", "2026-12-16", []string{"W2"}},
	{"DUE-SOON", "W3", "2026-11-26", "2026-12-17", "2026-12-18", []string{"W3"}},
	{"DUE-LATE", "W3", "2026-12-09", "2027-01-04", "2027-01-05", nil},           // nobody has been told
	{"BEFORE", "W3", "2026-11-12", "2026-12-03", "2026-12-03", []string{"HS1"}}, // its count ended before the 11th
	{"AFTER", "W3", "2026-12-14", "2027-01-07", "2027-01-07", nil},              // its count begins after it
}

// nightfall is how much faster the clock runs from 21:00 on, so that 09:00 is a minute and a
// half away.
const nightfall = 500

func TestAProclaimedBankHolidayMovesEveryDateAndWhoWasToldIsToldOnce(t *testing.T) {
	t.Parallel()
	l := newLawSite(t)
	l.theOldDatesAreTold(t)

	l.clockShows(t, "2026-12-15", 21, 0, nightfall)
	l.must(t, 0, "rebuild") // what was planned went by the clock of before
	w := l.startWorker(t)
	before := ids(notices(t, l.r, store.NoticeFilter{}))
	l.theNewFileIsAdopted(t)
	l.everyDateHasMovedWithItsReason(t)
	l.theNewDatesAreToldOnce(t, before)
	w.end(t)
	agree(t, notices(t, l.r, store.NoticeFilter{}), l.mail)
}

// lawSite is a site whose clock can be set.
type lawSite struct {
	*site
	mail *smtptest.Server
	r    *store.Store
}

func newLawSite(t *testing.T) *lawSite {
	t.Helper()
	s := ownStack(t)
	if err := stage.MakeNamespace(t.Context(), client.Options{HostPort: s.temporal()}); err != nil {
		t.Fatal(err)
	}
	l := &lawSite{site: s.newSite(t, stage.Namespace), mail: smtptest.Start(t)}
	l.site.mail = l.mail.URL()
	return l
}

// clockShows sets the site's clock: it shows a time in London now, and from now on runs so
// many times as fast as the wall's.
func (l *lawSite) clockShows(t testing.TB, day string, hour, minute int, factor float64) {
	t.Helper()
	l.clock = stage.Clock{From: dateOf(t, day).At(hour, minute), At: casetime.WallNow(), Factor: factor}.String()
	l.r = l.record(t)
}

func dateOf(t testing.TB, text string) calendar.Date {
	t.Helper()
	day, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// discussed records the enquiries that began in some days.
func (l *lawSite) discussed(t testing.TB, from, until string) {
	t.Helper()
	var events []casework.Event
	for _, e := range enquiries {
		if e.discussed < from || e.discussed > until {
			continue
		}
		at := casework.OnDay(dateOf(t, e.discussed))
		events = append(events,
			casework.Event{ID: e.ref + "-a", Case: e.ref, Type: "worker.allocated", At: at, Data: casework.Data{"worker": e.worker, "team": "T1"}},
			casework.Event{ID: e.ref + "-s", Case: e.ref, Type: "strategy_discussion.held", At: at, Data: casework.Data{"s47": true}})
	}
	l.must(t, 0, "record", written(t, events...))
}

// theOldDatesAreTold records what happens, and lets two mornings come.
func (l *lawSite) theOldDatesAreTold(t *testing.T) {
	t.Helper()
	l.clockShows(t, "2026-11-26", 12, 0, 1)
	people := []casework.Event{appointed("W1", "worker"), appointed("W2", "worker"), appointed("W3", "worker")}
	l.must(t, 0, "record", written(t, append(managers(), people...)...))
	l.discussed(t, "2026-11-01", "2026-11-26")
	l.clockShows(t, "2026-12-14", 9, 30, 1)
	l.discussed(t, "2026-12-01", "2026-12-14")
	l.aDayGoesBy(t, "OVERDUE", "W1")
	l.clockShows(t, "2026-12-15", 9, 30, 1)
	var all []string
	for _, e := range enquiries {
		for _, who := range e.told {
			all = append(all, e.ref, who)
		}
	}
	l.aDayGoesBy(t, all...)
}

// aDayGoesBy lets a worker run until these people were told the date of these cases.
func (l *lawSite) aDayGoesBy(t *testing.T, pairs ...string) {
	t.Helper()
	l.must(t, 0, "rebuild")
	w := l.startWorker(t)
	for pair := range slices.Chunk(pairs, 2) {
		until(t, pair[1]+" is told of "+pair[0], func() string {
			list := notices(t, l.r, store.NoticeFilter{Case: pair[0], Recipient: pair[1], State: "sent"})
			if len(list) == 0 {
				return fmt.Sprint(states(notices(t, l.r, store.NoticeFilter{})))
			}
			return ""
		})
	}
	w.end(t)
}

// theNewFileIsAdopted tries the file, and then puts it in force while the clocks run.
func (l *lawSite) theNewFileIsAdopted(t *testing.T) {
	t.Helper()
	path := file(t, "bank-holidays.json", publishedAnd(t, proclaimed))
	var tried struct {
		Changes []struct {
			Case, Ref string
			Before    string `json:"due_before"`
			After     string `json:"due_after"`
		}
	}
	l.must(t, 0, "what-if", "--bank-holidays", path, "--json").read(t, &tried)
	var moves []string
	for _, c := range tried.Changes {
		moves = append(moves, fmt.Sprint(c.Case, " ", c.Ref, " ", c.Before, " ", c.After))
	}
	slices.Sort(moves)
	if want := expectedMoves(); !slices.Equal(moves, want) {
		t.Fatalf("what-if foretells\n%s\nand not\n%s", strings.Join(moves, "\n"), strings.Join(want, "\n"))
	}
	var got struct {
		Changed bool
		Cases   int
		Duties  struct{ Move int }
	}
	l.must(t, 0, "adopt", "--bank-holidays", path, "--reason", proclaimedWhy, "--by", "D. Director", "--json").read(t, &got)
	if !got.Changed || got.Cases != len(enquiries) || got.Duties.Move != len(moves) {
		t.Errorf("adopt says %+v", got)
	}
	again := l.must(t, 0, "adopt", "--bank-holidays", path, "--reason", "once more", "--by", "D. Director")
	if !strings.HasPrefix(again.said(), "Nothing has changed") {
		t.Errorf("adopted again, it says %s", again.said())
	}
}

func expectedMoves() []string {
	var list []string
	for _, e := range enquiries {
		if e.moves != e.due {
			list = append(list, fmt.Sprint(e.ref, " ", conference, " ", e.due, " ", e.moves))
		}
	}
	slices.Sort(list)
	return list
}

// publishedAnd is the published bank holidays file with one more day.
func publishedAnd(t testing.TB, day string) []byte {
	t.Helper()
	content, err := os.ReadFile("../calendar/bank-holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	var divisions map[string]struct {
		Division string           `json:"division"`
		Events   []map[string]any `json:"events"`
	}
	if err := json.Unmarshal(content, &divisions); err != nil {
		t.Fatal(err)
	}
	england := divisions["england-and-wales"]
	england.Events = append(england.Events, map[string]any{"title": "Day of mourning", "date": day, "notes": "", "bunting": false})
	divisions["england-and-wales"] = england
	content, err = json.Marshal(divisions)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (l *lawSite) everyDateHasMovedWithItsReason(t *testing.T) {
	t.Helper()
	for _, e := range enquiries {
		said := l.must(t, 0, "explain", e.ref, conference).said()
		due, moves := dateOf(t, e.due).Format("Mon 2 Jan 2006"), dateOf(t, e.moves).Format("Mon 2 Jan 2006")
		if !strings.Contains(said, "\nDue        "+moves+"\n") {
			t.Errorf("%s is not due on %s:\n%s", e.ref, moves, said)
		}
		why := "from " + due + " to " + moves + " because the law changed: " + proclaimedWhy + ", by D. Director, on "
		if strings.Contains(said, why) != (e.moves != e.due) || strings.Contains(said, "the law changed") != (e.moves != e.due) {
			t.Errorf("%s: the explanation should say %q only where the date has moved:\n%s", e.ref, why, said)
		}
	}
}

// theNewDatesAreToldOnce waits until everybody who was told of a date that has moved was
// told the new one, and sees that nobody was told anything else, or twice.
func (l *lawSite) theNewDatesAreToldOnce(t *testing.T, before map[string]bool) {
	t.Helper()
	var want []string
	for _, e := range enquiries {
		for _, who := range e.told {
			if e.moves != e.due {
				want = append(want, fmt.Sprint(who, " ", e.ref, " ", e.moves))
			}
		}
	}
	slices.Sort(want)
	var got []store.NoticeRow
	until(t, "the new dates are told", func() string {
		all := notices(t, l.r, store.NoticeFilter{})
		got = slices.DeleteFunc(all, func(n store.NoticeRow) bool { return before[n.ID] || n.State != "sent" })
		if said := toldOf(got); !slices.Equal(said, want) {
			return "so far: " + strings.Join(said, ", ")
		}
		return ""
	})
	l.must(t, 0, "rebuild") // repeats nothing
	l.waitForClocks(t)
	all := notices(t, l.r, store.NoticeFilter{State: "sent"})
	got = slices.DeleteFunc(all, func(n store.NoticeRow) bool { return before[n.ID] })
	if said := toldOf(got); !slices.Equal(said, want) {
		t.Errorf("told was\n%s\nand should be\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	said := map[string]int{}
	for _, n := range got {
		said[fmt.Sprint(n.To, n.Case, n.At)]++ // a rung of the new date, or that it moved: not both
		if n.Kind == "moved" {
			said[fmt.Sprint(n.To, n.Case, " moved")]++
			said["moved"] = 1
		}
		l.arrived(t, n)
	}
	for what, times := range said {
		if times > 1 {
			t.Errorf("%s was sent %d times", what, times)
		}
	}
	if said["moved"] == 0 {
		t.Error("nobody was told in so many words that a date has moved")
	}
}

// toldOf lists who was told which date of which case, each once.
func toldOf(list []store.NoticeRow) []string {
	var said []string
	for _, n := range list {
		said = append(said, fmt.Sprint(n.To, " ", n.Case, " ", n.Due))
	}
	slices.Sort(said)
	return slices.Compact(said)
}

// arrived checks the one letter of a notice: who it went to, and the date in it.
func (l *lawSite) arrived(t *testing.T, n store.NoticeRow) {
	t.Helper()
	due := dateOf(t, n.Due).Format("Mon 2 Jan 2006")
	found := slices.DeleteFunc(l.mail.Messages(), func(m smtptest.Message) bool { return m.ID != n.MessageID })
	if len(found) != 1 || !slices.Equal(found[0].To, []string{address(n.To)}) || !strings.Contains(found[0].Text, due) {
		t.Errorf("%s %s: %d letters arrived, and should be one to %s that says %q", n.Case, n.Kind, len(found), address(n.To), due)
		for _, m := range found {
			t.Logf("to %v\n%s", m.To, m.Text)
		}
	}
}

func ids(list []store.NoticeRow) map[string]bool {
	known := map[string]bool{}
	for _, n := range list {
		known[n.ID] = true
	}
	return known
}
