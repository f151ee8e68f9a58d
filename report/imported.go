package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/api"
	"longstop/english"
	"longstop/service"
	"longstop/timescale"
)

// Imported is the reconciliation that a load ends with. Its queries are listed one by one, or counted; showsIDs says
// that its children are named by their ids as well.
func (p *Page) Imported(done *service.Imported, eachQuery, showsIDs bool) error {
	r := &reconciliation{Imported: done, Page: p, eachQuery: eachQuery, showsIDs: showsIDs}
	p.printf("%s\nReference date %s, authority %s; it covers %s to %s.%s\n",
		r.File, r.Reference, cmp.Or(r.Authority, "not named"), r.From, r.Until, r.remark())
	if len(r.Asks) == 0 {
		p.printf("\n")
		p.table("", r.rows()...)
	}
	r.moved()
	r.takenBack()
	r.kept()
	r.redated()
	r.unknown()
	r.queries()
	p.printf("\n")
	if len(r.Asks) > 0 {
		return p.err // the error says what it asks
	}
	p.clocks(r.Clocks)
	p.defaults(r.Defaults)
	if r.Failure != nil {
		p.notFinished(r.untried(), r.Reason)
	}
	return p.err
}

// reconciliation is a load while it is printed.
type reconciliation struct {
	*service.Imported
	*Page
	eachQuery bool // list them
	showsIDs  bool // the children are named by their ids as well
}

// unknown lists elements that the load passed over.
func (r *reconciliation) unknown() {
	if len(r.Unknown) == 0 {
		return
	}
	r.printf("\nElements that no layout has in their place, passed over\n")
	for _, u := range r.Unknown {
		r.printf("  %s in %s, %d times, first in line %d\n", u.Element, u.Inside, u.Count, u.Line)
	}
}

// untried says which children of the return, and which of those that are gone from it, were
// not tried.
func (r *reconciliation) untried() string {
	words := "every child was tried, and the end of the load was not recorded"
	if n := r.ChildrenNotTried; n > 0 {
		words = fmt.Sprintf("%d of the %d children in the return were not tried", n, r.Children)
	}
	if n := r.GoneNotTried; n > 0 {
		words += fmt.Sprintf(", and what the record holds of %d that are gone from it was not voided", n)
	}
	return words
}

func (r *reconciliation) remark() string {
	switch {
	case len(r.Asks) > 0:
		return " Nothing was written: the load asks to be confirmed."
	case r.DryRun:
		return " Nothing was written: this was a dry run."
	case r.Backlog:
		return " The first load of this source: each manager gets one list of what was overdue by then."
	default:
		return ""
	}
}

func (r *reconciliation) rows() [][]string {
	row := func(name string, n int, remark string) []string { return []string{name, fmt.Sprint(n), remark} }
	refused := len(r.RowsRefused) + len(r.EventsRefused)
	rows := [][]string{
		row("Children", r.Children, ""),
		row("Events new", r.New, ""),
		row("Events already known", r.Known, ""),
		row("Events corrected", r.Corrections, ""),
		row("Events voided", r.Voids, ""),
		row("Rows refused", refused, ifAny(refused, "named above, each by the child's place in the file")),
		row("Queries", len(r.Queries), ifAny(len(r.Queries), "loaded all the same"+r.hints[EachQuery])),
		row("Timescales started", r.Clocks.Told, ""),
	}
	if r.ChildrenRefused > 0 {
		rows[0][2] = fmt.Sprintf("%d of them refused whole", r.ChildrenRefused)
	}
	if r.ChildrenGone > 0 {
		rows = slices.Insert(rows, 1, row("Children gone", r.ChildrenGone, "in the record of this period, and not in the return"))
	}
	if n, of := rowsOf(r.TakenBack); n > 0 {
		rows = append(rows, row("Rows taken back", n, "of "+english.CountOf(of, "child", "children")+", named below"))
	}
	if n, of := rowsOf(r.Kept); n > 0 {
		rows = append(rows, row("Rows kept from the earlier load", n, "of "+english.CountOf(of, "child", "children")+", named below"))
	}
	if r.ChildrenKept > 0 {
		rows = append(rows, row("Children kept", r.ChildrenKept, "not in the return, which holds a child whose LAchildID cannot be used: each may be that child"))
	}
	if n := len(r.Redated); n > 0 {
		rows = append(rows, row("Older dates corrected", n, "named below"))
	}
	if r.GaveWay > 0 {
		rows = append(rows, row("Inferred events that gave way", r.GaveWay, "a real one is recorded"))
	}
	return rows
}

