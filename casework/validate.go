package casework

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/internal/names"
	"longstop/timescale"
)

// validate judges what can be judged from an event alone: that it is complete, of a known
// type, holds the right kinds of data, and was not recorded before it happened.
func (b *Book) validate(e Event) *Refusal {
	if r := validateComplete(e); r != nil {
		return r
	}
	if r := b.validateDates(&e); r != nil {
		return r
	}
	if r := b.validateTexts(&e); r != nil {
		return r
	}
	if e.Voids != "" {
		return b.validateVoid(e)
	}
	t, ok := b.types[e.Type]
	switch {
	case e.Type == "":
		return refuse(e, "type", CodeMissing, "it has no type: give one such as \"cp_visit.made\"")
	case !ok:
		return refuse(e, "type", CodeUnknownType, "unknown type %q%s: the types are listed in docs/law/words.md", clip(e.Type), b.suggestion(e.Type))
	case e.At.Day.IsZero():
		return refuse(e, "at", CodeMissing, "it does not say when it happened: give \"at\", a date or an instant")
	case e.Recorded.Before(e.At.Start()):
		return refuse(e, "at", CodeInFuture, "recorded before it happened: check \"at\" and \"recorded\"")
	}
	if r := validateData(e, t.EventType); r != nil {
		return r
	}
	return b.validateSource(&e)
}

func validateComplete(e Event) *Refusal {
	switch {
	case e.ID == "":
		return refuse(e, "id", CodeMissing, "it has no id: every event needs one of its own")
	case e.Case == "":
		return refuse(e, "case", CodeMissing, "it names no case")
	case e.Corrects != "" && e.Voids != "":
		return refuse(e, "voids", CodeTwice, "it both corrects and voids: send two events")
	case e.Corrects == e.ID || e.Voids == e.ID:
		return refuse(e, "id", CodeCircle, "it corrects or voids itself")
	}
	return NameFault(&e)
}

// NameFault refuses an event for what nobody sees in one of its names, or for one that is too
// long; nil if all are sound.
func NameFault(e *Event) *Refusal {
	for _, n := range e.names() {
		if fault := names.Fault(n.value); fault != "" {
			return refuse(*e, n.key, CodeForm, "%q %s", n.key, fault)
		}
	}
	return nil
}

// keyedName is a name that an event carries, under its key.
type keyedName struct{ key, value string }

func (e *Event) names() []keyedName {
	return []keyedName{
		{"id", e.ID},
		{"source", e.Source},
		{"case", e.Case},
		{"type", e.Type},
		{"episode", e.Episode},
		{"corrects", e.Corrects},
		{"voids", e.Voids},
		{"by", e.By},
	}
}

// validateVoid: a line that voids is no event of the case itself, so it needs no type, no
// data and no day of its own.
func (b *Book) validateVoid(e Event) *Refusal {
	if _, ok := b.types[e.Type]; e.Type != "" && !ok {
		return refuse(e, "type", CodeUnknownType, "unknown type %q%s: a line that voids needs none", clip(e.Type), b.suggestion(e.Type))
	}
	if !e.At.Day.IsZero() && e.Recorded.Before(e.At.Start()) {
		return refuse(e, "at", CodeInFuture, "recorded before it happened: check \"at\" and \"recorded\"")
	}
	return nil
}

// dataNames are the fields of data that hold a name or a reference. The texts of the others may
// have several lines.
var dataNames = []string{"worker", "team", "family", "name", "ref", "duty", "owner", "by", "role", "reports"}

// shownAlways are texts of data that explanations show, whatever the vocabulary says.
var shownAlways = []string{"reason", "note"}

// validateTexts refuses what nobody sees in the texts of data that are read or shown. Data that the
// vocabulary does not know is kept as it is.
func (b *Book) validateTexts(e *Event) *Refusal {
	for _, field := range dataNames {
		for _, text := range append(e.Data.Names(field), e.Data.Text(field)) {
			if fault := names.Fault(text); fault != "" {
				return refuse(*e, "data."+field, CodeForm, "data.%s %s", field, fault)
			}
		}
	}
	fields := shownAlways
	if t := b.types[e.Type]; t != nil {
		for _, f := range t.Fields {
			fields = append(slices.Clip(fields), f.Name)
		}
	}
	for _, field := range fields {
		if fault := names.TextFault(e.Data.Text(field)); fault != "" {
			return refuse(*e, "data."+field, CodeForm, "data.%s %s", field, fault)
		}
	}
	return nil
}

