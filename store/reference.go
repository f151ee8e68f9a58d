package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// caseRef is what a source calls a case.
type caseRef struct{ source, reference string }

// split gives references to Postgres as two arrays.
func split(refs []caseRef) (sources, references []string) {
	for _, r := range refs {
		sources, references = append(sources, r.source), append(references, r.reference)
	}
	return sources, references
}

// refRow is a reference and the key of its case.
type refRow struct{ Source, Reference, CaseKey string }

// keysOf finds the cases of references; those that are not known are left out.
func keysOf(ctx context.Context, q querier, refs []caseRef) (map[caseRef]string, error) {
	sources, references := split(refs)
	list, err := rows[refRow](ctx, q, "finding the cases", `
		select r.source, r.reference, r.case_key::text
		from case_references r join unnest($1::text[], $2::text[]) as w(source, reference) using (source, reference)`,
		sources, references)
	if err != nil {
		return nil, err
	}
	keys := make(map[caseRef]string, len(list))
	for _, r := range list {
		keys[caseRef{r.Source, r.Reference}] = r.CaseKey
	}
	return keys, nil
}

// makeCases makes the cases of references that are new, and says which it made. Of several
// transactions that meet the same new reference one makes the case, and the others wait
// for it.
func makeCases(ctx context.Context, tx pgx.Tx, refs []caseRef) (made map[string]bool, err error) {
	sources, references := split(refs)
	batch := &pgx.Batch{}
	batch.Queue(`insert into sources (name) select distinct unnest($1::text[]) order by 1 on conflict do nothing`, sources)
	// In one order, so that two loads with the same new cases do not wait for each other.
	batch.Queue(`
		insert into case_references (source, reference, case_key)
		select source, reference, gen_random_uuid()
		from unnest($1::text[], $2::text[]) as w(source, reference) order by source, reference
		on conflict do nothing`, sources, references)
	batch.Queue(`
		insert into cases (key, planned_by)
		select case_key, (select coalesce(max(seq), 0) from laws_in_force) from case_references r join unnest($1::text[], $2::text[]) as w(source, reference) using (source, reference)
		order by case_key on conflict do nothing returning key::text`, sources, references).
		Query(func(r pgx.Rows) error {
			list, err := pgx.CollectRows(r, pgx.RowTo[string])
			made = make(map[string]bool, len(list))
			for _, key := range list {
				made[key] = true
			}
			return err
		})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("making the cases: %w", err)
	}
	return made, nil
}

// dropEmpty takes back cases that were made and got no event.
func dropEmpty(ctx context.Context, tx pgx.Tx, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	batch.Queue(`delete from case_references where case_key = any($1::uuid[])`, keys)
	batch.Queue(`delete from cases where key = any($1::uuid[])`, keys)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("dropping cases without events: %w", err)
	}
	return nil
}

// LinkReference lets a second source refer to a case by a reference of its own: what it
// records under it goes to the same case. Linking again changes nothing. It returns
// ErrUnknown where the first reference is none of the record's, and ErrLinked where the
// second one is another case's already: cases are not merged.
func (s *Store) LinkReference(ctx context.Context, source, reference, otherSource, otherReference string) error {
	first, second := caseRef{source, reference}, caseRef{otherSource, otherReference}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		keys, err := keysOf(ctx, tx, []caseRef{first})
		if err != nil {
			return err
		}
		key, ok := keys[first]
		if !ok {
			return ErrUnknown
		}
		if _, err := tx.Exec(ctx, `insert into sources (name) values ($1) on conflict do nothing`, otherSource); err != nil {
			return fmt.Errorf("naming the source: %w", err)
		}
		if _, err := tx.Exec(ctx, `
			insert into case_references (source, reference, case_key) values ($1, $2, $3) on conflict do nothing`,
			otherSource, otherReference, key); err != nil {
			return fmt.Errorf("linking the reference: %w", err)
		}
		keys, err = keysOf(ctx, tx, []caseRef{second})
		if err == nil && keys[second] != key {
			return ErrLinked
		}
		if err != nil {
			return err
		}
		// What the other source as a whole reports, it reports of this case too.
		_, err = tx.Exec(ctx, `
			insert into replans (case_key, why) select $1, 'a source was linked' where exists (select from attachments where source = $2)
			on conflict (case_key) do update set next_at = clock_timestamp()`, key, otherSource)
		return err
	})
}
