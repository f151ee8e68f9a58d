package letter

import (
	"longstop/english"
	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

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
		"over (ten working days at the most). " + stays + " " + answerWith(l.Contact, "that it is about "+shortID(l.NoticeID)))
}

// answerWith says how an escalation is answered; which says how to tell it from others. Longstop reads no answers: a person who records for the council does.
func answerWith(contact, which string) string {
	how := "Tell whoever records for your team"
	if contact != "" {
		how = "Reply to this message"
	}
	return how + ": what will be done, by which day, and " + which + "."
}

// replies says what becomes of a reply. contact is who reads it; "" for nobody.
func replies(contact string) string {
	if contact == "" {
		return "Please do not reply to this address: replies are not read."
	}
	return "A reply is read by " + contact + ", who answers questions about it too."
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
