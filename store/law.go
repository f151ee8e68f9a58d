package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"longstop/admission"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/timescale"
)

// law is the law in force, compiled.
type law struct {
	seq      int64  // of the adoption that put it in force
	hash     string // of its documents
	book     *casework.Book
	admitter *admission.Admitter
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
	return &law{seq: a.Seq, hash: a.Law, book: book, admitter: admission.New(book, s.rule, s.void)}, nil
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
			Reason: "the rules that this release ships with; nothing was in force before", By: admission.Recorder,
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

// adoptedDocuments are an adoption and the documents of its law.
type adoptedDocuments struct {
	Adoption
	Pack, Calendar []byte
}

// lawsBefore is the book that was in force before an adoption, with those before it in turn:
// what was to be said then goes by them. It is compiled when it is first asked for; nil
// where there was none, and where this program cannot read it.
func (s *Store) lawsBefore(ctx context.Context, q querier, a Adoption) (func() *casework.Book, error) {
	list, err := rows[adoptedDocuments](ctx, q, "reading the laws before", `
		select f.seq, f.law, f.adopted as on, f.reason, f.by_whom as by, l.pack, l.calendar
		from laws_in_force f join laws l on l.hash = f.law where f.seq < $1 order by f.seq`, a.Seq)
	if err != nil {
		return nil, explain(err)
	}
	var earlier func() *casework.Book
	for i := range list {
		earlier = s.after(earlier, &list[i])
	}
	return earlier, nil
}

func (s *Store) after(earlier func() *casework.Book, a *adoptedDocuments) func() *casework.Book {
	return sync.OnceValue(func() *casework.Book {
		book, err := s.book(timescale.Documents{Pack: a.Pack, Calendar: a.Calendar})
		if err != nil {
			s.log.Warn().Err(err).Int64("adoption", a.Seq).Msg("this release cannot read an earlier law: what was known then goes by the present one")
			return nil
		}
		return book.After(earlier, a.On)
	})
}

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
