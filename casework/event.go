// Package casework turns what happened in a child's case into what is owed: it folds
// events with a rule pack and a calendar into duties, and duties into the rungs that
// are due to be sent.
//
// It is pure: no clock, context, SQL or Temporal. The same functions serve the
// workflows, the offline commands, the what-if and the tests. The semantics are those of
// docs/rules.md.
package casework

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/internal/jsonkeys"
	"longstop/internal/names"
	"longstop/timescale"
)

// Event is something that happened in a child's case. Events are never changed: one
// may correct or void another.
type Event struct {
	ID       string    // unique within its source
	Source   string    // who says so; "" in a file of one source
	Case     string    // the source's own reference, or the opaque case key
	Type     string    // thing.happened; "" only in a line that voids
	At       When      // when it happened
	Recorded time.Time // when it was recorded; UTC
	Data     Data
	Episode  string
	Corrects string // the id of the event that this one replaces
	Voids    string // the id of the event that this one takes back
	By       string // who recorded it; kept, never interpreted
	Line     int    // of the file that it was read from, from 1; 0 if it was not read from one

	// Backlog marks an event of a council's first load (rules.md, section 6): what
	// was already overdue then sends no rungs for five working days. It is set by
	// the record, never read from a file of events.
	Backlog bool
}

// When is the moment at which something happened: a London civil day, and the instant
// where more than the day is known.
type When struct {
	Day     calendar.Date
	Instant time.Time // zero if only the day is known; UTC
}

// OnDay returns a When of which only the day is known.
func OnDay(d calendar.Date) When { return When{Day: d} }

// AtInstant returns a When known to the instant, to the second.
func AtInstant(t time.Time) When { return When{Day: calendar.DateOf(t), Instant: ToSecond(t)} }

// ToSecond returns an instant without its fraction of a second, in UTC; the zero time stays zero. No
// fraction is ever shown, so none may decide: every instant of an event, and when it was
// recorded, is cut by this where it is read from a file, stamped by the record or read from it.
func ToSecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// DayOnly reports whether only the day is known.
func (w When) DayOnly() bool { return w.Instant.IsZero() }

// Start returns the first instant at which it can have happened.
func (w When) Start() time.Time {
	if w.DayOnly() {
		return w.Day.Start()
	}
	return w.Instant
}

// End returns the last instant at which it can have happened: the end of the day where only
// the day is known, to the second.
func (w When) End() time.Time {
	if w.DayOnly() {
		return w.Day.End().Truncate(time.Second)
	}
	return w.Instant
}

// String returns YYYY-MM-DD, or the instant in UTC to the second.
func (w When) String() string {
	if w.DayOnly() {
		return w.Day.String()
	}
	return w.Instant.UTC().Format(time.RFC3339)
}

// Data is what else an event tells: flags, words, texts, dates and
// lists of names, as the vocabulary of the pack defines them for its type.
type Data map[string]any

// Flag is the value of a yes-or-no field; false if it is absent.
func (d Data) Flag(name string) bool {
	b, _ := d[name].(bool)
	return b
}

// Text returns the value of a text, word or date field; "" if it is absent.
func (d Data) Text(name string) string {
	s, _ := d[name].(string)
	return s
}

// Day returns the value of a date field; the zero Date where it is absent or no date.
func (d Data) Day(name string) calendar.Date {
	day, err := calendar.ParseDate(d.Text(name))
	if err != nil {
		return 0
	}
	return day
}

// Filled reports whether a field holds anything: a text that is not empty, a list with an
// entry, a flag that is given.
func (d Data) Filled(name string) bool {
	switch v := d[name].(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case []string:
		return len(v) > 0
	default:
		return true
	}
}

// Names returns the value of a list field; nil if it is absent.
func (d Data) Names(name string) []string {
	switch list := d[name].(type) {
	case []string:
		return list
	case []any:
		names := make([]string, 0, len(list))
		for _, v := range list {
			if s, ok := v.(string); ok {
				names = append(names, s)
			}
		}
		return names
	}
	return nil
}