// validateData checks each field that the vocabulary knows. Others are kept and never read.
func validateData(e Event, t *timescale.EventType) *Refusal {
	for _, f := range t.Fields {
		v := e.Data[f.Name]
		switch {
		case f.Required && isBlank(v):
			return refuse(e, "data."+f.Name, CodeMissing, "%s needs data.%s", e.Type, f.Name)
		case v == nil:
		case !isOfKind(f, v):
			return refuse(e, "data."+f.Name, kindCode(f, v), "data.%s of %s must be %s", f.Name, e.Type, kindWords(f))
		}
	}
	return nil
}

// isBlank reports whether a value says nothing: a blank reason does not count as one.
func isBlank(v any) bool {
	s, isText := v.(string)
	return v == nil || isText && strings.TrimSpace(s) == ""
}

func isOfKind(f timescale.Field, v any) bool {
	s, isText := v.(string)
	switch f.Kind {
	case timescale.Flag:
		_, ok := v.(bool)
		return ok
	case timescale.Names:
		return isList(v)
	case timescale.Word:
		return isText && slices.Contains(f.OneOf, s)
	case timescale.Day:
		_, err := calendar.ParseDate(s)
		return isText && err == nil
	default:
		return isText
	}
}

// kindCode is what is wrong with a value that is not of the kind of its field.
func kindCode(f timescale.Field, v any) Code {
	_, isText := v.(string)
	switch {
	case isText && f.Kind == timescale.Word:
		return CodeUnknownWord
	case isText && f.Kind == timescale.Day:
		return CodeForm
	default:
		return CodeKind
	}
}

func isList(v any) bool {
	switch list := v.(type) {
	case []string:
		return true
	case []any:
		return !slices.ContainsFunc(list, func(x any) bool { _, ok := x.(string); return !ok })
	}
	return false
}

func kindWords(f timescale.Field) string {
	switch f.Kind {
	case timescale.Flag:
		return "true or false"
	case timescale.Word:
		return "one of " + strings.Join(f.OneOf, ", ")
	case timescale.Day:
		return "a date (YYYY-MM-DD)"
	case timescale.Names:
		return "a list of texts"
	default:
		return "a text"
	}
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60]
	}
	return s
}

// The first and the last day on which something can have happened in a case, and the first birth of
// anybody in such a case: a child, or a care leaver of up to 25, in the oldest of
// records. With the bounds on limits (timescale/load) no date that is worked out comes near the
// year 9999, after which there is none.
var (
	firstDay   = calendar.NewDate(1980, time.January, 1)
	lastDay    = calendar.NewDate(2199, time.December, 31)
	firstBirth = calendar.NewDate(1950, time.January, 1)
)

// Bounds on dates that an event speaks of.
const (
	yearsAhead    = 30 // how long after the event one may lie
	epoDays       = 8  // of an emergency protection order: Children Act 1989, section 45(1)
	epoExtraDays  = 7  // of its extension: section 45(6)
	oldestAtFirst = 25 // the age in years beyond which nobody's case begins
)

// nullDates are what programs write where they hold no date.
var nullDates = map[calendar.Date]string{
	calendar.NewDate(1, time.January, 1):      "the null date of .NET and SQL Server",
	calendar.NewDate(1601, time.January, 1):   "the null date of Windows",
	calendar.NewDate(1753, time.January, 1):   "the first date of SQL Server's datetime, used as a null date",
	calendar.NewDate(1840, time.December, 31): "the null date of Caché and MUMPS",
	calendar.NewDate(1858, time.November, 17): "the null date of VMS",
	calendar.NewDate(1899, time.December, 30): "the null date of Access, Excel and Delphi",
	calendar.NewDate(1899, time.December, 31): "the null date of Excel",
	calendar.NewDate(1900, time.January, 1):   "the null date of SQL Server and Excel",
	calendar.NewDate(1904, time.January, 1):   "the null date of Excel for the Mac",
	calendar.NewDate(1970, time.January, 1):   "the null date of Unix",
	calendar.NewDate(2079, time.June, 6):      "the last date of SQL Server's smalldatetime, used as a null date",
	calendar.NewDate(2099, time.December, 31): "a date that stands for no end",
	calendar.NewDate(2999, time.December, 31): "a date that stands for no end",
	calendar.NewDate(9999, time.December, 31): "the last date that there is, which stands for no end",
}

