package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"longstop/calendar"
	"longstop/casework"
	"longstop/pathway"
	"longstop/timescale"
)

// change is what a transaction writes about one case.
type change struct {
	file     *caseFile
	made     *assessment  // nil where the case is put aside
	law      *law         // nil where it is not known
	pathways []pathwayRow // those that changed, with their new revision
	recorded time.Time    // of the last event; zero where nothing was recorded
	queue    bool         // whether the changed pathways are nudged through the outbox
	raise    bool         // whether the revision rises though no pathway changed
	answered string       // the pathway whose workflow gets its nudge as an answer; "" for no such pathway
	whole    bool         // whether every pathway was looked at, not one alone
	noted    bool         // whether it is noted what the law has changed since it was planned last
	news     []Change     // what goes outwards
	fault    string       // of a case that is put aside: why
	faultAt  time.Time    // case time
}

// writeChanges writes duties, pathways, nudges and the cases' rows, as one set-based
// statement each, whether it is one case or hundreds. It raises the revision of each case
// in which a pathway changed or that asks for it. What is queued in the batch goes first.
func (s *Store) writeChanges(ctx context.Context, tx transaction, batch *pgx.Batch, changes []*change) error {
	if len(changes) == 0 && batch.Len() == 0 {
		return nil
	}
	worked, asides := splitAsides(changes)
	if err := recallTold(ctx, tx, worked); err != nil {
		return err
	}
	if err := writeDuties(ctx, tx, batch, worked); err != nil {
		return err
	}
	if err := queuePathways(batch, worked); err != nil {
		return err
	}
	if err := queueAsides(batch, asides); err != nil {
		return err
	}
	if err := queueNudges(batch, changes); err != nil {
		return err
	}
	if err := queueNews(batch, changes); err != nil {
		return err
	}
	queueCases(batch, worked)
	if len(changes) == 1 {
		batch = fused(batch)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("writing what follows: %w", err)
	}
	for _, c := range changes {
		if c.raised() {
			c.file.revision++
		}
	}
	return nil
}

// mostFused is how many statements are made one, at most: there is one plan for each sequence of them.
const mostFused = 12

// fused makes one statement of those that write the rows of one case: each costs Postgres as much again as the row that it
// writes. It takes only what adds and updates: of a question whose answer nobody takes Postgres would not look for it, and
// what a part of a statement deletes, another part still sees.
func fused(batch *pgx.Batch) *pgx.Batch {
	list := batch.QueuedQueries
	if len(list) < 2 || len(list) > mostFused {
		return batch
	}
	var sql strings.Builder
	var args []any
	for i, q := range list {
		text := strings.TrimSpace(q.SQL)
		if q.Fn != nil || !strings.HasPrefix(text, "insert ") && !strings.HasPrefix(text, "update ") {
			return batch
		}
		last := i == len(list)-1
		switch {
		case i == 0:
			sql.WriteString("with w0 as (")
		case last:
			sql.WriteString(")\n")
		default:
			fmt.Fprintf(&sql, "),\nw%d as (", i)
		}
		renumber(&sql, text, len(args))
		args = append(args, q.Arguments...)
	}
	one := &pgx.Batch{}
	one.Queue(sql.String(), args...)
	return one
}

// renumber writes a statement whose parameters are counted on from a number. A statement of the store has a $ nowhere else.
func renumber(to *strings.Builder, sql string, from int) {
	for {
		at := strings.IndexByte(sql, '$')
		if at < 0 {
			to.WriteString(sql)
			return
		}
		end, n := at+1, 0
		for ; end < len(sql) && '0' <= sql[end] && sql[end] <= '9'; end++ {
			n = 10*n + int(sql[end]-'0')
		}
		to.WriteString(sql[:at+1])
		to.WriteString(strconv.Itoa(n + from))
		sql = sql[end:]
	}
}

// fewRows is how many rows are written each by a statement of its own, whose values Postgres need not find in JSON
// first. Of more a statement for all of them costs less.
const fewRows = 4

