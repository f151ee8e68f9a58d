package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/timescale/load"
)

// Law is a law to be adopted, or tried. What is nil stays as it is in force.
type Law struct {
	Pack []load.File // the pack's files
	// Overlay are files to be laid over the pack in the order of their names, in the place
	// of those in force; none where it is empty and not nil.
	Overlay  []load.File
	Calendar []byte // a bank holidays file in the shape that GOV.UK publishes

	Reason string // why it is adopted
	By     string // who adopts it

	// Over is the adoption with which the law was compared: it is refused where another has
	// been adopted since. 0: it was not compared.
	Over int64
	// Past is what it says anew of duties that are over, to be kept with the adoption; nil:
	// nothing.
	Past *casework.Past
}

// Adopted says what an adoption changed.
type Adopted struct {
	Adoption                // what is in force now
	Changed  bool           // false where it was in force already
	Before   *casework.Book // the law before; nil where there was none
	Past     *casework.Past // what it said anew of duties that were over; nil: nothing
}

// ErrOverlayInForce says that the overlay in force cannot be laid over the pack that is to
// be adopted.
var ErrOverlayInForce = errors.New("the overlay in force does not fit this pack")

// Adopt puts a law in force from now on, and queues every case to be planned again, which
// PlanAgain and SweepOutbox do. Adopting what is in force changes nothing. A law that is
// faulty is refused with nothing written: the error is a load.Error with every fault (and
// ErrOverlayInForce where the faults lie in an overlay that was not named), or a
// RefusedError. After another error Adopted.Changed reports whether the law was put in
// force all the same.
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
	if docs.hash() == before.Law {
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
	docs, err := l.over(in)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Over: before.Seq, Changes: docs.hash() != before.Law, HolidaysAlone: bytes.Equal(docs.pack, in.pack)}
	old, err := s.lawOf(ctx, s.pool, before.Seq)
	if err != nil {
		return Draft{}, err
	}
	d.Before = old.book
	d.After, err = docs.book()
	return d, err
}

// Book is the law by itself, without a record: what is nil is what ships with this program,
// without an overlay. The errors are those of Adopt.
func (l Law) Book() (*casework.Book, error) {
	shipped, err := shippedDocuments()
	if err != nil {
		return nil, err
	}
	docs, err := l.over(shipped)
	if err != nil {
		return nil, err
	}
	return docs.book()
}

func (d documents) book() (*casework.Book, error) {
	pack, cal, err := d.read()
	if err != nil {
		return nil, err
	}
	return casework.NewBook(pack, cal), nil
}

// drafted are the documents of a law, laid over those in force.
func (s *Store) drafted(ctx context.Context, q querier, before Adoption, l Law) (documents, error) {
	in, err := documentsOf(ctx, q, before.Law)
	if err != nil {
		return in, err
	}
	return l.over(in)
}

// over puts what the law names in the place of what is in force, and sees that it can be
// used.
func (l Law) over(in documents) (documents, error) {
	pack, overlay, err := in.files()
	if err != nil {
		return in, err
	}
	if l.Pack != nil {
		pack = l.Pack
	}
	if l.Overlay != nil {
		overlay = byName(l.Overlay)
	}
	base, err := load.Files(pack)
	if err != nil {
		return in, err
	}
	if err := understood(base); err != nil {
		return in, &RefusedError{err}
	}
	if _, err := layOver(base, overlay); err != nil {
		if l.Overlay == nil {
			err = fmt.Errorf("%w: %w", ErrOverlayInForce, err)
		}
		return in, err
	}
	out := documents{calendar: in.calendar}
	if out.pack, err = laid(pack, overlay); err != nil {
		return in, err
	}
	if l.Calendar != nil {
		cal, err := calendar.Parse(bytes.NewReader(l.Calendar))
		if err != nil {
			return in, &RefusedError{err}
		}
		out.calendar = publishedFile(cal)
	}
	return out, nil
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
