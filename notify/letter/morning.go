package letter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/english"
	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

// morning is one message that says all that one person is told at the 09:00 of a working day, of
// whatever cases it is, and what else lies before them. What asks for something comes first.
type morning Envelope

func (m *morning) kind() notify.Kind { return (*combined)(m).kind() }

// Subject says how much asks for something, and how much is late. It is shown on locked screens: no case, no name.
func (m *morning) Subject() string {
	var parts []string
	if n := len(m.of(asksForAnswer)); n > 0 {
		parts = append(parts, english.Count(n, "escalation")+" to answer")
	}
	if n := len(m.of(asksToDo)); n > 0 {
		parts = append(parts, english.Count(n, "thing")+" to do")
	}
	if n := len(m.of(news)); n > 0 && len(parts) < 2 {
		parts = append(parts, english.CountOf(n, "piece of news", "pieces of news"))
	}
	return subjectLine(m.Today.dayOfWeek()+": "+english.And(parts), m.NoticeID)
}

// Text is plain text in lines of at most Width characters.
func (m *morning) Text() string { return m.sheet().text() }

// HTML is the same as a document of its own, for mail programs.
func (m *morning) HTML() string { return m.sheet().html() }

// The three kinds of things that a message tells.
func asksForAnswer(n *Letter) bool { return n.canBeAcknowledged() }

func asksToDo(n *Letter) bool {
	return !asksForAnswer(n) && n.Kind != notify.Resolved && n.Kind != notify.Moved
}

func news(n *Letter) bool { return n.Kind == notify.Resolved || n.Kind == notify.Moved }