func (c *change) raised() bool { return c.raise || len(c.pathways) > 0 }

// plannedBy is the adoption by which the case is planned from now on; nil where that stays.
func (c *change) plannedBy() *int64 {
	if !c.noted {
		return nil
	}
	return &c.law.seq
}

func queuePathways(batch *pgx.Batch, changes []*change) error {
	type row struct {
		CaseKey  string          `json:"case_key"`
		Pathway  string          `json:"pathway"`
		Epoch    int64           `json:"epoch"`
		Revision int64           `json:"revision"`
		Open     bool            `json:"open"`
		Wake     *time.Time      `json:"wake,omitempty"`
		WallWake *time.Time      `json:"wall_wake,omitempty"`
		WakeWhy  string          `json:"wake_why"`
		Display  pathway.Display `json:"display"`
		Fault    string          `json:"fault"`
		Law      string          `json:"law"`
	}
	var list []row
	for _, c := range changes {
		for i := range c.pathways {
			p := &c.pathways[i]
			list = append(list, row{p.CaseKey, p.Pathway, p.Epoch, p.Revision, p.Open, p.Wake, p.WallWake, p.WakeWhy, p.Display, p.Fault, c.law.hash})
		}
	}
	if list == nil {
		return nil
	}
	const (
		into = `insert into pathways (case_key, pathway, epoch, revision, open, wake, wall_wake, wake_why, display, fault, law)`
		over = `
			on conflict (pathway, case_key) do update set epoch = excluded.epoch, revision = excluded.revision, open = excluded.open,
				wake = excluded.wake, wall_wake = excluded.wall_wake, wake_why = excluded.wake_why,
				display = excluded.display, fault = excluded.fault, law = excluded.law, updated = now(),
				faulted_at = case when excluded.fault = '' then null else pathways.faulted_at end`
	)
	if len(list) <= fewRows {
		for i := range list {
			r := &list[i]
			batch.Queue(into+` values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`+over,
				r.CaseKey, r.Pathway, r.Epoch, r.Revision, r.Open, r.Wake, r.WallWake, r.WakeWhy, r.Display, r.Fault, r.Law)
		}
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the pathways: %w", err)
	}
	batch.Queue(into+`
		select case_key, pathway, epoch, revision, open, wake, wall_wake, wake_why, display, fault, law
		from json_to_recordset($1::json) as n(case_key uuid, pathway text, epoch bigint, revision bigint, open boolean,
			wake timestamptz, wall_wake timestamptz, wake_why text, display jsonb, fault text, law text)`+over, doc)
	return nil
}

// outboxGrace leaves whoever caused a nudge the time to send it at once; the sweep takes
// only what is still there afterwards.
const outboxGrace = "5 seconds"

func queueNudges(batch *pgx.Batch, changes []*change) error {
	type row struct {
		CaseKey  string        `json:"case_key"`
		Pathway  string        `json:"pathway"`
		Revision int64         `json:"revision"`
		Nudge    pathway.Nudge `json:"nudge"`
	}
	var list []row
	for _, c := range changes {
		if !c.queue {
			continue
		}
		for _, n := range nudgesOf(c.pathways) {
			if n.Pathway == c.answered {
				continue
			}
			list = append(list, row{n.CaseKey, n.Pathway, n.Revision, n})
		}
	}
	if list == nil {
		return nil
	}
	const (
		into = `insert into outbox (case_key, pathway, revision, nudge, next_at) `
		at   = `clock_timestamp() + interval '` + outboxGrace + `'`
		over = `
			on conflict (case_key, pathway) do update set revision = excluded.revision, nudge = excluded.nudge,
				attempts = 0, queued = now(), next_at = excluded.next_at
			where (outbox.epoch, outbox.revision) < (excluded.epoch, excluded.revision)`
	)
	if len(changes) == 1 && len(list) <= fewRows { // of one case, in the order of its pathways
		for i := range list {
			r := &list[i]
			batch.Queue(into+`values ($1, $2, $3, $4, `+at+`)`+over, r.CaseKey, r.Pathway, r.Revision, r.Nudge)
		}
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the nudges: %w", err)
	}
	batch.Queue(into+`
		select case_key, pathway, revision, nudge, `+at+`
		from json_to_recordset($1::json) as n(case_key uuid, pathway text, revision bigint, nudge jsonb)
		order by case_key, pathway`+over, doc)
	return nil
}