// DateFault returns what is wrong with a date that should be one of an event in a child's case; ""
// where it can be. It names the date only where that says nothing about anybody.
func DateFault(day calendar.Date) string {
	switch what := nullDates[day]; {
	case what != "":
		return day.String() + ", " + what + ": the source holds no date there"
	case day < firstDay:
		return "before 1 January 1980, which no record of a child's case reaches: check the year"
	case day > lastDay:
		return "after 31 December 2199, which no record of a child's case reaches: check the year"
	}
	return ""
}

// BirthFault returns what is wrong with a date of birth; "" if nothing is.
func BirthFault(day calendar.Date) string {
	switch {
	case nullDates[day] != "":
		return DateFault(day)
	case day < firstBirth:
		return "before 1950, too early for anybody in a child's case: check the year"
	case day > lastDay:
		return DateFault(day)
	}
	return ""
}

// validateDates judges when an event happened and was recorded, and the dates that it speaks of.
func (b *Book) validateDates(e *Event) *Refusal {
	fault := DateFault
	if e.Type == typeBorn {
		fault = BirthFault
	}
	if why := fault(e.At.Day); why != "" && !e.At.Day.IsZero() {
		return refuse(*e, "at", CodeImpossibleDate, "\"at\" is %s; give the day on which it happened, or leave the event out", why)
	}
	if day := calendar.DateOf(e.Recorded); !e.Recorded.IsZero() && DateFault(day) != "" {
		return refuse(*e, "recorded", CodeImpossibleDate, "\"recorded\" is %s; leave it out where it is not known", DateFault(day))
	}
	t := b.types[e.Type]
	if e.Voids != "" || t == nil {
		return nil
	}
	for _, f := range t.Fields {
		if day := e.Data.Day(f.Name); f.Kind == timescale.Day && !day.IsZero() {
			if code, why := b.dateFieldFault(e, f.Name, day); why != "" {
				return refuse(*e, "data."+f.Name, code, "data.%s of %s is %s", f.Name, e.Type, why)
			}
		}
	}
	return nil
}

// dateFieldFault returns what is wrong with a date that an event speaks of; "" if nothing is, and what kind of fault it is.
func (b *Book) dateFieldFault(e *Event, field string, day calendar.Date) (code Code, why string) {
	recorded := calendar.DateOf(e.Recorded)
	switch {
	case nullDates[day] != "":
		return CodeImpossibleDate, DateFault(day) + "; leave it out if there is no date"
	case e.Type == typeBorn:
		if day > recorded {
			return CodeInFuture, "later than the day on which it was recorded: for a child who is not born yet record person.expected"
		}
		return CodeImpossibleDate, BirthFault(day)
	case day < firstDay:
		return CodeImpossibleDate, DateFault(day)
	case day > e.At.Day.AddYears(yearsAhead):
		return CodeTooFarAhead, "more than 30 years after the event: check the year"
	case e.Type == typeExpected && (day > e.At.Day.AddYears(1) || day < e.At.Day.AddYears(-1)):
		return CodeDatesContradict, "more than a year away from the event: check the year"
	case field == "granted" && day > recorded:
		return CodeInFuture, "later than the day on which it was recorded: record what was granted once it has been"
	case field == "until":
		return b.untilFault(e, day)
	}
	return "", ""
}

// The events whose dates have bounds of their own.
const (
	typeExpected    = "person.expected"
	typeEPO         = "epo.granted"
	typeEPOExtended = "epo.extended"
	typeSupervision = "supervision_order.made"
)

// supervisionYear is the longest that a supervision order lasts when it is made.
var supervisionYear = timescale.Limit{N: 1, Unit: timescale.Years, BeginningWith: true}

// untilFault returns what is wrong with the last day of something, and what kind of fault it is; "" if nothing is.
func (b *Book) untilFault(e *Event, until calendar.Date) (code Code, why string) {
	switch {
	case e.Type == typeSource: // soundSource judges it
	case e.Data.Filled("granted") && until < granted(e):
		return CodeDatesContradict, "earlier than data.granted: check both dates"
	case until < granted(e):
		return CodeDatesContradict, "earlier than its start: check both dates"
	case e.Type == typeEPO && until > b.nextOpenCourtDay(e.At.Day.AddDays(epoDays)):
		return CodeAgainstLaw, "more than eight days after the order: section 45(1) and (2) of the Children Act 1989 allow eight, " +
			"and where the last of them is a Sunday or a public holiday, to noon on the first later day that is neither"
	case e.Type == typeEPOExtended && until > b.nextOpenCourtDay(e.At.Day.AddDays(epoDays)).AddDays(epoExtraDays):
		return CodeAgainstLaw, "later than any emergency protection order can be extended to: section 45(5) and (6) of the Children Act 1989 " +
			"allow one extension, of at most seven days"
	case e.Type == typeSupervision && until > supervisionYear.Due(b.calendar, e.At.Day):
		return CodeAgainstLaw, "more than one year, which begins with the day of the order: paragraph 6(1) of Schedule 3 to the Children Act 1989 " +
			"allows no longer one; record an extension as supervision_order.extended"
	}
	return "", ""
}

