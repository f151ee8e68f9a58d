package together_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"longstop/internal/casetime"
	"longstop/internal/together"
)

// long is longer than any of these tests takes.
const long = time.Hour

// runs are what a queue ran together; each run ends when it may.
type runs struct {
	*together.Queue[int]
	t     *testing.T
	begun chan []int
	end   chan struct{}
}

func newRuns(t *testing.T, atOnce, most int) *runs {
	t.Helper()
	r := &runs{t: t, begun: make(chan []int), end: make(chan struct{})}
	r.Queue = together.New(atOnce, most, long, func(items []int) {
		r.begun <- items
		<-r.end
	})
	return r
}

// enter has an item enter that is through at once, alone.
func (r *runs) enter(item int) (leave func()) {
	r.t.Helper()
	leave, _, err := r.Enter(r.t.Context(), item)
	if err != nil || leave == nil {
		r.t.Fatalf("item %d is not through alone: %v", item, err)
	}
	return leave
}

// outcome is how an item fared.
type outcome struct {
	leave func()
	busy  <-chan struct{}
	err   error
}

// wait has an item enter that has to wait, and returns once it does.
func (r *runs) wait(ctx context.Context, item int) <-chan outcome {
	r.t.Helper()
	before := r.Waiting()
	fared := make(chan outcome, 1)
	go func() {
		leave, busy, err := r.Enter(ctx, item)
		fared <- outcome{leave, busy, err}
	}()
	r.until(before + 1)
	return fared
}

// until waits until so many wait.
func (r *runs) until(n int) {
	r.t.Helper()
	for r.Waiting() != n {
		if r.t.Context().Err() != nil {
			r.t.Fatalf("%d wait, and never %d", r.Waiting(), n)
		}
		runtime.Gosched()
	}
}

func TestNobodyWaitsForCompany(t *testing.T) {
	t.Parallel()
	r := newRuns(t, 2, 10)
	first, second := r.enter(1), r.enter(2)
	first()
	r.enter(3)()
	second()
	r.enter(4)()
}

func TestThoseWhoWaitGoTogetherFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	r := newRuns(t, 1, 3)
	leave := r.enter(0)
	var fared []<-chan outcome
	for item := 1; item <= 7; item++ {
		fared = append(fared, r.wait(t.Context(), item))
	}
	leave()
	leave() // again changes nothing
	for _, want := range [][]int{{1, 2, 3}, {4, 5, 6}} {
		if got := <-r.begun; !slices.Equal(got, want) {
			t.Errorf("together went %v, want %v", got, want)
		}
		select {
		case o := <-fared[want[0]-1]:
			t.Errorf("item %d was told before its group had run: %+v", want[0], o)
		default:
		}
		r.end <- struct{}{}
		for _, item := range want {
			if o := <-fared[item-1]; o.leave != nil || o.busy != nil || o.err != nil {
				t.Errorf("item %d: %+v", item, o)
			}
		}
	}
	last := <-fared[6] // which is alone by now
	if last.leave == nil || last.err != nil {
		t.Fatalf("the last: %+v", last)
	}
	last.leave()
	r.enter(8)()
}

func TestWhoeverIsCancelledWhileWaitingIsNotRun(t *testing.T) {
	t.Parallel()
	r := newRuns(t, 1, 10)
	leave := r.enter(0)
	ctx, cancel := context.WithCancel(t.Context())
	first := r.wait(t.Context(), 1)
	gone := r.wait(ctx, 2)
	third := r.wait(t.Context(), 3)
	cancel()
	if o := <-gone; !errors.Is(o.err, context.Canceled) || o.busy != nil || o.leave != nil {
		t.Errorf("who left: %+v", o)
	}
	r.until(2)
	leave()
	if got := <-r.begun; !slices.Equal(got, []int{1, 3}) {
		t.Errorf("together went %v", got)
	}
	r.end <- struct{}{}
	<-first
	<-third
	r.enter(4)()
}

func TestWhoeverIsCancelledWhileItRunsLearnsWhenThatIsOverAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	r := newRuns(t, 1, 10)
	leave := r.enter(0)
	ctx, cancel := context.WithCancel(t.Context())
	gone := r.wait(ctx, 1)
	stays := r.wait(t.Context(), 2)
	leave()
	<-r.begun
	cancel()
	o := <-gone
	if !errors.Is(o.err, context.Canceled) || o.busy == nil {
		t.Fatalf("who left: %+v", o)
	}
	select {
	case <-o.busy:
		t.Error("it is over before it is")
	default:
	}
	r.end <- struct{}{}
	<-o.busy
	if o := <-stays; o.err != nil || o.leave != nil {
		t.Errorf("who stayed: %+v", o)
	}
	r.enter(3)()
}

