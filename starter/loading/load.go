package loading

import (
	"context"
	"fmt"

	"longstop/casework"
	"longstop/intake/cincensus"
	"longstop/store"
)

// Return loads a return. It is refused whole, with nothing written, where the file is
// broken (*cincensus.BrokenError), and where too many children are gone from it
// (*GoneError); faulty rows are refused one by one, and the rest is loaded. Another error
// is one of reading or of the record: what was recorded by then stays, and loading the
// same file again records the rest.
func Return(ctx context.Context, record Record, courier Courier, o Options) (*Result, error) {
	found, err := check(o)
	if err != nil {
		return nil, err
	}
	l := &load{Options: o, record: record, courier: courier, found: found}
	l.result = &Result{Source: o.Source, DryRun: o.DryRun, SHA256: found.SHA256, RowsRefused: []Row{}, Queries: []Row{}}
	l.result.header(found.Header)
	l.result.unknown(found.Unknown)
	if err := l.compare(ctx); err != nil {
		return nil, err
	}
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	if err := l.children(ctx); err != nil {
		return l.result, err
	}
	if err := l.takeBack(ctx); err != nil {
		return l.result, err
	}
	return l.result, l.complete(ctx)
}

// check is the first pass.
func check(o Options) (*cincensus.Contents, error) {
	in, err := o.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	return cincensus.Check(in)
}

// load is one loading of a return.
type load struct {
	Options
	record  Record
	courier Courier
	found   *cincensus.Contents
	result  *Result

	id    string
	known map[string]bool // the children that the record holds from this source
	gone  []string        // those of them that are gone from the return
	batch []cincensus.Child
}

func (l *load) period() cincensus.Period { return l.found.Header.Period }

func (l *load) begin(ctx context.Context) error {
	l.result.Backlog = len(l.known) == 0
	if l.DryRun {
		return nil
	}
	var err error
	l.id, l.result.Backlog, err = l.record.BeginLoad(ctx, store.Load{Source: l.Source, Kind: "cin-census", FileHash: l.found.SHA256})
	return err
}

func (l *load) complete(ctx context.Context) error {
	if l.DryRun {
		return nil
	}
	return l.record.CompleteLoad(ctx, l.id)
}

// children is the second pass: every child, a batch at a time.
func (l *load) children(ctx context.Context) error {
	in, err := l.Open()
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	_, err = cincensus.Read(in, cincensus.Options{Checked: l.found, Calendar: l.Calendar}, func(c cincensus.Child) error {
		l.result.child(&c)
		if c.Reference != "" {
			l.batch = append(l.batch, c)
		}
		if len(l.batch) < batchSize {
			return ctx.Err()
		}
		return l.flush(ctx)
	})
	if err != nil {
		return err
	}
	return l.flush(ctx)
}

// flush records the batch.
func (l *load) flush(ctx context.Context) error {
	held, err := l.held(ctx, referencesOf(l.batch))
	if err != nil {
		return err
	}
	var cases []store.CaseEvents
	for i := range l.batch {
		c := &l.batch[i]
		events := l.diff(held[c.Reference], c)
		if len(events) > 0 {
			cases = append(cases, store.CaseEvents{Reference: c.Reference, Events: events})
		}
	}
	l.batch = l.batch[:0]
	if err := l.write(ctx, cases); err != nil {
		return err
	}
	if l.Progress != nil {
		l.Progress(l.result.Children, l.found.Children)
	}
	return nil
}

// diff is what is to be recorded of a child.
func (l *load) diff(held []casework.Event, c *cincensus.Child) []casework.Event {
	events := cincensus.Diff(l.Source, l.period(), held, *c, l.Day)
	all := len(events)
	if len(held) > 0 {
		all = len(cincensus.Diff(l.Source, l.period(), nil, *c, l.Day))
	}
	l.result.said(events, all)
	for i := range events {
		l.sign(&events[i])
	}
	return events
}

func (l *load) write(ctx context.Context, cases []store.CaseEvents) error {
	if l.DryRun || len(cases) == 0 {
		return nil
	}
	recorded, err := l.record.LoadCases(ctx, l.id, cases)
	l.result.recorded(&recorded, inferred(cases))
	if len(recorded.Nudges) > 0 {
		l.courier.Deliver(ctx, recorded.Nudges)
	}
	if err != nil {
		return fmt.Errorf("%w (what was recorded stays: load the same file again for the rest)", err)
	}
	return nil
}

// held is what the record holds of children; those that it does not know are not asked for.
func (l *load) held(ctx context.Context, refs []string) (map[string][]casework.Event, error) {
	var known []string
	for _, ref := range refs {
		if l.known[ref] {
			known = append(known, ref)
		}
	}
	if len(known) == 0 {
		return nil, nil
	}
	return l.record.SourceEntries(ctx, l.Source, known)
}

func referencesOf(children []cincensus.Child) []string {
	refs := make([]string, len(children))
	for i := range children {
		refs[i] = children[i].Reference
	}
	return refs
}
