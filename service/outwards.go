package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/api"
	"longstop/internal/names"
	"longstop/outwards"
	"longstop/store"
	"longstop/store/receivers"
)

// ChangesQuery asks for a stretch of the feed of changes.
type ChangesQuery struct {
	After   string // a cursor; "" or "0": everything that is kept; LatestChange: nothing that is there already
	Limit   int    // at most so many; 0: ChangesAtOnce
	Details bool   // with the references of cases and the ids of duties
}

// LatestChange is the cursor behind everything that there is, in words.
const LatestChange = "latest"

// How many changes one answer holds.
const (
	ChangesAtOnce = 100
	MostChanges   = 1000
)

// The codes of a cursor that cannot be gone on from.
const (
	CursorOld       Code = "cursor_old"
	CursorElsewhere Code = "cursor_elsewhere"
)

// Changes returns what changed of duties after a cursor, in order. That something is read is noted before it is shown; a look that
// finds nothing leaves no trace.
func (s *Service) Changes(ctx context.Context, q ChangesQuery) (*api.Changes, error) {
	out := &api.Changes{Changes: []api.FeedChange{}}
	if err := s.record.Current(ctx); err != nil {
		return nil, err
	}
	if q.Limit == 0 {
		q.Limit = ChangesAtOnce
	}
	if q.Limit < 1 || q.Limit > MostChanges {
		return nil, misuse("limit", "is a number from 1 to %d", MostChanges)
	}
	if q.After == LatestChange {
		end, err := s.record.FeedEnd(ctx)
		out.Cursor = end.String()
		return out, err
	}
	page, err := s.feed(ctx, q)
	if err != nil {
		return nil, err
	}
	out.Cursor, out.More = page.Next.String(), page.More
	if len(page.Items) == 0 {
		return out, nil
	}
	for i := range page.Items {
		out.Changes = append(out.Changes, api.FeedChangeOf(&page.Items[i], q.Details))
	}
	return out, s.reads(ctx, func(u *use) error { return u.readsCases(ctx) })
}

func (s *Service) feed(ctx context.Context, q ChangesQuery) (page store.FeedPage, err error) {
	after := store.Cursor{}
	if q.After != "" {
		if after, err = store.ParseCursor(q.After); err != nil {
			return page, misuse("after", "is %w", err)
		}
	}
	page, err = s.record.Feed(ctx, after, q.Limit, q.Details)
	switch {
	case errors.Is(err, store.ErrCursorOld):
		return page, refusef(CursorOld, "%w: read how things stand (the timescales of every case), then go on from the cursor of latest, taken before", err)
	case errors.Is(err, store.ErrCursorElsewhere):
		return page, refusef(CursorElsewhere, "%w: read how things stand (the timescales of every case), then go on from the cursor of latest, taken before", err)
	}
	return page, err
}

// Outside is what telling systems outside needs of the program that asks.
type Outside struct {
	Keys     *outwards.Keys // nil: none is set
	Networks outwards.Networks
	Now      func() time.Time // the wall clock
}

// NewWebhook is a system that is to be told of changes.
type NewWebhook struct {
	Name    string
	URL     string
	Kinds   []string // of changes; empty: all
	Backlog bool     // also what a first load brings
	Owner   string   // who answers for it
}

// The codes of a webhook.
const (
	UnknownWebhook Code = "unknown_webhook"
)

func (w *NewWebhook) check(networks outwards.Networks) error {
	for _, given := range []struct{ what, text string }{{"name", w.Name}, {"owner", w.Owner}} {
		if given.text == "" {
			return Usagef("the %s is empty", given.what)
		}
		if fault := names.Fault(given.text); fault != "" {
			return Usagef("the %s %s", given.what, fault)
		}
	}
	const longest = 100
	if len(w.Name) > longest {
		return Usagef("the name has more than %d bytes", longest)
	}
	if err := networks.CheckURL(w.URL); err != nil {
		return Usagef("the address is not taken: %w", err)
	}
	for _, kind := range w.Kinds {
		if !slices.Contains(store.ChangeKinds, store.ChangeKind(kind)) {
			return misuse("kinds", "knows no %q: it takes %s", kind, kindsOfChanges())
		}
	}
	return nil
}

func kindsOfChanges() string {
	kinds := make([]string, len(store.ChangeKinds))
	for i, k := range store.ChangeKinds {
		kinds[i] = string(k)
	}
	return strings.Join(kinds, ", ")
}

