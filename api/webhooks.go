package api

import (
	"time"

	"longstop/store/receivers"
)

// Webhook is a system that is told of changes. What stands behind the question mark of its address is left out.
type Webhook struct {
	Name    string          `json:"name"`
	ID      string          `json:"id"`
	URL     string          `json:"url"`
	Kinds   []string        `json:"kinds,omitempty"` // left out: all
	Backlog bool            `json:"backlog,omitempty"`
	Owner   string          `json:"owner"`
	State   receivers.State `json:"state"`
	Reason  string          `json:"reason,omitempty"`
	Created time.Time       `json:"created"`

	Waiting    int        `json:"messages_waiting"`
	Aside      int        `json:"cases_put_aside"`
	DownSince  *time.Time `json:"down_since,omitempty"`
	NextTry    *time.Time `json:"next_try,omitempty"`
	LastTaken  *time.Time `json:"last_taken,omitempty"`
	LastFailed *time.Time `json:"last_failed,omitempty"`
	LastReason string     `json:"last_reason,omitempty"`

	// Secret is shown once, when it is made.
	Secret string `json:"secret,omitempty"`
	// OldUntil is until when the secret before it signs as well.
	OldUntil *time.Time `json:"old_secret_until,omitempty"`
}

// WebhookOf returns a webhook as JSON.
func WebhookOf(w *receivers.Webhook) Webhook {
	return Webhook{
		Name: w.Name, ID: w.ID, URL: w.Address, Kinds: w.Kinds, Backlog: w.Backlog, Owner: w.Owner, State: w.State, Reason: w.Reason,
		Created: w.Created.UTC().Truncate(time.Second), Waiting: w.Waiting, Aside: w.Aside, DownSince: toSecond(w.DownSince), NextTry: toSecond(w.NextAt), LastTaken: toSecond(w.LastTaken),
		LastFailed: toSecond(w.LastFailed), LastReason: w.LastReason,
	}
}

// toSecond is an instant in UTC, to the second.
func toSecond(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC().Truncate(time.Second))
}

// WebhookTest is how an event that tells of nothing was answered.
type WebhookTest struct {
	Name   string `json:"name"`
	Taken  bool   `json:"taken"`
	Reason string `json:"reason,omitempty"`
}