// nextOpenCourtDay returns the first day from one on that is none of section 45(2)'s public holidays: Christmas
// Day, Good Friday, a bank holiday or a Sunday. Boxing Day is one on a Saturday too, as well as its
// substitute.
func (b *Book) nextOpenCourtDay(day calendar.Date) calendar.Date {
	for !day.IsZero() {
		_, holiday := b.calendar.Holiday(day)
		_, month, date := day.Split()
		christmas := month == time.December && (date == 25 || date == 26)
		if !holiday && !christmas && day.Weekday() != time.Sunday {
			break
		}
		day = day.AddDays(1)
	}
	return day
}

// onlyOnceBorn are the events that cannot come before a birth. Everything else can: a referral,
// an enquiry, a conference and its plan, the steps before proceedings, and what is got ready for
// a placement are ordinary work for an unborn child (docs/readings.md).
var onlyOnceBorn = []string{
	"looked_after.started", "looked_after.ended", "placement.started", "placement.ended", "lac_visit.made", "lac_review.held",
	"health_assessment.completed", "pep.completed", "pep.reviewed",
	"police_protection.started", "police_protection.ended", typeEPO, typeEPOExtended, "epo.ended", "proceedings.issued",
	"adoption.placed", "adoption_visit.made", "missing.started", "missing.ended", "return_interview.completed",
	"return_interview.declined", "eligible.became",
}

// beforeBirth judges whether an event can have happened when it says, by the birth that the record
// knows; a zero date where it knows none.
func (b *Book) beforeBirth(e *Event, born calendar.Date) *Refusal {
	t := b.types[e.Type]
	if e.Voids != "" || t == nil || t.Marks || e.At.Day.IsZero() {
		return nil
	}
	if why := UnbornFault(e.Type, e.At.Day, born); why != "" {
		return refuse(*e, "at", CodeBeforeBirth, "it happened %s, as person.born has it: check \"at\", or correct the birth first and hand this in again", why)
	}
	return nil
}

// UnbornFault returns what is wrong with an event of a type that is dated before a birth; "" if it
// can be.
func UnbornFault(eventType string, at, born calendar.Date) string {
	switch {
	case at >= born:
		return ""
	case slices.Contains(onlyOnceBorn, eventType):
		return "before the child was born"
	case at < born.AddYears(-1):
		return "more than a year before the child was born"
	}
	return ""
}

// TooOldAt reports whether a child who was born on a day would be too old for a case that begins
// on another; care leavers aside.
func TooOldAt(born, first calendar.Date) bool { return first > born.AddYears(oldestAtFirst) }

// earliestBirth returns the earliest of the births that stand; zero if none does.
func earliestBirth(history []Event) calendar.Date {
	var earliest calendar.Date
	stands, _ := entries(history, time.Time{})
	for _, n := range stands {
		if day := birthOf(n.Event); n.Type == typeBorn && (earliest.IsZero() || day < earliest) {
			earliest = day
		}
	}
	return earliest
}

// birthOf returns the day that a person.born says: its date, or its own day.
func birthOf(e *Event) calendar.Date { return cmp.Or(e.Data.Day("date"), e.At.Day) }

// tooOld finds, among events of one case, the birth that stands and the first event that is work on
// the case, where the child would be over 25 at it; nil if that is not so. Care leavers are
// not looked at: a case that begins with their pathway may.
func (b *Book) tooOld(events []Event) (birth, first *Event) {
	stands, _ := entries(events, time.Time{})
	leaving := false
	for _, n := range stands {
		t := b.types[n.Type]
		switch {
		case n.Type == typeBorn && (birth == nil || birthOf(n.Event) < birthOf(birth)):
			birth = n.Event
		case t == nil || t.Marks || n.At.Day.IsZero():
		case first == nil || n.At.Day < first.At.Day:
			first, leaving = n.Event, t.Pathway == timescale.LeavingCare
		case n.At.Day == first.At.Day && t.Pathway == timescale.LeavingCare:
			leaving = true
		}
	}
	if birth == nil || first == nil || leaving || !TooOldAt(birthOf(birth), first.At.Day) {
		return nil, nil
	}
	return birth, first
}

