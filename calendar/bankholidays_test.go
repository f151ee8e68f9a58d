package calendar_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"longstop/calendar"
)

// entriesIn1990 are the bank holidays of one ordinary year.
var entriesIn1990 = []string{
	entry("New Year’s Day", "1990-01-01"), entry("Good Friday", "1990-04-13"), entry("Easter Monday", "1990-04-16"),
	entry("Early May bank holiday", "1990-05-07"), entry("Spring bank holiday", "1990-05-28"),
	entry("Summer bank holiday", "1990-08-27"), entry("Christmas Day", "1990-12-25"), entry("Boxing Day", "1990-12-26"),
}

func entry(title, date string) string {
	return fmt.Sprintf(`{"title":%q,"date":%q,"notes":"","bunting":true}`, title, date)
}

func file(entries []string) string {
	return `{"england-and-wales":{"division":"england-and-wales","events":[` + strings.Join(entries, ",") + `]},` +
		`"scotland":{"division":"scotland","events":[]}}`
}

// with returns the entries of 1990 and more.
func with(more ...string) string { return file(append(append([]string{}, entriesIn1990...), more...)) }

func TestThePublishedEdition(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	if c != calendar.Published() {
		t.Error("it is built more than once")
	}
	if c.FirstYear() != 2012 || c.LastYear() != 2028 {
		t.Errorf("it covers %d to %d", c.FirstYear(), c.LastYear())
	}
	if got, want := c.Edition(), "England and Wales bank holidays 2012–2028 (ef7759d6)"; got != want {
		t.Errorf("got %q, want %q: if the dates in the file were meant to change, so must this", got, want)
	}
	if got := len(holidaysOf(c, 2012, 2028)); got != 140 {
		t.Errorf("it has %d holidays, want 140", got)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, file, want string }{
		{"an empty file", " \n", "the file is empty"},
		{"UTF-16", "\xff\xfe{\x00}\x00", `saved as UTF-16 (Notepad and Excel call it "Unicode"): save it again as UTF-8`},
		{"UTF-16 without a mark", "\x00{\x00}", "saved as UTF-16"},
		{"text that is not JSON", "BEGIN:VCALENDAR", "not a JSON object of divisions"},
		{"a list", "[]", "not a JSON object of divisions"},
		{"something behind the object", with() + "{}", "not a JSON object of divisions"},
		{"null", "null", `no division "england-and-wales"`},
		{"a file of another nation", `{"scotland":{"events":[]}}`, `no division "england-and-wales"`},
		{"a division in capitals", `{"England-And-Wales":{"events":[]}}`, `no division "england-and-wales"`},
		{"a division that is not an object", `{"england-and-wales":7}`, `division "england-and-wales"`},
		{"a division under the wrong name", strings.Replace(with(), `"division":"england-and-wales"`, `"division":"scotland"`, 1), `calls itself "scotland"`},
		{"a division without events", `{"england-and-wales":{}}`, "has no events"},
		{"an entry that is not an object", with(`"2026-01-01"`), "entry 8: "},
		{"an entry that is null", with(`null`), "entry 8: it has no title"},
		{"an entry without a title", with(entry(" ", "1990-06-01")), "entry 8: it has no title"},
		{"an endless title", with(entry(strings.Repeat("x", 121), "1990-06-01")), "longer than 120 characters"},
		{"a title with control characters", with(entry("Gala\nDay", "1990-06-01")), "entry 8: title"},
		{"an entry without a date", with(`{"title":"Gala Day"}`), "entry 8: \"\" is not a date"},
		{"a day that does not exist", with(entry("Gala Day", "1990-02-30")), "entry 8: \"1990-02-30\" is not a date: February 1990"},
		{"a date that is a number", with(`{"title":"Gala Day","date":19900601}`), "entry 8: "},
		{"a date given twice", with(entry("Gala Day", "1990-12-25")), "entry 8: 1990-12-25 is already the date of entry 6"},
		{"a year before 1900", with(entry("Gala Day", "1899-12-31")), "entry 8: 1899-12-31 lies outside the years 1900 to 2199"},
		{"a year after 2199", with(entry("Gala Day", "2200-01-01")), "outside the years 1900 to 2199"},
		{"a gap between the years", with(entry("Gala Day", "1992-12-31")), "the year 1991 is missing"},
		{"a year cut short", with(entry("New Year’s Day", "1991-01-01")), "the year 1991 has 1 bank holidays"},
		{"a file of more than 4 MiB", with() + strings.Repeat(" ", 4<<20), "larger than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, err := calendar.Parse(strings.NewReader(tc.file))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "bank holidays: ") {
				t.Errorf("got error %v, want %q in it", err, tc.want)
			}
			if c != nil {
				t.Error("got a calendar with the error")
			}
		})
	}
}

