package icalendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/emersion/go-ical"

	"longstop/calendar"
	"longstop/notify/icalendar"
)

var (
	changed = time.Date(2026, time.November, 27, 9, 30, 15, 0, time.FixedZone("BST", 3600))
	due     = calendar.NewDate(2026, time.December, 3)
)

func event() icalendar.Event {
	return icalendar.Event{
		UID: "6f1d3a52-0c1e-4b0b-9f0a-2a3b4c5d6e7f@council.example", Date: due, Summary: "Visit the child: KX-1042",
		Description: "A limit in law; Working Together, chapter 3\nPath C:\\new — ŵythnos", URL: "https://longstop.council.example/d/1?a=b;c,d",
		Changed: changed, Sequence: 2,
	}
}

func encode(t testing.TB, events ...icalendar.Event) []byte {
	t.Helper()
	feed, err := icalendar.Calendar{Name: "Longstop: duties, mine", Events: events}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return feed
}

func TestAFeedIsWrittenAsProgramsReadIt(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Longstop//Timescales//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		`NAME:Longstop: duties\, mine`, `X-WR-CALNAME:Longstop: duties\, mine`, "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
		"BEGIN:VEVENT", "UID:6f1d3a52-0c1e-4b0b-9f0a-2a3b4c5d6e7f@council.example", "DTSTAMP:20261127T083015Z", "LAST-MODIFIED:20261127T083015Z",
		"SEQUENCE:2", "DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204", "SUMMARY:Visit the child: KX-1042",
		`DESCRIPTION:A limit in law\; Working Together\, chapter 3\nPath C:\\new —`, "  ŵythnos", "URL:https://longstop.council.example/d/1?a=b;c,d",
		"TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	if got := string(encode(t, event())); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Both libraries write feeds that programs misread; they read well.
func TestTwoLibrariesReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	one, two := event(), event()
	two.UID, two.Date, two.Description, two.URL = "2@council.example", calendar.NewDate(2026, time.December, 31), "", ""
	feed := encode(t, one, two)
	for i, want := range []icalendar.Event{one, two} {
		next := want.Date.AddDays(1).Format("20060102")

		theirs, err := ics.ParseCalendar(bytes.NewReader(feed))
		if err != nil {
			t.Fatal(err)
		}
		e := theirs.Events()[i]
		for property, value := range map[ics.ComponentProperty]string{
			ics.ComponentPropertyUniqueId: want.UID, ics.ComponentPropertySummary: want.Summary, ics.ComponentPropertyDtStart: want.Date.Format("20060102"),
			ics.ComponentPropertyDtEnd: next, ics.ComponentPropertyTransp: "TRANSPARENT", ics.ComponentPropertySequence: "2",
			ics.ComponentPropertyDescription: want.Description, ics.ComponentPropertyUrl: want.URL,
		} {
			got := ""
			if p := e.GetProperty(property); p != nil {
				got = p.Value
			}
			if got != value {
				t.Errorf("golang-ical: %s is %q, want %q", property, got, value)
			}
		}

		read, err := ical.NewDecoder(bytes.NewReader(feed)).Decode()
		if err != nil {
			t.Fatal(err)
		}
		other := read.Events()[i]
		for property, value := range map[string]string{
			ical.PropUID: want.UID, ical.PropSummary: want.Summary, ical.PropDescription: want.Description,
		} {
			if got, err := other.Props.Text(property); err != nil || got != value {
				t.Errorf("go-ical: %s is %q, want %q: %v", property, got, value, err)
			}
		}
		if start, err := other.DateTimeStart(time.UTC); err != nil || calendar.DateOf(start) != want.Date {
			t.Errorf("go-ical: it begins at %s: %v", start, err)
		}
		if stamp, err := other.Props.DateTime(ical.PropDateTimeStamp, time.UTC); err != nil || !stamp.Equal(changed) {
			t.Errorf("go-ical: its instant is %s: %v", stamp, err)
		}
	}
}

