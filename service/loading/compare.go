package loading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"longstop/api"
	"longstop/casework"
	"longstop/intake"
	"longstop/store"
)

// compare finds, before anything is written, what the load takes back of what the record holds:
// of the children of the return, and of those of the same period and authority that it does not
// hold. The error is a *GoneError where that must be confirmed.
func (l *load) compare(ctx context.Context) error {
	refs, err := l.record.SourceReferences(ctx, l.Source)
	if err != nil || len(refs) == 0 {
		return err
	}
	l.known = make(map[string]bool, len(refs))
	for _, ref := range refs {
		l.known[ref] = true
	}
	c := &comparison{load: l, tally: newTally()}
	if err := c.present(ctx); err != nil {
		return err
	}
	inReturn := make(map[string]bool, len(l.found.References))
	for _, ref := range l.found.References {
		inReturn[ref] = true
	}
	if err := c.absent(ctx, slices.DeleteFunc(refs, func(ref string) bool { return inReturn[ref] })); err != nil {
		return err
	}
	if err := c.clocks(ctx); err != nil {
		return err
	}
	l.result.Elements = c.tally.elements(l.Format.Layout(), l.found.Unknown)
	l.result.Moved = c.tally.moves()
	question := c.tally.question(l.result.Elements, l.result.Moved)
	if question == nil || l.ConfirmGone {
		return nil
	}
	l.result.Asks = question.Why
	// What was refused may be why.
	err = l.readChildren(ctx, func(child *intake.Child) error {
		l.result.child(child, l.ShowIDs)
		return nil
	})
	return cmp.Or[error](err, question)
}

// comparison is one run of compare.
type comparison struct {
	*load
	tally *tally
	batch []intake.Child
	stops []stop
}

// stop is what a load changes of a child that may stop its clocks.
type stop struct {
	child     api.ChildRows
	reference string
	// events say when the child was born or died; where something is taken back, the voids are among
	// them. Where nothing is, a void is of what was inferred, and gives way to what the return says now.
	events []casework.Event
	taken  bool // something is taken back
}

// intake is the load as package intake takes it.
func (l *load) intake() intake.Load {
	return intake.Load{
		Format: l.Format, Source: l.Source, Period: l.found.Header.Period, Day: l.Day, Authority: l.found.Header.Authority,
		Own: l.own,
	}
}

// present compares the children of the return that the record knows.
func (c *comparison) present(ctx context.Context) error {
	err := c.readChildren(ctx, func(child *intake.Child) error {
		if !c.known[child.Reference] {
			return nil
		}
		if c.batch = append(c.batch, *child); len(c.batch) < batchSize {
			return nil
		}
		return c.flush(ctx)
	})
	if err != nil {
		return err
	}
	return c.flush(ctx)
}

func (c *comparison) flush(ctx context.Context) error {
	if len(c.batch) == 0 {
		return nil
	}
	held, err := c.record.SourceEntries(ctx, c.Source, referencesOf(c.batch))
	if err != nil {
		return err
	}
	for i := range c.batch {
		child := &c.batch[i]
		compared := c.intake().Compare(held[child.Reference], *child)
		c.tally.present++
		if compared.Foreign {
			c.tally.foreign++
		} else if c.intake().OfPeriod(held[child.Reference]) {
			c.tally.children++
		}
		c.add(api.ChildRows{Child: child.Place, Line: child.Line}, child.Reference, &compared)
	}
	c.batch = c.batch[:0]
	return nil
}

// absent compares the children that the return does not hold. Where the id of a child of it could
// not be read, each of them may be that child: none is gone.
func (c *comparison) absent(ctx context.Context, refs []string) error {
	for chunk := range slices.Chunk(refs, batchSize) {
		held, err := c.record.SourceEntries(ctx, c.Source, chunk)
		if err != nil {
			return err
		}
		for _, ref := range chunk {
			compared := c.intake().Absent(held[ref])
			if compared.Foreign || !c.intake().Gone(held[ref]) || takenBack(held[ref], &compared) {
				continue
			}
			c.tally.children++
			if onlyEnds(&compared) { // there is nothing to take back
				c.add(api.ChildRows{}, ref, &compared)
				continue
			}
			if c.found.Unnamed > 0 {
				c.result.ChildrenKept++
				continue
			}
			c.tally.gone++
			c.gone = append(c.gone, ref)
			c.add(api.ChildRows{}, ref, &compared)
		}
	}
	c.result.ChildrenGone = len(c.gone)
	return nil
}

