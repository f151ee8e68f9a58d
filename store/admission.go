package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/organisation"
	"longstop/timescale"
)

// sourceRecorded is the field of an event's data that keeps the source's own recording time.
const sourceRecorded = "source_recorded"

// typeBorn is the event that says when the child was born.
const typeBorn = "person.born"

// admission is what became of the events handed in for one case.
type admission struct {
	added    []addition // in the order in which they were accepted
	known    int
	gaveWay  int // voids that the recorder itself wrote
	refused  []casework.Refusal
	warnings []casework.Refusal
	changes  *[]casework.Change // of the case's duties, by a correction or void; nil where there is none
	unopened *Unopened          // nil where there is none
	nothing  []casework.Refusal // of those that are added, what came to nothing
}

// addition is an event to be written.
type addition struct {
	casework.Event
	n int // its place among those handed in; -1 where the recorder made it
}

// admitter decides which events of one case are accepted. It is pure: what it needs to know
// of other cases is handed in.
type admitter struct {
	book     *casework.Book
	givesWay GivesWay
	makeWay  MakeWay
	acting   map[string]bool // event types whose acceptance hangs on the state of a duty
}

func newAdmitter(book *casework.Book, rule GivesWay, void MakeWay) *admitter {
	if void == nil {
		void = makeWay
	}
	a := &admitter{book: book, givesWay: rule, makeWay: void, acting: map[string]bool{
		"clock.paused": true, "clock.resumed": true, "clock.extended": true, "notice.acknowledged": true,
	}}
	for i := range book.Pack().Timescales {
		if x := book.Pack().Timescales[i].Extend; x != nil {
			a.acting[x.Event] = true
		}
	}
	return a
}

// incoming is one event handed in, as it will be written if it is accepted, but for when
// it was recorded.
type incoming struct {
	casework.Event
	n int
}

// prepare makes an event ready to be judged: its source and instants as they are kept, and
// the source's own recording time among its data. An event that gives as its recording
// time the default of a file (the end of when it happened) says nothing by it.
func prepare(e casework.Event, source string) casework.Event {
	e = casework.Clean(e)
	e.Source = cmp.Or(e.Source, names.Clean(source))
	given := e.Recorded
	e.Recorded, e.Backlog = time.Time{}, false
	if _, has := e.Data[sourceRecorded]; !has && !given.IsZero() && !given.Equal(e.At.End()) {
		e.Data = maps.Clone(e.Data)
		if e.Data == nil {
			e.Data = casework.Data{}
		}
		e.Data[sourceRecorded] = given.Format(time.RFC3339)
	}
	return e
}

// outside is what the record knows beyond the events of one case.
type outside struct {
	elsewhere func(eventID) bool // whether an event id is recorded in another case
	// may judges one more event, which the law allows, by who works where and who was told.
	may func(history []casework.Event, e *casework.Event) *casework.Refusal
}

// admit judges events of one case against what the record holds of it (history) and beyond
// it, and gives those that are accepted their recording time. The
// order in which the events come makes no difference, except that of two with one id the
// first stands.
func (a *admitter) admit(history []casework.Event, batch []incoming, known outside, now time.Time) admission {
	var out admission
	now = casework.ToSecond(now)
	held := make(map[eventID]*casework.Event, len(history)+len(batch))
	ids := make(map[string]string, len(history))
	for i := range history {
		held[idOf(&history[i])] = &history[i]
		ids[history[i].ID] = history[i].Source
	}
	var pending []incoming
	for _, e := range batch {
		e.Recorded = now
		switch r, again := a.repeated(held, ids, known.elsewhere, &e.Event); {
		case again:
			out.known++
		case r != nil:
			out.refused = append(out.refused, *r)
		default:
			pending = append(pending, e)
			held[idOf(&e.Event)] = &e.Event
			ids[e.ID] = e.Source
		}
	}
	judging := a.book.Judging(history)
	a.judge(&out, judging, a.inOrder(pending), known)
	if kept := a.withinBounds(&out, judging.Accepted(), len(history), now); len(kept) < len(judging.Accepted()) {
		judging = a.book.Judging(kept)
	}
	if len(out.added) == 0 {
		return out
	}
	stands := entries(judging.Accepted())
	out.warnings = append(notReported(a.book, stands, out.added), attachedForEver(out.added)...)
	for i := range out.added {
		out.warnings = append(out.warnings, a.book.Doubts(&out.added[i].Event)...)
	}
	a.voidInferred(&out, judging, stands, now)
	return out
}

