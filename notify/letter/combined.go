package letter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/english"
	"longstop/notify"
)

// MaxCombined is how many notices a combined letter names; the rest is counted.
const MaxCombined = 200

// combined is one letter that says what several notices of one case say, where each in a letter
// of its own would be too many on one day (rules.md, section 6).
type combined Envelope

// kind is that of the most pressing notice.
func (l *combined) kind() notify.Kind {
	for _, kind := range []notify.Kind{notify.Escalation, notify.Drift, notify.Reminder, notify.Moved} {
		if slices.ContainsFunc(l.Letters, func(n Letter) bool { return n.Kind == kind }) {
			return kind
		}
	}
	return notify.Resolved
}

// Subject says how much there is to do, and how much of it is late.
func (l *combined) Subject() string {
	todo, late := l.countTodo()
	subject := english.Count(len(l.Letters), "message") + " about one case"
	if todo > 0 {
		subject = english.Count(todo, "thing") + " to do in one case"
	}
	if late > 0 {
		subject += fmt.Sprintf(", %d past the limit", late)
	}
	return subjectLine(subject, l.NoticeID)
}

func (l *combined) countTodo() (todo, late int) {
	for i := range l.Letters {
		n := &l.Letters[i]
		if n.Kind == notify.Resolved {
			continue
		}
		todo++
		if n.late() {
			late++
		}
	}
	return todo, late
}

// Text says what is to do, the latest first within each timescale; then what has changed.
func (l *combined) Text() string {
	var t page
	t.para(l.first())
	t.gap()
	t.field("Case reference", l.CaseReference)
	shown := l.shown()
	l.section(&t, shown, "To do", func(n *Letter) bool { return n.Kind != notify.Resolved && n.Kind != notify.Moved })
	l.section(&t, shown, "The date has moved", func(n *Letter) bool { return n.Kind == notify.Moved })
	l.section(&t, shown, "Nothing more to do", func(n *Letter) bool { return n.Kind == notify.Resolved })
	if more := len(l.Letters) - len(shown); more > 0 {
		t.para(fmt.Sprintf("and %d more, less late than these.", more))
	}
	l.actions(&t)
	t.twice(l.PerhapsTwice)
	t.footer(l.NoticeID, "one letter with "+english.Count(len(l.Letters)-1, "other"), because(l.Role, l.Standing), l.Contact)
	return t.String()
}

func (l *combined) first() string {
	todo, late := l.countTodo()
	if todo == 0 {
		return english.Count(len(l.Letters), "message") + " about one case. None asks you to do anything."
	}
	words := "Please see to these: " + english.CountOf(todo, "thing is", "things are") + " to be done in one case"
	switch {
	case late == todo:
		words += ", and should have been done by now"
	case late > 0:
		words += fmt.Sprintf(", of which %d should have been done by now", late)
	}
	return words + ". They come in one letter because each by itself would have been too many."
}

// shown are the notices that the text names: those to be done first, the latest first.
func (l *combined) shown() []*Letter {
	list := make([]*Letter, len(l.Letters))
	for i := range l.Letters {
		list[i] = &l.Letters[i]
	}
	slices.SortStableFunc(list, func(a, b *Letter) int {
		return cmp.Or(cmp.Compare(pressing(a), pressing(b)), cmp.Compare(b.DaysLate, a.DaysLate), a.Due.compare(b.Due),
			cmp.Compare(a.DutyRef, b.DutyRef))
	})
	return list[:min(len(list), MaxCombined)]
}

// pressing orders notices: what is to be done, what has moved, what is no longer owed.
func pressing(n *Letter) int {
	return slices.Index([]notify.Kind{notify.Escalation, notify.Drift, notify.Reminder, notify.List, notify.Moved, notify.Resolved}, n.Kind)
}

// section lists the notices of a sort under their timescales.
func (l *combined) section(t *page, shown []*Letter, title string, belongs func(*Letter) bool) {
	groups := map[string][]*Letter{}
	var refs []string
	all := 0
	for _, n := range shown {
		if !belongs(n) {
			continue
		}
		if groups[n.DutyRef] == nil {
			refs = append(refs, n.DutyRef)
		}
		groups[n.DutyRef] = append(groups[n.DutyRef], n)
		all++
	}
	if all == 0 {
		return
	}
	t.para(fmt.Sprintf("%s: %d", title, all))
	for _, ref := range refs {
		l.group(t, groups[ref])
	}
}

// group lists the notices of one timescale, with what it asks for and by which rule.
func (l *combined) group(t *page, list []*Letter) {
	n := list[0]
	t.heading(duty(n.DutyTitle, n.DutyRef) + ": " + fmt.Sprint(len(list)))
	if n.Kind != notify.Resolved {
		t.field("What to do", english.Sentence(n.Todo))
		t.field("Limit", n.LimitText)
		t.field("Source", n.sourceFact())
		if caution := n.cautions(); caution != "" {
			t.wrap(caution, "", "")
		}
	}
	for _, n := range list {
		t.item(n.item())
	}
}

// item is what a combined letter says of one notice: its date, how late it is, what it makes
// up for, and by which id it is acknowledged.
func (l *Letter) item() string {
	var words string
	switch {
	case l.Kind == notify.Resolved, l.Kind == notify.Drift:
		words = strings.TrimSuffix(l.first(), ".")
	case l.Kind == notify.Moved && l.Due.isZero():
		words = strings.TrimSuffix(l.moved(), ".")
	case l.Kind == notify.Moved:
		words = "now by " + l.Due.short() + l.lateWords() + "; you had been told " + l.DueWas.short()
	case l.WaitingFor != "":
		words = "no date yet: record what is missing, " + event(l.WaitingFor)
	case l.Due.isZero():
		words = "now"
	default:
		words = l.dueFact()
	}
	if !l.Started.isZero() && l.Kind != notify.Resolved {
		words += "; counted from " + l.startFact()
	}
	if len(l.Missed) > 0 {
		words += "; not sent at their time: " + l.missed()
	}
	if l.canBeAcknowledged() {
		words += "; name it " + shortID(l.NoticeID)
	}
	return words
}

// lateWords is how late it is; "" while it is in time.
func (l *Letter) lateWords() string {
	if l.late() {
		return l.lateBy()
	}
	return ""
}

// actions are what the reader can do.
func (l *combined) actions(t *page) {
	if todo, _ := l.countTodo(); todo > 0 {
		t.para("Something here is already done? Then record when it happened. That is what counts, not when it is recorded.")
	}
	for i := range l.Letters {
		if !l.Letters[i].canBeAcknowledged() {
			continue
		}
		t.para("A day has been agreed for one of them? Then say so, and the team manager and the service manager " +
			"are not told about that one again until the day is over (ten working days at the most). The head of service is told all the same. " +
			answerWith(l.Contact, "which one, by the name that stands with it"))
		return
	}
}