func (m *morning) of(which func(*Letter) bool) []*Letter {
	var list []*Letter
	for i := range m.Letters {
		if which(&m.Letters[i]) {
			list = append(list, &m.Letters[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *Letter) int {
		return cmp.Or(cmp.Compare(a.DutyTitle, b.DutyTitle), cmp.Compare(a.DutyRef, b.DutyRef), a.Due.compare(b.Due),
			cmp.Compare(a.CaseReference, b.CaseReference))
	})
	return list
}

// sheet lays the message out.
func (m *morning) sheet() *sheet {
	s := &sheet{title: m.Today.long(), summary: strings.TrimSpace(m.summary() + " " + m.belated())}
	s.figures = m.figures()
	s.add(m.answers())
	s.add(m.todo())
	for _, held := range m.held() {
		s.add(held)
	}
	s.add(m.moved())
	s.add(m.settled())
	if m.Desk != nil {
		s.add(m.Desk.teams())
		s.add(m.Desk.unanswered())
	}
	if m.PerhapsTwice {
		s.foot = append(s.foot, perhapsTwice)
	}
	s.foot = append(s.foot, m.why(), "Longstop message "+m.NoticeID+". "+replies(m.Contact))
	return s
}

// Items counts what a message of a morning says that is new, as its reader counts: what it says of brothers and sisters in one line
// is one thing.
func (e *Envelope) Items() int {
	m, n := (*morning)(e), 0
	for _, s := range []section{m.answers(), m.todo(), m.moved(), m.settled()} {
		for i := range s.blocks {
			n += len(s.blocks[i].items)
		}
	}
	return n
}

// summary says in one line how much there is.
func (m *morning) summary() string {
	var parts []string
	if n := len(m.of(asksForAnswer)); n > 0 {
		parts = append(parts, english.CountOf(n, "escalation asks", "escalations ask")+" for your answer")
	}
	if n := len(m.of(asksToDo)); n > 0 {
		parts = append(parts, english.CountOf(n, "thing is", "things are")+" new to do")
	}
	if len(parts) == 0 {
		return "Nothing new asks you to do anything."
	}
	return english.Capital(english.And(parts)) + "."
}

// belated says that some of it should have been told before; "" where nothing should.
func (m *morning) belated() string {
	var days []string
	list := slices.Clone(m.Letters)
	slices.SortStableFunc(list, func(a, b Letter) int { return a.Meant.compare(b.Meant) })
	for i := range list {
		if day := list[i].Meant; !day.isZero() && !slices.Contains(days, day.short()) {
			days = append(days, day.short())
		}
	}
	switch n := len(days); {
	case n == 0:
		return ""
	case n > 2:
		days = []string{days[0] + " to " + days[n-1]}
	}
	return "Some of this was to be told on " + english.And(days) + ", and could not be: here it is, once."
}

func (m *morning) why() string {
	var reasons []string
	for i := range m.Letters {
		if l := &m.Letters[i]; !slices.Contains(reasons, because(l.Role, l.Standing)) {
			reasons = append(reasons, because(l.Role, l.Standing))
		}
	}
	return strings.Join(reasons, " ")
}

// figures are what a manager's message begins with.
func (m *morning) figures() []figure {
	if m.Desk == nil || len(m.Desk.Teams) == 0 {
		return nil
	}
	now, before := m.Desk.Now, m.Desk.Before
	list := []figure{
		{label: "past a limit of law or guidance", now: now.Overdue},
		{label: "past a limit that no law sets", now: now.Local},
		{label: english.Plural(now.Unanswered, "escalation", "escalations") + " without an answer", now: now.Unanswered},
	}
	if before != nil {
		for i, was := range []int{before.Overdue, before.Local, before.Unanswered} {
			list[i].before = fmt.Sprintf("%d%s", was, m.Desk.BeforeOn.on())
		}
	}
	return list
}

// answers are the escalations that ask for an answer.
func (m *morning) answers() section {
	list := m.of(asksForAnswer)
	s := section{title: "Please answer", count: len(list), tone: toneAct}
	if len(list) > 0 {
		s.lead = "Each goes on to the next level until it is answered. An answer holds it back until the day that you name, for ten working " +
			"days at the most; the head of service is told all the same. " + answerWith(m.Contact, "which one, by the name that stands with it")
	}
	s.blocks = blocksOf(list, func(l *Letter) item {
		i := item{head: l.CaseReference, ref: "To answer, name " + shortID(l.NoticeID) + "."}
		switch {
		case l.Kind == notify.Drift:
			i.lines = append(i.lines, l.runs())
		case l.late():
			i.lines = append(i.lines, l.lateness()+", due by "+l.Due.short())
		case l.WaitingFor != "":
			i.lines = append(i.lines, "no date yet: what is missing is "+event(l.WaitingFor))
		case !l.Due.isZero():
			i.lines = append(i.lines, "due by "+l.Due.short()+l.ahead())
		}
		i.more = l.history()
		return i
	})
	return s
}

// todo is what is new and asks to be done.
func (m *morning) todo() section {
	list := m.of(asksToDo)
	s := section{title: "New today", count: len(list), tone: toneAct}
	s.blocks = blocksOf(list, func(l *Letter) item {
		i := item{head: l.CaseReference}
		switch {
		case l.Kind == notify.Drift:
			i.lines = append(i.lines, l.runs())
		case l.WaitingFor != "":
			i.lines = append(i.lines, "no date yet: record what is missing, "+event(l.WaitingFor))
		case l.Due.isZero():
			i.lines = append(i.lines, "now")
		case l.late():
			i.lines = append(i.lines, "was due by "+l.Due.short(), l.lateness())
		default:
			i.lines = append(i.lines, "by "+l.Due.short()+l.ahead())
		}
		if l.Role != timescale.Worker || l.Standing != organisation.InRole {
			if who := l.holder(); who != "" {
				i.lines = append(i.lines, who)
			}
		}
		if len(l.Missed) > 0 {
			i.lines = append(i.lines, "not told at its time: "+l.missed())
		}
		return i
	})
	return s
}

// moved are the dates that have changed, and why.
func (m *morning) moved() section {
	list := m.of(func(l *Letter) bool { return l.Kind == notify.Moved })
	s := section{title: "Dates that have moved", count: len(list)}
	s.blocks = blocksOf(list, func(l *Letter) item {
		i := item{head: l.CaseReference}
		switch {
		case l.Due.isZero():
			i.lines = append(i.lines, "the date of "+l.DueWas.short()+" no longer stands"+strings.TrimSuffix(l.missing(), "."))
		case l.DueWas.isZero():
			i.lines = append(i.lines, "now by "+l.Due.short())
		default:
			i.lines = append(i.lines, "now by "+l.Due.short()+"; you had been told "+l.DueWas.short())
		}
		if late := l.lateness(); late != "" {
			i.lines = append(i.lines, late)
		}
		if l.MovedWhy != "" {
			i.lines = append(i.lines, l.MovedWhy)
		}
		return i
	})
	return s
}

// settled is what is no longer owed.
func (m *morning) settled() section {
	list := m.of(func(l *Letter) bool { return l.Kind == notify.Resolved })
	s := section{title: "Settled", count: len(list), tone: toneDone}
	s.blocks = blocksOf(list, func(l *Letter) item {
		i := item{head: l.CaseReference, lines: []string{l.outcome()}}
		if l.RecordedLateDays > 0 {
			i.lines = append(i.lines, "recorded "+english.Count(l.RecordedLateDays, "day")+" after it happened")
		}
		return i
	})
	return s
}

// outcome says in a few words how a duty came to its end.
func (l *Letter) outcome() string {
	switch l.Outcome {
	case Met:
		return "done" + l.MetOn.on() + ", in timescale"
	case TakenAsDone:
		return "taken as done: the return holds what can only follow it, and no date"
	case MetLate:
		return "done" + l.MetOn.on() + l.howLate()
	case Ended:
		return "ended" + l.MetOn.on() + l.byEvent()
	case NotReported:
		return "no source reports whether it was done"
	default:
		return "not owed after all: a later record corrected or took back what it rested on"
	}
}

// blocksOf groups letters under their timescales; those that say the same of several cases stand in one line: one visit sees
// brothers and sisters.
func blocksOf(list []*Letter, say func(*Letter) item) []block {
	var blocks []block
	for _, l := range list {
		head := cmp.Or(l.DutyTitle, l.DutyRef)
		if len(blocks) == 0 || blocks[len(blocks)-1].ref != l.DutyRef {
			b := block{ref: l.DutyRef, head: head}
			if !news(l) {
				b.notes = l.notes()
			}
			blocks = append(blocks, b)
		}
		b, next := &blocks[len(blocks)-1], say(l)
		if last := len(b.items) - 1; last >= 0 && next.ref == "" && slices.Equal(b.items[last].lines, next.lines) {
			b.items[last].head += ", " + next.head
			continue
		}
		b.items = append(b.items, next)
	}
	return blocks
}

// notes say what to do, and by whose limit.
func (l *Letter) notes() []string {
	notes := []string{english.Sentence(l.Todo)}
	switch limit := l.standingOfLimit(); {
	case l.Kind == notify.Drift:
		notes = append(notes, "Nothing is late: it asks for a look at how long this has run.")
	case limit != "" && l.LimitText != "":
		notes = append(notes, english.Capital(l.LimitText)+". "+limit)
	case l.LimitText != "":
		notes = append(notes, english.Capital(l.LimitText)+": "+l.sourceFact()+".")
	}
	if l.Provisional {
		notes = append(notes, "The date is provisional: the bank holidays that it depends on are not all published yet.")
	}
	return slices.DeleteFunc(notes, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// lateness is how late it is, in the unit of the limit: "day 56 of 45" says more than calendar days next to a limit
// in working days. "" while it is in time.
func (l *Letter) lateness() string {
	switch {
	case !l.late():
		return ""
	case l.inWorkingDays():
		return fmt.Sprintf("working day %d of %d", l.LimitDays+l.WorkingDaysLate, l.LimitDays)
	case l.DaysLate == 0:
		return "that time has passed"
	case l.standingOfLimit() != "":
		return english.Count(l.DaysLate, "day") + " past it"
	default:
		return english.Count(l.DaysLate, "day") + " late"
	}
}

// inWorkingDays reports whether lateness is counted as the limit is, in working days.
func (l *Letter) inWorkingDays() bool { return l.LimitDays > 0 && l.WorkingDaysLate > 0 }

// ahead is how soon a date is, where that is soon.
func (l *Letter) ahead() string {
	switch l.Due.Day.DaysSince(l.Today.Day) {
	case 0:
		return ", today"
	case 1:
		return ", tomorrow"
	default:
		return ""
	}
}

// runs says for how long something has run.
func (l *Letter) runs() string {
	return "has run for " + strings.TrimPrefix(english.Step(l.Rung), "after ")
}

// holder says who holds the case.
func (l *Letter) holder() string {
	switch {
	case l.Worker != "" && l.Team != "":
		return l.Worker + ", " + l.Team
	case l.Team != "":
		return "nobody holds it, " + l.Team
	default:
		return l.Worker
	}
}

// history says who holds the case, what was told before, and what was promised.
func (l *Letter) history() []string {
	var words []string
	if who := l.holder(); who != "" {
		words = append(words, who+".")
	}
	if told := l.told(); told != "" {
		words = append(words, told)
	}
	if !l.Promised.isZero() {
		words = append(words, "Agreed date: "+l.Promised.short()+".")
	}
	return words
}

// told says who was told before, and when last.
func (l *Letter) told() string {
	var names, parts []string
	times := map[string]int{}
	last := map[string]When{}
	for _, e := range l.Earlier {
		if times[e.To]++; times[e.To] == 1 {
			names, last[e.To] = append(names, e.To), e.On
		}
	}
	for _, name := range names {
		words := name + " was told" + last[name].on()
		if n := times[name]; n > 1 {
			words = name + " was told " + english.Count(n, "time") + ", last" + last[name].on()
		}
		parts = append(parts, words)
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// held are the cases that the reader holds, without what the message says as new.
func (m *morning) held() []section {
	if m.Desk == nil {
		return nil
	}
	said := map[string]bool{}
	for i := range m.Letters {
		l := &m.Letters[i]
		said[l.CaseReference+"\x00"+l.DutyRef+"\x00"+l.Due.short()] = l.Kind != notify.Resolved
	}
	law := section{title: "Past a limit of law or guidance, and told before", tone: toneLate}
	local := section{title: "Past a limit that no law sets, and told before"}
	today := section{title: "Due today"}
	soon := section{title: "Due by " + m.Desk.Until.short()}
	for i := range m.Desk.Held {
		r := &m.Desk.Held[i]
		if said[r.CaseReference+"\x00"+r.DutyRef+"\x00"+r.Due.short()] {
			continue
		}
		switch {
		case r.Passed == casework.PassedLaw:
			law.row(r, "was due by "+r.Due.short()+", "+r.past("late"))
		case r.Passed == casework.PassedLocal && r.LocalDue.isZero():
			local.row(r, "by "+r.Due.short()+", "+r.past("past it"))
		case r.Passed == casework.PassedLocal:
			local.row(r, "the council's own date was "+r.LocalDue.short()+"; the other limit is "+r.Due.short())
		case r.Due.Day.DaysSince(m.Today.Day) <= 0:
			today.row(r, "by "+r.Due.short())
		default:
			soon.row(r, "by "+r.Due.short())
		}
	}
	return []section{today, law, local, soon}
}

// past is how far a date is passed, or that a time of today is.
func (r *ListRow) past(how string) string {
	if r.DaysLate == 0 {
		return "that time has passed"
	}
	return english.Count(r.DaysLate, "day") + " " + how
}

// maxHeld is how many lines of a section of what was told before are shown; the rest is counted.
const maxHeld = 20

// row adds a line about a duty that is not new.
func (s *section) row(r *ListRow, words string) {
	s.count++
	if s.count > maxHeld {
		s.more++
		return
	}
	if last := len(s.blocks) - 1; last < 0 || s.blocks[last].ref != r.DutyRef {
		s.blocks = append(s.blocks, block{ref: r.DutyRef, head: cmp.Or(r.DutyTitle, r.DutyRef)})
	}
	b := &s.blocks[len(s.blocks)-1]
	if last := len(b.items) - 1; last >= 0 && slices.Equal(b.items[last].lines, []string{words}) {
		b.items[last].head += ", " + r.CaseReference
		return
	}
	b.items = append(b.items, item{head: r.CaseReference, lines: []string{words}})
}

// teams is how each team stands, as a table.
func (d *Desk) teams() section {
	s := section{title: "Your teams", count: len(d.Teams)}
	if len(d.Teams) == 0 {
		return s
	}
	s.table = &grid{head: []string{"Team", "Past law or guidance", "Past other limits", "Not allocated"}}
	var away, elsewhere []string
	for i := range d.Teams {
		t := &d.Teams[i]
		row := []string{t.Name, fmt.Sprint(t.Overdue), fmt.Sprint(t.Local), fmt.Sprint(t.Unallocated)}
		s.table.rows = append(s.table.rows, row)
		if t.Longest != nil {
			s.table.notes = append(s.table.notes, t.Name+": the longest is "+t.Longest.CaseReference+", "+
				cmp.Or(t.Longest.DutyTitle, t.Longest.DutyRef)+", "+english.Count(t.Longest.DaysLate, "day")+" late.")
		}
		if t.Next {
			away = append(away, t.Away...)
		} else {
			elsewhere = append(elsewhere, t.Away...)
		}
	}
	s.table.notes = append(append(s.table.notes, uncovered(away, "comes to you")...), uncovered(elsewhere, "goes to their team's manager")...)
	return s
}

// uncovered says who is away without cover, and where what is theirs goes.
func uncovered(names []string, where string) []string {
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []string{"Away, and nobody is named as cover: " + english.And(slices.Compact(names)) + ". What is theirs " + where + "."}
}

// unanswered are the escalations that those below the reader have not answered.
func (d *Desk) unanswered() section {
	s := section{title: "Not answered for two working days", count: len(d.Unanswered), tone: toneLate}
	for i := range d.Unanswered {
		if i == maxHeld {
			s.more = len(d.Unanswered) - i
			break
		}
		u := &d.Unanswered[i]
		if last := len(s.blocks) - 1; last < 0 || s.blocks[last].head != u.To {
			s.blocks = append(s.blocks, block{ref: u.To, head: u.To})
		}
		b := &s.blocks[len(s.blocks)-1]
		b.items = append(b.items, item{head: u.CaseReference, lines: []string{cmp.Or(u.DutyTitle, u.DutyRef), u.Team, "told" + u.Sent.on()}})
	}
	return s
}