// repeated finds an event that the record holds already: the same one is known, and one
// with other content is refused.
func (a *admitter) repeated(
	held map[eventID]*casework.Event, ids map[string]string, elsewhere func(eventID) bool, e *casework.Event,
) (r *casework.Refusal, known bool) {
	if r := storable(e); r != nil {
		return r, false
	}
	if organisation.IsStaffType(e.Type) {
		return refuse(e, "an event of people and teams belongs to no case: leave out \"case\""), false
	}
	if before := held[idOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuse(e, "another event with this id is recorded with other content: "+
			"give this one an id of its own, or correct the first with \"corrects\""), false
	}
	if elsewhere(idOf(e)) {
		return refuse(e, "an event with this id is recorded in another case: give this one an id of its own"), false
	}
	if _, taken := ids[e.ID]; taken && e.ID != "" {
		// Duties are named after the entries that opened them, within their case.
		return refuse(e, "this case holds an event with this id from another source: give this one an id of its own"), false
	}
	return nil, false
}

// sameContent compares all that the source says, leaving out when it was recorded.
func sameContent(a, b casework.Event) bool {
	a.Recorded, b.Recorded = time.Time{}, time.Time{}
	a.Data, b.Data = withoutSourceTime(a.Data), withoutSourceTime(b.Data)
	return casework.Same(a, b)
}

func withoutSourceTime(d casework.Data) casework.Data {
	if _, has := d[sourceRecorded]; !has {
		return d
	}
	d = maps.Clone(d)
	delete(d, sourceRecorded)
	return d
}

