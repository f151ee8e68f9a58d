package loading

import (
	"context"
	"fmt"
	"slices"
	"time"

	"longstop/api"
	"longstop/intake"
)

// deletionsWithin is how far back the deletions of a feed are counted: bodies hold a hundred children, and a night has many.
const deletionsWithin = 24 * time.Hour

// boundDeletions refuses all deletions of a body where, with those of the day before, they are more than may be made without
// a question: then the fault is most likely the sender's, and not that of so many children.
func (l *load) boundDeletions(ctx context.Context, diffs []diff) error {
	now := 0
	for i := range diffs {
		if diffs[i].deletes {
			now++
		}
	}
	if now == 0 || l.ConfirmDeleted {
		return nil
	}
	at, err := l.record.Now(ctx)
	if err != nil {
		return err
	}
	before, children, err := l.record.CasesVoided(ctx, l.Source, l.Format.Name(), intake.WhyDeleted, at.Add(-deletionsWithin))
	if err != nil || !intake.TooManyDeleted(before+now, children) {
		return err
	}
	reason := fmt.Sprintf("is not carried out: with it %d children would be deleted within a day, and what the record holds of this one stays; "+
		"where that is meant, send the deletions again with ?confirm_purge=true at the end of the address", before+now)
	for i := range diffs {
		d := &diffs[i]
		if !d.deletes {
			continue
		}
		d.events, d.known = nil, 0
		of := func(r api.ChildRows) bool { return r.Child == d.place }
		l.result.TakenBack, l.result.Kept = slices.DeleteFunc(l.result.TakenBack, of), slices.DeleteFunc(l.result.Kept, of)
		l.result.putAside(d, "purge", reason)
	}
	return nil
}
