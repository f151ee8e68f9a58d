package loading

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"longstop/api"
	"longstop/intake"
	"longstop/store"
)

// firstOf ends the kind of a load of children that a feed names for the first time: their history.
const firstOf = "-first"

// AuthorityError says that a body is of another authority's children than the feed.
type AuthorityError struct{ Authority string } // of whose children it tells

// Error is one line that says what to do.
func (e *AuthorityError) Error() string {
	return "this source's feed is that of authority " + e.Authority + ", and the address names another. Check the code in the sender's settings; " +
		"if the code was wrong before, or the children have become another authority's, whoever runs Longstop says so with 'starter feed'"
}

// Fed is what became of a body of a feed.
type Fed struct {
	*api.Loaded
	// Children are those that were read, in their order.
	Children []FedChild
}

// FedChild is what was refused of one child of a body.
type FedChild struct {
	Number    int // in the body, from 1
	Reference string
	Places    intake.Places // nil where refusals are not found again in later bodies
	Aside     bool          // nothing of it was recorded, so it puts nothing right
	Refused   []store.FedRefusal
}

// refuse adds what was refused, but for what loses nothing.
func (c *FedChild) refuse(list []intake.Refusal) {
	if c.Places == nil {
		return
	}
	for i := range list {
		if place, ok := c.Places.Refused(list[i].Element); ok {
			c.add(store.FedRefusal{FedPlace: store.FedPlace(place), Reason: list[i].Reason})
		}
	}
}

// mostRefused bounds how much of what was refused of a child is listed: a body can hold a hundred thousand faults.
const mostRefused = 500

// add adds something that was refused. Of one place the first reason stays.
func (c *FedChild) add(r store.FedRefusal) {
	switch n := len(c.Refused); {
	case n > 0 && c.Refused[n-1].FedPlace == r.FedPlace:
	case n < mostRefused:
		c.Refused = append(c.Refused, r)
	case n == mostRefused:
		c.Refused = append(c.Refused, store.FedRefusal{FedPlace: store.FedPlace(c.Places.Child()), Reason: whyMore})
	}
}

// whyMore is the reason for a child with more refusals than are listed.
var whyMore = fmt.Sprintf("more of it was refused than the %d elements that are listed: mend what makes the body, and have the child sent whole", mostRefused)

// Changes loads a body of a feed: children who changed. There is nobody to ask, so it never asks; what the format says is
// taken back is taken back. It is refused whole, with nothing written, where the body is broken (*intake.BrokenError), where it is of
// another authority than the feed (*AuthorityError: that is the one of its first body until somebody says another, since two
// authorities give one id to two children), and where it would silence timescales that run (*SilenceError). Otherwise each child is
// loaded, or refused, by itself; so is one whose case cannot be worked out. Another error is one of reading or of the record: what
// was recorded by then stays, and loading the same body again does the rest.
//
// Children that the record holds nothing about from the feed are a backlog of their own: what their history finds overdue goes on
// one list. A body may take seconds; bodies of one source are to be loaded one after another.
func Changes(ctx context.Context, record Record, courier Courier, o Options) (*Fed, error) {
	found, err := check(ctx, o)
	if err != nil {
		return nil, err
	}
	l := &load{Options: o, record: record, courier: courier, found: found}
	l.result = &result{api.Loaded{Source: o.Source, SHA256: found.SHA256, Children: found.Children, RowsRefused: []api.LoadedRow{}, Queries: []api.LoadedRow{}}}
	l.result.header(found.Header)
	l.result.unknown(found.Unknown)
	of, err := record.FeedAuthority(ctx, o.Source, o.Format.Name())
	if err == nil {
		err = l.belongs(of)
	}
	if err != nil {
		return nil, err
	}
	first, later, err := l.changes(ctx)
	if err == nil {
		err = l.silences(ctx, first)
	}
	if err == nil {
		err = l.boundDeletions(ctx, later)
	}
	if err == nil {
		err = l.loadPart(ctx, first, true)
	}
	if err == nil {
		err = l.loadPart(ctx, later, false)
	}
	l.result.ChildrenNotTried = found.Children - l.tried
	l.refusedByRecord(slices.Concat(first, later))
	return &Fed{&l.result.Loaded, l.fed}, cmp.Or(err, l.failed)
}

// Settles reports whether what was recorded of the child puts right what an earlier body was refused at a place.
func (c *FedChild) Settles(p store.FedPlace) bool {
	return c.Places != nil && !c.Aside && c.Places.Settles(intake.Place(p))
}

