package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/english"
)

// atOnce counts by timescale the open duties that a law would bring past a limit as soon as it is
// in force, beside what is open under the law before.
type atOnce struct {
	before casework.OpenDuties
	refs   map[string]casework.AtOnce
}

// add adds one case.
func (o *atOnce) add(before *casework.Plan, changes []casework.Change) {
	o.before.Count(before)
	for i := range changes {
		c := &changes[i]
		count := o.refs[c.Duty().Ref]
		count.Count(c)
		if count.All() == 0 {
			continue
		}
		if o.refs == nil {
			o.refs = map[string]casework.AtOnce{}
		}
		o.refs[c.Duty().Ref] = count
	}
}

func (o *atOnce) all() casework.AtOnce {
	var all casework.AtOnce
	for _, one := range o.refs {
		all.Add(one)
	}
	return all
}

// asks reports whether such a law is adopted only by who says that this is meant.
func (o *atOnce) asks() bool { return o.all().TooMany(o.before) }

// head says how many they are, and of how many: "103 open duties would at once be …".
func (o *atOnce) head() string {
	n := o.all().All()
	return fmt.Sprintf("%d open %s would at once be past a limit, and %s past none now (%d %s open now, %d of them past a limit):",
		n, english.Plural(n, "duty", "duties"), english.Are(n), o.before.Open, english.Are(o.before.Open), o.before.Past)
}

// lines say it by kind, each with its timescales: "103 would be overdue (LA-11 60, LA-12 43)".
func (o *atOnce) lines() []string {
	var lines []string
	for _, kind := range []struct {
		of    func(casework.AtOnce) int
		words string
	}{
		{func(a casework.AtOnce) int { return a.Overdue }, "overdue"},
		{func(a casework.AtOnce) int { return a.Local }, "past a date that no law sets"},
	} {
		var refs []string
		for _, ref := range slices.Sorted(maps.Keys(o.refs)) {
			if n := kind.of(o.refs[ref]); n > 0 {
				refs = append(refs, fmt.Sprintf("%s %d", ref, n))
			}
		}
		if len(refs) > 0 {
			lines = append(lines, fmt.Sprintf("%d would be %s (%s)", kind.of(o.all()), kind.words, strings.Join(refs, ", ")))
		}
	}
	return lines
}

// fewerAtOnce says what to do before, so that fewer are. What an overlay brings may begin on a day; a
// rule of law that the pack has may not be put off.
func fewerAtOnce(after *casework.Book) string {
	words := "Whoever holds these cases, and their managers, would be told of each. First record what was done about them ('starter record'), " +
		"or say with 'starter attach' what the sources report: what none of them reports is not called overdue."
	if after.Pack().Overlay != "" {
		words += " What the overlay switches on or changes may begin on a day: give it a from:."
	}
	return words
}

// print says it below a comparison, where adopt would ask.
func (o *atOnce) print(a *app, after *casework.Book) {
	if !o.asks() {
		return
	}
	a.printf("\n%s\n", o.head())
	for _, line := range o.lines() {
		a.printf("  %s\n", line)
	}
	a.printf("'starter adopt' does that only with --confirm-overdue. %s\n", fewerAtOnce(after))
}

// refusal refuses an adoption that would do that, a line each.
func (o *atOnce) refusal(after *casework.Book) []string {
	lines := []string{"starter: nothing was adopted, because " + o.head()}
	for _, line := range o.lines() {
		lines = append(lines, "starter: "+line)
	}
	return append(lines, "starter: "+fewerAtOnce(after)+" To adopt it all the same, say --confirm-overdue; 'starter what-if --list' names the timescales.")
}

// atOnceRow is that as JSON.
type atOnceRow struct {
	Before casework.OpenDuties `json:"before"`
	casework.AtOnce
	Timescales []atOnceRefRow `json:"timescales"`
}

// atOnceRefRow is one timescale of it.
type atOnceRefRow struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	casework.AtOnce
}

func (o *atOnce) row(books ...*casework.Book) atOnceRow {
	row := atOnceRow{Before: o.before, AtOnce: o.all(), Timescales: []atOnceRefRow{}}
	for ref, count := range o.refs {
		row.Timescales = append(row.Timescales, atOnceRefRow{Ref: ref, Title: titleUnder(ref, books...), AtOnce: count})
	}
	slices.SortFunc(row.Timescales, func(x, y atOnceRefRow) int { return cmp.Compare(x.Ref, y.Ref) })
	return row
}
