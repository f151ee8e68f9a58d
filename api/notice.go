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
	ID           string     `json:"id" doc:"Names the notice; it stands at the end of its letter." format:"uuid"`
	Case         string     `json:"case,omitempty" doc:"The reference of the case that people are shown; left out of a list of a first load." example:"C5"`
	CaseKey      string     `json:"-"`
	Pathway      string     `json:"pathway,omitempty" doc:"The stage of the work that it is about." example:"ChildProtection"`
	Duty         string     `json:"duty,omitempty" doc:"The duty that it is about, by its id." example:"CP-10:p5"`
	Ref          string     `json:"ref,omitempty" doc:"The timescale that it is about." example:"CP-10"`
	Due          string     `json:"due,omitempty" doc:"The due date for which it was chosen: a date, or an instant in UTC." example:"2026-12-02"`
	Rung         string     `json:"rung,omitempty" doc:"The step of the ladder: how long before or after the due date; wd counts working days." example:"+1wd"`
	Role         string     `json:"role" doc:"The role that the step names." words:"role"`
	Kind         string     `json:"kind" doc:"What it is: a reminder or an escalation of something due, that it was done (resolved), that its date moved, that something drifts, or the list of a first load." words:"notice_kind"`
	Spell        int        `json:"spell" doc:"Which stretch of being owed it belongs to: 0, and one more each time that the duty was done and is owed again."`
	At           time.Time  `json:"at" doc:"The moment for which it was chosen."`
	ClaimedAt    *time.Time `json:"claimed_at,omitempty" doc:"When it was decided who gets it, or that nobody does."`
	State        string     `json:"state" doc:"What became of it." words:"notice_state"`
	Reason       string     `json:"reason,omitempty" doc:"Why it failed, was not sent or could not be delivered."`
	To           string     `json:"to,omitempty" doc:"Who was told, by staff reference." example:"M1"`
	ToName       string     `json:"to_name,omitempty" doc:"The name of who was told."`
	Standing     string     `json:"standing,omitempty" doc:"Why it is told to this person and not to the holder of the role: they cover for somebody who is away (cover), nobody holds the role (nobody), or messages to that person are refused (refused)." enum:"cover,nobody,refused"`
	MessageID    string     `json:"message_id" doc:"The Message-ID of its e-mail."`
	Attempts     int        `json:"attempts" doc:"How often its delivery was tried."`
	PerhapsTwice bool       `json:"perhaps_twice,omitempty" doc:"Whether it may have been delivered twice, since a program ended while it was being sent."`
	SentAt       *time.Time `json:"sent_at,omitempty" doc:"When a channel took it."`
	Channel      string     `json:"channel,omitempty" doc:"By which channel it went." example:"email"`
	Receipt      string     `json:"receipt,omitempty" doc:"What the channel answered."`
	Missed       []string   `json:"missed,omitempty" doc:"Earlier steps that it makes up for."`
	With         int        `json:"with,omitempty" doc:"How many other notices its message tells too."`
	In           string     `json:"in,omitempty" doc:"The id of the message that tells it: of all that somebody is told in a morning, or of the notice under which a letter about several went; left out of one with a letter of its own." format:"uuid"`
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
