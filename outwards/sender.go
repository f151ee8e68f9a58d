package outwards

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"longstop/store"
	"longstop/store/receivers"
)

// waits are the pauses of a message after each attempt that was refused, as Standard Webhooks has them: three days in all.
// Each is made longer by up to a fifth, so that many do not come at once. A receiver that is down is asked more often.
var waits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	// givesUpAfter is how long a receiver is down before it is disabled.
	givesUpAfter = 75 * time.Hour
	// refusesWait is the longest pause of a receiver that answers, and takes nothing: a message that it would take may
	// come any time.
	refusesWait = 5 * time.Minute
	// downWait is the longest pause of one that does not answer. It is asked with one message, whatever waits for it, and
	// once it is back nobody should have to wait for hours to hear of a child.
	downWait = 30 * time.Minute
	// claimedAtOnce is less than what is sent within the lease, whatever the receiver does.
	claimedAtOnce = 32
	lease         = 2 * time.Minute
	noteWithin    = 10 * time.Second
	pruneEvery    = time.Hour
)

// Sender tells the receivers of changes: of a case in order, each receiver by itself. Several may run at once. Dispatch is
// called again and again, by one goroutine; Wait ends it.
type Sender struct {
	Record    *store.Store
	Receivers *receivers.Receivers
	Client    *Client
	Keys      *Keys
	Log       zerolog.Logger
	Now       func() time.Time // the wall clock
	// Sent is told how each attempt ended: "taken", "refused", "down" or "gone"; may be nil.
	Sent func(outcome string)

	running  sync.WaitGroup
	busy     sync.Map // ids of webhooks that are being told
	unsigned sync.Map // ids of webhooks of which the log has that nothing can be signed
	pruned   time.Time
}

// Dispatch gives changes their places in the feed, and begins to tell every receiver that has something waiting; it does
// not wait for them, so that a slow one holds up no other. ctx ends what it began.
func (s *Sender) Dispatch(ctx context.Context) error {
	if _, err := s.Record.PlaceChanges(ctx); err != nil {
		return err
	}
	if now := s.Now(); now.Sub(s.pruned) > pruneEvery {
		if _, err := s.Record.PruneChanges(ctx, now.Add(-store.ChangesKept)); err != nil {
			s.Log.Error().Err(err).Msg("old changes stay for another hour: they could not be deleted")
		}
		s.pruned = now
	}
	list, err := s.Receivers.Due(ctx)
	if err != nil {
		return err
	}
	for _, w := range list {
		if _, already := s.busy.LoadOrStore(w.ID, true); already {
			continue
		}
		s.running.Go(func() {
			defer s.busy.Delete(w.ID)
			s.tell(ctx, &w)
		})
	}
	return nil
}

// Wait returns when nobody is being told any more.
func (s *Sender) Wait() { s.running.Wait() }

// tell sends a receiver what waits, until nothing of it can go now.
func (s *Sender) tell(ctx context.Context, w *receivers.Webhook) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error().Str("webhook", w.Name).Str("panic", fmt.Sprintf("%T", p)).Bytes("stack", debug.Stack()).Msg("telling a webhook panicked: its messages wait")
		}
	}()
	for ctx.Err() == nil {
		some, err := s.tellSome(ctx, w)
		if err != nil && ctx.Err() == nil {
			s.Log.Error().Err(err).Str("webhook", w.Name).Msg("a webhook is not told: its messages wait")
		}
		if err != nil || !some {
			return
		}
	}
}

// tellSome claims messages and sends them. It reports whether there may be more.
func (s *Sender) tellSome(ctx context.Context, w *receivers.Webhook) (more bool, err error) {
	secrets, err := s.secrets(ctx, w)
	if err != nil || secrets == nil {
		return false, err
	}
	claimed, err := s.Receivers.Claim(ctx, w.ID, s.Now(), lease, claimedAtOnce)
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	places := make([]int64, len(claimed))
	for i := range claimed {
		places[i] = claimed[i].Position
	}
	items, err := s.Record.FeedItems(ctx, places)
	if err != nil {
		return false, err // the lease gives them back
	}
	var failed atomic.Bool // the receiver: the rest is given back
	var sending errgroup.Group
	sending.SetLimit(callsAtOnce)
	for _, m := range claimed {
		sending.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					failed.Store(true)
					err = fmt.Errorf("a panic with a %T", p)
				}
			}()
			item, kept := items[m.Position]
			switch {
			case !kept:
				return s.Receivers.Drop(ctx, m)
			case failed.Load() || ctx.Err() != nil:
				return s.noting(ctx, func(ctx context.Context) error { return s.Receivers.Release(ctx, m) })
			}
			o := s.Client.Send(ctx, w.URL, eventOf(&item), secrets)
			if o.Verdict == Down || o.Verdict == Gone {
				failed.Store(true)
			}
			return s.noting(ctx, func(noting context.Context) error { return s.note(ctx, noting, w, m, o) })
		})
	}
	err = sending.Wait()
	return !failed.Load(), err
}