func queueCases(batch *pgx.Batch, changes []*change) {
	if len(changes) == 0 {
		return
	}
	if len(changes) == 1 {
		queueCase(batch, changes[0])
		return
	}
	n := len(changes)
	keys, raised, whole := make([]string, n), make([]int32, n), make([]bool, n)
	recorded, workers, teams, plannedBy := make([]*time.Time, n), make([]*string, n), make([]*string, n), make([]*int64, n)
	for i, c := range changes {
		keys[i], recorded[i], whole[i] = c.file.key, pointer(c.recorded), c.whole
		workers[i], teams[i] = nullable(c.made.alloc.Worker), nullable(c.made.alloc.Team)
		plannedBy[i] = c.plannedBy()
		if c.raised() {
			raised[i] = 1
		}
	}
	batch.Queue(`
		update cases c set revision = c.revision + n.raised, last_recorded = greatest(c.last_recorded, n.recorded),
			worker = n.worker, team = n.team, fault = case when n.whole then '' else c.fault end,
			faulted_at = case when n.whole then null else c.faulted_at end, planned_by = coalesce(n.planned_by, c.planned_by)
		from unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::boolean[], $7::bigint[])
			as n(key, raised, recorded, worker, team, whole, planned_by)
		where c.key = n.key`, keys, raised, recorded, workers, teams, whole, plannedBy)
}

// queueCase is queueCases for one: see byKey.
func queueCase(batch *pgx.Batch, c *change) {
	raised := 0
	if c.raised() {
		raised = 1
	}
	batch.Queue(`
		update cases set revision = revision + $2, last_recorded = greatest(last_recorded, $3), worker = $4, team = $5,
			fault = case when $6 then '' else fault end, faulted_at = case when $6 then null else faulted_at end,
			planned_by = coalesce($7, planned_by)
		where key = $1`,
		c.file.key, raised, pointer(c.recorded), nullable(c.made.alloc.Worker), nullable(c.made.alloc.Team), c.whole, c.plannedBy())
	if c.file.fault != "" && !c.whole {
		// One pathway could be worked out: so can the others.
		batch.Queue(`update replans set next_at = clock_timestamp() where case_key = $1`, c.file.key)
	}
}

// dutyRow is a row of duties: it is handed to Postgres in JSON or by COPY, and read back. Its tags
// name the columns and their types, and nothing else does. In JSON an absent key is null, and a
// date is the midnight that begins it.
type dutyRow struct {
	CaseKey          string     `json:"case_key" sql:"uuid"`
	Duty             string     `json:"duty" sql:"text"`
	Ref              string     `json:"ref" sql:"text"`
	Pathway          string     `json:"pathway" sql:"text"`
	Episode          *string    `json:"episode,omitempty" sql:"text"`
	Entry            string     `json:"entry" sql:"text"`
	Started          *time.Time `json:"started" sql:"date"`
	StartedAt        *time.Time `json:"started_at,omitempty" sql:"timestamptz"`
	Due              *time.Time `json:"due,omitempty" sql:"date"`
	DueAt            *time.Time `json:"due_at,omitempty" sql:"timestamptz"`
	LocalDue         *time.Time `json:"local_due,omitempty" sql:"date"`
	Local            bool       `json:"local" sql:"boolean"`
	Provisional      bool       `json:"provisional" sql:"boolean"`
	Limited          bool       `json:"limited" sql:"boolean"`
	WaitingFor       *string    `json:"waiting_for,omitempty" sql:"text"`
	Met              bool       `json:"met" sql:"boolean"`
	MetOn            *time.Time `json:"met_on,omitempty" sql:"date"`
	MetAt            *time.Time `json:"met_at,omitempty" sql:"timestamptz"`
	MetBy            *string    `json:"met_by,omitempty" sql:"text"`
	MetInferred      bool       `json:"met_inferred" sql:"boolean"`
	RecordedLateDays int        `json:"recorded_late_days" sql:"integer"`
	Ended            bool       `json:"ended" sql:"boolean"`
	EndedOn          *time.Time `json:"ended_on,omitempty" sql:"date"`
	EndedAt          *time.Time `json:"ended_at,omitempty" sql:"timestamptz"`
	EndedBy          *string    `json:"ended_by,omitempty" sql:"text"`
	NotReported      bool       `json:"not_reported" sql:"boolean"`
	ReportedUntil    *time.Time `json:"reported_until,omitempty" sql:"date"`
	Extended         int        `json:"extended" sql:"integer"`
	Open             bool       `json:"open" sql:"boolean"`
	Law              string     `json:"law" sql:"text"`
	Digest           int64      `json:"digest" sql:"bigint"`
	Told             *string    `json:"told,omitempty" sql:"text"`
}

