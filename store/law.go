package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

// law is a rule pack and a calendar as they are in force, compiled.
type law struct {
	seq      int64  // of the row that put it in force
	hash     string // of both documents
	book     *casework.Book
	admitter *admitter
}

// Law is a rule pack with a calendar, to be adopted.
type Law struct {
	Pack     []load.File // the pack's files
	Calendar []byte      // a bank holidays file in the shape that GOV.UK publishes; nil: the one in this program
	Reason   string      // why it is adopted
	By       string      // who adopts it
}

// Adopt puts a law in force from now on. Every case is queued to be planned again, which
// SweepOutbox does. Adopting what is in force changes nothing. It returns the faults of a
// pack or calendar that cannot be read.
func (s *Store) Adopt(ctx context.Context, l Law) error {
	if l.Calendar == nil {
		l.Calendar = publishedFile(calendar.Published())
	}
	row, err := lawRowOf(l)
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error { return s.putInForce(ctx, tx, row, l) })
	if err != nil {
		return err
	}
	return s.loadLaw(ctx, s.pool)
}

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
		l := Law{
			Pack: load.EmbeddedFiles(), Calendar: publishedFile(calendar.Published()),
			Reason: "the rules that this release ships with; nothing was in force before", By: byRecorder,
		}
		row, err := lawRowOf(l)
		if err != nil {
			return err
		}
		return s.putInForce(ctx, tx, row, l)
	})
}

// lawRow is a row of laws.
type lawRow struct {
	hash     string
	pack     *timescale.Pack
	bundle   []byte
	calendar *calendar.Calendar
	file     []byte
}

func lawRowOf(l Law) (lawRow, error) {
	pack, err := load.Files(l.Pack)
	if err != nil {
		return lawRow{}, fmt.Errorf("the rule pack cannot be adopted: %w", err)
	}
	cal, err := calendar.Parse(bytes.NewReader(l.Calendar))
	if err != nil {
		return lawRow{}, fmt.Errorf("the calendar cannot be adopted: %w", err)
	}
	bundle := load.Bundle(l.Pack)
	sum := sha256.New()
	sum.Write(bundle)
	sum.Write(l.Calendar)
	return lawRow{
		hash: hex.EncodeToString(sum.Sum(nil))[:16], pack: pack, bundle: bundle, calendar: cal, file: l.Calendar,
	}, nil
}

func (s *Store) putInForce(ctx context.Context, tx pgx.Tx, row lawRow, l Law) error {
	_, err := tx.Exec(ctx, `
		insert into laws (hash, pack_name, pack_edition, pack_hash, pack, calendar_name, calendar)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		row.hash, row.pack.Name, row.pack.Edition, row.pack.Hash, row.bundle, row.calendar.Edition(), row.file)
	if err != nil {
		return fmt.Errorf("keeping the law: %w", err)
	}
	changed, err := tx.Exec(ctx, `
		insert into laws_in_force (law, reason, by_whom)
		select $1, $2, $3
		where $1 is distinct from (select law from laws_in_force order by seq desc limit 1)`, row.hash, l.Reason, l.By)
	if err != nil {
		return fmt.Errorf("putting the law in force: %w", err)
	}
	if changed.RowsAffected() == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, `
		insert into replans (case_key, why) select key, 'the law changed' from cases on conflict do nothing`)
	return err
}

// loadLaw loads the law in force, unless it is the one at hand. The errors are
// ErrNotMigrated where there is none, and those of a pack that this program cannot read.
func (s *Store) loadLaw(ctx context.Context, q querier) error {
	var seq int64
	var hash string
	err := q.QueryRow(ctx, `select seq, law from laws_in_force order by seq desc limit 1`).Scan(&seq, &hash)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotMigrated
	case err != nil:
		return fmt.Errorf("reading which law is in force: %w", explain(err))
	}
	if l := s.law.Load(); l != nil && l.seq == seq {
		return nil
	}
	var bundle, file []byte
	if err := q.QueryRow(ctx, `select pack, calendar from laws where hash = $1`, hash).Scan(&bundle, &file); err != nil {
		return fmt.Errorf("reading the law in force: %w", explain(err))
	}
	book, err := compile(bundle, file)
	if err == nil && s.demo {
		book = book.AtAllHours()
	}
	if err != nil {
		return fmt.Errorf("the law in force (%s) cannot be used by this program, so it does not start: %w", hash, err)
	}
	s.law.Store(&law{seq: seq, hash: hash, book: book, admitter: newAdmitter(book, s.rule, s.void)})
	return nil
}

func compile(bundle, file []byte) (*casework.Book, error) {
	pack, err := load.FromBundle(bundle)
	if err != nil {
		return nil, err
	}
	if pack.Language > timescale.Language {
		return nil, fmt.Errorf("its rule language is %d, and this program understands %d: run the newer release",
			pack.Language, timescale.Language)
	}
	cal, err := calendar.Parse(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return casework.NewBook(pack, cal), nil
}

// lawOf is the law that a transaction goes by: the one whose row it saw.
func (s *Store) lawOf(ctx context.Context, q querier, seq int64) (*law, error) {
	if l := s.law.Load(); l != nil && l.seq >= seq {
		return l, nil
	}
	if err := s.loadLaw(ctx, q); err != nil {
		return nil, err
	}
	return s.law.Load(), nil
}
