package sample_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
)

// mix counts children by what a reader of the sample can see of them, by name.
type mix struct {
	t      testing.TB
	m      *made
	counts map[string]int
}

func mixOf(tb testing.TB, m *made) *mix {
	tb.Helper()
	x := &mix{t: tb, m: m, counts: map[string]int{}}
	left, away := x.person("staff.left"), x.person("staff.absent")
	for _, c := range m.children {
		x.identifiers(c)
		episodes := c.all("CINdetails")
		x.episodes(episodes)
		x.current(episodes[len(episodes)-1])
		x.feed(m.byChild[c.get("ChildIdentifiers/LAchildID")], left, away)
		x.duties(m.loaded(c))
	}
	return x
}

// note counts a child once for each thing that is true of it.
func (x *mix) note(what string, is bool) {
	if is {
		x.counts[what]++
	}
}

// person is who the first staff event of a type is about.
func (x *mix) person(kind string) string {
	for _, e := range x.m.people {
		if e.Type == kind {
			return e.Data.Text("worker")
		}
	}
	return ""
}

func (x *mix) identifiers(c *node) {
	x.note("unborn", c.get("ChildIdentifiers/PersonBirthDate") == "")
	x.note("with a disability", c.get("ChildCharacteristics/Disabilities/Disability") != "NONE")
}

func (x *mix) episodes(list []*node) {
	last := list[len(list)-1]
	open := last.get("CINclosureDate") == "" && last.get("ReferralNFA") == "0"
	x.note("open", open)
	x.note("closed", !open)
	x.note("referred again", len(list) > 1)
	for _, e := range list {
		x.note("referral without further action", e.get("ReferralNFA") == "1")
		for _, q := range e.all("Section47") {
			x.note("enquiry without a conference", q.get("ICPCnotRequired") == "1")
			late := x.workdays(q, "S47ActualStartDate", "DateOfInitialCPC") > 15
			x.note("conference held late", late)
			x.note("conference held in time", q.get("DateOfInitialCPC") != "" && !late)
			x.note("conference without a plan", q.get("DateOfInitialCPC") != "" && len(e.all("ChildProtectionPlans")) == 0)
		}
		x.note("conference without an enquiry", e.get("DateOfInitialCPC") != "")
		for _, a := range e.all("Assessments") {
			done := a.get("AssessmentAuthorisationDate") != ""
			days := x.m.cal().WorkingDaysBetween(e.day(x.t, "CINreferralDate"), a.day(x.t, "AssessmentAuthorisationDate"))
			x.note("assessment done in 41 to 45 days", done && days >= 41 && days <= 45)
			x.note("assessment done late", done && days > 45)
		}
		for _, p := range e.all("ChildProtectionPlans") {
			x.note("protection plan ended", p.get("CPPendDate") != "")
			x.note("stepped down", p.get("CPPendDate") != "" && len(e.all("CINPlanDates")) > 0)
		}
	}
}

// workdays is how many working days lie between two dates of a group, 0 where one is missing.
func (x *mix) workdays(n *node, from, to string) int {
	return x.m.cal().WorkingDaysBetween(n.day(x.t, from), n.day(x.t, to))
}

func (m *made) cal() *calendar.Calendar { return book.Calendar() }

func (x *mix) current(e *node) {
	for _, a := range e.all("Assessments") {
		age := x.m.cal().WorkingDaysBetween(e.day(x.t, "CINreferralDate"), x.m.day)
		open := a.get("AssessmentAuthorisationDate") == ""
		x.note("assessment open", open)
		x.note("assessment open, up to 15 days", open && age <= 15)
		x.note("assessment open, 40 to 45 days", open && age >= 40 && age <= 45)
		x.note("assessment open, over 45 days", open && age > 45)
	}
	for _, p := range e.all("ChildProtectionPlans") {
		if p.get("CPPendDate") == "" {
			x.plan(p)
		}
	}
	for _, p := range e.all("CINPlanDates") {
		x.note("child in need plan open", p.get("CINPlanEndDate") == "")
	}
	for _, p := range e.all("PreProceedingsandFGDM") {
		open, age := p.get("StepDecisionDate") == "", x.m.day.DaysSince(p.day(x.t, "PPStartDate"))
		x.note("pre-proceedings open", open)
		x.note("pre-proceedings over 16 weeks", open && age > 112)
		x.note("pre-proceedings without a review", open && p.get("ReviewMeetingsCount") == "0")
	}
}

func (x *mix) plan(p *node) {
	start := p.day(x.t, "CPPstartDate")
	x.note("protection plan open", true)
	for _, months := range []int{9, 15, 18, 24} {
		x.note(fmt.Sprintf("protection plan open, %d months", months), start.AddMonths(months) <= x.m.day)
	}
}

