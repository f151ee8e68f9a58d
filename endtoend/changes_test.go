package endtoend_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// council is a small return: children by their references, each with what stands in its
// CINdetails after the date of referral.
type council struct {
	refs    []string
	details map[string]string
}

func newCouncil() *council {
	c := &council{details: map[string]string{}}
	for i := range 20 {
		ref := fmt.Sprintf("CHILD-%02d", i+1)
		c.refs = append(c.refs, ref)
		c.details[ref] = assessment("2025-09-15", "2025-11-03")
	}
	return c
}

func (c *council) without(ref string) *council {
	c.refs = slices.DeleteFunc(c.refs, func(r string) bool { return r == ref })
	return c
}

// xml writes the return.
func (c *council) xml() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>999</LEA><SoftwareCode>test</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo>
<DateTime>2026-04-20T10:00:00</DateTime></Source></Header><Children>
`)
	for _, ref := range c.refs {
		fmt.Fprintf(&b, `<Child><ChildIdentifiers><LAchildID>%s</LAchildID><UPNunknown>UN1</UPNunknown><PersonBirthDate>2015-05-05</PersonBirthDate>`+
			`<Sex>F</Sex></ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>`+
			`<CINdetails><CINreferralDate>2025-09-15</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>%s`+
			`<ReferralNFA>0</ReferralNFA></CINdetails></Child>`+"\n", ref, c.details[ref])
	}
	b.WriteString("</Children></Message>\n")
	return []byte(b.String())
}

func assessment(started, authorised string) string {
	return "<Assessments><AssessmentActualStartDate>" + started + "</AssessmentActualStartDate><AssessmentAuthorisationDate>" + authorised +
		"</AssessmentAuthorisationDate></Assessments>"
}

func cinPlan(started string) string {
	return "<CINPlanDates><CINPlanStartDate>" + started + "</CINPlanStartDate></CINPlanDates>"
}

// protectionPlan is a plan that began with its conference, and its reviews.
func protectionPlan(started string, reviews ...string) string {
	text := "<ChildProtectionPlans><CPPstartDate>" + started + "</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>" +
		"<LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP><Reviews>"
	for _, day := range reviews {
		text += "<CPPreviewDate>" + day + "</CPPreviewDate>"
	}
	return text + "</Reviews></ChildProtectionPlans>"
}

func TestAChangedReturnLeadsToExactlyTheEventsThatChanged(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsChanges)
	load := func(c *council) reconciled {
		t.Helper()
		var got reconciled
		x.must(t, 0, "import", "cin-census", file(t, "return.xml", c.xml()), "--json").read(t, &got)
		return got
	}
	before := newCouncil()
	before.details["CHILD-01"] += protectionPlan("2025-11-20", "2026-02-12")
	before.details["CHILD-03"] += cinPlan("2025-12-01")
	first := load(before)
	if first.New == 0 || first.Children != 20 {
		t.Fatalf("the first import: %+v", first)
	}
	held := map[string][]casework.Event{}
	for _, ref := range before.refs {
		held[ref] = eventsOf(t, x, ref)
	}

	after := newCouncil().without("CHILD-04")
	after.details["CHILD-01"] += protectionPlan("2025-11-20", "2026-02-12", "2026-03-26")                 // a review added
	after.details["CHILD-02"] = strings.Replace(after.details["CHILD-02"], "2025-11-03", "2025-11-10", 1) // a date corrected
	second := load(after)                                                                                 // CHILD-03: a row gone
	gone := len(ofPeriod(held["CHILD-04"]))
	if second.New != 1 || second.Corrections != 1 || second.Voids != 1+gone || second.ChildrenGone != 1 {
		t.Errorf("the second import: %+v; expected 1 new, 1 corrected, %d voided, 1 child gone", second, 1+gone)
	}

	for _, ref := range before.refs {
		now := eventsOf(t, x, ref)
		if len(now) < len(held[ref]) || !slices.EqualFunc(now[:len(held[ref])], held[ref], sameEvent) {
			t.Errorf("%s: what was recorded has changed", ref)
			continue
		}
		added, old := now[len(held[ref]):], held[ref]
		switch ref {
		case "CHILD-01":
			if len(added) != 1 || added[0].Type != "cp_review.held" || added[0].At.String() != "2026-03-26" || added[0].Corrects+added[0].Voids != "" {
				t.Errorf("%s: the review added became %+v", ref, added)
			}
		case "CHILD-02":
			if len(added) != 1 || added[0].Corrects != idOf(old, "assessment.completed") || added[0].At.String() != "2025-11-10" {
				t.Errorf("%s: the date corrected became %+v", ref, added)
			}
		case "CHILD-03":
			if len(added) != 1 || added[0].Voids != idOf(old, "cin_plan.started") {
				t.Errorf("%s: the row gone became %+v", ref, added)
			}
		case "CHILD-04":
			if got, want := voidedBy(added), idsOf(ofPeriod(old)); !slices.Equal(got, want) {
				t.Errorf("%s: the child gone led to the voids of %v, and should to those of %v", ref, got, want)
			}
		default:
			if len(added) > 0 {
				t.Errorf("%s: has not changed, and got %+v", ref, added)
			}
		}
	}
	if third := load(after); third.New+third.Corrections+third.Voids+third.Clocks.Told > 0 {
		t.Errorf("the same file again: %+v", third)
	}
	brokenReturnsWriteNothing(t, x, after.xml())
}

// brokenReturnsWriteNothing spoils a return in every way in which a file is broken.
func brokenReturnsWriteNothing(t *testing.T, x *site, good []byte) {
	t.Helper()
	r := x.record(t)
	sum := func() string {
		s, err := r.Summary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d cases, %d events, %d loads, %d nudges", s.Cases, s.Events, s.Loads, s.Outbox)
	}
	before := sum()
	whole := string(good)
	for name, content := range map[string]string{
		"cut off":         whole[:len(whole)*2/3],
		"wrong encoding":  strings.Replace(whole, "WBRI", "\xe9\xff", 1),
		"not XML":         "child;referral\r\nCHILD-99;2025-09-15\r\n",
		"an entity bomb":  strings.Replace(strings.Replace(whole, "<Message>", entityBomb, 1), "WBRI", "&c;", 1),
		"another message": strings.ReplaceAll(whole, "Message>", "Letter>"),
		"empty":           "",
	} {
		for _, source := range []string{"case-system", "broken"} {
			c := x.must(t, 1, "import", "cin-census", file(t, "broken.xml", []byte(content)), "--source", source)
			if said := c.refused(); len(said) != 1 || text(c.out) != "" || strings.Contains(said[0], "CHILD-") {
				t.Errorf("%s: it said %q", name, c.said())
			}
		}
		if now := sum(); now != before {
			t.Errorf("%s: something was written: %s, before it %s", name, now, before)
		}
	}
}

const entityBomb = `<!DOCTYPE Message [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Message>`

// eventsOf are the events that `starter events` shows of a case.
func eventsOf(t testing.TB, x *site, ref string) []casework.Event {
	t.Helper()
	var list []casework.Event
	for line := range strings.Lines(text(x.must(t, 0, "events", ref).out)) {
		var e casework.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func sameEvent(a, b casework.Event) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func idOf(list []casework.Event, kind string) string {
	for i := range list {
		if list[i].Type == kind {
			return list[i].ID
		}
	}
	return "no " + kind
}

// ofPeriod are the rows of the year that the return covers: a child that is gone from it
// was still born when it was, and was once loaded.
func ofPeriod(list []casework.Event) []casework.Event {
	first := calendar.NewDate(2025, time.April, 1)
	return slices.DeleteFunc(slices.Clone(list), func(e casework.Event) bool {
		return e.At.Day < first || e.Type == "source.attached"
	})
}

func idsOf(list []casework.Event) []string {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	slices.Sort(ids)
	return ids
}

func voidedBy(list []casework.Event) []string {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Voids)
	}
	slices.Sort(ids)
	return ids
}
