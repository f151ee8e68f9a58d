// Package together lets those who do the same at the same moment do it together, where one after the other would pay for
// each what can be paid once: a transaction, a flush.
package together

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Queue lets a few through at once, each alone. Whoever comes while there are as many waits, and as soon as one of them is
// through, those who wait are done together. So nobody waits for company, and the more come the more go at once.
//
// What takes long gives its room back after a while and goes on without: as many may be over their time as are let through at
// once. So a few that take long hold up nobody else.
type Queue[T any] struct {
	atOnce, most int
	patience     time.Duration
	run          func([]T)

	mu       sync.Mutex
	running  int         // how many are through within their time, a group counting once
	over     int         // how many go on without room
	overtime []*room     // whose time is over, and who have their room still, since as many go on without as may
	waiting  []*place[T] // in the order in which they came; none while fewer run than may
}

// place is where one item stands.
type place[T any] struct {
	item  T
	state state
	leave func()        // of one that is through alone
	turn  chan struct{} // closed when it is through alone, or its group has been run
}

// room is what one item, or a group, has while it is through.
type room struct {
	given bool // it has given it back, since its time was over
	left  bool
}

type state int

const (
	waits   state = iota
	alone         // it is through by itself
	grouped       // it is being run with others
	ended         // its group has been run
)

// New returns a queue that lets so many through at once, each for so long before another may come, and at most so many go
// together. run does something with
// several items; it is called by goroutines of the queue's own, so it must not panic, and it must end by itself.
func New[T any](atOnce, most int, patience time.Duration, run func([]T)) *Queue[T] {
	return &Queue[T]{atOnce: atOnce, most: most, patience: patience, run: run}
}

// Enter waits until the item is through, first come first served. Where leave is not nil the caller is through alone, and
// must call leave, once or more often, when what it does is done; otherwise run has been called with the item, and
// has returned. An error is the context's. The item has then left the queue, unless busy is not nil: then run has the
// item, and has it until busy is closed.
func (q *Queue[T]) Enter(ctx context.Context, item T) (leave func(), busy <-chan struct{}, err error) {
	p := q.join(item)
	select {
	case <-p.turn:
	case <-ctx.Done():
		if q.part(p) {
			return nil, nil, ctx.Err()
		}
		select {
		case <-p.turn: // it came at the same moment
		default:
			return nil, p.turn, ctx.Err()
		}
	}
	if p.state == alone {
		return p.leave, nil, nil
	}
	return nil, nil, nil
}

// Waiting is how many wait.
func (q *Queue[T]) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

func (q *Queue[T]) join(item T) *place[T] {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := &place[T]{item: item, turn: make(chan struct{})}
	q.waiting = append(q.waiting, p)
	q.next()
	return p
}

// part takes an item out that waits, and reports whether it did.
func (q *Queue[T]) part(p *place[T]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if p.state != waits {
		return false
	}
	q.waiting = slices.DeleteFunc(q.waiting, func(o *place[T]) bool { return o == p })
	return true
}

// enter takes room, and returns what gives it back. q.mu is held.
func (q *Queue[T]) enter() (leave func()) {
	r := &room{}
	q.running++
	timer := time.AfterFunc(q.patience, func() { q.timeOver(r) })
	return func() {
		timer.Stop()
		q.leave(r)
	}
}

// timeOver has an item go on without room, where it may, or as soon as it may.
func (q *Queue[T]) timeOver(r *room) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !r.left {
		q.overtime = append(q.overtime, r)
		q.next()
	}
}

func (q *Queue[T]) leave(r *room) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case r.left:
		return
	case r.given:
		q.over--
	default:
		q.running--
		q.overtime = slices.DeleteFunc(q.overtime, func(o *room) bool { return o == r })
	}
	r.left = true
	q.next()
}

// next lets through who waits, as far as there is room.
func (q *Queue[T]) next() {
	for q.over < q.atOnce && len(q.overtime) > 0 {
		q.overtime[0].given = true
		q.overtime = q.overtime[1:]
		q.over++
		q.running--
	}
	for q.running < q.atOnce && len(q.waiting) > 0 {
		n := min(len(q.waiting), q.most)
		group := slices.Clone(q.waiting[:n])
		q.waiting = slices.Delete(q.waiting, 0, n)
		leave := q.enter()
		if n == 1 {
			group[0].state, group[0].leave = alone, leave
			close(group[0].turn)
			continue
		}
		items := make([]T, n)
		for i, p := range group {
			p.state, items[i] = grouped, p.item
		}
		go q.together(group, items, leave)
	}
}

func (q *Queue[T]) together(group []*place[T], items []T, leave func()) {
	defer leave()
	q.run(items)
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range group {
		p.state = ended
		close(p.turn)
	}
}
