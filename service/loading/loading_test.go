package loading_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"longstop/api"
	"longstop/calendar"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/intake/formats"
	"longstop/internal/pgtest"
	"longstop/pathway"
	"longstop/service/loading"
	"longstop/store"
)

// told counts the nudges that a load hands over.
type told struct {
	mu    sync.Mutex
	count int
}

func (c *told) Deliver(_ context.Context, nudges []pathway.Nudge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count += len(nudges)
}

// returnOf is a return of so many children, each with a referral and a child in need plan,
// without those that are left out.
func returnOf(children int, without ...int) string {
	gone := map[int]bool{}
	for _, n := range without {
		gone[n] = true
	}
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><LEA>999</LEA><DateTime>2026-04-10T09:00:00</DateTime></Source></Header><Children>`)
	for n := 1; n <= children; n++ {
		if gone[n] {
			continue
		}
		fmt.Fprintf(&s, `<Child><ChildIdentifiers><LAchildID>K%d</LAchildID><PersonBirthDate>2018-05-04</PersonBirthDate></ChildIdentifiers>
<CINdetails><CINreferralDate>2026-01-05</CINreferralDate><CINPlanDates><CINPlanStartDate>2026-01-19</CINPlanStartDate></CINPlanDates></CINdetails></Child>`, n)
	}
	s.WriteString(`</Children></Message>`)
	return s.String()
}

// eventsOfChild is how many events each child of returnOf becomes: the birth, the referral
// with its inferred decision, the plan, and what the source reports.
const eventsOfChild = 5

func options(text string) loading.Options {
	return loading.Options{
		Format: cincensus.Census{},
		Open:   func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		Source: "council", Day: calendar.NewDate(2026, 4, 13),
	}
}

func newRecord(t *testing.T) *store.Store {
	t.Helper()
	return pgtest.Open(t, store.Options{GivesWay: formats.GivesWay, MakeWay: intake.MakeWay})
}

func TestALoadTellsOfItsProgressAndItsNudges(t *testing.T) {
	t.Parallel()
	record, courier := newRecord(t), &told{}
	o := options(returnOf(120))
	var seen []int
	o.Progress = func(done, of int) {
		if of != 120 {
			t.Errorf("of %d children, expected 120", of)
		}
		seen = append(seen, done)
	}
	result, err := loading.Return(t.Context(), record, courier, o)
	if err != nil {
		t.Fatal(err)
	}
	if result.Children != 120 || result.New != 120*eventsOfChild || result.Known != 0 || !result.Backlog {
		t.Errorf("children %d, new %d, known %d, backlog %t", result.Children, result.New, result.Known, result.Backlog)
	}
	if len(seen) != 3 || seen[2] != 120 { // batches of fifty
		t.Errorf("progress %v", seen)
	}
}

func TestAsManyAsATenthOfTheChildrenMayBeGoneUnconfirmed(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	load := func(text string, confirmed bool) (*api.Loaded, error) {
		o := options(text)
		o.ConfirmGone = confirmed
		return loading.Return(t.Context(), record, &told{}, o)
	}
	if _, err := load(returnOf(20), false); err != nil {
		t.Fatal(err)
	}
	result, err := load(returnOf(20, 1, 2), false)
	if err != nil {
		t.Fatal(err)
	}
	// The referral, its decision and the plan lie in the period; the birth does not.
	if result.ChildrenGone != 2 || result.Voids != 2*3 || result.New != 0 {
		t.Errorf("gone %d, voids %d, new %d", result.ChildrenGone, result.Voids, result.New)
	}
	var gone *loading.GoneError
	if _, err := load(returnOf(20, 1, 2, 3, 4, 5), false); !errors.As(err, &gone) || gone.Gone < 3 {
		t.Fatalf("expected to be asked to confirm, got %v", err)
	}
	if held, err := record.Events(t.Context(), "council", "K5"); err != nil || len(held) != eventsOfChild {
		t.Errorf("the refused load has written: %d events, %v", len(held), err)
	}
	if result, err := load(returnOf(20, 1, 2, 3, 4, 5), true); err != nil || result.Voids != 3*3 || result.ChildrenGone != 3 {
		t.Errorf("confirmed: %+v, %v", result, err)
	}
	// Those that were taken back are not gone again.
	if result, err := load(returnOf(20, 1, 2, 3, 4, 5), false); err != nil || result.Voids+result.New+result.ChildrenGone != 0 {
		t.Errorf("again: %+v, %v", result, err)
	}
}

func TestAChildThatComesBackIsRecordedAnew(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	for i, text := range []string{returnOf(20), returnOf(20, 7), returnOf(20)} {
		result, err := loading.Return(t.Context(), record, &told{}, options(text))
		if err != nil {
			t.Fatal(err)
		}
		if i == 2 && (result.New != 3 || result.Voids != 0) {
			t.Errorf("new %d, voids %d", result.New, result.Voids)
		}
	}
}

func TestADryRunSaysWhatWouldChangeAndWritesNothing(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	o := options(returnOf(3))
	o.DryRun = true
	result, err := loading.Return(t.Context(), record, &told{}, o)
	if err != nil || result.New != 3*eventsOfChild || !result.DryRun {
		t.Fatalf("%+v, %v", result, err)
	}
	if refs, err := record.SourceReferences(t.Context(), "council"); err != nil || len(refs) > 0 {
		t.Errorf("it has written %v, %v", refs, err)
	}
}

func TestAReturnThatBreaksOffIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	text := returnOf(200)
	var broken *intake.BrokenError
	if _, err := loading.Return(t.Context(), record, &told{}, options(text[:len(text)-40])); !errors.As(err, &broken) {
		t.Fatalf("expected a broken file, got %v", err)
	}
	if refs, err := record.SourceReferences(t.Context(), "council"); err != nil || len(refs) > 0 {
		t.Errorf("it has written %d cases, %v", len(refs), err)
	}
}

func TestAFileThatChangesBetweenTheTwoPassesIsRefused(t *testing.T) {
	t.Parallel()
	texts := []string{returnOf(3), returnOf(4)}
	o := options("")
	o.Open = func() (io.ReadCloser, error) {
		text := texts[0]
		texts = texts[1:]
		return io.NopCloser(strings.NewReader(text)), nil
	}
	var broken *intake.BrokenError
	if _, err := loading.Return(t.Context(), newRecord(t), &told{}, o); !errors.As(err, &broken) {
		t.Fatalf("expected to be told that the file changed, got %v", err)
	}
}

func TestALoadThatIsInterruptedGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	ctx, stop := context.WithCancel(t.Context())
	o := options(returnOf(120))
	o.Progress = func(int, int) { stop() }
	if _, err := loading.Return(ctx, record, &told{}, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("expected to be interrupted, got %v", err)
	}
	result, err := loading.Return(t.Context(), record, &told{}, options(returnOf(120)))
	if err != nil {
		t.Fatal(err)
	}
	if result.New+result.Known != 120*eventsOfChild || result.Known < 50*eventsOfChild || !result.Backlog {
		t.Errorf("new %d, known %d, backlog %t", result.New, result.Known, result.Backlog)
	}
}
