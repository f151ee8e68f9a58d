package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/timescale"
)

// indexPage lists and counts every timescale.
func (b *book) indexPage() Page {
	var s strings.Builder
	s.WriteString(header)
	s.WriteString("# The timescales\n\n")
	fmt.Fprintf(&s, "%s, edition %s. %s\n\n", b.pack.Name, b.pack.Edition, b.total())
	fmt.Fprintf(&s, "[What a council sets](%s) · [who is told when](%s) · [events and periods in plain words](%s) · [what is left out, and why](%s) · "+
		"[what a timescale means](../rules.md) · [how a pack is written](../rule-language.md)\n\n", unsetFile, toldFile, wordsFile, leftOutFile)
	s.WriteString("## Pathways\n\n" + b.byPathway())
	s.WriteString("## How the words are known\n\n" + b.byReading())
	s.WriteString("## By status\n\n" + b.byStatus())
	s.WriteString("## Why some are off\n\n" + b.byReason())
	s.WriteString(b.howToRead())
	s.WriteString("## All timescales\n\n" + b.allRules())
	return Page{Name: indexFile, Text: ended(s.String())}
}

// tally counts timescales.
type tally struct{ on, off, local, unread int }

func (c *tally) add(t *timescale.Timescale) {
	if t.Off == "" {
		c.on++
	} else {
		c.off++
	}
	switch e := latest(t); {
	case e.Status == timescale.StatusLocal:
		c.local++
	case e.Checked.Unread():
		c.unread++
	}
}

func (c tally) cells() []string {
	return []string{fmt.Sprint(c.on), fmt.Sprint(c.off), fmt.Sprint(c.on + c.off), fmt.Sprint(c.local), fmt.Sprint(c.unread)}
}

// tallied counts the timescales for which holds is true.
func (b *book) tallied(holds func(*timescale.Timescale) bool) tally {
	var c tally
	for i := range b.pack.Timescales {
		if t := &b.pack.Timescales[i]; holds(t) {
			c.add(t)
		}
	}
	return c
}

func whichever(*timescale.Timescale) bool { return true }

func (b *book) total() string {
	c := b.tallied(whichever)
	return fmt.Sprintf("**%s**: %d in force, and %d that ship switched off until a council wants them. %d are local: no law sets them. "+
		"Of the others, %d rest on a source whose words were not read, or not those that set the limit: they say so wherever they are shown.",
		count(c.on+c.off, "timescale", "timescales"), c.on, c.off, c.local, c.unread)
}

func (b *book) byPathway() string {
	var rows [][]string
	for _, p := range b.pack.Pathways {
		c := b.tallied(func(t *timescale.Timescale) bool { return t.Pathway == p })
		rows = append(rows, append([]string{fmt.Sprintf("[%s](%s)", pathwayName(p), pathwayFile(p))}, c.cells()...))
	}
	rows = append(rows, append([]string{"**All**"}, b.tallied(whichever).cells()...))
	return table([]string{"Pathway", "In force", "Off", "All", "of these local", "not read"}, 1, rows)
}

// byReading counts the timescales by how the words of their latest source are known.
func (b *book) byReading() string {
	var rows [][]string
	add := func(kind string, holds func(*timescale.Edition) bool) {
		c := b.tallied(func(t *timescale.Timescale) bool { return holds(latest(t)) })
		if c.on+c.off > 0 {
			rows = append(rows, []string{kind, fmt.Sprint(c.on), fmt.Sprint(c.off), fmt.Sprint(c.on + c.off)})
		}
	}
	isLocal := func(e *timescale.Edition) bool { return e.Status == timescale.StatusLocal }
	for _, kind := range readings {
		add(kind.words, func(e *timescale.Edition) bool { return !isLocal(e) && e.Checked.Read == kind.read })
	}
	add("Local: a council sets the number", isLocal)
	c := b.tallied(whichever)
	rows = append(rows, []string{"**All**", fmt.Sprint(c.on), fmt.Sprint(c.off), fmt.Sprint(c.on + c.off)})
	return table([]string{"What was read", "In force", "Off", "All"}, 1, rows)
}

var readings = []struct {
	read  timescale.Reading
	words string
}{
	{timescale.OwnWords, "The instrument's own words"},
	{timescale.Through, "Its words through another text"},
	{timescale.Part, "A part, which does not show the limit"},
	{timescale.Similar, "Only a similar text, which does not show the limit"},
	{timescale.NotRead, "Nothing yet"},
	{"", "Nobody has said"},
}

func (b *book) byStatus() string {
	var rows [][]string
	for _, status := range timescale.Statuses {
		c := b.tallied(func(t *timescale.Timescale) bool { return latest(t).Status == status })
		if c.on+c.off > 0 {
			rows = append(rows, []string{capital(status), fmt.Sprint(c.on), fmt.Sprint(c.off), fmt.Sprint(c.on + c.off), fmt.Sprint(c.unread)})
		}
	}
	return table([]string{"Status", "In force", "Off", "All", "of these not read"}, 1, rows)
}

// byReason lists why timescales are off, the most frequent reason first.
func (b *book) byReason() string {
	var reasons []string
	byReason := map[string][]string{}
	for _, p := range b.pack.Pathways {
		_, off := b.rulesOf(p)
		for _, t := range off {
			if byReason[t.Off] == nil {
				reasons = append(reasons, t.Off)
			}
			byReason[t.Off] = append(byReason[t.Off], link(t, indexFile))
		}
	}
	slices.SortStableFunc(reasons, func(x, y string) int { return cmp.Compare(len(byReason[y]), len(byReason[x])) })
	var rows [][]string
	for _, reason := range reasons {
		refs := byReason[reason]
		rows = append(rows, []string{capital(reason), strings.Join(refs, " "), fmt.Sprint(len(refs))})
	}
	return table([]string{"Reason", "Which", "How many"}, 2, rows)
}

func (b *book) allRules() string {
	var rows [][]string
	for _, p := range b.pack.Pathways {
		on, off := b.rulesOf(p)
		for _, list := range [][]*timescale.Timescale{on, off} {
			for _, t := range list {
				rows = append(rows, []string{
					link(t, indexFile), t.Title, pathwayName(p), capital(shortLimit(t)), shortStatus(t), inForce(t),
				})
			}
		}
	}
	return table([]string{"Ref", "Timescale", "Pathway", "Limit", "Status", "In force"}, textOnly, rows)
}
