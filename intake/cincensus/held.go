package cincensus

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// entry is a row as the record holds it: its first event with what corrected or voided it.
type entry struct {
	id     string // of its first event
	root   root
	said   casework.Event // what the return said last
	stands casework.Event // what stands, whoever said it
	last   int            // the number of the return's last correction
	voided bool           // by whomever
	gone   bool           // voided because the return no longer held the row
}

func (e *entry) element() string { return e.said.Data.Text(fieldElement) }

// saidData is what the return said, without what every event of it carries.
func saidData(e casework.Event) casework.Data {
	data := casework.Data{}
	for key, value := range e.Data {
		if key == fieldElement || key == reasonField(e.Type) && e.Corrects != "" || value == nil {
			continue
		}
		data[key] = value
	}
	return data
}

// says tells whether an event says the same as a fact.
func (f *fact) says(e casework.Event) bool {
	return e.Type == f.kind && e.At.Day == f.day && words(saidData(e)) == words(f.data)
}

// record is what the record holds of one child from one source.
type record struct {
	person   []*entry // rows outside any episode
	episodes []*heldEpisode
	beside   map[string]*entry // inferred events by the family of their row
	attached []casework.Event  // source.attached that stand, the last recorded last
	taken    map[string]bool   // every id
	highest  int               // the highest number of an episode ever given
}

// heldEpisode is an episode as the record holds it.
type heldEpisode struct {
	name     string
	number   int
	referral *entry
	rows     []*entry // all but the referral
}

// readHeld resolves events recorded from one source into rows. Events that are not a
// return's own are passed over, but for what they correct and void.
func readHeld(events []casework.Event) *record {
	r := &record{beside: map[string]*entry{}, taken: make(map[string]bool, len(events))}
	entries := resolve(events)
	latest := map[root]*entry{} // by family, without lives
	for _, e := range entries {
		key := root{family: e.root.family, inferred: e.root.inferred}
		if have := latest[key]; have == nil || have.root.lives < e.root.lives {
			latest[key] = e
		}
	}
	for _, e := range events {
		r.taken[e.ID] = true
	}
	for _, e := range entries {
		if latest[root{family: e.root.family, inferred: e.root.inferred}] == e {
			r.place(e)
		}
	}
	slices.SortFunc(r.episodes, func(a, b *heldEpisode) int { return cmp.Compare(a.number, b.number) })
	return r
}

// place puts an entry where it belongs.
func (r *record) place(e *entry) {
	number := episodeNumber(e.said.Episode)
	r.highest = max(r.highest, number)
	switch {
	case e.said.Type == typeSource:
		// What the source as a whole reports, beside its returns, is no return's.
		if !e.voided && e.said.Data.Text(fieldAttachment) == "" {
			r.attached = append(r.attached, e.stands)
		}
	case e.root.inferred:
		r.beside[e.root.family] = e
	case number == 0:
		r.person = append(r.person, e)
	case e.element() == elReferral:
		r.episode(e.said.Episode, number).referral = e
	default:
		held := r.episode(e.said.Episode, number)
		held.rows = append(held.rows, e)
	}
}

// reaches reports whether a return of a later period than a load's was loaded before.
func (r *record) reaches(l Load) bool {
	return slices.ContainsFunc(r.attached, func(e casework.Event) bool {
		return e.Data.Text("name") == l.Source && e.Data.Day("from") > l.Period.From
	})
}

// fieldAttachment is where a source.attached says that it stands for what the source as a whole
// reports: the record writes these.
const fieldAttachment = "attachment"

// fieldAuthority is where a source.attached says of which authority's return it speaks.
const fieldAuthority = "authority"

// ofAnother reports whether a return is that of another authority than the one whose child it is.
//
// A child is the authority's that told of them first. The return of another takes nothing back, however
// often it is loaded; only when that authority goes on with other dates, and nothing of the first came
// between, has the child become its own, as when councils are reorganised.
func (r *record) ofAnother(l Load) bool {
	if l.Authority == "" {
		return false
	}
	var own, visitor visit
	for i := range r.attached {
		if at := visitOf(r.attached[i].Data); at.authority != "" {
			own, visitor = at.after(own, visitor)
		}
	}
	now := visit{authority: l.Authority, from: l.Period.From, until: l.Period.Until}
	own, _ = now.after(own, visitor)
	return own.authority != l.Authority
}

// visit is a return that told of a child.
type visit struct {
	authority   string
	from, until calendar.Date
}

func visitOf(attached casework.Data) visit {
	return visit{attached.Text(fieldAuthority), attached.Day("from"), attached.Day("until")}
}

