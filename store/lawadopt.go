package store

import (
	"bytes"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/timescale"
)

// Law is a law to be adopted, or tried.
type Law struct {
	Change Amendment // of the law in force; nil: none

	Reason string // why it is adopted
	By     string // who adopts it

	// Over is the adoption with which the law was compared: it is refused where another has
	// been adopted since. 0: it was not compared.
	Over int64
	// Past is what it changes about duties that are over, to be kept with the adoption; nil:
	// nothing.
	Past *casework.Past
}

// Adopted says what an adoption changed.
type Adopted struct {
	Adoption                // what is in force now
	Changed  bool           // false where it was in force already
	Before   *casework.Book // the law before; nil where there was none
	Past     *casework.Past // what it changed about duties that were over; nil: nothing
}

// Compiler compiles the documents of laws. It is a small interface of this package, so that the
// record knows no rule language: timescale/load implements it.
type Compiler interface {
	// Shipped returns the law that the program ships with.
	Shipped() timescale.Documents
	// Compile returns a law's pack with its overlays laid over it, and its calendar. The error
	// says what is faulty, or that a newer release is needed.
	Compile(timescale.Documents) (*timescale.Pack, *calendar.Calendar, error)
}

// Amendment changes a law. It is pure.
type Amendment interface {
	// Amend returns the law with the change made; what it does not name stays. The error says
	// why the law cannot be used.
	Amend(timescale.Documents) (timescale.Documents, error)
}

// Adopt puts a law in force from now on, and queues every case to be planned again, which
// PlanAgain and SweepOutbox do. Adopting what is in force changes nothing. A law that is
// faulty is refused with nothing written: the error is a RefusedError, which wraps that of the
// amendment. After another error Adopted.Changed reports whether the law was put in force all
// the same.
func (s *Store) Adopt(ctx context.Context, l Law) (Adopted, error) {
	var out Adopted
	if err := l.explained(); err != nil {
		return out, err
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		// One at a time: what is not named must be what is in force.
		if err := lockAdoptions(ctx, tx); err != nil {
			return err
		}
		in, err := s.lastAdoption(ctx, tx)
		if err != nil {
			return err
		}
		out, err = s.adoptOver(ctx, tx, in, l)
		return err
	})
	if err != nil {
		return Adopted{}, err
	}
	return out, s.loadLaw(ctx, s.pool)
}

func (s *Store) adoptOver(ctx context.Context, tx pgx.Tx, before Adoption, l Law) (Adopted, error) {
	if l.Over != 0 && l.Over != before.Seq {
		return Adopted{}, refusedf("another law was adopted meanwhile, by %s: %s; look again at what this one would change, and adopt it once more",
			before.By, before.Reason)
	}
	old, err := s.lawOf(ctx, tx, before.Seq)
	if err != nil {
		return Adopted{}, err
	}
	docs, err := s.drafted(ctx, tx, before, l)
	if err != nil {
		return Adopted{}, err
	}
	out := Adopted{Adoption: before, Before: old.book}
	if docs.Hash() == before.Law {
		return out, nil
	}
	out.Changed, out.Past = true, l.Past
	out.Adoption, err = s.putInForce(ctx, tx, docs, l)
	return out, err
}

// Draft is a law to be tried, and the one in force beside it.
type Draft struct {
	Before, After *casework.Book
	Over          int64 // the adoption that put the one before in force
	Changes       bool  // it is another law than the one in force
	HolidaysAlone bool  // nothing but the bank holidays is another
}

// Draft returns the law that adopting l would put in force; nothing is written. The errors
// are those of Adopt.
func (s *Store) Draft(ctx context.Context, l Law) (Draft, error) {
	before, err := s.lastAdoption(ctx, s.pool)
	if err != nil {
		return Draft{}, explain(err)
	}
	in, err := documentsOf(ctx, s.pool, before.Law)
	if err != nil {
		return Draft{}, err
	}
	docs, err := l.amend(in)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Over: before.Seq, Changes: docs.Hash() != before.Law, HolidaysAlone: bytes.Equal(docs.Pack, in.Pack)}
	old, err := s.lawOf(ctx, s.pool, before.Seq)
	if err != nil {
		return Draft{}, err
	}
	d.Before = old.book
	d.After, err = s.book(docs)
	return d, err
}

// drafted returns the documents of a law that would follow the one in force.
func (s *Store) drafted(ctx context.Context, q querier, before Adoption, l Law) (timescale.Documents, error) {
	in, err := documentsOf(ctx, q, before.Law)
	if err != nil {
		return in, err
	}
	return l.amend(in)
}

// amend returns the documents of the law, given those in force. The error is a RefusedError.
func (l Law) amend(in timescale.Documents) (timescale.Documents, error) {
	if l.Change == nil {
		return in, nil
	}
	docs, err := l.Change.Amend(in)
	if err != nil {
		return in, &RefusedError{err}
	}
	return docs, nil
}

// The longest reason and name that are kept, in bytes.
const (
	maxReason = 2000
	maxBy     = names.Longest
)

// explained refuses an adoption that does not say why and by whom.
func (l Law) explained() error {
	for _, f := range []struct {
		what, text string
		most       int
	}{{"the reason", l.Reason, maxReason}, {"the name of who adopts it", l.By, maxBy}} {
		switch {
		case strings.TrimSpace(f.text) == "":
			return refusedf("%s is missing: a law is adopted for a reason, by somebody", f.what)
		case len(f.text) > f.most:
			return refusedf("%s is longer than %d bytes: shorten it", f.what, f.most)
		case !utf8.ValidString(f.text) || strings.ContainsRune(f.text, 0):
			return refusedf("%s is not text in UTF-8", f.what)
		}
	}
	return nil
}
