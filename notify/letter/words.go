package letter

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // London's rules, whatever the machine has
)

var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London") //nolint:forbidigo // letters import nothing of ours, calendar included
	if err != nil {
		panic("notify: Europe/London is not in the embedded zones: " + err.Error())
	}
	return zone
}()

// longWhen is a date or an instant in full: "Thursday 3 December 2026", "09:30 on
// Thursday 3 December 2026". What is neither is shown as it is.
func longWhen(s string) string { return when(s, "Monday 2 January 2006") }

// shortWhen is the same with short names: "Thu 3 Dec 2026".
func shortWhen(s string) string { return when(s, "Mon 2 Jan 2006") }

// A date holds together by no-break spaces until it is put on a line.
func when(s, layout string) string {
	layout = strings.ReplaceAll(layout, " ", "\u00a0")
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.Format(layout)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.In(london).Format("15:04\u00a0on\u00a0" + layout)
	}
	return s
}

// onWhen is " on Thu 3 Dec 2026" or " at 09:30 on Thu 3 Dec 2026"; "" for nothing.
func onWhen(s string) string {
	switch {
	case s == "":
		return ""
	case isInstant(s):
		return " at " + shortWhen(s)
	default:
		return onDay(s)
	}
}

func onDay(s string) string {
	if s == "" {
		return ""
	}
	return " on " + shortWhen(s)
}

func isInstant(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// daysBetween is how many London days lie from one date or instant to another.
func daysBetween(from, to string) (days int, ok bool) {
	a, okA := dayOf(from)
	b, okB := dayOf(to)
	if !okA || !okB {
		return 0, false
	}
	return int(b.Sub(a).Round(time.Hour).Hours()) / 24, true
}

// dayOf is the London day of a date or an instant, as midnight UTC, so that two of them
// are always whole days apart.
func dayOf(s string) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, true
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, false
	}
	y, m, d := at.In(london).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), true
}

// roleWords is a role with its article.
func roleWords(role string) string {
	switch role {
	case "worker":
		return "the allocated worker"
	case "":
		return "the person responsible"
	default:
		return "the " + strings.ReplaceAll(role, "_", " ")
	}
}

// rungWords is a rung's label in words: "2 working days before the due date".
func rungWords(rung string) string {
	var n int
	var unit string
	switch {
	case rung == "0":
		return "on the due date"
	case rung == "waiting":
		return "a date that could not be worked out"
	case scan(rung, &n, &unit) && unit == "%":
		return fmt.Sprintf("when %d%% of the time had gone", n)
	case unit == "wd" && n < 0:
		return count(-n, "working day", "working days") + " before the due date"
	case unit == "wd":
		return count(n, "working day", "working days") + " after the due date"
	case unit == "h":
		return count(n, "hour", "hours") + " after the time by which it was due"
	case unit == "m":
		return "at " + count(n, "month", "months")
	default:
		return rung
	}
}

func scan(rung string, n *int, unit *string) bool {
	found, err := fmt.Sscanf(rung, "%d%s", n, unit)
	return err == nil && found == 2
}

// event is the name of an event in words and as it is recorded.
func event(name string) string {
	words := eventWords(name)
	if words == name {
		return name
	}
	return "“" + words + "” (" + name + ")"
}

// eventWords turns the name of an event into words: "cp_plan.started" into "CP plan
// started". What is no such name is shown as it is.
func eventWords(name string) string {
	if strings.ContainsAny(name, " \t") || !strings.Contains(name, ".") {
		return name
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' })
	for i, w := range words {
		if abbreviations[w] {
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, " ")
}

var abbreviations = map[string]bool{
	"adm": true, "cin": true, "cmh": true, "cp": true, "epo": true, "fcmh": true, "fgdm": true, "icpc": true, "irh": true,
	"lac": true, "pa": true, "pep": true, "pf": true,
}

func duty(title, ref string) string {
	switch {
	case title == "":
		return ref
	case ref == "":
		return title
	default:
		return title + " (" + ref + ")"
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// sentence ends a text with a full stop, unless it already ends a sentence.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// ShellWord quotes what a shell would take apart.
func ShellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
