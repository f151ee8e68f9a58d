package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// copyFrom is how many new duties are worth a COPY of their own.
const copyFrom = 200

// writeDuties makes the duties of the cases what their plans say. The cases are locked, so
// what their rows were when they were read is what they are: new ones are inserted, those
// that say something else are updated, and those that are no more are deleted.
func writeDuties(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, changes []*change) error {
	var fresh, altered []dutyRow
	var goneKeys, goneDuties []string
	for _, c := range changes {
		gone := maps.Clone(c.file.duties)
		duties := c.made.agenda.Plan.Duties
		for i := range duties {
			row := dutyRowOf(&duties[i], c.file.key, c.law.hash)
			digest, there := c.file.duties[row.Duty]
			switch {
			case !there:
				fresh = append(fresh, row)
			case digest != row.Digest:
				altered = append(altered, row)
			}
			delete(gone, row.Duty)
			c.file.duties[row.Duty] = row.Digest
		}
		for _, duty := range slices.Sorted(maps.Keys(gone)) {
			goneKeys, goneDuties = append(goneKeys, c.file.key), append(goneDuties, duty)
			delete(c.file.duties, duty)
		}
	}
	if goneKeys != nil {
		batch.Queue(`
			delete from duties d using unnest($1::uuid[], $2::text[]) as n(case_key, duty)
			where d.case_key = n.case_key and d.duty = n.duty`, goneKeys, goneDuties)
	}
	if err := queueAltered(batch, altered); err != nil {
		return err
	}
	return insertDuties(ctx, tx, batch, fresh)
}

func queueAltered(batch *pgx.Batch, list []dutyRow) error {
	if list == nil {
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the duties: %w", err)
	}
	var keys []string
	for i := range list {
		keys = append(keys, list[i].CaseKey)
	}
	slices.Sort(keys)
	facts := strings.Join(dutyColumns[2:], ", ")
	// The keys are said once more, or the planner would read every case's duties to find
	// those of one.
	sql, arg := byOne(`
		update duties d set (`+facts+`) = (n.`+strings.Join(dutyColumns[2:], ", n.")+`)
		from json_to_recordset($1::json) as n(`+dutyTypes+`)
		where d.case_key = {keys} and d.case_key = n.case_key and d.duty = n.duty`, "{keys}", "$2::uuid", slices.Compact(keys))
	batch.Queue(sql, doc, arg)
	return nil
}

func insertDuties(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, list []dutyRow) error {
	if len(list) >= copyFrom {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"duties"}, dutyColumns,
			pgx.CopyFromSlice(len(list), func(i int) ([]any, error) { return list[i].values(), nil }))
		if err != nil {
			return fmt.Errorf("writing the duties: %w", err)
		}
		return nil
	}
	if list == nil {
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the duties: %w", err)
	}
	names := strings.Join(dutyColumns, ", ")
	batch.Queue(`insert into duties (`+names+`) select `+names+` from json_to_recordset($1::json) as n(`+dutyTypes+`)`, doc)
	return nil
}
