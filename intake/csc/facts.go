package csc

import (
	"cmp"
	"maps"
	"slices"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// planWithin is how long after a conference a plan may start and still be the one that it decided on, in days.
const planWithin = 7

// decidedOn reports whether a plan that starts on a day may come from a conference.
func decidedOn(conference, start calendar.Date) bool {
	return conference <= start && start <= conference.AddDays(planWithin)
}

// whole is an episode as it stands.
type whole struct {
	items       map[*kind][]*merged
	conferences []calendar.Date
}

// episode compares one episode: what it is once the body has been laid over the record, against the record.
func (c *comparison) episode(p pairedEpisode) {
	name := ""
	var held []*intake.Entry
	if p.held == nil {
		name = c.NewEpisode()
	} else {
		name, held = p.held.Name, p.held.Rows
	}
	w := &whole{items: map[*kind][]*merged{}}
	refused := map[*kind]bool{}
	for _, k := range kinds {
		w.items[k], refused[k] = c.items(name, k, p.held, p.said.lists[k])
		slices.SortStableFunc(w.items[k], func(a, b *merged) int {
			return cmp.Or(cmp.Compare(a.days[k.start], b.days[k.start]), cmp.Compare(a.id, b.id))
		})
	}
	for _, q := range w.items[enquiries] {
		if day, there := q.days[dateConference]; there {
			w.conferences = append(w.conferences, day)
		}
	}
	c.referral(name, p, w)
	for _, k := range kinds {
		for i, m := range w.items[k] {
			c.item(name, k, m, w, i > 0)
		}
	}
	c.lookedAfter(name, w.items[placements], held, refused[placements])
	c.closure(name, p, held)
}

// referral compares the referral, and the decision on it, which the feed does not date.
func (c *comparison) referral(name string, p pairedEpisode, w *whole) {
	var e *intake.Entry
	day := p.said.referral.day
	if p.held != nil {
		e = p.held.Opening
		if p.said.referral.how != given {
			day = e.Stated.At.Day
		}
		if p.said.referral.how == none {
			c.Refuse(p.said.path+".referral_date", c.line, "is null: an episode cannot be without it, so it is left as it was; purge takes the episode back")
		}
	}
	c.referrals = append(c.referrals, day)
	f := &intake.Fact{Element: elReferral, Type: typeReferral, Day: day, Data: casework.Data{fieldRow: p.said.id}}
	followed := slices.ContainsFunc(kinds, func(k *kind) bool { return len(w.items[k]) > 0 })
	switch {
	case p.said.nfa.how == given && p.said.nfa.yes:
		f.Infer(typeDecided, casework.Data{fieldOutcome: "nfa"})
	case followed:
		f.Infer(typeDecided, casework.Data{fieldOutcome: "assessment"})
	}
	f.InferredUnread = p.said.nfa.how != given
	if e != nil && !p.reused && !e.Gone && isRenamedOften(e) && saysButForID(f, e) {
		f.Data[fieldRow] = e.Stated.Data.Text(fieldRow)
	}
	c.Row(name, f, e, true)
}

// item compares the dates of an item. later says that it is not the first of its list.
func (c *comparison) item(name string, k *kind, m *merged, w *whole, later bool) {
	facts := map[string]*intake.Fact{}
	for _, date := range k.dates() {
		if day, there := m.days[date]; there {
			f := &intake.Fact{Element: k.element(date), Type: k.eventType(date), Day: day, Data: casework.Data{fieldRow: m.id}}
			m.adds(k, date, f, w, later)
			facts[date] = f
		}
	}
	m.keepID(facts)
	for _, date := range k.dates() {
		if f := facts[date]; f != nil {
			c.Row(name, f, m.held[date], true)
		}
	}
}

// mostRenamed is how often a new id alone is recorded of a row. It has to be, since a part may tell of the item by that alone; but
// a system that gives every item another id each night tells of each whole, and an event for each would fill the case.
const mostRenamed = 3

// keepID lets an item have the id that the record knows, where that has changed too often and nothing else of it has; and where
// somebody has corrected the item by hand, so that its rows keep one id. Where something has changed, all of its rows get the new
// one.
func (m *merged) keepID(facts map[string]*intake.Fact) {
	standing := slices.DeleteFunc(m.rows(), func(e *intake.Entry) bool { return e.Gone })
	if m.id == m.was || m.reused {
		return
	}
	if !slices.ContainsFunc(standing, (*intake.Entry).ByHand) {
		if len(facts) != len(standing) || !slices.ContainsFunc(standing, isRenamedOften) {
			return
		}
		for date, f := range facts {
			if e := m.held[date]; e == nil || e.Gone || !saysButForID(f, e) {
				return
			}
		}
	}
	for _, f := range facts {
		f.Data[fieldRow] = m.was
	}
}

func isRenamedOften(e *intake.Entry) bool { return e.Renamed(fieldRow) >= mostRenamed }

// saysButForID reports whether the record states a fact, but for the id of its item.
func saysButForID(f *intake.Fact, e *intake.Entry) bool {
	as := *f
	as.Data = maps.Clone(f.Data)
	as.Data[fieldRow] = e.Stated.Data.Text(fieldRow)
	return as.Says(e)
}

// adds gives a fact the further fields of its event.
func (m *merged) adds(k *kind, date string, f *intake.Fact, w *whole, later bool) {
	switch f.Type {
	case typeAssessmentStart:
		if _, ended := m.days[k.end]; !ended {
			f.Data["open"] = true
		}
		if later {
			f.Data["reassessment"] = true
		}
	case typeStrategy:
		f.Data["s47"] = true
		required := m.flags[flagConference]
		if required.how == given && !required.yes {
			f.Infer(typeNotRequired, nil)
		}
		f.InferredUnread = required.how != given
	case typeConference:
		f.Data[fieldOutcome] = outcomeNoPlan
		if slices.ContainsFunc(w.items[plans], func(p *merged) bool { return decidedOn(f.Day, p.days[plans.start]) }) {
			f.Data[fieldOutcome] = outcomePlan
		}
	case typeEnquiryEnd:
		if _, held := m.days[dateConference]; held {
			f.Data[fieldOutcome] = "icpc"
		}
	case typePlanStart:
		if !slices.ContainsFunc(w.conferences, func(day calendar.Date) bool { return decidedOn(day, f.Day) }) {
			f.Infer(typeConference, casework.Data{fieldOutcome: outcomePlan})
		}
	case typePlacementStart:
		m.keeps(f, textStartReason, textPlacement)
		switch m.texts[textPlacement] {
		case placedWithParent:
			f.Data["with_parent"] = true
		case "U1", "U4":
			f.Data["long_term"] = true
		}
	case typePlacementEnd:
		m.keeps(f, textEndReason)
	}
}

// keeps has a fact keep texts of its item, so that a later body need not repeat them.
func (m *merged) keeps(f *intake.Fact, names ...string) {
	for _, name := range names {
		if text := m.texts[name]; text != "" {
			f.Data[name] = text
		}
	}
}

// lookedAfter compares the periods for which the child is looked after: placements that follow on one another. The reasons
// are those of the whole period, which the feed repeats on each of its placements.
func (c *comparison) lookedAfter(name string, list []*merged, held []*intake.Entry, refused bool) {
	g := intake.Group{Episode: name, Refused: intake.RefusedRows{}}
	for _, e := range held {
		if e.Element() == elCareStart || e.Element() == elCareEnd {
			g.Held = append(g.Held, e)
		}
	}
	if refused {
		g.Refused.Note(elCareStart, c.line)
		g.Refused.Note(elCareEnd, c.line)
	}
	for _, period := range periodsOf(list) {
		if period.begins {
			g.Facts = append(g.Facts, &intake.Fact{Element: elCareStart, Type: typeCareStart, Day: period.from})
		}
		if period.ends {
			g.Facts = append(g.Facts, &intake.Fact{Element: elCareEnd, Type: typeCareEnd, Day: period.until})
		}
	}
	g.Facts = layout.InOrder(g.Facts)
	c.rowsOfAnyDay(g) // they follow from all placements, of whatever day
}

// carePeriod is a run of placements.
type carePeriod struct {
	from, until  calendar.Date
	open         bool // a placement of it goes on
	begins, ends bool // the reasons say that it begins, and ends, being looked after
}

// periodsOf puts placements together, in order of their starts.
func periodsOf(list []*merged) (periods []carePeriod) {
	for _, m := range list {
		start, begun := m.days[placements.start]
		if !begun {
			continue // its start was taken back, and the end stands
		}
		end, ended := m.days[placements.end]
		if n := len(periods); n == 0 || !periods[n-1].open && start > periods[n-1].until.AddDays(1) {
			periods = append(periods, carePeriod{from: start, begins: m.texts[textStartReason] == reasonStarted})
		}
		p := &periods[len(periods)-1]
		p.open = p.open || !ended
		if reason := m.texts[textEndReason]; end >= p.until {
			p.until, p.ends = end, reason != "" && reason != reasonGoesOn
		}
		p.ends = p.ends && !p.open
	}
	return periods
}

// closure compares the end of the episode.
func (c *comparison) closure(name string, p pairedEpisode, held []*intake.Entry) {
	d := p.said.closure
	e := heldRow(held, elClosure)
	if d.how == absent && p.said.reason.how == given && e != nil && !e.Gone {
		d = date{given, e.Stated.At.Day} // the reason alone has changed
	}
	data := casework.Data{}
	switch {
	case p.said.reason.how == given:
		data[intake.FieldReason] = p.said.reason.text
	case e != nil && p.said.reason.how != none && e.Stated.Data.Text(intake.FieldReason) != "":
		data[intake.FieldReason] = e.Stated.Data.Text(intake.FieldReason)
	}
	c.one(name, elClosure, typeClosed, d, data, held)
}