// onlyEnds reports whether all that is left of a child in the period are ends that stay.
func onlyEnds(compared *intake.Compared) bool {
	return len(compared.Events) == 0 && len(compared.Kept) > 0 &&
		!slices.ContainsFunc(compared.Kept, func(r intake.Row) bool { return r.Why != intake.WhyEnds })
}

// takenBack reports whether a load before this one took back what the record holds of a child: it
// is not gone again.
func takenBack(held []casework.Event, compared *intake.Compared) bool {
	voided := slices.ContainsFunc(held, func(e casework.Event) bool { return e.Voids != "" })
	return voided && len(compared.Events) == 0 && len(compared.Kept) == 0
}

// add notes what becomes of the rows of a child.
func (c *comparison) add(child api.ChildRows, ref string, compared *intake.Compared) {
	if c.ShowIDs {
		child.Reference = ref
	}
	c.tally.add(&child, compared)
	c.result.refuse(compared.Refused, child.Reference)
	if len(compared.Kept) > 0 {
		kept := child
		kept.Rows = heldRows(compared.Kept)
		c.result.Kept = append(c.result.Kept, kept)
	}
	for _, old := range compared.Old {
		c.result.Redated = append(c.result.Redated, redated(&child, old))
	}
	person := compared.Person()
	if len(compared.Taken)+len(person) > 0 {
		child.Rows = append(heldRows(compared.Taken), personRows(person)...)
		s := stop{child: child, reference: ref, events: person, taken: len(compared.Taken) > 0}
		if s.taken {
			s.events = append(voids(compared.Events), person...)
		}
		c.stops = append(c.stops, s)
	}
}

func voids(events []casework.Event) []casework.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.Voids == "" })
}

// mostClocks is for how many children it is worked out which clocks stop: a load that takes
// something back of more than these is looked at by its elements.
const mostClocks = 1000

// clocks finds which clocks stop, by planning each case as it is and as it would be, and names the
// children: those that something is taken back of, and those whose clocks stop by a birth or a death.
func (c *comparison) clocks(ctx context.Context) error {
	if len(c.stops) == 0 {
		return nil
	}
	now, err := c.record.Now(ctx)
	if err != nil {
		return err
	}
	// What is taken back is looked at first.
	slices.SortStableFunc(c.stops, func(a, b stop) int {
		switch {
		case a.taken == b.taken:
			return 0
		case a.taken:
			return -1
		}
		return 1
	})
	for i := range c.stops {
		s := &c.stops[i]
		if i >= mostClocks {
			s.child.ClocksUnknown = fmt.Sprintf("worked out for the first %d children only", mostClocks)
		} else if err := c.clocksOf(ctx, s, now); err != nil {
			return err
		}
		stops := len(s.child.Clocks) > 0 || s.child.ClocksUnknown != ""
		if !s.taken && !stops {
			continue
		}
		if !s.taken {
			c.tally.stopped++
		}
		c.result.TakenBack = append(c.result.TakenBack, s.child)
	}
	return nil
}

// clocksOf finds which clocks of one child stop.
func (c *comparison) clocksOf(ctx context.Context, s *stop, now time.Time) error {
	before, after, err := c.record.FoldWith(ctx, c.Source, s.reference, s.events, now)
	switch {
	case errors.Is(err, store.ErrCaseFault):
		s.child.ClocksUnknown = "the case cannot be worked out: see `starter duties`"
	case err != nil:
		return err
	default:
		s.child.Clocks = stopped(before, after, birthsOf(s.events))
	}
	return nil
}

// birthsOf are the entries of births.
func birthsOf(events []casework.Event) map[string]bool {
	births := map[string]bool{}
	for i := range events {
		if e := &events[i]; e.Type == "person.born" && e.Voids == "" {
			births[cmp.Or(e.Target(), e.ID)] = true
		}
	}
	return births
}

// stopped are the duties that are owed in one plan and not in another, though nothing met them. What
// the birth itself ends, since it was owed before it, is left out: that is what births do.
func stopped(before, after *casework.Plan, births map[string]bool) []api.StoppedClock {
	var list []api.StoppedClock
	for i := range before.Duties {
		d := &before.Duties[i]
		state := d.State(before.AsOf)
		if !d.Open() || state == casework.Unreported {
			continue
		}
		now := after.Duty(d.ID)
		if now != nil && (now.Met || births[now.EndedBy] || now.Open() && now.State(after.AsOf) != casework.Unreported) {
			continue
		}
		list = append(list, api.StoppedClock{Ref: d.Ref, Title: d.Rule.Title, Due: d.DueText(), State: string(state)})
	}
	return list
}
