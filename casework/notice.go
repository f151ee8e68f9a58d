package casework

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"longstop/timescale"
)

// Notice is one rung of one duty to one role.
type Notice struct {
	At      time.Time // the moment for which it was chosen
	Case    string
	Duty    string
	Ref     string
	Pathway string
	Due     string // the due date or instant that it speaks of, as Duty.DueText; "" where there is none
	Rung    string // "-10wd", "0", "50%", "9m", "waiting"; "" for resolved and moved
	Role    timescale.Role
	Kind    Kind
	Spell   int      // 1, and one more each time the duty is opened again after it was resolved
	Missed  []string // the rungs before it that were never sent, which it makes up for
}

// Kind is what a notice is for.
type Kind string

// The kinds of notice.
const (
	Reminder   Kind = "reminder"
	Escalation Kind = "escalation"
	Resolved   Kind = "resolved"
	Moved      Kind = "moved"
	Drift      Kind = "drift"
)

// Key names the notice within its case: duty, due date, rung, role, kind and spell.
func (n Notice) Key() string {
	return strings.Join([]string{n.Duty, n.Due, n.Rung, string(n.Role), string(n.Kind), strconv.Itoa(n.Spell)}, "|")
}

// NoticeRow is a notice as commands show it (commands.md, "notices").
type NoticeRow struct {
	At   string         `json:"at"`
	Case string         `json:"case"`
	Ref  string         `json:"ref"`
	Due  string         `json:"due,omitempty"`
	Rung string         `json:"rung,omitempty"`
	Role timescale.Role `json:"role"`
	Kind Kind           `json:"kind"`
}

// Row is the notice as commands show it.
func (n Notice) Row() NoticeRow {
	return NoticeRow{
		At: n.At.UTC().Format(time.RFC3339), Case: n.Case, Ref: n.Ref, Due: n.Due, Rung: n.Rung, Role: n.Role, Kind: n.Kind,
	}
}

// SortNotices orders notices by moment, case and ref, then duty and role.
func SortNotices(list []Notice) {
	slices.SortStableFunc(list, func(a, b Notice) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Ref, b.Ref),
			cmp.Compare(a.Duty, b.Duty), cmp.Compare(slices.Index(timescale.Roles, a.Role), slices.Index(timescale.Roles, b.Role)))
	})
}
