package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
)

// attachEffect says what an attachment does to the duties of its source's cases.
type attachEffect struct {
	Cases int `json:"cases"`
	attachTally
	Timescales []attachTally `json:"timescales"`
}

// attachTally counts duties, of one timescale or of all.
type attachTally struct {
	Ref        string `json:"ref,omitempty"`
	Title      string `json:"title,omitempty"`
	Alive      int    `json:"clocks_alive"`       // they were unreported, and run
	Overdue    int    `json:"overdue_at_once"`    // of these
	Unfollowed int    `json:"followed_no_longer"` // they ran, and would be unreported
	Late       int    `json:"shown_as_late"`      // they are met, were unreported, and would be shown as late
}

func (t *attachTally) add(o attachTally) {
	t.Alive += o.Alive
	t.Overdue += o.Overdue
	t.Unfollowed += o.Unfollowed
	t.Late += o.Late
}

// count counts one duty by how it stands without and with the attachment.
func (t *attachTally) count(c *casework.Change) {
	switch before, after := c.StateBefore == casework.Unreported, c.StateAfter == casework.Unreported; {
	case before && !after && c.After.Open():
		t.Alive++
		if c.StateAfter == casework.Overdue {
			t.Overdue++
		}
	case !before && after && c.After.Open():
		t.Unfollowed++
	case before && c.StateAfter == casework.MetLate:
		t.Late++
	}
}

// effect plans every case of the source twice, without and with what would be attached.
func (x *attaching) effect(s *session) (attachEffect, error) {
	var out attachEffect
	if err := s.readsCases(); err != nil {
		return out, err
	}
	if err := s.goByRecord(); err != nil {
		return out, err
	}
	var cases [][]casework.Event
	reading := s.app.progress("cases read", 0)
	err := s.record.EachCaseOf(s.app.ctx, x.row.Source, func(_ string, events []casework.Event) error {
		cases = append(cases, events)
		reading.step()
		return nil
	})
	reading.End()
	if err != nil {
		return out, err
	}
	book, moment := s.record.Book(), casework.Moment{AsOf: s.app.now()}
	p := s.app.progress("cases compared", len(cases))
	changes, err := eachCase(s.app.ctx, cases, func(events []casework.Event) []casework.Change {
		e := x.preview(book, events, moment.AsOf)
		if e.ID == "" {
			return nil
		}
		return casework.Compare(book.Fold(events, moment), book.Fold(append(slices.Clip(events), e), moment))
	}, p.step)
	p.End()
	if err != nil {
		return out, err
	}
	out.Cases = len(cases)
	out.tally(book, slices.Concat(changes...))
	return out, nil
}

func (x *attachEffect) tally(book *casework.Book, changes []casework.Change) {
	byRef := map[string]*attachTally{}
	for i := range changes {
		if changes[i].Before == nil || changes[i].After == nil {
			continue
		}
		ref := changes[i].After.Ref
		if byRef[ref] == nil {
			byRef[ref] = &attachTally{Ref: ref, Title: titleUnder(ref, book)}
		}
		byRef[ref].count(&changes[i])
	}
	x.Timescales = []attachTally{}
	for _, ref := range slices.Sorted(maps.Keys(byRef)) {
		t := *byRef[ref]
		if t.Alive+t.Unfollowed+t.Late > 0 {
			x.Timescales = append(x.Timescales, t)
			x.add(t)
		}
	}
}

// refsUnfollowed names the timescales whose clocks would be followed no longer.
func (x *attachEffect) refsUnfollowed() string {
	var refs []string
	for _, t := range x.Timescales {
		if t.Unfollowed > 0 {
			refs = append(refs, t.Ref)
		}
	}
	return strings.Join(refs, ", ")
}

// attachDone says what attaching a source did, or would do.
type attachDone struct {
	attachRow
	Changed bool `json:"changed"`
	DryRun  bool `json:"dry_run,omitempty"`
	attachEffect
	Clocks       api.Clocks `json:"clocks"`
	*api.Failure            // nil where every case was planned again

	why error // why nudges wait
}

func (x *attachDone) print(a *app, asJSON bool, of *attaching) error {
	if asJSON {
		if x.Clocks.Waiting > 0 {
			a.say(waitWords(x.Clocks.Waiting, x.why))
		}
		return a.printJSON(x)
	}
	a.printf("%s\n", x.headline(of))
	if err := x.printTable(a); err != nil {
		return err
	}
	for _, line := range x.sentences() {
		a.printf("%s\n", line)
	}
	switch {
	case x.DryRun:
		a.printf("Nothing was written.\n")
	case x.Failure != nil:
		a.printf("Not finished: it is recorded, and not every case has it yet (%s). The worker program does the rest, and so does the same command again.\n", x.Failure.Reason)
	default:
		printWaiting(a, x.Clocks, x.why)
	}
	return nil
}

// headline says who reports what, from when, in how many cases.
func (x *attachDone) headline(of *attaching) string {
	what := x.Source + " reports " + strings.Join(x.Reports, ", ") + " from " + x.From
	if x.Until != "" {
		what += " until " + x.Until
	}
	cases := strconv.Itoa(x.Cases) + " " + english.Plural(x.Cases, "case", "cases")
	switch {
	case of.void && x.DryRun:
		return "Taking back that " + what + ", in " + cases + ":"
	case of.void:
		return "Taken back, in " + cases + ": " + what + "."
	case x.DryRun:
		return "If " + what + ", in " + cases + " and in those that come later:"
	case !x.Changed:
		return "Nothing has changed: it stands already that " + what + " (" + x.Attachment + ")."
	default:
		return "Attached to " + cases + " and to those that come later: " + what + " (" + x.Attachment + ")."
	}
}

func (x *attachDone) printTable(a *app) error {
	if len(x.Timescales) == 0 {
		return nil
	}
	rows := [][]string{{"", "COME ALIVE", "OVERDUE AT ONCE", "NO LONGER FOLLOWED", "SHOWN AS LATE"}}
	for _, t := range x.Timescales {
		rows = append(rows, []string{
			t.Ref + " " + t.Title, strconv.Itoa(t.Alive), strconv.Itoa(t.Overdue), strconv.Itoa(t.Unfollowed), strconv.Itoa(t.Late),
		})
	}
	a.printf("\n")
	err := a.table("  ", rows...)
	a.printf("\n")
	return err
}

// sentences say the totals.
func (x *attachDone) sentences() []string {
	if !x.DryRun && !x.Changed {
		return nil
	}
	alive := fmt.Sprintf("%d %s started to run", x.Alive, english.Plural(x.Alive, "timescale", "timescales"))
	overdue := fmt.Sprintf(", of which %d %s overdue at once", x.Overdue, english.Are(x.Overdue))
	unfollowed := fmt.Sprintf("%d %s that ran until now %s followed no longer", x.Unfollowed, english.Plural(x.Unfollowed, "timescale", "timescales"), english.Are(x.Unfollowed))
	if x.DryRun {
		alive = fmt.Sprintf("%d %s would start to run", x.Alive, english.Plural(x.Alive, "timescale", "timescales"))
		overdue = fmt.Sprintf(", of which %d would be overdue at once", x.Overdue)
		unfollowed = fmt.Sprintf("%d %s that %s now would be followed no longer", x.Unfollowed, english.Plural(x.Unfollowed, "timescale", "timescales"), runs(x.Unfollowed))
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