// dutyColumns are the names of the columns of duties, and dutyTypes names each with its type. Both
// are those of dutyRow, in its order.
var dutyColumns, dutyTypes = columnsOfDuties()

func columnsOfDuties() (names []string, types string) {
	row := reflect.TypeFor[dutyRow]()
	typed := make([]string, row.NumField())
	for i := range typed {
		name, _, _ := strings.Cut(row.Field(i).Tag.Get("json"), ",")
		names, typed[i] = append(names, name), name+" "+row.Field(i).Tag.Get("sql")
	}
	return names, strings.Join(typed, ", ")
}

// selectDuties is the list of what is selected to read a dutyRow; the statement calls the table d.
var selectDuties = strings.Replace("d."+strings.Join(dutyColumns, ", d."), "d.case_key", "d.case_key::text", 1)

// insertDuty and updateDuty write one row, whose values are those of dutyRow.values.
var insertDuty, updateDuty = statementsOfDuties()

func statementsOfDuties() (insert, update string) {
	places := make([]string, len(dutyColumns))
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+1)
	}
	insert = `insert into duties (` + strings.Join(dutyColumns, ", ") + `) values (` + strings.Join(places, ", ") + `)`
	update = `update duties set (` + strings.Join(dutyColumns[2:], ", ") + `) = row(` + strings.Join(places[2:], ", ") +
		`) where case_key = $1 and duty = $2`
	return insert, update
}

// values returns the row's values in the order of dutyColumns.
func (r *dutyRow) values() []any {
	row := reflect.ValueOf(r).Elem()
	list := make([]any, row.NumField())
	for i := range list {
		list[i] = row.Field(i).Interface()
	}
	return list
}

func dutyRowOf(d *casework.Duty, caseKey, law string) dutyRow {
	r := dutyRow{
		CaseKey: caseKey, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Episode: nullable(d.Episode), Entry: d.Entry,
		Started: dayOf(d.Started.Day), StartedAt: pointer(d.Started.Instant),
		Due: dayOf(d.Due), DueAt: pointer(d.DueAt), LocalDue: dayOf(d.LocalDue),
		Local: d.Local, Provisional: d.Provisional, Limited: d.Limit != nil, WaitingFor: nullable(d.WaitingFor),
		Met: d.Met, MetInferred: d.MetInferred, RecordedLateDays: d.RecordedLateDays,
		Ended: d.Ended && !d.Met, NotReported: d.NotReported, ReportedUntil: dayOf(d.ReportedUntil),
		Extended: len(d.Extensions), Open: d.Open(), Law: law,
	}
	if r.Met {
		r.MetOn, r.MetAt, r.MetBy = dayOf(d.MetOn.Day), pointer(d.MetOn.Instant), nullable(d.MetBy)
	}
	if r.Ended {
		r.EndedOn, r.EndedAt, r.EndedBy = dayOf(d.EndedOn), pointer(d.EndedAt), nullable(d.EndedBy)
	}
	r.Digest = r.digest()
	return r
}