func ifAny(n int, words string) string {
	if n == 0 {
		return ""
	}
	return words
}

// queries lists each query, or how many there are of each kind.
func (r *reconciliation) queries() {
	if len(r.Queries) == 0 {
		return
	}
	r.printf("\nQueries\n")
	if r.eachQuery {
		for _, q := range r.Queries {
			where := "header"
			if q.Child > 0 {
				where = fmt.Sprintf("child %d", q.Child)
			}
			r.printf("  %s, line %d: %s %s (%s)\n", where, q.Line, q.Element, q.Reason, q.Code)
		}
		return
	}
	count := map[string]int{}
	for _, q := range r.Queries {
		count[q.Code+"\t"+q.Element+" "+q.Reason]++
	}
	var rows [][]string
	for _, key := range slices.Sorted(maps.Keys(count)) {
		rows = append(rows, []string{fmt.Sprintf("%d ×", count[key]), key})
	}
	r.table("  ", rows...)
}

// kept lists what stays in the record though the return does not bear it out.
func (r *reconciliation) kept() {
	if len(r.Kept) == 0 {
		return
	}
	r.printf("\nKept from the earlier load\n")
	for i := range r.Kept {
		r.printf("  %s: %s\n", nameOf(&r.Kept[i]), keptWords(r.Kept[i].Rows))
	}
}

// redated lists what the return corrects of before its period.
func (r *reconciliation) redated() {
	if len(r.Redated) == 0 {
		return
	}
	r.printf("\nCorrected, though before the period of the return: what goes on in it is told by every return\n")
	for _, d := range r.Redated {
		r.printf("  %s: %s of %s was %s and is %s\n", childName(d.Child, d.Line, d.Reference), d.Element, d.Episode, d.Was, d.Is)
	}
}

// takenBack lists what the return takes back, by element and by child, with the clocks that stop.
func (r *reconciliation) takenBack() {
	if len(r.TakenBack) == 0 {
		return
	}
	took, stop := "Taken back", "stops"
	if r.conditional() {
		took, stop = "It would take back", "would stop"
	}
	if len(r.Elements) > 0 {
		r.printf("\n%s, by element\n", took)
	}
	var rows [][]string
	for i := range r.Elements {
		e := &r.Elements[i]
		remark := ""
		if e.Unknown != "" {
			remark = "the return holds an unknown element where it stood, " + e.Unknown
		}
		rows = append(rows, []string{fmt.Sprintf("%d of %d ×", e.Taken, e.Held), e.Element, remark})
	}
	r.table("  ", rows...)
	r.printf("\n%s, by child%s\n", took, r.orStopped())
	for i := range r.TakenBack {
		c := &r.TakenBack[i]
		r.printf("  %s: %s\n", nameOf(c), rowWords(c.Rows))
		for _, clock := range c.Clocks {
			r.printf("    %s: %s %s%s\n", stop, clock.Ref, clock.Title, clockWords(&clock))
		}
		if c.ClocksUnknown != "" {
			r.printf("    which timescales stop is not known: %s\n", c.ClocksUnknown)
		}
	}
	if hint := r.hints[ChildrenByID]; hint != "" && !r.showsIDs {
		r.printf("  %s\n", hint)
	}
}

// conditional reports whether nothing was written.
func (r *reconciliation) conditional() bool { return len(r.Asks) > 0 || r.DryRun }

// orStopped says that children are named whose clocks stop by a birth or a death.
func (r *reconciliation) orStopped() string {
	for i := range r.TakenBack {
		for _, row := range r.TakenBack[i].Rows {
			if row.Change != "" {
				return ", with each birth and death that stops a timescale"
			}
		}
	}
	return ""
}

