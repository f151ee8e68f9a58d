package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/timescale"
)

// law is the law in force, compiled.
type law struct {
	seq      int64  // of the adoption that put it in force
	hash     string // of its documents
	book     *casework.Book
	admitter *admitter
}

// Adoption is how a law came into force: which one, when, why and by whom.
type Adoption struct {
	Seq    int64     // the order of the adoptions; 0 where nothing was ever adopted
	Law    string    // the hash that names the law's documents
	On     time.Time // case time
	Reason string
	By     string
}

const selectAdoption = `select seq, law, adopted as on, reason, by_whom as by from laws_in_force`

func (s *Store) lastAdoption(ctx context.Context, q querier) (Adoption, error) {
	return s.adoption(ctx, q, ` order by seq desc limit 1`)
}

func (s *Store) adoption(ctx context.Context, q querier, which string, args ...any) (Adoption, error) {
	list, err := rows[Adoption](ctx, q, "reading which law is in force", selectAdoption+which, args...)
	if err != nil {
		return Adoption{}, err
	}
	if len(list) == 0 {
		return Adoption{}, ErrNotMigrated
	}
	list[0].On = list[0].On.UTC()
	return list[0], nil
}

// loadLaw loads the law in force, unless it is the one at hand. The errors are
// ErrNotMigrated where there is none, and those of a pack that this program cannot read.
func (s *Store) loadLaw(ctx context.Context, q querier) error {
	a, err := s.lastAdoption(ctx, q)
	if err != nil {
		return explain(err)
	}
	if l := s.law.Load(); l != nil && l.seq == a.Seq {
		return nil
	}
	docs, err := documentsOf(ctx, q, a.Law)
	if err != nil {
		return explain(err)
	}
	l, err := s.compile(a, docs)
	if err != nil {
		return fmt.Errorf("the law in force (%s) cannot be used by this program, so it does not start: %w", a.Law, err)
	}
	earlier, err := s.lawsBefore(ctx, q, a)
	if err != nil {
		return err
	}
	l.book = l.book.After(earlier, a.On)
	s.law.Store(l)
	return nil
}

// compile compiles the documents of an adopted law. The errors are those of the compiler.
func (s *Store) compile(a Adoption, docs timescale.Documents) (*law, error) {
	book, err := s.book(docs)
	if err != nil {
		return nil, err
	}
	return &law{seq: a.Seq, hash: a.Law, book: book, admitter: newAdmitter(book, s.rule, s.void)}, nil
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

// book compiles the documents of a law.
func (s *Store) book(docs timescale.Documents) (*casework.Book, error) {
	pack, cal, err := s.compiler.Compile(docs)
	if err != nil {
		return nil, err
	}
	return casework.NewBook(pack, cal), nil
}

// documentsOf reads the documents of a law that was adopted.
func documentsOf(ctx context.Context, q querier, hash string) (timescale.Documents, error) {
	var d timescale.Documents
	err := q.QueryRow(ctx, `select pack, calendar from laws where hash = $1`, hash).Scan(&d.Pack, &d.Calendar)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, fmt.Errorf("the record does not hold the law %s", hash)
	}
	if err != nil {
		return d, fmt.Errorf("reading a law: %w", explain(err))
	}
	return d, nil
}
