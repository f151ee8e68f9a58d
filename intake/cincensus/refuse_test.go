package cincensus

import (
	"strings"
	"testing"
)

func TestRowsAreRefusedOneByOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		kid     node
		refused []string // element and the end of the reason
		stands  []string // what is loaded all the same, without the birth and the inferred
	}{
		{
			"activity before its referral, and the referral stands",
			kid("K", details(referral("2025-05-10"), assessed("2025-05-09", "2025-06-01"), conference("2025-05-01"))),
			[]string{elAssessmentStart + " is before the referral of its episode", elConference + " is before the referral of its episode"},
			[]string{"2025-05-10 referral.received R1", "2025-06-01 assessment.completed R1"},
		},
		{
			"activity on the day of the referral is fine",
			kid("K", details(referral("2025-05-10"), assessed("2025-05-10", "2025-05-10"))), nil,
			[]string{"2025-05-10 referral.received R1", "2025-05-10 assessment.started R1", "2025-05-10 assessment.completed R1"},
		},
		{
			"activity after the closure",
			kid("K", details(referral("2025-05-10"), closure("2025-06-01"), protected("2025-05-20", "2025-06-02", "2025-07-01"))),
			[]string{elPlanEnd + " is after the closure of its episode", elReview + " is after the closure of its episode"},
			[]string{"2025-05-10 referral.received R1", "2025-05-20 cp_plan.started R1 category=NEG", "2025-06-01 case.closed R1"},
		},
		{
			"activity on the day of the closure is fine",
			kid("K", details(referral("2025-05-10"), closure("2025-06-01"), assessed("2025-05-11", "2025-06-01"))), nil,
			[]string{"2025-05-10 referral.received R1", "2025-05-11 assessment.started R1", "2025-06-01 assessment.completed R1", "2025-06-01 case.closed R1"},
		},
		{
			"a closure before the referral, and then it refuses nothing",
			kid("K", details(referral("2025-05-10"), closure("2025-05-09"), assessed("2025-05-11", ""))),
			[]string{elClosure + " is before the referral of its episode"},
			[]string{"2025-05-10 referral.received R1", "2025-05-11 assessment.started R1 open"},
		},
		{
			"a conference before its enquiry, but not one before another",
			kid("K", details(referral("2025-05-10"), section47("2025-05-20", conference("2025-05-19")), section47("2025-05-12", conference("2025-05-18")))),
			[]string{elConference + " is before the start of its section 47 enquiry"},
			[]string{
				"2025-05-10 referral.received R1", "2025-05-12 strategy_discussion.held R1 s47", "2025-05-18 icpc.held R1 outcome=no_plan",
				"2025-05-20 strategy_discussion.held R1 s47",
			},
		},
		{
			"a conference of an enquiry that is refused itself stands",
			kid("K", details(referral("2025-05-10"), section47("2025-05-09", conference("2025-05-19"), el(elNotRequired, "1")))),
			[]string{elEnquiry + " is before the referral of its episode"},
			[]string{"2025-05-10 referral.received R1", "2025-05-19 icpc.held R1 outcome=no_plan"},
		},
		{
			"an end before its start, and the start stands",
			kid("K", details(referral("2025-05-10"), assessed("2025-05-20", "2025-05-19"), in("CINPlanDates", el(elCINPlanStart, "2025-06-20"), el(elCINPlanEnd, "2025-06-19")))),
			[]string{elAssessmentEnd + " is before its start", elCINPlanEnd + " is before its start"},
			[]string{"2025-05-10 referral.received R1", "2025-05-20 assessment.started R1 open", "2025-06-20 cin_plan.started R1"},
		},
		{
			"a review before its start",
			kid("K", details(referral("2025-05-10"), protected("2025-06-20", "", "2025-06-19", "2025-09-01"), in("Assessments",
				el(elAssessmentStart, "2025-05-20"), el(elAssessmentReview, "2025-05-19")))),
			[]string{elReview + " is before its start", elAssessmentReview + " is before its start"},
			[]string{
				"2025-05-10 referral.received R1", "2025-05-20 assessment.started R1 open",
				"2025-06-20 cp_plan.started R1 category=NEG", "2025-09-01 cp_review.held R1",
			},
		},
		{
			"a decision to step up or down before pre-proceedings, but not a letter",
			kid("K", details(referral("2025-05-10"), in("PreProceedingsandFGDM", el(elPPStart, "2025-06-10"), el(elLetter, "2025-06-09"), el(elStep, "2025-06-08")))),
			[]string{elStep + " is before its start"},
			[]string{"2025-05-10 referral.received R1", "2025-06-09 letter_before_proceedings.sent R1", "2025-06-10 pre_proceedings.started R1"},
		},
		{
			"a date after the reference date, but not an expected birth",
			unborn("K", "2026-08-01", details(referral("2026-03-31"), closure("2026-04-01"))),
			[]string{elClosure + " is after the reference date of the return"},
			[]string{"2026-03-31 person.expected date=2026-08-01", "2026-03-31 referral.received R1"},
		},
		{
			"a birth after the reference date, and the expected one stands for it",
			in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2026-04-01"), el(elExpected, "2026-04-02")), details(referral("2026-03-01"))),
			[]string{elBorn + " is after the reference date of the return"},
			[]string{"2026-03-01 person.expected date=2026-04-02", "2026-03-01 referral.received R1"},
		},
		{
			"a death after the reference date",
			in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elDied, "2026-04-01")), details(referral("2026-03-01"))),
			[]string{elDied + " is after the reference date of the return"},
			[]string{"2026-03-01 referral.received R1"},
		},
		{
			"texts that are not dates",
			kid("K", details(referral("2025-05-10"), closure("31/03/2026"), assessed("2025-02-30", "soon"), in("Section47", el(elEnquiry, "2025-5-1")))),
			[]string{elClosure + " is not a date", elAssessmentStart + " is not a date", elAssessmentEnd + " is not a date", elEnquiry + " is not a date"},
			[]string{"2025-05-10 referral.received R1"},
		},
		{
			"an empty date is missing, and not refused",
			kid("K", details(referral("2025-05-10"), closure(""), conference("  "))), nil,
			[]string{"2025-05-10 referral.received R1"},
		},
		{
			"everything in an episode whose referral is after the reference date",
			kid("K", details(referral("2026-04-10"), assessed("2026-03-09", "2026-04-20"), closure("2026-03-30")), details(referral("2025-05-10"))),
			[]string{
				elReferral + " is after the reference date of the return",
				elAssessmentStart + " belongs to an episode whose referral is refused or missing", elAssessmentEnd + " is after the reference date of the return",
				elClosure + " belongs to an episode whose referral is refused or missing",
			},
			[]string{"2025-05-10 referral.received R1"},
		},
		{
			"everything in an episode without a referral, or with one that is not a date",
			kid("K", details(assessed("2026-03-09", "")), details(referral("never"), closure("2026-03-30"))),
			[]string{
				elReferral + " is missing because an episode is known by its referral", elAssessmentStart + " belongs to an episode whose referral is refused or missing",
				elReferral + " is not a date", elClosure + " belongs to an episode whose referral is refused or missing",
			},
			[]string{},
		},
		{
			"identifiers that stand twice are read once",
			in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2015-06-01")), in("ChildIdentifiers", el(elChildID, "L"), el(elBorn, "2015-06-02")),
				details(referral("2025-05-10"))), nil,
			[]string{"2025-05-10 referral.received R1"},
		},
		{
			"an expected birth without a referral to date it by",
			unborn("K", "2026-08-01", details(referral("2026-04-10"))),
			[]string{elExpected + " has no referral that stands to date it by", elReferral + " is after the reference date of the return"},
			[]string{},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := message("2026-03-31", kid("first", details(referral("2025-05-10"))), c.kid)
			_, list := children(t, text)
			var refused []string
			for _, r := range list[1].Refused {
				reason, _, _ := strings.Cut(strings.Replace(r.Reason, "missing: an", "missing because an", 1), ": ")
				reason, _, _ = strings.Cut(reason, " (")
				reason, _, _ = strings.Cut(reason, ", 20")
				refused = append(refused, r.Element+" "+reason)
				if r.Child != 2 || !strings.Contains(strings.Split(text, "\n")[r.Line-1], r.Element) && !strings.Contains(r.Reason, "missing") {
					t.Errorf("%s is reported at child %d, line %d", r.Element, r.Child, r.Line)
				}
				if !strings.HasPrefix(r.Error(), "child 2, line ") {
					t.Errorf("it reads %q", r.Error())
				}
			}
			same(t, refused, c.refused)
			var l ledger
			var stands []string
			for _, line := range lines(l.load(t, text)["K"]) {
				if !strings.Contains(line, "inferred") && !strings.Contains(line, "born") {
					stands = append(stands, line)
				}
			}
			same(t, stands, c.stands)
		})
	}
}