// digest is a number by which a row that says something else is told: two that differ have
// the same one once in some quintillions.
func (r *dutyRow) digest() int64 {
	h := fnv.New64a()
	buf := make([]byte, 0, 512) // nearly always enough
	for _, s := range []*string{&r.Ref, &r.Pathway, r.Episode, &r.Entry, r.WaitingFor, r.MetBy, r.EndedBy, &r.Law} {
		buf = append(buf, text(s)...)
		buf = append(buf, 0)
	}
	for _, t := range []*time.Time{
		r.Started, r.StartedAt, r.Due, r.DueAt, r.LocalDue, r.MetOn, r.MetAt, r.EndedOn, r.EndedAt, r.ReportedUntil,
	} {
		micros := int64(0)
		if t != nil {
			micros = t.UnixMicro() + 1 // apart from none
		}
		buf = binary.LittleEndian.AppendUint64(buf, uint64(micros))
	}
	for _, b := range []bool{r.Local, r.Provisional, r.Limited, r.Met, r.MetInferred, r.Ended, r.NotReported, r.Open} {
		buf = strconv.AppendBool(buf, b)
	}
	buf = binary.LittleEndian.AppendUint32(buf, uint32(r.RecordedLateDays))
	buf = binary.LittleEndian.AppendUint32(buf, uint32(r.Extended))
	h.Write(buf)
	return int64(h.Sum64())
}

// duty is the row as the core knows it, as far as its state and what commands show go by.
func (r *dutyRow) duty() casework.Duty {
	d := casework.Duty{
		ID: r.Duty, Case: r.CaseKey, Ref: r.Ref, Pathway: r.Pathway, Episode: text(r.Episode), Entry: r.Entry,
		Started: whenOf(r.Started, r.StartedAt), Due: day(r.Due), DueAt: instant(r.DueAt), LocalDue: day(r.LocalDue),
		Local: r.Local, Provisional: r.Provisional, WaitingFor: text(r.WaitingFor),
		Met: r.Met, MetOn: whenOf(r.MetOn, r.MetAt), MetInferred: r.MetInferred, RecordedLateDays: r.RecordedLateDays,
		Ended: r.Ended, EndedOn: day(r.EndedOn), EndedAt: instant(r.EndedAt),
		NotReported: r.NotReported, ReportedUntil: day(r.ReportedUntil),
	}
	if r.Limited {
		// The state goes by whether there is a limit, and by whether it is in hours.
		d.Limit = &timescale.Limit{Unit: timescale.Days}
		if r.DueAt != nil {
			d.Limit.Unit = timescale.Hours
		}
	}
	return d
}

func day(t *time.Time) calendar.Date {
	if t == nil {
		return 0
	}
	return calendar.NewDate(t.Date())
}

// copyFrom is how many new duties are worth a COPY of their own.
const copyFrom = 200

// writeDuties makes the duties of the cases what their plans say. The cases are locked, so
// what their rows were when they were read is what they are: new ones are inserted, those
// that say something else are updated, and those that are no more are deleted.
func writeDuties(ctx context.Context, tx transaction, batch *pgx.Batch, changes []*change) error {
	var fresh, altered []dutyRow
	var goneKeys, goneDuties []string
	for _, c := range changes {
		gone := maps.Clone(c.file.duties)
		duties := c.made.agenda.Plan.Duties
		for i := range duties {
			row, now := dutyRowOf(&duties[i], c.file.key, c.law.hash), tellingOf(&duties[i], c.made.at)
			row.Told = new(now.String())
			before, there := c.file.duties[row.Duty]
			switch {
			case !there:
				fresh = append(fresh, row)
			case before.digest != row.Digest || before.unsaved || text(before.told) != *row.Told:
				altered = append(altered, row)
			}
			c.news = append(c.news, newsOf(&duties[i], before.told, now)...)
			delete(gone, row.Duty)
			c.file.duties[row.Duty] = keptDuty{digest: row.Digest, told: row.Told}
		}
		for _, duty := range slices.Sorted(maps.Keys(gone)) {
			goneKeys, goneDuties = append(goneKeys, c.file.key), append(goneDuties, duty)
			c.news = append(c.news, withdrawn(c.law.book, duty, gone[duty].told))
			delete(c.file.duties, duty)
		}
	}
	if goneKeys != nil {
		batch.Queue(`
			delete from duties d using unnest($1::uuid[], $2::text[]) as n(case_key, duty)
			where d.case_key = n.case_key and d.duty = n.duty`, goneKeys, goneDuties)
	}
	if err := queueAltered(batch, altered); err != nil {
		return err
	}
	return insertDuties(ctx, tx, batch, fresh)
}

