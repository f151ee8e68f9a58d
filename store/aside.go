package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/pathway"
)

// A case with a fault is put aside:
//
//   - its events stay, and new ones are accepted; its duties and wakes stay as they last were;
//   - cases.fault says why, and so do its open pathways, whose workflows are nudged to
//     show it;
//   - replans holds it, to be tried again after 1, 2, 4 … minutes, at most an hour; it is
//     also tried by every event, by every adoption and by every worker that starts;
//   - once it can be worked out again, planning it takes the fault away.

const (
	// asideWords begin the fault of every pathway of a case that is put aside. Other
	// faults are those of activities.
	asideWords = "the case could not be worked out: "
	// asideLabel begins what such a pathway's workflow shows: the rest is how it stood.
	asideLabel = "FAULT, last known: "
	// maxFault is how long the reason of a fault may be, in bytes.
	maxFault = 400
)

// aside is the change of a case that is put aside. force also takes pathways that show the
// fault already; raise raises the revision in any case.
func (s *Store) aside(f *caseFile, l *law, fault *CaseFaultError, at time.Time, raise, force bool) *change {
	why := cut(fault.Why, maxFault)
	s.log.Error().Str("case", f.key).Str("fault", why).Msg("a case is put aside: its clocks keep to what was last worked out, and it is tried again")
	return &change{
		file: f, law: l, recorded: f.recorded, queue: true, raise: raise,
		fault: why, faultAt: at, pathways: f.asideRows(why, force),
	}
}

// asideRows are the open pathways of a case that is put aside, under a new revision.
func (f *caseFile) asideRows(why string, force bool) []pathwayRow {
	var list []pathwayRow
	for _, name := range sortedKeys(f.pathways) {
		before := f.pathways[name]
		if !before.Open {
			continue
		}
		after := before
		after.Fault = asideWords + why
		after.Display.Rag = pathway.Fault
		after.Display.Label = asideLabel + strings.TrimPrefix(before.Display.Label, asideLabel)
		if !force && after.Fault == before.Fault && sameDisplay(before.Display, after.Display) {
			continue
		}
		after.Epoch, after.Revision = f.epoch, f.revision+1
		list = append(list, after)
	}
	return list
}

// standingFault is the fault that a pathway of a case keeps when the case is worked out: an
// activity's. Only a good run of the activity takes that away.
func standingFault(before string) string {
	if strings.HasPrefix(before, asideWords) {
		return ""
	}
	return before
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// putAside puts a case aside in a transaction of its own, after one that failed because of
// it.
func (s *Store) putAside(ctx context.Context, fault *CaseFaultError) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error { return s.putAsideIn(ctx, tx, fault, false) })
	if err != nil {
		return fmt.Errorf("putting the case %s aside: %w", fault.CaseKey, err)
	}
	return nil
}

// putAsideIn reads as little of the case as it can: what cannot be read may be why.
func (s *Store) putAsideIn(ctx context.Context, tx pgx.Tx, fault *CaseFaultError, force bool) error {
	f := &caseFile{key: fault.CaseKey, pathways: map[string]pathwayRow{}}
	err := tx.QueryRow(ctx, `select revision from cases where key = $1 for no key update`, f.key).Scan(&f.revision)
	if err == nil { // once the lock is held
		err = tx.QueryRow(ctx, `select epoch from epoch`).Scan(&f.epoch)
	}
	if err != nil {
		return unknownIfNone(err)
	}
	now, err := s.now(ctx, tx)
	if err != nil {
		return err
	}
	list, err := rows[pathwayRow](ctx, tx, "reading the pathways", selectPathways+` where case_key = $1`, f.key)
	if err != nil {
		return err
	}
	for _, r := range list {
		f.pathways[r.Pathway] = r
	}
	return s.writeChanges(ctx, tx, &pgx.Batch{}, []*change{s.aside(f, nil, fault, now, false, force)})
}

