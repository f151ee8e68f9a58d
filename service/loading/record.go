package loading

import (
	"context"
	"time"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

// Record is what a load needs of the record.
type Record interface {
	SourceReferences(ctx context.Context, source string) ([]string, error)
	// Named returns those of some references that the source has given to a case.
	Named(ctx context.Context, source string, refs []string) ([]string, error)
	SourceEntries(ctx context.Context, source string, refs []string) (map[string][]casework.Event, error)
	Now(ctx context.Context) (time.Time, error)
	// FoldWith plans a case as it is, and as it would be with some more events of the source.
	FoldWith(ctx context.Context, source, ref string, more []casework.Event, asOf time.Time) (before, after *casework.Plan, err error)
	// FeedAuthority returns of which authority's children a feed tells, "" before its first body; BindFeed says so where
	// nothing does yet, and returns what stands.
	FeedAuthority(ctx context.Context, source, kind string) (string, error)
	BindFeed(ctx context.Context, source, kind, authority string) (string, error)
	BeginLoad(ctx context.Context, l store.Load) (loadID string, backlog bool, err error)
	LoadCases(ctx context.Context, loadID string, batch []store.CaseEvents) (store.Recorded, error)
	CompleteLoad(ctx context.Context, loadID string) error
	// CasesVoided counts the cases of which loads of a source and kind that began after an instant have voided something for a
	// reason, and all cases that the source has ever named.
	CasesVoided(ctx context.Context, source, kind, reason string, after time.Time) (voided, all int, err error)
	// OpenBacklog returns the id of a backlog of a source and kind that was never completed, or "".
	OpenBacklog(ctx context.Context, source, kind string) (loadID string, err error)
}

// Courier is told of the nudges of each batch, once it is recorded. It may block, so that a
// load does not run far ahead of its clocks; they wait in the record's outbox as well.
type Courier interface {
	Deliver(ctx context.Context, nudges []pathway.Nudge)
}
