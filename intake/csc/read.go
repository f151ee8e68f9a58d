package csc

import (
	"fmt"
	"strings"

	"longstop/calendar"
	"longstop/intake"
)

// flagNFA is the field of an episode that says that nothing followed from the referral.
const flagNFA = "referral_no_further_action_flag"

// nullDate is the date that some systems write where they have none. It says nothing.
const nullDate = "1900-01-01"

// longestID is how long an id of an item may be: the Department takes 36.
const longestID = 60

// date is a date as a body says it.
type date struct {
	how said
	day calendar.Date // of one that is given
}

// flag is a flag as a body says it.
type flag struct {
	how said
	yes bool
}

// word is a text as a body says it.
type word struct {
	how  said
	text string
}

// row is an item of a list of an episode, as a body says it.
type row struct {
	id     string
	path   string // where it stands, for refusals
	dates  map[string]date
	texts  map[string]word
	flags  map[string]flag
	purged bool
}

// rows is a list of an episode.
type rows struct {
	items []row
	came  bool // an id that the record holds, and that is not in the list, is gone
	whole bool // every item of it could be read
}

// episode is an episode as a body says it.
type episode struct {
	id, path          string
	referral, closure date
	reason            word
	nfa               flag
	lists             map[*kind]*rows
	purged            bool
}

// statement is what a body says of one child.
type statement struct {
	line          int
	purged        bool
	detailsPurged bool
	born          date
	expected      date

	sdq        []date
	sdqCame    bool
	sdqPurged  bool
	sdqRefused bool

	episodes      []episode
	episodesCame  bool
	episodesWhole bool

	adoption       map[string]date // by element, of all episodes: see date.or
	adoptionPurged bool
	contacts       []date
	contactsPurged bool
	contactUnread  bool
}

// reading reads one child and refuses what cannot stand.
type reading struct {
	intake.Faults
	line   int
	places *places
}

func (r *reading) child(o object) *statement {
	s := &statement{line: r.line, purged: r.purge(o, ""), adoption: map[string]date{}}
	r.places.says("", elChild)
	if s.purged {
		return s
	}
	details := r.object(o, "child_details", "")
	s.detailsPurged = r.purge(details, "child_details")
	s.born = r.date(details, "date_of_birth", elBorn, "child_details")
	s.expected = r.expected(details)
	r.health(s, r.object(o, "health_and_wellbeing", ""))
	list, came, whole := o.list(elEpisode)
	s.episodesCame, s.episodesWhole = came, whole
	ids := r.places.list("", elEpisode, "social_care_episode_id", came)
	if !whole {
		r.refuse(elEpisode, "holds something that is not an object: nothing is taken back for what it leaves out")
	}
	said := map[string]bool{}
	for i, one := range list {
		path := fmt.Sprintf("%s[%d]", elEpisode, i+1)
		id, ok := r.id(one, ids, path)
		if !ok || said[id] {
			if ok {
				r.refuse(path, "has an id that came before in the list: this one is not loaded")
			}
			s.episodesWhole = false
			continue
		}
		said[id] = true
		e := r.episode(one, path)
		e.id = id
		s.episodes = append(s.episodes, e)
		if !e.purged {
			r.adoption(s, r.object(one, "adoption", path), path+".adoption")
			r.contact(s, r.object(one, "care_leavers", path), path+".care_leavers")
		}
	}
	ids.whole(s.episodesWhole)
	return s
}

func (r *reading) health(s *statement, o object) {
	const path = "health_and_wellbeing"
	s.sdqPurged = r.purge(o, path)
	list, came, whole := o.list("sdq_assessments")
	questionnaires := r.places.list(r.places.paths[path], "sdq_assessments", "date", came)
	s.sdqCame, s.sdqRefused = came, !whole
	if !whole {
		r.refuse(path+".sdq_assessments", "is or holds something that is not an object: nothing is taken back for what it leaves out")
	}
	for i, one := range list {
		at := fmt.Sprintf("%s.sdq_assessments[%d]", path, i+1)
		questionnaires.enter(at, "")
		d := r.date(one, "date", elSDQ, at)
		s.sdq, s.sdqRefused = append(s.sdq, d), s.sdqRefused || d.how == unread
	}
}

