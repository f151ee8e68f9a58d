package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/pathway"
)

// caseFile is what the record holds of one case, read while the case is locked.
type caseFile struct {
	key        string
	reference  string // the one that people are shown
	sources    []string
	epoch      int64 // of the record
	revision   int64
	recorded   time.Time     // when its last event was
	ahead      time.Duration // see aheadOf: how far that lies in the future
	fault      string        // why it is put aside; "" where it is not
	plannedBy  int64         // the adoption by which it was planned last, but for what was recorded since
	events     []casework.Event
	folded     *casework.Plan // those events, as they were admitted; nil where that took no fold
	notices    []noticeRow
	deliveries map[string]*delivery // those that hold its notices, or once did, by their ids
	logOnly    bool                 // this program has no mail server
	trays      bool                 // see Options.Trays
	pathways   map[string]pathwayRow
	duties     map[string]keptDuty // what its duties' rows say
	backlog    bool                // what is recorded in it now comes with a first load
	took       time.Duration       // that working it out took, in all
	news       []Change            // what goes outwards next to what changes of its duties: acknowledgements
	refused    []string            // the staff who cannot be reached now, because their address is refused
	// refusedUntil is the end of the first of those refusals; zero if there are none.
	refusedUntil time.Time
}

// caseRow is a locked row of cases; Source and Asked say by which reference it was found.
type caseRow struct {
	Key          string
	Revision     int64
	LastRecorded *time.Time
	Reference    *string // the first
	Sources      []string
	Fault        string
	PlannedBy    int64
	Source       string
	Asked        string
}

// columns are where the columns of selectLocked go, with the two that come after them.
func (r *caseRow) columns() []any {
	return []any{&r.Key, &r.Revision, &r.LastRecorded, &r.Fault, &r.PlannedBy, &r.Reference, flat(&r.Sources), &r.Source, &r.Asked}
}

// lockedCases are the files of the cases of one transaction, with the instant after they
// were locked, and the law and the people as they were then.
type lockedCases struct {
	now   time.Time // case time
	clock reading   // of Postgres' clock
	files map[string]*caseFile
	keys  map[caseRef]string // of the references by which they were found
	law   *law
	dir   *organisation.Directory

	refusals []refusal // believed now

	attachments map[string][]attachmentRow // by source

	idIn string // the case in which the event is recorded whose id was asked for: see selected

	logOnly, trays bool // see caseFile
}

const selectLocked = `select c.key::text, c.revision, c.last_recorded, c.fault, c.planned_by,
	(select f.reference from case_references f where f.case_key = c.key order by f.n limit 1) as reference,
	array(select f.source from case_references f where f.case_key = c.key) as sources, `

// lockCases locks cases in the order of their keys and reads what the record holds of them.
// Keys without a case are left out.
func (s *Store) lockCases(ctx context.Context, tx pgx.Tx, keys []string) (*lockedCases, error) {
	return s.lockThem(ctx, tx, keys, "")
}

// lockFree is lockCases for those that nobody else has locked.
func (s *Store) lockFree(ctx context.Context, tx pgx.Tx, keys []string) (*lockedCases, error) {
	return s.lockThem(ctx, tx, keys, passing)
}

// lockThem locks so that others may still refer to the case by a foreign key.
func (s *Store) lockThem(ctx context.Context, tx pgx.Tx, keys []string, how string) (*lockedCases, error) {
	sql, arg := byKey(selectLocked+`'' as source, '' as asked from cases c where c.key = {keys} order by c.key for no key update of c`+how, keys)
	found, err := rows[caseRow](ctx, tx, "locking the cases", sql, arg)
	if err != nil {
		return nil, err
	}
	return s.readCases(ctx, tx, found, &pgx.Batch{})
}