// A worker who has nothing to do has a calendar, too.
func TestAnEmptyFeedIsAFeed(t *testing.T) {
	t.Parallel()
	feed := encode(t)
	theirs, err := ics.ParseCalendar(bytes.NewReader(feed))
	if err != nil || len(theirs.Events()) != 0 {
		t.Error(err)
	}
	if read, err := ical.NewDecoder(bytes.NewReader(feed)).Decode(); err != nil || len(read.Events()) != 0 {
		t.Error(err)
	}
}

// A program takes a new UID for a new event, and a new instant for a new version.
func TestADutyThatMovesStaysTheSameEventAndOneThatIsDoneVanishes(t *testing.T) {
	t.Parallel()
	first := encode(t, event())
	if again := encode(t, event()); !bytes.Equal(again, first) || icalendar.ETag(again) != icalendar.ETag(first) {
		t.Error("the same duties make another feed")
	}
	moved := event()
	moved.Date, moved.Sequence, moved.Changed = due.AddDays(4), 3, changed.Add(time.Hour)
	feed := encode(t, moved)
	theirs, err := ics.ParseCalendar(bytes.NewReader(feed))
	if err != nil {
		t.Fatal(err)
	}
	if e := theirs.Events()[0]; e.Id() != event().UID || e.GetProperty(ics.ComponentPropertyDtStart).Value != "20261207" || icalendar.ETag(feed) == icalendar.ETag(first) {
		t.Errorf("got %s", feed)
	}
	if strings.Contains(string(encode(t)), event().UID) {
		t.Error("it has not vanished")
	}
}

func TestWhatCannotBeAnEventIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*icalendar.Event){
		"no UID":             func(e *icalendar.Event) { e.UID = "" },
		"a UID of two lines": func(e *icalendar.Event) { e.UID = "a\r\nb" },
		"no date":            func(e *icalendar.Event) { e.Date = 0 },
		"no change":          func(e *icalendar.Event) { e.Changed = time.Time{} },
		"a URL of two lines": func(e *icalendar.Event) { e.URL = "https://a.example/\r\nATTENDEE:b" },
	} {
		e := event()
		change(&e)
		if _, err := (icalendar.Calendar{Events: []icalendar.Event{e}}).Encode(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := (icalendar.Calendar{Events: []icalendar.Event{event(), event()}}).Encode(); err == nil {
		t.Error("two events of one UID are taken")
	}
}

func FuzzNothingWrittenBreaksTheFeed(f *testing.F) {
	for _, s := range []string{"", "a", `\`, "a;b,c\\n", strings.Repeat("ŵ", 80), strings.Repeat(`\`, 80), "\r\nEND:VEVENT", "\x00\x1b", "\xff\xfe", strings.Repeat("a", 63) + "\n"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, summary, description string) {
		e := event()
		e.Summary, e.Description = summary, description
		feed := encode(t, e)
		if !utf8.Valid(feed) {
			t.Fatal("it is not UTF-8")
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(feed), "\r\n"), "\r\n") {
			trailing := len(line) - len(strings.TrimRight(line, `\`))
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) || trailing%2 == 1 {
				t.Fatalf("a line is wrong: %q", line)
			}
		}
		read, err := ical.NewDecoder(bytes.NewReader(feed)).Decode()
		if err != nil || len(read.Events()) != 1 {
			t.Fatalf("it cannot be read: %v\n%s", err, feed)
		}
		want := strings.Join(strings.Fields(strings.ToValidUTF8(summary, "\ufffd")), " ")
		if got, err := read.Events()[0].Props.Text(ical.PropSummary); !strings.ContainsFunc(want, func(r rune) bool { return r < ' ' || r == 0x7f }) && (err != nil || got != want) {
			t.Fatalf("the summary reads %q, want %q: %v", got, want, err)
		}
	})
}