func TestARefusalShowsBothDatesAndWhereTheyStand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, details string
		want          []string
	}{
		{
			"activity before the referral", "<CINreferralDate>2025-05-10</CINreferralDate>\n<DateOfInitialCPC>2025-05-09</DateOfInitialCPC>",
			[]string{"child 1, line 6: DateOfInitialCPC is before the referral of its episode: it is 2025-05-09, and CINreferralDate in line 5 is 2025-05-10"},
		},
		{
			"a closure before the referral, on one line", "<CINreferralDate>2025-05-10</CINreferralDate><CINclosureDate>2025-05-09</CINclosureDate>",
			[]string{"child 1, line 5: CINclosureDate is before the referral of its episode: it is 2025-05-09, and CINreferralDate is 2025-05-10"},
		},
		{
			"activity after the closure",
			"<CINreferralDate>2025-05-10</CINreferralDate>\n<CINclosureDate>2025-05-11</CINclosureDate>\n<CINPlanDates><CINPlanStartDate>2025-05-12</CINPlanStartDate></CINPlanDates>",
			[]string{"child 1, line 7: CINPlanStartDate is after the closure of its episode: it is 2025-05-12, and CINclosureDate in line 6 is 2025-05-11"},
		},
		{
			"an end before its start",
			"<CINreferralDate>2025-05-10</CINreferralDate>\n<ChildProtectionPlans><CPPstartDate>2025-06-12</CPPstartDate>\n<CPPendDate>2025-06-11</CPPendDate></ChildProtectionPlans>",
			[]string{"child 1, line 7: CPPendDate is before its start: it is 2025-06-11, and CPPstartDate in line 6 is 2025-06-12"},
		},
		{
			"a date after the reference date", "<CINreferralDate>2026-05-10</CINreferralDate>",
			[]string{"child 1, line 5: CINreferralDate is after the reference date of the return, 2026-03-31: it is 2026-05-10"},
		},
		{
			"a date in another format", "<CINreferralDate>07/09/2025</CINreferralDate>",
			[]string{"child 1, line 5: CINreferralDate is not a date (07/09/2025): dates are written YYYY-MM-DD, such as 2026-03-31"},
		},
		{
			"a date with a time", "<CINreferralDate>2025-06-02T00:00:00</CINreferralDate>",
			[]string{"child 1, line 5: CINreferralDate is not a date (2025-06-02T00:00:00): dates are written YYYY-MM-DD, such as 2026-03-31"},
		},
		{
			"words are not shown", "<CINreferralDate>Ada Wren</CINreferralDate>",
			[]string{"child 1, line 5: CINreferralDate is not a date: dates are written YYYY-MM-DD, such as 2026-03-31"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, list := children(t, `<Message><Header><CollectionDetails><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails></Header>
<Children><Child>
<ChildIdentifiers><LAchildID>K</LAchildID></ChildIdentifiers>
<CINdetails>
`+c.details+`</CINdetails></Child></Children></Message>`)
			var said []string
			for _, r := range list[0].Refused {
				said = append(said, r.Error())
			}
			same(t, said, c.want)
		})
	}
}

func TestABirthThatTheCaseContradictsIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, born, want string }{
		{"a child of 25 and a day at the first event", "2000-05-09", "PersonBirthDate makes the child over 25 at the first event of the case, CINreferralDate in line 20, 2025-05-10: check the year"},
		{"a child of 25 that day", "2000-05-10", ""},
		{"a child born a year and a day later", "2026-05-11", "PersonBirthDate is after the reference date of the return, 2026-03-31"},
		{"a child born within the year after", "2026-03-30", ""},
		{"a null date", "1900-01-01", "PersonBirthDate is 1900-01-01, the null date of SQL Server and Excel: the source holds no date there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := message("2026-03-31", in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, c.born)), details(referral("2025-05-10"))))
			_, list := children(t, text)
			got := ""
			for _, r := range list[0].Refused {
				_, got, _ = strings.Cut(r.Error(), ": ")
			}
			if got != c.want {
				t.Errorf("it reads %q", got)
			}
		})
	}
	t.Run("a birth more than a year after the first event, and proceedings before a birth", func(t *testing.T) {
		t.Parallel()
		text := message("2026-03-31",
			in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2026-03-30")), details(referral("2025-03-29"))),
			in("Child", in("ChildIdentifiers", el(elChildID, "L"), el(elBorn, "2026-03-30")),
				details(referral("2025-03-30"), in("PreProceedingsandFGDM", el(elCourt, "2026-03-29")))))
		_, list := children(t, text)
		var said []string
		for _, c := range list {
			for _, r := range c.Refused {
				_, line, _ := strings.Cut(r.Error(), ": ")
				said = append(said, line)
			}
		}
		same(t, said, []string{
			"PersonBirthDate is more than a year after the first event of the case, CINreferralDate in line 20, 2025-03-29: check the year",
			"CourtAppDate is before the child was born: it is 2026-03-29, and PersonBirthDate stands in line 26",
		})
	})
}

