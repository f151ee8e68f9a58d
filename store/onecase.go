package store

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// inCase is inTx for a transaction about one case. Those of one case wait for each other
// without a connection: a case that somebody keeps locked holds one of the pool's at most,
// and the others are left for other cases. Where the transaction fails because of the case,
// the case is put aside and the error is a *CaseFaultError. Key "" is no case.
func (s *Store) inCase(ctx context.Context, key string, fn func(pgx.Tx) error) error {
	if key == "" {
		return s.inTx(ctx, fn)
	}
	leave, err := s.cases.enter(ctx, key)
	if err != nil {
		return err
	}
	defer leave()
	err = s.inTx(ctx, fn)
	fault := faultOf(key, err)
	if fault == nil {
		return err
	}
	if err := s.putAside(ctx, fault); err != nil {
		s.log.Error().Err(err).Str("case", key).Msg("nor could it be put aside: the next attempt tries that again")
	}
	return fault
}

// queues lets one at a time through for each key. The zero value is ready for use.
type queues struct {
	mu    sync.Mutex
	byKey map[string]*queue
}

type queue struct {
	turn  chan struct{} // holds a token while nobody is through
	users int           // who is through or waits
}

// enter waits for its turn, and returns what ends it; or the context's error.
func (q *queues) enter(ctx context.Context, key string) (leave func(), err error) {
	own := q.join(key)
	select {
	case <-own.turn:
		return func() {
			own.turn <- struct{}{}
			q.part(key, own)
		}, nil
	case <-ctx.Done():
		q.part(key, own)
		return nil, ctx.Err()
	}
}

func (q *queues) join(key string) *queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	own := q.byKey[key]
	if own == nil {
		own = &queue{turn: make(chan struct{}, 1)}
		own.turn <- struct{}{}
		if q.byKey == nil {
			q.byKey = map[string]*queue{}
		}
		q.byKey[key] = own
	}
	own.users++
	return own
}

func (q *queues) part(key string, own *queue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(q.byKey, key)
	}
}
