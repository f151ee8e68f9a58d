package casework_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"longstop/casework"
)

func TestMoreRefusals(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 201)
	runRefusals(t, []refusalCase{
		{"an event needs a type", "e1 - 2026-01-05", "e1: it has no type"},
		{"an event needs a day", "e1 referral.received -", "e1: it does not say when it happened"},
		{"an event that both corrects and voids is refused", "e1 referral.received 2026-01-05\nc1 referral.received 2026-01-05 corrects=e1 voids=e1", "c1: it both corrects and voids"},
		{"an event that voids itself is refused", "e1 - 2026-01-05 voids=e1", "e1: it corrects or voids itself"},
		{"a void of an unknown type is refused", "e1 referral.received 2026-01-05\nx1 referral.lost 2026-01-05 voids=e1", `x1: unknown type "referral.lost": a line that voids needs none`},
		{"a void of a known type is not", "e1 referral.received 2026-01-05\nx1 referral.received 2026-01-05 voids=e1", ""},
		{"a void recorded before it happened is refused", "e1 referral.received 2026-01-05\nx1 - 2026-01-06 voids=e1 rec=2026-01-05T23:59:59Z", "x1: recorded before it happened"},
		{"a correction of a void is refused", "e1 referral.received 2026-01-05\nx1 - 2026-01-06 voids=e1\nc1 referral.received 2026-01-07 corrects=x1", "c1: a void is never corrected or voided"},
		{"a name of over 200 bytes is refused", long + " referral.received 2026-01-05", "longer than 200 bytes"},
		{"an episode of 200 is not", "e1 referral.received 2026-01-05 ep=" + long[1:], ""},
		{"an unknown type is clipped in the message", "e1 " + long[:100] + " 2026-01-05", `unknown type "` + long[:60] + `":`},
		{"a text must be a text", "w1 worker.allocated 2026-01-05 worker=false", "w1: data.worker of worker.allocated must be a text"},
		{"a list must be a list", "s1 source.attached 2026-01-05 reports=x", "s1: data.reports of source.attached must be a list of texts"},
		{"a source must say what it reports", "s1 source.attached 2026-01-05 name=x", "s1: source.attached needs data.reports"},
		{"a birth on a day that is none", "b1 person.born 2026-01-05 date=soon", "b1: data.date of person.born must be a date (YYYY-MM-DD)"},
		{"data that the type does not know is kept and never read", "e1 referral.received 2026-01-05 colour=blue", ""},
		{"an acknowledgement of a duty that is not known yet", "e1 referral.received 2026-01-05 rec=2026-01-08T10:00:00Z\nk1 notice.acknowledged 2026-01-07 duty=AS-01:e1 by=T promise=2026-01-08", "k1: the case has no such duty"},
		{"ten working days from a Saturday, over Easter", "e1 referral.received 2026-03-27\nk1 notice.acknowledged 2026-03-28 duty=AS-01:e1 by=T promise=2026-04-15", "k1: the promised day is more than 10 working days away: promise 2026-04-14 or earlier"},
		{"a promise for the day itself is accepted", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-06", ""},
		{"an acknowledgement needs a name", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 promise=2026-01-07", "k1: notice.acknowledged needs data.by"},
		{"an acknowledgement is corrected like anything else", "e1 referral.received 2026-01-05\nk1 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-20\nk2 notice.acknowledged 2026-01-06 duty=AS-01:e1 by=T promise=2026-01-19 corrects=k1 rec=2026-01-07T10:00:00Z", ""},
		{"a pause that is resumed though the clock cannot be paused", "e1 referral.received 2026-01-05\nr1 clock.resumed 2026-01-06 ref=AS-01", "r1: AS-01 cannot be paused"},
		{"a pause without authority", "e1 referral.received 2026-01-05\np1 clock.paused 2026-01-06 ref=AS-01 reason=r", "p1: clock.paused needs data.by"},
	})
}

func TestCorrectionsInACircleAreRefusedEachByItself(t *testing.T) {
	t.Parallel()
	_, refused := book.Accept(tell(t, `
		e1 referral.received 2026-01-05
		c1 referral.received 2026-01-05 corrects=c2
		c2 referral.received 2026-01-05 corrects=c1`))
	if len(refused) != 2 || !strings.Contains(refused[0].Reason, "circle") {
		t.Errorf("refused %v", refused)
	}
}

func TestAnEventWithoutIDOrCaseIsRefused(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]casework.Event{
		"it has no id":     {Case: "C1", Type: "referral.received", At: casework.OnDay(day(t, "2026-01-05"))},
		"it names no case": {ID: "e1", Type: "referral.received", At: casework.OnDay(day(t, "2026-01-05"))},
		`"id" holds U+000A (line break) as its character 2`: {ID: "e\n1", Case: "C1", Type: "referral.received", At: casework.OnDay(day(t, "2026-01-05"))},
	} {
		if _, refused := book.Accept([]casework.Event{e}); len(refused) != 1 || !strings.Contains(refused[0].Reason, want) {
			t.Errorf("refused %v, want %q", refused, want)
		}
	}
}

func TestARequiredValueThatIsNullOrBlankIsMissing(t *testing.T) {
	t.Parallel()
	for _, reason := range []any{nil, "", "  "} {
		events := tell(t, approval+extension("x1", "2026-04-20", "2026-05-01"))
		events[1].Data["reason"] = reason
		if _, refused := book.Accept(events); len(refused) != 1 || !strings.Contains(refused[0].Reason, "needs data.reason") {
			t.Errorf("%#v: refused %v", reason, refused)
		}
	}
}

func TestAListIsOfTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list any
		ok   bool
	}{{[]string{"cp_visit.made"}, true}, {[]any{"cp_visit.made"}, true}, {[]any{}, false}, {[]any{1.0}, false}, {"cp_visit.made", false}} {
		e := tell(t, "s1 source.attached 2026-01-05 name=x")[0]
		e.Data["reports"] = c.list
		_, refused := book.Accept([]casework.Event{e})
		if (len(refused) == 0) != c.ok {
			t.Errorf("%#v: refused %v", c.list, refused)
		}
	}
	if got := (casework.Data{"reports": []string{"a", "b"}}).Names("reports"); len(got) != 2 {
		t.Errorf("names %v", got)
	}
	if got := (casework.Data{"reports": "a"}).Names("reports"); got != nil {
		t.Errorf("names %v", got)
	}
}

// Two sources may use one id, and neither sees the other's.
func TestAnIDIsOfItsSource(t *testing.T) {
	t.Parallel()
	events := tell(t, "e1 referral.received 2026-01-05\ne1 referral.received 2026-01-06")
	events[1].Source = "other"
	if _, refused := book.Accept(events); len(refused) > 0 {
		t.Errorf("refused %v", refused)
	}
	void := tell(t, "x1 - 2026-01-07 voids=e9")[0]
	void.Source = "other"
	if _, refused := book.Accept(append(events, void)); len(refused) != 1 {
		t.Errorf("refused %v", refused)
	}
}

func TestTheSameEventAgainIsNoRefusalWhateverTheOrderOfItsData(t *testing.T) {
	t.Parallel()
	one := tell(t, "v1 cp_visit.made 2026-01-05 seen=true seen_alone=false")
	two := tell(t, "v1 cp_visit.made 2026-01-05 seen_alone=false seen=true")
	accepted, refused := book.Accept(append(one, two...))
	if len(accepted) != 1 || len(refused) > 0 {
		t.Errorf("accepted %d, refused %v", len(accepted), refused)
	}
	for _, other := range []string{
		"v1 cp_visit.made 2026-01-05 seen=true seen_alone=true",
		"v1 cp_visit.made 2026-01-05T10:00:00Z seen=true seen_alone=false",
		"v1 cin_visit.made 2026-01-05 seen=true seen_alone=false",
		"v1 cp_visit.made 2026-01-05 seen=true seen_alone=false ep=R1",
		"v1 cp_visit.made 2026-01-05 seen=true seen_alone=false rec=2026-01-07T10:00:00Z",
	} {
		if _, refused := book.Accept(append(tell(t, other), one...)); len(refused) != 1 {
			t.Errorf("%s: refused %v", other, refused)
		}
	}
}

// A source that sends an event again without saying when it was recorded says the same.
func TestAnEventWithoutItsRecordingTimeIsTheSame(t *testing.T) {
	t.Parallel()
	one := tell(t, "v1 cp_visit.made 2026-01-05 seen=true rec=2026-01-07T10:00:00Z")[0]
	two := one
	two.Recorded = time.Time{}
	if !casework.Same(one, two) || !casework.Same(two, one) {
		t.Error("not the same")
	}
	two.Data = casework.Data{"seen": false}
	if casework.Same(one, two) {
		t.Error("the same with other data")
	}
}

func TestACheckIsOfOneMoreEvent(t *testing.T) {
	t.Parallel()
	history := accepted(t, approval)
	for want, line := range map[string]string{
		"":                                extension("x1", "2026-04-20", "2026-06-22"),
		"unknown type":                    "z1 referral.lost 2026-04-20",
		"does not exist":                  "z2 placement.started 2026-04-20 corrects=m9",
		"belongs to another case":         "z3 placement.started 2026-04-20 corrects=m1 case=C2",
		"the latest date allowed":         extension("z4", "2026-04-20", "2026-06-23"),
		"recorded before it happened":     "z5 placement.started 2026-04-20 rec=2026-04-19T10:00:00Z",
		"it corrects or voids itself":     "z6 placement.started 2026-04-20 corrects=z6",
		"no duty was open on that day":    extension("z7", "2026-04-20", "2026-06-22") + " ep=Z",
		"data.seen of lac_visit.made mus": "z8 lac_visit.made 2026-04-20 seen=x",
	} {
		r := book.Check(history, tell(t, line)[0])
		if (r == nil) != (want == "") || r != nil && !strings.Contains(r.Reason, want) {
			t.Errorf("%s: %v, want %q", line, r, want)
		}
	}
}

// What nobody can fold is passed over: a pack may drop a type that the record holds.
func TestAnEventOfATypeThatThePackDroppedConcernsNothing(t *testing.T) {
	t.Parallel()
	events := append(accepted(t, "e1 referral.received 2026-01-05"), tell(t, "z1 referral.lost 2026-01-06")...)
	plan := book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-06")})
	same(t, "AS-01:e1 2026-01-05 2026-03-09 running", dutyLines(plan, "AS-01"))
}

func TestAFileOfEventsIsReadAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	good := `{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`
	events, refused, err := casework.ReadEvents(strings.NewReader("\ufeff" + good + "\r\n\xff\xfe\n" + good[:40] + "\n[]\n{}\n"))
	if err != nil || len(events) != 1 || len(refused) != 4 {
		t.Fatalf("%d events, refused %v, %v", len(events), refused, err)
	}
	for i, want := range []string{"line 2: the line is not UTF-8", "e1: the JSON object is cut off", "line 4: ", "line 5: it has no id"} {
		if got := refused[i].Error(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	broken := errors.New("the disc is gone")
	if _, _, err := casework.ReadEvents(io.MultiReader(strings.NewReader(good+"\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("a read error: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