func TestAByteOrderMarkMakesNoDifference(t *testing.T) {
	t.Parallel()
	c, err := calendar.Parse(strings.NewReader("\ufeff" + with()))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := calendar.Parse(strings.NewReader(with()))
	if err != nil || c.Edition() != plain.Edition() {
		t.Errorf("got %s, and %v; without the mark %s", c.Edition(), err, plain.Edition())
	}
}

func TestParsePassesOnAReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line broke")
	if _, err := calendar.Parse(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestAnEditionIsItsDates(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("bank-holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	edition := func(text string) string {
		c, err := calendar.Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return c.Edition()
	}
	published := calendar.Published().Edition()
	if got := edition(string(text)); got != published {
		t.Errorf("the same file is %q and %q", got, published)
	}
	if got := edition(strings.ReplaceAll(string(text), "Boxing Day", "St Stephen’s Day")); got != published {
		t.Errorf("another title makes another edition, %q", got)
	}
	if got := edition(strings.Replace(string(text), "2026-12-28", "2026-12-29", 1)); got == published {
		t.Error("another date makes the same edition")
	}
	if got := edition(with()); !strings.HasPrefix(got, "England and Wales bank holidays 1990 (") {
		t.Errorf("an edition of one year is named %q", got)
	}
}

func TestTheOrderOfEntriesDoesNotMatter(t *testing.T) {
	t.Parallel()
	want, err := calendar.Parse(strings.NewReader(with()))
	if err != nil {
		t.Fatal(err)
	}
	backwards := slices.Clone(entriesIn1990)
	slices.Reverse(backwards)
	c, err := calendar.Parse(strings.NewReader(file(backwards)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Edition() != want.Edition() || c.WorkingDaysBetween(1, lastDay) != want.WorkingDaysBetween(1, lastDay) {
		t.Errorf("got edition %s, want %s", c.Edition(), want.Edition())
	}
	if got := holidaysOf(c, 1990, 1990); !slices.Equal(got, holidaysOf(want, 1990, 1990)) {
		t.Errorf("got %v", got)
	}
}

func TestAnExtraHolidayMovesOnlyWhatRunsAcrossIt(t *testing.T) {
	t.Parallel()
	before, err := calendar.Parse(strings.NewReader(with()))
	if err != nil {
		t.Fatal(err)
	}
	after, err := calendar.Parse(strings.NewReader(with(entry("Gala Day", "1990-06-06"), entry("Gala Sunday", "1990-06-10"))))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "from")
		n := rapid.IntRange(1, 100).Draw(t, "days")
		was := before.AddWorkingDays(d, n)
		gala := calendar.NewDate(1990, 6, 6)
		if gala > d && gala <= was {
			was = before.AddWorkingDays(d, n+1)
		}
		if got := after.AddWorkingDays(d, n); got != was {
			t.Fatalf("%d working days after %s: got %s, want %s", n, d, got, was)
		}
	})
	sunday := calendar.NewDate(1990, 6, 10)
	if got := after.Skipped(sunday-1, sunday); len(got) != 1 || got[0].Why != "weekend" {
		t.Errorf("a holiday on a Sunday is skipped as %v", got)
	}
}

func FuzzParse(f *testing.F) {
	published, err := os.ReadFile("bank-holidays.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		string(published), string(published[:len(published)/2]), with(), with(entry("Gala Day", "1990-12-25")), with("null"),
		with(entry("New Year’s Day", "9999-12-31")), `{"england-and-wales":{"events":[{}]}}`, "null", "{}", "", "\x00", "[[[[",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := calendar.Parse(bytes.NewReader(text))
		if (err == nil) == (c == nil) {
			t.Fatalf("got calendar %v and error %v", c, err)
		}
		if err != nil {
			return
		}
		first, last := calendar.NewDate(c.FirstYear(), 1, 1), calendar.NewDate(c.LastYear(), 12, 31)
		if first == 0 || last < first || c.Provisional(first-1, last) || c.Edition() == "" {
			t.Fatalf("got a calendar of %s to %s, edition %q", first, last, c.Edition())
		}
		between := c.WorkingDaysBetween(first, last)
		if skipped := len(c.Skipped(first, last)); between+skipped != last.DaysSince(first) {
			t.Fatalf("%d working days and %d others are not %d", between, skipped, last.DaysSince(first))
		}
	})
}