// moved says of which elements the load moves dates.
func (r *reconciliation) moved() {
	if len(r.Moved) == 0 {
		return
	}
	if r.conditional() {
		r.printf("\nDates that it would move, by element\n")
	} else {
		r.printf("\nDates moved, by element\n")
	}
	var rows [][]string
	for i := range r.Moved {
		e := &r.Moved[i]
		first := "the first: " + childName(e.First.Child, e.First.Line, e.First.Reference)
		if e.First.Was != "" {
			first += ", from " + e.First.Was + " to " + e.First.Is
		}
		rows = append(rows, []string{fmt.Sprintf("%d of %d ×", e.Moved, e.Told), e.Element, first})
	}
	r.table("  ", rows...)
}

func clockWords(c *api.StoppedClock) string {
	if c.Due == "" {
		return ", " + english.State(c.State)
	}
	return ", due " + c.Due + ", " + english.State(c.State)
}

// nameOf is a child as the reconciliation names it.
func nameOf(c *api.ChildRows) string {
	return childName(c.Child, c.Line, c.Reference)
}

func childName(place, line int, reference string) string {
	name := api.Place(place, line)
	if reference != "" {
		name = reference + ", " + name
	}
	return name
}

// rowWords lists rows: "CPPstartDate 2025-06-12 (R1), CPPreviewDate 2025-09-01 (R1)".
func rowWords(rows []api.HeldRow) string {
	words := make([]string, len(rows))
	for i := range rows {
		words[i] = rows[i].Element
		if rows[i].Date != "" {
			words[i] += " " + rows[i].Date
		}
		if rows[i].Change != "" {
			words[i] += " is " + rows[i].Change
		}
		if rows[i].Episode != "" {
			words[i] += " (" + rows[i].Episode + ")"
		}
	}
	return strings.Join(words, ", ")
}

// keptWords lists rows with why they were kept; those of one reason together.
func keptWords(rows []api.HeldRow) string {
	var parts []string
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end].Why == rows[start].Why && rows[end].Line == rows[start].Line {
			end++
		}
		why := rows[start].Why
		if rows[start].Line > 0 {
			why += fmt.Sprintf(" (line %d)", rows[start].Line)
		}
		parts = append(parts, rowWords(rows[start:end])+": "+why)
		start = end
	}
	return strings.Join(parts, "; ")
}

// rowsOf counts the rows that are taken back or kept, and the children they are of.
func rowsOf(list []api.ChildRows) (rows, of int) {
	for i := range list {
		before := rows
		for _, row := range list[i].Rows {
			if row.Change == "" {
				rows++
			}
		}
		if rows > before {
			of++
		}
	}
	return rows, of
}

// defaults names limits of Longstop's that the council has not set, one a line.
func (p *Page) defaults(rows []api.Default) {
	if len(rows) == 0 {
		return
	}
	p.printf("\nEach of these limits is %s:\n", timescale.LongstopsDefault)
	for _, r := range rows {
		p.printf("  %s  %s: %s\n", r.Ref, r.Title, r.Limit)
	}
	p.printf("No law sets them. An overlay confirms or changes each (docs/rule-language.md, An overlay).\n")
}

// mostListed is how many changes of a list of people are named one by one.
const mostListed = 60

// PeopleFaults prints the faulty rows of a list of people, and what the record refused or warned of, each on a line.
func (p *Page) PeopleFaults(x *api.PeopleLoaded) error {
	for _, f := range x.Refused {
		at := fmt.Sprintf("line %d", f.Line)
		if f.Column != "" {
			at += ", column " + f.Column
		}
		p.printf("%s: %s\n", at, f.Reason)
	}
	for i := range x.EventsRefused {
		p.printf("%s\n", x.EventsRefused[i].Text())
	}
	for i := range x.Warnings {
		p.printf("warning: %s\n", x.Warnings[i].Text())
	}
	return p.err
}

