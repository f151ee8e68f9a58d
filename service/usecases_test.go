package service_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/clocks"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/intake/formats"
	"longstop/internal/pgtest"
	"longstop/internal/temporal"
	"longstop/pathway"
	"longstop/service"
	"longstop/store"
	"longstop/timescale/load"
)

// workflows stand for Temporal: they take every nudge, or cannot be reached.
type workflows struct {
	mu     sync.Mutex
	away   bool
	told   map[string]pathway.Nudge
	report clocks.Report
	healed int
}

func (w *workflows) Reach(context.Context) error {
	if w.away {
		return fmt.Errorf("connecting: %w", temporal.ErrUnreachable)
	}
	return nil
}

func (w *workflows) Prepare(ctx context.Context) error { return w.Reach(ctx) }

func (w *workflows) Send(_ context.Context, nudges []pathway.Nudge) []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range nudges {
		w.told[pathway.WorkflowID(n.Pathway, n.CaseKey)] = n
	}
	return make([]error, len(nudges))
}

func (w *workflows) Check(ctx context.Context) (clocks.Report, error) { return w.report, w.Reach(ctx) }

func (w *workflows) Heal(context.Context, clocks.Report) (clocks.Healed, error) {
	w.healed++
	return clocks.Healed{Restarted: 2, Ended: 1}, nil
}

func (w *workflows) Attended(ctx context.Context) (bool, error) { return true, w.Reach(ctx) }

// screen keeps what a use case warns of.
type screen struct {
	mu       sync.Mutex
	warnings []string
	work     []string
}

func (s *screen) Warn(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, text)
}

func (s *screen) Begin(what string, _ int) service.Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = append(s.work, what)
	return progress{}
}

type progress struct{}

func (progress) Add(int)      {}
func (progress) Set(int, int) {}
func (progress) End()         {}

// council is a record of the test's own, with a clock that is set by hand.
type council struct {
	*testing.T
	*service.Service
	store     *store.Store
	clock     *pgtest.Clock
	workflows *workflows
	screen    *screen
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	c := &council{
		T: t, clock: pgtest.NewClock(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)), workflows: &workflows{told: map[string]pathway.Nudge{}}, screen: &screen{},
	}
	c.store = pgtest.OpenAs(t, store.Options{URL: pgtest.Database(t), Clock: c.clock, GivesWay: formats.GivesWay, MakeWay: intake.MakeWay})
	c.Service = service.New(c.store, c.workflows, c.screen)
	return c
}

const source = "case-system"

func on(day string) casework.When {
	when, err := casework.ParseWhen(day)
	if err != nil {
		panic(err)
	}
	return when
}

func dateOf(day string) calendar.Date { return on(day).Day }

func event(id, ref, kind, day string, data casework.Data) casework.Event {
	return casework.Event{ID: id, Case: ref, Type: kind, At: on(day), Data: data}
}

// visits are a child protection plan with two visits, and a referral of another child.
func visits() []casework.Event {
	seen := casework.Data{"seen": true}
	return []casework.Event{
		event("p", "C1", "cp_plan.started", "2026-03-02", nil),
		event("v1", "C1", "cp_visit.made", "2026-03-20", seen),
		event("v2", "C1", "cp_visit.made", "2026-04-07", seen),
		event("r", "C2", "referral.received", "2026-10-26", nil),
	}
}

func (c *council) records(events ...casework.Event) {
	c.Helper()
	if _, err := c.Record(c.Context(), service.Recording{Source: source, Events: events}); err != nil {
		c.Fatal(err)
	}
}

// audited are the outcomes that the audit holds, in order, of which those of one use follow one another.
func (c *council) audited() []store.Outcome {
	c.Helper()
	var list []store.Outcome
	if err := c.store.EachAudit(c.Context(), store.AuditFilter{}, func(r store.AuditRow) error {
		list = append(list, r.Outcome)
		return nil
	}); err != nil {
		c.Fatal(err)
	}
	return list
}

