package casework

import (
	"fmt"
	"slices"
	"strings"
)

// Text is the explanation for a terminal.
func (x *Explanation) Text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s  %s\n%s\n\nCase %s, duty %s, %s: %s.\n\n", x.Ref, x.Title, x.Todo, x.Case, x.Duty, x.seen(), x.Standing)
	for _, row := range x.rows() {
		fmt.Fprintf(&s, "%-10s %s\n", row[0], row[1])
	}
	var skipped []string
	for _, d := range x.Skipped {
		skipped = append(skipped, d.Date.Format("Mon 02 Jan 2006")+"  "+d.Why)
	}
	for _, part := range x.parts(skipped) {
		fmt.Fprintf(&s, "\n%s\n  %s\n", part.title, strings.Join(part.lines, "\n  "))
	}
	return s.String()
}

// Markdown is the explanation for a page or a file.
func (x *Explanation) Markdown() string {
	var s strings.Builder
	fmt.Fprintf(&s, "# %s: %s\n\n%s\n\nCase %s, duty `%s`, %s: **%s**.\n\n| | |\n|---|---|\n", x.Ref, x.Title, x.Todo, x.Case, x.Duty, x.seen(), x.Standing)
	for _, row := range x.rows() {
		fmt.Fprintf(&s, "| %s | %s |\n", row[0], strings.ReplaceAll(row[1], "|", `\|`))
	}
	var skipped []string
	for _, d := range x.Skipped {
		skipped = append(skipped, longDay(d.Date)+": "+d.Why)
	}
	for _, part := range x.parts(skipped) {
		fmt.Fprintf(&s, "\n## %s\n\n- %s\n", part.title, strings.Join(part.lines, "\n- "))
	}
	return s.String()
}

// seen is the moment that the explanation is of.
func (x *Explanation) seen() string {
	if x.KnownAt == "" {
		return "as of " + x.AsOf
	}
	return "as of " + x.AsOf + " with what was known on " + x.KnownAt
}

func (x *Explanation) rows() [][2]string {
	rows := [][2]string{
		{"Started", x.Started + ", by " + x.StartedBy},
		{"For", x.Window},
		{"Limit", x.Limit},
		{"Counted", x.Counted},
		{"Not before", x.NotBefore},
		{"Before", x.OwedBefore},
		{"Due", x.Due},
		{"Local due", x.LocalDue},
		{"Met by", x.MetBy},
		{"Ended by", x.EndedBy},
		{"Source", x.Source + " (" + x.source() + ")"},
		{"In force", x.InForce},
		{"Rule pack", x.Pack},
		{"Calendar", x.Calendar},
	}
	return slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
}

// source is how binding the source is, and how its words are known where they were not read.
func (x *Explanation) source() string {
	if x.Checked != nil && x.Checked.mark != "" {
		return x.Status + ", " + x.Checked.mark
	}
	return x.Status
}

type part struct {
	title string
	lines []string
}

// parts are the lists below the table, of which those without a line are left out: what
// happened and who was told come first, and the days of the count last.
func (x *Explanation) parts(skipped []string) []part {
	all := []part{
		{"What happened", x.Happened},
		{"What was changed", texts(x.Changes)},
		{"Promises", texts(x.Promises)},
		{"Who was told", texts(x.Notices)},
		{"About the limit", x.Remarks},
		{"Hours that count", x.Hours},
		{"Days that count", x.Days},
		{"Days not counted", skipped},
	}
	return slices.DeleteFunc(all, func(p part) bool { return len(p.lines) == 0 })
}

// texts are the lines of a list in words.
func texts[L interface{ line() string }](list []L) []string {
	lines := make([]string, len(list))
	for i := range list {
		lines[i] = list[i].line()
	}
	return lines
}
