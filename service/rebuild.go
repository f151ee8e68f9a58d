package service

import (
	"context"
	"fmt"
	"time"

	"longstop/api"
	"longstop/clocks"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale"
)

// Rebuild plans every case again, begins a new epoch, raises the revision of every open pathway and nudges it, and
// replaces the clocks that do not hear that. Where Temporal does not answer, the record is ready all the same, and a
// worker sends and heals what waits. The answer is nil where the record could not be opened.
func (s *Service) Rebuild(ctx context.Context) (answer *api.Rebuilt, err error) {
	err = s.writes(ctx, func(*use) (err error) {
		answer = &api.Rebuilt{}
		err = s.rebuild(ctx, answer)
		answer.Failure = failureOf(ctx, err)
		return err
	})
	return answer, err
}

func (s *Service) rebuild(ctx context.Context, out *api.Rebuilt) (err error) {
	if out.Cases, err = s.record.Rebuild(ctx); err != nil {
		return err
	}
	if out.Clocks, err = s.nudgeAll(ctx); err != nil {
		return err
	}
	// Every clock that does not show what it was told is looked at. Where no worker runs, the others hear it when one
	// does.
	report, err := s.clocks.Check(ctx)
	if err != nil {
		return fmt.Errorf("checking the workflows after they were started: %w", err)
	}
	healed, err := s.clocks.Heal(ctx, report)
	out.Restarted, out.Orphans = healed.Restarted, healed.Ended
	return err
}

// pageSize is how many open pathways are nudged at once.
const pageSize = 200

// nudgeAll nudges every open pathway. They wait in the outbox as well, for a while, so that what is not sent here is
// sent by a worker; the error says why something waits.
func (s *Service) nudgeAll(ctx context.Context) (api.Clocks, error) {
	c := s.connected(ctx)
	p := s.watch.Begin("timescales started", 0)
	defer p.End()
	after := ""
	for {
		page, err := s.record.OpenPathways(ctx, after, pageSize)
		if err != nil {
			return api.Clocks{}, err
		}
		c.Deliver(ctx, page)
		p.Add(len(page))
		if len(page) < pageSize {
			return c.delivered(), c.leftWaiting()
		}
		last := page[len(page)-1]
		after = pathway.WorkflowID(last.Pathway, last.CaseKey)
	}
}

// leftWaiting returns why nudges wait; nil where none does.
func (c *courier) leftWaiting() error {
	if moved := c.delivered(); moved.Waiting > 0 {
		return moved.Why
	}
	return nil
}

// ClockCheck compares every open pathway with its clock.
type ClockCheck struct {
	api.ClockReport
	RebuildDue bool // an earlier release worked out what the record holds
}

// CheckClocks compares every open pathway of the record with its workflow.
func (s *Service) CheckClocks(ctx context.Context) (answer ClockCheck, err error) {
	err = s.reads(ctx, func(u *use) (err error) {
		if err := s.clocks.Reach(ctx); err != nil {
			return err
		}
		if err := u.readsCases(ctx); err != nil {
			return err
		}
		if answer.RebuildDue, err = s.record.RebuildDue(ctx); err != nil {
			return err
		}
		found, err := s.clocks.Check(ctx)
		answer.ClockReport = clockReport(found)
		return err
	})
	return answer, err
}

func clockReport(found clocks.Report) api.ClockReport {
	r := api.ClockReport{Open: found.Open, Live: found.Live}
	for i := range found.Faulty {
		c := &found.Faulty[i]
		r.Faulty = append(r.Faulty, api.FaultyClock{WorkflowID: c.WorkflowID, Trouble: string(c.Trouble), Why: c.Why})
	}
	return r
}

// Attended reports whether a worker has asked for work in the last minutes.
func (s *Service) Attended(ctx context.Context) (bool, error) { return s.clocks.Attended(ctx) }

// RetryUndeliverable lists the notices that nobody could be told since an instant, and unless it is a dry run takes
// back the refusals of addresses since then: these are tried again at once, and so is what waits for the mail server.
func (s *Service) RetryUndeliverable(ctx context.Context, since time.Time, dryRun bool) (answer *api.Retried, err error) {
	run := s.writes
	if dryRun {
		run = s.reads
	}
	err = run(ctx, func(u *use) error {
		if err := u.readsCases(ctx); err != nil {
			return err
		}
		list, err := s.record.Undeliverable(ctx, since)
		if err != nil {
			return err
		}
		answer = &api.Retried{Notices: api.NoticesOf(list), DryRun: dryRun}
		if !dryRun {
			err = s.retry(ctx, since, answer)
		}
		answer.Failure = failureOf(ctx, err)
		return err
	})
	return answer, err
}

func (s *Service) retry(ctx context.Context, since time.Time, out *api.Retried) error {
	nudges, err := s.record.RetryUndeliverable(ctx, since)
	keys := map[string]bool{}
	for _, n := range nudges {
		keys[n.CaseKey] = true
	}
	out.Cases = len(keys)
	if err != nil {
		return err
	}
	c := s.connected(ctx)
	c.Deliver(ctx, nudges)
	out.Clocks = c.delivered()
	return c.leftWaiting()
}

// Mending says when events were recorded that a wrong clock put into the record's future.
type Mending struct {
	Recorded   time.Time // zero: now
	Reason, By string
	DryRun     bool // list what would be mended, and write nothing
}

// MendRecorded mends what was recorded in the record's future, or lists it. It needs the database's owner.
func (s *Service) MendRecorded(ctx context.Context, m Mending) (*api.Mended, error) {
	if err := s.record.Prepare(ctx); err != nil {
		return nil, err
	}
	out := &api.Mended{DryRun: m.DryRun}
	var ahead []store.RecordedAhead
	var err error
	if m.DryRun {
		ahead, err = s.record.RecordedAhead(ctx)
	} else {
		ahead, err = s.record.MendRecordingTimes(ctx, store.Mend{Recorded: m.Recorded, Reason: m.Reason, By: m.By})
	}
	if err != nil {
		return nil, err
	}
	if err := s.record.Note(ctx, store.AuditDone, ""); err != nil {
		return nil, err
	}
	out.Cases = make([]api.RecordedAhead, len(ahead))
	for i, found := range ahead {
		out.Cases[i] = api.RecordedAheadOf(found)
		out.Events += found.Events
	}
	return out, nil
}

// Migrate prepares the database, or brings it up to this release, and returns the pack in force. It needs the
// database's owner.
func (s *Service) Migrate(ctx context.Context) (pack *timescale.Pack, rebuildDue bool, err error) {
	if err := s.record.Migrate(ctx); err != nil {
		return nil, false, err
	}
	if err := s.record.Note(ctx, store.AuditDone, ""); err != nil {
		return nil, false, err
	}
	rebuildDue, err = s.record.RebuildDue(ctx)
	return s.record.Book().Pack(), rebuildDue, err
}
