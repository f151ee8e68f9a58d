// Package access says who may ask Longstop for what, over the network: the actions, the caller that a key stands
// for, and the one place that decides whether a caller may do something. It is pure: who a key belongs to is looked
// up elsewhere, and handed in.
package access

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Action is a kind of thing that a caller may be allowed to do. Every operation of the API names the one that it needs.
type Action string

// The actions.
const (
	Record      Action = "record"      // hand in events of the key's own source, corrections and voids among them
	People      Action = "people"      // hand in allocations, people and teams
	Attach      Action = "attach"      // say what a source reports (source.attached)
	Return      Action = "return"      // upload a statutory return
	Feed        Action = "feed"        // hand in the daily JSON of the Department for Education
	Read        Action = "read"        // read timescales, plans, explanations and notices of cases
	Law         Action = "law"         // read the rules and the law in force, work out dates, compare laws
	Acknowledge Action = "acknowledge" // acknowledge what is late, with a promised day
	Changes     Action = "changes"     // follow what changed
)

// Actions lists every action, in the order in which people are shown them.
func Actions() []Action {
	return []Action{Record, People, Attach, Return, Feed, Read, Law, Acknowledge, Changes}
}

// Known reports whether an action is one of Actions.
func (a Action) Known() bool { return slices.Contains(Actions(), a) }

// NeedsSource reports whether only a key with a source may be allowed an action: what is handed in belongs to one.
func (a Action) NeedsSource() bool {
	switch a {
	case Record, People, Attach, Return, Feed:
		return true
	default:
		return false
	}
}

// Caller is who makes a request: what the key stands for that the request came with.
type Caller struct {
	Key     string   // the key's id, which is not secret
	Name    string   // what its owner calls it, such as "case system, production"
	Source  string   // the source whose events it hands in; "" for none
	Council string   // the council whose overlay it is for; "" for any
	Actions []Action // what it may do
	Person  string   // whose calendar it reads, by staff reference, where the address of a calendar stands for it; "" of a key

	// PerSecond and AtOnce bound its requests; 0: as the program is set.
	PerSecond, AtOnce int

	Expires time.Time // when the key is good no longer, by the wall clock
}

// May reports whether the caller is allowed an action.
func (c Caller) May(a Action) bool {
	return slices.Contains(c.Actions, a) && (c.Source != "" || !a.NeedsSource())
}

// Why a caller is turned away. Whoever authenticates returns one of these, perhaps wrapped; every other error is a
// failure, after which the same key may be tried again.
var (
	// ErrUnknownKey: the key is malformed, unknown, expired or revoked. A caller is not told which.
	ErrUnknownKey = errors.New("the key is not valid")
	// ErrOtherCouncil: the key is for a council whose overlay is not in force on this record.
	ErrOtherCouncil = errors.New("the key is for another council than the one whose overlay is in force here")
)

type callerKey struct{}

// WithCaller returns a context that carries who makes the request.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns who makes the request, and whether the context carries that.
func CallerFrom(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}
