package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/admission"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/names"
	"longstop/pathway"
)

// Record records events of one source. Those of a case name it by the source's reference;
// those of people and teams name none. Each case is one transaction: what was handed in
// for it is written together, with its duties and nudges, and is there when Record
// returns. The order of the events makes no difference, and recording an event again
// changes nothing.
//
// What is not accepted is in Recorded.Refused and leaves the rest as it is. An error means
// that Postgres failed, or that some cases could not be worked out or stayed locked
// (ErrCaseFault and ErrUnreachable say so), which keeps none of the others from being
// recorded: what Recorded counts was written all the same, Recorded.NotTried
// counts what was not, and calling again with the same events writes the rest.
func (s *Store) Record(ctx context.Context, source string, events []casework.Event) (Recorded, error) {
	return s.RecordPermitted(ctx, source, events, nil)
}

// RecordPermitted is Record for somebody who may not record every type of event: permits reports which. It is asked
// about what an event corrects or voids; the events' own types the caller has looked at.
func (s *Store) RecordPermitted(
	ctx context.Context, source string, events []casework.Event, permits func(eventType string) bool,
) (Recorded, error) {
	var out Recorded
	staff, cases := splitStaff(prepare(source, events))
	batches := group(cases)
	for i := range batches {
		batches[i].permits = permits
	}
	if len(staff) > 0 {
		r, err := s.recordPeople(ctx, staff)
		out.add(r)
		if err != nil && !s.goOn(ctx, &out, err) {
			out.leaveBatches(batches)
			out.Stopped = true
			return out, err
		}
	}
	for i, b := range batches {
		r, err := s.recordOne(ctx, b)
		out.add(r)
		switch {
		case err == nil:
		case s.goOn(ctx, &out, s.asideByRef(ctx, b.ref, err)):
			out.leaveBatches(batches[i : i+1])
			if faultOf("", err) != nil {
				out.notWorkedOut(&batches[i])
			}
		default:
			out.leaveBatches(batches[i:])
			out.Stopped = true
			return out, err
		}
	}
	return out, out.failure()
}

// heldCases is how many cases that somebody else keeps locked one call waits for.
const heldCases = 4

// goOn reports whether the rest is to be recorded though something could not be, and keeps
// the error if so: it must be a matter of this case alone.
func (s *Store) goOn(ctx context.Context, out *Recorded, err error) bool {
	held := 0
	for _, failed := range append(out.Failed, err) {
		if isHeld(failed) {
			held++
		}
	}
	if ctx.Err() != nil || held > heldCases || !mayBeOfOneCase(err) {
		return false
	}
	out.Failed = append(out.Failed, err)
	return true
}

// failure is the error of cases that could not be recorded while the rest was.
func (r *Recorded) failure() error {
	const named = 3
	if len(r.Failed) <= named {
		return errors.Join(r.Failed...)
	}
	return fmt.Errorf("%w\nand %d cases more", errors.Join(r.Failed[:named]...), len(r.Failed)-named)
}

// asideByRef puts a case aside of which the record holds something that cannot be read or worked with, and returns the error
// to be told. A value that the database refuses is no such thing: it may be one of those that were handed in.
func (s *Store) asideByRef(ctx context.Context, ref caseRef, err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) || faultOf("", err) == nil {
		return err
	}
	key, lookup := s.caseKey(ctx, ref.source, ref.reference)
	if lookup != nil {
		return err
	}
	fault := faultOf(key, err)
	if err := s.putAside(ctx, fault); err != nil {
		s.log.Error().Err(err).Msg("and the case could not be put aside")
	}
	return fault
}

// recordOne records what is handed in for one case. As in inCase, those who record by one reference wait for each other
// without a connection; so does whoever would make the case. Those who record at the same moment share a transaction.
func (s *Store) recordOne(ctx context.Context, b caseBatch) (Recorded, error) {
	leave, err := s.enterReference(ctx, b.ref)
	if err != nil {
		return Recorded{}, err
	}
	switch {
	case !b.light():
		defer leave()
		return s.recordAlone(ctx, b, nil)
	case s.slow.has(b.ref):
		defer leave()
		return s.recordSlow(ctx, b)
	}
	one := &sharing{ctx: ctx, batch: b, by: actingIn(ctx)}
	through, busy, err := s.together.Enter(ctx, one)
	if busy != nil {
		// The transaction goes on without this caller, and others record by the reference after it.
		go func() {
			defer leave()
			<-busy
		}()
		return Recorded{}, err
	}
	defer leave()
	switch {
	case err != nil:
		return Recorded{}, err
	case through != nil:
		defer through()
		return s.recordAlone(ctx, b, through)
	case one.recorded:
		return one.out, nil
	}
	return s.recordAlone(ctx, b, nil)
}