// entry is an event together with its corrections and voids, as known at some moment:
// what stands, under the id and the recording time of the first.
type entry struct {
	id       string    // of its first event
	recorded time.Time // when its first event was recorded
	place    int       // in the order of the days, and within each of the recording
	kind     *eventType
	closing  *closing // what it closes; nil if it does not end the case
	askedBy  *rule    // which timescale asked last whether it meets it
	meets    bool     // the answer
	used     bool     // something came of it
	noted    bool     // a timescale has noted why it did not count
	// countedFrom says that the date of a duty counts from a date of it.
	countedFrom bool
	since       time.Time // since when the event that stands now has stood
	earlier     []Value   // what stood before it, in that order
	*Event                // what stands now, in the slice that was handed in
}

// byRecorded orders entries within a step of a day: by when the entry was first
// recorded, then its id.
func byRecorded(a, b *entry) int {
	return cmp.Or(a.recorded.Compare(b.recorded), cmp.Compare(a.id, b.id))
}

// Line is the form in which an event is handed in (rules.md, section 7): the keys of a line of a file of
// events, with texts as values. Whatever else carries events, such as CloudEvents, fills it, and Event reads it.
type Line struct {
	ID       string         `json:"id"`
	Source   string         `json:"source,omitempty"`
	Case     string         `json:"case,omitempty"`
	Type     string         `json:"type,omitempty"`
	At       string         `json:"at,omitempty"`
	Recorded string         `json:"recorded,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
	Episode  string         `json:"episode,omitempty"`
	Corrects string         `json:"corrects,omitempty"`
	Voids    string         `json:"voids,omitempty"`
	By       string         `json:"by,omitempty"`
}

// MarshalJSON writes the event as one line of a file of events.
func (e Event) MarshalJSON() ([]byte, error) {
	l := Line{
		ID: e.ID, Source: e.Source, Case: e.Case, Type: e.Type, At: e.At.String(), Data: e.Data,
		Episode: e.Episode, Corrects: e.Corrects, Voids: e.Voids, By: e.By,
	}
	if !e.Recorded.IsZero() {
		l.Recorded = e.Recorded.UTC().Format(time.RFC3339)
	}
	return json.Marshal(l)
}

// UnmarshalJSON reads one line of a file of events. It refuses unknown keys and a key that stands
// twice, an invalid date, and an instant without a time zone. Recorded stays zero if the line
// has none.
func (e *Event) UnmarshalJSON(text []byte) error {
	var l Line
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&l); err != nil {
		return explainJSON(err)
	}
	if rest := bytes.TrimSpace(text[decoder.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("it is not JSON, from character %d on: give one JSON object a line", len(text)-len(rest)+1)
	}
	if err := validateKeys(text); err != nil {
		return err
	}
	read, err := l.Event()
	if err != nil {
		return err
	}
	*e = read
	return nil
}

// BeyondKeeping reports whether a number is too large or too small to be kept: the record writes it out, and 1e300 has 301
// digits then. No number of a case has 16 places, of which the last would not always be kept either.
func BeyondKeeping(n float64) bool {
	size := math.Abs(n)
	return size >= 1e15 || size != 0 && size < 1e-15
}

// beyondKeeping returns the first field, by name, that holds such a number, at whatever depth; "" where none does.
func (d Data) beyondKeeping() string {
	var beyond func(v any) bool
	beyond = func(v any) bool {
		switch v := v.(type) {
		case float64:
			return BeyondKeeping(v)
		case []any:
			return slices.ContainsFunc(v, beyond)
		case map[string]any:
			return slices.ContainsFunc(slices.Collect(maps.Values(v)), beyond)
		}
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(d)) {
		if beyond(d[name]) {
			return name
		}
	}
	return ""
}

// KeyError is what is wrong with the value of one key of a Line.
type KeyError struct {
	Key string
	Err error // it may repeat the start of the value
}

func (e *KeyError) Error() string { return e.Key + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *KeyError) Unwrap() error { return e.Err }

// Event reads the form: an event with its names and texts as they are kept. The error is a *KeyError.
// Recorded stays zero where the form has none.
func (l *Line) Event() (Event, error) {
	e := Event{
		ID: l.ID, Source: l.Source, Case: l.Case, Type: l.Type, Data: l.Data,
		Episode: l.Episode, Corrects: l.Corrects, Voids: l.Voids, By: l.By,
	}
	if Data(l.Data).beyondKeeping() != "" {
		return Event{}, &KeyError{"data", errors.New("it holds a number of more than 15 places before or after its point, which is not kept: give it as a text")}
	}
	if l.At != "" {
		at, err := ParseWhen(l.At)
		if err != nil {
			return Event{}, &KeyError{"at", err}
		}
		e.At = at
	}
	if l.Recorded != "" {
		recorded, err := ParseWhen(l.Recorded)
		if err != nil {
			return Event{}, &KeyError{"recorded", err}
		}
		e.Recorded = recorded.End()
	}
	return Clean(e), nil
}

// lineKeys are the keys of an event.
var lineKeys = []string{"id", "source", "case", "type", "at", "recorded", "data", "episode", "corrects", "voids", "by"}

// validateKeys refuses a key that stands twice in one object, also where the two differ by case, and
// one that no event has.
func validateKeys(text []byte) error {
	top, twin := jsonkeys.Read(text)
	if twin != nil {
		return fmt.Errorf("the key %.40q stands twice%s: leave one of them out", twin.First, otherwiseWritten(twin))
	}
	for _, key := range top {
		if !slices.Contains(lineKeys, key) {
			return fmt.Errorf("unknown key %.40q: the keys are %s.%s", key, strings.Join(lineKeys, ", "),
				names.DidYouMean(key, slices.Values(lineKeys)))
		}
	}
	return nil
}

func otherwiseWritten(t *jsonkeys.Twin) string {
	if t.First == t.Again {
		return ""
	}
	return fmt.Sprintf(", once as %.40q", t.Again)
}

// explainJSON turns the decoder's words into ones that a data team can act on, and keeps
// values out of them.
func explainJSON(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("expected one JSON object per line, found %s", article(kind.Value))
	case errors.As(err, &kind):
		return fmt.Errorf("%s holds %s: give %s", kind.Field, article(kind.Value), article(kind.Type.String()))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "unexpected end"):
		return errors.New("the JSON object is cut off")
	case syntax != nil:
		return fmt.Errorf("it is not JSON, from character %d on: give one JSON object a line", syntax.Offset)
	default:
		return err
	}
}

// article puts "a" or "an" before one of JSON's or Go's words for a kind of value.
func article(word string) string {
	if word = strings.TrimPrefix(word, "map[string]interface {}"); word == "" {
		word = "object"
	}
	if strings.ContainsRune("aeio", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// ParseWhen reads a civil date (YYYY-MM-DD), or an instant with its offset from UTC strictly as
// RFC 3339 writes it. Instants are to the second: a fraction is cut off, so that what is shown is
// what decides.
func ParseWhen(s string) (When, error) {
	if strings.HasPrefix(s, "0000-00-00") {
		return When{}, errors.New("0000-00-00 is the null date of MySQL: the source holds no date there; leave the event out")
	}
	if len(s) == lenDate {
		day, err := calendar.ParseDate(s)
		if err != nil {
			return When{}, err
		}
		return OnDay(day), nil
	}
	t, err := parseInstant(s)
	if err != nil {
		return When{}, err
	}
	w := AtInstant(t)
	if w.Day.IsZero() {
		return When{}, errors.New("the instant lies outside of the years 0001 to 9999 in London, as a null date does: " +
			"the source holds no date there; leave the event out")
	}
	return w, nil
}

// The lengths of a date, and of one with a time of day.
const (
	lenDate = len("2026-01-02")
	lenTime = len("2026-01-02T15:04:05")
)

// parseInstant reads an instant. The time package's own reading of RFC 3339 is looser: it takes
// one digit for an hour, a comma for a point, and any two digits for an offset.
func parseInstant(s string) (time.Time, error) {
	wrong := fmt.Errorf("%s is neither a date (YYYY-MM-DD) nor an instant with its offset (2026-11-04T10:00:00Z)", quotedStart(s))
	if len(s) <= lenTime || s[lenDate] != 'T' && s[lenDate] != 't' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, wrong
	}
	day, err := calendar.ParseDate(s[:lenDate])
	if err != nil {
		return time.Time{}, err
	}
	hour, okHour := twoDigits(s[11:13])
	minute, okMinute := twoDigits(s[14:16])
	second, okSecond := twoDigits(s[17:19])
	rest := afterFraction(s[lenTime:])
	offset, okOffset := parseOffset(rest)
	switch {
	case !okHour || !okMinute || !okSecond:
		return time.Time{}, wrong
	case !okOffset && strings.ContainsAny(rest[:min(1, len(rest))], "+-"):
		return time.Time{}, fmt.Errorf("%s ends with no offset from UTC: write Z, or hours and minutes (up to 59) as +01:00", quotedStart(s))
	case offset < leastOffset || offset > greatestOffset:
		return time.Time{}, fmt.Errorf("%s ends with an offset from UTC that no place has: they run from -12:00 to +14:00", quotedStart(s))
	case !okOffset:
		return time.Time{}, wrong
	case hour > 23 || minute > 59:
		return time.Time{}, fmt.Errorf("%s is no time of day: hours run from 00 to 23, and minutes from 00 to 59", quotedStart(s))
	case second > 59:
		return time.Time{}, fmt.Errorf("%s is no time of day here: seconds run from 00 to 59; give a leap second as 59", quotedStart(s))
	}
	year, month, date := day.Split()
	return time.Date(year, month, date, hour, minute, second, 0, time.UTC).Add(-offset), nil
}

// afterFraction returns what follows a fraction of a second. One without a digit is left as it is.
func afterFraction(s string) string {
	if s[0] != '.' {
		return s
	}
	rest := strings.TrimLeft(s[1:], "0123456789")
	if len(rest) == len(s)-1 {
		return s
	}
	return rest
}

// The offsets from UTC that a place on Earth has. Beyond them an instant was put together wrongly, and
// may lie on another day than the one that was meant.
const (
	leastOffset    = -12 * time.Hour
	greatestOffset = 14 * time.Hour
)

// parseOffset reads Z, or hours and minutes before or after UTC.
func parseOffset(s string) (offset time.Duration, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+01:00") || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hours, okHours := twoDigits(s[1:3])
	minutes, okMinutes := twoDigits(s[4:6])
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, okHours && okMinutes && minutes <= 59
}

func twoDigits(s string) (n int, ok bool) {
	tens, ones := s[0]-'0', s[1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

// quotedStart returns as much of a text as a reason repeats: what stands there is no date, and may be
// anything.
func quotedStart(s string) string { return fmt.Sprintf("%.40q", s) }

// Clean returns an event as it is kept, wherever it came from: its names and the texts of its data
// without blanks around them and with their letters composed, and its instants to the second.
// Cleaning it again changes nothing; the event that was handed in is left as it is.
func Clean(e Event) Event {
	for _, name := range []*string{&e.ID, &e.Source, &e.Case, &e.Type, &e.Episode, &e.Corrects, &e.Voids, &e.By} {
		*name = names.Clean(*name)
	}
	e.Recorded = ToSecond(e.Recorded)
	if !e.At.DayOnly() {
		e.At.Instant = ToSecond(e.At.Instant)
	}
	e.Data = cleanData(e.Data)
	return e
}

// cleanData cleans the texts of data and of its lists; it copies the data where it must.
func cleanData(data Data) Data {
	var cleaned Data
	for name, v := range data {
		clean, changed := cleanValue(v)
		if !changed {
			continue
		}
		if cleaned == nil {
			cleaned = maps.Clone(data)
		}
		cleaned[name] = clean
	}
	if cleaned == nil {
		return data
	}
	return cleaned
}

func cleanValue(v any) (clean any, changed bool) {
	switch v := v.(type) {
	case string:
		s := names.Clean(v)
		return s, s != v
	case []string:
		list := make([]string, len(v))
		for i := range v {
			list[i] = names.Clean(v[i])
			changed = changed || list[i] != v[i]
		}
		return list, changed
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
			if s, ok := v[i].(string); ok {
				list[i] = names.Clean(s)
				changed = changed || list[i] != v[i]
			}
		}
		return list, changed
	}
	return v, false
}

// The events of a case that say who does what in it.
const (
	WorkerAllocated    = "worker.allocated" // with a worker, a team, or both; without a part it names the holder
	PractitionerJoined = "practitioner.joined"
	PractitionerLeft   = "practitioner.left"
	ChairAppointed     = "chair.appointed"
	OfficerAppointed   = "iro.appointed"
)

// The parts that have an event of their own.
const (
	ReviewingOfficer timescale.Role = "reviewing_officer"
	Chair            timescale.Role = "chair"
)

// Assignment is somebody, or a team, in a part of a case.
type Assignment struct {
	Part    timescale.Role
	Staff   string
	Team    string // where no person is named
	Pathway string // "" for all of the case
	Since   calendar.Date
}

// Parts is who does what in a case, apart from its holder, in the order in which they began.
type Parts []Assignment

// PartsOf returns who does what in a case after all of its events.
func PartsOf(events []Event) Parts {
	var p Parts
	for _, e := range StandingInOrder(events, namesPart) {
		p.apply(e)
	}
	return p
}

// namesPart reports whether an event says who has a part in a case, or has it no more.
func namesPart(e *Event) bool {
	switch e.Type {
	case WorkerAllocated:
		return e.Data.Text("part") != ""
	case PractitionerJoined, PractitionerLeft, ChairAppointed, OfficerAppointed:
		return true
	}
	return false
}

func (p *Parts) apply(e *Event) {
	a := Assignment{
		Part: timescale.Role(e.Data.Text("part")), Staff: e.Data.Text("worker"), Pathway: e.Data.Text("pathway"), Since: e.At.Day,
	}
	if a.Staff == "" {
		a.Team = e.Data.Text("team")
	}
	switch e.Type {
	case WorkerAllocated:
		p.replace(a)
	case ChairAppointed:
		a.Part = Chair
		p.replace(a)
	case OfficerAppointed:
		a.Part = ReviewingOfficer
		p.replace(a)
	case PractitionerJoined:
		p.drop(func(o Assignment) bool {
			return o.Part == a.Part && o.Pathway == a.Pathway && o.Staff == a.Staff && o.Team == a.Team
		})
		*p = append(*p, a)
	case PractitionerLeft:
		p.drop(func(o Assignment) bool {
			return o.Staff == a.Staff && o.Team == a.Team && (a.Part == "" || o.Part == a.Part) && (a.Pathway == "" || o.Pathway == a.Pathway)
		})
	}
}

// replace gives a part to somebody else than before. An appointment that names nobody, as releases
// before recorded that of a reviewing officer, does not say that it is somebody else.
func (p *Parts) replace(a Assignment) {
	if a.Staff == "" && a.Team == "" {
		return
	}
	p.drop(func(o Assignment) bool { return o.Part == a.Part && o.Pathway == a.Pathway })
	*p = append(*p, a)
}

func (p *Parts) drop(gone func(Assignment) bool) { *p = slices.DeleteFunc(*p, gone) }

// In returns who has a part in a case: for one pathway, who has it for that pathway, and else who has it
// for all of the case. Pathway is "" where it is asked of the case as a whole. Who came last is first.
func (p Parts) In(part timescale.Role, pathway string) []Assignment {
	var own, all []Assignment
	for _, a := range slices.Backward(p) {
		switch {
		case a.Part != part:
		case a.Pathway == "":
			all = append(all, a)
		case a.Pathway == pathway || pathway == "":
			own = append(own, a)
		}
	}
	if len(own) > 0 && pathway != "" {
		return own
	}
	return append(all, own...)
}