// AddWebhook adds a system that is told of changes from now on, and returns it with its secret, which is not shown again.
func (s *Service) AddWebhook(ctx context.Context, w NewWebhook, o Outside) (*api.Webhook, error) {
	if err := w.check(o.Networks); err != nil {
		return nil, err
	}
	key, err := o.Keys.Newest()
	if err != nil {
		return nil, usagef("", "%w", err)
	}
	var out *api.Webhook
	err = s.writes(ctx, func(*use) error {
		to := receivers.Of(s.record)
		id, err := to.Add(ctx, receivers.Webhook{Name: w.Name, URL: w.URL, Kinds: w.Kinds, Backlog: w.Backlog, Owner: w.Owner}, key, o.Now())
		if errors.Is(err, receivers.ErrTaken) {
			return Refusef("%s: %w", w.Name, err)
		}
		if err != nil {
			return err
		}
		out, err = s.webhookWithSecret(ctx, id, o, key, 1)
		return err
	})
	return out, err
}

func (s *Service) webhookWithSecret(ctx context.Context, id string, o Outside, key string, n int) (*api.Webhook, error) {
	w, err := receivers.Of(s.record).Find(ctx, id)
	if err != nil {
		return nil, err
	}
	secret, err := o.Keys.Secret(key, id, n)
	if err != nil {
		return nil, err
	}
	out := api.WebhookOf(&w)
	out.Secret = secret.String()
	return &out, nil
}

// Webhooks lists the systems that are told, by name, without their secrets.
func (s *Service) Webhooks(ctx context.Context) (list []api.Webhook, err error) {
	err = s.reads(ctx, func(u *use) error {
		found, err := receivers.Of(s.record).List(ctx)
		if err != nil {
			return err
		}
		for i := range found {
			list = append(list, api.WebhookOf(&found[i]))
		}
		return u.readsCases(ctx) // the audit notes the command, and no one case
	})
	return list, err
}

// mostOverlap is how long a secret that was replaced may sign next to the new one.
const mostOverlap = 30 * 24 * time.Hour

// RotateWebhook gives a webhook another secret, and returns it with that. For a while the one before signs as well.
func (s *Service) RotateWebhook(ctx context.Context, name string, overlap time.Duration, o Outside) (*api.Webhook, error) {
	if overlap < 0 || overlap > mostOverlap {
		return nil, misuse("keep-old-for", "is a time of at most %v", mostOverlap)
	}
	key, err := o.Keys.Newest()
	if err != nil {
		return nil, usagef("", "%w", err)
	}
	var out *api.Webhook
	err = s.changesWebhook(ctx, name, func(to *receivers.Receivers, id string) error {
		now := o.Now()
		until := now.Add(overlap)
		n, err := to.Rotate(ctx, id, key, now, until)
		if err != nil {
			return err
		}
		if out, err = s.webhookWithSecret(ctx, id, o, key, n); err == nil {
			out.OldUntil = new(until.UTC().Truncate(time.Second))
		}
		return err
	})
	return out, err
}

// PauseWebhook lets the messages of a webhook wait.
func (s *Service) PauseWebhook(ctx context.Context, name string) error {
	return s.changesWebhook(ctx, name, func(to *receivers.Receivers, id string) error { return to.Pause(ctx, id) })
}

// ResumeWebhook has a webhook told again of everything that waits.
func (s *Service) ResumeWebhook(ctx context.Context, name string) error {
	return s.changesWebhook(ctx, name, func(to *receivers.Receivers, id string) error { return to.Resume(ctx, id) })
}

// RemoveWebhook forgets a webhook, and what waits for it.
func (s *Service) RemoveWebhook(ctx context.Context, name string) error {
	return s.changesWebhook(ctx, name, func(to *receivers.Receivers, id string) error { return to.Remove(ctx, id) })
}

// TestWebhook sends a webhook an event that tells of nothing, also where it is paused.
func (s *Service) TestWebhook(ctx context.Context, name string, o Outside) (*api.WebhookTest, error) {
	var out *api.WebhookTest
	err := s.changesWebhook(ctx, name, func(to *receivers.Receivers, id string) error {
		w, err := to.Find(ctx, id)
		if err != nil {
			return err
		}
		tried, err := outwards.Try(ctx, to, outwards.NewClient(o.Networks, o.Now), o.Keys, &w, o.Now())
		if err == nil {
			out = &api.WebhookTest{Name: w.Name, Taken: tried.Verdict == outwards.Taken, Reason: tried.Reason}
		}
		return err
	})
	return out, err
}

// changesWebhook finds a webhook and does something with it, between two rows of the audit.
func (s *Service) changesWebhook(ctx context.Context, name string, do func(to *receivers.Receivers, id string) error) error {
	return s.writes(ctx, func(*use) error {
		to := receivers.Of(s.record)
		w, err := to.Find(ctx, name)
		if errors.Is(err, receivers.ErrUnknown) {
			return refusef(UnknownWebhook, "%s: %w", name, err)
		}
		if err != nil {
			return fmt.Errorf("looking for a webhook: %w", err)
		}
		return do(to, w.ID)
	})
}