// recordSlow is recordAlone for a case of which the work took long: few of those at once, so that there are connections left.
func (s *Store) recordSlow(ctx context.Context, b caseBatch) (Recorded, error) {
	select {
	case s.slow.places <- struct{}{}:
	case <-ctx.Done():
		return Recorded{}, ctx.Err()
	}
	leave := sync.OnceFunc(func() { <-s.slow.places })
	defer leave()
	return s.recordAlone(ctx, b, leave)
}

// slowCases are the references of cases of which the work took long when something was recorded in them last.
type slowCases struct {
	refs   sync.Map
	places chan struct{}
	after  time.Duration // slowWork, but in tests
}

func (c *slowCases) has(ref caseRef) bool {
	_, slow := c.refs.Load(ref)
	return slow
}

// note keeps how long the work on a case took.
func (c *slowCases) note(ref caseRef, took time.Duration) {
	switch slow := took >= c.after; {
	case slow:
		c.refs.Store(ref, struct{}{})
	case c.has(ref):
		c.refs.Delete(ref)
	}
}

// recordAlone records what is handed in for one case in a transaction of its own. waits is called before it waits for a
// lock, or makes the case; nil: nobody wants to know.
func (s *Store) recordAlone(ctx context.Context, b caseBatch, waits func()) (Recorded, error) {
	var out Recorded
	how := manner{insert: s.insertEach, by: []*acting{actingIn(ctx)}, waits: waits}
	err := s.recovering("", func() error {
		return s.inBriefTx(ofNobody(ctx), func(tx transaction) error {
			var err error
			out, err = s.recordCases(ctx, tx, []caseBatch{b}, how)
			return err
		})
	})
	if err != nil {
		return Recorded{}, err
	}
	return out, nil
}

// A transaction costs what it costs, whether one case is written in it or twenty. So those who record while others do
// share one, as Postgres lets those who commit at the same moment share a flush of its log. It is for what is
// ordinary, and is tried once: a shared transaction waits for no lock of a case, makes no case, and leaves out what is put
// aside. What it leaves out, and all of it where it fails, each caller then records alone. So nobody fails or waits
// for a lock because of another's case.

const (
	// sharedAtOnce is how many transactions run at once before others share the next. They wait for the processors and
	// the log, and not for locks.
	sharedAtOnce = 4
	// sharedPatience is how long one of them may take before others go next to it, up to as many again: ten times what one
	// takes that is ordinary.
	sharedPatience = 250 * time.Millisecond
	// slowWork is how long the work on one case takes from which on it shares no transaction.
	slowWork = time.Second
	// slowAtOnce is how many of those cases are recorded at once, so that they leave connections to others.
	slowAtOnce = 2
	// mostShared is how many cases share a transaction.
	mostShared = 16
	// heaviestShared is how many bytes, about, may be handed in for a case that shares one.
	heaviestShared = 32 << 10
	// sharedWithin is how long a shared transaction may take: longer than one case can take that does not end.
	sharedWithin = 30 * time.Second
)

// sharing is what one caller hands in to be recorded with what others do.
type sharing struct {
	ctx   context.Context
	batch caseBatch
	by    *acting // nil: the program itself

	recorded bool // the transaction was committed, and this was part of it
	out      Recorded
}

// recordTogether records what several have handed in, in one transaction. It goes by no caller's context: each may leave,
// and the others go on.
func (s *Store) recordTogether(list []*sharing) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ofNobody(list[0].ctx)), sharedWithin)
	defer cancel()
	var with []*sharing
	var each []Recorded
	err := s.recovering("", func() error { // each caller then meets a panic alone, if it was one of its case
		return s.briefly(ctx, func(tx transaction) (err error) {
			with, each, err = s.recordFree(ctx, tx, list)
			return err
		})
	})
	if err != nil {
		s.log.Info().Err(explain(err)).Int("cases", len(list)).Msg("cases could not be recorded together: each is now recorded alone")
		return
	}
	for i, one := range with {
		one.recorded, one.out = true, each[i]
	}
}

