package casework_test

import (
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
		{"a correction of a void is refused", "e1 referral.received 2026-01-05\nx1 - 2026-01-06 voids=e1\nc1 referral.received 2026-01-07 corrects=x1", "c1: a void cannot be corrected or voided"},
		{"a name of over 200 bytes is refused", long + " referral.received 2026-01-05", "longer than 200 bytes"},
		{"an episode of 200 is not", "e1 referral.received 2026-01-05 ep=" + long[1:], ""},
		{"an unknown type is clipped in the message", "e1 " + long[:100] + " 2026-01-05", `unknown type "` + long[:60] + `":`},
		{"a text must be a text", "w1 worker.allocated 2026-01-05 worker=false", "w1: data.worker of worker.allocated must be a text"},
		{"a list must be a list", "s1 source.attached 2026-01-05 reports=x", "s1: data.reports of source.attached must be a list of texts"},
		{"a source must say what it reports", "s1 source.attached 2026-01-05 name=x", "s1: source.attached needs data.reports"},
		{"a birth on an invalid day", "b1 person.born 2026-01-05 date=soon", "b1: data.date of person.born must be a date (YYYY-MM-DD)"},
		{"data that the type does not know is kept and never read", "e1 referral.received 2026-01-05 colour=blue", ""},
		{"an acknowledgement of a duty that is not known yet", "e1 referral.received 2026-01-05 rec=2026-01-08T10:00:00Z\nk1 notice.acknowledged 2026-01-07 duty=AS-01:e1 by=T promise=2026-01-08", "k1: the case has no such timescale"},
		{"ten working days from a Saturday, over Easter", "e1 referral.received 2026-03-27\nk1 notice.acknowledged 2026-03-28 duty=AS-01:e1 by=T promise=2026-04-15", "k1: the agreed date is more than 10 working days away: agree 2026-04-14 or earlier"},
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
		"nothing was running on that day": extension("z7", "2026-04-20", "2026-06-22") + " ep=Z",
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

// refusalOf returns the reason for which a script's last event is refused by a file and by the record
// alike; "" if it is accepted.
func refusalOf(t *testing.T, script string) string {
	t.Helper()
	events := tell(t, script)
	last := events[len(events)-1]
	var reason string
	for _, r := range second(book.Accept(events)) {
		if r.Event != last.ID {
			t.Fatalf("%s is refused: %s", r.Event, r.Reason)
		}
		reason = r.Reason
	}
	checked := ""
	if r := book.Check(events[:len(events)-1], last); r != nil {
		checked = r.Reason
	}
	if checked != reason {
		t.Errorf("a file says %q, the record %q", reason, checked)
	}
	return reason
}

func second[A, B any](_ A, b B) B { return b }

func TestDatesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ script, want string }{ // "" if it is accepted
		{"e home.opened 1998-01-01", ""},
		{"e home.opened 1980-01-01", ""},
		{"e home.opened 1979-12-31", "before 1 January 1980"},
		{"e home.opened 0001-01-01", `"at" is 0001-01-01, the null date of .NET and SQL Server`},
		{"e home.opened 0001-01-02", "before 1 January 1980"},
		{"e home.opened 1753-01-01", "SQL Server's datetime"},
		{"e home.opened 1899-12-30", "the null date of Access, Excel and Delphi"},
		{"e home.opened 1900-01-01", "the null date of SQL Server and Excel"},
		{"e home.opened 1900-01-01T00:00:00Z", "the null date of SQL Server and Excel"},
		{"e home.opened 1970-01-01T00:00:00Z", "the null date of Unix"},
		{"e home.opened 9999-12-31", "stands for no end"},
		{"e home.opened 9999-12-31T12:00:00Z", "stands for no end"},
		{"e home.opened 1899-12-30T00:00:00Z", "the null date of Access, Excel and Delphi"},
		{"e home.opened 2099-12-31", "stands for no end"},
		{"e home.opened 2199-12-31", ""},
		{"e home.opened 2200-01-01", "after 31 December 2199"},
		{"e home.opened 2026-01-05 rec=2200-01-01", `"recorded" is after 31 December 2199`},
		{"e home.opened 2026-01-05 rec=9999-12-31", `"recorded" is 9999-12-31`},
		{"e referral.received 1900-01-01", "give the day on which it happened, or leave the event out"},

		{"e person.born 1900-01-01", "the null date of SQL Server and Excel"},
		{"e person.born 1949-12-31", "before 1950"},
		{"e person.born 1962-05-04 rec=1999-01-05", ""},
		{"e person.born 2026-01-05 date=1900-01-01", "data.date of person.born is 1900-01-01"},
		{"e person.born 2026-01-05 date=1949-12-31", "before 1950"},
		{"e person.born 2026-01-05 date=1979-06-01", ""},
		{"e person.born 2026-01-05 date=2026-01-06 rec=2026-01-05", "record person.expected"},
		{"e person.expected 2026-01-05 date=2026-07-01", ""},
		{"e person.expected 2026-01-05 date=2027-01-06", "more than a year away"},

		{"e source.attached 2026-01-05 name=x reports=[cp_visit.made] from=1998-04-01", ""},
		{"e source.attached 2026-01-05 name=x reports=[cp_visit.made] until=9999-12-31", "leave it out if there is no date"},
		{"e source.attached 2026-01-05 name=x reports=[cp_visit.made] from=1900-01-01", "leave it out if there is no date"},
		{"e source.attached 2026-01-05 name=x reports=[cp_visit.made] from=1979-01-01", "before 1 January 1980"},
		{"e source.attached 2026-01-05 name=x reports=[cp_visit.made] from=2025-04-01 until=2025-03-31", "earlier than data.from"},
		{"e action.agreed 2026-01-05 due=2056-01-05 owner=W1", ""},
		{"e action.agreed 2026-01-05 due=2056-01-06 owner=W1", "more than 30 years after the event"},
		{"e action.agreed 2026-01-05 due=1970-01-01 owner=W1", "the null date of Unix"},
		{"e supervision_order.made 2026-01-05 until=2026-01-04", "earlier than its start"},

		// Section 45: Monday 5 January and eight days are the 13th; Thursday 26 March and eight
		// days are Good Friday, carried to Saturday 4 April; Saturday 28 March and eight are Easter
		// Sunday, carried over Easter Monday to the 7th.
		{"e supervision_order.made 2026-04-13", ""},
		{"e supervision_order.made 2026-04-13 until=2027-04-12", ""},
		{"e supervision_order.made 2026-04-13 until=2027-04-13", "paragraph 6(1) of Schedule 3"},
		{"e supervision_order.made 2028-02-29 until=2029-02-28", ""},
		{"e epo.granted 2026-01-05", ""},
		{"e epo.granted 2026-01-05 until=2026-01-13", ""},
		{"e epo.granted 2026-01-05 until=2026-01-14", "section 45(1)"},
		{"e epo.granted 2026-01-05 until=2026-01-04", "earlier than its start"},
		{"e epo.granted 2026-01-05 until=2025-12-05", "earlier than its start"},
		{"e epo.granted 2026-03-02 until=2026-09-02", "where the last of them is a Sunday or a public holiday, to noon on the first later day"},
		// Saturday is no public holiday: Friday 9 January and eight days are Saturday the 17th.
		{"e epo.granted 2026-01-09 until=2026-01-18", "section 45(1)"},
		// Thursday 17 December and eight days are Christmas Day: over Boxing Day, which is one though a
		// Saturday, a Sunday and the substitute of Boxing Day, the 28th, to Tuesday the 29th.
		{"e epo.granted 2026-12-17 until=2026-12-29", ""},
		{"e epo.granted 2026-12-17 until=2026-12-30", "section 45(1)"},
		{"o epo.granted 2026-01-05\nc epo.granted 2026-01-05 until=2026-01-14 corrects=o rec=2026-01-06", "section 45(1)"},
		{"e epo.granted 2026-03-26 until=2026-04-04", ""},
		{"e epo.granted 2026-03-26 until=2026-04-05", "section 45(1)"},
		{"e epo.granted 2026-03-28 until=2026-04-07", ""},
		// An extension is bound by what it extends.
		{"o epo.granted 2026-01-05 until=2026-01-13\ne epo.extended 2026-01-12 until=2026-01-20", ""},
		{"o epo.granted 2026-01-05 until=2026-01-13\ne epo.extended 2026-01-12 until=2026-01-21", "the latest date allowed is 2026-01-20"},
		{"o epo.granted 2026-01-05 until=2026-01-13\ne epo.extended 2026-01-12 until=2026-01-11", "earlier than its start"},
		{"o epo.granted 2026-01-05 until=2026-01-13\ne epo.extended 2026-01-14 until=2026-01-20", "an extension must be given on or before that day (Children Act 1989, section 45"},
		{"o epo.granted 2026-01-05 until=2026-01-13\np epo.extended 2026-01-12 until=2026-01-16\ne epo.extended 2026-01-15 until=2026-01-18", "extended as often as the law allows (Children Act 1989, section 45"},
		{"o epo.granted 2026-01-05\ne epo.extended 2026-01-12 until=2026-06-01", "section 45(5) and (6)"},

		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2026-08-28 granted=2026-07-01", ""},
		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2027-09-20 granted=2027-07-31", "data.granted of court_timetable.extended is later"},
		// 26 weeks beginning with 5 January end on 5 July; recorded on the day of a grant in August.
		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2026-09-20 granted=2026-08-01 rec=2026-08-01T10:00:00Z", ""},
		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2026-09-20 granted=2026-08-01 rec=2026-07-31T10:00:00Z", "later than the day on which it was recorded"},
		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2026-08-20 granted=2026-08-21 rec=2026-09-01", "earlier than data.granted"},
		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2026-08-20 granted=2026-01-04", "it started after data.granted"},
		{"i proceedings.issued 2026-01-05\ne court_timetable.extended 2026-07-01 until=2026-08-20 granted=1900-01-01", "the null date of SQL Server and Excel"},

		{"h home.opened 1998-01-01\nc home.opened 0001-01-01 corrects=h rec=2026-01-05", "the null date of .NET"},
		{"h home.opened 1998-01-01\ne - - voids=h rec=2026-01-05", ""},
		{"h home.opened 1998-01-01\ne - 0001-01-01 voids=h rec=2026-01-05", "the null date of .NET"},
	} {
		got := refusalOf(t, tt.script)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s\n\tis refused with %q, want %q", tt.script, got, tt.want)
		}
	}
}

