package letter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/english"
	"longstop/notify"
)

// MaxListRows is how many duties a list names; the rest is counted.
const MaxListRows = 200

// list is the one letter that a manager gets after the first loads of a council's history: what
// was already overdue then (rules.md, section 6). Duties that the source does not report are no
// part of it.
type list Envelope

// ListRow is one overdue duty of a list.
type ListRow struct {
	CaseReference string
	DutyRef       string
	DutyTitle     string
	Due           When
	DaysLate      int
	Local         bool // no law sets the limit

	Duty string `json:",omitempty"` // its id, by which it is found again; it is not printed
	// Default: that limit is Longstop's, and the council has not set it.
	Default bool `json:",omitempty"`
	// Whose says of a Default whose limit it is, in words; "" is longstopsDefault.
	Whose string `json:",omitempty"`

	// In a morning's message: past whose limit it is, and the council's own date next to that of the law.
	Passed   casework.Passed `json:",omitempty"`
	LocalDue When            `json:",omitzero"`
}

func (r *ListRow) whose() string { return cmp.Or(r.Whose, longstopsDefault) }

// Subject says how many and of which teams.
func (l *list) Subject() string {
	subject := english.Count(len(l.Rows), "timescale") + " past the limit when Longstop started"
	if len(l.Teams) > 0 && len(l.Teams) <= 3 {
		subject += ": " + l.teams()
	}
	return subjectLine(subject, l.NoticeID)
}

// Text is the list, worst first within each rule.
func (l *list) Text() string {
	var t page
	first := "Please plan how these are caught up"
	if !l.From.isZero() {
		first += " by " + l.From.long() + ", when reminders for them begin"
		if l.onSeveralDays() {
			first = strings.Replace(first, "for them", "for the first of them", 1)
		}
	}
	t.para(first + ": " + english.CountOf(len(l.Rows), "timescale was", "timescales were") + " already past the limit when the records of " +
		l.teams() + " were first loaded" + l.loaded() + ".")
	t.para("Nobody has been sent a reminder about any of them yet. Timescales that the loaded records cannot tell anything " +
		"about are not in this list: they are shown as not reported, not as overdue.")
	l.section(&t, "Limits set by law or statutory guidance", func(r ListRow) bool { return !r.Local })
	l.section(&t, "The council's own limits and accepted practice (no law sets them)", func(r ListRow) bool { return r.Local && !r.Default })
	for _, whose := range l.defaults() {
		l.section(&t, "Limits that are "+whose+" (no law sets them)", func(r ListRow) bool { return r.Local && r.Default && r.whose() == whose })
	}
	if more := len(l.Rows) - MaxListRows; more > 0 {
		t.para(fmt.Sprintf("and %d more, less late than these.", more))
	}
	t.para("Something here was done in timescale? Then record when it happened. That is what counts, not when it is recorded, " +
		"and it leaves the list.")
	t.twice(l.PerhapsTwice)
	t.footer(l.NoticeID, string(notify.List), because(l.Role, l.Standing), l.Contact)
	return t.String()
}

// defaults are whose the defaults among the limits are, in words.
func (l *list) defaults() []string {
	found := map[string]bool{}
	for i := range l.Rows {
		if l.Rows[i].Default {
			found[l.Rows[i].whose()] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func (l *list) onSeveralDays() bool { return !l.LoadedUntil.isZero() && l.LoadedUntil != l.LoadedOn }

func (l *list) loaded() string {
	if l.onSeveralDays() {
		return " between " + l.LoadedOn.short() + " and " + l.LoadedUntil.short()
	}
	return l.LoadedOn.on()
}

func (*list) kind() notify.Kind { return notify.List }

// section lists the duties of one kind, grouped by rule.
func (l *list) section(t *page, title string, of func(ListRow) bool) {
	groups := map[string][]ListRow{}
	all := 0
	for _, r := range l.Rows {
		if of(r) {
			all++
		}
	}
	for _, r := range l.shown() {
		if of(r) {
			groups[r.DutyRef] = append(groups[r.DutyRef], r)
		}
	}
	if all == 0 {
		return
	}
	t.para(fmt.Sprintf("%s: %d", title, all))
	refs := make([]string, 0, len(groups))
	for ref := range groups {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	for _, ref := range refs {
		rows := groups[ref]
		t.heading(duty(rows[0].DutyTitle, ref) + ": " + l.shownOf(len(rows), ref, of))
		for _, r := range rows {
			t.item(r.text())
		}
	}
}

// shownOf says how many of a rule there are, and how many of them are shown.
func (l *list) shownOf(shown int, ref string, of func(ListRow) bool) string {
	all := 0
	for _, r := range l.Rows {
		if r.DutyRef == ref && of(r) {
			all++
		}
	}
	if all == shown {
		return fmt.Sprint(all)
	}
	return fmt.Sprintf("%d, of which the latest %d", all, shown)
}

// shown is the rows that the text names: the most days late first.
func (l *list) shown() []ListRow {
	rows := slices.Clone(l.Rows)
	slices.SortStableFunc(rows, func(a, b ListRow) int {
		return cmp.Or(cmp.Compare(b.DaysLate, a.DaysLate), a.Due.compare(b.Due),
			cmp.Compare(a.CaseReference, b.CaseReference), cmp.Compare(a.DutyRef, b.DutyRef))
	})
	return rows[:min(len(rows), MaxListRows)]
}

// names reports whether the text names a row of the list, and does not only count it.
func (l *list) names(row *ListRow) bool {
	return len(l.Rows) <= MaxListRows || slices.Contains(l.shown(), *row)
}

func (r ListRow) text() string {
	past := "late"
	if r.Local {
		past = "past it"
	}
	if r.DaysLate == 0 {
		return fmt.Sprintf("%s: by %s, some hours %s", r.CaseReference, r.Due.short(), past)
	}
	return fmt.Sprintf("%s: by %s, %s %s", r.CaseReference, r.Due.short(), english.Count(r.DaysLate, "day"), past)
}

func (l *list) teams() string {
	switch len(l.Teams) {
	case 0:
		return "your teams"
	case 1:
		return "team " + l.Teams[0]
	default:
		return "teams " + english.And(l.Teams)
	}
}
