package pages

import (
	"fmt"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// pathwayPage is the page of one pathway: its timescales in a table, those in force in
// full, and those that are off in a section of their own.
func (b *book) pathwayPage(pathway string) Page {
	file, name := pathwayFile(pathway), english.Stage(pathway)
	on, off := b.rulesOf(pathway)
	var s strings.Builder
	s.WriteString(header)
	fmt.Fprintf(&s, "# %s\n\n", name)
	fmt.Fprintf(&s, "%s in force, and %s. What the words mean: [how to read this](%s#how-to-read-a-timescale). "+
		"In the programs this stage is the pathway `%s`.\n\n", onCount(len(on)), offCount(len(off)), indexFile, pathway)
	s.WriteString(b.summary(file, on, off))
	if len(on) > 0 {
		s.WriteString("## In force\n\n")
		for _, t := range on {
			s.WriteString(b.rule(t))
		}
	}
	if len(off) > 0 {
		s.WriteString(howToSwitchOn(off))
		for _, t := range off {
			s.WriteString(b.rule(t))
		}
	}
	return Page{Name: file, Text: ended(s.String())}
}

func onCount(n int) string {
	if n == 0 {
		return "No timescale is"
	}
	return english.Count(n, "timescale")
}

func offCount(n int) string {
	if n == 0 {
		return "none that is off"
	}
	return fmt.Sprintf("%d more that a council may switch on", n)
}

// summary is the table at the head of a pathway's page.
func (b *book) summary(file string, lists ...[]*timescale.Timescale) string {
	var rows [][]string
	for _, list := range lists {
		for _, t := range list {
			rows = append(rows, []string{link(t, file), t.Title, english.Capital(b.shortLimit(t)), shortStatus(t), inForce(t)})
		}
	}
	if len(rows) == 0 {
		return "The pack has no timescale for this stage.\n"
	}
	return table([]string{"Ref", "Timescale", "Limit", "Status", "In force"}, textOnly, rows)
}

func shortStatus(t *timescale.Timescale) string {
	words := latest(t).Status
	if e := latest(t); e.Checked.Unread() {
		words += ", *" + e.Checked.Mark() + "*"
	}
	return words
}

// inForce says in a table whether a timescale runs.
func inForce(t *timescale.Timescale) string {
	switch e := latest(t); {
	case t.Off != "":
		return "off"
	case !e.Until.IsZero():
		return "for starts before " + english.Date(e.Until)
	case !t.Editions[0].From.IsZero():
		return "since " + english.Date(t.Editions[0].From)
	default:
		return "yes"
	}
}

// howToSwitchOn heads the timescales that are off, with the lines of an overlay that would
// switch the first of them on.
func howToSwitchOn(off []*timescale.Timescale) string {
	var s strings.Builder
	s.WriteString("## Off until a council switches them on\n\n")
	s.WriteString("These ship with the pack and do not run. Each gives the reason. A council that wants one writes it into its " +
		"[overlay](../rule-language.md#an-overlay), and where the number is local it may put its own in its place:\n\n")
	fmt.Fprintf(&s, "```yaml\ntimescales:\n  - ref: %s\n    on: true\n    from: 2027-01-04 # the first day on which the council works by it\n", off[0].Ref)
	own := ownNumber(off)
	if own != nil {
		fmt.Fprintf(&s, "  - ref: %s\n    on: true\n    from: 2027-01-04\n    editions: # with the council's own number\n      - from: 2027-01-04\n        limit: %s\n"+
			"        source: the council's procedure and its paragraph\n", own.Ref, latest(own).Limits[0])
	}
	s.WriteString("```\n\n")
	return s.String()
}

// ownNumber is a timescale whose number a council may set, other than the first.
func ownNumber(off []*timescale.Timescale) *timescale.Timescale {
	for _, t := range off[1:] {
		e := latest(t)
		if e.Local && len(e.Limits) == 1 && e.Limits[0].Plain() && len(e.By) == 0 {
			return t
		}
	}
	return nil
}