// The day of a birth and what a vendor writes where it holds none are not the same: only the
// latter is repeated in a reason, which may be logged.
func TestAReasonDoesNotRepeatADateOfBirth(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"e person.born 1931-08-09", "e person.born 2026-01-05 date=1931-08-09"} {
		if got := refusalOf(t, script); got == "" || strings.Contains(got, "1931") {
			t.Errorf("%s: %q", script, got)
		}
	}
}

func TestWhatComesBeforeABirth(t *testing.T) {
	t.Parallel()
	const born = "b person.born 2026-06-10\n"
	for _, tt := range []struct{ script, want string }{
		// Ordinary work for an unborn child.
		{born + "e referral.received 2026-02-01", ""},
		{born + "e assessment.completed 2026-03-20", ""},
		{born + "e strategy_discussion.held 2026-03-20 s47=true", ""},
		{born + "e icpc.held 2026-04-10 outcome=plan", ""},
		{born + "e cp_plan.started 2026-04-10", ""},
		{born + "e core_group.held 2026-04-20", ""},
		{born + "e cp_visit.made 2026-04-20 seen=true", ""},
		{born + "e pre_proceedings.started 2026-05-01", ""},
		{born + "e legal_planning.held 2026-05-01", ""},
		{born + "e care_plan.completed 2026-06-01", ""},
		{born + "e connected_person.temporarily_approved 2026-06-01", ""},
		{born + "e referral.received 2025-06-10", ""},
		// What a family's case says about itself.
		{born + "e source.attached 2001-06-10 name=x reports=[referral.received]", ""},
		{born + "e worker.allocated 2001-06-10 worker=W1", ""},
		// Impossible.
		{born + "e referral.received 2025-06-09", "more than a year before the child was born"},
		{born + "e looked_after.started 2026-06-09", "before the child was born"},
		{born + "e looked_after.started 2026-06-10", ""},
		{born + "e epo.granted 2026-06-09", "before the child was born"},
		{born + "e proceedings.issued 2026-06-09", "before the child was born"},
		{born + "e lac_visit.made 2026-06-09 seen=true", "before the child was born"},
		// The birth as it stands.
		{born + "c person.born 2026-05-10 corrects=b rec=2026-06-20\ne looked_after.started 2026-05-11", ""},
		{born + "x - - voids=b rec=2026-06-20\ne looked_after.started 2026-05-11", ""},
		{"b person.born 2026-07-01 date=2026-06-10\ne looked_after.started 2026-06-09", "before the child was born"},
		// Nothing is known of a birth.
		{"e looked_after.started 1998-01-01", ""},
		{"p person.expected 2026-01-10 date=2026-06-10\ne referral.received 2026-01-10", ""},
	} {
		got := refusalOf(t, tt.script)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s\n\tis refused with %q, want %q", tt.script, got, tt.want)
		}
	}
}

