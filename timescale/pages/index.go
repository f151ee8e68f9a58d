package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/english"
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
	s.WriteString("## Stages\n\n" + b.byPathway())
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
		english.Count(c.on+c.off, "timescale"), c.on, c.off, c.local, c.unread)
}

func (b *book) byPathway() string {
	var rows [][]string
	for _, p := range b.pack.Pathways {
		c := b.tallied(func(t *timescale.Timescale) bool { return t.Pathway == p })
		rows = append(rows, append([]string{fmt.Sprintf("[%s](%s)", english.Stage(p), pathwayFile(p))}, c.cells()...))
	}
	rows = append(rows, append([]string{"**All**"}, b.tallied(whichever).cells()...))
	return table([]string{"Stage", "In force", "Off", "All", "of these local", "not read"}, 1, rows)
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
			rows = append(rows, []string{english.Capital(status), fmt.Sprint(c.on), fmt.Sprint(c.off), fmt.Sprint(c.on + c.off), fmt.Sprint(c.unread)})
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
		rows = append(rows, []string{english.Capital(reason), strings.Join(refs, " "), fmt.Sprint(len(refs))})
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
					link(t, indexFile), t.Title, english.Stage(p), english.Capital(b.shortLimit(t)), shortStatus(t), inForce(t),
				})
			}
		}
	}
	return table([]string{"Ref", "Timescale", "Stage", "Limit", "Status", "In force"}, textOnly, rows)
}

// howToRead explains the words of a timescale's section once, with what holds for all.
func (b *book) howToRead() string {
	return "## How to read a timescale\n\n" +
		"- **Starts when:** the day on which it happens is day 0, unless the limit begins with the day. A second start changes " +
		"nothing while the timescale runs, unless every start has a timescale of its own.\n" +
		"- **Limit:** a limit in days runs to the end of its last day, in London. Working days are Monday to Friday less the bank " +
		"holidays of England and Wales; weeks, months and hours run through weekends.\n" +
		"- **Done when:** the day on which it happened counts, and not the day on which it was recorded.\n" +
		"- **Ends without being done:** it is no longer owed. " + b.endsAll() + "\n" +
		"- **Status** and **source:** what sets the number. *Local* means that no law does: to be out of timescale is then not a breach of law. " +
		"A number that is local and in force is *a default of Longstop, which your council has not set*, until an overlay confirms or changes it. " +
		"What councils use instead is listed in [what a council sets](" + unsetFile + ").\n" +
		"- **Checked:** how the words of the source are known, and when that was looked at. *Read in part* and *only a similar text read* (a text of the same structure, " +
		"of Wales for example) do not show the limit, and nor does *not read*; *through another text* does, by a text that quotes or states the words.\n" +
		"- **Applies to:** the day of the start chooses the edition, and that edition governs the timescale for as long as it runs.\n" +
		"- Names such as `cp_visit.made` are the events as the programs spell them: [all of them](" + wordsFile + ").\n\n"
}

// endsAll returns what ends every timescale of a case.
func (b *book) endsAll() string {
	words := make([]string, len(b.pack.CaseEnds))
	for i, name := range b.pack.CaseEnds {
		words[i] = b.phrase(name)
	}
	return fmt.Sprintf("Every timescale of a case ends when %s; a closing that carries the id of a referral ends those of that referral, "+
		"and with the last referral that is open also those that carry none. Nothing starts after a child has died. Timescales counted in days end on the 18th birthday, but for those of leaving care.",
		english.Or(words))
}
