package loading

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/english"
	"longstop/store"
)

// SilenceError says that timescales which run would be followed no longer, since from its first body on a feed says what it
// reports of a case, and then what nobody reports is not reported.
type SilenceError struct {
	Duties     int      // that run
	Timescales []string // their refs, sorted
}

// Error is one line that says what to do.
func (e *SilenceError) Error() string {
	return fmt.Sprintf("%s that %s now in cases of this source would be followed no longer (%s): the feed does not report what they wait for, and nothing says that anything else does. "+
		"Say first what else is reported of these cases, with 'starter attach' or /v1/attachments; where nothing reports it any more, attach what the feed reports, and confirm that",
		english.Count(e.Duties, "timescale"), english.Plural(e.Duties, "runs", "run"), strings.Join(e.Timescales, ", "))
}

// silences returns a SilenceError if the first bodies of children whose cases are known already would silence timescales.
func (l *load) silences(ctx context.Context, first []diff) error {
	refs := make([]string, len(first))
	for i := range first {
		refs[i] = first[i].reference
	}
	known, err := l.record.Named(ctx, l.Source, refs)
	if err != nil || len(known) == 0 {
		return err
	}
	now, err := l.record.Now(ctx)
	if err != nil {
		return err
	}
	lost, duties := map[string]bool{}, 0
	for i := range first {
		d := &first[i]
		if !slices.Contains(known, d.reference) {
			continue
		}
		before, after, err := l.record.FoldWith(ctx, l.Source, d.reference, d.events, now)
		if errors.Is(err, store.ErrCaseFault) {
			continue // it is told of when it is recorded
		}
		if err != nil {
			return err
		}
		for _, ref := range silenced(before, after) {
			lost[ref] = true
			duties++
		}
	}
	if duties == 0 {
		return nil
	}
	return &SilenceError{Duties: duties, Timescales: slices.Sorted(maps.Keys(lost))}
}

// silenced returns the ref of each duty that is followed in one plan, and owed in another without being followed.
func silenced(before, after *casework.Plan) (refs []string) {
	for i := range before.Duties {
		d := &before.Duties[i]
		if !d.Open() || d.State(before.AsOf) == casework.Unreported {
			continue
		}
		if now := after.Duty(d.ID); now != nil && now.Open() && now.State(after.AsOf) == casework.Unreported {
			refs = append(refs, d.Ref)
		}
	}
	return refs
}
