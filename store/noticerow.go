package store

import (
	"encoding/json"
	"slices"
	"strings"
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
)

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
}

const selectNotices = `select id::text, coalesce(case_key::text, '') as case_key, coalesce(load_id::text, '') as load_id,
	key, pathway, duty, ref, due, rung, role, kind, spell, missed, nominal_at, claimed_at, state, reason, settled,
	recipient, recipient_role, standing, refused, teams, message_id, letter, attempts, sending_until,
	coalesce(sending_until <= clock_timestamp(), true) as sleeping, perhaps_twice, sent_at, channel from notices`

// notice is the row as the core knows it.
func (r *noticeRow) notice() casework.Notice {
	return casework.Notice{
		At: r.NominalAt.UTC(), Case: r.CaseKey, Duty: r.Duty, Ref: r.Ref, Pathway: r.Pathway, Due: r.Due, Rung: r.Rung,
		Role: timescale.Role(r.Role), Kind: casework.Kind(r.Kind), Spell: r.Spell, Missed: r.Missed,
	}
}

// told lists what was said in a case, for the core to go on from. Two things that were not
// said are left out, so that they are made up for: what a stop condition held back, and
// what nobody could be told while somebody can be now.
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

func (r *noticeRow) said(reachable func(*noticeRow) bool) bool {
	switch r.State {
	case stateDue:
		return false
	case stateNotSent:
		return r.Settled
	case stateUndeliverable:
		return !reachable(r)
	default:
		return true
	}
}

// reached says whether somebody got the notice, or is about to.
func (r *noticeRow) reached() bool {
	switch r.State {
	case stateClaimed, stateSending, stateFailed, stateSent:
		return true
	}
	return false
}

// unfinished says whether the notice was claimed and is still to be sent.
func (r *noticeRow) unfinished() bool { return r.reached() && r.State != stateSent }

// sameThing says whether two notices say the same to whoever gets both: one duty, date and
// step, in two roles.
func (r *noticeRow) sameThing(o *noticeRow) bool {
	if r.Duty != o.Duty || r.Due != o.Due || r.Rung != o.Rung || r.Spell != o.Spell || r.Role == o.Role {
		return false
	}
	return r.Rung != "" || r.Kind == o.Kind
}

// summary is what a timeline may say of a notice: "escalate +1wd CP-10 to team manager".
func summary(n casework.Notice) string {
	verb := map[casework.Kind]string{
		casework.Reminder: "remind", casework.Escalation: "escalate", casework.Resolved: "resolved",
		casework.Moved: "moved", casework.Drift: "drift",
	}[n.Kind]
	return strings.Join(strings.Fields(verb+" "+n.Rung+" "+n.Ref+" to "+roleWords(n.Role)), " ")
}

// escalates says whether a notice goes out as an escalation rather than to the worker.
func escalates(n casework.Notice) bool {
	return n.Kind == casework.Escalation || n.Kind == casework.Drift
}