// secrets are those of a webhook; nil where its key is not set here, which the log has once.
func (s *Sender) secrets(ctx context.Context, w *receivers.Webhook) ([]Secret, error) {
	secrets, err := secretsOf(ctx, s.Receivers, s.Keys, w.ID, s.Now())
	if !errors.Is(err, errUnsigned) {
		s.unsigned.Delete(w.ID)
		return secrets, err
	}
	if _, said := s.unsigned.LoadOrStore(w.ID, true); !said {
		s.Log.Error().Err(err).Str("webhook", w.Name).Msg("a webhook is not told, since nothing can be signed for it: its messages wait")
	}
	return nil, nil
}

// noting runs what is to be noted also where the sender is being stopped.
func (s *Sender) noting(ctx context.Context, note func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	return note(ctx)
}

// note keeps how an attempt ended. sending is the context in which it ran.
func (s *Sender) note(sending, ctx context.Context, w *receivers.Webhook, m receivers.Message, o Outcome) error {
	now := s.Now()
	if o.Verdict != Taken && sending.Err() != nil {
		return s.Receivers.Release(ctx, m) // it was stopped, and says nothing of the receiver
	}
	s.count(o.Verdict)
	switch o.Verdict {
	case Taken:
		return s.Receivers.Taken(ctx, m, now)
	case Gone:
		s.Log.Warn().Str("webhook", w.Name).Msg("a webhook wants no more and is disabled: `starter webhooks resume` has it told again, `remove` forgets it")
		return s.Receivers.Disable(ctx, m, now, "it answered that it wants no more (410)")
	case Refused:
		return s.noteRefused(ctx, w, m, o, now)
	default:
		return s.noteDown(ctx, w, m, o, now)
	}
}

func (s *Sender) noteRefused(ctx context.Context, w *receivers.Webhook, m receivers.Message, o Outcome, now time.Time) error {
	tryAt := now.Add(max(min(wait(max(m.Streak+1-receivers.StreakOfDown, 0)), refusesWait), o.After))
	if m.Early {
		s.Log.Warn().Str("webhook", w.Name).Time("next", tryAt).Str("reason", o.Reason).Msg("a webhook takes nothing still: its messages wait")
		return s.Receivers.Refused(ctx, m, now, time.Time{}, tryAt, o.Reason)
	}
	var again time.Time
	if m.Attempts < len(waits) {
		again = now.Add(max(wait(m.Attempts), o.After))
	}
	level := zerolog.WarnLevel
	if again.IsZero() {
		level = zerolog.ErrorLevel
	}
	s.Log.WithLevel(level).Str("webhook", w.Name).Str("case", m.CaseKey).Int64("change", m.Position).Int("attempts", m.Attempts+1).Bool("put_aside", again.IsZero()).
		Str("reason", o.Reason).Msg("a webhook did not take a message: what comes after it in its case waits")
	return s.Receivers.Refused(ctx, m, now, again, tryAt, o.Reason)
}

func (s *Sender) noteDown(ctx context.Context, w *receivers.Webhook, m receivers.Message, o Outcome, now time.Time) error {
	if m.Tries >= len(waits) && w.DownSince != nil && now.Sub(*w.DownSince) >= givesUpAfter {
		s.Log.Error().Str("webhook", w.Name).Time("down_since", *w.DownSince).Str("reason", o.Reason).
			Msg("a webhook could not be told for three days and is disabled: once it is mended `starter webhooks resume` has it told of all that waits")
		return s.Receivers.Disable(ctx, m, now, "it could not be told for three days: "+o.Reason)
	}
	next := now.Add(max(min(wait(m.Tries), downWait), o.After))
	counted, err := s.Receivers.Down(ctx, m, now, next, o.Reason)
	if counted {
		s.Log.Warn().Str("webhook", w.Name).Int("tries", m.Tries+1).Time("next", next).Str("reason", o.Reason).Msg("a webhook cannot be told: its messages wait")
	}
	return err
}

// wait is the pause after so many attempts that failed before, and one more.
func wait(before int) time.Duration {
	w := waits[min(before, len(waits)-1)]
	return w + rand.N(w/5) //nolint:gosec // it spreads attempts, and hides nothing
}

func (s *Sender) count(v Verdict) {
	if s.Sent != nil {
		s.Sent([]string{Taken: "taken", Refused: "refused", Down: "down", Gone: "gone"}[v])
	}
}

var errUnsigned = errors.New("no key is there for any of its secrets")

// secretsOf derives the secrets that sign for a webhook at an instant, the newest first.
func secretsOf(ctx context.Context, from *receivers.Receivers, keys *Keys, webhook string, now time.Time) ([]Secret, error) {
	list, err := from.Secrets(ctx, webhook, now)
	if err != nil {
		return nil, err
	}
	var secrets []Secret
	var missing error
	for _, s := range list {
		if secret, err := keys.Secret(s.KeyID, webhook, s.N); err == nil {
			secrets = append(secrets, secret)
		} else {
			missing = err
		}
	}
	if len(secrets) == 0 {
		return nil, errors.Join(errUnsigned, missing)
	}
	return secrets, nil
}

// Try sends a webhook an event that tells of nothing, whatever its state, and returns how that ended.
func Try(ctx context.Context, from *receivers.Receivers, c *Client, keys *Keys, w *receivers.Webhook, now time.Time) (Outcome, error) {
	secrets, err := secretsOf(ctx, from, keys, w.ID, now)
	if err != nil {
		return Outcome{}, err
	}
	record, err := from.RecordName(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return c.Send(ctx, w.URL, testEvent(record, uuid.NewString(), now), secrets), nil
}
