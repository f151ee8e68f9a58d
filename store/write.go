package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/pathway"
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
	fault    string       // of a case that is put aside: why
	faultAt  time.Time    // case time
}

// writeChanges writes duties, pathways, nudges and the cases' rows, as one set-based
// statement each, whether it is one case or hundreds. It raises the revision of each case
// in which a pathway changed or that asks for it. What is queued in the batch goes first.
func (s *Store) writeChanges(ctx context.Context, tx pgx.Tx, batch *pgx.Batch, changes []*change) error {
	if len(changes) == 0 && batch.Len() == 0 {
		return nil
	}
	worked, asides := splitAsides(changes)
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
	queueCases(batch, worked)
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
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the pathways: %w", err)
	}
	batch.Queue(`
		insert into pathways (case_key, pathway, epoch, revision, open, wake, wall_wake, wake_why, display, fault, law)
		select case_key, pathway, epoch, revision, open, wake, wall_wake, wake_why, display, fault, law
		from json_to_recordset($1::json) as n(case_key uuid, pathway text, epoch bigint, revision bigint, open boolean,
			wake timestamptz, wall_wake timestamptz, wake_why text, display jsonb, fault text, law text)
		on conflict (pathway, case_key) do update set epoch = excluded.epoch, revision = excluded.revision, open = excluded.open,
			wake = excluded.wake, wall_wake = excluded.wall_wake, wake_why = excluded.wake_why,
			display = excluded.display, fault = excluded.fault, law = excluded.law, updated = now(),
			faulted_at = case when excluded.fault = '' then null else pathways.faulted_at end`, doc)
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
	doc, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the nudges: %w", err)
	}
	batch.Queue(`
		insert into outbox (case_key, pathway, revision, nudge, next_at)
		select case_key, pathway, revision, nudge, clock_timestamp() + interval '`+outboxGrace+`'
		from json_to_recordset($1::json) as n(case_key uuid, pathway text, revision bigint, nudge jsonb)
		order by case_key, pathway
		on conflict (case_key, pathway) do update set revision = excluded.revision, nudge = excluded.nudge,
			attempts = 0, queued = now(), next_at = excluded.next_at
		where (outbox.epoch, outbox.revision) < (excluded.epoch, excluded.revision)`, doc)
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
