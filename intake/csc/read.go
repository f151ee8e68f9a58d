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

	adoption       map[string]date // by element, the latest of all episodes
	adoptionPurged bool
	contacts       []date
	contactsPurged bool
}

// reading reads one child and refuses what cannot stand.
type reading struct {
	intake.Faults
	line int
}

func (r *reading) child(o object) *statement {
	s := &statement{line: r.line, purged: o.purged(), adoption: map[string]date{}}
	if s.purged {
		return s
	}
	details := o.object("child_details")
	s.detailsPurged = details.purged()
	s.born = r.date(details, "date_of_birth", elBorn, "child_details")
	s.expected = r.expected(details)
	r.health(s, o.object("health_and_wellbeing"))
	list, came, whole := o.list(elEpisode)
	s.episodesCame, s.episodesWhole = came, whole
	if !whole {
		r.refuse(elEpisode, "holds something that is not an object: nothing is taken back for what it leaves out")
	}
	for i, one := range list {
		path := fmt.Sprintf("%s[%d]", elEpisode, i+1)
		id, ok := r.id(one, "social_care_episode_id", path)
		if !ok || s.said(id) {
			if ok {
				r.refuse(path, "has an id that came before in the list: this one is not loaded")
			}
			s.episodesWhole = false
			continue
		}
		e := r.episode(one, path)
		e.id = id
		s.episodes = append(s.episodes, e)
		r.adoption(s, one.object("adoption"), path)
		r.contact(s, one.object("care_leavers"), path)
	}
	return s
}

// said reports whether an episode was read already.
func (s *statement) said(id string) bool {
	for i := range s.episodes {
		if s.episodes[i].id == id {
			return true
		}
	}
	return false
}

func (r *reading) health(s *statement, o object) {
	s.sdqPurged = o.purged()
	list, came, whole := o.list("sdq_assessments")
	s.sdqCame, s.sdqRefused = came, !whole
	for i, one := range list {
		d := r.date(one, "date", elSDQ, fmt.Sprintf("sdq_assessments[%d]", i+1))
		s.sdq, s.sdqRefused = append(s.sdq, d), s.sdqRefused || d.how == unread
	}
}

func (r *reading) adoption(s *statement, o object, path string) {
	s.adoptionPurged = s.adoptionPurged || o.purged()
	for element, name := range map[string]string{elDecision: "initial_decision_date", elMatched: "matched_date", elPlaced: "placed_date"} {
		d := r.date(o, name, element, path+".adoption")
		// The block repeats in every episode.
		if have := s.adoption[element]; have.how != given || d.how == given && d.day > have.day {
			s.adoption[element] = d
		}
	}
}

func (r *reading) contact(s *statement, o object, path string) {
	s.contactsPurged = s.contactsPurged || o.purged()
	if d := r.date(o, "contact_date", elContact, path+".care_leavers"); d.how == given {
		s.contacts = append(s.contacts, d)
	}
}

func (r *reading) episode(o object, path string) episode {
	e := episode{path: path, purged: o.purged(), lists: map[*kind]*rows{}}
	e.referral = r.date(o, "referral_date", elReferral, path)
	e.closure = r.date(o, "closure_date", elClosure, path)
	e.reason = r.word(o, "closure_reason")
	e.nfa = r.flag(o, flagNFA)
	for _, k := range kinds {
		e.lists[k] = r.rows(o, k, path)
	}
	return e
}

func (r *reading) rows(o object, k *kind, path string) *rows {
	list, came, whole := o.list(k.list)
	out := &rows{came: came, whole: whole}
	if !whole {
		r.refuse(path+"."+k.list, "holds something that is not an object: nothing is taken back for what it leaves out")
	}
	seen := map[string]bool{}
	for i, one := range list {
		at := fmt.Sprintf("%s.%s[%d]", path, k.list, i+1)
		id, ok := r.id(one, k.id, at)
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
	return out
}

func (r *reading) row(o object, k *kind, id, path string) row {
	out := row{id: id, path: path, purged: o.purged(), dates: map[string]date{}, texts: map[string]word{}, flags: map[string]flag{}}
	for _, name := range k.dates() {
		out.dates[name] = r.date(o, name, k.element(name), path)
	}
	for _, name := range k.texts {
		out.texts[name] = r.word(o, name)
	}
	for _, name := range k.flags {
		out.flags[name] = r.flag(o, name)
	}
	return out
}

// id reads the id of an item, without which it cannot be known again.
func (r *reading) id(o object, name, path string) (string, bool) {
	id, how := o.text(name)
	switch {
	case how != given:
		r.refuse(path+"."+name, "is missing: without it nobody knows which row of the record it is; the item is not loaded")
	case len(id) > longestID:
		r.refuse(path+"."+name, fmt.Sprintf("is longer than %d characters; the item is not loaded", longestID))
	default:
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
	switch {
	case how == unread:
		r.refuse(path+"."+name, "is not text: a date as 2026-03-31 is expected")
		return date{how: unread}
	case how != given:
		return date{how: how}
	case text == nullDate:
		return date{}
	}
	before := len(r.Child.Refused)
	d := r.Date(element, text, r.line)
	if past {
		r.TooLate(&d)
	}
	for i := before; i < len(r.Child.Refused); i++ {
		r.Child.Refused[i].Element = path + "." + name
	}
	if !d.Valid() {
		return date{how: unread}
	}
	return date{given, d.Day}
}

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

func (r *reading) word(o object, name string) word {
	text, how := o.text(name)
	if how == given && len(text) > longestID {
		return word{how: unread}
	}
	return word{how, text}
}

func (r *reading) flag(o object, name string) flag {
	yes, how := o.flag(name)
	return flag{how, yes}
}