// oldAtFirst judges one more event of a case by the age that the child would have had at its first:
// the birth by what the case holds and what is handed in with it, the first event by the birth.
func (b *Book) oldAtFirst(history, together []Event, e *Event) *Refusal {
	all := append(slices.Clip(history), *e)
	if e.Type == typeBorn {
		all = append(all, together...)
	}
	birth, first := b.tooOld(all)
	switch {
	case birth == nil:
		return nil
	case keyOf(birth) == keyOf(e):
		return refuseBirth(e)
	case keyOf(first) == keyOf(e):
		return refuse(*e, "at", CodeTooOld, "by person.born the child would be over 25 at this, the first event of the case: check \"at\", "+
			"or correct the birth first and hand this in again")
	}
	return nil
}

func refuseBirth(e *Event) *Refusal {
	field := "at"
	if e.Data.Filled("date") {
		field = "data.date"
	}
	return refuse(*e, field, CodeTooOld, "by it the child would be over 25 at the first event of the case: check the year; "+
		"a case of leaving care begins with an event of that stage, and the case of an adult carries no person.born")
}

// dropTooOld refuses the births of one case by which the child would be over 25 at its first event,
// in place of what it is given.
func (b *Book) dropTooOld(group []Event) (kept []Event, refused []Refusal) {
	var s ageSpan
	for i := range group {
		s.take(&group[i])
	}
	for s.mayBeTooOld() {
		birth, _ := b.tooOld(group)
		if birth == nil {
			break
		}
		key := keyOf(birth)
		refused = append(refused, *refuseBirth(birth))
		group = slices.DeleteFunc(group, func(e Event) bool { return keyOf(&e) == key })
		var lost []Refusal
		group, lost = dropBroken(group)
		refused = append(refused, lost...)
	}
	return group, refused
}

// ageSpan is from the first birth of which anything in a case speaks, corrected or not, to the last day.
type ageSpan struct{ born, last calendar.Date }

func (s *ageSpan) take(e *Event) {
	if e.Type != typeBorn {
		s.last = max(s.last, e.At.Day)
	} else if day := birthOf(e); s.born.IsZero() || day < s.born {
		s.born = day
	}
}

// mayBeTooOld reports whether it is longer than 25 years. In nearly every case it is not, and
// nothing needs to be resolved.
func (s ageSpan) mayBeTooOld() bool {
	return !s.born.IsZero() && TooOldAt(s.born, s.last)
}

// Doubts returns what in an event that stands is probably a slip: a key of its data that is not read
// and resembles one that is, a visit that does not report whether the child was seen, something
// agreed for a day before the agreement, and a source that reports nothing by which anything could be
// met. It is taken as it is.
func (b *Book) Doubts(e *Event) []Refusal {
	t := b.types[e.Type]
	if t == nil || e.Voids != "" {
		return nil
	}
	doubts, meant := b.doubtfulKeys(e, t)
	for _, f := range t.Fields {
		switch {
		case f.Name == "seen" && e.Data["seen"] == nil && !meant["seen"]:
			doubts = append(doubts, *refuse(*e, "data.seen", "", "it does not say whether the child was seen, so it counts as no visit: give data.seen, true or false"))
		case f.Kind == timescale.Day && lookAhead(f.Name) && before(e.Data.Day(f.Name), e.At.Day):
			doubts = append(doubts, *refuse(*e, "data."+f.Name, "", "data.%s is earlier than the event: check both dates", f.Name))
		}
	}
	if why := b.doubtfulSource(e); why != "" {
		doubts = append(doubts, *refuse(*e, "data.reports", "", "%s", why))
	}
	return doubts
}

// lookAhead reports whether a date is one that was set for later.
func lookAhead(field string) bool { return field == "for" || field == "due" || field == "review_by" }

func before(day, other calendar.Date) bool { return !day.IsZero() && day < other }