// lockByReference locks the cases of references, in the order of their keys; those that are
// not known are left out. The sources are asked for one by one (there is hardly ever more
// than one): so put, the question is answered from the index whatever the planner guesses.
func (s *Store) lockByReference(ctx context.Context, tx transaction, refs []caseRef) ([]caseRow, error) {
	bySource := map[string][]string{}
	for _, r := range refs {
		bySource[r.source] = append(bySource[r.source], r.reference)
	}
	var all []caseRow
	for _, source := range sortedKeys(bySource) {
		references := bySource[source]
		sql, arg := byOneReference(references), any(references)
		if len(references) == 1 {
			arg = references[0]
		}
		found, err := rows[caseRow](ctx, tx, "locking the cases", sql, source, arg)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// passing passes over what somebody else has locked.
const passing = " skip locked"

// byOneReference is the question that locks the cases of some references of a source.
func byOneReference(references []string) string {
	sql, _ := byOne(selectLocked+`r.source, r.reference as asked
		from case_references r join cases c on c.key = r.case_key
		where r.source = $1 and r.reference = {references} order by c.key for no key update of c`,
		"{references}", "$2::text", references)
	return sql
}

// readCases reads the files of cases that are locked, and the moment, after what is queued
// in the batch. These must be statements of their own: only they see what others wrote
// while the locks were waited for.
func (s *Store) readCases(ctx context.Context, tx transaction, found []caseRow, batch *pgx.Batch) (*lockedCases, error) {
	c := s.newLocked()
	keys := make([]string, 0, len(found))
	for i := range found {
		c.add(&found[i])
		keys = append(keys, found[i].Key)
	}
	return c, s.readLocked(ctx, tx, c, keyed(keys), batch)
}

func (s *Store) newLocked() *lockedCases {
	return &lockedCases{files: map[string]*caseFile{}, keys: map[caseRef]string{}, logOnly: s.logOnly, trays: s.trays}
}

// locked returns the file of a case that is locked. Of any other it returns one that nothing is done with: a question
// that finds a case by its reference also finds one that was committed after the statement that locks.
func (c *lockedCases) locked(key string) *caseFile {
	if f := c.files[key]; f != nil {
		return f
	}
	return &caseFile{pathways: map[string]pathwayRow{}, duties: map[string]keptDuty{}, deliveries: map[string]*delivery{}}
}

// add begins the file of a case that is locked.
func (c *lockedCases) add(r *caseRow) {
	c.keys[caseRef{r.Source, r.Asked}] = r.Key
	slices.Sort(r.Sources)
	r.Sources = slices.Compact(r.Sources)
	c.files[r.Key] = &caseFile{
		key: r.Key, reference: text(r.Reference), sources: r.Sources, revision: r.Revision, recorded: instant(r.LastRecorded), fault: r.Fault, plannedBy: r.PlannedBy,
		pathways: map[string]pathwayRow{}, duties: map[string]keptDuty{}, deliveries: map[string]*delivery{}, logOnly: c.logOnly, trays: c.trays,
	}
}

// readLocked is readCases for cases whose files are begun, or are as soon as the batch is read.
func (s *Store) readLocked(ctx context.Context, tx transaction, c *lockedCases, which selected, batch *pgx.Batch) error {
	var m moment
	var err error
	c.clock, err = s.read(&m.Wall, func() error { return c.read(ctx, tx, which, batch, &m) })
	if err != nil {
		return err
	}
	c.now = s.caseTime(m.Wall)
	for _, f := range c.files {
		f.link()
		f.epoch, f.ahead = m.Epoch, s.aheadOf(f.recorded, m.Wall)
	}
	if len(c.files) == 0 {
		return nil
	}
	if m.Law == nil {
		return ErrNotMigrated
	}
	if c.law, err = s.lawOf(ctx, tx, *m.Law); err != nil {
		return ofEveryCase(err)
	}
	if c.dir, err = s.directory(ctx, tx, m.People, today(c.now)); err != nil {
		return ofEveryCase(err)
	}
	if c.attachments, err = s.attachmentsUpTo(ctx, tx, m.Attached); err != nil {
		return ofEveryCase(err)
	}
	for _, f := range c.files {
		f.refused, f.refusedUntil = unreachableStaff(c.dir, c.refusals, f.at(c.now))
	}
	return nil
}

func (c *lockedCases) read(ctx context.Context, tx transaction, which selected, batch *pgx.Batch, m *moment) error {
	read := func(sql string, take func(pgx.Rows) error) { which.queue(batch, sql).Query(take) }
	if which.one() {
		read(selectStanding, eachInPlace(func(r *standingRow) { c.stand(r, m) }))
	} else {
		queueMoment(batch, m)
		batch.Queue(selectLastRefusals).Query(each(func(r refusal) { c.refusals = append(c.refusals, r) }))
		read(`select case_key::text, duty, digest, told from duties where case_key = {keys}`,
			each(func(r digestRow) { c.locked(r.CaseKey).duties[r.Duty] = keptDuty{digest: r.Digest, told: r.Told} }))
		read(selectPathways+` where case_key = {keys}`,
			each(func(r pathwayRow) { c.locked(r.CaseKey).pathways[r.Pathway] = r }))
	}
	read(selectEvents+` where case_key = {keys} order by case_key, seq`, eachEvent(func(e *casework.Event) {
		f := c.locked(e.Case)
		if f.events == nil {
			f.events = make([]casework.Event, 0, manyEvents)
		}
		f.events = append(f.events, *e)
	}))
	queueNotices(batch, which, c.locked)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("reading the cases: %w", err)
	}
	return nil
}

// selectStanding asks in one statement what else takes a handful, where it is about one case: the moment, the refusals
// that are believed, what the rows of its duties say, its pathways, and in which case an event of an id is recorded.
var selectStanding = `select k.key::text as case_key, ` + momentColumns + `, d.duties, d.digests, d.told, r.addresses, r.believed, {id} as id_in,
	p.pathways, p.epochs, p.revisions, p.opens, p.wakes, p.wall_wakes, p.wakes_why, p.displays, p.faults
	from (select {keys} as key) k
	cross join lateral (select array_agg(duty) as duties, array_agg(digest) as digests, array_agg(told) as told
		from duties where case_key = k.key) d
	cross join lateral (select array_agg(pathway) as pathways, array_agg(epoch) as epochs, array_agg(revision) as revisions, array_agg(open) as opens,
		array_agg(wake) as wakes, array_agg(wall_wake) as wall_wakes, array_agg(wake_why) as wakes_why, array_agg(display) as displays, array_agg(fault) as faults
		from pathways where case_key = k.key) p
	cross join (select array_agg(address) as addresses, array_agg(believed_until) as believed from (` + selectLastRefusals + `) l) r`

// standingRow is the answer to selectStanding. It is there whether or not there is such a case.
type standingRow struct {
	CaseKey *string
	moment
	Duties    []string
	Digests   []int64
	Told      []*string
	Addresses []string
	Believed  []time.Time
	IDIn      *string
	Pathways  []string
	Epochs    []int64
	Revisions []int64
	Opens     []bool
	Wakes     []*time.Time
	WallWakes []*time.Time
	WakesWhy  []string
	Displays  []pathway.Display
	Faults    []string
}

// columns are where the columns of selectStanding go.
func (r *standingRow) columns() []any {
	return []any{
		&r.CaseKey, &r.Wall, &r.Law, &r.People, &r.Attached, &r.Epoch, flat(&r.Duties), flat(&r.Digests), flat(&r.Told), flat(&r.Addresses),
		flat(&r.Believed), &r.IDIn, flat(&r.Pathways), flat(&r.Epochs), flat(&r.Revisions), flat(&r.Opens), flat(&r.Wakes), flat(&r.WallWakes),
		flat(&r.WakesWhy), flat(&r.Displays), flat(&r.Faults),
	}
}

// flat is a slice as pgx scans an array into it without looking for a way first.
func flat[T any](list *[]T) *pgtype.FlatArray[T] { return (*pgtype.FlatArray[T])(list) }

// stand takes what stands of one case.
func (c *lockedCases) stand(r *standingRow, m *moment) {
	*m, c.idIn = r.moment, text(r.IDIn)
	for i, address := range r.Addresses {
		c.refusals = append(c.refusals, refusal{Address: address, BelievedUntil: r.Believed[i]})
	}
	duties := c.locked(text(r.CaseKey)).duties
	for i, duty := range r.Duties {
		duties[duty] = keptDuty{digest: r.Digests[i], told: r.Told[i]}
	}
	pathways := c.locked(text(r.CaseKey)).pathways
	for i, name := range r.Pathways {
		pathways[name] = pathwayRow{
			CaseKey: *r.CaseKey, Pathway: name, Epoch: r.Epochs[i], Revision: r.Revisions[i], Open: r.Opens[i], Wake: r.Wakes[i],
			WallWake: r.WallWakes[i], WakeWhy: r.WakesWhy[i], Display: r.Displays[i], Fault: r.Faults[i],
		}
	}
}

// selected says which cases a question is about: its {keys} are theirs.
type selected struct {
	keys []string
	ref  *caseRef // the one case of a reference, where its key is not known yet
	id   string   // of an event of the reference's source: see lockedCases.idIn; "" is none
}

// one reports whether it is about one case.
func (w selected) one() bool { return w.ref != nil || len(w.keys) == 1 }

func keyed(keys []string) selected { return selected{keys: keys} }

func referred(ref caseRef) selected { return selected{ref: &ref} }

// queue queues a question.
func (w selected) queue(batch *pgx.Batch, sql string) *pgx.QueuedQuery {
	if w.ref != nil {
		sql = strings.Replace(sql, "{keys}", "(select case_key from case_references where source = $1 and reference = $2)", 1)
		if w.id != "" && strings.Contains(sql, "{id}") {
			sql = strings.Replace(sql, "{id}", "(select case_key::text from events where source = $1 and id = $3)", 1)
			return batch.Queue(sql, w.ref.source, w.ref.reference, w.id)
		}
		return batch.Queue(strings.Replace(sql, "{id}", "null", 1), w.ref.source, w.ref.reference)
	}
	sql, arg := byKey(strings.Replace(sql, "{id}", "null", 1), w.keys)
	return batch.Queue(sql, arg)
}

// byKey puts case keys into a question: one as itself, several as an array. Of one the
// planner makes a plan for good; of arrays it would plan each time again, which costs more
// than the answer.
func byKey(sql string, keys []string) (string, any) { return byOne(sql, "{keys}", "$1::uuid", keys) }

func byOne(sql, place, parameter string, list []string) (string, any) {
	if len(list) == 1 {
		return strings.Replace(sql, place, parameter, 1), list[0]
	}
	return strings.Replace(sql, place, "any("+parameter+"[])", 1), list
}

// each is a batch's callback that hands over one row after the other.
func each[T any](take func(T)) func(pgx.Rows) error {
	return func(r pgx.Rows) error {
		list, err := pgx.CollectRows(r, pgx.RowToStructByName[T])
		for i := range list {
			take(list[i])
		}
		return err
	}
}

// eachInPlace is each for a row that says itself where its columns go, in their order: to find that out by their names costs
// more than to scan a single row.
func eachInPlace[T any, P interface {
	*T
	columns() []any
}](take func(*T)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			var row T
			if err := rows.Scan(P(&row).columns()...); err != nil {
				return err
			}
			take(&row)
		}
		return rows.Err()
	}
}

