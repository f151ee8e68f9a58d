package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// dutyRow is a row of duties, as it is handed to Postgres in JSON or by COPY. In JSON an
// absent key is null, and a date is the midnight that begins it.
type dutyRow struct {
	CaseKey          string     `json:"case_key"`
	Duty             string     `json:"duty"`
	Ref              string     `json:"ref"`
	Pathway          string     `json:"pathway"`
	Episode          *string    `json:"episode,omitempty"`
	Entry            string     `json:"entry"`
	Started          *time.Time `json:"started"`
	StartedAt        *time.Time `json:"started_at,omitempty"`
	Due              *time.Time `json:"due,omitempty"`
	DueAt            *time.Time `json:"due_at,omitempty"`
	LocalDue         *time.Time `json:"local_due,omitempty"`
	Local            bool       `json:"local"`
	Provisional      bool       `json:"provisional"`
	Limited          bool       `json:"limited"`
	WaitingFor       *string    `json:"waiting_for,omitempty"`
	Met              bool       `json:"met"`
	MetOn            *time.Time `json:"met_on,omitempty"`
	MetAt            *time.Time `json:"met_at,omitempty"`
	MetBy            *string    `json:"met_by,omitempty"`
	MetInferred      bool       `json:"met_inferred"`
	RecordedLateDays int        `json:"recorded_late_days"`
	Ended            bool       `json:"ended"`
	EndedOn          *time.Time `json:"ended_on,omitempty"`
	EndedAt          *time.Time `json:"ended_at,omitempty"`
	EndedBy          *string    `json:"ended_by,omitempty"`
	NotReported      bool       `json:"not_reported"`
	ReportedUntil    *time.Time `json:"reported_until,omitempty"`
	Extended         int        `json:"extended"`
	Open             bool       `json:"open"`
	Law              string     `json:"law"`
	Digest           int64      `json:"digest"`
}

// dutyTypes types the keys of a dutyRow for Postgres, in the order of values.
const dutyTypes = `case_key uuid, duty text, ref text, pathway text, episode text, entry text, started date,
	started_at timestamptz, due date, due_at timestamptz, local_due date, local boolean, provisional boolean,
	limited boolean, waiting_for text, met boolean, met_on date, met_at timestamptz, met_by text, met_inferred boolean,
	recorded_late_days integer, ended boolean, ended_on date, ended_at timestamptz, ended_by text,
	not_reported boolean, reported_until date, extended integer, open boolean, law text, digest bigint`

// dutyColumns are the names in dutyTypes.
var dutyColumns = namesOf(dutyTypes)

func namesOf(types string) []string {
	columns := strings.Split(types, ",")
	for i, c := range columns {
		columns[i] = strings.Fields(c)[0]
	}
	return columns
}

// values are the row's values in the order of dutyColumns.
func (r *dutyRow) values() []any {
	return []any{
		r.CaseKey, r.Duty, r.Ref, r.Pathway, r.Episode, r.Entry, r.Started, r.StartedAt, r.Due, r.DueAt, r.LocalDue, r.Local,
		r.Provisional, r.Limited, r.WaitingFor, r.Met, r.MetOn, r.MetAt, r.MetBy, r.MetInferred, r.RecordedLateDays,
		r.Ended, r.EndedOn, r.EndedAt, r.EndedBy, r.NotReported, r.ReportedUntil, r.Extended, r.Open, r.Law, r.Digest,
	}
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
	var buf []byte
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

// dutyFactsRow is a row of duties as it is read.
type dutyFactsRow struct {
	CaseKey          string
	Duty             string
	Ref              string
	Pathway          string
	Episode          *string
	Entry            string
	Started          time.Time
	StartedAt        *time.Time
	Due              *time.Time
	DueAt            *time.Time
	LocalDue         *time.Time
	Local            bool
	Provisional      bool
	Limited          bool
	WaitingFor       *string
	Met              bool
	MetOn            *time.Time
	MetAt            *time.Time
	MetInferred      bool
	RecordedLateDays int
	Ended            bool
	EndedOn          *time.Time
	EndedAt          *time.Time
	NotReported      bool
	ReportedUntil    *time.Time
}

const dutyFactsColumns = `d.case_key::text, d.duty, d.ref, d.pathway, d.episode, d.entry, d.started, d.started_at, d.due, d.due_at,
	d.local_due, d.local, d.provisional, d.limited, d.waiting_for, d.met, d.met_on, d.met_at, d.met_inferred, d.recorded_late_days,
	d.ended, d.ended_on, d.ended_at, d.not_reported, d.reported_until`

// duty is the row as the core knows it, as far as its state and what commands show go by.
func (r *dutyFactsRow) duty() casework.Duty {
	d := casework.Duty{
		ID: r.Duty, Case: r.CaseKey, Ref: r.Ref, Pathway: r.Pathway, Episode: text(r.Episode), Entry: r.Entry,
		Started: whenOf(&r.Started, r.StartedAt), Due: day(r.Due), DueAt: instant(r.DueAt), LocalDue: day(r.LocalDue),
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
func writeDuties(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, changes []*change) error {
	var fresh, altered []dutyRow
	var goneKeys, goneDuties []string
	for _, c := range changes {
		gone := maps.Clone(c.file.duties)
		duties := c.made.agenda.Plan.Duties
		for i := range duties {
			row := dutyRowOf(&duties[i], c.file.key, c.law.hash)
			digest, there := c.file.duties[row.Duty]
			switch {
			case !there:
				fresh = append(fresh, row)
			case digest != row.Digest:
				altered = append(altered, row)
			}
			delete(gone, row.Duty)
			c.file.duties[row.Duty] = row.Digest
		}
		for _, duty := range slices.Sorted(maps.Keys(gone)) {
			goneKeys, goneDuties = append(goneKeys, c.file.key), append(goneDuties, duty)
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
	if list == nil {
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
	// The keys are said once more, or the planner would read every case's duties to find
	// those of one.
	sql, arg := byOne(`
		update duties d set (`+facts+`) = (n.`+strings.Join(dutyColumns[2:], ", n.")+`)
		from json_to_recordset($1::json) as n(`+dutyTypes+`)
		where d.case_key = {keys} and d.case_key = n.case_key and d.duty = n.duty`, "{keys}", "$2::uuid", slices.Compact(keys))
	batch.Queue(sql, doc, arg)
	return nil
}

func insertDuties(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, list []dutyRow) error {
	if len(list) >= copyFrom {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"duties"}, dutyColumns,
			pgx.CopyFromSlice(len(list), func(i int) ([]any, error) { return list[i].values(), nil }))
		if err != nil {
			return fmt.Errorf("writing the duties: %w", err)
		}
		return nil
	}
	if list == nil {
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
