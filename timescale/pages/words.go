package pages

import (
	"fmt"
	"slices"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// wordsPage is what the timescales speak of, in plain words: events, periods, school terms
// and calendars.
func (b *book) wordsPage() Page {
	var s strings.Builder
	s.WriteString(header + "# Events and periods in plain words\n\n")
	fmt.Fprintf(&s, "What happens in a case is an event; the time between what opens and what ends something is a period. "+
		"[All timescales](%s)\n\n", indexFile)
	s.WriteString("## Periods\n\n" + b.periods())
	s.WriteString("## School terms\n\n" + b.terms())
	s.WriteString("## Calendars\n\n" + b.calendars())
	s.WriteString("## Events\n\n" + b.everyField())
	for _, p := range append([]string{""}, b.pack.Pathways...) {
		s.WriteString(b.eventsOf(p))
	}
	return Page{Name: wordsFile, Text: ended(s.String())}
}

func (b *book) periods() string {
	var rows [][]string
	for i := range b.pack.Periods {
		p := &b.pack.Periods[i]
		var ends []string
		for _, e := range p.Ends {
			words := b.event(e.Match)
			if e.TakenFirst {
				words += " (before all else of that day)"
			}
			ends = append(ends, words)
		}
		if p.EndsWith != "" {
			ends = append(ends, b.periodName(p.EndsWith)+" ends")
		}
		if p.Replaces {
			ends = append(ends, "the next one begins")
		}
		rows = append(rows, []string{english.Capital(b.periodName(p.Name)) + code(p.Name), b.opening(p.Name), strings.Join(ends, ", or ")})
	}
	return table([]string{"Period", "Begins when", "Ends when"}, textOnly, rows) +
		"A period is open for the whole of the days on which it begins and ends. What ends the case ends them all.\n\n"
}

func (b *book) terms() string {
	var rows [][]string
	for _, t := range b.pack.Terms {
		first, last := english.DayOfYear(t.FromMonth, t.FromDay), english.DayOfYear(t.UntilMonth, t.UntilDay)
		if !t.First.IsZero() {
			first, last = english.Date(t.First), english.Date(t.Last)
		}
		rows = append(rows, []string{english.Capital(t.Name), first, last})
	}
	return "School terms are each council's own. Where a council's overlay has no dates, these stand in their place, and what is " +
		"counted in them is provisional.\n\n" + table([]string{"Term", "From", "Until"}, textOnly, rows)
}

func (b *book) calendars() string {
	s := "Working days are Monday to Friday less the bank holidays of England and Wales, in every timescale that names no other calendar.\n\n"
	for _, c := range b.pack.Calendars {
		var rows [][]string
		for _, closed := range c.Closed {
			rows = append(rows, []string{english.Capital(closed.Why), english.Date(closed.From), english.Date(closed.Until)})
		}
		s += fmt.Sprintf("**%s**: the bank holidays, and these days", english.Capital(c.Name))
		if c.Incomplete {
			s += ". They are not complete, so what is counted in it is provisional, and a council's overlay puts its own in their place"
		}
		s += ":\n\n" + table([]string{"Closed for", "From", "Until"}, textOnly, rows)
	}
	return s
}

// eventsOf is the events of a pathway; "" is those of every case.
func (b *book) eventsOf(pathway string) string {
	var rows [][]string
	for _, e := range b.pack.Events {
		if e.Pathway == pathway {
			rows = append(rows, []string{english.Capital(b.phrase(e.Name)), "`" + e.Name + "`", b.fields(e)})
		}
	}
	if len(rows) == 0 {
		return ""
	}
	title := "Every case"
	if pathway != "" {
		title = english.Stage(pathway)
	}
	return "### " + title + "\n\n" + table([]string{"What happens", "Event", "What it may say"}, textOnly, rows)
}

// fields are those of an event, but for what every event may say.
func (b *book) fields(e timescale.EventType) string {
	var words []string
	for _, f := range e.Fields {
		if b.ofEvery(f.Name) {
			continue
		}
		w := "`" + f.Name + "`"
		if f.Required {
			w += " (needed)"
		}
		words = append(words, w+": "+b.holds(f))
	}
	return strings.Join(words, "; ")
}

// kinds are what a field holds that is not one of several words.
var kinds = map[timescale.Kind]string{
	timescale.Flag: "yes or no", timescale.Text: "a text", timescale.Day: "a date", timescale.Names: "a list",
}

// holds is what a field may hold: its kind, or the words as programs spell them, and as people say them.
func (b *book) holds(f timescale.Field) string {
	if len(f.OneOf) == 0 {
		return kinds[f.Kind]
	}
	said := b.answers(f.OneOf)
	words := make([]string, len(f.OneOf))
	for i, w := range f.OneOf {
		if words[i] = "`" + w + "`"; said[i] != strings.ReplaceAll(w, "_", " ") {
			words[i] += " (" + said[i] + ")"
		}
	}
	return english.Or(words)
}

// ofEvery reports whether every event may say this.
func (b *book) ofEvery(field string) bool {
	for _, e := range b.pack.Events {
		if !slices.ContainsFunc(e.Fields, func(f timescale.Field) bool { return f.Name == field }) {
			return false
		}
	}
	return true
}

func (b *book) everyField() string {
	if len(b.pack.Events) == 0 {
		return ""
	}
	var words []string
	for _, f := range b.pack.Events[0].Fields {
		if b.ofEvery(f.Name) {
			words = append(words, "`"+f.Name+"`")
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "Every event may also say " + english.And(words) + ".\n\n"
}
