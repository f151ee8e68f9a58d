package api

import (
	"time"

	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

// FeedChange is one change of a duty, as GET /v1/changes and webhooks tell it. It holds nothing that a source made: who may
// read more asks for it.
type FeedChange struct {
	ID      string           `json:"id" doc:"The same for good: whoever has seen it before may leave it out."`
	Cursor  string           `json:"cursor" doc:"Give it back as after to go on behind this change."`
	Kind    store.ChangeKind `json:"kind" doc:"What happened. What each kind means is in docs/webhooks.md."`
	CaseKey string           `json:"case_key" doc:"The key of the case: random, the same for good, and of no meaning anywhere else. The operations on a case take it in place of a reference."`
	DutyKey string           `json:"duty_key" doc:"Names the duty: the same in all of its changes."`
	Ref     string           `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Pathway string           `json:"pathway,omitempty" doc:"The stage of the work that it belongs to." example:"ChildProtection"`

	State          casework.State  `json:"state,omitempty" doc:"How it stands; running also on the day on which it is due." example:"overdue"`
	StateBefore    casework.State  `json:"state_before,omitempty" doc:"How it stood when it was told last; left out of a new one."`
	Due            string          `json:"due,omitempty" doc:"A date, or of a limit in hours an instant in UTC." example:"2026-12-02"`
	DueBefore      string          `json:"due_before,omitempty" doc:"Where it was another."`
	LocalDue       string          `json:"local_due,omitempty" doc:"The council's own date next to that of law."`
	LocalDueBefore string          `json:"local_due_before,omitempty" doc:"Where it was another."`
	Past           casework.Passed `json:"past,omitempty" words:"passed" doc:"Whose limit it is past, while it is owed: that of law or guidance, or one that no law sets."`

	Notice string         `json:"notice,omitempty" doc:"Of an escalation and its acknowledgement: the id of the notice."`
	Role   timescale.Role `json:"role,omitempty" doc:"Of an escalation: the role that was told." example:"team_manager"`
	Rung   string         `json:"rung,omitempty" doc:"Of an escalation: the step." example:"+1wd"`
	Until  string         `json:"until,omitempty" doc:"Of an acknowledgement: the day up to which it promises."`

	Revision int64     `json:"revision" doc:"Of the case: it rises with everything that changes a plan."`
	Known    time.Time `json:"known" doc:"When it became known to the record: when an event was recorded, or a limit passed, and not when what it tells of happened."`
	Law      string    `json:"law" doc:"The hash of the law that it was worked out by."`
	Backlog  bool      `json:"backlog,omitempty" doc:"It came with the first load of a source."`

	Case string `json:"case,omitempty" doc:"The reference of the case that people are shown, where details are asked for."`
	Duty string `json:"duty,omitempty" doc:"The id of the duty, where details are asked for."`
}

// Changes is a stretch of the feed.
type Changes struct {
	Changes []FeedChange `json:"changes" doc:"In their order."`
	Cursor  string       `json:"cursor" doc:"Give it back as after to go on. Keep it once you have dealt with the changes."`
	More    bool         `json:"more" doc:"Whether there is more already."`
}

// FeedChangeOf returns a change as JSON; with details, also what names the case and the duty to people.
func FeedChangeOf(i *store.FeedItem, details bool) FeedChange {
	c := FeedChange{
		ID: i.ID, Cursor: i.Cursor.String(), Kind: i.Kind, CaseKey: i.CaseKey, DutyKey: i.DutyKey, Ref: i.Ref, Pathway: i.Pathway,
		State: i.State, StateBefore: i.StateBefore, Due: i.Due, DueBefore: i.DueBefore, LocalDue: i.LocalDue, LocalDueBefore: i.LocalDueBefore,
		Past: i.Past, Notice: i.Notice, Role: i.Role, Rung: i.Rung, Until: i.Until,
		Revision: i.Revision, Known: i.Known.Truncate(time.Second), Law: i.Law, Backlog: i.Backlog,
	}
	if details {
		c.Case, c.Duty = i.Case, i.Duty
	}
	return c
}