// inOrder puts a birth before the other events and those that act on duties after them, so that
// each is judged with all that was handed in with it.
func (a *admitter) inOrder(list []incoming) []incoming {
	place := func(e *incoming) int {
		switch {
		case e.Type == typeBorn:
			return 0
		case a.acting[e.Type]:
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(list, func(x, y incoming) int {
		if c := cmp.Compare(place(&x), place(&y)); c != 0 || place(&x) < 2 {
			return c
		}
		return cmp.Compare(x.ID, y.ID)
	})
	return list
}

// targetsFirst puts what corrects or voids another of some events right after that, where it
// would come before: so all are judged in one go, in whichever order a chain was handed in.
func targetsFirst(list []incoming) []incoming {
	if !slices.ContainsFunc(list, func(e incoming) bool { return e.Event.Target() != "" }) {
		return list
	}
	ahead := make(map[eventID]bool, len(list)) // those that are still to come
	for i := range list {
		ahead[idOf(&list[i].Event)] = true
	}
	ordered, waiting := make([]incoming, 0, len(list)), map[eventID][]incoming{}
	for _, e := range list {
		if target := (eventID{e.Source, e.Event.Target()}); target.id != "" && ahead[target] {
			waiting[target] = append(waiting[target], e)
			continue
		}
		for next := []incoming{e}; len(next) > 0; {
			e, next = next[0], next[1:]
			id := idOf(&e.Event)
			ordered, next = append(ordered, e), append(next, waiting[id]...)
			delete(ahead, id)
			delete(waiting, id)
		}
	}
	for _, e := range list { // what runs in a circle is refused
		ordered = append(ordered, waiting[idOf(&e.Event)]...)
		delete(waiting, idOf(&e.Event))
	}
	return ordered
}

// judge accepts what it can until nothing more can be: a correction may stand before what
// it corrects.
func (a *admitter) judge(out *admission, judging *casework.Judging, pending []incoming, known outside) {
	pending = targetsFirst(pending)
	together := make([]casework.Event, len(pending))
	for i := range pending {
		together[i] = pending[i].Event
	}
	judging.Expect(together)
	for {
		var left []incoming
		var refusals []casework.Refusal
		for _, e := range pending {
			r := judging.Check(e.Event)
			if r == nil {
				r = known.may(judging.Accepted(), &e.Event)
			}
			if r == nil {
				judging.Accept(e.Event)
				out.added = append(out.added, addition(e))
				continue
			}
			if target := e.Event.Target(); target != "" && known.elsewhere(eventID{e.Source, target}) {
				r = refuse(&e.Event, "the event that it corrects or voids belongs to another case")
			}
			left, refusals = append(left, e), append(refusals, *r)
		}
		if len(left) == 0 || len(left) == len(pending) {
			out.refused = append(out.refused, refusals...)
			return
		}
		pending = left
	}
}

// withinBounds takes back the acceptance of what a case has no room for.
func (a *admitter) withinBounds(out *admission, history []casework.Event, before int, now time.Time) []casework.Event {
	refusals := a.book.Exceeding(history[:before], history[before:], now)
	if refusals == nil {
		return history
	}
	kept := slices.Clone(history[:before])
	var added []addition
	for i, r := range refusals {
		if r != nil {
			out.refused = append(out.refused, *r)
			continue
		}
		kept, added = append(kept, history[before+i]), append(added, out.added[i])
	}
	out.added = added
	return kept
}

// voidInferred voids the inferred events that a real one has made needless.
func (a *admitter) voidInferred(out *admission, judging *casework.Judging, stands []entry, now time.Time) {
	for _, e := range giveWay(a.givesWay, stands) {
		void := a.makeWay(e.Event, e.id, today(now))
		void.Recorded, void.By = now, byRecorder
		if r := judging.Check(void); r != nil {
			out.warnings = append(out.warnings, casework.Refusal{
				Event: e.id, Reason: "it should have given way to a real event, but " + r.Reason,
			})
			continue
		}
		judging.Accept(void)
		out.added = append(out.added, addition{Event: void, n: -1})
		out.gaveWay++
	}
}

// admitStaff judges staff events as admit does those of a case.
func admitStaff(history []casework.Event, batch []incoming, now time.Time) admission {
	var out admission
	now = casework.ToSecond(now)
	held := make(map[eventID]*casework.Event, len(history)+len(batch))
	for i := range history {
		held[idOf(&history[i])] = &history[i]
	}
	pending := targetsFirst(batch)
	late := changesOfVoided(history, pending, now)
	for {
		var left []incoming
		var refusals []casework.Refusal
		progress := false
		for _, e := range pending {
			e.Recorded = now
			r, known := judgeStaff(held, &e.Event)
			if r == nil {
				r = late[idOf(&e.Event)]
			}
			switch {
			case known:
				out.known++
			case r != nil:
				left, refusals = append(left, e), append(refusals, *r)
			default:
				held[idOf(&e.Event)] = &e.Event
				out.added = append(out.added, addition(e))
				progress = true
			}
		}
		if len(left) == 0 || !progress {
			out.refused = refusals
			return out
		}
		pending = left
	}
}

// changesOfVoided are the refusals of what corrects or voids what the record held as voided, by event.
func changesOfVoided(history []casework.Event, batch []incoming, now time.Time) map[eventID]*casework.Refusal {
	events := make([]casework.Event, len(batch))
	for i := range batch {
		events[i] = batch[i].Event
		events[i].Recorded = now
	}
	late := map[eventID]*casework.Refusal{}
	for i, r := range casework.AfterVoid(history, events) {
		if r != nil {
			late[idOf(&events[i])] = r
		}
	}
	return late
}

func judgeStaff(held map[eventID]*casework.Event, e *casework.Event) (r *casework.Refusal, known bool) {
	if r := storable(e); r != nil {
		return r, false
	}
	if before := held[idOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuse(e, "another event with this id is recorded with other content: "+
			"give this one an id of its own, or correct the first with \"corrects\""), false
	}
	return organisation.Check(e, held[eventID{e.Source, e.Target()}]), false
}

// eventID names an event in the whole record.
type eventID struct{ source, id string }

func idOf(e *casework.Event) eventID { return eventID{e.Source, e.ID} }

// entry is an event as it stands, and the id of the first event of its entry.
type entry struct {
	id string
	casework.Event
}

// entries are what stands of each entry of a case, with everything known, in the order of
// their first records.
func entries(events []casework.Event) []entry {
	var list []entry
	for id, e := range casework.Standing(events) {
		list = append(list, entry{id: id, Event: *e})
	}
	return list
}

// GivesWay says whether an inferred event would not have been inferred had the real one
// been in the return (census.md). It is pure.
type GivesWay func(inferred, real casework.Event) bool

// MakeWay writes the void of an inferred event that gives way: entry is the id of the first
// event of its entry, day the London day of the recording.
type MakeWay func(inferred casework.Event, entry string, day calendar.Date) casework.Event

// byRecorder is who a void says it was written by when the recorder wrote it.
const byRecorder = "longstop"

// giveWay finds the inferred events that stand beside a real one which would have kept them
// from being inferred, whichever of the two came first.
func giveWay(rule GivesWay, stands []entry) []entry {
	if rule == nil {
		return nil
	}
	var list []entry
	for i := range stands {
		inferred := &stands[i]
		if !inferred.Data.Flag("inferred") {
			continue
		}
		if slices.ContainsFunc(stands, func(e entry) bool {
			return !e.Data.Flag("inferred") && rule(inferred.Event, e.Event)
		}) {
			list = append(list, *inferred)
		}
	}
	return list
}

// makeWay is the MakeWay of a record that is given none. It voids an event in the name of
// its own source, since only a source's own events can be voided by their ids.
func makeWay(inferred casework.Event, entry string, _ calendar.Date) casework.Event {
	return casework.Event{
		ID: givenWayID(entry), Source: inferred.Source, Case: inferred.Case, Voids: entry,
		Data: casework.Data{"reason": "it was inferred, and the real one is recorded now"},
	}
}

const givenWay = "+w"

// givenWayID contains the id that it voids, within the length that an id may have.
func givenWayID(id string) string {
	if len(id)+len(givenWay) <= names.Longest {
		return id + givenWay
	}
	sum := sha256.Sum256([]byte(id))
	start := strings.ToValidUTF8(id[:names.Longest-len(givenWay)-17], "") // a letter may have been cut through
	return start + ":" + hex.EncodeToString(sum[:8]) + givenWay
}

// The most data that one event may carry, in bytes.
const maxData = 64 << 10

// storable refuses what Postgres could not hold as it is.
func storable(e *casework.Event) *casework.Refusal {
	if r := casework.NameFault(e); r != nil {
		return r
	}
	if len(e.Data) == 0 {
		return nil
	}
	if len(e.Data.Text("worker")) > names.Longest || len(e.Data.Text("team")) > names.Longest {
		return refuse(e, "its worker or team is longer than 200 bytes: give a staff reference")
	}
	text, err := json.Marshal(e.Data)
	switch {
	case err != nil:
		return refuse(e, "its data cannot be written as JSON")
	case len(text) > maxData:
		return refuse(e, "its data is larger than 64 KB: keep documents where they are, and record where that is")
	case bytes.Contains(text, []byte(`\u0000`)):
		return refuse(e, "its data holds the character U+0000, which a text cannot hold")
	}
	return nil
}

func refuse(e *casework.Event, reason string) *casework.Refusal {
	return &casework.Refusal{Line: e.Line, Event: e.ID, Reason: reason}
}

// micro cuts an instant to what Postgres keeps.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

// typeSource is the event by which a source says what it reports.
const typeSource = "source.attached"

// notReported warns of new events of a type that no source attached to the case reports:
// they are kept, but the duties that they could meet may stay unreported. What an import
// inferred is no such event: it is there because its source does not report it.
func notReported(book *casework.Book, stands []entry, added []addition) []casework.Refusal {
	var reported []string
	for i := range stands {
		reported = append(reported, book.ReportedBy(&stands[i].Event)...)
	}
	if len(reported) == 0 {
		return nil
	}
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		kind, known := book.Pack().EventType(e.Type)
		if !known || kind.Marks || e.Voids != "" || e.Data.Flag("inferred") || slices.Contains(reported, e.Type) {
			continue
		}
		warnings = append(warnings, casework.Refusal{Line: e.Line, Event: e.ID, Reason: fmt.Sprintf(
			"recorded, but no source attached to this case reports %s, so what it shows as done may be shown as not reported: "+
				"say from which day on the source reports it with 'starter attach --source %s --reports %[1]s --from DATE'", e.Type, e.Source)})
	}
	return warnings
}

// attachedForEver warns of a source.attached without a first day.
func attachedForEver(added []addition) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type == typeSource && e.Voids == "" && e.Data.Day("from").IsZero() {
			warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: "recorded, but it has no data.from, so it reaches back for ever: " +
				"every timescale of the past that it could show as done is taken as reported, and what nobody recorded then is overdue; correct it to the " +
				"first day that the source covers"})
		}
	}
	return warnings
}

