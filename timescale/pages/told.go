package pages

import (
	"fmt"
	"slices"
	"strings"

	"longstop/timescale"
)

// toldPage is the ladders: who is told when.
func (b *book) toldPage() Page {
	var s strings.Builder
	s.WriteString(header + "# Who is told when\n\n")
	s.WriteString("A timescale takes the ladder of its limit, or one that it names. Messages go at 09:00 on working days, and days are " +
		"working days from the due date. Limits in hours have steps in hours, which go between 08:00 and 20:00 or at the next " +
		"08:00" + b.anyHour() + ". [The rules](../rules.md#6-the-ladder) say the rest: what is " +
		"made up for, who covers, what an acknowledgement holds.\n\n")
	header, roles := []string{"Ladder", "Limits that take it"}, b.rolesTold()
	for _, role := range roles {
		header = append(header, capital(roleName(role)))
	}
	var rows [][]string
	for i := range b.pack.Ladders {
		rows = append(rows, ladderRow(&b.pack.Ladders[i], roles))
	}
	s.WriteString(table(header, textOnly, rows))
	s.WriteString("Weeks count as seven days and years as twelve months. The worker is *reminded* before a date; managers are *alerted* once it has passed. Steps that are reminders to a " +
		"manager are marked. An extension keeps the ladder.\n\n")
	fmt.Fprintf(&s, "A timescale without a date tells nobody, and drift alarms go to whom the timescale says. [All timescales](%s)\n", indexFile)
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
	return "; those of " + all(refs) + " go at any hour"
}

// rolesTold are the roles that any ladder tells.
func (b *book) rolesTold() []timescale.Role {
	var roles []timescale.Role
	for _, role := range timescale.Roles {
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
		bands[i] = bandWords(band)
	}
	limits := either(bands)
	if limits == "" {
		limits = "none: a timescale names it"
	}
	row := []string{capital(l.Name), limits}
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

// bandWords is a range of limits: "31 working days or more", "8 to 27 days".
func bandWords(b timescale.Band) string {
	unit := spaced(string(b.Unit))
	switch b.To {
	case 0:
		return fmt.Sprintf("%d %s or more", b.From, oneOrMany(b.From, unit))
	case b.From:
		return fmt.Sprintf("%d %s", b.From, oneOrMany(b.From, unit))
	default:
		return fmt.Sprintf("%d to %d %s", b.From, b.To, unit)
	}
}

func oneOrMany(n int, unit string) string {
	if n == 1 {
		return strings.TrimSuffix(unit, "s")
	}
	return unit
}
