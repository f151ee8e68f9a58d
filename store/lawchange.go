package store

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
)

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
	next := make(chan *lawChange)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(work)) {
		workers.Go(func() {
			for c := range next {
				if !c.compared() {
					continue
				}
				duties, err := guard(s, c.change.file.key, c.compare)
				if err != nil {
					s.log.Error().Err(err).Int64("adoption", c.adoption).Msg("what a law changed about a case is not told")
					c.before = nil
				}
				c.duties = duties
			}
		})
	}
	for _, c := range work {
		next <- c
	}
	close(next)
	workers.Wait()
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
