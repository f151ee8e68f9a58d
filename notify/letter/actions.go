package letter

import (
	"longstop/english"
	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

// explain gives the command that shows how the date was worked out.
func (l Letter) explain(t *page) {
	if l.CaseReference == "" || l.DutyRef == "" {
		return
	}
	t.para("How this was worked out, day by day:")
	t.commands("starter explain " + ShellWord(l.CaseReference) + " " + ShellWord(l.DutyRef))
}

// actions are what the reader can do, and who is told next if nobody does anything.
func (l Letter) actions(t *page) {
	if l.Kind == notify.Resolved {
		return
	}
	if l.Kind != notify.Drift && l.WaitingFor == "" {
		t.para("Already done? Then record when it happened. That is what counts, not when it is recorded.")
	}
	l.acknowledge(t)
	t.para(l.next())
}

// acknowledge says how to hold the ladder: rules.md, section 6. The head of service's
// rung is never held, so the head of service is not offered it.
func (l Letter) acknowledge(t *page) {
	if !l.canBeAcknowledged() {
		return
	}
	stays := "The due date stays as it is, and the head of service is told all the same."
	if l.Due.isZero() {
		stays = "The head of service is told all the same."
	}
	t.para("A day has been agreed? Then say so, and the team manager and the service manager are not told again until it is " +
		"over (ten working days at the most). " + stays)
	t.commands("starter acknowledge " + ShellWord(l.NoticeID) + " --by WHO --promise YYYY-MM-DD --note TEXT")
}

// canBeAcknowledged reports whether an acknowledgement of the notice holds anything back.
func (l Letter) canBeAcknowledged() bool {
	return (l.Kind == notify.Escalation || l.Kind == notify.Drift) && canBeHeld(l.Role) && l.NoticeID != ""
}

// next says who is told next, and when, if nothing is recorded.
func (l Letter) next() string {
	told := make([]string, 0, len(l.Next))
	for _, n := range l.Next {
		if n.Role == l.Role && l.Standing == organisation.InRole {
			told = append(told, "you are told again"+n.At.on())
			continue
		}
		told = append(told, english.TheRole(n.Role)+" is told"+n.At.on())
	}
	if len(told) == 0 {
		return ""
	}
	return "If nothing is recorded, " + english.And(told) + "."
}

// canBeHeld reports whether an acknowledgement holds the rungs of a role back: never those of
// the head of service or above (rules.md, section 6).
func canBeHeld(role timescale.Role) bool {
	return role != timescale.HeadOfService && role != timescale.Director
}
