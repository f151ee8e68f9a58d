package store

import (
	"bytes"
	"context"
	"encoding/json"
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
	"longstop/organisation"
	"longstop/timescale"
)

// law is the law in force, compiled.
type law struct {
	seq      int64  // of the adoption that put it in force
	hash     string // of its documents
	book     *casework.Book
	admitter *admission.Admitter
}

// Adoption is how a law came into force: which one, when, why and who adopted it.
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
// ErrNotMigrated if there is none, and those of a pack that this program cannot read.
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

// installLaw puts the law that this program ships with in force if there is none. Where
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
// what was to be told then goes by them. It is compiled when it is first asked for; nil
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

// Draft is a law to be tried, and the one in force.
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

// explained refuses an adoption that does not say why and who adopts it.
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

// lawChange is what one adoption did to one case.
type lawChange struct {
	step
	change *change // the plan that was made by the law in force
	duties []casework.Change
}

func (c *lawChange) compared() bool { return c.before != nil && c.after != nil }

// compare folds the case by both laws, as of the moment at which it was planned.
func (c *lawChange) compare() []casework.Change {
	m := casework.At(c.change.made.at)
	after := c.change.made.agenda.Plan
	if c.after != c.change.law {
		after = c.after.book.FoldDuties(c.change.file.events, m)
	}
	return casework.Compare(c.before.book.FoldDuties(c.change.file.events, m), after)
}

// compareAll compares on every processor. Where that cannot be done, the change counts as
// one of which the law before could not be read: the case is planned all the same.
func (s *Store) compareAll(work []*lawChange) {
	eachParallel(work, func(_ int, c *lawChange) {
		if !c.compared() {
			return
		}
		duties, err := guard(s, c.change.file.key, c.compare)
		if err != nil {
			s.log.Error().Err(err).Int64("adoption", c.adoption).Msg("what a law changed about a case is not told")
			c.before = nil
		}
		c.duties = duties
	})
}

// lawPlanRow is a row of law_plans, and lawChangeRow one of law_changes.
type (
	lawPlanRow struct {
		Adoption int64     `json:"adoption"`
		CaseKey  string    `json:"case_key"`
		At       time.Time `json:"at"`
		Compared bool      `json:"compared"`
	}
	lawChangeRow struct {
		Adoption     int64           `json:"adoption"`
		CaseKey      string          `json:"case_key"`
		Duty         string          `json:"duty"`
		Ref          string          `json:"ref"`
		Change       string          `json:"change"`
		DueBefore    string          `json:"due_before"`
		DueAfter     string          `json:"due_after"`
		LocalBefore  string          `json:"local_before"`
		LocalAfter   string          `json:"local_after"`
		StateBefore  string          `json:"state_before"`
		StateAfter   string          `json:"state_after"`
		PassedBefore casework.Passed `json:"passed_before"`
		PassedAfter  casework.Passed `json:"passed_after"`
		Live         bool            `json:"live"`
	}
)

func (c *lawChange) rows() []lawChangeRow {
	list := make([]lawChangeRow, len(c.duties))
	for i := range c.duties {
		d := &c.duties[i]
		list[i] = lawChangeRow{
			Adoption: c.adoption, CaseKey: c.change.file.key, Duty: d.Duty().ID, Ref: d.Duty().Ref, Change: string(d.Kind),
			StateBefore: string(d.StateBefore), StateAfter: string(d.StateAfter), Live: d.Live(),
			PassedBefore: d.PassedBefore, PassedAfter: d.PassedAfter,
		}
		if d.Before != nil {
			list[i].DueBefore, list[i].LocalBefore = d.Before.DueText(), d.Before.LocalDue.String()
		}
		if d.After != nil {
			list[i].DueAfter, list[i].LocalAfter = d.After.DueText(), d.After.LocalDue.String()
		}
	}
	return list
}

