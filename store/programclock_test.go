package store_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/timescale/load"
)

// machine is a machine's clock, which may be wrong.
type machine struct{ ahead atomic.Int64 }

func (m *machine) now() time.Time          { return casetime.WallNow().Add(time.Duration(m.ahead.Load())) }
func (m *machine) set(ahead time.Duration) { m.ahead.Store(int64(ahead)) }
func (m *machine) on(o *store.Options)     { o.WallNow = m.now }

const year = 365 * 24 * time.Hour

func TestAProgramWhoseClockIsWrongDoesNotOpenTheRecord(t *testing.T) {
	t.Parallel()
	for said, ahead := range map[string]time.Duration{
		"1h0m0s ahead of": time.Hour, "1h0m0s behind": -time.Hour, "365 days ahead of": year, "365 days behind": -year, "6s ahead of": 6 * time.Second,
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			m := &machine{}
			m.set(ahead)
			_, err := store.Open(t.Context(), store.Options{URL: pgtest.Database(t), Clock: casetime.Real(), Compiler: load.Compiler{}, WallNow: m.now})
			if !errors.Is(err, store.ErrClocksApart) {
				t.Fatalf("opened: %v", err)
			}
			for _, part := range []string{said + " the database's", "date -u", "clock_timestamp()", "NTP"} {
				has(t, "the reason", err.Error(), part)
			}
		})
	}
}

func TestAClockThatIsSomeSecondsOffIsRightEnough(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, 4 * time.Second, -4 * time.Second} {
		m := &machine{}
		m.set(ahead)
		r := newRecord(t, "2026-11-02 10:00", m.on)
		apart, err := r.CompareClocks(t.Context())
		if err != nil || apart < ahead-500*time.Millisecond || apart > ahead+500*time.Millisecond {
			t.Errorf("%s ahead: found %s, %v", ahead, apart, err)
		}
	}
}

// A clock that reads 8 seconds more at each look is that of a database which takes so long
// to answer, and nobody knows when it read its own.
func TestASlowDatabaseIsNotTakenForAWrongClock(t *testing.T) {
	t.Parallel()
	var looks atomic.Int64
	slow := func() time.Time {
		return casetime.WallNow().Add(time.Duration(looks.Add(1)%2) * -8 * time.Second)
	}
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.WallNow = slow })
	if apart, err := r.CompareClocks(t.Context()); err != nil || apart < -5*time.Second || apart > -3*time.Second {
		t.Errorf("half of 8 seconds: %s, %v", apart, err)
	}
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
}

// everything is all in the record that a command or a worker might have written.
func (r *record) everything() string {
	var all []string
	for _, table := range []string{
		"events", "staff_events", "cases", "case_references", "people", "duties", "pathways", "outbox", "notices",
		"deliveries", "delivery_attempts", "loads", "load_overdue", "laws_in_force", "replans",
	} {
		all = append(all, table+": "+strings.Join(r.column("select t::text from "+table+" t order by 1"), "\n"))
	}
	return strings.Join(all, "\n")
}

func TestOnAMachineWhoseClockGoesWrongNothingIsWritten(t *testing.T) {
	t.Parallel()
	m := &machine{}
	r := newRecord(t, "2026-11-02 10:00", m.on)
	r.mustRecord(people()...)
	r.mustRecord(
		event("a1", "C1", "worker.allocated", "2026-11-02", "worker=W1", "team=T1"),
		event("s1", "C1", "strategy_discussion.held", "2026-10-02", "s47=true"))
	backlog, _, err := r.BeginLoad(t.Context(), store.Load{Source: "other", Kind: "cin-census"})
	if err != nil {
		t.Fatal(err)
	}
	r.setClock("2026-11-03 10:00")
	due := r.plan("C1", "Section47").Send
	if len(due) == 0 {
		t.Fatal("nothing is due")
	}
	before := r.everything()

	ctx, c1 := t.Context(), r.key("C1")
	visit := []casework.Event{event("v1", "C1", "cp_visit.made", "2026-11-02", "seen=true")}
	other := []casework.Event{event("p9", "", "staff.left", "2026-11-02", "worker=W2")}
	for _, ahead := range []time.Duration{time.Hour, -time.Hour, year, -year} {
		m.set(ahead)
		for name, do := range map[string]func() error{
			"an event": func() error { _, err := r.Record(ctx, source, visit); return err },
			"a new case": func() error {
				_, err := r.Record(ctx, source, []casework.Event{event("n1", "C9", "referral.received", "2026-11-02")})
				return err
			},
			"somebody": func() error { _, err := r.Record(ctx, source, other); return err },
			"a load's batch": func() error {
				_, err := r.LoadCases(ctx, backlog, []store.CaseEvents{{Reference: "C1", Events: visit}})
				return err
			},
			"a load's end": func() error { return r.CompleteLoad(ctx, backlog) },
			"a load": func() error {
				_, _, err := r.BeginLoad(ctx, store.Load{Source: "third", Kind: "cin-census"})
				return err
			},
			"a law": func() error {
				_, err := r.Adopt(ctx, store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}, Reason: "x", By: "x"})
				return err
			},
			"a plan":           func() error { _, err := r.Plan(ctx, c1, "Section47"); return err },
			"a claim":          func() error { _, err := r.Claim(ctx, c1, due[0].Key); return err },
			"a rebuild":        func() error { _, err := r.Rebuild(ctx); return err },
			"lists":            func() error { _, err := r.OwedLists(ctx); return err },
			"comparing clocks": func() error { _, err := r.CompareClocks(ctx); return err },
		} {
			if err := do(); !errors.Is(err, store.ErrClocksApart) {
				t.Errorf("%s, %s ahead: %v", name, ahead, err)
			}
		}
	}
	if after := r.everything(); after != before {
		t.Errorf("something was written:\n%s\nbefore:\n%s", after, before)
	}

	m.set(0)
	r.mustRecord(visit...)
}

// What has gone out is noted whatever the clocks show: otherwise it would go out twice.
func TestWhatWasSentIsNotedThoughTheClockWentWrongMeanwhile(t *testing.T) {
	t.Parallel()
	m := &machine{}
	r := newRecord(t, "2026-11-02 10:00", m.on)
	r.mustRecord(people()...)
	r.mustRecord(
		event("a1", "C1", "worker.allocated", "2026-11-02", "worker=W1", "team=T1"),
		event("s1", "C1", "strategy_discussion.held", "2026-10-02", "s47=true"))
	r.setClock("2026-11-03 10:00")
	n, err := r.Claim(t.Context(), r.key("C1"), r.plan("C1", "Section47").Send[0].Key)
	if err != nil || n.State != "claimed" {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, err := r.Sending(t.Context(), n.NoticeID, n.Claim); err != nil {
		t.Fatal(err)
	}
	m.set(time.Hour)
	if _, err := r.Sent(t.Context(), n.NoticeID, 0, "email", "250 taken"); err != nil {
		t.Fatal(err)
	}
	if got := r.column(`select state from deliveries where id = $1`, n.NoticeID); len(got) != 1 || got[0] != "sent" {
		t.Errorf("the notice is %v", got)
	}
}
