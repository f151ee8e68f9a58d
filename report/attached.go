package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"longstop/api"
	"longstop/english"
)

// Attached says what attaching a source, or taking that back, did or would do.
func (p *Page) Attached(x *api.Attached) error {
	p.printf("%s\n", attachHeadline(x))
	p.attachedTimescales(x.Timescales)
	for _, line := range attachSentences(x) {
		p.printf("%s\n", line)
	}
	switch {
	case x.DryRun:
		p.printf("Nothing was written.\n")
	case x.Failure != nil:
		p.printf("Not finished: it is recorded, and not every case has it yet (%s). The worker program does the rest, and so does the same command again.\n", x.Failure.Reason)
	default:
		p.clocks(x.Clocks)
	}
	return p.err
}

// Attachments lists what sources report as a whole.
func (p *Page) Attachments(rows []api.Attachment) error {
	if len(rows) == 0 {
		p.printf("%s\n", p.hints.after("Nothing is attached to a source as a whole.", CasesAttached))
		return p.err
	}
	cells := [][]string{{"ID", "SOURCE", "FROM", "UNTIL", "SAID", "BY", "REPORTS"}}
	for _, r := range rows {
		cells = append(cells, []string{r.Attachment, r.Source, r.From, cmp.Or(r.Until, "-"), r.Said, r.By, strings.Join(r.Reports, " ")})
	}
	return p.tableAlone(cells)
}

// Feeds lists of which authority the children of feeds are.
func (p *Page) Feeds(rows []api.Feed) error {
	if len(rows) == 0 {
		p.printf("No feed has told of a child.\n")
		return p.err
	}
	cells := [][]string{{"SOURCE", "FEED", "AUTHORITY", "SAID", "BY", "REASON"}}
	for _, r := range rows {
		cells = append(cells, []string{r.Source, r.Kind, r.Authority, r.Said, r.By, r.Reason})
	}
	return p.tableAlone(cells)
}

// MovedFeed says of which authority the children of a feed are from now on.
func (p *Page) MovedFeed(f *api.Feed) error {
	switch {
	case !f.Changed:
		p.printf("Nothing has changed: the feed of %s is that of authority %s already.\n", f.Source, f.Authority)
	case f.Was == "":
		p.printf("The feed of %s is that of authority %s: bodies of any other are refused.\n", f.Source, f.Authority)
	default:
		p.printf("The feed of %s is that of authority %s from now on, and was that of %s: bodies of any other are refused.\n", f.Source, f.Authority, f.Was)
	}
	return p.err
}

// attachHeadline says who reports what, from when, in how many cases.
func attachHeadline(x *api.Attached) string {
	what := x.Source + " reports " + strings.Join(x.Reports, ", ") + " from " + x.From
	if x.Until != "" {
		what += " until " + x.Until
	}
	cases := english.Count(x.Cases, "case")
	id := x.Attachment.Attachment
	switch {
	case x.Void && x.DryRun:
		return "Taking back that " + what + ", in " + cases + ":"
	case x.Void:
		return "Taken back, in " + cases + ": " + what + "."
	case x.DryRun:
		return "If " + what + ", in " + cases + " and in those that come later:"
	case !x.Changed:
		return "Nothing has changed: it stands already that " + what + " (" + id + ")."
	default:
		return "Attached to " + cases + " and to those that come later: " + what + " (" + id + ")."
	}
}

func (p *Page) attachedTimescales(list []api.AttachTally) {
	if len(list) == 0 {
		return
	}
	rows := [][]string{{"", "COME ALIVE", "OVERDUE AT ONCE", "NO LONGER FOLLOWED", "SHOWN AS LATE"}}
	for _, t := range list {
		rows = append(rows, []string{
			t.Ref + " " + t.Title, strconv.Itoa(t.Alive), strconv.Itoa(t.Overdue), strconv.Itoa(t.Unfollowed), strconv.Itoa(t.Late),
		})
	}
	p.printf("\n")
	p.table("  ", rows...)
	p.printf("\n")
}

// attachSentences say the totals.
func attachSentences(x *api.Attached) []string {
	if !x.DryRun && !x.Changed {
		return nil
	}
	timescales := func(n int) string { return english.Count(n, "timescale") }
	alive := timescales(x.Alive) + " started to run"
	overdue := fmt.Sprintf(", of which %d %s overdue at once", x.Overdue, english.Are(x.Overdue))
	unfollowed := fmt.Sprintf("%s that ran until now %s followed no longer", timescales(x.Unfollowed), english.Are(x.Unfollowed))
	if x.DryRun {
		alive = timescales(x.Alive) + " would start to run"
		overdue = fmt.Sprintf(", of which %d would be overdue at once", x.Overdue)
		unfollowed = fmt.Sprintf("%s that %s now would be followed no longer", timescales(x.Unfollowed), english.Plural(x.Unfollowed, "runs", "run"))
	}
	if x.Alive > 0 {
		alive += overdue
	}
	list := []string{alive + "."}
	if x.Unfollowed > 0 {
		list = append(list, unfollowed+": nothing reports that they are done.")
	}
	return list
}