// What was recorded before there were bounds is folded as ever.
func TestWhatWasRecordedBeforeThereWereBoundsIsStillFolded(t *testing.T) {
	t.Parallel()
	events := tell(t, `
		h1 home.opened 0001-01-01 rec=2026-11-27T10:00:00Z
		r1 referral.received 1900-01-01 rec=2026-11-27T10:00:00Z`)
	plan := book.Fold(events, casework.At(instant(t, "2026-12-02")))
	same(t, `
		FD-01:r1 1900-01-01 1900-01-02 overdue late=46355 provisional
		HO-01:h1.2026-10-01 2026-10-01 2026-10-31 overdue late=32
		HO-01:h1.2026-11-01 2026-11-01 2026-11-30 overdue late=2
		HO-01:h1.2026-12-01 2026-12-01 2026-12-31 running`, dutyLines(plan, "FD-01", "HO-01"))
	correction := tell(t, "c1 home.opened 1998-01-01 corrects=h1 rec=2026-12-02T10:00:00Z")[0]
	if r := book.Check(events, correction); r != nil {
		t.Errorf("it cannot be put right: %v", r)
	}
}

func TestEveryEventThatNeedsABirthIsInTheVocabulary(t *testing.T) {
	t.Parallel()
	for _, name := range casework.OnlyOnceBorn {
		if _, ok := book.Pack().EventType(name); !ok {
			t.Errorf("%s is no event", name)
		}
	}
}

