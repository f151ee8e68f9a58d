package intake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// Entry is a row as the record holds it: its first event with what corrected or voided it.
type Entry struct {
	Stated  casework.Event // what the return stated last
	Current casework.Event // what the record holds now, whoever wrote it
	Voided  bool           // whoever voided it
	Gone    bool           // voided because the return no longer held the row

	id      string // of its first event
	root    root
	gaveWay bool                   // voided because a real event came
	last    int                    // the number of the return's last correction
	own     map[int]casework.Event // what the return stated, by the number of its correction; 0 is the first
}

// Element returns the element of the row.
func (e *Entry) Element() string { return e.Stated.Data.Text(FieldElement) }

// Renamed counts the return's corrections that changed nothing but one field of the data.
func (e *Entry) Renamed(field string) (n int) {
	last := e.own[0]
	for i := 1; i <= e.last; i++ {
		now, corrected := e.own[i]
		if !corrected {
			continue
		}
		was, is := StatedData(last), StatedData(now)
		same := was[field] == is[field]
		delete(was, field)
		delete(is, field)
		if !same && last.At == now.At && words(was) == words(is) {
			n++
		}
		last = now
	}
	return n
}

// ByHand reports whether somebody has corrected or voided the row since the return stated it last. What gave way to a real event
// was voided by nobody.
func (e *Entry) ByHand() bool {
	return !e.Gone && !e.gaveWay && (e.Voided || e.Current.ID != e.Stated.ID)
}

// fact is what the return stated last about an entry.
func (e *Entry) fact() *Fact {
	return &Fact{Element: e.Element(), Type: e.Stated.Type, Day: e.Stated.At.Day, Data: StatedData(e.Stated)}
}

// Record is what the record holds of one child from one source and one format.
type Record struct {
	Person   []*Entry       // rows outside any episode
	Episodes []*HeldEpisode // by number

	layout   *Layout
	inferred map[string]*Entry // inferred events by the family of their row
	attached []*Entry          // source.attached that stand, the last recorded last
	taken    map[string]bool   // every id
	highest  int               // the highest number of an episode ever given
}

// HeldEpisode is an episode as the record holds it.
type HeldEpisode struct {
	Name    string
	Opening *Entry   // the row that opens it; nil where the record holds none
	Rows    []*Entry // all other rows

	number int
}

// RowDay is an element and a day, which several rows of an episode may have in common.
type RowDay struct {
	Element string
	Day     calendar.Date
}

// Gone reports whether the record holds the episode only as one that went.
func (h *HeldEpisode) Gone() bool { return h.Opening != nil && h.Opening.Gone }

// Holding counts the rows of an element and a day that the record holds of an episode, the one that
// opens it aside.
func (h *HeldEpisode) Holding(as RowDay) int {
	n := 0
	for _, row := range h.Rows {
		if !row.Gone && row.Element() == as.Element && row.Stated.At.Day == as.Day {
			n++
		}
	}
	return n
}

// EverHeld counts as Holding does, with the rows that the record held until they were taken back.
func (h *HeldEpisode) EverHeld(as RowDay) int {
	n := 0
	for _, row := range h.Rows {
		if row.Element() == as.Element && row.Stated.At.Day == as.Day {
			n++
		}
	}
	return n
}

// All returns the rows of an episode, the opening one first.
func (h *HeldEpisode) All() []*Entry {
	if h.Opening == nil {
		return h.Rows
	}
	return append([]*Entry{h.Opening}, h.Rows...)
}

// ReadRecord puts the events recorded from one source together into the rows of a format. Events that
// are not a return's own are passed over, except for what they correct and void.
func ReadRecord(layout *Layout, events []casework.Event) *Record {
	r := &Record{layout: layout, inferred: map[string]*Entry{}, taken: make(map[string]bool, len(events))}
	entries := resolve(layout.Prefix, events)
	latest := map[root]*Entry{} // by family, without lives
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
	slices.SortFunc(r.Episodes, func(a, b *HeldEpisode) int { return cmp.Compare(a.number, b.number) })
	return r
}

// place puts an entry where it belongs.
func (r *Record) place(e *Entry) {
	number := episodeNumber(e.Stated.Episode)
	r.highest = max(r.highest, number)
	switch {
	case e.Stated.Type == TypeSource:
		// What the source as a whole reports, apart from its returns, is no return's.
		if !e.Voided && e.Stated.Data.Text(fieldAttachment) == "" {
			r.attached = append(r.attached, e)
		}
	case e.root.inferred:
		r.inferred[e.root.family] = e
	case number == 0:
		r.Person = append(r.Person, e)
	case e.Element() == r.layout.Opens:
		r.episode(e.Stated.Episode, number).Opening = e
	default:
		held := r.episode(e.Stated.Episode, number)
		held.Rows = append(held.Rows, e)
	}
}