// refusedByRecord notes the places of what the record did not take: events that it refused, and whole children.
func (l *load) refusedByRecord(diffs []diff) {
	reasons := map[string]string{}
	for i := range l.result.EventsRefused {
		reasons[l.result.EventsRefused[i].Event] = l.result.EventsRefused[i].Reason
	}
	for i := range diffs {
		at := slices.IndexFunc(l.fed, func(c FedChild) bool { return c.Number == diffs[i].place })
		if at < 0 || l.fed[at].Places == nil {
			continue
		}
		c := &l.fed[at]
		if why := diffs[i].aside; why != nil {
			c.Aside = true
			place := c.Places.Child()
			if why.element == "purge" {
				place, _ = c.Places.Refused(why.element)
			}
			c.Refused = append(c.Refused, store.FedRefusal{FedPlace: store.FedPlace(place), Reason: why.reason})
		}
		for _, e := range diffs[i].events {
			if reason, refused := reasons[e.ID]; refused {
				c.add(store.FedRefusal{FedPlace: store.FedPlace(c.Places.Event(e)), Reason: reason})
			}
		}
	}
}

// belongs returns an AuthorityError if the feed is of another authority than the body.
func (l *load) belongs(authority string) error {
	if authority != "" && authority != l.found.Header.Authority {
		return &AuthorityError{authority}
	}
	l.own = true
	return nil
}

// changes compares every child, and returns those that are new to the feed apart from the others.
func (l *load) changes(ctx context.Context) (first, later []diff, err error) {
	held, err := l.record.SourceEntries(ctx, l.Source, l.found.References)
	if err != nil {
		return nil, nil, err
	}
	err = l.readChildren(ctx, func(c *intake.Child) error {
		l.result.child(c, false)
		l.fed = append(l.fed, FedChild{Number: c.Place, Reference: c.Reference, Places: c.Places})
		fed := &l.fed[len(l.fed)-1]
		fed.refuse(c.Refused)
		if c.Reference == "" {
			l.tried++
			return ctx.Err()
		}
		compared := l.intake().Compare(held[c.Reference], *c)
		l.result.refuse(compared.Refused, "")
		fed.refuse(compared.Refused)
		if len(compared.Kept) > 0 {
			l.result.Kept = append(l.result.Kept, api.ChildRows{Child: c.Place, Line: c.Line, Rows: heldRows(compared.Kept)})
		}
		if len(compared.Taken) > 0 {
			l.result.TakenBack = append(l.result.TakenBack, api.ChildRows{Child: c.Place, Line: c.Line, Rows: heldRows(compared.Taken)})
		}
		d := l.diff(held[c.Reference], c)
		d.deletes = compared.Deleted && len(compared.Taken) > 0
		known := intake.Holds(l.Format.Layout(), held[c.Reference])
		if !known && !d.tells() {
			l.tried++ // a child who is deleted before anything was told of them opens no case
			return ctx.Err()
		}
		if known {
			later = append(later, d)
		} else {
			first = append(first, d)
		}
		return ctx.Err()
	})
	return first, later, err
}

// tells reports whether the feed says something of the child, other than that a source tells of it.
func (d *diff) tells() bool {
	for i := range d.events {
		if d.events[i].Type != intake.TypeSource {
			return true
		}
	}
	return false
}

// loadPart records children as a load of its own. A backlog that was not completed is completed with the next body: until
// then nobody is told what it found overdue.
func (l *load) loadPart(ctx context.Context, diffs []diff, first bool) error {
	kind := l.Format.Name()
	if first {
		kind += firstOf
	}
	if !slices.ContainsFunc(diffs, func(d diff) bool { return len(d.events) > 0 }) {
		l.result.known(diffs)
		l.tried += len(diffs)
		open, err := l.record.OpenBacklog(ctx, l.Source, kind)
		if err != nil || open == "" {
			return err
		}
		return l.record.CompleteLoad(ctx, open)
	}
	of, err := l.record.BindFeed(ctx, l.Source, l.Format.Name(), l.found.Header.Authority)
	if err == nil {
		err = l.belongs(of)
	}
	if err != nil {
		return err
	}
	id, backlog, err := l.record.BeginLoad(ctx, store.Load{Source: l.Source, Kind: kind, FileHash: l.found.SHA256, Backlog: first})
	if err != nil {
		return err
	}
	l.id, l.result.Backlog = id, l.result.Backlog || backlog
	tried, err := l.write(ctx, diffs)
	l.tried += tried
	if err != nil || l.failed != nil {
		return err
	}
	return l.record.CompleteLoad(ctx, id)
}

// known counts the facts that the record holds as the body states them.
func (r *result) known(diffs []diff) {
	for i := range diffs {
		r.count(&diffs[i], nil)
	}
}
