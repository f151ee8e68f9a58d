package service

import (
	"context"
	"errors"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale/load"
)

// nobody watches.
type nobody struct{}

func (nobody) Warn(string)                {}
func (nobody) Begin(string, int) Progress { return nobody{} }
func (nobody) Add(int)                    {}
func (nobody) Set(int, int)               {}
func (nobody) End()                       {}

func threeCases() [][]casework.Event {
	return [][]casework.Event{{{ID: "a"}}, {{ID: "b"}}, {{ID: "c"}}}
}

func TestResultsComeInTheOrderOfTheCases(t *testing.T) {
	t.Parallel()
	ids, err := eachCase(t.Context(), threeCases(), func(events []casework.Event) string { return events[0].ID }, nobody{})
	if err != nil || strings.Join(ids, "") != "abc" {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestOnceTheContextHasEndedTheErrorSaysSo(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	_, err := eachCase(ctx, threeCases(), func([]casework.Event) bool { stop(); return true }, nobody{})
	if !errors.Is(err, context.Canceled) || !errors.Is(Cause(ctx, err), ErrInterrupted) {
		t.Errorf("%v", err)
	}
}

func TestAPanicInACaseIsAFailureThatSaysWhere(t *testing.T) {
	t.Parallel()
	_, err := eachCase(t.Context(), threeCases(), func([]casework.Event) bool { panic("boom") }, nobody{})
	var fault *PanicError
	if !errors.As(err, &fault) || KindOf(err) != Failed || !strings.Contains(string(fault.Stack), "cases_test.go") {
		t.Errorf("%v", err)
	}
}

func TestAComparisonThatLeavesCasesOutIsAFailure(t *testing.T) {
	t.Parallel()
	book := casework.NewBook(load.Embedded(), calendar.Published())
	x := newComparing(book, book, false)
	x.cases = 5
	if err := x.uncompared(); err != nil {
		t.Errorf("every case was compared, and yet: %v", err)
	}
	x.unread = 2
	err := x.uncompared()
	if KindOf(err) != Failed || !strings.HasPrefix(err.Error(), "2 cases could not be worked out") || x.answer().Unread != 2 {
		t.Errorf("%v", err)
	}
}