func (x *mix) feed(events []casework.Event, left, away string) {
	worker, workers := "", 0
	var last casework.Event // visit
	for _, e := range events {
		visit := strings.HasSuffix(e.Type, "_visit.made")
		if visit {
			last = e
		}
		x.note("visit", visit && e.Data.Flag("seen"))
		x.note("visit without seeing the child", visit && !e.Data.Flag("seen"))
		x.note("visit with the child alone", visit && e.Data.Flag("seen_alone"))
		x.note("visit recorded days late", visit && calendar.DateOf(e.Recorded) > e.At.Day.AddDays(3))
		if e.Type == "worker.allocated" {
			worker = e.Data.Text("worker")
			workers++
		}
	}
	x.note("held by a worker who left", worker == left)
	x.note("held by a worker who is away", worker == away)
	x.note("change of worker", workers > 1)
	x.note("tried last without seeing the child", last.Type != "" && !last.Data.Flag("seen"))
}

// duties counts what the clocks of the case say at nine on the morning of the day.
func (x *mix) duties(events []casework.Event) {
	now := x.m.day.At(9, 0)
	plan := book.Fold(accept(x.t, events), casework.At(now))
	clocks := false
	for i := range plan.Duties {
		d := &plan.Duties[i]
		state := d.State(now)
		x.note(d.Ref+" "+string(state), true)
		clocks = clocks || state == casework.Running || state == casework.DueToday || state == casework.Overdue
		if d.Ref == "CP-10" || d.Ref == "CN-02" {
			x.note("nobody visited for seven weeks", state == casework.Overdue && x.m.day.DaysSince(d.Started.Day) >= 49)
		}
	}
	x.note("with a clock running", clocks)
}

func (x *mix) print() string {
	var lines []string
	for what, n := range x.counts {
		lines = append(lines, fmt.Sprintf("%6d %s", n, what))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[7:], b[7:]) })
	return strings.Join(lines, "\n")
}

// worthSeeing is what a sample of sixty children holds at least once.
var worthSeeing = []string{
	"unborn", "open", "closed", "referred again", "referral without further action", "with a disability",
	"FD-01 met", "FD-01 unreported", "AS-01 running", "AS-01 overdue", "AS-01 met", "AS-01 met_late", "AS-01 unreported",
	"assessment open, up to 15 days", "assessment open, 40 to 45 days", "assessment open, over 45 days",
	"assessment done in 41 to 45 days", "assessment done late",
	"CP-03 running", "CP-03 overdue", "CP-03 met", "CP-03 met_late", "CP-03 ended",
	"enquiry without a conference", "conference held in time", "conference held late", "conference without a plan",
	"conference without an enquiry", "protection plan open", "protection plan open, 9 months",
	"protection plan open, 15 months", "protection plan open, 18 months", "protection plan open, 24 months",
	"protection plan ended", "stepped down",
	"CP-08 met", "CP-09 running", "CP-09 overdue", "CP-10 running", "CP-10 overdue", "CP-10 met_late", "CP-12 running",
	"child in need plan open", "CN-02 running", "CN-02 overdue", "CN-03 running", "CN-03 overdue",
	"pre-proceedings open", "pre-proceedings over 16 weeks", "pre-proceedings without a review", "PL-04 overdue", "PL-05 overdue",
	"PL-05 running", "nobody visited for seven weeks", "visit without seeing the child", "tried last without seeing the child",
	"visit recorded days late", "visit with the child alone", "held by a worker who left", "held by a worker who is away",
	"change of worker", "with a clock running",
}

func TestSixtyChildrenShowEverySituation(t *testing.T) {
	t.Parallel()
	for _, day := range []string{"2026-11-20", "2027-03-31", "2027-01-04", "2027-10-15"} {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			m := makeSample(t, day, 60, 0)
			x := mixOf(t, m)
			for _, what := range worthSeeing {
				if x.counts[what] == 0 {
					t.Errorf("no child: %s", what)
				}
			}
			if x.counts["CP-11 overdue"]+x.counts["CP-12 overdue"] == 0 {
				t.Error("no child: a review overdue")
			}
			if len(m.siblings()) == 0 {
				t.Error("no family of three")
			}
			t.Logf("the mix on %s:\n%s", day, x.print())
		})
	}
}

// siblings are the sizes of families of three and more: children next to each other with
// the same episodes, to the day.
func (m *made) siblings() []int {
	var sizes []int
	run, last := 1, ""
	for _, c := range append(slices.Clone(m.children), &node{}) {
		key := dates(c)
		if key == last {
			run++
			continue
		}
		if run >= 3 {
			sizes = append(sizes, run)
		}
		run, last = 1, key
	}
	return sizes
}

func dates(c *node) string {
	var key strings.Builder
	for _, e := range c.all("CINdetails") {
		fmt.Fprint(&key, e.get("CINreferralDate"), e.get("CINclosureDate"), e.get("Assessments/AssessmentAuthorisationDate"))
	}
	return key.String()
}

func TestMostOfSixtyIsInTime(t *testing.T) {
	t.Parallel()
	x := mixOf(t, makeSample(t, "2026-11-20", 60, 0))
	for _, ref := range []string{"AS-01", "CP-10", "CN-02"} {
		late := x.counts[ref+" met_late"] + x.counts[ref+" overdue"]
		if good := x.counts[ref+" met"] + x.counts[ref+" running"]; late*4 > good {
			t.Errorf("%s: %d in time against %d late: a district mostly keeps its dates", ref, good, late)
		}
	}
}