func writeLawChanges(ctx context.Context, tx pgx.Tx, work []*lawChange) error {
	plans, duties := make([]lawPlanRow, len(work)), []lawChangeRow{}
	for i, c := range work {
		plans[i] = lawPlanRow{c.adoption, c.change.file.key, c.change.made.at, c.compared()}
		duties = append(duties, c.rows()...)
	}
	batch := &pgx.Batch{}
	for _, table := range []struct {
		sql  string
		rows any
	}{
		{`insert into law_plans (adoption, case_key, at, compared)
			select adoption, case_key, at, compared
			from json_to_recordset($1::json) as n(adoption bigint, case_key uuid, at timestamptz, compared boolean)
			on conflict do nothing`, plans},
		{`insert into law_changes (adoption, case_key, duty, ref, change, due_before, due_after, local_before, local_after,
				state_before, state_after, passed_before, passed_after, live)
			select adoption, case_key, duty, ref, change, due_before, due_after, local_before, local_after, state_before, state_after,
				passed_before, passed_after, live
			from json_to_recordset($1::json) as n(adoption bigint, case_key uuid, duty text, ref text, change text, due_before text,
				due_after text, local_before text, local_after text, state_before text, state_after text,
				passed_before text, passed_after text, live boolean)
			on conflict do nothing`, duties},
	} {
		doc, err := json.Marshal(table.rows)
		if err != nil {
			return fmt.Errorf("writing what the law changed: %w", err)
		}
		batch.Queue(table.sql, doc)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("writing what the law changed: %w", err)
	}
	return nil
}

// adoptedLaws are compiled laws by their adoptions, read when they are first asked for; nil
// for one that this program cannot read.
type adoptedLaws map[int64]*law

// step is an adoption: the law that it put in force, and the law before it. Either is nil
// where this program cannot read it.
type step struct {
	adoption      int64
	before, after *law
}

// noteLawChanges notes, for the cases that were planned again because the law changed, why
// they were, and each duty about which the law says something else than before. Several
// adoptions that came in a row are told apart.
func (s *Store) noteLawChanges(ctx context.Context, tx pgx.Tx, laws adoptedLaws, changes []*change) error {
	stepsSince := map[int64][]step{}
	var work []*lawChange
	for _, c := range changes {
		from := c.file.plannedBy
		if from >= c.law.seq {
			continue
		}
		steps, known := stepsSince[from]
		if !known {
			var err error
			if steps, err = s.steps(ctx, tx, laws, from, c.law); err != nil {
				return err
			}
			stepsSince[from] = steps
		}
		for _, st := range steps {
			work = append(work, &lawChange{change: c, step: st})
		}
	}
	if work == nil {
		return nil
	}
	s.compareAll(work)
	return writeLawChanges(ctx, tx, work)
}

// steps are the adoptions after one, up to the law in force.
func (s *Store) steps(ctx context.Context, tx pgx.Tx, laws adoptedLaws, from int64, now *law) ([]step, error) {
	laws[now.seq] = now
	list, err := rows[Adoption](ctx, tx, "reading the adoptions", selectAdoption+` where seq between $1 and $2 order by seq`, from, now.seq)
	if err != nil {
		return nil, err
	}
	var steps []step
	for i, a := range list {
		if err := s.readAdopted(ctx, tx, laws, a); err != nil {
			return nil, err
		}
		if i > 0 {
			steps = append(steps, step{adoption: a.Seq, before: laws[list[i-1].Seq], after: laws[a.Seq]})
		}
	}
	return steps, nil
}

func (s *Store) readAdopted(ctx context.Context, q querier, laws adoptedLaws, a Adoption) error {
	if _, known := laws[a.Seq]; known {
		return nil
	}
	docs, err := documentsOf(ctx, q, a.Law)
	if err != nil {
		return err
	}
	l, err := s.compile(a, docs)
	if err != nil {
		// That must not keep the cases from being planned.
		s.log.Warn().Err(err).Int64("adoption", a.Seq).Msg("this release cannot read an earlier law: what has changed since is not told")
	}
	laws[a.Seq] = l
	return nil
}

// Effect is what an adoption did, as far as the cases have been planned again.
type Effect struct {
	Cases   int // planned again because of it
	Waiting int // cases that wait to be planned again, for whatever reason
	// PutAside are those that could not be worked out by it, and are tried again.
	PutAside int
	// Unread are those of Cases of which the law before could not be read.
	Unread int
	Refs   []RefEffect // by ref, of duties that are still owed
	// Closed are the duties that are not owed any more about which something differs.
	Closed int
}

// RefEffect is what an adoption did to the duties of a timescale that are still owed. A duty
// is counted in one of the first five, and in the rest as well.
type RefEffect struct {
	Ref             string
	Appears         int
	Moves           int
	Local           int
	Stands          int
	Goes            int
	Overdue         int
	NoLongerOverdue int
	LocalPassed     int // of a limit that no law sets, and none of law
	NotPastLocal    int
}