// recordFree records the cases that are there, that nobody has locked and that are not put aside. It returns whose they
// are, with what became of each.
func (s *Store) recordFree(ctx context.Context, tx transaction, list []*sharing) (with []*sharing, each []Recorded, err error) {
	cases, err := s.lockShared(ctx, tx, list)
	if err != nil {
		return nil, nil, err
	}
	var batches []caseBatch
	var by []*acting
	for _, one := range list {
		if _, ok := cases.keys[one.batch.ref]; ok {
			with, batches, by = append(with, one), append(batches, one.batch), append(by, one.by)
		}
	}
	if len(with) == 0 {
		return nil, nil, nil
	}
	reads := &pgx.Batch{}
	elsewhere := queueWhereIDs(reads, batches)
	if err := s.readLocked(ctx, tx, cases, keyed(sortedKeys(cases.files)), reads); err != nil {
		return nil, nil, err
	}
	each, err = s.recordIn(ctx, tx, &opened{lockedCases: cases, elsewhere: elsewhere}, batches, manner{insert: s.insertEach, by: by})
	return with, each, err
}

// lockShared locks what a shared transaction may take of the cases, and begins their files.
func (s *Store) lockShared(ctx context.Context, tx transaction, list []*sharing) (*lockedCases, error) {
	bySource := map[string][]string{}
	for _, one := range list {
		if ref := one.batch.ref; refuseReference(ref) == nil {
			bySource[ref.source] = append(bySource[ref.source], ref.reference)
		}
	}
	cases, batch := s.newLocked(), &pgx.Batch{}
	take := func(r *caseRow) {
		// Of two references of one case the other comes after it: what the first changes is then told by itself.
		if cases.files[r.Key] == nil && r.Fault == "" {
			cases.add(r)
		}
	}
	for _, source := range sortedKeys(bySource) {
		references := bySource[source]
		sql, arg := byOneReference(references), any(references)
		if len(references) == 1 {
			arg = references[0]
		}
		batch.Queue(sql+passing, source, arg).Query(eachInPlace(take))
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("locking the cases: %w", err)
	}
	return cases, nil
}

// light reports whether what is handed in is little enough to be recorded with what others hand in.
func (b *caseBatch) light() bool {
	const event = 1 << 10 // what one takes apart from its texts
	bytes := 0
	for i := range b.events {
		bytes += event + weigh(map[string]any(b.events[i].Data))
	}
	return bytes <= heaviestShared
}

// weigh is about how many bytes a value of an event's data has.
func weigh(v any) int {
	n := 8
	switch v := v.(type) {
	case string:
		n += len(v)
	case []string:
		for _, text := range v {
			n += weigh(text)
		}
	case []any:
		for _, of := range v {
			n += weigh(of)
		}
	case map[string]any:
		for key, of := range v {
			n += len(key) + weigh(of)
		}
	}
	return n
}

// turnWithin is how long one waits for those who record by the same reference: as long as for a lock. Beyond, somebody
// keeps the case locked, and the other cases that were handed in need not wait for that one.
const turnWithin = 15 * time.Second

// enterReference waits until nobody else records by a reference, and returns what ends that. The error is one of a case that is
// held where it took too long.
func (s *Store) enterReference(ctx context.Context, ref caseRef) (leave func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, turnWithin)
	defer cancel()
	leave, err = s.cases.enter(waiting, ref.source+"\x00"+ref.reference)
	if err != nil && ctx.Err() == nil {
		err = explain(&pgconn.PgError{Code: codeLockNotAvailable, Message: "others wait for the same case"})
	}
	return leave, err
}

// splitStaff tells events of people and teams, which name no case, from those of cases.
func splitStaff(events []admission.Event) (staff, cases []admission.Event) {
	for _, e := range events {
		if e.Case == "" {
			staff = append(staff, e)
		} else {
			cases = append(cases, e)
		}
	}
	return staff, cases
}

// Recorded says what became of events that were handed in.
type Recorded struct {
	New     int // events written, without those that the record wrote itself
	Known   int // events that it held already
	GaveWay int // inferred events that the record voided, since a real one came
	Refused []casework.Refusal
	// NotTried counts the events that are neither written nor known nor refused, since an
	// error came first: by the reference of their case, "" for those of people. Where a
	// connection broke in the middle of a commit they may be in the record all the same,
	// and recording them again finds them known.
	NotTried map[string]int
	// Changed says of each case in which something was corrected or voided what that changed of its
	// duties. It is left out of loads.
	Changed []CaseChanged
	// Outcomes says what became of each event, by its place among those handed in, in no order. Those that are
	// missing were not tried, and may be tried again: see InOrder. It is nil for loads.
	Outcomes []admission.Outcome
	// Warnings are about events that were written.
	Warnings []casework.Refusal
	// Unopened are written events of cases that nothing has opened: their references may be mistyped.
	Unopened []Unopened
	// DidNotCount names the events that were written and had no effect, with the reasons.
	DidNotCount []casework.Refusal
	// Nudges are for the pathways whose next wake or display changed. They are in the
	// outbox as well: whoever sends them says so with DeleteSent.
	Nudges []pathway.Nudge

	// Stopped reports whether the error is one by which nothing more can be recorded for now.
	// Otherwise it is a matter of single cases, and all others were tried.
	Stopped bool
	// Failed says why, where it is a matter of single cases; the error holds the first of it.
	Failed []error
}