func (r *Record) episode(name string, number int) *HeldEpisode {
	for _, held := range r.Episodes {
		if held.number == number {
			return held
		}
	}
	held := &HeldEpisode{Name: name, number: number}
	r.Episodes = append(r.Episodes, held)
	return held
}

// PersonRows returns the rows of an element outside any episode.
func (r *Record) PersonRows(element string) []*Entry {
	return slices.DeleteFunc(slices.Clone(r.Person), func(e *Entry) bool { return e.Element() != element })
}

// InferredFrom returns the event inferred from a row, or nil.
func (r *Record) InferredFrom(row *Entry) *Entry { return r.inferred[row.root.family] }

// Flag returns the element whose "yes" the event inferred from a row stands for, where it stands; "".
func (r *Record) Flag(row *Entry) string {
	if e := r.InferredFrom(row); e != nil && !e.Voided {
		return r.layout.flag(e.Stated)
	}
	return ""
}

// rows are all rows, without the events inferred from them.
func (r *Record) rows() []*Entry {
	list := slices.Clone(r.Person)
	for _, h := range r.Episodes {
		list = append(list, h.All()...)
	}
	return list
}

// heldIn counts by element the rows within a period that stand.
func (r *Record) heldIn(period Period) map[string]int {
	count := map[string]int{}
	for _, e := range r.rows() {
		if !e.Voided && period.Holds(e.Stated.At.Day) {
			count[e.Element()]++
		}
	}
	for _, e := range r.inferred {
		if flag := r.layout.flag(e.Stated); flag != "" && !e.Voided && period.Holds(e.Stated.At.Day) {
			count[flag]++
		}
	}
	return count
}

// goesOn reports whether what an entry of before a period starts had not ended when the period began,
// by what the record holds of its episode.
func (r *Record) goesOn(e *Entry, held []*Entry, period Period) bool {
	day, end := e.Stated.At.Day, r.layout.Ends[e.Element()]
	if day >= period.From {
		return false
	}
	if inferred := r.InferredFrom(e); inferred != nil && !inferred.Voided && inferred.Stated.Type == end.Inferred {
		return false
	}
	return !slices.ContainsFunc(held, func(row *Entry) bool {
		on := row.Current.At.Day
		return row.Element() == end.Element && !row.Voided && day <= on && on < period.From
	})
}

// episodeName is the name of the nth episode of a child.
func episodeName(n int) string { return "R" + strconv.Itoa(n) }

// episodeNumber is the number in the name of an episode; 0 where it has none.
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

// resolve puts events together into the entries of a format, in the order in which what stands of them
// was recorded, then of their ids.
func resolve(prefix string, events []casework.Event) []*Entry {
	var list []*Entry
	for _, h := range casework.Histories(events, time.Time{}) {
		if parsed, ok := parseRoot(prefix, h.ID()); ok {
			list = append(list, entryOf(&h, parsed))
		}
	}
	slices.SortFunc(list, func(a, b *Entry) int {
		return cmp.Or(a.Current.Recorded.Compare(b.Current.Recorded), cmp.Compare(a.id, b.id))
	})
	return list
}

func entryOf(h *casework.History, parsed root) *Entry {
	e := &Entry{id: h.ID(), root: parsed, Stated: *h.First, Current: *h.First, Voided: h.Voided(), own: map[int]casework.Event{0: *h.First}}
	for _, r := range h.Revisions {
		e.Gone = e.Gone || r.IsVoid() && r.Event.ID == e.id+endVoid
		e.gaveWay = e.gaveWay || r.IsVoid() && r.Event.ID == e.id+endGaveWay
		if r.Became != nil {
			e.Current = *r.Became
		}
		n := correctionNumber(r.Event.ID, e.id)
		if n == 0 || r.IsVoid() {
			continue
		}
		if e.own[n] = *r.Event; n > e.last {
			e.Stated, e.last = *r.Event, n
		}
	}
	return e
}

// Holds reports whether events that were recorded from one source hold something of a format that stands.
func Holds(layout *Layout, events []casework.Event) bool {
	r := ReadRecord(layout, events)
	return len(r.attached) > 0 || slices.ContainsFunc(r.rows(), func(e *Entry) bool { return !e.Voided })
}