// didNotCount names the new events of which nothing came, as a case stands at an instant: of an
// episode that nothing opened, a visit when no plan was open, a start after a death. A visit on which
// the child was not seen is not among them, nor one that does not say so, of which Doubts warns, nor
// what an import inferred.
func didNotCount(book *casework.Book, history []casework.Event, a *admission, now time.Time) []casework.Refusal {
	events := slices.Clip(history)
	fresh := make(map[string]*casework.Event, len(a.added))
	for i := range a.added {
		e := &a.added[i].Event
		events = append(events, *e)
		said := a.unopened != nil && a.unopened.Event == e.ID // that nothing has opened the case
		if e.Voids == "" && !e.Data.Flag("inferred") && !said {
			fresh[e.ID] = e
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var warnings []casework.Refusal
	name := func(id, why string) {
		if e := fresh[id]; e != nil {
			delete(fresh, id)
			warnings = append(warnings, warn(e, "recorded, but it did not count: "+why))
		}
	}
	if slices.ContainsFunc(a.added, func(x addition) bool { return x.Corrects != "" }) {
		for _, r := range casework.AfterVoid(nil, asTheirSourceSays(events)) {
			if r != nil {
				name(r.Event, r.Reason)
			}
		}
	}
	for _, n := range book.Fold(events, casework.At(now)).NotCounted {
		if n.Nowhere && !n.Unseen {
			name(n.Event, n.Why)
		}
	}
	return warnings
}

// doubtfulDeaths warns of a death that is probably dated too early, where it or the birth that it
// contradicts is new. Of what is new and dated after it, didNotCount speaks as well.
func doubtfulDeaths(book *casework.Book, history []casework.Event, added []addition, now time.Time) []casework.Refusal {
	events, isNew := slices.Clip(history), make(map[eventID]bool, len(added))
	for i := range added {
		events = append(events, added[i].Event)
		isNew[idOf(&added[i].Event)] = true
	}
	var warnings []casework.Refusal
	for _, d := range book.DoubtfulDeaths(events, now) {
		switch {
		case isNew[idOf(d.Death)]:
			warnings = append(warnings, warn(d.Death, "recorded, but "+d.Why))
		case d.Birth != nil && isNew[idOf(d.Birth)]:
			warnings = append(warnings, warn(d.Birth, "recorded, but "+d.Why))
		}
	}
	return warnings
}

// asTheirSourceSays are events as recorded when their source says that it recorded them. What is
// handed in together is recorded at one instant, in which a void takes back whatever is said with it:
// only the source knows which corrections came after it.
func asTheirSourceSays(events []casework.Event) []casework.Event {
	list := slices.Clone(events)
	for i := range list {
		e := &list[i]
		at, err := time.Parse(time.RFC3339, e.Data.Text(sourceRecorded))
		switch {
		case err == nil:
			e.Recorded = at
		case e.At.Day.IsZero(): // as in a file, when what it changes was
			e.Recorded = time.Time{}
		default:
			e.Recorded = e.At.End()
		}
	}
	return list
}

// endsBelowDirector warns of teams without a director: when the head of service can be told
// nothing, because they left or their address is refused, nobody is told.
func endsBelowDirector(added []addition) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type == organisation.Formed && e.Data.Text(string(timescale.Director)) == "" {
			warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: "recorded, but the team has no director: what the head of " +
				"service cannot be told, nobody is; record the team once more with data.director"})
		}
	}
	return warnings
}