// after returns whose the child is after a return, and what another authority's told of them since its own.
func (v visit) after(own, visitor visit) (nowOwn, nowVisitor visit) {
	switch {
	case own.authority == "" || v.authority == own.authority:
		return v, visit{}
	case v.authority == visitor.authority && v != visitor:
		return v, visit{}
	}
	return own, v
}

// heldIn counts by element the rows within a period that stand.
func (r *record) heldIn(period Period) map[string]int {
	count := map[string]int{}
	for _, e := range r.rows() {
		if !e.voided && period.Holds(e.said.At.Day) {
			count[e.element()]++
		}
	}
	for _, e := range r.beside {
		if flag := flagOf(e); flag != "" && !e.voided && period.Holds(e.said.At.Day) {
			count[flag]++
		}
	}
	return count
}

// rows are all rows, without the inferred events beside them.
func (r *record) rows() []*entry {
	list := slices.Clone(r.person)
	for _, h := range r.episodes {
		if h.referral != nil {
			list = append(list, h.referral)
		}
		list = append(list, h.rows...)
	}
	return list
}

func (r *record) episode(name string, number int) *heldEpisode {
	for _, held := range r.episodes {
		if held.number == number {
			return held
		}
	}
	held := &heldEpisode{name: name, number: number}
	r.episodes = append(r.episodes, held)
	return held
}

// episodeName is the name of the nth episode of a child.
func episodeName(n int) string { return "R" + strconv.Itoa(n) }

// episodeNumber is the number in the name of an episode; 0 where there is none.
func episodeNumber(name string) int {
	digits, ok := strings.CutPrefix(name, "R")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || episodeName(n) != name {
		return 0
	}
	return n
}

// resolve puts events together into the entries of a return, in the order in which what stands of
// them was recorded, then of their ids.
func resolve(events []casework.Event) []*entry {
	var list []*entry
	for _, h := range casework.Histories(events, time.Time{}) {
		if parsed, ok := parseRoot(h.ID()); ok {
			list = append(list, entryOf(&h, parsed))
		}
	}
	slices.SortFunc(list, func(a, b *entry) int {
		return cmp.Or(a.stands.Recorded.Compare(b.stands.Recorded), cmp.Compare(a.id, b.id))
	})
	return list
}

func entryOf(h *casework.History, parsed root) *entry {
	e := &entry{id: h.ID(), root: parsed, said: *h.First, stands: *h.First, voided: h.Voided()}
	for _, r := range h.Revisions {
		e.gone = e.gone || r.IsVoid() && r.Event.ID == e.id+endVoid
		if r.Became != nil {
			e.stands = *r.Became
		}
		if n := correctionNumber(r.Event.ID, e.id); !r.IsVoid() && n > e.last {
			e.said, e.last = *r.Event, n
		}
	}
	return e
}

// assessmentsKept are the starts of assessments that the record holds of an episode, that the
// return does not say, and that stay.
func (e *episode) assessmentsKept(said []*fact, a against) []calendar.Date {
	if a.known == nil {
		return nil
	}
	days := make([]calendar.Date, 0, len(said))
	for _, f := range said {
		days = append(days, f.day)
	}
	var kept []calendar.Date
	for _, row := range a.known.rows {
		day := row.said.At.Day
		if row.element() != elAssessmentStart || row.voided || !a.keeps(e, elAssessmentStart, day) {
			continue
		}
		if at := slices.Index(days, day); at >= 0 {
			days = slices.Delete(days, at, at+1)
			continue
		}
		kept = append(kept, day)
	}
	return kept
}

// conferencesFor are the days of the conferences that can have decided on a plan: those
// of the return, and those that the record holds and keeps. One that
// it keeps as having decided on none is left out: it is not corrected, and the plan's
// clocks must not be lost with it.
func (e *episode) conferencesFor(a against) []calendar.Date {
	days := e.conferences()
	if a.known == nil {
		return days
	}
	for _, row := range a.known.rows {
		day := row.stands.At.Day
		if row.element() != elConference || row.voided || !a.keeps(e, elConference, day) {
			continue
		}
		switch {
		case row.stands.Data.Text(fieldOutcome) == "no_plan" && (a.onlyAdds || !a.period.Holds(day)):
			days = slices.DeleteFunc(days, func(d calendar.Date) bool { return d == day })
		case row.stands.Data.Text(fieldOutcome) != "no_plan":
			days = append(days, day)
		}
	}
	return days
}

// followedOutside reports whether the record holds, outside a period, something that followed
// the referral of an episode.
func (h *heldEpisode) followedOutside(period Period) bool {
	return h != nil && slices.ContainsFunc(h.rows, func(row *entry) bool {
		return !row.voided && row.element() != elClosure && !period.Holds(row.said.At.Day)
	})
}
