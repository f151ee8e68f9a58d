package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
)

// ordinary returns a calendar whose edition ends long before the years asked
// about, so that the standing rules hold there.
func ordinary(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Parse(strings.NewReader(file(entriesIn1990)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// holidaysOf lists the holidays of some years, one line each.
func holidaysOf(c *calendar.Calendar, from, to int) (lines []string) {
	for d := calendar.NewDate(from, 1, 1); d.Year() <= to; d++ {
		if name, ok := c.Holiday(d); ok {
			lines = append(lines, fmt.Sprintf("%s %s", d, name))
		}
	}
	return lines
}

func TestTheStandingRulesGiveThePublishedFileButForWhatWasProclaimed(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	rules := holidaysOf(ordinary(t), c.FirstYear(), c.LastYear())
	published := holidaysOf(c, c.FirstYear(), c.LastYear())
	var differ []string
	for _, line := range rules {
		if !slices.Contains(published, line) {
			differ = append(differ, "- "+line)
		}
	}
	for _, line := range published {
		if !slices.Contains(rules, line) {
			differ = append(differ, "+ "+line)
		}
	}
	want := []string{
		"- 2012-05-28 Spring bank holiday",
		"- 2020-05-04 Early May bank holiday",
		"- 2022-05-30 Spring bank holiday",
		"+ 2012-06-04 Spring bank holiday (substitute day)",
		"+ 2012-06-05 Queen’s Diamond Jubilee",
		"+ 2020-05-08 Early May bank holiday (VE day)",
		"+ 2022-06-02 Spring bank holiday",
		"+ 2022-06-03 Platinum Jubilee bank holiday",
		"+ 2022-09-19 Bank Holiday for the State Funeral of Queen Elizabeth II",
		"+ 2023-05-08 Bank holiday for the coronation of King Charles III",
	}
	if !slices.Equal(differ, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(differ, "\n"), strings.Join(want, "\n"))
	}
}

func TestChristmasAndNewYearByTheDayTheyFallOn(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	for _, tc := range []struct {
		name string
		year int
		want []string
	}{
		{"Christmas on a Monday", 2034, []string{"12-25 Christmas Day", "12-26 Boxing Day"}},
		{"Christmas on a Thursday", 2031, []string{"12-25 Christmas Day", "12-26 Boxing Day"}},
		{"Christmas on a Friday gives Boxing Day a Monday", 2037, []string{"12-25 Christmas Day", "12-28 Boxing Day (substitute day)"}},
		{"Christmas on a Saturday gives both a substitute", 2032, []string{"12-27 Christmas Day (substitute day)", "12-28 Boxing Day (substitute day)"}},
		{"Christmas on a Sunday comes after Boxing Day", 2033, []string{"12-26 Boxing Day", "12-27 Christmas Day (substitute day)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := holidaysOf(c, tc.year, tc.year)
			for i, line := range tc.want {
				if want := fmt.Sprintf("%d-%s", tc.year, line); got[6+i] != want {
					t.Errorf("got %s, want %s", got[6+i], want)
				}
			}
		})
	}
	for _, tc := range []struct{ name, day, want string }{
		{"New Year on a Friday", "2038-01-01", "New Year’s Day"},
		{"New Year on a Saturday", "2033-01-03", "New Year’s Day (substitute day)"},
		{"New Year on a Sunday", "2034-01-02", "New Year’s Day (substitute day)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got, _ := c.Holiday(day(t, tc.day)); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestOrdinaryYearsHaveEightHolidaysOnWeekdays(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	// Steps of 11 years meet each weekday, leap year and golden number.
	for year := 1; year <= 9999; year += 11 {
		if year >= c.FirstYear() && year <= c.LastYear() {
			continue
		}
		// Whole weeks make up all of a year but its last day or two.
		first, last := calendar.NewDate(year, 1, 1), calendar.NewDate(year, 12, 31)
		weekdays := 52 * 5
		for d := first.AddDays(52 * 7); d <= last && d != 0; d++ {
			if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
				weekdays++
			}
		}
		got := c.WorkingDaysBetween(first, last)
		if c.IsWorkingDay(first) {
			got++
		}
		if got != weekdays-8 {
			t.Fatalf("%d has %d working days, want %d", year, got, weekdays-8)
		}
	}
}

func TestEasterFallsOnItsPublishedDays(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	// The earliest and latest Easters possible, and others from almanacs. The
	// day named is Easter Monday.
	for _, monday := range []string{
		"1818-03-23", "1886-04-26", "1913-03-24", "1943-04-26", "1954-04-19", "1981-04-20", "2000-04-24", "2008-03-24",
		"2011-04-25", "2038-04-26", "2049-04-19", "2076-04-20", "2285-03-23",
	} {
		t.Run("Easter Monday is "+monday, func(t *testing.T) {
			t.Parallel()
			d := day(t, monday)
			if got, _ := c.Holiday(d); got != "Easter Monday" {
				t.Errorf("got %q", got)
			}
			if got, _ := c.Holiday(d - 3); got != "Good Friday" {
				t.Errorf("three days before: got %q", got)
			}
		})
	}
}
