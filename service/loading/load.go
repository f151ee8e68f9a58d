package loading

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"longstop/api"
	"longstop/casework"
	"longstop/intake"
	"longstop/internal/ctxio"
	"longstop/store"
)

// Return loads a return. It is refused whole, with nothing written, where the file is
// broken or is of a period that has not begun (*intake.BrokenError), and where it would take
// back so much that it must be confirmed (*GoneError), when the result says what; faulty rows are
// refused one by one, and the rest is loaded. Another error
// is one of reading or of the record, or the context's: what was recorded by then stays,
// the result says what was not tried, and loading the same file again does the rest. The
// result is nil where the file was refused or could not be read.
func Return(ctx context.Context, record Record, courier Courier, o Options) (*api.Loaded, error) {
	found, err := check(ctx, o)
	if err != nil {
		return nil, err
	}
	l := &load{Options: o, record: record, courier: courier, found: found}
	l.result = &result{api.Loaded{
		Source: o.Source, DryRun: o.DryRun, SHA256: found.SHA256, Children: found.Children, RowsRefused: []api.LoadedRow{}, Queries: []api.LoadedRow{},
	}}
	l.result.header(found.Header)
	l.result.unknown(found.Unknown)
	err = l.steps(ctx)
	var gone *GoneError
	var broken *intake.BrokenError
	switch {
	case errors.As(err, &gone):
		return &l.result.Loaded, err
	case errors.As(err, &broken) && l.tried == 0:
		return nil, err
	}
	l.result.ChildrenNotTried, l.result.GoneNotTried = found.Children-l.tried, len(l.gone)-l.voided
	return &l.result.Loaded, err
}

func (l *load) steps(ctx context.Context) error {
	for _, step := range []func(context.Context) error{l.compare, l.begin, l.children, l.takeBack} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if l.failed != nil { // the load goes on under its id when it is loaded again
		return l.failed
	}
	return l.complete(ctx)
}

// check is the first pass.
func check(ctx context.Context, o Options) (*intake.Contents, error) {
	in, err := o.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	return o.Format.Check(ctxio.NewReader(ctx, in), o.Day)
}

// load is one loading of a return.
type load struct {
	Options
	record  Record
	courier Courier
	found   *intake.Contents
	result  *result

	id    string
	own   bool            // the source is found to be of the authority
	known map[string]bool // the children that the record holds from this source
	gone  []string        // those of them that are gone from the return
	batch []intake.Child
	fed   []FedChild // of a feed

	read   int   // children that the second pass has read
	tried  int   // children whose facts are recorded, known or refused
	voided int   // of those that are gone
	failed error // why single children were not tried, while the others were
}

