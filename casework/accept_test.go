package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake/rows"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	runRefusals(t, refusalCases)
}

// refusalCase holds events of which one is refused, for a reason that holds want; none
// where want is "".
type refusalCase struct{ name, events, want string }

func runRefusals(t *testing.T, cases []refusalCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, book, c)
		})
	}
}

func expectRefusal(t *testing.T, b *casework.Book, c refusalCase) {
	t.Helper()
	_, refused := b.Accept(tell(t, c.events))
	var got []string
	for _, r := range refused {
		got = append(got, r.Error())
	}
	switch {
	case c.want == "" && len(got) > 0:
		t.Fatalf("refused: %s", strings.Join(got, "\n"))
	case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
		t.Fatalf("refused %q, want one with %q", got, c.want)
	}
}

var refusalCases = []refusalCase{
	{"a misspelt type is refused with the one that may be meant", `e1 referral.recieved 2026-01-05`, `e1: unknown type "referral.recieved" (did you mean referral.received?)`},
	{"an unknown type is refused by name", `e1 referral.lost 2026-01-05`, `e1: unknown type "referral.lost"`},
	{"a wrong kind of data is refused", `v1 cp_visit.made 2026-01-05 seen=perhaps`, "v1: data.seen of cp_visit.made must be true or false"},
	{"a word that the type does not know is refused", `v1 icpc.held 2026-01-05 outcome=maybe`, "must be one of plan, no_plan"},
	{"an invalid date is refused", `v1 person.born 2026-01-05 date=2026-02-30`, "must be a date"},
	{"what was recorded before it happened is refused", `e1 referral.received 2026-01-05 rec=2026-01-04T23:59:59Z`, "recorded before it happened"},
	{"what was recorded on the day it happened is not", `e1 referral.received 2026-01-05 rec=2026-01-05T00:00:00Z`, ""},
	{"an instant recorded a second before it happened is refused", `e1 referral.received 2026-01-05T10:00:00Z rec=2026-01-05T09:59:59Z`, "recorded before it happened"},
	{"the same event twice is one", "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-05", ""},
	{"the same id with other content is refused", "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-06", "e1: another event with this id"},
	{"the same id in another case is other content", "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-05 case=C2", "e1: another event with this id"},
	{"a correction of nothing is refused", `c1 referral.received 2026-01-05 corrects=e9`, "c1: the event that it corrects or voids does not exist"},
	{"a void of nothing is refused", `c1 - 2026-01-05 voids=e9`, "c1: the event that it corrects or voids does not exist"},
	{"a correction of another case's event is refused", "e1 referral.received 2026-01-05\nc1 referral.received 2026-01-06 corrects=e1 case=C2", "belongs to another case"},
	{"a void is never voided", "e1 referral.received 2026-01-05\nx1 - 2026-01-06 voids=e1\nx2 - 2026-01-07 voids=x1", "x2: a void cannot be corrected or voided"},
	{"a void needs no type and no day", "e1 referral.received 2026-01-05\nx1 - - voids=e1", ""},
	{"corrections in a circle are refused", "c1 referral.received 2026-01-05 corrects=c1", "corrects or voids itself"},
	{"a clock of the core rules cannot be paused", "e1 referral.received 2026-01-05\np1 clock.paused 2026-01-06 ref=AS-01 reason=x by=y", "p1: AS-01 cannot be paused"},
	{"an assessment cannot be extended", "e1 referral.received 2026-01-05\nx1 clock.extended 2026-01-06 ref=AS-01 until=2026-05-01 reason=x by=y role=z", "x1: AS-01 cannot be extended"},
	{"a pause of an unknown timescale is refused", `p1 clock.paused 2026-01-06 ref=ZZ-99 reason=x by=y`, "no timescale with that ref"},
	{"a promise of ten working days is accepted", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-20", ""},
	{"a promise of eleven is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-21", "k1: the agreed date is more than 10 working days away"},
	{"a promise in the past is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-05", "before the acknowledgement"},
	{"a promise is renewed once, while it holds", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-20 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-20 duty=AS-01:e1 by=T promise=2026-02-03 rec=2026-01-20T23:00:00Z", ""},
	{"a promise is not renewed twice", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-08 rec=2026-01-06T11:00:00Z\nk3 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-06T12:00:00Z", "k3: the date agreed for this due date has been renewed once"},
	{"a promise that has run out is not renewed", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-08 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-08T00:00:00Z", "k2: the date agreed for this due date held until the end of 2026-01-07: it is renewed only while it holds"},
	{"another due date has promises of its own", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nc1 referral.received 2026-01-06 corrects=e1 rec=2026-01-08T09:00:00Z\nk2 notice.acknowledged 2026-01-08 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-08T10:00:00Z", ""},
	{"a promise that was taken back does not count", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nv1 - 2026-01-08 voids=k1 rec=2026-01-08T09:00:00Z\nk2 notice.acknowledged 2026-01-08 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-08T10:00:00Z", ""},
	{"a promise may be corrected", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-06T11:00:00Z\nk3 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-08 rec=2026-01-06T12:00:00Z corrects=k2", ""},
	{"drift has no due date: a promise that has run out counts no more", "p1 cp_plan.started 2025-01-06\nk1 notice.acknowledged 2025-10-03 duty=CP-13:p1 by=T promise=2025-10-08 rec=2025-10-03T10:00:00Z\nk2 notice.acknowledged 2026-04-01 duty=CP-13:p1 by=T promise=2026-04-08 rec=2026-04-01T10:00:00Z\nk3 notice.acknowledged 2026-04-08 duty=CP-13:p1 by=T promise=2026-04-15 rec=2026-04-08T10:00:00Z", ""},
	{"drift too is held by one promise and one renewal", "p1 cp_plan.started 2025-01-06\nk1 notice.acknowledged 2025-10-03 duty=CP-13:p1 by=T promise=2025-10-08 rec=2025-10-03T10:00:00Z\nk2 notice.acknowledged 2025-10-08 duty=CP-13:p1 by=T promise=2025-10-15 rec=2025-10-08T10:00:00Z\nk3 notice.acknowledged 2025-10-15 duty=CP-13:p1 by=T promise=2025-10-22 rec=2025-10-15T10:00:00Z", "k3: the date agreed for this due date has been renewed once"},
	{"an acknowledgement of no duty is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e2 by=T promise=2026-01-07", "no such timescale"},
	{"an acknowledgement without its promise is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T", "needs data.promise"},
}

func TestAnEventWithoutWhenItWasRecordedIsRecordedAtTheEndOfItsDay(t *testing.T) {
	t.Parallel()
	events, _, err := rows.Read(strings.NewReader(`{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`))
	if err != nil {
		t.Fatal(err)
	}
	accepted, _ := book.Accept(events)
	if got := accepted[0].Recorded; !got.Equal(instant(t, "2026-01-05T23:59:59Z")) {
		t.Errorf("recorded left out is the end of the day: got %v", got)
	}
}

func TestAnEventReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	for _, e := range tell(t, `
		e1 referral.received 2026-01-05 ep=R1
		e2 cp_visit.made 2026-01-05T10:00:00Z seen=true rec=2026-01-06T10:00:00.123456Z
		e3 - 2026-01-07 voids=e1`) {
		text, err := e.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back casework.Event
		if err := back.UnmarshalJSON(text); err != nil {
			t.Fatal(err)
		}
		if !casework.Same(e, back) || back.ID != e.ID {
			t.Errorf("wrote %s, read %+v", text, back)
		}
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add(`{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`)
	f.Add(`{"id":"e1","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","data":{"seen":true},"corrects":"e0"}`)
	f.Add("\ufeff{}\n{\"id\":1}\n[")
	f.Add(`{"id":"e1","case":"C1","type":"home.opened","at":"1998-01-01","recorded":"2026-11-10T08:00:00Z"}`)
	f.Add(`{"id":"e1","case":"C1","type":"home.opened","at":"1988-05-17"}` + "\n" +
		`{"id":"e2","case":"C1","type":"independent_person.visited","at":"1990-05-17","recorded":"2011-01-01"}`)
	f.Add(`{"id":"e1","case":"C1","type":"home.opened","at":"0001-01-01","recorded":"9999-12-30"}`)
	f.Add(`{"id":" e1","case":"C\u00a01 ","type":"epo.granted","at":"2026-01-05T10:00:00.5+01:00","data":{"until":"2026-01-13","reason":"a\nb"}}`)
	f.Add(`{"id":"e1","case":"C1","type":"lac_visit.made","At":"2026-01-05","data":{"Seen":true,"seen":null}}`)
	f.Add(`{"id":"b","case":"C1","type":"person.born","at":"1990-01-05"}` + "\n" + `{"id":"r","case":"C1","type":"referral.received","at":"2026-01-05"}`)
	f.Add(`{"id":"r","case":"C1","type":"referral.received","at":"2026-01-05"}` + "\n" + `{"id":"x","case":"C1","voids":"r"}` + "\n" +
		`{"id":"c","case":"C1","type":"referral.received","at":"2026-01-06","corrects":"r","recorded":"2026-01-07T10:00:00Z"}`)
	f.Fuzz(func(t *testing.T, file string) {
		events, _, err := rows.Read(strings.NewReader(file))
		if err != nil {
			return
		}
		accepted, _ := book.Accept(events)
		for _, e := range accepted {
			if e.ID == "" || e.Case == "" || e.Recorded.IsZero() {
				t.Fatalf("accepted %+v", e)
			}
			book.Doubts(&e)
		}
		if len(accepted) == 0 {
			return
		}
		acceptedAgain(t, accepted)
		ofOne := slices.DeleteFunc(accepted, func(e casework.Event) bool { return e.Case != accepted[0].Case || e.Source != accepted[0].Source })
		plan := book.Fold(ofOne, casework.Moment{AsOf: instant(t, "2026-12-31")})
		const explained = 20 // a home of many years has hundreds, all alike
		for i := range plan.Duties[:min(explained, len(plan.Duties))] {
			if x := book.Explain(plan, plan.Duties[i].ID, ofOne, nil); x.Text() == "" || x.Markdown() == "" {
				t.Fatalf("no explanation of %+v", plan.Duties[i])
			}
		}
		boundedWork(t, ofOne, plan)
	})
}

// acceptedAgain writes what was accepted as a file and reads that: all of it is accepted again, and
// is the same.
func acceptedAgain(t *testing.T, accepted []casework.Event) {
	t.Helper()
	var file strings.Builder
	for _, e := range accepted {
		text, err := e.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		file.Write(append(text, '\n'))
	}
	events, refused, err := rows.Read(strings.NewReader(file.String()))
	if err != nil || len(refused) > 0 || len(events) != len(accepted) {
		t.Fatalf("%d of %d events were read, refused %v, %v, of\n%s", len(events), len(accepted), refused, err, file.String())
	}
	for i := range events {
		if !casework.Same(events[i], accepted[i]) {
			t.Fatalf("wrote %+v, read %+v", accepted[i], events[i])
		}
	}
	again, refused := book.Accept(events)
	if len(refused) > 0 || len(again) != len(accepted) {
		t.Fatalf("%d of %d events were accepted again, refused %v, of\n%s", len(again), len(accepted), refused, file.String())
	}
	for i := range again {
		if again[i].ID != accepted[i].ID || again[i].Case != accepted[i].Case || !casework.Same(again[i], accepted[i]) {
			t.Fatalf("accepted %+v, then %+v", accepted[i], again[i])
		}
	}
}

// boundedWork counts what an agenda takes: no case has more duties than any may, and the case is
// folded at most once for each duty that rings and each recording, whatever the years between.
func boundedWork(t *testing.T, events []casework.Event, plan *casework.Plan) {
	t.Helper()
	ag, folds := casework.AgendaInFolds(book, events, nil, plan.AsOf)
	open := 0
	for i := range ag.Plan.Duties {
		if ag.Plan.Duties[i].Open() {
			open++
		}
	}
	switch most := 2 + open*(1+len(events)); {
	case len(plan.Duties) > casework.MaxDuties:
		t.Fatalf("%d duties", len(plan.Duties))
	case len(plan.Duties) > casework.AtMost(book, events, plan.AsOf):
		t.Fatalf("%d duties of %d events", len(plan.Duties), len(events))
	case folds > most:
		t.Fatalf("%d folds for %d open duties and %d events, at most %d were counted on", folds, open, len(events), most)
	}
}

// few is the shipped law in a world in which a case has at most ten duties.
var few = casework.WithMost(book, 10)

// referrals open two duties each: FD-01 and AS-01.
func referrals(from, count int) string {
	var b strings.Builder
	for i := from; i < from+count; i++ {
		fmt.Fprintf(&b, "r%02d referral.received 2026-01-%02d ep=R%d\n", i, i, i)
	}
	return b.String()
}

func ids(events []casework.Event) string {
	var list []string
	for i := range events {
		list = append(list, events[i].ID)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestAFileWithMoreDutiesThanAnyCaseHasIsTakenUpToTheBound(t *testing.T) {
	t.Parallel()
	accepted, refused := few.Accept(tell(t, referrals(1, 7)+"d1 referral.decided 2026-01-20 outcome=nfa ep=R1"))
	if got := ids(accepted); got != "d1 r01 r02 r03 r04 r05" {
		t.Errorf("accepted %s", got)
	}
	if len(refused) != 2 || refused[0].Event != "r06" || !strings.Contains(refused[0].Reason, "more than 5000 timescales, which no child has") {
		t.Errorf("refused %v", refused)
	}
}

func TestTheRecordRefusesWhatACaseHasNoRoomFor(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-02-01")
	for _, tt := range []struct{ name, history, added, refused string }{
		{"there is room", referrals(1, 4), referrals(5, 1), ""},
		{"there is room for one", referrals(1, 4), referrals(5, 2), "r06"},
		{"there is none", referrals(1, 5), referrals(6, 2), "r06 r07"},
		{"what ends and what meets needs none", referrals(1, 5), "d1 referral.decided 2026-01-20 outcome=nfa ep=R1\na1 assessment.completed 2026-01-25 ep=R2", ""},
		{"what takes something back needs none", referrals(1, 5), "v1 - - voids=r01 rec=2026-01-30", ""},
		{"what is taken back makes room", referrals(1, 5), "v1 - - voids=r01 rec=2026-01-30\n" + referrals(6, 1), ""},
		{"a void of what is refused is refused with it", referrals(1, 5), referrals(6, 1) + "v1 - - voids=r06 rec=2026-01-30\nx1 referral.received 2026-01-30 ep=X", "r06 v1 x1"},
		{"a case that has too many can be put right", referrals(1, 8), "v1 - - voids=r01 rec=2026-01-30\nr9 referral.received 2026-01-09 ep=R9", "r9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			added := tell(t, tt.added)
			var refused []string
			for _, r := range few.Exceeding(tell(t, tt.history), added, now) {
				if r != nil {
					refused = append(refused, r.Event)
				}
			}
			if got := strings.Join(refused, " "); got != tt.refused {
				t.Errorf("refused %q, want %q", got, tt.refused)
			}
		})
	}
}

// A case that was recorded before there was a bound.
func TestTheFoldOfACaseWithTooManyDutiesIsCutOffAndSaysSo(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-02-01")
	enough, tooMany := few.Agenda(tell(t, referrals(1, 5)), nil, now), few.Agenda(tell(t, referrals(1, 6)), nil, now)
	if enough.Plan.TooMany || len(enough.Plan.Duties) != 10 || len(enough.Wakes) == 0 {
		t.Errorf("five referrals: %+v", enough)
	}
	if !tooMany.Plan.TooMany || len(tooMany.Plan.Duties) != 10 {
		t.Errorf("six referrals: %d duties, too many %t", len(tooMany.Plan.Duties), tooMany.Plan.TooMany)
	}
	if len(tooMany.Send)+len(tooMany.Stopped)+len(tooMany.Wakes)+len(tooMany.Owed) > 0 {
		t.Errorf("something is sent by a plan of a case with too many duties: %+v", tooMany)
	}
}

func TestNoCaseHasMoreDutiesThanItsEventsAndTheirTimesAllow(t *testing.T) {
	t.Parallel()
	inEachKitchen(t, func(t *rapid.T, k kitchen) {
		events := k.longCase(t, 20)
		if rapid.Bool().Draw(t, "short") {
			events, _ = k.book.Accept(k.randomCase(t))
		}
		if len(events) == 0 {
			return
		}
		now := anInstant(t, events)
		known := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.Recorded.After(now) })
		if got, most := len(k.book.Fold(known, casework.At(now)).Duties), casework.AtMost(k.book, known, now); got > most {
			t.Fatalf("%d duties of %d events, at most %d were counted on", got, len(known), most)
		}
	})
}

// weekly returns a child in care from the first week to the eighteenth birthday whose every timescale
// turns as fast as it can.
func weekly() []casework.Event {
	var events []casework.Event
	born := calendar.NewDate(2008, 2, 29)
	every := func(first, days int, eventType string, data casework.Data) {
		for day := born.AddDays(first); day < born.AddYears(18); day = day.AddDays(days) {
			at := casework.OnDay(day)
			events = append(events, casework.Event{
				ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: eventType, At: at, Recorded: at.End(), Data: data,
			})
		}
	}
	every(0, 10000, "person.born", casework.Data{"date": born.String()})
	every(2, 10000, "looked_after.started", nil)
	every(2, 120, "placement.started", casework.Data{"regulation24": true})
	every(5, 7, "lac_visit.made", casework.Data{"seen": true})
	every(19, 91, "lac_review.held", nil)
	every(19, 91, "pep.completed", nil)
	every(19, 182, "health_assessment.completed", nil)
	every(30, 60, "missing.started", nil)
	every(31, 60, "missing.ended", nil)
	every(32, 60, "return_interview.completed", nil)
	every(0, 28, "supervision.held", nil)
	return events
}

func TestTheBusiestChildHasRoomToSpare(t *testing.T) {
	t.Parallel()
	for _, k := range []kitchen{core, kitchens[2]} {
		events, refused := k.book.Accept(weekly())
		plan := k.book.Fold(events, casework.Moment{AsOf: calendar.NewDate(2026, 3, 1).End()})
		if len(refused) > 0 || plan.TooMany || 3*len(plan.Duties) > 2*casework.MaxDuties {
			t.Errorf("%s: %d duties of %d events, %d refused", k.name, len(plan.Duties), len(events), len(refused))
		}
	}
}

func BenchmarkExceeding(b *testing.B) {
	events := weekly()
	b.ReportMetric(float64(len(events)), "events")
	for b.Loop() {
		book.Exceeding(events[:len(events)-1], events[len(events)-1:], calendar.NewDate(2026, 3, 1).End())
	}
}