// queueAsides queues the writing of cases that are put aside, and when they are tried again.
func queueAsides(batch *pgx.Batch, asides []*change) error {
	if len(asides) == 0 {
		return nil
	}
	type row struct {
		CaseKey  string          `json:"case_key"`
		Pathway  string          `json:"pathway"`
		Epoch    int64           `json:"epoch"`
		Revision int64           `json:"revision"`
		Display  pathway.Display `json:"display"`
		Fault    string          `json:"fault"`
		At       time.Time       `json:"at"`
	}
	var shown []row
	n := len(asides)
	keys, whys, raised := make([]string, n), make([]string, n), make([]int32, n)
	recorded, at := make([]*time.Time, n), make([]time.Time, n)
	for i, c := range asides {
		for j := range c.pathways {
			p := &c.pathways[j]
			shown = append(shown, row{p.CaseKey, p.Pathway, p.Epoch, p.Revision, p.Display, p.Fault, c.faultAt})
		}
		keys[i], whys[i], at[i], recorded[i] = c.file.key, c.fault, c.faultAt, pointer(c.recorded)
		if c.raised() {
			raised[i] = 1
		}
	}
	if shown != nil {
		doc, err := json.Marshal(shown)
		if err != nil {
			return fmt.Errorf("writing the pathways: %w", err)
		}
		batch.Queue(`
			update pathways p set epoch = n.epoch, revision = n.revision, display = n.display, fault = n.fault,
				faulted_at = coalesce(p.faulted_at, n.at), updated = now()
			from json_to_recordset($1::json) as n(case_key uuid, pathway text, epoch bigint, revision bigint, display jsonb, fault text, at timestamptz)
			where p.pathway = n.pathway and p.case_key = n.case_key`, doc)
	}
	batch.Queue(`
		update cases c set revision = c.revision + n.raised, last_recorded = greatest(c.last_recorded, n.recorded),
			fault = n.why, faulted_at = coalesce(c.faulted_at, n.at)
		from unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::timestamptz[]) as n(key, raised, recorded, why, at)
		where c.key = n.key`, keys, raised, recorded, whys, at)
	batch.Queue(`
		insert into replans (case_key, why, attempts, next_at)
		select key, 'it could not be worked out', 1, clock_timestamp() + interval '1 minute'
		from unnest($1::uuid[]) as n(key) order by key
		on conflict (case_key) do update set why = excluded.why, attempts = replans.attempts + 1,
			next_at = clock_timestamp() + least(interval '1 hour', interval '1 minute' * power(2, least(replans.attempts, 10)))`, keys)
	return nil
}

// splitAsides parts changes into those of cases that were worked out and those that are
// put aside.
func splitAsides(changes []*change) (worked, asides []*change) {
	for _, c := range changes {
		if c.made == nil {
			asides = append(asides, c)
		} else {
			worked = append(worked, c)
		}
	}
	return worked, asides
}

// retryFaults leaves out those that somebody is trying just now.
const retryFaults = `update replans set next_at = clock_timestamp() where case_key in (
	select case_key from replans where attempts > 0 for update skip locked)`

// RetryFaults lets every case that was put aside be tried again now: a release may mend it.
// It returns how many there are.
func (s *Store) RetryFaults(ctx context.Context) (int, error) {
	tag, err := s.pool.Exec(ctx, retryFaults)
	if err != nil {
		return 0, fmt.Errorf("trying again what was put aside: %w", explain(err))
	}
	return int(tag.RowsAffected()), nil
}

// CountPutAside is how many cases could not be worked out.
func (s *Store) CountPutAside(ctx context.Context) (n int, err error) {
	err = s.loops.QueryRow(ctx, `select count(*) from cases where fault <> ''`).Scan(&n)
	return n, explain(err)
}

// PutAside is a case that could not be worked out.
type PutAside struct {
	CaseKey   string    `json:"-"`
	Reference string    `json:"case"` // the one that people are shown
	Fault     string    `json:"fault"`
	Since     time.Time `json:"since"` // case time
}

// PutAsides lists the cases that could not be worked out, the longest first.
func (s *Store) PutAsides(ctx context.Context) ([]PutAside, error) {
	list, err := rows[PutAside](ctx, s.pool, "reading what was put aside", `
		select c.key::text as case_key, c.fault, c.faulted_at as since,
			coalesce((select r.reference from case_references r where r.case_key = c.key order by n limit 1), '') as reference
		from cases c where c.fault <> '' order by c.faulted_at, c.key`)
	for i := range list {
		list[i].Since = list[i].Since.UTC()
	}
	return list, explain(err)
}