// People prints the reconciliation of a list of people and teams.
func (p *Page) People(x *api.PeopleLoaded) error {
	p.printf("%s\nPeople and teams from %s, as of %s.%s\n\n", x.File, x.Source, x.On, peopleRemark(x))
	rows := [][]string{{"", "IN THE FILE", "CHANGED", "AS BEFORE"}}
	for _, r := range []struct {
		name string
		api.PeopleRows
	}{{"People", x.People}, {"Absences", x.Absences}, {"Teams", x.Teams}, {"Vacant posts", x.Vacancies}, {"Cases", x.Cases}} {
		if r.PeopleRows == (api.PeopleRows{}) {
			continue
		}
		changed := fmt.Sprint(r.Changed)
		if r.Gone > 0 {
			changed += fmt.Sprintf(", and %d that the file does not have", r.Gone)
		}
		rows = append(rows, []string{r.name, fmt.Sprint(r.Rows), changed, fmt.Sprint(r.Unchanged)})
	}
	p.table("", rows...)
	p.peopleChanges(x.Changes)
	for _, planned := range x.Planned {
		p.printf("The file does not have a planned absence of %s, which stays: void it if it was called off.\n", planned)
	}
	p.peopleAfter(&x.After)
	if len(x.Asks) > 0 {
		return p.err // the error says what it asks
	}
	if !x.DryRun {
		p.printf("\n%s recorded, %d known already.\n", english.Count(x.New, "event"), x.Known)
	}
	p.clocks(x.Clocks)
	if x.Failure != nil {
		p.notFinished("not every event was tried", x.Reason)
	}
	return p.err
}

func peopleRemark(x *api.PeopleLoaded) string {
	switch {
	case x.DryRun:
		return " Nothing was written: this was a dry run."
	case len(x.Asks) > 0:
		return " Nothing was written: the load asks to be confirmed."
	default:
		return ""
	}
}

func (p *Page) peopleChanges(list []api.PeopleChange) {
	if len(list) == 0 {
		p.printf("\nThe record holds all of it.\n")
		return
	}
	p.printf("\n")
	rows := [][]string{}
	for i, c := range list {
		if i == mostListed {
			rows = append(rows, []string{fmt.Sprintf("and %d more", len(list)-i)})
			break
		}
		line := "not in the file"
		if c.Line > 0 {
			line = fmt.Sprintf("line %d", c.Line)
		}
		rows = append(rows, []string{line, c.Ref, peopleWords(&c), "from " + c.On})
	}
	p.table("  ", rows...)
}

// peopleWords says what a change does.
func peopleWords(c *api.PeopleChange) string {
	switch c.What {
	case "absence":
		return "is away"
	case "returned":
		return "is back"
	case "left":
		return "has left"
	case "vacancy":
		return "has a vacant post"
	case "moved":
		return "goes to somebody else or to another team"
	case "joined":
		return "has somebody join it"
	case "changed":
		return "changes: " + english.And(spaced(c.Fields))
	default:
		return "is " + c.What
	}
}

func spaced(fields []string) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = english.Spaced(f)
	}
	return list
}

// peopleAfter says how the organisation stands, and what in it leads to nobody.
func (p *Page) peopleAfter(a *api.PeopleAfter) {
	p.printf("\nAfterwards %s here in %s.\n", english.CountOf(a.People, "person works", "people work"), english.Count(a.Teams, "team"))
	for _, l := range []struct {
		list []string
		what string
	}{
		{a.TeamsWithoutManager, "Without a manager at the nearest level"},
		{a.Uncovered, "Managers who are away, with nobody who stands in"},
		{a.Unsupervised, "Not qualified as social workers, may hold cases, and without a supervisor who is"},
		{a.Unknown, "References to people and teams that nobody has recorded"},
	} {
		if len(l.list) > 0 {
			p.printf("%s: %s.\n", l.what, strings.Join(l.list, ", "))
		}
	}
	if a.OpenCases == 0 {
		return
	}
	p.printf("Of %s in which something is open, %d have no social worker or lead practitioner, %d no team, and %d nobody to tell.\n",
		english.Count(a.OpenCases, "case"), a.WithoutWorker, a.WithoutTeam, a.WithoutAny)
	if a.WithoutTeam > 0 || a.WithoutAny > 0 {
		p.printf("A case that nobody holds and no team has is told to nobody: allocate it with a row of the case, who holds it and the team, or an event such as\n" +
			"  {\"id\":\"a1\",\"case\":\"C1\",\"type\":\"worker.allocated\",\"at\":\"2026-04-01\",\"data\":{\"worker\":\"W01\",\"team\":\"T1\"}}\n")
	}
}
