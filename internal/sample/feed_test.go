package sample_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
)

// vocabulary are the types of events that docs/rules.md lists in section 7.
func vocabulary(tb testing.TB) []string {
	tb.Helper()
	text, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "## 7. Events")
	section, _, found := strings.Cut(rest, "## 8.")
	if !found {
		tb.Fatal("docs/rules.md has no section 7 before a section 8")
	}
	var names []string
	for _, match := range regexp.MustCompile("`([a-z0-9_]+\\.[a-z0-9_]+)").FindAllStringSubmatch(section, -1) {
		names = append(names, match[1])
	}
	return names
}

func TestEveryEventIsOfAKnownTypeAndAccepted(t *testing.T) {
	t.Parallel()
	known := vocabulary(t)
	m := makeSample(t, "2026-11-20", 300, 5)
	all := append(slices.Clone(m.events), stories(t, "2026-11-23").Events()...)
	for _, e := range all {
		if !slices.Contains(known, e.Type) {
			t.Errorf("%s is not in section 7 of docs/rules.md", e.Type)
		}
	}
	accept(t, all)
}

func TestNothingIsPushedOfWhatHadNotHappened(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		m := makeSample(t, "2026-11-20", 150, seed)
		made := m.day.At(5, 0)
		for _, e := range m.events {
			if e.At.Day > m.ref || e.Recorded.Before(e.At.Start()) || e.Recorded.After(made) {
				t.Errorf("event %s, %s, happened %s and was recorded %s; the feed ends %s", e.ID, e.Type, e.At, e.Recorded, m.ref)
			}
		}
	}
}

func TestEventIdsAreUniqueAndSayNothingOfTheChild(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 300, 0)
	seen := map[string]bool{}
	for _, e := range m.events {
		if seen[e.ID] || strings.Contains(e.ID, "SAMPLE") {
			t.Errorf("the id %s comes twice, or names a child", e.ID)
		}
		seen[e.ID] = true
	}
}

func TestEachCaseIsFedFromItsFirstReferralOnAndHeldBySomebody(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 300, 0)
	if len(m.byChild) != len(m.children) {
		t.Fatalf("the feed has %d cases, the return %d children", len(m.byChild), len(m.children))
	}
	want := []string{"cp_visit.made", "core_group.held", "cin_visit.made", "cin_review.held", "pre_proceedings_review.held"}
	for i, c := range m.children {
		events := m.byChild[c.get("ChildIdentifiers/LAchildID")]
		referral := c.all("CINdetails")[0].day(t, "CINreferralDate")
		source := events[0]
		if source.Type != "source.attached" || source.Data.Day("from") != referral || source.Data.Text("until") != "" ||
			!slices.Equal(source.Data.Names("reports"), want) {
			t.Errorf("child %d: the first event is not a live feed from %s: %v", i+1, referral, source.Data)
		}
		held := 0
		for _, e := range events {
			if e.Type == "worker.allocated" {
				held++
			}
		}
		if held < 1 || held > 2 {
			t.Errorf("child %d has had %d workers", i+1, held)
		}
	}
}

func TestVisitsAndMeetingsFallIntoTheirPlans(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		m := makeSample(t, "2026-11-20", 200, seed)
		for i, c := range m.children {
			last := map[string]calendar.Date{}
			for _, e := range m.byChild[c.get("ChildIdentifiers/LAchildID")] {
				group := map[string]string{
					"cp_visit.made": "ChildProtectionPlans", "core_group.held": "ChildProtectionPlans", "cin_visit.made": "CINPlanDates",
					"cin_review.held": "CINPlanDates", "pre_proceedings_review.held": "PreProceedingsandFGDM",
				}[e.Type]
				if group == "" {
					continue
				}
				if !slices.ContainsFunc(m.staysOf(t, c, group), func(s stay) bool { return s.from <= e.At.Day && e.At.Day <= s.to }) {
					t.Errorf("child %d: %s on %s is in no plan", i+1, e.Type, e.At)
				}
				if e.At.Day == last[e.Type] {
					t.Errorf("child %d: %s comes twice on %s", i+1, e.Type, e.At)
				}
				last[e.Type] = e.At.Day
			}
		}
	}
}

// stay is a time in which something is so; to is the end of the return where it is open.
type stay struct{ from, to calendar.Date }

func (m *made) staysOf(tb testing.TB, c *node, group string) []stay {
	tb.Helper()
	starts := map[string]string{
		"ChildProtectionPlans": "CPPstartDate", "CINPlanDates": "CINPlanStartDate", "PreProceedingsandFGDM": "InitialPPMeetingDate",
	}
	ends := map[string]string{
		"ChildProtectionPlans": "CPPendDate", "CINPlanDates": "CINPlanEndDate", "PreProceedingsandFGDM": "StepDecisionDate",
	}
	var list []stay
	for _, e := range c.all("CINdetails") {
		for _, p := range e.all(group) {
			s := stay{p.day(tb, starts[group]), p.day(tb, ends[group])}
			if s.to.IsZero() {
				s.to = m.ref
			}
			list = append(list, s)
		}
	}
	return list
}

func TestReviewsOfPreProceedingsAreAsManyAsTheReturnCounts(t *testing.T) {
	t.Parallel()
	m := county(t)
	groups := 0
	for i, c := range m.children {
		want := 0
		for _, e := range c.all("CINdetails") {
			for _, p := range e.all("PreProceedingsandFGDM") {
				groups++
				if n := p.get("ReviewMeetingsCount"); n != "" {
					count, err := strconv.Atoi(n)
					if err != nil {
						t.Fatal(err)
					}
					want += count
				}
			}
		}
		got := 0
		for _, e := range m.byChild[c.get("ChildIdentifiers/LAchildID")] {
			if e.Type == "pre_proceedings_review.held" {
				got++
			}
		}
		if got != want {
			t.Errorf("child %d: %d reviews pushed, %d counted in the return", i+1, got, want)
		}
	}
	if groups < 5 {
		t.Errorf("%d pre-proceedings: too few to tell", groups)
	}
}

func TestUnbornAndSmallChildrenAreNotSeenAlone(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 400, 0)
	for i, c := range m.children {
		birth := c.day(t, "ChildIdentifiers/PersonBirthDate")
		for _, e := range m.byChild[c.get("ChildIdentifiers/LAchildID")] {
			if e.Data.Flag("seen_alone") && (birth.IsZero() || e.At.Day < birth.Birthday(4) || !e.Data.Flag("seen")) {
				t.Errorf("child %d was seen alone on %s", i+1, e.At)
			}
		}
	}
}

// allocated is the worker that each child is with in the end.
func (m *made) allocated() map[string]casework.Event {
	list := map[string]casework.Event{}
	for _, e := range m.events {
		if e.Type == "worker.allocated" {
			list[e.Case] = e
		}
	}
	return list
}