// EffectOf counts what an adoption did.
func (s *Store) EffectOf(ctx context.Context, adoption int64) (Effect, error) {
	var e Effect
	err := s.pool.QueryRow(ctx, `
		select (select count(*) from law_plans where adoption = $1), (select count(*) from (`+waiting+`) w),
			(select count(*) from law_plans where adoption = $1 and not compared),
			(select count(*) from law_changes where adoption = $1 and not live),
			(select count(*) from cases where fault <> '' and planned_by < $1)`, adoption).
		Scan(&e.Cases, &e.Waiting, &e.Unread, &e.Closed, &e.PutAside)
	if err != nil {
		return e, fmt.Errorf("counting what the law changed: %w", explain(err))
	}
	e.Refs, err = rows[RefEffect](ctx, s.pool, "counting what the law changed", `
		select ref, count(*) filter (where change = 'appears') as appears, count(*) filter (where change = 'moves') as moves,
			count(*) filter (where change = 'local') as local, count(*) filter (where change = 'stands') as stands,
			count(*) filter (where change = 'goes') as goes,
			count(*) filter (where after = 'law' and before <> 'law') as overdue,
			count(*) filter (where before = 'law' and after <> 'law') as no_longer_overdue,
			count(*) filter (where after = 'local' and before <> 'local') as local_passed,
			count(*) filter (where before = 'local' and after <> 'local') as not_past_local
		from (
			select ref, change, coalesce(passed_before, case state_before when 'overdue' then 'law' else '' end) as before,
				coalesce(passed_after, case state_after when 'overdue' then 'law' else '' end) as after
			from law_changes where adoption = $1 and live
		) c group by ref order by ref collate "C"`, adoption)
	return e, explain(err)
}

// LawChange is what an adoption changed about a duty, and when the case was planned again.
type LawChange struct {
	Adoption
	At                      time.Time // case time
	Duty, Ref               string
	Change                  casework.ChangeKind
	DueBefore, DueAfter     string // a date, an instant in UTC, or "" for none
	LocalBefore, LocalAfter string // the council's own date
	StateBefore, StateAfter casework.State
	// What the adoption put in force that was not in force before it: other rules, bank holidays, or both.
	RulesChanged, CalendarChanged bool

	Live bool           // the duty is still owed under one of the two laws
	Past *casework.Past // all that the adoption changed about duties that were over, as it was meant to; nil: nothing
}

// LawChanges lists what adoptions changed about the duties of the case that a source refers
// to by a reference, in the order of the adoptions. ErrUnknown as in Events.
func (s *Store) LawChanges(ctx context.Context, source, reference string) ([]LawChange, error) {
	key, err := s.caseKey(ctx, source, reference)
	if err != nil {
		return nil, err
	}
	return s.lawChanges(ctx, key)
}

func (s *Store) lawChanges(ctx context.Context, key string) ([]LawChange, error) {
	list, err := rows[LawChange](ctx, s.pool, "reading what the law changed", `
		select f.seq, f.law, f.adopted as on, f.reason, f.by_whom as by, p.at, c.duty, c.ref, c.change,
			c.due_before, c.due_after, c.local_before, c.local_after, c.state_before, c.state_after, c.live, r.duties as past,
			l.pack_hash is distinct from b.pack_hash as rules_changed, l.calendar is distinct from b.calendar as calendar_changed
		from law_changes c join law_plans p using (adoption, case_key) join laws_in_force f on f.seq = c.adoption
		join laws l on l.hash = f.law
		left join laws b on b.hash = (select law from laws_in_force where seq < f.seq order by seq desc limit 1)
		left join law_restated r on r.adoption = c.adoption
		where c.case_key = $1 order by f.seq, c.ref, c.duty`, key)
	for i := range list {
		list[i].On, list[i].At = list[i].On.UTC(), list[i].At.UTC()
	}
	return list, explain(err)
}

// Teams says with which team a case is, by its events: that of its latest allocation, or
// else its worker's; "" where neither is known.
func (s *Store) Teams(ctx context.Context) (func([]casework.Event) string, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	return func(events []casework.Event) string { return dir.TeamOf(organisation.AllocationOf(events)) }, nil
}

// TeamIn is the team that the latest allocation among a case's events names; "" if there is
// no allocation.
func TeamIn(events []casework.Event) string { return organisation.AllocationOf(events).Team }
