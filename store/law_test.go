package store_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// bankHolidays is the file that this program ships with and further proclaimed days.
func bankHolidays(proclaimed ...string) []byte {
	text := string(load.ShippedHolidays())
	for _, day := range proclaimed {
		text = strings.Replace(text, `"events":[`, `"events":[ {"title":"A proclaimed day","date":"`+day+`","notes":""},`, 1)
	}
	return []byte(text)
}

// overlay is a council's overlay with these entries of its timescales.
func overlay(name, timescales string) load.File {
	return load.File{Name: name, Text: "overlay: " + name + "\nlanguage: 1\ntimescales:\n" + timescales}
}

const (
	everyThreeWeeks = "- ref: CN-02\n  editions:\n  - {limit: 3 weeks, source: Anytown}\n"
	everyTwoWeeks   = "- ref: CN-02\n  editions:\n  - {limit: 2 weeks, source: Anytown}\n"
	looser          = "- ref: AS-01\n  editions:\n  - {local_limit: 60 working days, source: Anytown}\n"
)

// adopt adopts a law, for a reason, by somebody.
func (r *record) adopt(l store.Law) store.Adopted {
	r.t.Helper()
	if l.Reason == "" {
		l.Reason, l.By = "agreed by the board", "D. Director"
	}
	done, err := r.Adopt(r.t.Context(), l)
	if err != nil {
		r.t.Fatalf("adopting: %v", err)
	}
	return done
}

// planAgain plans every case that waits, and says how many it was.
func (r *record) planAgain() int {
	r.t.Helper()
	n := 0
	if err := r.PlanAgain(r.t.Context(), func(cases int, _ []pathway.Nudge) { n += cases }); err != nil {
		r.t.Fatalf("planning again: %v", err)
	}
	return n
}

// changed lists what laws changed in a case: "CN-02:e1 moves 2026-11-30 2026-11-23: reason".
func (r *record) changed(ref string) []string {
	r.t.Helper()
	list, err := r.LawChanges(r.t.Context(), source, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		lines = append(lines, fmt.Sprintf("%s %s %s %s: %s", c.Duty, c.Change, c.DueBefore, c.DueAfter, c.Reason))
	}
	return lines
}

func TestALawHoldsAnOverlayAndEveryProcessGoesByIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	done := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	if !done.Changed || done.Before.Pack().Overlay != "" || done.By != "D. Director" || !done.On.Equal(london("2026-11-02 10:00")) {
		t.Errorf("the adoption: %+v", done.Adoption)
	}
	equal(t, "cases planned again", r.planAgain(), 1)
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-23")
	for name, s := range map[string]*store.Store{"this one": r.Store, "one that starts": r.open()} {
		equal(t, "overlay of "+name, s.Book().Pack().Overlay, "anytown.yaml")
	}
	e, err := r.EffectOf(t.Context(), done.Seq)
	if err != nil || e.Cases != 1 || e.Waiting != 0 || len(e.Refs) != 1 || e.Refs[0].Moves != 1 || e.Refs[0].Ref != "CN-02" {
		t.Errorf("the effect: %+v, %v", e, err)
	}
	equal(t, "changes", fmt.Sprint(r.changed("C1")), "[CN-02:e1 moves 2026-11-30 2026-11-23: agreed by the board]")
}

func TestWhatIsNotNamedStaysAsItIsInForce(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	shown := func() string {
		b := r.Book()
		return fmt.Sprintf("%s|%s|%v", b.Pack().Overlay, b.Pack().Edition, b.Calendar().IsWorkingDay(date("2026-12-09")))
	}
	edition := load.Embedded().Edition
	for _, step := range []struct {
		law     store.Law
		changed bool
		want    string
	}{
		{store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}}, true, "anytown.yaml|" + edition + "|true"},
		{store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}}, true, "anytown.yaml|" + edition + "|false"},
		{store.Law{Change: load.Change{Pack: load.EmbeddedFiles()}}, false, "anytown.yaml|" + edition + "|false"},
		{store.Law{Change: load.Change{Pack: renamed("2099-01")}}, true, "anytown.yaml|2099-01|false"},
		{store.Law{Change: load.Change{Overlays: []load.File{}}}, true, "|2099-01|false"},
		{store.Law{Change: load.Change{Holidays: load.ShippedHolidays()}}, true, "|2099-01|true"},
		{store.Law{Change: load.Change{Pack: load.EmbeddedFiles()}}, true, "|" + edition + "|true"}, // as it was at first
		{store.Law{Change: load.Change{Holidays: spaced(load.ShippedHolidays())}}, false, "|" + edition + "|true"},
	} {
		equal(t, "changed", r.adopt(step.law).Changed, step.changed)
		equal(t, "in force", shown(), step.want)
	}
	equal(t, "laws that are kept", len(r.column(`select hash from laws`)), 6)
}

