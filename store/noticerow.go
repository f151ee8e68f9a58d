package store

import (
	"encoding/json"
	"slices"
	"time"

	"longstop/casework"
	"longstop/timescale"
)

// The states of a notice.
const (
	stateDue           = "due"     // planned, and not yet claimed
	stateClaimed       = "claimed" // the recipient is fixed; not yet handed to a channel
	stateSending       = "sending" // handed to a channel
	stateFailed        = "failed"  // the channel could not take it just now; it is tried again
	stateSent          = "sent"
	stateNotSent       = "not_sent"      // a stop condition held
	stateUndeliverable = "undeliverable" // there is nobody to tell
	stateLogged        = "logged"        // written to the log of a program without a mail server: it reached nobody
)

// stateCarried is what a claim returns of a notice that the letter of another one says. It
// is no state of a row: until the letter has gone the row is claimed.
const stateCarried = "carried"

// noticeRow is a row of notices.
type noticeRow struct {
	ID            string
	CaseKey       string // "" of a list
	LoadID        string // of a list
	Key           string
	Pathway       string
	Duty          string
	Ref           string
	Due           string
	Rung          string
	Role          string
	Kind          string
	Spell         int
	Missed        []string
	NominalAt     time.Time
	ClaimedAt     *time.Time
	State         string
	Reason        string
	Settled       bool
	Recipient     string
	RecipientRole string
	Standing      string
	Refused       []string
	Teams         []string
	MessageID     string
	Letter        json.RawMessage
	Attempts      int
	SendingUntil  *time.Time
	Sleeping      bool // nobody is at work on it: its time to be sent is up
	PerhapsTwice  bool
	SentAt        *time.Time
	Channel       string
	Address       string   // of the recipient; "" where none is fixed
	Claim         int      // how often it was claimed
	PerhapsHad    []string // the staff who may have had it
	CarriedBy     string   // the id of the notice whose letter says this one too
	Carries       int      // how many others its letter says

	LogOnly bool `db:"-"` // this program has no mail server: what was logged counts as said
}

const selectNotices = `select id::text, coalesce(case_key::text, '') as case_key, coalesce(load_id::text, '') as load_id,
	key, pathway, duty, ref, due, rung, role, kind, spell, missed, nominal_at, claimed_at, state, reason, settled,
	recipient, recipient_role, standing, refused, teams, message_id, letter, attempts, sending_until,
	coalesce(sending_until <= clock_timestamp(), true) as sleeping, perhaps_twice, sent_at, channel,
	address, claim, perhaps_had, coalesce(carried_by::text, '') as carried_by, carries from notices`

// notice is the row as the core knows it.
func (r *noticeRow) notice() casework.Notice {
	return casework.Notice{
		At: r.NominalAt.UTC(), Case: r.CaseKey, Duty: r.Duty, Ref: r.Ref, Pathway: r.Pathway, Due: r.Due, Rung: r.Rung,
		Role: timescale.Role(r.Role), Kind: casework.Kind(r.Kind), Spell: r.Spell, Missed: r.Missed,
	}
}

// told lists what was said in a case, for the core to go on from. Three things that were not
// said are left out, so that they are made up for: what a stop condition held back, what
// nobody could be told while somebody can be now, and what was only logged.
func told(notices []noticeRow, reachable func(*noticeRow) bool) []casework.Notice {
	var list []casework.Notice
	for i := range notices {
		if r := &notices[i]; r.said(reachable) {
			list = append(list, r.notice())
		}
	}
	slices.SortStableFunc(list, func(a, b casework.Notice) int { return a.At.Compare(b.At) })
	return list
}

// byThen leaves out what was told for a moment that has not come: a clock that was ahead told
// it too early, and when the moment comes it is told as if for the first time. The list is
// in the order of its moments.
func byThen(list []casework.Notice, at time.Time) []casework.Notice {
	n, _ := slices.BinarySearchFunc(list, at, func(n casework.Notice, at time.Time) int {
		if n.At.After(at) {
			return 1
		}
		return -1
	})
	return list[:n]
}

func (r *noticeRow) said(reachable func(*noticeRow) bool) bool {
	switch r.State {
	case stateDue:
		return false
	case stateNotSent:
		return r.Settled
	case stateUndeliverable:
		return !reachable(r)
	case stateLogged:
		return r.LogOnly
	default:
		return true
	}
}

// reached reports whether somebody got the notice, or is about to.
func (r *noticeRow) reached() bool {
	return r.State == stateSent || r.State == stateLogged && r.LogOnly || r.unfinished()
}

// unfinished reports whether the notice was claimed and is still to be sent.
func (r *noticeRow) unfinished() bool {
	return r.State == stateClaimed || r.State == stateSending || r.State == stateFailed
}

// sleeps reports whether a claimed notice is with nobody who might be sending it.
func (r *noticeRow) sleeps() bool { return r.unfinished() && (r.State != stateSending || r.Sleeping) }

// mayHaveHad reports whether somebody may have had the notice though that is not known.
func (r *noticeRow) mayHaveHad(staff string) bool {
	return r.PerhapsTwice && (len(r.PerhapsHad) == 0 || slices.Contains(r.PerhapsHad, staff))
}

// sameThing says whether two notices say the same to whoever gets both: one duty, date and
// step, in two roles.
func (r *noticeRow) sameThing(o *noticeRow) bool {
	if r.Duty != o.Duty || r.Due != o.Due || r.Rung != o.Rung || r.Spell != o.Spell || r.Role == o.Role {
		return false
	}
	return r.Rung != "" || r.Kind == o.Kind
}

// escalates says whether a notice goes out as an escalation rather than to the worker.
func escalates(n casework.Notice) bool {
	return n.Kind == casework.Escalation || n.Kind == casework.Drift
}
