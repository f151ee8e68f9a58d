package pages

import (
	"fmt"
	"slices"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// toldPage is the ladders: who is told when.
func (b *book) toldPage() Page {
	var s strings.Builder
	s.WriteString(header + "# Who is told when\n\n")
	s.WriteString("Each timescale has a set of reminders and escalations: the one for the length of its limit, or one that it names. Messages go at 09:00 on working days, and days are " +
		"working days from the due date. Limits in hours have steps in hours, which go between 08:00 and 20:00 or at the next " +
		"08:00" + b.anyHour() + ". [The rules](../rules.md#6-reminders-and-escalations) give the rest: what is " +
		"made up for, who covers, what an acknowledgement holds.\n\n")
	header, roles := []string{"Reminders and escalations", "Limits that have them"}, b.rolesTold()
	for _, role := range roles {
		header = append(header, english.Capital(english.Role(role)))
	}
	var rows [][]string
	for i := range b.pack.Ladders {
		rows = append(rows, ladderRow(&b.pack.Ladders[i], roles))
	}
	s.WriteString(table(header, textOnly, rows))
	s.WriteString("Weeks count as seven days and years as twelve months. The social worker or lead practitioner is *reminded* before a date; managers are *alerted* once it has passed. Steps that are reminders to a " +
		"manager are marked. An extension keeps its steps.\n\n")
	s.WriteString("Some timescales remind somebody with the social worker, whatever their steps: where it is recorded who has the part in the case.\n\n")
	for _, part := range timescale.Parts {
		if refs := b.remind(part); len(refs) > 0 {
			fmt.Fprintf(&s, "- %s: %s\n", english.Capital(english.TheRole(part)), english.And(refs))
		}
	}
	s.WriteString("\n")
	fmt.Fprintf(&s, "A timescale without a date tells nobody, and alerts about drift go to the manager that the timescale names. [All timescales](%s)\n", indexFile)
	return Page{Name: toldFile, Text: ended(s.String())}
}

// anyHour is the timescales whose steps in hours go at night too.
func (b *book) anyHour() string {
	var refs []string
	for i := range b.pack.Timescales {
		if t := &b.pack.Timescales[i]; t.AnyHour {
			refs = append(refs, link(t, toldFile))
		}
	}
	if len(refs) == 0 {
		return ""
	}
	return "; those of " + english.And(refs) + " go at any hour"
}

// remind are the timescales that remind who has a part with the worker.
func (b *book) remind(part timescale.Role) []string {
	var refs []string
	for i := range b.pack.Timescales {
		if t := &b.pack.Timescales[i]; slices.Contains(t.Remind, part) {
			refs = append(refs, link(t, toldFile))
		}
	}
	return refs
}

// rolesTold are the roles that any ladder tells.
func (b *book) rolesTold() []timescale.Role {
	var roles []timescale.Role
	for _, role := range timescale.Told {
		if slices.ContainsFunc(b.pack.Ladders, func(l timescale.Ladder) bool {
			return len(rungsOf(&l, timescale.RungRole{Role: role}))+len(rungsOf(&l, timescale.RungRole{Role: role, Escalation: true})) > 0
		}) {
			roles = append(roles, role)
		}
	}
	return roles
}

func ladderRow(l *timescale.Ladder, roles []timescale.Role) []string {
	bands := make([]string, len(l.For))
	for i, band := range l.For {
		bands[i] = english.Band(band)
	}
	limits := english.Or(bands)
	if limits == "" {
		limits = "none: a timescale names it"
	}
	row := []string{english.Capital(l.Name), limits}
	for _, role := range roles {
		var cell []string
		if at := rungsOf(l, timescale.RungRole{Role: role}); len(at) > 0 {
			words := moments(at)
			if role != timescale.Worker {
				words += " (reminder)"
			}
			cell = append(cell, words)
		}
		if at := rungsOf(l, timescale.RungRole{Role: role, Escalation: true}); len(at) > 0 {
			cell = append(cell, moments(at))
		}
		row = append(row, strings.Join(cell, "; "))
	}
	return row
}

// whoIsTold is who is told when, for every ladder that a limit of the timescale takes.
func (b *book) whoIsTold(t *timescale.Timescale) []string {
	if len(t.Drift) > 0 {
		return []string{english.Capital(alarms(t.Drift))}
	}
	found := b.laddersOf(t)
	if len(found) == 0 {
		return []string{"Nobody: it has no date"}
	}
	var words []string
	for _, f := range found {
		s := rungs(f.ladder) + ladderLink(f.ladder.Name)
		if t.AnyHour {
			s += ", at any hour"
		}
		if len(found) > 1 {
			s = f.limit + ": " + s
		}
		words = append(words, english.Capital(s))
	}
	if len(t.Remind) > 0 {
		parts := make([]string, len(t.Remind))
		for i, part := range t.Remind {
			parts[i] = english.TheRole(part)
		}
		words = append(words, "Where the case has one, "+english.And(parts)+" is reminded with the "+english.Role(timescale.Worker))
	}
	return words
}

func ladderLink(ladder string) string {
	return fmt.Sprintf(" ([%s](%s))", ladder, toldFile)
}

// taken is a ladder and the first limit that takes it.
type taken struct {
	limit  string
	ladder *timescale.Ladder
}

// laddersOf are the ladders that the limits of a timescale take, each once.
func (b *book) laddersOf(t *timescale.Timescale) []taken {
	all := ownLimits(t)
	for i := range t.Editions {
		all = append(all, t.Editions[i].Limits...)
		if len(t.Editions[i].By) > 0 {
			all = append(all, timescale.Limit{Unit: timescale.Days})
		}
	}
	var found []taken
	for _, l := range all {
		ladder := b.pack.LadderOf(t, l)
		if ladder != nil && !slices.ContainsFunc(found, func(f taken) bool { return f.ladder == ladder }) {
			found = append(found, taken{b.limit(t, l), ladder})
		}
	}
	if t.Windows != "" && len(found) == 0 && t.Ladder != "" {
		found = append(found, taken{"", b.pack.Ladder(t.Ladder)})
	}
	return found
}

// rungs is a ladder in one sentence, by role: "the worker is reminded on the day; the team
// manager is alerted 1 working day after, the service manager 5 working days after".
func rungs(l *timescale.Ladder) string {
	words, verb := "", ""
	for _, role := range timescale.Told {
		for _, escalation := range []bool{false, true} {
			at := rungsOf(l, timescale.RungRole{Role: role, Escalation: escalation})
			if len(at) > 0 {
				words, verb = goOn(words, verb, told(escalation), role, moments(at))
			}
		}
	}
	return words
}

func told(escalation bool) string {
	if escalation {
		return "is alerted"
	}
	return "is reminded"
}

// goOn adds a role to a sentence, and says the verb only where it is another than before.
func goOn(words, before, verb string, role timescale.Role, when string) (longer, said string) {
	who := "the " + english.Role(role)
	switch before {
	case "":
		return who + " " + verb + " " + when, verb
	case verb:
		return words + ", " + who + " " + when, verb
	default:
		return words + "; " + who + " " + verb + " " + when, verb
	}
}

func rungsOf(l *timescale.Ladder, to timescale.RungRole) []timescale.Rung {
	var list []timescale.Rung
	for _, g := range l.Rungs {
		if slices.Contains(g.Roles, to) {
			list = append(list, g)
		}
	}
	return list
}

// moments are when rungs stand: "10, 5 and 1 working days before, and on the day".
func moments(list []timescale.Rung) string {
	var before, after, percents, parts []string
	for _, g := range list {
		switch {
		case g.Percent > 0:
			percents = append(percents, fmt.Sprintf("%d%%", g.Percent))
		case g.Hours > 0:
			parts = append(parts, english.Count(g.Hours, "hour")+" after")
		case g.Days < 0:
			before = append(before, fmt.Sprint(-g.Days))
		case g.Days > 0:
			after = append(after, fmt.Sprint(g.Days))
		case g.InHours:
			parts = append(parts, "when the time is up")
		default:
			parts = append(parts, "on the day")
		}
	}
	if len(percents) > 0 {
		parts = append([]string{"when " + english.And(percents) + " of the time is gone"}, parts...)
	}
	if len(before) > 0 {
		parts = append([]string{workingDays(before) + " before"}, parts...)
	}
	if len(after) > 0 {
		parts = append(parts, workingDays(after)+" after")
	}
	return english.And(parts)
}

func workingDays(numbers []string) string {
	unit := " working days"
	if numbers[len(numbers)-1] == "1" && len(numbers) == 1 {
		unit = " working day"
	}
	return english.And(numbers) + unit
}

// alarms returns when a timescale without a limit alerts which manager.
func alarms(list []timescale.Alarm) string {
	words, verb := "", ""
	for _, a := range list {
		when := "after " + a.After.String()
		if onTheDay(a.After) {
			when = "on the day itself"
		}
		if a.Every != nil {
			when += " and every " + a.Every.String() + " from then on"
		}
		words, verb = goOn(words, verb, told(true), a.Role, when)
	}
	return words
}