func TestNoRefusalShowsABirthOrADeath(t *testing.T) {
	t.Parallel()
	for _, born := range []string{"2026-05-04", "04/05/2016", "20160504", "1949-05-04"} {
		text := strings.Replace(message("2026-03-31", kid("K", details(referral("2025-05-10")))), "2015-06-01</PersonBirthDate>",
			born+"</PersonBirthDate><PersonDeathDate>"+born+"</PersonDeathDate>", 1)
		_, list := children(t, text)
		if len(list[0].Refused) != 2 {
			t.Errorf("%s: it refuses %v", born, list[0].Refused)
		}
		for _, r := range list[0].Refused {
			if strings.Contains(r.Error(), born) {
				t.Errorf("%s is shown: %s", born, r.Error())
			}
		}
	}
}

func TestAnInferredConferenceStandsForARefusedOne(t *testing.T) {
	t.Parallel()
	var l ledger
	got := l.load(t, message("2026-03-31", kid("K", details(referral("2025-05-10"), conference("2025-05-09"), protected("2025-05-11", "")))))["K"]
	same(t, lines(got)[3:], []string{"2025-05-11 icpc.held R1 inferred outcome=plan", "2025-05-11 cp_plan.started R1 category=NEG"})
}

func TestChildrenAreRefusedWhole(t *testing.T) {
	t.Parallel()
	text := message("2026-03-31",
		kid("K", details(referral("2025-05-10"))), kid(" ", details(referral("2025-05-11"))), kid("K", details(referral("2025-05-12"))),
		kid(strings.Repeat("x", 201), details(referral("2025-05-13"))), kid("a\u200bb", details(referral("2025-05-14"))), kid("L"),
		in("Child", details(referral("2025-05-15"))))
	_, list := children(t, text)
	found, _, err := check(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if found.Children != 7 || strings.Join(found.References, ",") != "K,L" || len(found.Refused) != 5 {
		t.Errorf("the check finds %d children, %v, and refuses %d", found.Children, found.References, len(found.Refused))
	}
	for i, want := range []string{"", "is missing", "came before", "is longer", "holds U+200B", "", "is missing"} {
		c := list[i]
		if c.Place != i+1 {
			t.Errorf("child %d says it is child %d", i+1, c.Place)
		}
		if want == "" {
			if c.Reference == "" || len(c.Refused) > 0 {
				t.Errorf("child %d is refused: %v", i+1, c.Refused)
			}
			continue
		}
		if c.Reference != "" || len(c.Refused) != 1 || !strings.HasPrefix(c.Refused[0].Reason, want) || c.Refused[0].Child != i+1 {
			t.Errorf("child %d is refused so: %v", i+1, c.Refused)
		}
	}
}