type digestRow struct {
	CaseKey, Duty string
	Digest        int64
	Told          *string
}

// keptDuty is what the row of a duty says, in short.
type keptDuty struct {
	digest  int64
	told    *string // nil: an earlier release wrote it
	unsaved bool    // told was worked out now: see recallTold
}

// at is the instant at which something is recorded in the case: now, and never before what
// was recorded in it last.
func (f *caseFile) at(now time.Time) time.Time {
	if f.ahead == 0 && now.Before(f.recorded) {
		return f.recorded
	}
	return now
}

// inKeyOrder lists the files by their keys.
func (c *lockedCases) inKeyOrder() []*caseFile {
	list := make([]*caseFile, 0, len(c.files))
	for _, f := range c.files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *caseFile) int { return cmp.Compare(a.key, b.key) })
	return list
}

// pathwayRow is a row of pathways.
type pathwayRow struct {
	CaseKey  string
	Pathway  string
	Epoch    int64
	Revision int64
	Open     bool
	Wake     *time.Time // case time
	WallWake *time.Time
	WakeWhy  string
	Display  pathway.Display
	Fault    string
}

const selectPathways = `select case_key::text, pathway, epoch, revision, open, wake, wall_wake, wake_why, display, fault from pathways`

// nudge is what the pathway's workflow is told.
func (r *pathwayRow) nudge() pathway.Nudge {
	return pathway.Nudge{
		CaseKey: r.CaseKey, Pathway: r.Pathway, Epoch: r.Epoch, Revision: r.Revision, Open: r.Open,
		Wake: instant(r.WallWake), WakeSummary: r.WakeWhy, Display: r.Display,
	}
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// unfinished are a pathway's notices that were claimed and are still to be sent, each by a
// letter of its own: those that another letter says go with that one.
func (f *caseFile) unfinished(name string) []*noticeRow {
	var list []*noticeRow
	for i := range f.notices {
		if r := &f.notices[i]; r.Pathway == name && r.unfinished() && !r.carried() {
			list = append(list, r)
		}
	}
	return list
}

// noticeByKey finds a notice by its key within the case; nil if there is none.
func (f *caseFile) noticeByKey(key string) *noticeRow {
	for i := range f.notices {
		if f.notices[i].Key == key {
			return &f.notices[i]
		}
	}
	return nil
}

// recordedRow holds the columns that the tables events and staff_events share.
type recordedRow struct {
	Source     string
	ID         string
	Type       string
	AtDay      *time.Time
	AtInstant  *time.Time
	Recorded   time.Time
	Data       map[string]any
	Corrects   *string
	Voids      *string
	RecordedBy *string
}

func (r *recordedRow) event() casework.Event {
	return casework.Event{
		ID: r.ID, Source: r.Source, Type: r.Type, At: whenOf(r.AtDay, r.AtInstant), Recorded: casework.ToSecond(r.Recorded),
		Data: r.Data, Corrects: text(r.Corrects), Voids: text(r.Voids), By: text(r.RecordedBy),
	}
}

// eventRow is a row of events.
type eventRow struct {
	recordedRow
	CaseKey string
	Episode *string
	Backlog bool
}

var selectEvents = `select case_key::text, source, id, type, at_day, at_instant, ` + recordedAs("events", "event") + ` as recorded,
	data, episode, corrects, voids, recorded_by, backlog from events`

// event returns the row as an event whose case is the case key.
func (r *eventRow) event() casework.Event {
	e := r.recordedRow.event()
	e.Case, e.Episode, e.Backlog = r.CaseKey, text(r.Episode), r.Backlog
	return e
}

// errEndless is about a day or an instant that no event can be of.
var errEndless = errors.New("an event's day or instant is 'infinity'")

// manyEvents is as many events as most cases have.
const manyEvents = 32

// eachEvent is each for the rows of selectEvents. There are more of them than of anything else that is read, so they are
// scanned without a row between, and the event that is handed over is only good until the next.
func eachEvent(take func(*casework.Event)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		defer rows.Close()
		var e casework.Event
		var day pgtype.Date
		var at, recorded pgtype.Timestamptz
		var data map[string]any
		var episode, corrects, voids, by pgtype.Text
		into := []any{&e.Case, &e.Source, &e.ID, &e.Type, &day, &at, &recorded, &data, &episode, &corrects, &voids, &by, &e.Backlog}
		for rows.Next() {
			data = nil // or what is decoded would be added to it
			if err := rows.Scan(into...); err != nil {
				return err
			}
			if day.InfinityModifier != pgtype.Finite || at.InfinityModifier != pgtype.Finite || recorded.InfinityModifier != pgtype.Finite {
				return pgx.ScanArgError{Err: errEndless}
			}
			e.At = casework.When{Instant: casework.ToSecond(at.Time.UTC())}
			if day.Valid {
				e.At.Day = calendar.NewDate(day.Time.Date())
			}
			e.Recorded, e.Data = casework.ToSecond(recorded.Time), data
			e.Episode, e.Corrects, e.Voids, e.By = episode.String, corrects.String, voids.String, by.String
			take(&e)
		}
		return rows.Err()
	}
}