// renamed is the shipped pack under another edition.
func renamed(edition string) []load.File {
	var files []load.File
	for _, f := range load.EmbeddedFiles() {
		f.Text = strings.Replace(f.Text, "\nedition: "+quoted(load.Embedded().Edition), "\nedition: "+quoted(edition), 1)
		files = append(files, f)
	}
	return files
}

func quoted(s string) string { return `"` + s + `"` }

// spaced is a file that says the same in other bytes.
func spaced(file []byte) []byte { return []byte(strings.ReplaceAll(string(file), ",", ",\n  ")) }

func TestAFaultyLawIsRefusedWithNothingWritten(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.planAgain()
	inForce := len(r.column(`select law from laws_in_force`))
	for name, l := range map[string]store.Law{
		"an overlay that loosens": {Change: load.Change{Overlays: []load.File{overlay("loose.yaml", looser)}}},
		"a broken pack":           {Change: load.Change{Pack: []load.File{{Name: "x.yaml", Text: "pack: x"}}}},
		"a calendar without days": {Change: load.Change{Holidays: []byte("{}")}},
		"an overlay that does not fit the pack in force any more": {Change: load.Change{Pack: without(t, "CN-02")}},
		"no reason":                             {Change: load.Change{Holidays: bankHolidays("2026-12-09")}, Reason: " ", By: "x"},
		"nobody":                                {Change: load.Change{Holidays: bankHolidays("2026-12-09")}, Reason: "x"},
		"a reason without an end":               {Change: load.Change{Holidays: bankHolidays("2026-12-09")}, Reason: strings.Repeat("x", 2001), By: "x"},
		"a reason with a byte that is not text": {Change: load.Change{Holidays: bankHolidays("2026-12-09")}, Reason: "x\x00", By: "x"},
	} {
		if l.Reason == "" {
			l.Reason, l.By = "x", "x"
		}
		_, err := r.Adopt(t.Context(), l)
		if err == nil {
			t.Errorf("%s is adopted", name)
			continue
		}
		var found *load.Error
		switch name {
		case "an overlay that loosens":
			if !errors.As(err, &found) || found.Faults[0].File != "loose.yaml" || found.Faults[0].Line == 0 || found.Faults[0].Rule != "AS-01" {
				t.Errorf("%s: %v", name, err)
			}
		case "an overlay that does not fit the pack in force any more":
			if !errors.Is(err, load.ErrOverlayInForce) || !errors.As(err, &found) || found.Faults[0].File != "anytown.yaml" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	equal(t, "laws in force so far", len(r.column(`select law from laws_in_force`)), inForce)
	equal(t, "waiting", len(r.column(`select why from replans`)), 0)
	equal(t, "due", r.duty("C1", "CN-02").Due, "2026-11-23")
}

// without is the shipped pack without the file of a timescale's pathway.
func without(t *testing.T, ref string) []load.File {
	t.Helper()
	var files []load.File
	for _, f := range load.EmbeddedFiles() {
		before, after, found := strings.Cut(f.Text, "- ref: "+ref+"\n")
		if found {
			_, rest, more := strings.Cut(after, "\n  - ref: ")
			if f.Text = before; more {
				f.Text += "- ref: " + rest
			}
		}
		files = append(files, f)
	}
	if _, err := load.Files(files); err != nil {
		t.Fatalf("the pack without %s: %v", ref, err)
	}
	return files
}

func TestOverlaysLieInTheOrderOfTheirNames(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	first, second := overlay("a.yaml", everyThreeWeeks), overlay("b.yaml", everyTwoWeeks)
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{second, first}}})
	plan := r.Book().Fold(history(), casework.Moment{AsOf: london("2026-11-02 10:00")})
	equal(t, "due", plan.Duty("CN-02:e1").Due.String(), "2026-11-16")
	equal(t, "again", r.adopt(store.Law{Change: load.Change{Overlays: []load.File{first, second}}}).Changed, false)
}

// history is a case with a child in need plan.
func history() []casework.Event {
	e := event("e1", "C1", "cin_plan.started", "2026-11-02")
	e.Recorded = london("2026-11-02 10:00")
	return []casework.Event{e}
}

func TestADraftIsTriedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"))
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	r.planAgain()
	draft, err := r.Draft(t.Context(), store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}})
	if err != nil {
		t.Fatal(err)
	}
	if book := draft.After; book.Pack().Overlay != "anytown.yaml" || book.Calendar().IsWorkingDay(date("2026-12-09")) || !draft.Changes || !draft.HolidaysAlone {
		t.Fatalf("the draft: %+v", draft)
	}
	if before := draft.Before; before.Pack().Overlay != "anytown.yaml" || !before.Calendar().IsWorkingDay(date("2026-12-09")) {
		t.Errorf("before it: %+v", before)
	}
	same, err := r.Draft(t.Context(), store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	if err != nil || same.Changes {
		t.Errorf("a draft of what is in force: %+v, %v", same, err)
	}
	other, err := r.Draft(t.Context(), store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyTwoWeeks)}}})
	if err != nil || !other.Changes || other.HolidaysAlone {
		t.Errorf("a draft of another overlay: %+v, %v", other, err)
	}
	if _, err := r.Draft(t.Context(), store.Law{Change: load.Change{Overlays: []load.File{overlay("loose.yaml", looser)}}}); err == nil {
		t.Error("a faulty draft is tried")
	}
	equal(t, "in force", r.Book().Calendar().Edition(), calendar.Published().Edition())
	equal(t, "laws that are kept", len(r.column(`select hash from laws`)), 2)
}

func TestWhatALawSaysAnewOfThePastIsKeptWithItsAdoption(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-30 10:00")
	r.mustRecord(event("e1", "C1", "cin_plan.started", "2026-11-02"), event("e2", "C1", "cin_visit.made", "2026-11-25", "seen=true"))
	first := r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}, Past: &casework.Past{InTimeToLate: 1}})
	if first.Past == nil || first.Past.InTimeToLate != 1 {
		t.Errorf("the adoption says of the past: %+v", first.Past)
	}
	r.planAgain()
	second := r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}})
	r.planAgain()
	if second.Past != nil {
		t.Errorf("an adoption that was not to change the past says: %+v", second.Past)
	}
	changes, err := r.LawChanges(t.Context(), source, "C1")
	if err != nil || len(changes) == 0 || changes[0].Past == nil || changes[0].Past.InTimeToLate != 1 {
		t.Errorf("what it changed: %+v, %v", changes, err)
	}
}

func TestALawThatWasComparedWithAnotherThanTheOneInForceIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-30 10:00")
	tried := store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}, Reason: "agreed", By: "D. Director"}
	draft, err := r.Draft(t.Context(), tried)
	if err != nil {
		t.Fatal(err)
	}
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}, Reason: "a day was proclaimed", By: "A. Nother"})
	tried.Over = draft.Over
	_, err = r.Adopt(t.Context(), tried)
	var refused *store.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "another law was adopted meanwhile, by A. Nother: a day was proclaimed") {
		t.Errorf("got %v", err)
	}
	if draft, err = r.Draft(t.Context(), tried); err != nil {
		t.Fatal(err)
	}
	tried.Over = draft.Over
	if done := r.adopt(tried); !done.Changed {
		t.Error("once it was compared again it was not adopted")
	}
}

// Postgres takes neither: it is refused before, by words that say which text it is.
func TestAnAdoptionIsExplainedInTextThatCanBeKept(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for _, tc := range []struct{ reason, by, want string }{
		{"agreed\x00", "D. Director", "the reason is not text in UTF-8"},
		{"agreed\xff", "D. Director", "the reason is not text in UTF-8"},
		{"agreed", "D.\x00Director", "the name of who adopts it is not text in UTF-8"},
		{" \n", "D. Director", "the reason is missing"},
		{strings.Repeat("a", 2001), "D. Director", "the reason is longer than 2000 bytes"},
	} {
		l := store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}, Reason: tc.reason, By: tc.by}
		_, err := r.Adopt(t.Context(), l)
		var refused *store.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q by %q: %v", tc.reason, tc.by, err)
		}
	}
	equal(t, "laws in force", r.column(`select count(*)::text from laws_in_force`)[0], "1")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}, Reason: strings.Repeat("é", 1000), By: "D. Director"})
}

func TestOfTwoAdoptionsAtOnceTheSecondBuildsOnTheFirst(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Neither can finish while this holds.
	if _, err := tx.Exec(t.Context(), `lock table laws in share mode`); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for i, l := range []store.Law{
		{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}}, {Change: load.Change{Holidays: bankHolidays("2026-12-09")}},
	} {
		l.Reason, l.By = "x", "x"
		both.Go(func() {
			if _, err := r.Adopt(t.Context(), l); err != nil {
				t.Error(err)
			}
		})
		r.until(`select count(*)::text from pg_locks where not granted
			and database = (select oid from pg_database where datname = current_database())`, strconv.Itoa(i+1))
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	both.Wait()
	law := r.open().Book()
	equal(t, "the overlay in force", law.Pack().Overlay, "anytown.yaml")
	equal(t, "the day that was proclaimed is a working day", law.Calendar().IsWorkingDay(date("2026-12-09")), false)
}