func TestANullInstantIsNamed(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0001-01-01T00:00:00Z", "0000-00-00", "0000-00-00T00:00:00Z"} {
		if _, err := casework.ParseWhen(s); err == nil || !strings.Contains(err.Error(), "null date") {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// Whichever of the two was recorded first: the child of 1990 would have been 36 at a referral in 2026.
func TestABirthThatMakesTheChildTooOldIsRefused(t *testing.T) {
	t.Parallel()
	const birth, first = "by it the child would be over 25", "by person.born the child would be over 25 at this, the first event"
	for _, tt := range []struct{ script, file, record string }{ // who is refused: by a file, and by the record as events come one by one
		{"b person.born 2001-03-02\nr referral.received 2026-03-02", "", ""}, // on the 25th birthday
		{"b person.born 2001-03-01\nr referral.received 2026-03-02", "b: " + birth, "r: " + first},
		{"b person.born 1990-03-01\nr referral.received 2026-03-02", "b: " + birth, "r: " + first},
		{"r referral.received 2026-03-02\nb person.born 1990-03-01", "b: " + birth, "b: " + birth},
		{"r referral.received 2026-03-02\nb person.born 2026-03-03 date=1990-03-01", "b: " + birth, "b: " + birth},
		{"r referral.received 2026-03-02\nb person.born 2016-03-01\nc person.born 1996-03-01 corrects=b rec=2026-04-01", "c: " + birth, "c: " + birth},
		{"r referral.received 2026-03-02\nb person.born 2016-03-01\nc person.born 2006-03-01 corrects=b rec=2026-04-01", "", ""},
		// What is first decides, and only work on the case counts.
		{"b person.born 1990-03-01\nr referral.received 2005-03-02\nv pa_visit.made 2026-03-02", "", ""},
		{"b person.born 1990-03-01\nw worker.allocated 2026-03-02 worker=W1", "", ""},
		{"w worker.allocated 2005-03-02 worker=W1\nr referral.received 2026-03-02\nb person.born 1990-03-01", "b: " + birth, "b: " + birth},
		{"r referral.received 2005-03-02\nx - - voids=r rec=2026-01-01\nr2 referral.received 2026-03-02\nb person.born 1990-03-01", "b: " + birth, "b: " + birth},
		// A care leaver's case may begin with leaving care, and go on.
		{"b person.born 1998-03-01\nv pathway_plan.reviewed 2026-03-02\nr referral.received 2026-03-02\nc case.closed 2026-04-01", "", ""},
		{"v pathway_plan.reviewed 2026-03-02\nr referral.received 2026-03-02\nb person.born 1998-03-01", "", ""},
		{"b person.born 1998-03-01\nr referral.received 2026-03-01\nv pathway_plan.reviewed 2026-03-02", "b: " + birth, "r: " + first},
		// A birth that was taken back, and one without anything else.
		{"b person.born 1990-03-01\nx - - voids=b rec=2026-01-01\nr referral.received 2026-03-02", "", ""},
		{"b person.born 1990-03-01", "", ""},
		{"e person.expected 2026-03-02 date=2026-07-01\nr referral.received 2026-03-02", "", ""},
	} {
		events := tell(t, tt.script)
		_, refused := book.Accept(events)
		sayRefused(t, "a file", tt.script, refused, tt.file)
		judging := book.Judging(nil)
		refused = nil
		for _, e := range events {
			if r := judging.Check(e); r != nil {
				refused = append(refused, *r)
			} else {
				judging.Accept(e)
			}
		}
		sayRefused(t, "the record", tt.script, refused, tt.record)
	}
}

func sayRefused(t *testing.T, who, script string, refused []casework.Refusal, want string) {
	t.Helper()
	got := ""
	for _, r := range refused {
		got += r.Error()
	}
	if want == "" && got != "" || !strings.Contains(got, want) || len(refused) > 1 {
		t.Errorf("%s\n\tin %s is refused with %q, want %q", script, who, got, want)
	}
}

// What was handed in together is judged together: the birth is at fault, not the referral.
func TestABirthIsJudgedByWhatComesWithIt(t *testing.T) {
	t.Parallel()
	events := tell(t, "b person.born 1990-03-01\nr referral.received 2026-03-02")
	judging := book.Judging(nil)
	judging.Expect(events)
	if r := judging.Check(events[0]); r == nil {
		t.Error("the birth is accepted")
	}
	if r := judging.Check(events[1]); r != nil {
		t.Errorf("the referral is refused: %s", r.Reason)
	}
	judging.Expect(tell(t, "b person.born 1990-03-01\nr referral.received 2026-03-02\ne referral.received 2001-03-02\nz referral.lost 1999-01-01"))
	if r := judging.Check(events[0]); r != nil {
		t.Errorf("the birth is refused: %s", r.Reason)
	}
}

// No date that is worked out comes near the year 10000, for which there is none.
func TestEveryDueDateHasAYear(t *testing.T) {
	t.Parallel()
	plan := book.Fold(accepted(t, `
		r referral.received 2199-12-31
		s supervision_order.made 2199-12-31 until=2200-12-30`), casework.At(instant(t, "2200-01-01")))
	if len(plan.Duties) == 0 {
		t.Fatal("no duties")
	}
	for i := range plan.Duties {
		if d := &plan.Duties[i]; d.WaitingFor == "" && d.DueText() == "" {
			t.Errorf("%s has no due date", d.ID)
		}
	}
}

func TestWhatIsProbablyASlipIsDoubted(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{ // "" if nothing is doubted
		"v cp_visit.made 2026-01-05 seen=true":                                         "",
		"v cp_visit.made 2026-01-05 seen=false":                                        "",
		"v cp_visit.made 2026-01-05":                                                   "it does not say whether the child was seen",
		"v lac_visit.made 2026-01-05 seen_alone=true":                                  "it does not say whether the child was seen",
		"v cp_visit.made 2026-01-05 Seen=true":                                         `data."Seen" is not read. Did you mean seen?`,
		"v cp_visit.made 2026-01-05 seen=true sene_alone=true":                         `data."sene_alone" is not read. Did you mean seen_alone?`,
		"v cp_visit.made 2026-01-05 seen=true colour=blue":                             "", // a source's own
		"v cp_visit.made 2026-01-05 seen=true note=x reason=y":                         "",
		"v pa_visit.made 2026-01-05":                                                   "", // it asks for no seen
		"i icpc.held 2026-01-05 outcome=plan outcom=plan":                              "Did you mean outcome?",
		"h hearing.listed 2026-01-05 hearing=cmh for=2026-01-04":                       "data.for is earlier than the event",
		"h hearing.listed 2026-01-05 hearing=cmh for=2026-01-05":                       "",
		"a action.agreed 2026-01-05 due=2025-01-05 owner=W1":                           "data.due is earlier than the event",
		"s source.attached 2026-01-05 name=x reports=[cp_visit.made,worker.allocated]": "",
		"s source.attached 2026-01-05 name=x reports=[notice.acknowledged]": "nothing of what it reports (notice.acknowledged) is work on a case, " +
			"so the source is taken as not attached",
		"s source.attached 2026-01-05 name=x reports=[referral.received,cp_plan.started]": "nothing of what it reports (referral.received, cp_plan.started) " +
			"is what a timescale asks for",
		"v cp_visit.made 2026-01-05 seen=true\nx - - voids=v rec=2026-01-06 Seen=x": "",
	} {
		events := tell(t, script)
		var got []string
		for _, r := range book.Doubts(&events[len(events)-1]) {
			got = append(got, r.Reason)
		}
		if len(got) > 1 || want == "" && len(got) > 0 || !strings.Contains(strings.Join(got, ""), want) {
			t.Errorf("%s\n\tis doubted for %q, want %q", script, got, want)
		}
	}
}

func TestWhatNothingHasOpenedIsFound(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{ // the id of what is found
		"r referral.received 2026-01-05\nv cp_visit.made 2026-01-06 seen=true":  "",
		"w worker.allocated 2026-01-05 worker=W1\nv cp_visit.made 2026-01-06":   "v",
		"v lac_visit.made 2026-01-05 seen=true\nv2 lac_visit.made 2026-02-05":   "v",
		"g core_group.held 2026-01-05":                                          "g",
		"a assessment.completed 2026-01-05":                                     "a",
		"c case.closed 2026-01-05":                                              "c",
		"o case.opened 2026-01-05\nv cp_visit.made 2026-01-06":                  "",
		"p placement.started 2026-01-05\nv lac_visit.made 2026-01-06 seen=true": "",
		"i icpc.held 2026-01-05 outcome=plan\ng core_group.held 2026-01-06":     "",
		"s strategy_discussion.held 2026-01-05 s47=true":                        "",
		"m missing.ended 2026-01-05":                                            "",
		"n case_note.recorded 2026-01-05":                                       "n",
		"b person.born 2016-01-05":                                              "",
		"h home.opened 2016-01-05":                                              "",
	} {
		got := ""
		if e := book.Unopened(tell(t, script), instant(t, "2026-12-31")); e != nil {
			got = e.ID
		}
		if got != want {
			t.Errorf("%s\n\tnothing has opened %q, want %q", script, got, want)
		}
	}
	if book.Unopened([]casework.Event{}, instant(t, "2026-12-31")) != nil {
		t.Error("something in an empty case")
	}
}

func TestADeathThatIsProbablyDatedTooEarlyIsDoubted(t *testing.T) {
	t.Parallel()
	const dated = "d: the child died on Mon 5 Jan 2026, and "
	for script, want := range map[string]string{ // "" if nothing is doubted
		"r referral.received 2026-01-05\nd person.died 2026-01-05":                                        "",
		"d person.died 2026-01-05\nr referral.received 2026-01-06":                                        dated + "1 event is dated after that day: it does not count",
		"d person.died 2026-01-05\nr referral.received 2026-01-06\nv cp_visit.made 2026-02-06":            dated + "2 events are dated after that day",
		"p cp_plan.started 2026-01-01\nd person.died 2026-01-05\nc case.closed 2026-01-09":                "", // what follows a death
		"p cp_plan.started 2026-01-01\nd person.died 2026-01-05\ne cp_plan.ended 2026-01-09":              "",
		"d person.died 2026-01-05\nw worker.allocated 2026-01-09 worker=W1":                               "", // it only marks the case
		"d0 person.died 2025-01-05\nd person.died 2026-01-05 corrects=d0\nr referral.received 2026-03-02": dated + "1 event",
		"d person.died 2026-01-05\nx - - voids=d rec=2026-02-01\nr referral.received 2026-03-02":          "",
		"b person.born 2026-01-05\nd person.died 2026-01-05":                                              "",
		"b person.born 2026-01-06\nd person.died 2026-01-05":                                              "d: the child died before the day of birth",
	} {
		var got []string
		for _, d := range book.DoubtfulDeaths(tell(t, script), instant(t, "2026-12-31")) {
			got = append(got, d.Death.ID+": "+d.Why)
		}
		if len(got) > 1 || want == "" && len(got) > 0 || !strings.Contains(strings.Join(got, ""), want) {
			t.Errorf("%s\n\tis doubted for %q, want %q", script, got, want)
		}
	}
}