func TestWhateverIsCancelledWheneverNothingRunsTwiceAndNoRoomIsLost(t *testing.T) {
	t.Parallel()
	const atOnce, most, items = 2, 4, 400
	var mu sync.Mutex
	ran, running, ended := map[int]int{}, 0, 0
	does := func(list ...int) {
		mu.Lock()
		defer mu.Unlock()
		if running++; running > atOnce || len(list) > most {
			t.Errorf("%d run at once, %d together", running, len(list))
		}
		for _, item := range list {
			ran[item]++
		}
	}
	is := func() {
		mu.Lock()
		defer mu.Unlock()
		running--
	}
	q := together.New(atOnce, most, long, func(list []int) { does(list...); runtime.Gosched(); is() })
	left := map[int]bool{}
	var all sync.WaitGroup
	for item := range items {
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			leave, busy, err := q.Enter(ctx, item)
			switch {
			case leave != nil:
				does(item)
				is()
				leave()
			case err != nil && busy == nil:
				mu.Lock()
				left[item] = true
				mu.Unlock()
			case err != nil:
				<-busy
			}
			mu.Lock()
			ended++
			mu.Unlock()
		})
		if item%3 == 0 {
			all.Go(cancel)
		}
		t.Cleanup(cancel)
	}
	all.Wait()
	for item := range items {
		if want := map[bool]int{true: 0, false: 1}[left[item]]; ran[item] != want {
			t.Errorf("item %d ran %d times, want %d", item, ran[item], want)
		}
	}
	if ended != items || q.Waiting() != 0 {
		t.Errorf("%d ended, %d wait", ended, q.Waiting())
	}
	for range atOnce { // nobody is through
		if leave, _, err := q.Enter(t.Context(), 0); leave == nil || err != nil {
			t.Error(fmt.Errorf("there is no room left: %w", err))
		}
	}
}

// The clock of these tests stands still until everybody waits, and then goes on to the next moment for which somebody does.
func TestThoseWhoTakeLongHoldUpNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const atOnce, patience = 2, 250 * time.Millisecond
		q := together.New(atOnce, 4, patience, func([]int) {})
		enter := func() func() {
			leave, _, err := q.Enter(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			return leave
		}
		begun := casetime.WallNow()
		slow := []func(){enter(), enter()}
		quick := enter() // waits until one of them is over its time
		if waited := casetime.WallNow().Sub(begun); waited != patience || quick == nil {
			t.Errorf("it waited %v", waited)
		}
		quick()
		slow = append(slow, enter(), enter()) // at once: there is room
		if waited := casetime.WallNow().Sub(begun); waited != patience {
			t.Errorf("there was no room until %v", waited)
		}
		// Now as many are over their time as may be, and two more have the room, and keep it.
		through := make(chan func())
		go func() { through <- enter() }()
		<-time.After(10 * patience)
		synctest.Wait()
		select {
		case <-through:
			t.Error("more than twice as many go at once as are let through")
		default:
		}
		slow[0]() // and one of those whose time is over goes on without room in its place
		leave := <-through
		leave()
		for _, leave := range slow {
			leave()
			leave() // again changes nothing
		}
		for range atOnce { // there is all the room, and no more
			defer enter()()
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience/2)
		defer cancel()
		if _, _, err := q.Enter(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("there is more room than there was: %v", err)
		}
	})
}

func TestAGroupThatTakesLongHoldsUpOnlyItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const patience = 250 * time.Millisecond
		end := make(chan struct{})
		q := together.New(1, 2, patience, func([]int) { <-end })
		first, _, err := q.Enter(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if leave, busy, err := q.Enter(t.Context(), 1); leave != nil || busy != nil || err != nil {
					t.Errorf("not in a group: %v", err)
				}
			})
		}
		synctest.Wait()
		first()
		begun := casetime.WallNow()
		leave, _, err := q.Enter(t.Context(), 2)
		if waited := casetime.WallNow().Sub(begun); err != nil || leave == nil || waited != patience {
			t.Errorf("it waited %v: %v", waited, err)
		}
		leave()
		close(end)
		group.Wait()
	})
}