// adoption reads the block of one episode. It repeats in every episode, in whatever order, and what says most counts.
func (r *reading) adoption(s *statement, o object, path string) {
	if r.purge(o, path) {
		s.adoptionPurged = true
		return
	}
	for _, e := range []struct{ element, name string }{{elDecision, "initial_decision_date"}, {elMatched, "matched_date"}, {elPlaced, "placed_date"}} {
		s.adoption[e.element] = s.adoption[e.element].or(r.date(o, e.name, e.element, path))
	}
}

// or returns which of two dates that are told of one thing counts: the latest that is given, else one that cannot be read,
// since it may be any, else null.
func (d date) or(other date) date {
	if d.how > other.how || d.how == other.how && d.day >= other.day {
		return d
	}
	return other
}

func (r *reading) contact(s *statement, o object, path string) {
	if r.purge(o, path) {
		s.contactsPurged = true
		return
	}
	d := r.date(o, "contact_date", elContact, path)
	s.contactUnread = s.contactUnread || d.how == unread
	if d.how == given {
		s.contacts = append(s.contacts, d)
	}
}

func (r *reading) episode(o object, path string) episode {
	e := episode{path: path, purged: r.purge(o, path), lists: map[*kind]*rows{}}
	e.referral = r.date(o, "referral_date", elReferral, path)
	e.closure = r.date(o, "closure_date", elClosure, path)
	e.reason = r.word(o, "closure_reason", path)
	e.nfa = r.flag(o, flagNFA, path)
	for _, k := range kinds {
		e.lists[k] = r.rows(o, k, path)
	}
	return e
}

func (r *reading) rows(o object, k *kind, path string) *rows {
	list, came, whole := o.list(k.list)
	out := &rows{came: came, whole: whole}
	ids := r.places.list(r.places.paths[path], k.list, k.id, came)
	if !whole {
		r.refuse(path+"."+k.list, "holds something that is not an object: nothing is taken back for what it leaves out")
	}
	seen := map[string]bool{}
	for i, one := range list {
		at := fmt.Sprintf("%s.%s[%d]", path, k.list, i+1)
		id, ok := r.id(one, ids, at)
		if ok && seen[id] {
			r.refuse(at, "has an id that came before in the list: this one is not loaded")
			ok = false
		}
		if !ok {
			out.whole = false
			continue
		}
		seen[id] = true
		out.items = append(out.items, r.row(one, k, id, at))
	}
	ids.whole(out.whole)
	if k == placements && came { // of which the periods are worked out
		r.places.says("", elCareStart)
		r.places.says("", elCareEnd)
	}
	return out
}

func (r *reading) row(o object, k *kind, id, path string) row {
	out := row{id: id, path: path, purged: r.purge(o, path), dates: map[string]date{}, texts: map[string]word{}, flags: map[string]flag{}}
	for _, name := range k.dates() {
		out.dates[name] = r.date(o, name, k.element(name), path)
	}
	for _, name := range k.texts {
		out.texts[name] = r.word(o, name, path)
	}
	for _, name := range k.flags {
		out.flags[name] = r.flag(o, name, path)
	}
	return out
}

// id reads the id of an item, without which it cannot be known again.
func (r *reading) id(o object, in *listPlace, path string) (string, bool) {
	name := in.id
	id, how := o.text(name)
	in.enter(path, "")
	switch {
	case how != given:
		r.refuse(path+"."+name, "is missing: without it nobody knows which row of the record it is; the item is not loaded")
	case len(id) > longestID:
		r.refuse(path+"."+name, fmt.Sprintf("is longer than %d characters; the item is not loaded", longestID))
	default:
		in.enter(path, id)
		return id, true
	}
	return "", false
}