// doubtfulKeys returns keys that may be misspelt. Other keys that the vocabulary does not know are a
// source's own, and are kept.
func (b *Book) doubtfulKeys(e *Event, t *eventType) (doubts []Refusal, meant map[string]bool) {
	var fields []string
	for _, f := range t.Fields {
		fields = append(fields, f.Name)
	}
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		if slices.Contains(fields, key) || slices.Contains(shownAlways, key) {
			continue
		}
		near := names.Near(key, slices.Values(fields))
		if len(near) == 0 {
			continue
		}
		if meant == nil {
			meant = map[string]bool{}
		}
		for _, field := range near {
			meant[field] = true
		}
		doubts = append(doubts, *refuse(*e, "data", "", "data.%.40q is not read. Did you mean %s?", key, strings.Join(near, " or ")))
	}
	return doubts, meant
}

// Unopened finds, among the events of one case, the first that belongs to something which nothing in
// the case has begun: such as a visit of a case in which no plan, no care and no referral was ever
// recorded. It is nil if something has, where nothing asks for it, and where a duty has started
// by an instant all the same. A mistyped reference makes such a case.
func (b *Book) Unopened(events []Event, now time.Time) *Event {
	var found *Event
	for i := range events {
		e := &events[i]
		t := b.types[e.Type]
		switch {
		case t == nil || e.Voids != "":
		case t.founds:
			return nil
		case t.follows && found == nil:
			found = e
		}
	}
	if found == nil || len(b.Fold(events, Moment{AsOf: now}).Duties) > 0 {
		return nil
	}
	return found
}

// DoubtfulDeath is a death that is probably dated too early.
type DoubtfulDeath struct {
	Death *Event
	Birth *Event // what it contradicts; nil if that is not a birth
	Why   string
}

// DoubtfulDeaths finds, among the events of one case that have happened by an instant, a death that
// lies before the birth, and one after which more is recorded than what ends something: plans and
// cases are closed after a death, and nothing else is to be expected.
func (b *Book) DoubtfulDeaths(events []Event, now time.Time) []DoubtfulDeath {
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Type == typeDied }) {
		return nil
	}
	t := b.timelineOf(events, Moment{AsOf: now})
	if t.died.IsZero() {
		return nil
	}
	at := slices.IndexFunc(t.all, (*entry).isDeath)
	death, after := t.all[at].Event, 0
	var doubts []DoubtfulDeath
	if born := t.eventsOfType(typeBorn); len(born) > 0 && t.died < t.born {
		doubts = append(doubts, DoubtfulDeath{
			Death: death, Birth: born[len(born)-1].Event,
			Why: "the child died before the day of birth that the case holds: it may be a stillbirth; otherwise correct the one that is wrong",
		})
	}
	for _, n := range t.late {
		if !n.kind.ends {
			after++
		}
	}
	if after > 0 {
		doubts = append(doubts, DoubtfulDeath{Death: death, Why: fmt.Sprintf(
			"the child died on %s, and %s; check the date of the death, and correct it where it is wrong", english.Day(t.died), datedAfter(after))})
	}
	return doubts
}

func datedAfter(events int) string {
	if events == 1 {
		return "1 event is dated after that day: it does not count"
	}
	return fmt.Sprintf("%d events are dated after that day: they do not count", events)
}

// UnopenedReason is why an event that Unopened found is doubtful.
const UnopenedReason = "nothing has opened its case, so it starts no timescale and counts for none: check the case's reference"

// countRoles notes for each type of event whether it needs nothing before it: it opens a case or a
// period, or starts a timescale without one and neither meets nor ends anything; and whether it
// meets or ends what another began; and whether it is work, or meets anything. Timescales that are off count: what they are about has begun.
func (b *Book) countRoles() {
	opens, starts, meets, follows := map[string]bool{}, map[string]bool{}, map[string]bool{}, setOf(b.pack.CaseEnds)
	matched := func(list []timescale.Match) {
		for i := range list {
			follows[list[i].Event] = true
		}
	}
	for i := range b.pack.Periods {
		p := &b.pack.Periods[i]
		for _, e := range p.Ends {
			follows[e.Event] = true
		}
		for _, o := range p.Opens {
			opens[o.Event] = true
		}
	}
	for i := range b.pack.Timescales {
		t := &b.pack.Timescales[i]
		for _, m := range t.MetBy {
			meets[m.Event], follows[m.Event] = true, true
		}
		matched(t.EndedBy)
		for _, s := range t.Starts {
			starts[s.Event] = starts[s.Event] || t.Period == ""
		}
	}
	for name, t := range b.types {
		t.founds = t.opens || !t.Marks && (opens[name] || starts[name] && !follows[name])
		t.follows = follows[name] && !t.Marks
		t.works = !t.Marks || meets[name]
	}
}