func (r *Recorded) add(o Recorded) {
	r.New += o.New
	r.Known += o.Known
	r.GaveWay += o.GaveWay
	r.Refused = append(r.Refused, o.Refused...)
	r.Outcomes = append(r.Outcomes, o.Outcomes...)
	r.Warnings = append(r.Warnings, o.Warnings...)
	r.Changed = append(r.Changed, o.Changed...)
	r.Unopened = append(r.Unopened, o.Unopened...)
	r.DidNotCount = append(r.DidNotCount, o.DidNotCount...)
	r.Nudges = append(r.Nudges, o.Nudges...)
	r.Failed = append(r.Failed, o.Failed...)
	r.Stopped = r.Stopped || o.Stopped
	for ref, n := range o.NotTried {
		r.leave(ref, n)
	}
}

// InOrder says what became of each of the events that were handed in, in their order.
func (r *Recorded) InOrder(events int) []admission.Outcome {
	list := make([]admission.Outcome, events)
	for i := range list {
		list[i] = admission.Outcome{N: i, Fate: admission.NotTried}
	}
	for _, o := range r.Outcomes {
		list[o.N] = o
	}
	return list
}

// EventsNotTried is how many events NotTried counts.
func (r *Recorded) EventsNotTried() int {
	n := 0
	for _, of := range r.NotTried {
		n += of
	}
	return n
}

// leave counts events of a case that were not tried.
func (r *Recorded) leave(reference string, events int) {
	if r.NotTried == nil {
		r.NotTried = map[string]int{}
	}
	r.NotTried[reference] += events
}

func (r *Recorded) leaveBatches(batches []caseBatch) {
	for i := range batches {
		r.leave(batches[i].ref.reference, len(batches[i].events))
	}
}

// notWorkedOut says of each event of a case that cannot be worked out why it was not tried.
func (r *Recorded) notWorkedOut(b *caseBatch) {
	for i := range b.events {
		r.Outcomes = append(r.Outcomes, admission.Outcome{
			N: b.events[i].N, Fate: admission.NotTried, Code: casework.CodeNotWorkedOut,
			Reason: "its case cannot be worked out, so nobody can tell whether it is to be accepted: " +
				"tell whoever runs Longstop, and send it again once that is mended",
		})
	}
}

func (r *Recorded) leaveCases(cases []CaseEvents) {
	for i := range cases {
		r.leave(cases[i].Reference, len(cases[i].Events))
	}
}

// CaseChanged is what the events recorded together in one case changed of its duties: as they stand
// at the recording, with all that is known, without those events and with them.
type CaseChanged struct {
	Reference string // by which the events came
	Duties    []casework.Change
}

// caseBatch is what is handed in for one case by one reference.
type caseBatch struct {
	ref     caseRef
	events  []admission.Event           // prepared
	permits func(eventType string) bool // see admission.Input
}

// prepare makes events ready to be judged, and numbers them.
func prepare(source string, events []casework.Event) []admission.Event {
	list := make([]admission.Event, len(events))
	for n, e := range events {
		list[n] = admission.Event{Event: admission.Prepare(e, source), N: n}
	}
	return list
}

// group groups events by what their sources call their cases, in the order in which they come.
func group(events []admission.Event) []caseBatch {
	var list []caseBatch
	at := map[caseRef]int{}
	for _, e := range events {
		ref := caseRef{e.Source, e.Case}
		i, ok := at[ref]
		if !ok {
			i = len(list)
			at[ref] = i
			list = append(list, caseBatch{ref: ref})
		}
		list[i].events = append(list[i].events, e)
	}
	return list
}

// loading is the load that events come with; nil outside of one.
type loading struct {
	id      string
	backlog bool
}

// manner is how cases are recorded.
type manner struct {
	load   *loading // nil outside of one
	insert func(*pgx.Batch, []addedEvent) error
	by     []*acting // who hands in each batch, where they do not all come by the transaction's context
	waits  func()    // called before one waits for a lock of a case, or makes one; nil: nobody wants to know
}

// recordCases records events of several cases in one transaction. All case
// events are written here, or by recordFree: Record calls it with one case, a bulk load with
// hundreds. Events are admitted in the order in which the cases come.
func (s *Store) recordCases(ctx context.Context, tx transaction, batches []caseBatch, how manner) (Recorded, error) {
	var out Recorded
	batches, out.Refused, out.Outcomes = refuseReferences(batches)
	if len(batches) == 0 {
		return out, nil
	}
	cases, err := s.openCases(ctx, tx, batches, how.waits)
	if err != nil {
		return out, err
	}
	each, err := s.recordIn(ctx, tx, cases, batches, how)
	for i := range each {
		out.add(each[i])
	}
	return out, err
}

