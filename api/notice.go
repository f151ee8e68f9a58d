package api

import (
	"time"

	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

// PlannedNotice is a notice that would be sent.
type PlannedNotice struct {
	At   string         `json:"at"`
	Case string         `json:"case"`
	Ref  string         `json:"ref"`
	Due  string         `json:"due,omitempty"`
	Rung string         `json:"rung,omitempty"`
	Role timescale.Role `json:"role"`
	Kind casework.Kind  `json:"kind"`
}

// PlannedNoticeOf returns a notice that would be sent as JSON.
func PlannedNoticeOf(r casework.NoticeRow) PlannedNotice { return PlannedNotice(r) }

// Notice is a notice or a list that the record holds, with what became of it.
type Notice struct {
	ID           string     `json:"id"`
	Case         string     `json:"case,omitempty"` // the reference that people are shown; "" of a list
	CaseKey      string     `json:"-"`
	Pathway      string     `json:"pathway,omitempty"`
	Duty         string     `json:"duty,omitempty"`
	Ref          string     `json:"ref,omitempty"`
	Due          string     `json:"due,omitempty"`
	Rung         string     `json:"rung,omitempty"`
	Role         string     `json:"role"`
	Kind         string     `json:"kind"`
	Spell        int        `json:"spell"`
	At           time.Time  `json:"at"` // the moment for which it was chosen
	ClaimedAt    *time.Time `json:"claimed_at,omitempty"`
	State        string     `json:"state"`
	Reason       string     `json:"reason,omitempty"`
	To           string     `json:"to,omitempty"` // a staff reference
	ToName       string     `json:"to_name,omitempty"`
	Standing     string     `json:"standing,omitempty"` // cover, nobody, refused: why this person
	MessageID    string     `json:"message_id"`
	Attempts     int        `json:"attempts"`
	PerhapsTwice bool       `json:"perhaps_twice,omitempty"`
	SentAt       *time.Time `json:"sent_at,omitempty"`
	Channel      string     `json:"channel,omitempty"`
	Receipt      string     `json:"receipt,omitempty"`
	Missed       []string   `json:"missed,omitempty"`
	With         int        `json:"with,omitempty"` // how many others its letter says too
	In           string     `json:"in,omitempty"`   // the id of the notice under which that letter goes; "": its own
}

// NoticeOf returns a notice of the record as JSON.
func NoticeOf(r *store.NoticeRow) Notice { return Notice(*r) }

// NoticesOf returns notices of the record as JSON.
func NoticesOf(rows []store.NoticeRow) []Notice {
	list := make([]Notice, len(rows))
	for i := range rows {
		list[i] = NoticeOf(&rows[i])
	}
	return list
}