// refuse notes that something is not loaded; path says where it stands in the child.
func (r *reading) refuse(path, reason string) {
	r.Child.Refused = append(r.Child.Refused, intake.Refusal{Child: r.Child.Place, Element: path, Line: r.line, Reason: reason})
}

func (r *reading) date(o object, name, element, path string) date {
	return r.dateWithin(o, name, element, path, true)
}

// dateWithin reads a date, which may not lie after the day on which it was sent where past says so.
func (r *reading) dateWithin(o object, name, element, path string, past bool) date {
	text, how := o.text(name)
	text = strings.TrimSuffix(text, "T00:00:00")
	r.says(o, name, path)
	if how != absent {
		r.places.says("", element)
	}
	switch {
	case how == unread:
		r.refuse(path+"."+name, "is not text: a date as 2026-03-31 is expected")
		return date{how: unread}
	case how != given:
		return date{how: how}
	case text == nullDate:
		return date{}
	}
	// The record keeps the reason for people to read, so it has no value in it.
	fault := ""
	day, err := calendar.ParseDate(text)
	switch {
	case err != nil:
		fault = "is not a date: dates are written YYYY-MM-DD, such as 2026-03-31"
	case past && day > r.Today:
		fault = "lies after the day on which it was sent" + whyAhead
	default:
		_, fault = layout.ReadDate(element, text)
	}
	if fault != "" {
		r.refuse(path+"."+name, fault)
		return date{how: unread}
	}
	return date{given, day}
}

// whyAhead ends the reason of a refusal: what lies ahead has not happened, and a sender that was answered sends it again
// only if it changes.
const whyAhead = "; it is not sent again by itself, so have the whole child sent again once that day has come"

// expectedSince is for how long after it an expected birth may be one, in months: some systems write an estimated
// date of birth there.
const expectedSince = 3

// expected reads the expected birth of a child who is not born.
func (r *reading) expected(o object) date {
	d := r.dateWithin(o, "expected_date_of_birth", elExpected, "child_details", false)
	if d.how == given && d.day < r.Today.AddMonths(-expectedSince) {
		return date{}
	}
	return d
}

func (r *reading) word(o object, name, path string) word {
	r.says(o, name, path)
	text, how := o.text(name)
	switch {
	case how == unread:
		r.refuse(within(path, name), "is not text: what the record holds of it stays")
	case how == given && len(text) > longestID:
		r.refuse(within(path, name), fmt.Sprintf("is longer than %d bytes: what the record holds of it stays", longestID))
		return word{how: unread}
	}
	return word{how, text}
}

func (r *reading) flag(o object, name, path string) flag {
	r.says(o, name, path)
	yes, how := o.flag(name)
	if how == unread {
		r.refuse(within(path, name), "is neither true nor false: what the record holds of it stays")
	}
	return flag{how, yes}
}

// purge reports whether an object is to be deleted. An object that comes again without it is not to be.
func (r *reading) purge(o object, path string) bool {
	if o != nil {
		r.places.says(r.places.paths[path], "purge")
	}
	f := r.flag(o, "purge", path)
	if f.how != given || !f.yes {
		return false
	}
	r.places.deletes(r.places.paths[path])
	return true
}

// object returns an object within another, nil where it is null or absent.
func (r *reading) object(o object, name, path string) object {
	r.says(o, name, path)
	r.places.enter(within(path, name), r.places.paths[path], name)
	inner, ok := o[name].(map[string]any)
	if !ok && o[name] != nil {
		r.refuse(within(path, name), "is not an object: it is not read")
	}
	return inner
}

// says notes that an object says a field, in whatever way.
func (r *reading) says(o object, name, path string) {
	if _, there := o[name]; there {
		r.places.says(r.places.paths[path], name)
	}
}

// within is the path of a field of an object; the path of the child is "".
func within(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
