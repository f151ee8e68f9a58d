package casework_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
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
	{"a date that is none is refused", `v1 person.born 2026-01-05 date=2026-02-30`, "must be a date"},
	{"what was recorded before it happened is refused", `e1 referral.received 2026-01-05 rec=2026-01-04T23:59:59Z`, "recorded before it happened"},
	{"what was recorded on the day it happened is not", `e1 referral.received 2026-01-05 rec=2026-01-05T00:00:00Z`, ""},
	{"an instant recorded a second before it happened is refused", `e1 referral.received 2026-01-05T10:00:00Z rec=2026-01-05T09:59:59Z`, "recorded before it happened"},
	{"the same event twice is one", "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-05", ""},
	{"the same id with other content is refused", "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-06", "e1: another event with this id"},
	{"the same id in another case is other content", "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-05 case=C2", "e1: another event with this id"},
	{"a correction of nothing is refused", `c1 referral.received 2026-01-05 corrects=e9`, "c1: the event that it corrects or voids does not exist"},
	{"a void of nothing is refused", `c1 - 2026-01-05 voids=e9`, "c1: the event that it corrects or voids does not exist"},
	{"a correction of another case's event is refused", "e1 referral.received 2026-01-05\nc1 referral.received 2026-01-06 corrects=e1 case=C2", "belongs to another case"},
	{"a void is never voided", "e1 referral.received 2026-01-05\nx1 - 2026-01-06 voids=e1\nx2 - 2026-01-07 voids=x1", "x2: a void is never corrected or voided"},
	{"a void needs no type and no day", "e1 referral.received 2026-01-05\nx1 - - voids=e1", ""},
	{"corrections in a circle are refused", "c1 referral.received 2026-01-05 corrects=c1", "corrects or voids itself"},
	{"a clock of the core rules cannot be paused", "e1 referral.received 2026-01-05\np1 clock.paused 2026-01-06 ref=AS-01 reason=x by=y", "p1: AS-01 cannot be paused"},
	{"an assessment cannot be extended", "e1 referral.received 2026-01-05\nx1 clock.extended 2026-01-06 ref=AS-01 until=2026-05-01 reason=x by=y role=z", "x1: AS-01 cannot be extended"},
	{"a pause of an unknown timescale is refused", `p1 clock.paused 2026-01-06 ref=ZZ-99 reason=x by=y`, "no timescale with that ref"},
	{"a promise of ten working days is accepted", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-20", ""},
	{"a promise of eleven is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-21", "k1: the promised day is more than 10 working days away"},
	{"a promise in the past is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-05", "before the acknowledgement"},
	{"a promise is renewed once, while it holds", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-20 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-20 duty=AS-01:e1 by=T promise=2026-02-03 rec=2026-01-20T23:00:00Z", ""},
	{"a promise is not renewed twice", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-08 rec=2026-01-06T11:00:00Z\nk3 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-06T12:00:00Z", "k3: a promise for this due date has been renewed once"},
	{"a promise that has run out is not renewed", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-08 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-08T00:00:00Z", "k2: a promise for this due date held until the end of 2026-01-07: it is renewed only while it holds"},
	{"another due date has promises of its own", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nc1 referral.received 2026-01-06 corrects=e1 rec=2026-01-08T09:00:00Z\nk2 notice.acknowledged 2026-01-08 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-08T10:00:00Z", ""},
	{"a promise that was taken back does not count", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nv1 - 2026-01-08 voids=k1 rec=2026-01-08T09:00:00Z\nk2 notice.acknowledged 2026-01-08 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-08T10:00:00Z", ""},
	{"a promise may be corrected", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-07 rec=2026-01-06T10:00:00Z\nk2 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-09 rec=2026-01-06T11:00:00Z\nk3 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-08 rec=2026-01-06T12:00:00Z corrects=k2", ""},
	{"drift has no due date: a promise that has run out counts no more", "p1 cp_plan.started 2025-01-06\nk1 notice.acknowledged 2025-10-03 duty=CP-13:p1 by=T promise=2025-10-08 rec=2025-10-03T10:00:00Z\nk2 notice.acknowledged 2026-04-01 duty=CP-13:p1 by=T promise=2026-04-08 rec=2026-04-01T10:00:00Z\nk3 notice.acknowledged 2026-04-08 duty=CP-13:p1 by=T promise=2026-04-15 rec=2026-04-08T10:00:00Z", ""},
	{"drift too is held by one promise and one renewal", "p1 cp_plan.started 2025-01-06\nk1 notice.acknowledged 2025-10-03 duty=CP-13:p1 by=T promise=2025-10-08 rec=2025-10-03T10:00:00Z\nk2 notice.acknowledged 2025-10-08 duty=CP-13:p1 by=T promise=2025-10-15 rec=2025-10-08T10:00:00Z\nk3 notice.acknowledged 2025-10-15 duty=CP-13:p1 by=T promise=2025-10-22 rec=2025-10-15T10:00:00Z", "k3: a promise for this due date has been renewed once"},
	{"an acknowledgement of no duty is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e2 by=T promise=2026-01-07", "no such duty"},
	{"an acknowledgement without its promise is refused", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T", "needs data.promise"},
}

func TestReadEventsRefusesLinesWithTheirIDs(t *testing.T) {
	t.Parallel()
	file := strings.Join([]string{
		`{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`,
		``,
		`{"id":"e2","case":"C1","type":"referral.received","at":"2026-02-30"}`,
		`{"id":"e3","case":"C1","type":"referral.received","at":"2026-01-05T10:00:00"}`,
		`{"id":"e4","case":"C1","epsiode":"R1","type":"referral.received","at":"2026-01-05"}`,
		`{"id":"e5","case":"C1","type":"referral.received","at":5}`,
		`not json`,
		`{"id":"e6","case":"C1","type":"referral.received","at":"2026-01-05","recorded":"yesterday"}`,
		`{"id":"e7","case":"C1","type":"referral.received","at":"2026-06-05T10:00:00+01:00","recorded":"2026-06-05T09:30:00Z"}`,
	}, "\n")
	events, refused, err := casework.ReadEvents(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var ids, reasons []string
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	for _, r := range refused {
		reasons = append(reasons, r.Error())
	}
	same(t, "e1\ne7", strings.Join(ids, "\n"))
	for i, want := range []string{"e2: at:", "e3: at:", `e4: unknown key "epsiode"`, "e5: at holds a number", "line 7: ", "e6: recorded:"} {
		if i >= len(reasons) || !strings.HasPrefix(reasons[i], want) {
			t.Fatalf("refused %q, want the %dth to begin with %q", reasons, i+1, want)
		}
	}
	if got := events[0].Recorded; !got.IsZero() {
		t.Errorf("recorded left out is left open: got %v", got)
	}
	accepted, _ := book.Accept(events[:1])
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
		events, _, err := casework.ReadEvents(strings.NewReader(file))
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
	events, refused, err := casework.ReadEvents(strings.NewReader(file.String()))
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