func (c *council) expectKind(err error, want service.Kind, text string) {
	c.Helper()
	if service.KindOf(err) != want || !strings.Contains(fmt.Sprint(err), text) {
		c.Errorf("it ended with %v: %v; expected %v and %q", service.KindOf(err), err, want, text)
	}
}

func TestWhatIsRecordedIsAnsweredNudgedAndAudited(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.audited()
	before := len(c.audited())
	done, err := c.Record(t.Context(), service.Recording{
		Source: source, Events: append(visits(), event("x", "C1", "cp_visit.mad", "2026-04-08", nil)), Unread: []casework.Refusal{{Line: 9, Reason: "not JSON"}},
	})
	if !errors.Is(err, service.ErrPartlyRefused) || done.New != 4 || len(done.Refused) != 2 || done.Refused[0].Line != 9 || done.Failure != nil {
		t.Fatalf("%+v, %v", done, err)
	}
	if done.Clocks.Told == 0 || done.Clocks.Waiting != 0 || len(c.workflows.told) != done.Clocks.Told {
		t.Errorf("%+v, and %d workflows were told", done.Clocks, len(c.workflows.told))
	}
	audit := c.audited()[before:]
	if audit[0] != store.AuditBegan || audit[len(audit)-1] != store.AuditRefused || !slices.Contains(audit, store.AuditRecorded) {
		t.Errorf("the audit has %v", audit)
	}
	again, err := c.Record(t.Context(), service.Recording{Source: source, Events: visits()})
	if err != nil || again.New != 0 || again.Known != 4 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestWhereTemporalIsAwayEventsAreRecordedAndTheirNudgesWait(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.workflows.away = true
	done, err := c.Record(t.Context(), service.Recording{Source: source, Events: visits()})
	if err != nil || done.New != 4 || done.Clocks.Waiting == 0 || !errors.Is(done.Clocks.Why, temporal.ErrUnreachable) {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestARecordingThatIsInterruptedIsAFailureThatSaysWhatWasNotTried(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	done, err := c.Record(ctx, service.Recording{Source: source, Events: visits()})
	if service.KindOf(err) != service.Failed || !errors.Is(service.Cause(ctx, err), service.ErrInterrupted) {
		t.Fatal(err)
	}
	if done.Failure == nil || done.Reason != "interrupted" || *done.NotTried != 4 {
		t.Errorf("%+v", done)
	}
}

func TestHistoryOfTwoSourcesIsWrongUsage(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	other := visits()
	other[3].Source = "another"
	done, err := c.Record(t.Context(), service.Recording{Source: source, Events: other, Backlog: true})
	c.expectKind(err, service.Usage, "the history is of case-system")
	if done != nil {
		t.Errorf("%+v", done)
	}
	done, err = c.Record(t.Context(), service.Recording{Source: source, Events: visits(), Backlog: true})
	if err != nil || done.New != 4 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestAnEventIsCorrectedAndTakenBack(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	change := service.Change{Event: "v1", Reason: "the diary says Monday"}
	done, err := c.Correct(t.Context(), service.Correction{Change: change, At: on("2026-03-23")})
	if err != nil || done.New != 1 || !strings.HasPrefix(done.ID, "v1.by-hand.") || done.Changed == nil || len(*done.Changed) != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if moved := (*done.Changed)[0]; moved.DueBefore != "2026-04-20" || moved.DueAfter != "2026-04-23" || moved.Case != "C1" {
		t.Errorf("%+v", moved)
	}
	_, err = c.Correct(t.Context(), service.Correction{Change: change})
	c.expectKind(err, service.Usage, "say what is corrected")
	_, err = c.Correct(t.Context(), service.Correction{Change: change, Set: []service.FieldValue{{Name: "saw", Value: true}}})
	c.expectKind(err, service.Refused, "set saw: cp_visit.made has no field of that name")
	change.Event = "nothing"
	_, err = c.Void(t.Context(), change)
	c.expectKind(err, service.Refused, "nothing: the record holds no such event")
	change.Event = "v2"
	if done, err = c.Void(t.Context(), change); err != nil || done.New != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	_, err = c.Void(t.Context(), change)
	c.expectKind(err, service.Refused, "it is voided already")
}

func TestAnIDThatTwoSourcesHaveIsCorrectedAndTakenBackOnlyOfTheOneThatIsNamed(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	for _, e := range []casework.Event{
		{ID: "v1", Source: "nursery", Case: "N9", Type: "cp_plan.started", At: on("2026-03-02")},
		{ID: "r", Source: "people", Type: "staff.appointed", At: on("2026-03-02"), Data: casework.Data{"worker": "W7", "name": "Ada Example", "role": "worker"}},
		{ID: "p", Type: "staff.appointed", At: on("2026-03-02"), Data: casework.Data{"worker": "W8", "name": "Ben Example", "role": "worker"}},
	} {
		c.records(e)
	}
	for id, why := range map[string]string{
		"v1": "v1: 2 sources have an event of that id (case-system, nursery)",
		"r":  "r: 2 sources have an event of that id (case-system, people)",
		"p":  "p: case-system has an event of that id in a case, and another of people and teams",
	} {
		change := service.Change{Event: id, Reason: "a slip"}
		_, err := c.Void(t.Context(), change)
		c.expectKind(err, service.Refused, why)
		_, err = c.Correct(t.Context(), service.Correction{Change: change, At: on("2026-03-03")})
		c.expectKind(err, service.Refused, why)
	}
	for of, id := range map[string]string{"nursery": "v1", "people": "r", source: "v1"} {
		if done, err := c.Void(t.Context(), service.Change{Event: id, Source: of, Reason: "a slip"}); err != nil || done.New != 1 {
			t.Errorf("%s of %s: %+v, %v", id, of, done, err)
		}
	}
}

func TestAPromiseNeedsANoticeAndSomebodyWhoWorksHere(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	_, err := c.Acknowledge(t.Context(), service.Promise{Notice: "none", By: "M1", Until: dateOf("2026-11-06"), Note: "booked"})
	c.expectKind(err, service.Refused, "none: the record holds no such notice")
}

func TestDutiesAreFilteredAndASlipInTheFilterIsSaid(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	found, err := c.Duties(t.Context(), service.DutyQuery{Ref: "CP-10"})
	if err != nil || len(found.Rows) != 3 || found.RebuildDue || len(found.PutAside) > 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	found, err = c.Duties(t.Context(), service.DutyQuery{Team: "T9", Worker: "W9"})
	if err != nil || len(found.Rows) > 0 || found.UnknownTeam != "T9" || found.UnknownWorker != "W9" {
		t.Errorf("%+v, %v", found, err)
	}
	_, err = c.Duties(t.Context(), service.DutyQuery{State: "late"})
	c.expectKind(err, service.Usage, "state late: it is one of running, ")
	_, err = c.Duties(t.Context(), service.DutyQuery{Ref: "cp-10"})
	c.expectKind(err, service.Refused, "did you mean CP-10?")
	_, err = c.Duties(t.Context(), service.DutyQuery{Case: "C9"})
	c.expectKind(err, service.Refused, "C9: the record holds no case of that reference")
}

func TestWhatIsReadIsInTheAudit(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	for name, read := range map[string]func(context.Context) error{
		"duties": func(ctx context.Context) error { _, err := c.Duties(ctx, service.DutyQuery{}); return err },
		"events": func(ctx context.Context) error { _, err := c.Events(ctx, "", "C1"); return err },
		"plan":   func(ctx context.Context) error { _, err := c.Plan(ctx, service.View{}); return err },
		"notices": func(ctx context.Context) error {
			_, err := c.Notices(ctx, service.Days{From: dateOf("2026-11-02"), To: dateOf("2026-11-30")})
			return err
		},
		"explain": func(ctx context.Context) error {
			_, err := c.Explain(ctx, service.Question{Of: []string{"C1", "CP-10"}})
			return err
		},
		"what-if": func(ctx context.Context) error {
			_, err := c.WhatIf(ctx, overlay("10 working days"), service.Comparison{})
			return err
		},
		"attach --list":   func(ctx context.Context) error { _, err := c.Attachments(ctx, ""); return err },
		"rules --adopted": func(ctx context.Context) error { _, err := c.AdoptedPack(ctx); return err },
		"check-clocks":    func(ctx context.Context) error { _, err := c.CheckClocks(ctx); return err },
		"audit": func(ctx context.Context) error {
			return c.Audit(ctx, service.AuditQuery{Case: "C1"}, func(api.AuditRow) error { return nil })
		},
	} {
		before := len(c.audited())
		if err := read(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := c.audited()[before:]; !slices.Equal(got, []store.Outcome{store.AuditRead}) {
			t.Errorf("%s is in the audit as %v", name, got)
		}
	}
}

func TestADutyIsExplainedAndSeveralThatMayBeMeantAreNamed(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(append(visits(), event("p3", "C3", "cp_plan.started", "2026-03-02", nil))...)
	answer, err := c.Explain(t.Context(), service.Question{Of: []string{"c1", "cp-10:V1"}})
	if err != nil || answer.Case != "C1" || len(answer.Explanations) != 1 || answer.Explanations[0].DueDate != "2026-04-20" {
		t.Fatalf("%+v, %v", answer, err)
	}
	if answer, err = c.Explain(t.Context(), service.Question{Of: []string{"C1"}}); err != nil || answer.Explanations != nil || len(answer.Listed) == 0 {
		t.Errorf("%+v, %v", answer, err)
	}
	_, err = c.Explain(t.Context(), service.Question{Of: []string{"CP-10"}})
	var several *service.CandidatesError
	if !errors.As(err, &several) || several.Found[0].Row.State != casework.Overdue || service.KindOf(err) != service.Refused {
		t.Errorf("%v", err)
	}
	_, err = c.Explain(t.Context(), service.Question{Of: []string{"C1", "CP-10:v3"}})
	var missing *service.DutyError
	if !errors.As(err, &missing) || missing.Meant != "; did you mean CP-10:v1?" {
		t.Errorf("%v", err)
	}
	_, err = c.Explain(t.Context(), service.Question{Of: []string{"C1", "CP-10"}, View: service.View{AsOf: on("2096-01-01")}})
	c.expectKind(err, service.Usage, "as-of 2096-01-01 lies more than 30 years ahead")
}

// overlay changes the limit of CP-10.
func overlay(limit string) load.Change {
	return load.Change{Overlays: []load.File{{Name: "anytown.yaml", Text: "" +
		"overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: CP-10\n    editions:\n      - {limit: " + limit + ", source: Anytown}\n"}}}
}

func TestALawIsTriedRefusedUntilItIsMeantAndAdopted(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	tried, err := c.WhatIf(t.Context(), overlay("10 working days"), service.Comparison{Named: true})
	if err != nil || tried.Cases != 2 || tried.Touched != 1 || !tried.RestatesThePast || len(tried.Changes) != 3 || tried.After.Overlay != "Anytown" {
		t.Fatalf("%+v, %v", tried, err)
	}
	law := service.Adopting{Change: overlay("10 working days"), Reason: "agreed", By: "D. Director"}
	_, err = c.Adopt(t.Context(), law)
	var unconfirmed *service.UnconfirmedError
	if !errors.As(err, &unconfirmed) || service.KindOf(err) != service.Refused || !slices.Equal(unconfirmed.Needs, []string{"--restate-the-past"}) {
		t.Fatalf("%v", err)
	}
	law.RestateThePast = true
	done, err := c.Adopt(t.Context(), law)
	if err != nil || !done.Changed || done.Cases != 2 || done.Waiting != 0 || done.Failed || done.Overlay != "Anytown" || done.Before.Overlay != "" {
		t.Fatalf("%+v, %v", done, err)
	}
	if done, err = c.Adopt(t.Context(), law); err != nil || done.Changed {
		t.Errorf("again: %+v, %v", done, err)
	}
	_, err = c.Adopt(t.Context(), service.Adopting{Change: overlay("ten days"), Reason: "x", By: "x"})
	var faulty *service.LawError
	if !errors.As(err, &faulty) || service.KindOf(err) != service.Refused || len(faulty.Faults) != 1 || faulty.Faults[0].Line != 6 {
		t.Errorf("%v", err)
	}
}

// earlierWords is the shipped pack as it was before it had phrases of fields and their words: the same rules in another text.
func earlierWords(t *testing.T) load.Change {
	t.Helper()
	files := load.EmbeddedFiles()
	i := slices.IndexFunc(files, func(f load.File) bool { return strings.Contains(f.Text, "\nfield_phrases:\n") })
	if i < 0 {
		t.Fatal("no file of the pack has phrases of fields")
	}
	files[i].Text, _, _ = strings.Cut(files[i].Text, "\nfield_phrases:\n")
	return load.Change{Pack: files}
}

// A release may word the pack differently and change no rule. Adopting it asks for no confirmation and moves no date.
func TestAPackThatChangesOnlyWordsMovesNoDate(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	if done, err := c.Adopt(t.Context(), service.Adopting{Change: earlierWords(t), Reason: "as the last release had it", By: "D. Director"}); err != nil || !done.Changed {
		t.Fatalf("the earlier pack: %+v, %v", done, err)
	}
	c.records(visits()...)
	duties := func() []store.DutyRow {
		rows, err := c.store.Duties(t.Context(), store.DutyFilter{})
		if err != nil || len(rows) == 0 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		return rows
	}
	before := duties()
	shipped := load.Change{Pack: load.EmbeddedFiles()}
	tried, err := c.WhatIf(t.Context(), shipped, service.Comparison{Named: true})
	if err != nil || tried.Cases != 2 || tried.Touched != 0 || tried.RestatesThePast || tried.ConfirmOverdue || len(tried.Changes) != 0 {
		t.Errorf("what it would do: %+v, %v", tried, err)
	}
	done, err := c.Adopt(t.Context(), service.Adopting{Change: shipped, Reason: "the words of the new release", By: "D. Director"})
	if err != nil || !done.Changed || done.Cases != 2 || done.Waiting != 0 || len(done.Timescales) != 0 || done.Past != nil {
		t.Errorf("adopted: %+v, %v", done, err)
	}
	if done.Pack != done.Before.Pack || done.PackHash == done.Before.PackHash || done.OverlayHash != "" {
		t.Errorf("the law is %+v, and before %+v", done.Law, done.Before)
	}
	if after := duties(); !reflect.DeepEqual(before, after) {
		t.Errorf("timescales\n%+v, and before\n%+v", after, before)
	}
	for _, ref := range []string{"C1", "C2"} {
		if list, err := c.store.LawChanges(t.Context(), source, ref); err != nil || len(list) != 0 {
			t.Errorf("changes of %s by the adoption: %+v, %v", ref, list, err)
		}
	}
}

func TestASourceIsAttachedOnceItIsConfirmedAndDetached(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	in := service.Attaching{Source: source, Reports: []string{"referral.received"}, From: dateOf("2026-11-01"), ID: "feed-1"}
	in.DryRun = true
	tried, err := c.Attach(t.Context(), in)
	if err != nil || tried.Cases != 2 || tried.Unfollowed == 0 || tried.Changed || tried.Clocks.Told != 0 {
		t.Fatalf("%+v, %v", tried, err)
	}
	in.DryRun = false
	_, err = c.Attach(t.Context(), in)
	c.expectKind(err, service.Refused, "would be followed no longer")
	in.ConfirmUnreported = true
	done, err := c.Attach(t.Context(), in)
	if err != nil || !done.Changed || done.Attachment.Attachment != "feed-1" || done.Unfollowed != tried.Unfollowed {
		t.Fatalf("%+v, %v", done, err)
	}
	if rows, err := c.Attachments(t.Context(), ""); err != nil || len(rows) != 1 || rows[0].Attachment != "feed-1" {
		t.Errorf("%+v, %v", rows, err)
	}
	off := service.Detaching{Attachment: "feed-1", AttachOptions: service.AttachOptions{Reason: "a mistake"}}
	if done, err = c.Detach(t.Context(), off); err != nil || !done.Changed || !done.Void || done.Alive != tried.Unfollowed {
		t.Errorf("%+v, %v", done, err)
	}
	off.Attachment = "feed-2"
	_, err = c.Detach(t.Context(), off)
	c.expectKind(err, service.Refused, "no attachment of that id stands")
}

func TestEveryClockIsStartedAgainFromTheRecord(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	clear(c.workflows.told)
	done, err := c.Rebuild(t.Context())
	if err != nil || done.Cases != 2 || done.Clocks.Told != len(c.workflows.told) || done.Clocks.Told == 0 || done.Restarted != 2 || done.Orphans != 1 || c.workflows.healed != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	c.workflows.away = true
	done, err = c.Rebuild(t.Context())
	if service.KindOf(err) != service.Failed || done.Cases != 2 || done.Clocks.Waiting == 0 || done.Failure == nil {
		t.Errorf("without Temporal: %+v, %v", done, err)
	}
}

func TestWhatNobodyCouldBeToldIsListedAndTriedAgain(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	since := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	tried, err := c.RetryUndeliverable(t.Context(), since, true)
	if err != nil || !tried.DryRun || tried.Notices == nil || len(tried.Notices) != 0 {
		t.Errorf("%+v, %v", tried, err)
	}
	if tried, err = c.RetryUndeliverable(t.Context(), since, false); err != nil || tried.DryRun || tried.Failure != nil {
		t.Errorf("%+v, %v", tried, err)
	}
}

func TestWhatAWrongClockRecordedIsMended(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.clock.Set(time.Date(2027, 11, 2, 10, 0, 0, 0, time.UTC))
	c.records(visits()...)
	c.clock.Set(time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC))
	found, err := c.MendRecorded(t.Context(), service.Mending{DryRun: true})
	if err != nil || found.Events != 4 || len(found.Cases) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if found, err = c.MendRecorded(t.Context(), service.Mending{Reason: "the host's clock", By: "O. Operator"}); err != nil || found.Events != 4 {
		t.Fatalf("%+v, %v", found, err)
	}
	if found, err = c.MendRecorded(t.Context(), service.Mending{DryRun: true}); err != nil || found.Events != 0 || found.Cases == nil {
		t.Errorf("afterwards: %+v, %v", found, err)
	}
}

func TestAMigrationReturnsThePackInForce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	pack, due, err := c.Migrate(t.Context())
	if err != nil || due || pack.Edition != load.Embedded().Edition {
		t.Errorf("%v, %v", due, err)
	}
}

const aReturn = `<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><LEA>999</LEA><DateTime>2026-04-10T09:00:00</DateTime></Source></Header><Children>
<Child><ChildIdentifiers><LAchildID>K1</LAchildID><PersonBirthDate>2018-05-04</PersonBirthDate></ChildIdentifiers>
<CINdetails><CINreferralDate>2026-01-05</CINreferralDate></CINdetails></Child></Children></Message>`

func TestAReturnIsLoadedAndSaysWhichLimitsNobodyHasSet(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	in := importing(aReturn)
	in.DryRun = true
	tried, err := c.Import(t.Context(), in)
	if err != nil || tried.Children != 1 || tried.New == 0 || len(c.workflows.told) != 0 {
		t.Fatalf("%+v, %v", tried, err)
	}
	in.DryRun = false
	done, err := c.Import(t.Context(), in)
	if err != nil || done.New != tried.New || !done.Backlog || len(done.Defaults) == 0 || done.Clocks.Told != len(c.workflows.told) {
		t.Fatalf("%+v, %v", done, err)
	}
	in.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("no XML")), nil }
	if broken, err := c.Import(t.Context(), in); broken != nil || service.KindOf(err) != service.Refused {
		t.Errorf("%+v, %v", broken, err)
	}
}

func importing(text string) service.Import {
	return service.Import{
		Source: source,
		Format: func(days *calendar.Calendar) intake.Format { return cincensus.Census{Calendar: days} },
		Open:   func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}
}

// Another program loads a return of the source. A request is told to come again; somebody at a command waits anyhow.
func TestACommandSaysThatItWaitsForAnotherLoadAndARequestIsToldToComeAgain(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	loaded := make(chan error, 1)
	err := c.store.InTurn(t.Context(), source, "cin-census", 0, func(ctx context.Context) error {
		in := importing(aReturn)
		in.Behind = true
		if done, err := c.Import(ctx, in); !errors.Is(err, service.ErrBusy) || done != nil {
			t.Errorf("a request: %+v, %v", done, err)
		}
		dry := importing(aReturn)
		dry.DryRun = true
		if done, err := c.Import(ctx, dry); err != nil || done.New == 0 {
			t.Errorf("a dry run writes nothing, and waits for nobody: %+v, %v", done, err)
		}
		go func() { //nolint:contextcheck // it goes on after the other has ended
			done, err := c.Import(t.Context(), importing(aReturn))
			if err == nil && done.New == 0 {
				err = errors.New("it has loaded nothing")
			}
			loaded <- err
		}()
		for c.screen.said("another load of this source") == 0 && t.Context().Err() == nil {
			runtime.Gosched()
		}
		return nil
	})
	if err := errors.Join(err, <-loaded); err != nil {
		t.Error(err)
	}
	if n := c.screen.said("another load of this source"); n != 1 {
		t.Errorf("it was told %d times: %q", n, c.screen.warnings)
	}
}

// said counts the warnings that hold a text.
func (s *screen) said(text string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.warnings {
		if strings.Contains(w, text) {
			n++
		}
	}
	return n
}

// A file of events needs no record.
func TestAFileOfEventsIsPlannedExplainedAndComparedOffline(t *testing.T) {
	t.Parallel()
	book := casework.NewBook(load.Embedded(), calendar.Published())
	cases := service.FromEvents(book, append(visits(), event("y", "C1", "cp_visit.mad", "2026-10-26", nil)), nil)
	if len(cases.Cases) != 2 || len(cases.Refused) != 1 || !errors.Is(cases.PartlyRefused(), service.ErrPartlyRefused) {
		t.Fatalf("%+v", cases)
	}
	watch := &screen{}
	o := service.Offline{Now: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC), Watch: watch}
	plans, err := o.Plan(t.Context(), cases, service.View{AsOf: on("2026-04-10")})
	if err != nil || len(plans.Plans) != 2 || len(plans.Rows()) == 0 || plans.Rows()[0].Case != "C1" {
		t.Errorf("%+v, %v", plans, err)
	}
	notices, err := o.Notices(t.Context(), cases, service.Days{From: dateOf("2026-10-26"), To: dateOf("2026-10-30")})
	if err != nil || len(notices) == 0 || notices[0].Case == "" {
		t.Errorf("%+v, %v", notices, err)
	}
	if err := (service.Days{From: dateOf("2026-10-30"), To: dateOf("2026-10-26")}).Check(); service.KindOf(err) != service.Usage {
		t.Errorf("days that run backwards: %v", err)
	}
	if answer, err := o.Explain(cases, service.Question{Of: []string{"C1", "CP-10"}}); err != nil || len(answer.Explanations) != 3 {
		t.Errorf("%+v, %v", answer, err)
	}
	pack, days, err := overlay("10 working days").Compile()
	if err != nil {
		t.Fatal(err)
	}
	cases.Book = casework.NewBook(pack, days)
	found, err := o.WhatIf(t.Context(), book, cases, service.Comparison{})
	if err != nil || found.Cases != 2 || found.Touched != 1 || len(found.Changes) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	if !slices.Contains(watch.work, "cases compared") {
		t.Errorf("it watched %v", watch.work)
	}
}

func TestADueDateIsWorkedOutOrRefused(t *testing.T) {
	t.Parallel()
	book := casework.NewBook(load.Embedded(), calendar.Published())
	d, err := service.Due(book, "CP-03", on("2026-12-19"))
	if err != nil || d.Answer().Due != "2027-01-13" || len(d.Answer().Skipped) == 0 {
		t.Errorf("%+v, %v", d, err)
	}
	for ref, want := range map[string]string{"CP-99": "no timescale with that ref", "CP-13": "CP-13 has no due date"} {
		if _, err := service.Due(book, ref, on("2026-12-19")); service.KindOf(err) != service.Refused || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}
