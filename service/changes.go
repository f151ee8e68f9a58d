package service

import (
	"context"
	"errors"

	"longstop/api"
	"longstop/store"
)

// ChangesQuery asks for a stretch of the feed of changes.
type ChangesQuery struct {
	After   string // a cursor; "" or "0": everything that is kept; LatestChange: nothing that is there already
	Limit   int    // at most so many; 0: ChangesAtOnce
	Details bool   // with the references of cases and the ids of duties
}

// LatestChange is the cursor behind everything that there is, in words.
const LatestChange = "latest"

// How many changes one answer holds.
const (
	ChangesAtOnce = 100
	MostChanges   = 1000
)

// The codes of a cursor that cannot be gone on from.
const (
	CursorOld       Code = "cursor_old"
	CursorElsewhere Code = "cursor_elsewhere"
)

// Changes returns what changed of duties after a cursor, in order. That something is read is noted before it is shown; a look that
// finds nothing leaves no trace.
func (s *Service) Changes(ctx context.Context, q ChangesQuery) (*api.Changes, error) {
	out := &api.Changes{Changes: []api.FeedChange{}}
	if err := s.record.Current(ctx); err != nil {
		return nil, err
	}
	if q.Limit == 0 {
		q.Limit = ChangesAtOnce
	}
	if q.Limit < 1 || q.Limit > MostChanges {
		return nil, misuse("limit", "it is a number from 1 to %d", MostChanges)
	}
	if q.After == LatestChange {
		end, err := s.record.FeedEnd(ctx)
		out.Cursor = end.String()
		return out, err
	}
	page, err := s.feed(ctx, q)
	if err != nil {
		return nil, err
	}
	out.Cursor, out.More = page.Next.String(), page.More
	if len(page.Items) == 0 {
		return out, nil
	}
	for i := range page.Items {
		out.Changes = append(out.Changes, api.FeedChangeOf(&page.Items[i], q.Details))
	}
	return out, s.reads(ctx, func(u *use) error { return u.readsCases(ctx) })
}

func (s *Service) feed(ctx context.Context, q ChangesQuery) (page store.FeedPage, err error) {
	after := store.Cursor{}
	if q.After != "" {
		if after, err = store.ParseCursor(q.After); err != nil {
			return page, misuse("after", "%w", err)
		}
	}
	page, err = s.record.Feed(ctx, after, q.Limit, q.Details)
	switch {
	case errors.Is(err, store.ErrCursorOld):
		return page, refusef(CursorOld, "%w: read how things stand (the timescales of every case), then go on from the cursor of latest, taken before", err)
	case errors.Is(err, store.ErrCursorElsewhere):
		return page, refusef(CursorElsewhere, "%w: read how things stand (the timescales of every case), then go on from the cursor of latest, taken before", err)
	}
	return page, err
}