// recordIn records events of cases that are locked and read, and returns what became of each batch.
func (s *Store) recordIn(ctx context.Context, tx transaction, cases *opened, batches []caseBatch, how manner) ([]Recorded, error) {
	if err := cases.clock.err(); err != nil {
		return nil, err
	}
	out := make([]Recorded, len(batches))
	var added []addedEvent
	touched, faults, batchOf := map[string]bool{}, map[string]*CaseFaultError{}, map[string]int{}
	for i := range batches {
		file := cases.files[cases.keys[batches[i].ref]]
		batchOf[file.key] = i
		attached := s.missingAttachments(cases.lockedCases, file, file.at(cases.now), withRecording(how.load, cases.made[file.key]))
		a, err := s.admitBatch(cases.lockedCases, file, &batches[i], cases.elsewhere, attached, how.load)
		if fault := faultOf(file.key, err); fault != nil {
			// Nobody can tell whether the events are to be accepted: they are not, for now.
			out[i].leaveBatches(batches[i : i+1])
			out[i].notWorkedOut(&batches[i])
			out[i].Failed = append(out[i].Failed, fault)
			faults[file.key] = fault
			continue
		}
		out[i].count(&a, batches[i].ref)
		from := len(added)
		if len(a.Added) > 0 {
			added, touched[file.key] = append(added, attached...), true
		}
		for _, e := range a.Added {
			added = append(added, addedEvent{Event: e, load: how.load})
			cases.elsewhere.put(admission.IDOf(&e.Event), file.key)
		}
		if how.by != nil {
			for j := range added[from:] {
				added[from+j].by = how.by[i]
			}
		}
	}
	writes := &pgx.Batch{}
	if err := how.insert(writes, added); err != nil {
		return nil, err
	}
	var asides []*change
	for _, key := range sortedKeys(faults) {
		if file := cases.files[key]; !touched[key] && !cases.made[key] {
			asides = append(asides, s.aside(file, cases.law, faults[key], file.at(cases.now), false, false))
		}
	}
	var empty []string
	for key := range cases.made {
		if !touched[key] {
			empty = append(empty, key)
		}
	}
	if len(empty) == 0 {
		commitWithNext(tx)
	}
	nudges, err := s.follow(ctx, tx, writes, cases.lockedCases, touched, asides)
	for i := range batches {
		s.slow.note(batches[i].ref, cases.files[cases.keys[batches[i].ref]].took)
	}
	if err != nil {
		return nil, err
	}
	for _, n := range nudges {
		of := &out[batchOf[n.CaseKey]]
		of.Nudges = append(of.Nudges, n)
	}
	return out, dropEmpty(ctx, tx, empty)
}

// errTakenAway is of one case: another that had made it took it back since it wrote nothing in it.
var errTakenAway = errors.New("a case was taken away while it was being recorded: hand its events in again")

// opened are the cases of a transaction, locked and read, with where the events' ids are recorded.
type opened struct {
	*lockedCases
	elsewhere places
	made      map[string]bool // by this transaction
}

// openCases locks the cases of a transaction, making those that are new, and reads what
// the record holds of them and where the events' ids are recorded. waits is as in manner.
func (s *Store) openCases(ctx context.Context, tx transaction, batches []caseBatch, waits func()) (*opened, error) {
	refs := refsOf(batches)
	if len(refs) == 1 {
		cases, elsewhere, err := s.openKnown(ctx, tx, refs[0], batches)
		if err != nil || len(cases.keys) == 1 {
			return &opened{lockedCases: cases, elsewhere: elsewhere}, err
		}
		if waits != nil {
			waits()
		}
	}
	found, err := s.lockByReference(ctx, tx, refs)
	if err != nil {
		return nil, err
	}
	var made map[string]bool
	if len(found) < len(refs) {
		// Cases that are there are locked already: making one waits for nobody who
		// could wait for them, but for another that makes it.
		if made, err = makeCases(ctx, tx, refs); err != nil {
			return nil, err
		}
		if found, err = s.lockByReference(ctx, tx, refs); err != nil {
			return nil, err
		}
	}
	reads := &pgx.Batch{}
	elsewhere := queueWhereIDs(reads, batches)
	cases, err := s.readCases(ctx, tx, found, reads)
	if err == nil && len(cases.keys) < len(refs) {
		err = errTakenAway
	}
	return &opened{lockedCases: cases, elsewhere: elsewhere, made: made}, err
}

