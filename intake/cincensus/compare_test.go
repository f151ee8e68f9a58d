package cincensus

import (
	"strings"
	"testing"

	"longstop/casework"
	"longstop/intake"
)

// Each case loads one return after another and says what each load records of child K
// after the first.
func TestLoadingAgain(t *testing.T) {
	t.Parallel()
	const year, next = "2026-03-31", "2027-03-31"
	type load struct {
		to   string
		kids []node
		want []string // nil for the first
	}
	one := func(episodes ...node) []node { return []node{kid("K", episodes...)} }
	plain := one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", "", "2025-08-01")))
	for _, c := range []struct {
		name  string
		loads []load
	}{
		{"the same return twice says nothing new", []load{{year, plain, nil}, {year, plain, []string{}}}},
		{"a new row is a new event", []load{
			{year, plain, nil},
			{
				year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", "", "2025-08-01", "2025-12-20"))),
				[]string{"2025-12-20 cp_review.held R1"},
			},
		}},
		{"a changed date is a correction", []load{
			{year, plain, nil},
			{
				year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", "", "2025-08-03"))),
				[]string{"correct to 2025-08-03 cp_review.held R1"},
			},
		}},
		{"changed data is a correction", []load{
			{year, one(details(referral("2025-05-01"), closure("2025-06-01"), el(elClosureReason, "RC7"))), nil},
			{
				year, one(details(referral("2025-05-01"), closure("2025-06-01"), el(elClosureReason, "RC5"))),
				[]string{"correct to 2025-06-01 case.closed R1 reason=RC5"},
			},
		}},
		{"an assessment that is authorised is no longer open", []load{
			{year, one(details(referral("2025-05-01"), assessed("2025-05-02", ""))), nil},
			{
				year, one(details(referral("2025-05-01"), assessed("2025-05-02", "2025-06-20"))),
				[]string{"correct to 2025-05-02 assessment.started R1", "2025-06-20 assessment.completed R1"},
			},
		}},
		{"a row that is gone is a void", []load{
			{year, plain, nil},
			{year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", ""))), []string{"void cp_review.held"}},
		}},
		{"rows are matched by date and only then by order", []load{
			{year, one(details(referral("2025-05-01"), protected("2025-05-22", "", "2025-08-01", "2026-01-10"))), nil},
			{
				year, one(details(referral("2025-05-01"), protected("2025-05-22", "", "2026-01-10", "2026-03-01"))),
				[]string{"correct to 2026-03-01 cp_review.held R1"},
			},
		}},
		{"what is left of several rows is matched in order", []load{
			{year, one(details(referral("2025-05-01"), protected("2025-05-22", "", "2025-08-01", "2025-10-01"))), nil},
			{
				year, one(details(referral("2025-05-01"), protected("2025-05-22", "", "2025-08-05", "2025-10-05", "2026-01-05"))),
				[]string{"correct to 2025-08-05 cp_review.held R1", "correct to 2025-10-05 cp_review.held R1", "2026-01-05 cp_review.held R1"},
			},
		}},
		{"a row that comes back is a new event, and going again is a void of that", []load{
			{year, plain, nil},
			{year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", ""))), []string{"void cp_review.held"}},
			{year, plain, []string{"2025-08-01 cp_review.held R1"}},
			{year, plain, []string{}},
			{year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", ""))), []string{"void cp_review.held"}},
			{year, plain, []string{"2025-08-01 cp_review.held R1"}},
		}},
		{"a correction can be corrected back", []load{
			{year, plain, nil},
			{
				year, one(details(referral("2025-05-01"), conference("2025-05-21"), protected("2025-05-22", "", "2025-08-01"))),
				[]string{"correct to 2025-05-21 icpc.held R1 outcome=plan"},
			},
			{year, plain, []string{"correct to 2025-05-20 icpc.held R1 outcome=plan"}},
			{year, plain, []string{}},
		}},
		{"inferred events move with their row", []load{
			{year, one(details(referral("2025-05-01"), section47("2025-05-02", el(elNotRequired, "1")))), nil},
			{year, one(details(referral("2025-05-01"), section47("2025-05-06", el(elNotRequired, "1")))), []string{
				"correct to 2025-05-06 icpc.not_required R1 inferred", "correct to 2025-05-06 strategy_discussion.held R1 s47",
			}},
		}},
		{"each inferred event moves with its own row and not with the next", []load{
			{year, one(details(referral("2025-05-01"), section47("2025-05-02", el(elNotRequired, "1")), section47("2025-06-02", el(elNotRequired, "0")))), nil},
			{year, one(details(referral("2025-05-01"), section47("2025-05-05", el(elNotRequired, "0")), section47("2025-06-05", el(elNotRequired, "1")))), []string{
				"void icpc.not_required",
				"correct to 2025-05-05 strategy_discussion.held R1 s47", "correct to 2025-06-05 strategy_discussion.held R1 s47",
				"2025-06-05 icpc.not_required R1 inferred",
			}},
		}},
		{"inferred events go with their row", []load{
			{year, one(details(referral("2025-05-01"), section47("2025-05-02", el(elNotRequired, "1")))), nil},
			{year, one(details(referral("2025-05-01"))), []string{
				"void referral.decided", "void strategy_discussion.held", "void icpc.not_required",
			}},
			{year, one(details(referral("2025-05-01"), section47("2025-05-02", el(elNotRequired, "1")))), []string{
				"2025-05-01 referral.decided R1 inferred outcome=assessment",
				"2025-05-02 strategy_discussion.held R1 s47", "2025-05-02 icpc.not_required R1 inferred",
			}},
		}},
		{"a conference of the return takes the place of the one inferred for its plan", []load{
			{year, one(details(referral("2025-05-01"), protected("2025-05-22", ""))), nil},
			{year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", ""))), []string{
				"void icpc.held", "2025-05-20 icpc.held R1 outcome=plan",
			}},
		}},
		{"another outcome of the referral corrects the decision", []load{
			{year, one(details(referral("2025-05-01"), el(elNFA, "1"))), nil},
			{year, one(details(referral("2025-05-01"), el(elNFA, "0"), assessed("2025-05-02", ""))), []string{
				"correct to 2025-05-01 referral.decided R1 inferred outcome=assessment", "2025-05-02 assessment.started R1 open",
			}},
		}},
		{"a changed referral date is a correction of the same episode", []load{
			{year, one(details(referral("2025-05-01"), assessed("2025-05-08", ""))), nil},
			{year, one(details(referral("2025-05-05"), assessed("2025-05-08", ""))), []string{
				"correct to 2025-05-05 referral.decided R1 inferred outcome=assessment", "correct to 2025-05-05 referral.received R1",
			}},
		}},
		{"an episode whose older referral has another date now is known by its rows, and corrected", []load{
			{year, one(details(referral("2025-02-01"), assessed("2025-05-08", "2025-06-01"))), nil},
			{year, one(details(referral("2025-02-03"), assessed("2025-05-08", "2025-06-01"))), []string{
				"correct to 2025-02-03 referral.decided R1 inferred outcome=assessment", "correct to 2025-02-03 referral.received R1",
			}},
			{year, one(details(referral("2025-02-03"), assessed("2025-05-08", "2025-06-01"))), []string{}},
		}},
		{"an episode that is gone is voided, and its name is not given again", []load{
			{year, one(details(referral("2025-05-01"), closure("2025-06-01"))), nil},
			{year, one(), []string{"void referral.received", "void case.closed"}},
			{year, one(details(referral("2025-07-01"))), []string{"2025-07-01 referral.received R2"}},
			{year, one(details(referral("2025-05-01")), details(referral("2025-07-01"))), []string{"2025-05-01 referral.received R1"}},
		}},
		{"an episode keeps its name when an earlier one is seen later", []load{
			{year, one(details(referral("2025-09-01"))), nil},
			{year, one(details(referral("2025-05-01"), closure("2025-05-09")), details(referral("2025-09-01"))), []string{
				"2025-05-01 referral.received R2", "2025-05-09 case.closed R2",
			}},
		}},
		{"older rows are neither corrected nor voided", []load{
			{year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-20", "", "2025-08-01"))), nil},
			{next, one(details(referral("2025-05-01"), protected("2025-05-20", "2026-05-01", "2025-08-02", "2026-04-20"))), []string{
				"2025-08-02 cp_review.held R1", "2026-04-20 cp_review.held R1", "2026-05-01 cp_plan.ended R1",
			}},
			{next, one(details(referral("2025-05-01"), protected("2025-05-20", "2026-05-01", "2025-08-02", "2026-04-20"))), []string{}},
		}},
		{"later rows are neither corrected nor voided by the return of an earlier year", []load{
			{next, one(details(referral("2025-05-01"), closure("2026-05-01"), assessed("2026-04-10", "2026-05-01"))), nil},
			{year, one(details(referral("2025-05-01"), assessed("2025-05-02", "2025-06-01"))), []string{
				"2025-05-02 assessment.started R1", "2025-06-01 assessment.completed R1",
			}},
		}},
		{"no conference is inferred for a plan whose conference is only in an earlier year's return", []load{
			{year, one(details(referral("2026-01-05"), conference("2026-03-28"), protected("2026-03-30", ""))), nil},
			{next, one(details(referral("2026-01-05"), protected("2026-03-30", "", "2026-06-20"))), []string{"2026-06-20 cp_review.held R1"}},
		}},
		{"a plan that starts in the next year is not lost with the conference that could not tell of it", []load{
			{year, one(details(referral("2026-01-05"), conference("2026-03-30"))), nil},
			{next, one(details(referral("2026-01-05"), conference("2026-03-30"), protected("2026-04-02", ""))), []string{
				"2026-04-02 icpc.held R1 inferred outcome=plan", "2026-04-02 cp_plan.started R1 category=NEG",
			}},
			{next, one(details(referral("2026-01-05"), conference("2026-03-30"), protected("2026-04-02", ""))), []string{}},
		}},
		{"an assessment after one of an earlier year's return is a reassessment", []load{
			{year, one(details(referral("2026-01-05"), assessed("2026-01-06", "2026-02-20"))), nil},
			{next, one(details(referral("2026-01-05"), assessed("2026-06-01", ""))), []string{"2026-06-01 assessment.started R1 open reassessment"}},
		}},
		{"a corrected birth date is a correction however long ago it was", []load{
			{year, one(details(referral("2025-05-01"))), nil},
			{
				year,
				[]node{in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2015-06-02")), details(referral("2025-05-01")))},
				[]string{"correct to 2015-06-02 person.born"},
			},
		}},
		{"an expected birth stays when the birth date comes", []load{
			{year, []node{unborn("K", "2025-11-01", details(referral("2025-05-01")))}, nil},
			{
				year,
				[]node{in("Child", in("ChildIdentifiers", el(elChildID, "K"), el(elBorn, "2025-10-28")), details(referral("2025-05-01")))},
				[]string{"2025-10-28 person.born"},
			},
		}},
		{"another expected date is a correction, and one that is gone a void", []load{
			{year, []node{unborn("K", "2025-11-01", details(referral("2025-05-01")))}, nil},
			{year, []node{unborn("K", "2025-11-09", details(referral("2025-05-01")))}, []string{"correct to 2025-05-01 person.expected date=2025-11-09"}},
			{year, []node{in("Child", in("ChildIdentifiers", el(elChildID, "K")), details(referral("2025-05-01")))}, []string{"void person.expected"}},
		}},
		{"an expected birth keeps the day of the first referral that the record holds", []load{
			{year, []node{unborn("K", "2026-08-01", details(referral("2026-03-01"), closure("2026-03-09")))}, nil},
			{next, []node{unborn("K", "2026-08-01", details(referral("2026-05-01")))}, []string{"2026-05-01 referral.received R2"}},
		}},
		{"a child that is wholly gone is voided within the period only", []load{
			{next, one(details(referral("2025-05-01"), assessed("2025-05-02", "2025-06-01"), section47("2026-05-01", el(elNotRequired, "1")))), nil},
			{next, nil, []string{"void strategy_discussion.held", "void icpc.not_required"}},
			{next, nil, []string{}},
			{next, one(details(referral("2025-05-01"), assessed("2025-05-02", "2025-06-01"), section47("2026-05-01", el(elNotRequired, "1")))), []string{
				"2026-05-01 strategy_discussion.held R1 s47", "2026-05-01 icpc.not_required R1 inferred",
			}},
		}},
		{"a row that is refused now is kept", []load{
			{year, plain, nil},
			{year, one(details(referral("2025-05-01"), conference("2025-05-20"), protected("2025-05-22", "", "2025-13-01"))), []string{}},
		}},
		{"two referrals of one day stay apart", []load{
			{year, one(details(referral("2025-05-01"), closure("2025-05-01"), el(elNFA, "1")), details(referral("2025-05-01"), assessed("2025-05-02", ""))), nil},
			{year, one(details(referral("2025-05-01"), assessed("2025-05-02", "")), details(referral("2025-05-01"), closure("2025-05-01"), el(elNFA, "1"))), []string{}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			for i, load := range c.loads {
				kids := append([]node{kid("another", details(referral("2025-05-01")))}, load.kids...)
				got := l.load(t, message(load.to, kids...))
				if i > 0 {
					same(t, lines(got["K"]), load.want)
				}
				sound(t, l.held["K"])
			}
		})
	}
}

// sound checks what is true of every record: changes name what exists and carry its id,
// nothing is voided twice, ids are unique.
func sound(t fataler, held []casework.Event) {
	t.Helper()
	seen := map[string]casework.Event{}
	voided := map[string]bool{}
	for _, e := range held {
		if _, again := seen[e.ID]; again {
			t.Fatalf("id %s is given twice", e.ID)
		}
		seen[e.ID] = e
		if e.Case != "" && strings.Contains(e.ID, e.Case) {
			t.Fatalf("id %s holds the reference", e.ID)
		}
		target := e.Corrects + e.Voids
		if target == "" {
			continue
		}
		before, ok := seen[target]
		switch {
		case !ok, before.Type != e.Type, before.Episode != e.Episode:
			t.Fatalf("%s changes %s, which is not there before it or is something else", e.ID, target)
		case !strings.Contains(e.ID, target):
			t.Fatalf("%s does not contain the id that it replaces", e.ID)
		case voided[target]:
			t.Fatalf("%s changes what is voided", e.ID)
		case e.Data.Text("correction_reason") == "" && e.Data.Text(intake.FieldReason) == "":
			t.Fatalf("%s gives no reason", e.ID)
		}
		voided[target] = e.Voids != ""
	}
}

func TestWhatPeopleDidByHandStands(t *testing.T) {
	t.Parallel()
	year := func(review string) string {
		return message("2026-03-31", kid("K", details(referral("2025-05-01"), protected("2025-05-22", "", review))))
	}
	find := func(events []casework.Event, kind string) casework.Event {
		for _, e := range events {
			if e.Type == kind {
				return e
			}
		}
		t.Fatalf("no %s", kind)
		return casework.Event{}
	}
	corrected := func(e casework.Event, day string) casework.Event {
		return casework.Event{
			ID: "hand-1", Source: e.Source, Case: e.Case, Type: e.Type, At: casework.OnDay(date(t, day)), Episode: e.Episode, Corrects: e.ID,
			Data: casework.Data{"reason": "the minutes say so"},
		}
	}
	voided := func(e casework.Event) casework.Event {
		return casework.Event{
			ID: "hand-1", Source: e.Source, Case: e.Case, Type: e.Type, At: casework.OnDay(date(t, "2026-11-05")), Voids: e.ID,
			Data: casework.Data{"reason": "another child's"},
		}
	}
	for _, c := range []struct {
		name   string
		byHand func(casework.Event) casework.Event
		on     string // event type
		then   string // the review of the next return
		want   []string
	}{
		{"a correction by hand is left when the return says what it said", func(e casework.Event) casework.Event { return corrected(e, "2025-08-09") }, typeReview, "2025-08-01", []string{}},
		{"a correction by hand that the return comes to agree with is left", func(e casework.Event) casework.Event { return corrected(e, "2025-08-09") }, typeReview, "2025-08-09", []string{}},
		{"a correction by hand gives way when the return says something else", func(e casework.Event) casework.Event { return corrected(e, "2025-08-09") }, typeReview, "2025-08-11", []string{"correct to 2025-08-11 cp_review.held R1"}},
		{"a void by hand is left when the return says what it said", voided, typeReview, "2025-08-01", []string{}},
		{"what was voided by hand comes again when the return says something else", voided, typeReview, "2025-08-11", []string{"2025-08-11 cp_review.held R1"}},
		{"what was voided by hand and is gone is left", voided, typeReview, "", []string{}},
		{"what was corrected by hand and is gone is voided", func(e casework.Event) casework.Event { return corrected(e, "2025-08-09") }, typeReview, "", []string{"void cp_review.held"}},
		{"an inferred event that gave way is left", func(e casework.Event) casework.Event { return intake.MakeWay(e, e.ID, date(t, "2026-11-05")) }, typeConference, "2025-08-01", []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l ledger
			first := l.load(t, year("2025-08-01"))["K"]
			l.loads++
			l.record("K", c.byHand(find(first, c.on)))
			got := l.load(t, year(c.then))["K"]
			same(t, lines(got), c.want)
			if again := l.load(t, year(c.then))["K"]; len(again) > 0 {
				t.Errorf("the same return again says %v", lines(again))
			}
		})
	}
}

func TestSourceAttached(t *testing.T) {
	t.Parallel()
	k := kid("K", details(referral("2025-05-01")))
	attached := func(events []casework.Event) *casework.Event {
		for i := range events {
			if events[i].Type == intake.TypeSource {
				return &events[i]
			}
		}
		return nil
	}
	var l ledger
	first := attached(l.load(t, message("2026-03-31", k))["K"])
	if first == nil || first.At.Day != l.today() || first.Data.Text("name") != source ||
		first.Data.Text("from") != "2025-04-01" || first.Data.Text("until") != "2026-03-31" {
		t.Fatalf("the first load attaches %+v", first)
	}
	if got := first.Data.Names("reports"); len(got) != 19 || got[0] != "person.born" {
		t.Errorf("it reports %v", got)
	}
	if again := attached(l.load(t, message("2026-03-31", k))["K"]); again != nil {
		t.Errorf("the second load of the same return attaches %+v", again)
	}
	if other := attached(l.load(t, message("2025-03-31", k))["K"]); other == nil || other.Data.Text("from") != "2024-04-01" {
		t.Errorf("the return of another year attaches %+v", other)
	}
	made := strings.Replace(message("2026-03-31", k), "<LEA>", "<DateTime>2026-03-02T09:00:00</DateTime><LEA>", 1)
	if early := attached(l.load(t, made)["K"]); early == nil || early.Data.Text("until") != "2026-03-02" {
		t.Errorf("a return that was made before its reference date attaches %+v", early)
	}
	if gone := attached(l.load(t, message("2026-03-31", kid("another", details(referral("2025-05-01")))))["K"]); gone != nil {
		t.Errorf("a child that is gone is attached to %+v", gone)
	}
}

func TestChildrenOfThePeriod(t *testing.T) {
	t.Parallel()
	var l ledger
	header, _ := children(t, message("2026-03-31", kid("K", details(referral("2019-05-01")))))
	l.load(t, message("2026-03-31", kid("K", details(referral("2019-05-01")))))
	if !ofPeriod(header.Period, l.held["K"]) {
		t.Error("a child of this return without a row in the period is not of the period")
	}
	next, _ := children(t, message("2027-03-31", kid("K", details(referral("2019-05-01")))))
	if ofPeriod(next.Period, l.held["K"]) {
		t.Error("a child of last year's return only is of this year's period")
	}
	var rows []casework.Event
	for _, e := range l.load(t, message("2027-03-31", kid("K", details(referral("2026-05-01")))))["K"] {
		if e.Type == typeReferral {
			rows = append(rows, e)
		}
	}
	if !ofPeriod(next.Period, rows) {
		t.Error("a child with a row in the period is not of the period")
	}
	l.load(t, message("2027-03-31", kid("another", details(referral("2026-05-01")))))
	if ofPeriod(next.Period, l.held["K"]) {
		t.Error("a child whose rows were taken back before is of the period")
	}
	if ofPeriod(next.Period, nil) || len(intake.Load{Format: Census{}, Source: source, Period: next.Period, Day: l.today()}.Absent(nil).Events) > 0 {
		t.Error("a child without anything recorded is of the period")
	}
}

func TestAChildRefusedWholeSaysNothing(t *testing.T) {
	t.Parallel()
	header, list := children(t, message("2026-03-31", kid("", details(referral("2025-05-01")))))
	if got := toRecord(header.Period, nil, list[0], header.Period.To); got != nil {
		t.Errorf("it says %v", lines(got))
	}
}