func queueAltered(batch *pgx.Batch, list []dutyRow) error {
	if len(list) <= fewRows {
		for i := range list {
			batch.Queue(updateDuty, list[i].values()...)
		}
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the duties: %w", err)
	}
	var keys []string
	for i := range list {
		keys = append(keys, list[i].CaseKey)
	}
	slices.Sort(keys)
	facts := strings.Join(dutyColumns[2:], ", ")
	// The keys are given once more, or the planner would read every case's duties to find
	// those of one.
	sql, arg := byOne(`
		update duties d set (`+facts+`) = (n.`+strings.Join(dutyColumns[2:], ", n.")+`)
		from json_to_recordset($1::json) as n(`+dutyTypes+`)
		where d.case_key = {keys} and d.case_key = n.case_key and d.duty = n.duty`, "{keys}", "$2::uuid", slices.Compact(keys))
	batch.Queue(sql, doc, arg)
	return nil
}

func insertDuties(ctx context.Context, tx transaction, batch *pgx.Batch, list []dutyRow) error {
	if len(list) >= copyFrom {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"duties"}, dutyColumns,
			pgx.CopyFromSlice(len(list), func(i int) ([]any, error) { return list[i].values(), nil }))
		if err != nil {
			return fmt.Errorf("writing the duties: %w", err)
		}
		return nil
	}
	if len(list) <= fewRows {
		for i := range list {
			batch.Queue(insertDuty, list[i].values()...)
		}
		return nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the duties: %w", err)
	}
	names := strings.Join(dutyColumns, ", ")
	batch.Queue(`insert into duties (`+names+`) select `+names+` from json_to_recordset($1::json) as n(`+dutyTypes+`)`, doc)
	return nil
}

// outboxLease is how long a sweep has for the nudges that it took before another one takes
// them as well. A nudge that is sent twice changes nothing.
const outboxLease = "1 minute"

// sendWithin is how long a sweep has for sending what it took, and noteWithin for noting
// what became of it: together less than the lease.
const (
	sendWithin = 40 * time.Second
	noteWithin = 15 * time.Second
)

// SweepOutbox sends nudges that nobody has sent yet, at most limit of them, the longest
// waiting first. send is given them without any lock being held, and returns one error for
// each, nil where it was sent; a nudge that failed waits longer each time, up to five
// minutes. It returns how many were sent; the error is that of the database. Several may
// sweep at once: each takes other nudges.
func (s *Store) SweepOutbox(
	ctx context.Context, limit int, send func(context.Context, []pathway.Nudge) []error,
) (sent int, err error) {
	taken, err := s.takeNudges(ctx, limit)
	if err != nil || len(taken) == 0 {
		return 0, err
	}
	sending, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	errs := send(sending, taken)
	// Also of a sweep that is stopped: what was sent need not be sent again.
	ctx, cancelNoting := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancelNoting()
	var done, failed []pathway.Nudge
	for i := range taken {
		if i < len(errs) && errs[i] == nil {
			done = append(done, taken[i])
		} else {
			failed = append(failed, taken[i])
		}
	}
	return len(done), errors.Join(deleteSent(ctx, s.loops, done), s.postpone(ctx, failed))
}

