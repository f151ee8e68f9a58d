package letter

import (
	"longstop/english"
	"longstop/notify"
)

// Subject says which duty and by when, in one line. It travels in the clear and is shown
// on locked screens, so it has no case reference; the first part of the notice's id keeps
// two letters apart that say the same of two cases.
func (l Letter) Subject() string {
	return subjectLine(l.headline(), l.NoticeID)
}

func (l Letter) headline() string {
	name := duty(l.DutyTitle, l.DutyRef)
	switch {
	case l.Kind == notify.Resolved && (l.Outcome == Met || l.Outcome == MetLate):
		return "Done: " + name
	case l.Kind == notify.Resolved && l.Outcome == TakenAsDone:
		return "Taken as done: " + name
	case l.Kind == notify.Resolved && l.Outcome == NotReported:
		return "Not reported: " + name
	case l.Kind == notify.Resolved:
		return "No longer owed: " + name
	case l.Kind == notify.Drift:
		return "Drift, " + english.Step(l.Rung) + ": " + name
	case l.Kind == notify.Moved && l.Due.isZero():
		return "Date no longer stands: " + name
	case l.Kind == notify.Moved:
		return "Date moved, now due by " + l.Due.short() + ": " + name
	case l.WaitingFor != "":
		return "No due date yet: " + name
	case l.late():
		return l.pastLimit() + ": " + name
	case l.Due.isZero():
		return name
	default:
		return "Due by " + l.Due.short() + ": " + name
	}
}

// pastLimit is "Overdue by 3 days", and never says "overdue" of a limit that no law sets.
func (l Letter) pastLimit() string {
	past := "Overdue"
	if l.standingOfLimit() != "" {
		past = "Past " + l.limitNoun()
	}
	if l.Default && l.limitNoun() == longstopsDefault && l.DaysLate > 0 {
		past += "," // it ends with a clause
	}
	if l.DaysLate > 0 {
		past += " by " + english.Count(l.DaysLate, "day")
	}
	return past
}

func subjectLine(text, notice string) string {
	if notice != "" {
		text += " [" + shortID(notice) + "]"
	}
	return oneLine(text)
}

// shortID is the first eight characters of an id.
func shortID(id string) string {
	if runes := []rune(id); len(runes) > 8 {
		return string(runes[:8])
	}
	return id
}
