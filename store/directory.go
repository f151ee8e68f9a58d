package store

import (
	"context"
	"time"

	"longstop/casework"
	"longstop/organisation"
)

// knownPeople is a directory and the revision of the people that it was made from.
type knownPeople struct {
	revision int64
	dir      *organisation.Directory
}

// directory is who works where as of a revision or later. It is read again only when
// people were recorded since.
func (s *Store) directory(ctx context.Context, q querier, revision int64) (*organisation.Directory, error) {
	if p := s.people.Load(); p != nil && p.revision >= revision {
		return p.dir, nil
	}
	// The revision is read first: should more be recorded in between, the directory is
	// newer than its revision says, and is read once more.
	var now int64
	if err := q.QueryRow(ctx, `select revision from people`).Scan(&now); err != nil {
		return nil, err
	}
	events, err := staffEvents(ctx, q)
	if err != nil {
		return nil, err
	}
	dir := organisation.NewDirectory(events)
	s.people.Store(&knownPeople{revision: now, dir: dir})
	return dir, nil
}

// staffRow is a row of staff_events.
type staffRow struct {
	Source     string
	ID         string
	Type       string
	AtDay      *time.Time
	AtInstant  *time.Time
	Recorded   time.Time
	Data       map[string]any
	Corrects   *string
	Voids      *string
	RecordedBy *string
}

func (r *staffRow) event() casework.Event {
	return casework.Event{
		ID: r.ID, Source: r.Source, Type: r.Type, At: whenOf(r.AtDay, r.AtInstant), Recorded: casework.ToSecond(r.Recorded),
		Data: r.Data, Corrects: text(r.Corrects), Voids: text(r.Voids), By: text(r.RecordedBy),
	}
}

// staffEvents are all events of people and teams: some hundreds in a council.
func staffEvents(ctx context.Context, q querier) ([]casework.Event, error) {
	list, err := rows[staffRow](ctx, q, "reading the people", `
		select source, id, type, at_day, at_instant, `+recordedAs("staff_events", "staff_event")+` as recorded,
			data, corrects, voids, recorded_by
		from staff_events order by seq`)
	if err != nil {
		return nil, err
	}
	events := make([]casework.Event, len(list))
	for i := range list {
		events[i] = list[i].event()
	}
	return events, nil
}

// Employed reports whether somebody of a staff reference works here.
func (s *Store) Employed(ctx context.Context, ref string) (bool, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return false, explain(err)
	}
	return dir.Person(ref).Employed(), nil
}

// Team reports whether a team of a reference is recorded.
func (s *Store) Team(ctx context.Context, ref string) (bool, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return false, explain(err)
	}
	_, formed := dir.Team(ref)
	return formed, nil
}
