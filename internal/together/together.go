// Package together lets those who do the same at the same moment do it together, where one after the other would pay for
// each what can be paid once: a transaction, a flush.
package together

import (
	"context"
	"slices"
	"sync"
)

// Queue lets a few through at once, each alone. Whoever comes while there are as many waits, and as soon as one of them is
// through, those who wait are done together. So nobody waits for company, and the more come the more go at once.
type Queue[T any] struct {
	atOnce, most int
	run          func([]T)

	mu      sync.Mutex
	running int         // how many are through, a group counting once
	waiting []*place[T] // in the order in which they came; none while fewer run than may
}

// place is where one item stands.
type place[T any] struct {
	item  T
	state state
	turn  chan struct{} // closed when it is through alone, or its group has been run
}

type state int

const (
	waits   state = iota
	alone         // it is through by itself
	grouped       // it is being run with others
	ended         // its group has been run
)

// New returns a queue that lets so many through at once, and at most so many go together. run does something with
// several items; it is called by goroutines of the queue's own, so it must not panic, and it must end by itself.
func New[T any](atOnce, most int, run func([]T)) *Queue[T] {
	return &Queue[T]{atOnce: atOnce, most: most, run: run}
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
		return sync.OnceFunc(q.leave), nil, nil
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

func (q *Queue[T]) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	q.next()
}

// next lets through who waits, as far as there is room.
func (q *Queue[T]) next() {
	for q.running < q.atOnce && len(q.waiting) > 0 {
		n := min(len(q.waiting), q.most)
		group := slices.Clone(q.waiting[:n])
		q.waiting = slices.Delete(q.waiting, 0, n)
		q.running++
		if n == 1 {
			group[0].state = alone
			close(group[0].turn)
			continue
		}
		items := make([]T, n)
		for i, p := range group {
			p.state, items[i] = grouped, p.item
		}
		go q.together(group, items)
	}
}

func (q *Queue[T]) together(group []*place[T], items []T) {
	q.run(items)
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range group {
		p.state = ended
		close(p.turn)
	}
	q.running--
	q.next()
}
