package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/timescale/load"
)

// shippedDocuments are the law that this program ships with.
func shippedDocuments() (documents, error) {
	pack, err := laid(load.EmbeddedFiles(), nil)
	return documents{pack: pack, calendar: ShippedCalendar()}, err
}

// ShippedCalendar is the bank holidays file that this program ships with, to be adopted.
func ShippedCalendar() []byte { return publishedFile(calendar.Published()) }

// installLaw puts the law that this program ships with in force where there is none.
func (s *Store) installLaw(ctx context.Context) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table laws_in_force in share row exclusive mode`); err != nil {
			return err
		}
		var any bool
		if err := tx.QueryRow(ctx, `select exists (select from laws_in_force)`).Scan(&any); err != nil || any {
			return err
		}
		shipped, err := shippedDocuments()
		if err != nil {
			return err
		}
		_, err = s.putInForce(ctx, tx, shipped, Law{
			Reason: "the rules that this release ships with; nothing was in force before", By: byRecorder,
		}, 0)
		return err
	})
}

// putInForce keeps the documents, puts them in force and queues every case. before is the
// adoption that was in force until now; 0 where there was none.
func (s *Store) putInForce(ctx context.Context, tx pgx.Tx, docs documents, l Law, before int64) (Adoption, error) {
	pack, cal, err := docs.read()
	if err != nil {
		return Adoption{}, err
	}
	_, err = tx.Exec(ctx, `
		insert into laws (hash, pack_name, pack_edition, pack_hash, pack, calendar_name, calendar)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		docs.hash(), pack.Name, pack.Edition, pack.Hash, docs.pack, cal.Edition(), docs.calendar)
	if err != nil {
		return Adoption{}, fmt.Errorf("keeping the law: %w", err)
	}
	var seq int64
	err = tx.QueryRow(ctx, `
		insert into laws_in_force (law, adopted, reason, by_whom) values ($1, $2, $3, $4) returning seq`,
		docs.hash(), s.now(), l.Reason, l.By).Scan(&seq)
	if err != nil {
		return Adoption{}, fmt.Errorf("putting the law in force: %w", err)
	}
	if before > 0 {
		if _, err := tx.Exec(ctx, queueCasesAgain+` order by key`+keepSince, before); err != nil {
			return Adoption{}, fmt.Errorf("queueing the cases: %w", err)
		}
	}
	return s.adoption(ctx, tx, ` where seq = $1`, seq)
}

// A case that waits already keeps the adoption by which it was planned last.
const (
	queueCasesAgain = `insert into replans (case_key, why, since) select key, 'the law changed', $1::bigint from cases`
	keepSince       = `
		on conflict (case_key) do update set why = excluded.why, since = coalesce(replans.since, excluded.since)`
)

// queueNewcomers queues the cases that were made while the law was being adopted, by those
// who had not seen it: it waits until all of these have committed.
func (s *Store) queueNewcomers(ctx context.Context, before, seq int64) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `lock table cases in share mode`)
		return err
	})
	if err != nil {
		return fmt.Errorf("waiting for cases that are being made: %w", err)
	}
	_, err = s.pool.Exec(ctx, queueCasesAgain+`
		where not exists (select from replans r where r.case_key = key)
			and not exists (select from law_plans p where p.case_key = key and p.adoption = $2)
		order by key`+keepSince, before, seq)
	if err != nil {
		return fmt.Errorf("queueing the cases that were being made: %w", explain(err))
	}
	return nil
}
