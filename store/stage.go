package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// stagedColumns are the columns of the staging table: an event as it was handed in, under
// its place among those of the transaction.
var stagedColumns = []string{
	"n", "source", "id", "type", "at_day", "at_instant", "data", "episode", "corrects", "voids", "recorded_by",
}

// stage copies a transaction's events to the server. The table is this connection's own
// and empty again after the transaction. An event that could not be kept is left out: it
// will be refused.
func stage(ctx context.Context, tx pgx.Tx, batches []caseBatch) error {
	_, err := tx.Exec(ctx, `
		create temporary table if not exists staged_events (
			n integer not null, source text not null, id text not null, type text not null, at_day date,
			at_instant timestamptz, data jsonb, episode text, corrects text, voids text, recorded_by text
		) on commit delete rows`)
	if err != nil {
		return fmt.Errorf("making the staging table: %w", err)
	}
	var list [][]any
	for i := range batches {
		for j := range batches[i].events {
			e := &batches[i].events[j]
			if storable(&e.Event) != nil {
				continue
			}
			data, err := json.Marshal(e.Data)
			if err != nil {
				return fmt.Errorf("staging the events: %w", err)
			}
			if len(e.Data) == 0 {
				data = nil
			}
			list = append(list, []any{
				e.n, e.Source, e.ID, e.Type, dayOf(e.At.Day), pointer(e.At.Instant), data,
				nullable(e.Episode), nullable(e.Corrects), nullable(e.Voids), nullable(e.By),
			})
		}
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"staged_events"}, stagedColumns, pgx.CopyFromRows(list)); err != nil {
		return fmt.Errorf("staging the events: %w", err)
	}
	return nil
}

// insertStaged queues the writing of the events that were accepted, from the staging table,
// and of those that the record itself made, as elsewhere.
func insertStaged(batch *pgx.Batch, list []addedEvent) error {
	var places []int32
	var keys []string
	var recorded []time.Time
	var own []addedEvent
	var load *loading
	for i := range list {
		e := &list[i]
		load = e.load
		if e.n < 0 {
			own = append(own, *e)
			continue
		}
		places, keys, recorded = append(places, int32(e.n)), append(keys, e.Case), append(recorded, e.Recorded)
	}
	if len(places) > 0 {
		batch.Queue(`
			insert into events (case_key, source, id, type, at_day, at_instant, recorded, data, episode, corrects, voids,
				recorded_by, load_id, backlog)
			select a.case_key, s.source, s.id, s.type, s.at_day, s.at_instant, a.recorded, s.data, s.episode, s.corrects, s.voids,
				s.recorded_by, $4, $5
			from unnest($1::integer[], $2::uuid[], $3::timestamptz[]) with ordinality as a(n, case_key, recorded, o)
			join staged_events s on s.n = a.n order by a.o`, places, keys, recorded, load.id, load.backlog)
	}
	return insertEvents(batch, own)
}
