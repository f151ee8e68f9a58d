package csc

import (
	"maps"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// Why what the record holds is kept though a list that came does not tell of it.
const (
	whyUnknown = "the list holds an item that is not known and says nothing else: it may be this one"
	whyUnread  = "an item of the list was refused: it may be this one"
	whyBefore  = "it began before the days of which the feed tells, so a list may leave it out: it stays whole until purge takes it back"
	whyDeleted = "it began before the days of which the feed tells, and the child is deleted as well when all that is left of it lies there: " +
		"it stays whole until its episode is purged, or somebody voids it"
)

// comparison compares one child of a body with what the record holds.
type comparison struct {
	*intake.Comparison
	line      int
	referrals []calendar.Date // of the episodes that the body tells of
}

// Compare tells a comparison what the body says of the child.
func (s *statement) Compare(with *intake.Comparison) {
	c := &comparison{Comparison: with, line: s.line}
	if s.purged {
		c.purge()
		return
	}
	c.episodes(s)
	c.person(s)
}

// purge takes back what the feed told of a child who is deleted. A child is deleted also when it leaves the cohort, once all
// that there was of it lies before the days of which the feed tells, and nothing says which of the two it is. So what began
// before these days stays, as it does where a list leaves it out.
func (c *comparison) purge() {
	c.Deletes()
	stay := false
	for _, h := range c.Record().Episodes {
		if all := h.All(); c.beganBefore(all) {
			c.keep(all, whyDeleted)
			stay = true
		} else {
			c.takeBack(h.Name, all)
		}
	}
	var adoption, birth []*intake.Entry
	for _, e := range c.Record().Person {
		switch e.Element() {
		case elBorn, elExpected:
			birth = append(birth, e)
		case elDecision, elMatched, elPlaced:
			adoption = append(adoption, e)
		default:
			stay = c.purgeRows(e) || stay
		}
	}
	if stay = c.purgeRows(adoption...) || stay; stay {
		return // the birth with it
	}
	c.takeBack("", birth)
	if _, onlyAdds := c.OnlyAdds(); !onlyAdds {
		c.Detach()
	}
}

// purgeRows takes back rows of the child that belong together, and reports whether they stay.
func (c *comparison) purgeRows(together ...*intake.Entry) (stay bool) {
	if stay = c.beganBefore(together); stay {
		c.keep(together, whyDeleted)
	} else {
		c.takeBack("", together)
	}
	return stay
}

func (c *comparison) purgeEpisode(h *intake.HeldEpisode) {
	all := slices.Clone(h.Rows)
	if h.Opening != nil {
		all = append(all, h.Opening)
	}
	c.takeBack(h.Name, all)
}

// takeBack takes rows back of whatever day: the body says so of each.
func (c *comparison) takeBack(episode string, held []*intake.Entry) {
	held = slices.DeleteFunc(slices.Clone(held), func(e *intake.Entry) bool { return e.Gone })
	if len(held) > 0 {
		c.rowsOfAnyDay(intake.Group{Episode: episode, Held: held})
	}
}

// rowsOfAnyDay compares rows as if the feed told of every day there ever was.
func (c *comparison) rowsOfAnyDay(g intake.Group) {
	period := c.Period
	c.Period.From = 0
	c.Rows(g)
	c.Period = period
}

// beganBefore reports whether some of what belongs together lies before the days of which the feed tells. Then a list that
// leaves it out does not say that it never was, and to take back the rest alone would open again what has ended.
func (c *comparison) beganBefore(held []*intake.Entry) bool {
	return slices.ContainsFunc(held, func(e *intake.Entry) bool { return !e.Voided && e.Stated.At.Day < c.Period.From })
}

// keep notes that rows stay.
func (c *comparison) keep(held []*intake.Entry, why string) {
	for _, e := range held {
		c.Keep(e, why, c.line)
	}
}

// pairedEpisode is an episode of a body with the one of the record that it is, nil where it is new.
type pairedEpisode struct {
	said   *episode
	held   *intake.HeldEpisode
	reused bool // its id of the record is that of another episode now
}

// episodes compares the episodes.
func (c *comparison) episodes(s *statement) {
	pairs, left, unknown := c.pairEpisodes(s)
	for _, p := range pairs {
		switch {
		case p.said.purged && p.held != nil:
			c.purgeEpisode(p.held)
		case !p.said.purged:
			c.episode(p)
		}
	}
	if !s.episodesCame {
		return
	}
	for _, h := range left {
		switch {
		case unknown:
			c.KeepEpisode(h, whyUnknown, c.line)
		case !s.episodesWhole:
			c.KeepEpisode(h, whyUnread, c.line)
		case c.beganBefore(h.All()):
			if end := heldRow(h.Rows, elClosure); end == nil || end.Gone || c.Period.Holds(end.Stated.At.Day) {
				c.KeepEpisode(h, whyBefore, c.line)
			}
		default:
			c.Leave(h)
		}
	}
}

// pairEpisodes finds the episodes of the record by their ids, and where an id is new by the day of the referral: ids may
// change overnight. left are those that the body does not tell of; unknown says that it tells of one that cannot be found.
func (c *comparison) pairEpisodes(s *statement) (pairs []pairedEpisode, left []*intake.HeldEpisode, unknown bool) {
	left = slices.Clone(c.Record().Episodes)
	take := func(fits func(*intake.HeldEpisode) bool) *intake.HeldEpisode {
		i := slices.IndexFunc(left, func(h *intake.HeldEpisode) bool { return h.Opening != nil && fits(h) })
		if i < 0 {
			return nil
		}
		h := left[i]
		left = slices.Delete(left, i, i+1)
		return h
	}
	found := make([]*intake.HeldEpisode, len(s.episodes))
	sameID := func(i int, h *intake.HeldEpisode) bool {
		return h.Opening.Stated.Data.Text(fieldRow) == s.episodes[i].id
	}
	sameDay := func(i int, h *intake.HeldEpisode) bool {
		return s.episodes[i].referral.how == given && h.Opening.Stated.At.Day == s.episodes[i].referral.day
	}
	for _, fits := range []func(int, *intake.HeldEpisode) bool{
		func(i int, h *intake.HeldEpisode) bool {
			return sameID(i, h) && (s.episodes[i].referral.how != given || sameDay(i, h))
		},
		func(i int, h *intake.HeldEpisode) bool { return !h.Gone() && sameDay(i, h) },
		sameID,
	} {
		for i := range s.episodes {
			if found[i] == nil {
				found[i] = take(func(h *intake.HeldEpisode) bool { return fits(i, h) })
			}
		}
	}
	for i := range s.episodes {
		e := &s.episodes[i]
		switch {
		case found[i] != nil:
		case e.purged:
			continue
		case e.referral.how != given:
			unknown = true
			c.Refuse(e.path, c.line, "is an episode that the record does not hold, and has no referral_date that can be read: it is not loaded")
			continue
		}
		reused := found[i] != nil && !sameID(i, found[i]) &&
			slices.ContainsFunc(s.episodes, func(o episode) bool { return o.id == found[i].Opening.Stated.Data.Text(fieldRow) })
		pairs = append(pairs, pairedEpisode{e, found[i], reused})
	}
	left = slices.DeleteFunc(left, (*intake.HeldEpisode).Gone)
	return pairs, left, unknown
}

// merged is an item of a list as it stands once what a body says has been laid over what the record holds.
type merged struct {
	id    string // as the body tells it, else as the record has it
	was   string // as the record has it
	days  map[string]calendar.Date
	texts map[string]string
	flags map[string]flag
	held  map[string]*intake.Entry // its rows of the record, by date

	reused bool // its id of the record is that of another item now
}

func newMerged(id string) *merged {
	return &merged{id: id, was: id, days: map[string]calendar.Date{}, texts: map[string]string{}, flags: map[string]flag{}, held: map[string]*intake.Entry{}}
}

// gone reports whether the record holds the item only as one that went.
func (m *merged) gone() bool {
	return !slices.ContainsFunc(m.rows(), func(e *intake.Entry) bool { return !e.Gone })
}

func (m *merged) rows() []*intake.Entry {
	list := make([]*intake.Entry, 0, len(m.held))
	for _, date := range slices.Sorted(maps.Keys(m.held)) {
		list = append(list, m.held[date])
	}
	return list
}

// heldItems are the items of a kind that the record holds of an episode, by their starts.
func heldItems(h *intake.HeldEpisode, k *kind) []*merged {
	if h == nil {
		return nil
	}
	var list []*merged
	for _, e := range h.Rows {
		name, ofKind := strings.CutPrefix(e.Element(), k.list+".")
		if !ofKind || !slices.Contains(k.dates(), name) {
			continue
		}
		id := e.Stated.Data.Text(fieldRow)
		i := slices.IndexFunc(list, func(m *merged) bool { return m.id == id && m.held[name] == nil })
		if i < 0 {
			i, list = len(list), append(list, newMerged(id))
		}
		list[i].held[name] = e
	}
	for _, m := range list {
		m.remember(k)
	}
	slices.SortStableFunc(list, func(a, b *merged) int { return int(a.days[k.start]) - int(b.days[k.start]) })
	return list
}

// remember fills an item with what the record holds of it. Of one that went, that is what it was: where it comes back,
// what is absent is as it was.
func (m *merged) remember(k *kind) {
	gone := m.gone()
	for name, e := range m.held {
		if e.Gone && !gone {
			continue
		}
		m.days[name] = e.Stated.At.Day
		for _, text := range k.texts {
			if value := e.Stated.Data.Text(text); value != "" {
				m.texts[text] = value
			}
		}
	}
}

// say lays what a body says over an item, and takes back the dates that it says there are none of.
func (c *comparison) say(episode string, k *kind, m *merged, said *row) {
	m.id = said.id
	was := map[string]calendar.Date{}
	for name, d := range said.dates {
		was[name] = m.days[name]
		switch {
		case d.how == given:
			m.days[name] = d.day
		case d.how == none && name == k.start:
			c.Refuse(said.path+"."+name, c.line, "is null: an item cannot be without it, so it is left as it was; purge takes the item back")
		case d.how == none && isByHand(m.held[name]):
			c.Keep(m.held[name], intake.WhyByHand, c.line)
		case d.how == none:
			delete(m.days, name)
			if e := m.held[name]; e != nil {
				c.takeBack(episode, []*intake.Entry{e})
			}
		}
	}
	for name, t := range said.texts {
		switch t.how {
		case given:
			m.texts[name] = t.text
		case none:
			delete(m.texts, name)
		case absent, unread:
		}
	}
	for name, f := range said.flags {
		m.flags[name] = f
	}
	c.inOrder(k, m, said, was)
}

// inOrder refuses a date that would lie before the start: then it is as it was.
func (c *comparison) inOrder(k *kind, m *merged, said *row, was map[string]calendar.Date) {
	for _, name := range k.dates() {
		day, there := m.days[name]
		if start := m.days[k.start]; name == k.start || !there || start.IsZero() || day >= start {
			continue
		}
		refused := name
		if said.dates[name].how != given {
			refused = k.start // it is the start that is new
		}
		c.Refuse(said.path+"."+refused, c.line, "the end would lie before the start: it is left as it was")
		if was[refused].IsZero() {
			delete(m.days, refused)
		} else {
			m.days[refused] = was[refused]
		}
	}
}

// items returns the items of a kind as they stand, and takes back those that are gone.
func (c *comparison) items(name string, k *kind, held *intake.HeldEpisode, said *rows) (list []*merged, refused bool) {
	found, left := pairItems(k, said.items, heldItems(held, k))
	unknown, bare := false, 0
	all := areAllOf(k, said.items, found, left)
	for i := range said.items {
		one := &said.items[i]
		start := one.dates[k.start]
		switch {
		case one.purged:
			if found[i] != nil {
				c.takeBack(name, found[i].rows())
			}
			continue
		case found[i] == nil && all && one.isBare():
			bare++
			continue
		case found[i] == nil && start.how != given:
			unknown, refused = true, true
			c.Refuse(one.path, c.line, "is not known to the record, and has no start that can be read: it is not loaded")
			continue
		case found[i] == nil:
			found[i] = newMerged(one.id)
		}
		c.say(name, k, found[i], one)
		if found[i].days[k.start].IsZero() {
			refused = true
			continue
		}
		list = append(list, found[i])
	}
	for _, m := range list {
		m.reused = m.id != m.was && slices.ContainsFunc(said.items, func(one row) bool { return one.id == m.was })
	}
	left = slices.DeleteFunc(left, (*merged).gone)
	if bare > 0 {
		return append(list, left...), refused || !said.whole
	}
	return append(list, c.settleLeft(name, k, left, said, unknown)...), refused || !said.whole
}

// isBare reports whether a body says of an item that it is there, and nothing else.
func (one *row) isBare() bool {
	for _, d := range one.dates {
		if d.how != absent {
			return false
		}
	}
	for _, t := range one.texts {
		if t.how != absent {
			return false
		}
	}
	for _, f := range one.flags {
		if f.how != absent {
			return false
		}
	}
	return !one.purged
}

// areAllOf reports whether the items of a list that were not found are as many as those of the record that are left, and
// the body tells nothing of any: then, under whatever ids, they are these, and none is gone.
func areAllOf(k *kind, said []row, found, left []*merged) bool {
	bare, standing := 0, 0
	for i := range said {
		switch {
		case found[i] != nil || said[i].purged || said[i].dates[k.start].how == given:
		case !said[i].isBare():
			return false
		default:
			bare++
		}
	}
	for _, m := range left {
		if !m.gone() {
			standing++
		}
	}
	return bare == standing
}

// pairItems finds the items of the record that a list tells of, by their ids and their starts, and returns those that are left.
// Ids may change overnight, and then an id may be that of another item than yesterday's.
func pairItems(k *kind, said []row, held []*merged) (found, left []*merged) {
	found = make([]*merged, len(said))
	left = slices.Clone(held)
	pass := func(fits func(i int, m *merged) bool) {
		for i := range said {
			if found[i] != nil {
				continue
			}
			if j := slices.IndexFunc(left, func(m *merged) bool { return fits(i, m) }); j >= 0 {
				found[i] = left[j]
				left = slices.Delete(left, j, j+1)
			}
		}
	}
	sameID := func(i int, m *merged) bool { return m.id == said[i].id }
	sameStart := func(i int, m *merged) bool {
		start := said[i].dates[k.start]
		return start.how == given && !m.gone() && m.days[k.start] == start.day
	}
	known := func(id string) bool { return slices.ContainsFunc(held, func(m *merged) bool { return m.id == id }) }
	// isAnothers reports whether an item of the record, whose id item i has, is told of by another one, of the same start.
	isAnothers := func(i int, m *merged) bool {
		for j := range said {
			if j != i && found[j] == nil && sameStart(j, m) && (!known(said[j].id) || slices.ContainsFunc(left, func(o *merged) bool { return sameStart(i, o) })) {
				return true
			}
		}
		return false
	}
	pass(func(i int, m *merged) bool {
		return sameID(i, m) && (said[i].dates[k.start].how != given || sameStart(i, m))
	})
	pass(func(i int, m *merged) bool { return sameID(i, m) && !m.gone() && !isAnothers(i, m) })
	pass(sameStart)
	pass(func(i int, m *merged) bool { return sameID(i, m) && m.gone() })
	return found, left
}

// settleLeft takes back the items that a list which came does not tell of, and returns those that stay. An item goes or
// stays as one.
func (c *comparison) settleLeft(name string, k *kind, left []*merged, said *rows, unknown bool) (stay []*merged) {
	if !said.came {
		return left
	}
	_, onlyAdds := c.OnlyAdds()
	for _, m := range left {
		switch {
		case unknown, !said.whole:
			why := whyUnread
			if unknown {
				why = whyUnknown
			}
			c.keep(m.rows(), why)
			stay = append(stay, m)
		case onlyAdds:
			stay = append(stay, m)
		case c.beganBefore(m.rows()):
			if end, ended := m.days[k.end]; !ended || c.Period.Holds(end) {
				c.keep(m.rows(), whyBefore)
			}
			stay = append(stay, m)
		default:
			c.Rows(intake.Group{Episode: name, Held: slices.DeleteFunc(m.rows(), func(e *intake.Entry) bool { return e.Gone })})
		}
	}
	return stay
}

// heldRow returns the row of an element that stands, else one that went, or nil.
func heldRow(list []*intake.Entry, element string) (found *intake.Entry) {
	for _, e := range list {
		if e.Element() == element && (found == nil || found.Gone && !e.Gone) {
			found = e
		}
	}
	return found
}

// one compares a date of which there is one: what is absent or cannot be read stays.
func (c *comparison) one(episode, element, eventType string, d date, data casework.Data, held []*intake.Entry) {
	e := heldRow(held, element)
	switch {
	case d.how == given:
		c.Row(episode, &intake.Fact{Element: element, Type: eventType, Day: d.day, Data: data}, e, true)
	case d.how == none && isByHand(e):
		c.Keep(e, intake.WhyByHand, c.line)
	case d.how == none && e != nil:
		c.takeBack(episode, []*intake.Entry{e})
	}
}

// isByHand reports whether somebody has corrected a row by hand, so that a null does not take it back. It goes with the whole of
// its item, its episode or its child.
func isByHand(e *intake.Entry) bool { return e != nil && !e.Voided && e.ByHand() }

// person compares what is the child's own.
func (c *comparison) person(s *statement) {
	held := c.Record().Person
	if s.detailsPurged {
		c.takeBack("", append(c.Record().PersonRows(elBorn), c.Record().PersonRows(elExpected)...))
	} else {
		c.birth(s, held)
	}
	if s.sdqPurged {
		c.takeBack("", c.Record().PersonRows(elSDQ))
	} else if s.sdqCame {
		c.questionnaires(s)
	}
	c.adoption(s, held)
	c.contacts(s)
}

// adoption compares the dates of adoption. Of a purge in one episode and a date in another, the date counts.
func (c *comparison) adoption(s *statement, held []*intake.Entry) {
	for _, of := range []struct {
		element, eventType string
		data               casework.Data
	}{
		{elDecision, typeDecision, casework.Data{"matter": "should_be_placed"}}, {elMatched, typeDecision, casework.Data{"matter": "match"}}, {elPlaced, typePlaced, nil},
	} {
		d := s.adoption[of.element]
		if s.adoptionPurged && d.how == absent {
			d.how = none
		}
		c.one("", of.element, of.eventType, d, of.data, held)
	}
}

// birth compares the birth, and the expected one of a child who is not born. An expected birth stays when the birth comes.
func (c *comparison) birth(s *statement, held []*intake.Entry) {
	if s.born.how == given { // what the feed leaves out or has as null stays: a birth is never taken back by silence
		c.one("", elBorn, typeBorn, s.born, nil, held)
		return
	}
	if e := heldRow(held, elBorn); s.expected.how != given || e != nil && !e.Voided {
		return
	}
	d := date{how: given}
	if e := heldRow(held, elExpected); e != nil {
		d.day = e.Stated.At.Day
	} else if len(c.referrals) > 0 {
		d.day = slices.Min(c.referrals)
	} else {
		return
	}
	c.one("", elExpected, typeExpected, d, casework.Data{"date": s.expected.day.String()}, held)
}

// questionnaires compares a list whose items have no ids and come whole.
func (c *comparison) questionnaires(s *statement) {
	g := intake.Group{Held: c.Record().PersonRows(elSDQ), Refused: intake.RefusedRows{}}
	if s.sdqRefused {
		g.Refused.Note(elSDQ, c.line)
	}
	for _, d := range s.sdq {
		if d.how == given {
			g.Facts = append(g.Facts, &intake.Fact{Element: elSDQ, Type: typeSDQ, Day: d.day})
		}
	}
	g.Facts = layout.InOrder(g.Facts)
	c.Rows(g)
}

// contacts adds contacts: the feed has the last one alone, so a new day is a new contact. A purge takes back those of which no
// episode tells.
func (c *comparison) contacts(s *statement) {
	rows := c.Record().PersonRows(elContact)
	if s.contactsPurged && !s.contactUnread {
		c.takeBack("", slices.DeleteFunc(slices.Clone(rows), func(e *intake.Entry) bool {
			return slices.ContainsFunc(s.contacts, func(d date) bool { return d.day == e.Stated.At.Day })
		}))
	}
	added := map[calendar.Date]bool{}
	for _, d := range s.contacts {
		if added[d.day] {
			continue
		}
		added[d.day] = true
		var held *intake.Entry
		for _, e := range rows {
			if e.Stated.At.Day == d.day {
				held = e
			}
		}
		c.Row("", &intake.Fact{Element: elContact, Type: typeContact, Day: d.day}, held, false)
	}
}
