package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"longstop/timescale"
)

// installLaw puts the law that this program ships with in force where there is none. Where
// there is one it writes nothing, and waits for nobody who adopts another.
func (s *Store) installLaw(ctx context.Context) error {
	if any, err := anyLaw(ctx, s.pool); err != nil || any {
		return explain(err)
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockAdoptions(ctx, tx); err != nil {
			return err
		}
		if any, err := anyLaw(ctx, tx); err != nil || any {
			return err
		}
		_, err := s.putInForce(ctx, tx, s.compiler.Shipped(), Law{
			Reason: "the rules that this release ships with; nothing was in force before", By: byRecorder,
		})
		if err != nil {
			return err
		}
		return foldedBy(ctx, tx) // the record holds no case yet
	})
}

// anyLaw reports whether a law is in force.
func anyLaw(ctx context.Context, q querier) (any bool, err error) {
	err = q.QueryRow(ctx, `select exists (select from laws_in_force)`).Scan(&any)
	return any, err
}

// lockAdoptions lets one transaction at a time put a law in force, until it ends. It is an
// advisory lock, because locking the table needs more than the right to insert into it.
func lockAdoptions(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, adoptionLock)
	return err
}

// adoptionLock is the key of that advisory lock: no other lock of this database uses it.
const adoptionLock int64 = 0x6c6f6e676c617701

// putInForce keeps the documents and puts them in force.
func (s *Store) putInForce(ctx context.Context, tx pgx.Tx, docs timescale.Documents, l Law) (Adoption, error) {
	pack, cal, err := s.compiler.Compile(docs)
	if err != nil {
		return Adoption{}, err
	}
	_, err = tx.Exec(ctx, `
		insert into laws (hash, pack_name, pack_edition, pack_hash, pack, calendar_name, calendar)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		docs.Hash(), pack.Name, pack.Edition, pack.Hash, docs.Pack, cal.Edition(), docs.Calendar)
	if err != nil {
		return Adoption{}, fmt.Errorf("keeping the law: %w", err)
	}
	now, err := s.nowToWrite(ctx, tx)
	if err != nil {
		return Adoption{}, err
	}
	var seq int64
	err = tx.QueryRow(ctx, `
		insert into laws_in_force (law, adopted, reason, by_whom) values ($1, $2, $3, $4) returning seq`,
		docs.Hash(), now, l.Reason, l.By).Scan(&seq)
	if err != nil {
		return Adoption{}, fmt.Errorf("putting the law in force: %w", err)
	}
	if l.Past != nil {
		if _, err := tx.Exec(ctx, `insert into law_restated (adoption, duties) values ($1, $2)`, seq, l.Past); err != nil {
			return Adoption{}, fmt.Errorf("keeping what the law says of the past: %w", err)
		}
	}
	// Every case that was planned by an earlier adoption waits by itself (see replan.go);
	// what could not be worked out may be so by this law.
	if _, err := tx.Exec(ctx, retryFaults); err != nil {
		return Adoption{}, fmt.Errorf("trying again what was put aside: %w", err)
	}
	return s.adoption(ctx, tx, ` where seq = $1`, seq)
}
