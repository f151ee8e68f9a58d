package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/pathway"
)

// mustRebuild begins a new epoch and returns it.
func (r *record) mustRebuild() (epoch int64) {
	r.t.Helper()
	if _, err := r.Rebuild(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	if _, err := fmt.Sscan(r.column(`select epoch::text from epoch`)[0], &epoch); err != nil {
		r.t.Fatal(err)
	}
	return epoch
}

func TestWhatARebuildSaysIsNewerThanAnythingSaidBefore(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	before := r.row("C1", cp)
	equal(t, "epoch of a record that was never rebuilt", before.Epoch, 0)
	first := r.mustRebuild()
	after := r.row("C1", cp)
	equal(t, "epoch", after.Epoch, first)
	if after.Compare(&before) <= 0 {
		t.Errorf("%d.%d after %d.%d", after.Epoch, after.Revision, before.Epoch, before.Revision)
	}
	equal(t, "epoch of the nudge that waits", r.column(`select epoch::text from outbox`)[0], fmt.Sprint(first))
	if second := r.mustRebuild(); second <= first {
		t.Errorf("epoch %d after %d", second, first)
	}
	r.mustRecord(event("e2", "C1", "cp_visit.made", "2026-11-02", "seen=true"))
	equal(t, "epoch of what is recorded since", fmt.Sprint(r.row("C1", cp).Epoch), r.column(`select epoch::text from epoch`)[0])
}

func TestARecordRestoredFromACopyGetsAnEpochThatTheLostOneNeverHad(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	lost := r.mustRebuild()
	if err := r.exec(`update epoch set epoch = 0, raised = null`); err != nil { // as the copy has it
		t.Fatal(err)
	}
	if restored := r.mustRebuild(); restored <= lost {
		t.Errorf("the epoch is %d, and the lost record's was %d", restored, lost)
	}
}

func TestRebuildsAtOnceEachHaveAnEpochOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for i := range 150 { // more than one transaction
		r.mustRecord(event(fmt.Sprint("e", i), fmt.Sprint("C", i), "cp_plan.started", "2026-11-02"))
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if _, err := r.open().Rebuild(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	equal(t, "pathways that are not of the last epoch", r.column(`select count(*)::text from pathways where epoch <> (select epoch from epoch)`)[0], "0")
	equal(t, "nudges that are not their pathway's latest", r.column(`
		select count(*)::text from outbox o join pathways p using (case_key, pathway)
		where (o.epoch, o.revision) <> (p.epoch, p.revision)`)[0], "0")
}

// An event that waits for a case which rebuild holds was begun in the epoch before.
func TestWhatIsRecordedWhileARebuildRunsBelongsToItsEpoch(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-10-05"))
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `update cases set revision = revision + 1`); err != nil { // a rebuild is at the case
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := r.Record(t.Context(), source, []casework.Event{event("e2", "C1", "cp_visit.made", "2026-11-01", "seen=true")})
		ended <- err
	}()
	r.until(`select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`, "1")
	if err := r.exec(`update epoch set epoch = 7`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	row := r.row("C1", cp)
	equal(t, "epoch", row.Epoch, 7)
	equal(t, "revision", row.Revision, 3)
}

func TestANudgeOfAnEarlierEpochTakesNoLaterOneOutOfTheOutbox(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	sent := r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02")).Nudges
	r.mustRebuild()
	late := r.row("C1", cp)
	late.Epoch--
	for _, nudges := range [][]pathway.Nudge{sent, {late}, {late, late}} {
		if err := r.DeleteSent(t.Context(), nudges); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "left", len(r.column(`select pathway from outbox`)), 1)
	if err := r.DeleteSent(t.Context(), []pathway.Nudge{r.row("C1", cp)}); err != nil {
		t.Fatal(err)
	}
	equal(t, "left once the latest was sent", len(r.column(`select pathway from outbox`)), 0)
}

func TestAPathwayOfWhichTheRecordKnowsNothingIsNotOpen(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"))
	got, err := r.Pathway(t.Context(), r.key("C1"), cp)
	if want := r.row("C1", cp); err != nil || !got.Open || got.Compare(&want) != 0 || !got.Wake.Equal(want.Wake) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, of := range [][2]string{
		{r.key("C1"), pathway.Missing}, {"00000000-0000-0000-0000-000000000001", cp}, {"by-hand", cp}, {"", ""},
	} {
		if got, err := r.Pathway(t.Context(), of[0], of[1]); err != nil || got.Open || got.CaseKey != "" {
			t.Errorf("%v: %+v, %v", of, got, err)
		}
	}
}

func TestARecordThatAnEarlierFoldWorkedOutWaitsForARebuild(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-12 10:00")
	due := func() bool {
		t.Helper()
		due, err := r.RebuildDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	byEarlier := `update epoch set fold = 0` // as a release wrote it that knew no versions
	if err := r.exec(byEarlier); err != nil {
		t.Fatal(err)
	}
	equal(t, "due where there is no case", due(), false)
	if err := r.exec(fmt.Sprintf(`update epoch set fold = %d`, casework.FoldVersion)); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("p1", "C1", "cp_plan.started", "2026-11-02"))
	equal(t, "due where this program worked out everything", due(), false)
	if err := r.exec(byEarlier); err != nil {
		t.Fatal(err)
	}
	equal(t, "due after an upgrade", due(), true)
	r.mustRebuild()
	equal(t, "due after a rebuild", due(), false)
}

func TestANewRecordIsWorkedOutByTheFoldOfTheProgramThatMadeIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-12 10:00")
	equal(t, "fold", r.column(`select fold::text from epoch`)[0], fmt.Sprint(casework.FoldVersion))
}