// openKnown locks the case of a reference and reads what the record holds of it in one round trip. Where the
// reference is not known, or somebody else has locked the case, nothing is locked, and the answer has no case.
func (s *Store) openKnown(ctx context.Context, tx transaction, ref caseRef, batches []caseBatch) (*lockedCases, places, error) {
	c, batch := s.newLocked(), &pgx.Batch{}
	sql, args := byOneReference([]string{ref.reference}), []any{ref.source, ref.reference}
	batch.Queue(sql+passing, args...).Query(eachInPlace(c.add))
	which, elsewhere := referred(ref), places{}
	if which.id = onlyID(batches); which.id == "" {
		elsewhere = queueWhereIDs(batch, batches)
	}
	if err := s.readLocked(ctx, tx, c, which, batch); err != nil {
		return nil, nil, err
	}
	if c.idIn != "" {
		elsewhere.put(admission.ID{Source: ref.source, ID: which.id}, c.idIn)
	}
	return c, elsewhere, nil
}

// follow works out what follows from the events that were added, and writes it after them,
// with the cases that are put aside for another reason.
func (s *Store) follow(
	ctx context.Context, tx transaction, writes *pgx.Batch, cases *lockedCases, touched map[string]bool, asides []*change,
) ([]pathway.Nudge, error) {
	var files []*caseFile
	for _, f := range cases.inKeyOrder() {
		if touched[f.key] {
			files = append(files, f)
		}
	}
	changes := append(s.assessAll(cases, files, true, false), asides...)
	if err := s.writeChanges(ctx, tx, writes, changes); err != nil {
		return nil, err
	}
	var nudges []pathway.Nudge
	for _, c := range changes {
		nudges = append(nudges, nudgesOf(c.pathways)...)
	}
	return nudges, nil
}

func (r *Recorded) count(a *admission.Admission, ref caseRef) {
	r.New += len(a.Added) - a.GaveWay
	r.Known += a.Known
	r.GaveWay += a.GaveWay
	r.Refused = append(r.Refused, a.Refused...)
	r.Outcomes = append(r.Outcomes, a.Outcomes...)
	r.Warnings = append(r.Warnings, a.Warnings...)
	r.DidNotCount = append(r.DidNotCount, a.DidNotCount...)
	if a.Changes != nil {
		r.Changed = append(r.Changed, CaseChanged{Reference: ref.reference, Duties: *a.Changes})
	}
	if e := a.Unopened; e != nil {
		r.Unopened = append(r.Unopened, Unopened{Event: e.ID, Line: e.Line, Source: ref.source, Reference: ref.reference})
	}
}

// Unopened is a written event of a case that nothing has opened.
type Unopened struct {
	Event, Source, Reference string
	Line                     int
}

// admitBatch admits what was handed in for one case, and adds it to the file after what is to be
// recorded with it of its sources as a whole. The error is a *CaseFaultError.
func (s *Store) admitBatch(
	cases *lockedCases, file *caseFile, b *caseBatch, elsewhere places, attached []addedEvent, load *loading,
) (admission.Admission, error) {
	in := admission.Input{
		Now: file.at(cases.now), Directory: cases.dir, Loaded: load != nil, Backlog: load != nil && load.backlog,
		Elsewhere: elsewhere.apartFrom(file.key, b), Permits: b.permits,
	}
	for i := range b.events {
		b.events[i].Case, b.events[i].Backlog = file.key, in.Backlog
	}
	history := file.events // nobody else has what lies behind its end
	for i := range attached {
		history = append(history, attached[i].Event.Event)
	}
	in.History, in.Events, in.May = history, b.events, cases.mayAcknowledge(file, in.Now)
	begun := casetime.WallNow()
	a, err := guard(s, file.key, func() admission.Admission { return cases.law.admitter.Admit(&in) })
	file.took += casetime.WallNow().Sub(begun)
	if err != nil {
		return a, err
	}
	if why := file.whyAhead(); why != "" {
		a.RefuseAll(casework.CodeClockAhead, why)
	}
	if len(a.Added) == 0 {
		return a, nil
	}
	file.events, file.folded, file.recorded, file.backlog = history, a.Plan, in.Now, in.Backlog
	for _, e := range a.Added {
		file.news = append(file.news, acknowledgements(file.events, &e.Event)...)
		file.events = append(file.events, e.Event)
	}
	return a, nil
}