func whenOf(day, at *time.Time) casework.When {
	w := casework.When{Instant: casework.ToSecond(instant(at))}
	if day != nil {
		w.Day = calendar.NewDate(day.Date())
	}
	return w
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// dateText is a date as Postgres reads it; nil for none.
func dateText(d calendar.Date) *string { return nullable(d.String()) }

// dayOf is a date as a time, which is how pgx writes one in binary; nil for none.
func dayOf(d calendar.Date) *time.Time {
	if d.IsZero() {
		return nil
	}
	year, month, day := d.Split()
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return &t
}

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
func makeCases(ctx context.Context, tx transaction, refs []caseRef) (made map[string]bool, err error) {
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
func dropEmpty(ctx context.Context, tx transaction, keys []string) error {
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

// inCase is inTx for a transaction about one case. Those of one case wait for each other
// without a connection: a case that somebody keeps locked holds one of the pool's at most,
// and the others are left for other cases. Where the transaction fails because of the case,
// the case is put aside and the error is a *CaseFaultError. Key "" is no case.
func (s *Store) inCase(ctx context.Context, key string, fn func(pgx.Tx) error) error {
	if key == "" {
		return s.inTx(ctx, fn)
	}
	leave, err := s.cases.enter(ctx, key)
	if err != nil {
		return err
	}
	defer leave()
	err = s.recovering(key, func() error { return s.inTx(ctx, fn) })
	fault := faultOf(key, err)
	if fault == nil {
		return err
	}
	if err := s.putAside(ctx, fault); err != nil {
		s.log.Error().Err(err).Str("case", key).Msg("and the case could not be put aside: the next attempt tries that again")
	}
	return fault
}

// queues lets one at a time through for each key. The zero value is ready for use.
type queues struct {
	mu    sync.Mutex
	byKey map[string]*queue
}

type queue struct {
	turn  chan struct{} // holds a token while nobody is through
	users int           // who is through or waits
}

// enter waits for its turn, and returns what ends it; or the context's error.
func (q *queues) enter(ctx context.Context, key string) (leave func(), err error) {
	own := q.join(key)
	select {
	case <-own.turn:
		return func() {
			own.turn <- struct{}{}
			q.part(key, own)
		}, nil
	case <-ctx.Done():
		q.part(key, own)
		return nil, ctx.Err()
	}
}

func (q *queues) join(key string) *queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	own := q.byKey[key]
	if own == nil {
		own = &queue{turn: make(chan struct{}, 1)}
		own.turn <- struct{}{}
		if q.byKey == nil {
			q.byKey = map[string]*queue{}
		}
		q.byKey[key] = own
	}
	own.users++
	return own
}

func (q *queues) part(key string, own *queue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(q.byKey, key)
	}
}