// unknownStaff warns of allocations to somebody, or to a team, of whom the record of people knows
// nothing: nobody can be told of the case.
func unknownStaff(dir *organisation.Directory, added []addition) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type != organisation.Allocated || e.Voids != "" {
			continue
		}
		worker, team := e.Data.Text("worker"), e.Data.Text("team")
		if worker != "" && !dir.Knows(worker) {
			warnings = append(warnings, warn(e, "recorded, but no worker "+worker+" is in the record of people: "+
				"record staff.appointed, or check data.worker."+names.DidYouMean(worker, slices.Values(dir.Staff()))))
		}
		if _, known := dir.Team(team); team != "" && !known {
			warnings = append(warnings, warn(e, "recorded, but no team "+team+" is in the record of people: "+
				"record team.formed, or check data.team."+names.DidYouMean(team, slices.Values(dir.Teams()))))
		}
	}
	return warnings
}

func warn(e *casework.Event, reason string) casework.Refusal {
	return casework.Refusal{Line: e.Line, Event: e.ID, Reason: reason}
}

// Unopened is a written event of a case that nothing has opened.
type Unopened struct {
	Event, Source, Reference string
	Line                     int
}

// unopened finds one such event among those that are added to a case; nil where there is none.
func unopened(book *casework.Book, history []casework.Event, added []addition, ref caseRef, now time.Time) *Unopened {
	if len(added) == 0 {
		return nil
	}
	events := slices.Clip(history)
	isNew := map[eventID]bool{}
	for i := range added {
		events = append(events, added[i].Event)
		isNew[idOf(&added[i].Event)] = true
	}
	e := book.Unopened(events, now)
	if e == nil || !isNew[idOf(e)] {
		return nil
	}
	return &Unopened{Event: e.ID, Line: e.Line, Source: ref.source, Reference: ref.reference}
}

// References lists what a source calls the cases in which something has started.
func (s *Store) References(ctx context.Context, source string) ([]string, error) {
	type row struct{ Reference string }
	list, err := rows[row](ctx, s.pool, "listing the references of cases",
		`select r.reference from case_references r where r.source = $1 and exists (select from duties d where d.case_key = r.case_key)`, source)
	refs := make([]string, len(list))
	for i := range list {
		refs[i] = list[i].Reference
	}
	return refs, err
}
