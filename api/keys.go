package api

import (
	"time"

	"longstop/store"
	"longstop/store/subscriptions"
)

// Key is a key of the API. Its times are those of the wall clock.
type Key struct {
	Key         string   `json:"key"`   // its id
	Label       string   `json:"label"` // what it begins with, by which it is found where it should not be
	Name        string   `json:"name"`
	Owner       string   `json:"owner"`
	Actions     []string `json:"actions"`
	Source      string   `json:"source,omitempty"`
	Council     string   `json:"council,omitempty"`
	PerSecond   int      `json:"per_second,omitempty"`
	AtOnce      int      `json:"at_once,omitempty"`
	State       string   `json:"state"` // active, replaced (and good until it expires), expired or revoked
	Created     string   `json:"created"`
	Expires     string   `json:"expires"`
	ReplacedBy  string   `json:"replaced_by,omitempty"`
	Revoked     string   `json:"revoked,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	LastUsed    string   `json:"last_used,omitempty"`    // the hour
	LastRefused string   `json:"last_refused,omitempty"` // the last hour in which it was shown when it was no longer good

	At time.Time  `json:"-"` // when it stands like this
	Of *store.Key `json:"-"`
}

// NewKey is a key that was made.
type NewKey struct {
	Key
	// Secret is the whole of it, which nobody can find out again.
	Secret string `json:"secret"`
	// Replaces is the key that it replaces; nil for none.
	Replaces *Key `json:"replaces,omitempty"`
}

// KeyOf returns a key of the record as JSON, as it stands at a wall instant.
func KeyOf(k *store.Key, at time.Time) Key {
	row := Key{
		Key: k.ID, Label: k.Label(), Name: k.Name, Owner: k.Owner, Actions: make([]string, len(k.Actions)), Source: k.Source, Council: k.Council,
		PerSecond: k.PerSecond, AtOnce: k.AtOnce, State: string(k.State(at)), Created: second(k.Created), Expires: second(k.Expires),
		ReplacedBy: k.ReplacedBy, Revoked: second(k.Revoked), Reason: k.Reason, LastUsed: second(k.LastUsed), LastRefused: second(k.LastRefused),
		At: at, Of: k,
	}
	for i, a := range k.Actions {
		row.Actions[i] = string(a)
	}
	return row
}

// second is an instant to the second; "" for a zero one.
func second(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Calendar is the address of somebody's calendar, without its secret. Its times are those of the wall clock.
type Calendar struct {
	Calendar    string              `json:"calendar"` // its id
	Person      string              `json:"person"`   // a staff reference
	State       subscriptions.State `json:"state"`
	Created     time.Time           `json:"created"`
	Expires     time.Time           `json:"expires"`
	Revoked     *time.Time          `json:"revoked,omitempty"`
	Reason      string              `json:"reason,omitempty"`
	LastUsed    *time.Time          `json:"last_used,omitempty"`    // the hour
	LastRefused *time.Time          `json:"last_refused,omitempty"` // the last hour in which it was asked for when it was no longer good
}

// CalendarOf returns the address of a calendar as JSON.
func CalendarOf(c *subscriptions.Calendar) Calendar {
	return Calendar{
		Calendar: c.ID, Person: c.Person, State: c.State, Created: c.Created.UTC().Truncate(time.Second), Expires: c.Expires.UTC().Truncate(time.Second),
		Revoked: toSecond(c.Revoked), Reason: c.Reason, LastUsed: toSecond(c.LastUsed), LastRefused: toSecond(c.LastRefused),
	}
}

// NewCalendar is an address that was made.
type NewCalendar struct {
	Calendar
	// Address is where the calendar is read, which nobody can find out again.
	Address string `json:"address"`
	Whole   bool   `json:"-"` // Address begins with a host
}