// refuseReferences refuses the events of references that cannot be kept.
func refuseReferences(batches []caseBatch) (good []caseBatch, refused []casework.Refusal, outcomes []admission.Outcome) {
	for _, b := range batches {
		because := refuseReference(b.ref)
		if because == nil {
			good = append(good, b)
			continue
		}
		for i := range b.events {
			refused = append(refused, *b.events[i].Refuse(because.Field, because.Code, because.Reason))
			outcomes = append(outcomes, admission.Outcome{N: b.events[i].N, Fate: admission.Refused, Reason: because.Reason, Code: because.Code, Field: because.Field})
		}
	}
	return good, refused, outcomes
}

// refuseReference says why a reference cannot be kept; nil where it can. The events that
// come by it are judged one by one, by the admitter.
func refuseReference(ref caseRef) *casework.Refusal {
	e := &casework.Event{Source: ref.source, Case: ref.reference}
	if ref.source == "" {
		return e.Refuse("source", casework.CodeMissing, "it names no source")
	}
	if ref.reference == "" {
		return e.Refuse("case", casework.CodeMissing, "it names no case")
	}
	return admission.CheckStorable(e)
}

func refsOf(batches []caseBatch) []caseRef {
	refs := make([]caseRef, len(batches))
	for i := range batches {
		refs[i] = batches[i].ref
	}
	return refs
}

// places says in which case each event id is recorded, of those that were asked for.
type places map[admission.ID]string

func (p places) put(id admission.ID, key string) { p[id] = key }

// apartFrom reports of the ids and targets of a batch which are recorded in another case than
// this one.
func (p places) apartFrom(key string, b *caseBatch) func(admission.ID) bool {
	taken := map[admission.ID]bool{}
	for i := range b.events {
		e := &b.events[i].Event
		for _, id := range []admission.ID{admission.IDOf(e), admission.TargetOf(e)} {
			if at, ok := p[id]; ok && at != key {
				taken[id] = true
			}
		}
	}
	return func(id admission.ID) bool { return taken[id] }
}

// onlyID is the one id that queueWhereIDs would ask for; "" where there are more or none.
func onlyID(batches []caseBatch) string {
	if len(batches) != 1 || len(batches[0].events) != 1 {
		return ""
	}
	e := &batches[0].events[0]
	if e.Target() != "" || names.Fault(e.ID) != "" {
		return ""
	}
	return e.ID
}

// queueWhereIDs queues a look for where the ids and targets of events are recorded, in
// whatever case. What it returns is filled when the batch is read.
func queueWhereIDs(batch *pgx.Batch, batches []caseBatch) places {
	bySource := map[string][]string{}
	ask := func(source, id string) {
		// What Postgres cannot hold is refused later, and is found nowhere.
		if names.Fault(id) == "" {
			bySource[source] = append(bySource[source], id)
		}
	}
	for i := range batches {
		for j := range batches[i].events {
			e := &batches[i].events[j]
			ask(e.Source, e.ID)
			if target := e.Target(); target != "" {
				ask(e.Source, target)
			}
		}
	}
	found := places{}
	type row struct{ Source, ID, CaseKey string }
	for _, source := range sortedKeys(bySource) {
		// Each id is looked up by itself, whatever the planner believes of a table that has
		// just begun to grow. Of one id the plan is kept: see byKey.
		ids := bySource[source]
		sql, arg := `select source, id, case_key::text from events where source = $1 and id = $2`, any(ids[0])
		if len(ids) > 1 {
			sql, arg = `
				select e.source, e.id, e.case_key::text from unnest($2::text[]) as w(id)
				cross join lateral (select source, id, case_key from events where source = $1 and id = w.id limit 1) e`, any(ids)
		}
		batch.Queue(sql, source, arg).Query(each(func(r row) { found[admission.ID{Source: r.Source, ID: r.ID}] = r.CaseKey }))
	}
	return found
}

// newRow holds what is written of an event in both tables, events and staff_events, as
// json_to_recordset reads it.
type newRow struct {
	Source     string        `json:"source"`
	ID         string        `json:"id"`
	Type       string        `json:"type"`
	AtDay      *string       `json:"at_day,omitempty"`
	AtInstant  *time.Time    `json:"at_instant,omitempty"`
	Recorded   time.Time     `json:"recorded"`
	Data       casework.Data `json:"data,omitempty"`
	Corrects   string        `json:"corrects,omitempty"`
	Voids      string        `json:"voids,omitempty"`
	RecordedBy string        `json:"recorded_by,omitempty"`
}

func newRowOf(e *casework.Event) newRow {
	return newRow{
		Source: e.Source, ID: e.ID, Type: e.Type, AtDay: dateText(e.At.Day), AtInstant: pointer(e.At.Instant),
		Recorded: e.Recorded, Data: e.Data, Corrects: e.Corrects, Voids: e.Voids, RecordedBy: e.By,
	}
}