// takeNudges takes nudges for a while: should this sweep die with them, a later one takes
// them again. One that cannot be read is left for later.
func (s *Store) takeNudges(ctx context.Context, limit int) ([]pathway.Nudge, error) {
	type row struct {
		CaseKey  string
		Pathway  string
		Epoch    int64
		Revision int64
		Nudge    string
	}
	var list []row
	err := s.inLoopTx(ctx, func(tx pgx.Tx) error {
		var err error
		list, err = rows[row](ctx, tx, "taking nudges from the outbox", `
			update outbox o set next_at = clock_timestamp() + interval '`+outboxLease+`'
			from (
				select case_key, pathway from outbox where next_at <= clock_timestamp()
				order by next_at limit $1 for update skip locked
			) t
			where o.case_key = t.case_key and o.pathway = t.pathway
			returning o.case_key::text, o.pathway, o.epoch, o.revision, o.nudge::text`, limit)
		return err
	})
	var nudges, broken []pathway.Nudge
	for i := range list {
		var n pathway.Nudge
		if err := json.Unmarshal([]byte(list[i].Nudge), &n); err != nil {
			id := pathway.WorkflowID(list[i].Pathway, list[i].CaseKey)
			s.log.Error().Str("workflow", id).Msg("a nudge in the outbox cannot be read: `starter rebuild` writes it again")
			broken = append(broken, pathway.Nudge{CaseKey: list[i].CaseKey, Pathway: list[i].Pathway, Epoch: list[i].Epoch, Revision: list[i].Revision})
			continue
		}
		nudges = append(nudges, n)
	}
	return nudges, errors.Join(err, s.postpone(ctx, broken))
}

// DeleteSent takes nudges that were sent out of the outbox, each only where no later one
// has taken its place.
func (s *Store) DeleteSent(ctx context.Context, sent []pathway.Nudge) error {
	return deleteSent(ctx, s.pool, sent)
}

func deleteSent(ctx context.Context, pool *pgxpool.Pool, sent []pathway.Nudge) error {
	if len(sent) == 0 {
		return nil
	}
	if len(sent) == 1 { // an event's: the planner need not think about it each time
		_, err := pool.Exec(ctx, `delete from outbox where case_key = $1 and pathway = $2 and epoch = $3 and revision = $4`,
			sent[0].CaseKey, sent[0].Pathway, sent[0].Epoch, sent[0].Revision)
		return sentError(err)
	}
	keys, names, epochs, revisions := columnsOf(sent)
	_, err := pool.Exec(ctx, `
		delete from outbox o using unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) as n(case_key, pathway, epoch, revision)
		where o.case_key = n.case_key and o.pathway = n.pathway and (o.epoch, o.revision) = (n.epoch, n.revision)`, keys, names, epochs, revisions)
	return sentError(err)
}

func sentError(err error) error {
	if err != nil {
		return fmt.Errorf("taking sent nudges out of the outbox: %w", explain(err))
	}
	return nil
}

// postpone leaves nudges that could not be sent for later: after 2, 4, 8 … seconds, at
// most five minutes.
func (s *Store) postpone(ctx context.Context, failed []pathway.Nudge) error {
	if len(failed) == 0 {
		return nil
	}
	keys, names, epochs, revisions := columnsOf(failed)
	_, err := s.loops.Exec(ctx, `
		update outbox o set attempts = attempts + 1,
			next_at = clock_timestamp() + least(interval '5 minutes', interval '2 seconds' * power(2, least(attempts, 10)))
		from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) as n(case_key, pathway, epoch, revision)
		where o.case_key = n.case_key and o.pathway = n.pathway and (o.epoch, o.revision) = (n.epoch, n.revision)`, keys, names, epochs, revisions)
	if err != nil {
		return fmt.Errorf("leaving nudges for later: %w", explain(err))
	}
	return nil
}

func columnsOf(list []pathway.Nudge) (keys, names []string, epochs, revisions []int64) {
	for i := range list {
		n := &list[i]
		keys, names = append(keys, n.CaseKey), append(names, n.Pathway)
		epochs, revisions = append(epochs, n.Epoch), append(revisions, n.Revision)
	}
	return keys, names, epochs, revisions
}
