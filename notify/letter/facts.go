package letter

import (
	"strings"

	"longstop/english"
	"longstop/notify"
)

// facts are the lines "Label: value": which case, which duty, by when, by which rule.
func (l Letter) facts(t *page) {
	t.gap()
	t.field("Case reference", l.CaseReference)
	if l.Kind == notify.Escalation || l.Kind == notify.Drift {
		t.field("Held by", l.holder())
		t.field("Told before", strings.TrimSuffix(l.told(), "."))
		t.field("Agreed before", l.Promised.short())
	}
	t.field("Timescale", duty(l.DutyTitle, l.DutyRef))
	t.field("Stage", english.Stage(l.Pathway))
	t.field("Due", l.dueFact())
	if l.Kind == notify.Moved && !l.DueWas.isZero() {
		t.field("Before", "by "+l.DueWas.short())
	}
	if l.LimitText == "" {
		t.field("Counted from", l.startFact())
	} else {
		t.field("Limit", l.limitFact())
	}
	t.field("Source", l.sourceFact())
	t.field("The council's own limit", l.localFact())
}

// dueFact says "by" a day and that earlier is as good: people have read a due date as
// the only day allowed.
func (l Letter) dueFact() string {
	if l.Due.isZero() {
		return ""
	}
	due := "by " + l.Due.short()
	switch {
	case l.Kind == notify.Resolved:
		return due
	case l.late():
		return due + l.lateBy()
	case l.Due.isInstant():
		return due + " at the latest; any earlier time is as good"
	default:
		return due + " at the latest; any earlier day is as good"
	}
}

func (l Letter) lateBy() string {
	switch {
	case l.DaysLate == 0:
		return "; that time has passed"
	case l.inWorkingDays():
		return "; " + l.lateness()
	case l.standingOfLimit() != "":
		return "; " + english.Count(l.DaysLate, "day") + " past it"
	default:
		return "; " + english.Count(l.DaysLate, "day") + " late"
	}
}

func (l Letter) limitFact() string {
	if start := l.startFact(); start != "" {
		return l.LimitText + ", counted from " + start
	}
	return l.LimitText
}

func (l Letter) startFact() string {
	if l.Started.isZero() || l.StartedBy == "" {
		return l.Started.short()
	}
	return l.Started.short() + " (" + eventWords(l.StartedBy) + ")"
}

func (l Letter) sourceFact() string {
	switch {
	case l.Source == "":
		return ""
	case l.Status == "" || l.Status == "local":
		return l.Source
	default:
		return l.Source + " (" + l.Status + ")"
	}
}

func (l Letter) localFact() string {
	if l.LocalDue.isZero() {
		return ""
	}
	fact := "by " + l.LocalDue.short()
	if l.LocalLimitText != "" {
		fact += ", " + l.LocalLimitText
	}
	if l.LocalSource != "" {
		fact += ", " + l.LocalSource
	}
	return fact + " (no law sets this one)"
}

// story is what happened to this date and to its messages.
func (l Letter) story() string {
	var s []string
	if l.Kind == notify.Moved && l.MovedWhy != "" {
		s = append(s, "Why it moved: "+english.Sentence(l.MovedWhy))
	}
	if l.Kind == notify.Resolved && l.RecordedLateDays > 0 {
		s = append(s, l.recordedLate())
	}
	if !l.LadderFrom.isZero() && l.Kind != notify.Resolved {
		s = append(s, "The due date became known late, so reminders are counted from "+l.LadderFrom.short()+".")
	}
	if len(l.Missed) > 0 {
		s = append(s, "Not sent at their time: "+l.missed()+". Longstop was not running then, or the record did not yet hold "+
			"this. The present message makes up for it.")
	}
	return strings.Join(s, " ")
}

func (l Letter) recordedLate() string {
	late := "It was recorded " + english.Count(l.RecordedLateDays, "day") + " after it happened"
	if l.Outcome == Met {
		return late + ", which is why you were told of it. It counts as done in timescale."
	}
	return late + "."
}

// missed is the steps that this message makes up for, in words.
func (l Letter) missed() string {
	words := make([]string, 0, len(l.Missed))
	for _, rung := range l.Missed {
		if rung == "0" && l.Due.isInstant() {
			words = append(words, "the message for the time by which it was due")
			continue
		}
		words = append(words, "the message for "+strings.TrimPrefix(strings.TrimPrefix(english.Step(rung), "on "), "after "))
	}
	return english.And(words)
}

// cautions are what must be known before the date or the rule is relied on.
func (l Letter) cautions() string {
	var s []string
	switch limit := l.standingOfLimit(); {
	case l.Kind == notify.Drift:
		s = append(s, "This alert is not about a limit: nothing is late. It asks for a look at how long this has run.")
	case limit != "":
		s = append(s, limit)
	}
	if l.Provisional {
		s = append(s, "The date is provisional: the bank holidays that it depends on are not all published yet.")
	}
	if l.Unread {
		s = append(s, "The words of this source have not been checked against the original.")
	}
	return strings.Join(s, " ")
}