// addedEvent is an event to be written, and the load that it came with.
type addedEvent struct {
	admission.Event
	load *loading
	by   *acting // who hands it in; nil: whoever the transaction is of
}

// insertEvents queues the writing of events, as one statement, since the audit has a row for each case and statement.
func insertEvents(batch *pgx.Batch, list []addedEvent) error {
	switch len(list) {
	case 0:
		return nil
	case 1:
		insertEvent(batch, &list[0])
		return nil
	}
	type row struct {
		newRow
		CaseKey string `json:"case_key"`
		Episode string `json:"episode,omitempty"`
		LoadID  string `json:"load_id,omitempty"`
		Backlog bool   `json:"backlog"`
	}
	out := make([]row, len(list))
	for i := range list {
		e := &list[i]
		out[i] = row{newRow: newRowOf(&e.Event.Event), CaseKey: e.Case, Episode: e.Episode, LoadID: e.loadID(), Backlog: e.Backlog}
	}
	doc, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("writing the events: %w", err)
	}
	batch.Queue(`
		insert into events (case_key, source, id, type, at_day, at_instant, recorded, data, episode, corrects, voids,
			recorded_by, load_id, backlog)
		select case_key, source, id, type, at_day, at_instant, recorded, data, episode, corrects, voids,
			recorded_by, load_id, backlog
		from json_to_recordset($1::json) as n(case_key uuid, source text, id text, type text, at_day date,
			at_instant timestamptz, recorded timestamptz, data jsonb, episode text, corrects text, voids text,
			recorded_by text, load_id uuid, backlog boolean)`, doc)
	return nil
}

// insertEvent is insertEvents for one, whose values Postgres need not find in JSON.
func insertEvent(batch *pgx.Batch, e *addedEvent) {
	batch.Queue(`
		insert into events (case_key, source, id, type, at_day, at_instant, recorded, data, episode, corrects, voids,
			recorded_by, load_id, backlog)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, e.values()...)
}

func (e *addedEvent) values() []any {
	var data any // null if it has none, and not an empty object
	if len(e.Data) > 0 {
		data = e.Data
	}
	return []any{
		e.Case, e.Source, e.ID, e.Type, dayOf(e.At.Day), pointer(e.At.Instant), e.Recorded, data, nullable(e.Episode),
		nullable(e.Corrects), nullable(e.Voids), nullable(e.By), nullable(e.loadID()), e.Backlog,
	}
}

// insertEach is insertEvents for a transaction in which several act. What each adds is a statement of its own, for which
// the session says who it is; so the audit has it as if each had a transaction. What the program does itself
// comes first, while the session still says so.
func (s *Store) insertEach(batch *pgx.Batch, list []addedEvent) error {
	byActor, said := map[*acting][]addedEvent{}, map[string]bool{}
	var actors []*acting
	for _, e := range list {
		if byActor[e.by] == nil && e.by != nil {
			actors = append(actors, e.by)
			for name := range e.by.said {
				said[name] = true
			}
		}
		byActor[e.by] = append(byActor[e.by], e)
	}
	if err := insertEvents(batch, byActor[nil]); err != nil {
		return err
	}
	names := sortedKeys(said)
	for _, a := range actors {
		texts := make([]string, len(names))
		for i, name := range names {
			// What one leaves out is as the session has it, and not as the one before had it.
			var ok bool
			if texts[i], ok = a.said[name]; !ok {
				texts[i] = s.session["longstop."+name]
			}
		}
		events := byActor[a]
		if len(events) == 1 {
			insertEventBy(batch, &events[0], names, texts)
			continue
		}
		queueSaying(batch, names, texts)
		if err := insertEvents(batch, events); err != nil {
			return err
		}
	}
	return nil
}

// insertEventBy is insertEvent with who does it, in one statement: the trigger that notes it comes after all of it.
func insertEventBy(batch *pgx.Batch, e *addedEvent, names, texts []string) {
	batch.Queue(`
		insert into events (case_key, source, id, type, at_day, at_instant, recorded, data, episode, corrects, voids,
			recorded_by, load_id, backlog)
		select $1::uuid, $2::text, $3::text, $4::text, $5::date, $6::timestamptz, $7::timestamptz, $8::jsonb, $9::text, $10::text, $11::text,
			$12::text, $13::uuid, $14::boolean
		from (select count(set_config('longstop.' || name, said, true)) as said from unnest($15::text[], $16::text[]) as n(name, said)) s
		where s.said >= 0`, append(e.values(), names, texts)...)
}

// loadID is the id of the load that the event came with; "" where it came with none.
func (e *addedEvent) loadID() string {
	if e.load == nil {
		return ""
	}
	return e.load.id
}