func (l *load) begin(ctx context.Context) error {
	l.result.Backlog = len(l.known) == 0
	if l.DryRun {
		return nil
	}
	var err error
	l.id, l.result.Backlog, err = l.record.BeginLoad(ctx, store.Load{Source: l.Source, Kind: l.Format.Name(), FileHash: l.found.SHA256})
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
	err := l.readChildren(ctx, func(c *intake.Child) error {
		l.read++
		l.result.child(c, l.ShowIDs)
		if c.Reference == "" {
			l.tried++
		} else {
			l.batch = append(l.batch, *c)
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

// readChildren reads the file that was checked, a child at a time.
func (l *load) readChildren(ctx context.Context, each func(*intake.Child) error) error {
	in, err := l.Open()
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	return l.Format.Read(ctxio.NewReader(ctx, in), l.found, l.Day, func(c intake.Child) error { return each(&c) })
}

// flush records the batch.
func (l *load) flush(ctx context.Context) error {
	held, err := l.held(ctx, referencesOf(l.batch))
	if err != nil {
		return err
	}
	diffs := make([]diff, len(l.batch))
	for i := range l.batch {
		c := &l.batch[i]
		diffs[i] = l.diff(held[c.Reference], c)
	}
	l.batch = l.batch[:0]
	tried, err := l.write(ctx, diffs)
	l.tried += tried
	if err != nil {
		return err
	}
	if l.Progress != nil {
		l.Progress(l.read, l.found.Children)
	}
	return nil
}

// diff is what is to be recorded of a child.
type diff struct {
	reference string
	place     int // in the file; 0: it is not in the return
	line      int
	events    []casework.Event
	known     int  // facts that the record holds as the return states them
	deletes   bool // the child is deleted, and something of it is taken back
	aside     *aside
}

// aside is why nothing of a child of a feed is recorded; nil where it is.
type aside struct {
	element string // "purge", or "child"
	reason  string
}

func (l *load) diff(held []casework.Event, c *intake.Child) diff {
	events := l.intake().Compare(held, *c).Events
	all := len(events)
	if len(held) > 0 {
		all = len(l.intake().Compare(nil, *c).Events)
	}
	for i := range events {
		if events[i].Voids == "" {
			all--
		}
	}
	return diff{reference: c.Reference, place: c.Place, line: c.Line, events: events, known: max(0, all)}
}

// takeBack voids what the record holds of the children that are gone.
func (l *load) takeBack(ctx context.Context) error {
	for chunk := range slices.Chunk(l.gone, batchSize) {
		held, err := l.record.SourceEntries(ctx, l.Source, chunk)
		if err != nil {
			return err
		}
		diffs := make([]diff, len(chunk))
		for i, ref := range chunk {
			diffs[i] = diff{reference: ref, events: l.intake().Absent(held[ref]).Events}
		}
		tried, err := l.write(ctx, diffs)
		l.voided += tried
		if err != nil {
			return err
		}
	}
	return nil
}

// write records diffs, and returns how many of them were tried. Only these are counted.
func (l *load) write(ctx context.Context, diffs []diff) (tried int, err error) {
	recorded, err := l.recordBatch(ctx, diffs)
	refused := map[string]bool{}
	for i := range recorded.Refused {
		refused[recorded.Refused[i].Event] = true
	}
	aside := l.own && onlyFaults(&recorded)
	for i := range diffs {
		switch _, left := recorded.NotTried[diffs[i].reference]; {
		case !left:
			l.result.count(&diffs[i], refused)
			tried++
		case aside:
			l.result.notWorkedOut(&diffs[i])
			tried++
		}
	}
	if aside {
		return tried, nil
	}
	if err != nil && !recorded.Stopped {
		l.failed, err = cmp.Or(l.failed, err), nil
	}
	return tried, err
}

// onlyFaults reports whether all that was not tried was of cases that cannot be worked out. That does not pass by itself:
// whoever sends it again is answered the same, for as long as nobody mends it.
func onlyFaults(r *store.Recorded) bool {
	return !r.Stopped && len(r.Failed) > 0 && !slices.ContainsFunc(r.Failed, func(err error) bool { return !errors.Is(err, store.ErrCaseFault) })
}

// recordBatch records what there is to record, and hands the nudges to the courier.
func (l *load) recordBatch(ctx context.Context, diffs []diff) (store.Recorded, error) {
	var cases []store.CaseEvents
	for i := range diffs {
		if len(diffs[i].events) > 0 {
			cases = append(cases, store.CaseEvents{Reference: diffs[i].reference, Events: diffs[i].events})
		}
	}
	if l.DryRun || len(cases) == 0 {
		return store.Recorded{}, nil
	}
	recorded, err := l.record.LoadCases(ctx, l.id, cases)
	l.result.countRecorded(&recorded, diffs)
	if len(recorded.Nudges) > 0 {
		l.courier.Deliver(ctx, recorded.Nudges)
	}
	return recorded, err
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

func referencesOf(children []intake.Child) []string {
	refs := make([]string, len(children))
	for i := range children {
		refs[i] = children[i].Reference
	}
	return refs
}
