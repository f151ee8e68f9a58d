package main

import (
	"cmp"
	"strconv"
	"time"

	"longstop/english"
	"longstop/store"
)

type mendRecordedCommand struct {
	Recorded momentArg `placeholder:"INSTANT" help:"When it was recorded, as far as anybody knows; in each case not before what had been recorded until then. Default: now."`
	Reason   string    `placeholder:"TEXT" help:"Why: it is kept."`
	By       string    `placeholder:"WHO" help:"Who says so."`
	DryRun   bool      `help:"List what would be mended, and write nothing."`
	JSON     bool      `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (mendRecordedCommand) Help() string {
	return `Example:

    starter mend-recorded --dry-run
    starter mend-recorded --recorded 2026-11-03T09:00:00Z --reason "the database's clock was a year ahead that morning" --by "O. Operator"

For after the database's clock was ahead and has been set right. What was recorded meanwhile lies in the record's future: nothing can be added to those cases and nothing is planned of them until that time has come. This has those events be read as recorded at the instant that you give. The events themselves stay as they are; who says so, when and why is kept beside them for good. It takes back nothing else: run 'starter rebuild' afterwards, so that everything goes by the right time.

Like 'starter migrate' it needs the database's owner: LONGSTOP_MIGRATE_URL, or LONGSTOP_DATABASE_URL.`
}

// mended says what was, or would be, mended.
type mended struct {
	Cases  []store.RecordedAhead `json:"cases"`  // of which one without a reference is that of people and teams
	Events int                   `json:"events"` // of all of them
	DryRun bool                  `json:"dry_run,omitempty"`
}

// Run mends what was recorded in the record's future, or lists it.
func (c *mendRecordedCommand) Run(a *app) error {
	if !c.DryRun && (c.Reason == "" || c.By == "") {
		return usagef("say why with --reason and who says so with --by, or look first with --dry-run")
	}
	s, err := a.openAt(envMigrate)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.prepare(); err != nil {
		return err
	}
	out := mended{DryRun: c.DryRun}
	if c.DryRun {
		out.Cases, err = s.record.RecordedAhead(a.ctx)
	} else {
		m := store.Mend{Reason: c.Reason, By: c.By}
		if !c.Recorded.isZero() {
			m.Recorded = c.Recorded.through()
		}
		out.Cases, err = s.record.MendRecordingTimes(a.ctx, m)
	}
	if err != nil {
		return refusedLaw(err)
	}
	if err := s.record.Note(a.ctx, store.AuditDone, ""); err != nil {
		return err
	}
	if out.Cases == nil {
		out.Cases = []store.RecordedAhead{}
	}
	for _, found := range out.Cases {
		out.Events += found.Events
	}
	if c.JSON {
		return a.printJSON(out)
	}
	return out.print(a)
}

func (m *mended) print(a *app) error {
	if len(m.Cases) == 0 {
		a.printf("Nothing was recorded in the future: there is nothing to mend.\n")
		return nil
	}
	rows := [][]string{{"CASE", "EVENTS", "RECORDED"}}
	for _, found := range m.Cases {
		rows = append(rows, []string{
			cmp.Or(found.Reference, "(people and teams)"), strconv.Itoa(found.Events), found.LastRecorded.Format(time.RFC3339),
		})
	}
	if err := a.table("", rows...); err != nil {
		return err
	}
	if m.DryRun {
		a.printf("%d %s to be mended; nothing was written.\n", m.Events, english.Plural(m.Events, "event", "events"))
		return nil
	}
	a.printf("%d %s mended. Run 'starter rebuild' now, so that everything goes by the right time.\n", m.Events, english.Plural(m.Events, "event", "events"))
	return nil
}
