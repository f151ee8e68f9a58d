package letter

import (
	"longstop/english"
	"longstop/notify"
	"longstop/timescale"
)

// Text is the letter: plain text in lines of at most Width characters. Its first line
// says what to do by when; then come which case, who holds it and what was told of it before, which rule and its source,
// how to answer, and who is told next.
func (l Letter) Text() string {
	var t page
	t.para(l.first())
	l.facts(&t)
	t.para(l.cautions())
	t.para(l.story())
	l.actions(&t)
	t.twice(l.PerhapsTwice)
	t.footer(l.NoticeID, l.label(), because(l.Role, l.Standing), l.Contact)
	return t.String()
}

// first is the line that says what to do by when.
func (l Letter) first() string {
	switch l.Kind {
	case notify.Resolved:
		return l.resolved()
	case notify.Moved:
		return l.moved()
	case notify.Drift:
		return "Please look at this again " + english.Step(l.Rung) + ": " + english.Sentence(l.Todo)
	case notify.Reminder, notify.Escalation, notify.List:
	}
	switch {
	case l.WaitingFor != "":
		return "To do now: record what is missing, " + event(l.WaitingFor) + ". Until then no due date can be worked out for " +
			l.name() + "."
	case l.Kind == notify.Escalation:
		return "Please see that this is done " + l.deadline() + ": " + english.Sentence(l.Todo)
	default:
		return "To do " + l.deadline() + ": " + english.Sentence(l.Todo)
	}
}

// deadline is "by Thursday 3 December 2026", or "now" with how late it is: never "on",
// since any earlier day is as good.
func (l Letter) deadline() string {
	switch {
	case l.late() && l.DaysLate > 0 && l.inWorkingDays():
		return "now (" + l.lateness() + ")"
	case l.late() && l.DaysLate > 0 && l.standingOfLimit() == "":
		return "now (" + english.Count(l.DaysLate, "day") + " late)"
	case l.late() && l.DaysLate > 0:
		return "now (" + english.Count(l.DaysLate, "day") + " past " + l.limitNoun() + ")"
	case l.late():
		return "now (the time by which it was due has passed)"
	case l.Due.isZero():
		return "now"
	}
	days, known := l.Due.Day.DaysSince(l.Today.Day), !l.Today.isZero()
	switch {
	case known && days == 0 && l.Due.isInstant():
		return "by " + l.Due.long() + ", today"
	case known && days == 0:
		return "today, " + l.Due.long()
	case known && days == 1 && l.Due.isInstant():
		return "by " + l.Due.long() + ", tomorrow"
	case known && days == 1:
		return "by tomorrow, " + l.Due.long()
	default:
		return "by " + l.Due.long()
	}
}

func (l Letter) moved() string {
	was := " You had been told " + l.DueWas.long() + "."
	switch {
	case l.DueWas.isZero():
		was = ""
	case l.Due.isZero():
		return "The date of " + l.DueWas.long() + " no longer stands for " + l.name() + "." + l.missing()
	}
	to := "To do "
	if l.Role != timescale.Worker {
		to = "To be done "
	}
	return to + l.deadline() + ": " + english.Sentence(l.Todo) + was
}

func (l Letter) missing() string {
	if l.WaitingFor == "" {
		return ""
	}
	return " The new one can be worked out once what is missing is recorded, " + event(l.WaitingFor) + "."
}

// resolved says how the duty came to its end.
func (l Letter) resolved() string {
	switch l.Outcome {
	case Met:
		return "Nothing more to do: " + l.name() + " was done in timescale" + l.met() + "."
	case TakenAsDone:
		return "Nothing more to do: " + l.name() + " is taken as done, because the return holds what can only follow it. " +
			"The return holds no date of it, so whether it was done in timescale is not known."
	case MetLate:
		return "Nothing more to do: " + l.name() + " was done" + l.met() + l.howLate() + "."
	case Ended:
		return "Nothing more to do: " + l.name() + " is no longer owed; it ended" + l.met() + l.byEvent() + "."
	case NotReported:
		return "Nothing more to do: no source reports to Longstop whether " + l.name() + " was done in timescale, so that is not known."
	case Undone:
	}
	return "Nothing more to do: " + l.name() + " is not owed after all. A later record corrected or took back what it rested on."
}

func (l Letter) met() string {
	if l.MetOn.isInstant() {
		return ", at " + l.MetOn.long()
	}
	if l.MetOn.isZero() {
		return ""
	}
	return ", on " + l.MetOn.long()
}

func (l Letter) howLate() string {
	switch {
	case l.DaysLate == 0:
		return ", out of timescale"
	case l.standingOfLimit() != "":
		return ", " + english.Count(l.DaysLate, "day") + " past " + l.limitNoun()
	default:
		return ", " + english.Count(l.DaysLate, "day") + " out of timescale"
	}
}

func (l Letter) byEvent() string {
	if l.EndedBy == "" {
		return ""
	}
	return " (" + eventWords(l.EndedBy) + ")"
}

func (l Letter) name() string {
	if l.DutyTitle == "" && l.DutyRef == "" {
		return "this"
	}
	return "“" + duty(l.DutyTitle, l.DutyRef) + "”"
}

// label is what kind of notice it is, and of which step: "reminder, 5 working days before the due date".
func (l Letter) label() string {
	if l.Rung == "" || l.Kind == "" {
		return string(l.Kind)
	}
	return string(l.Kind) + ", " + english.Step(l.Rung)
}

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
