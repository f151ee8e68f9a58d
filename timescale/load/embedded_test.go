package load_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"longstop/pathway"
	"longstop/timescale"
	"longstop/timescale/load"
)

var update = flag.Bool("update", false, "write the golden files anew")

func refs(pack *timescale.Pack, holds func(*timescale.Timescale) bool) []string {
	var refs []string
	for i := range pack.Timescales {
		if t := &pack.Timescales[i]; holds(t) {
			refs = append(refs, t.Ref)
		}
	}
	slices.Sort(refs)
	return refs
}

func expectRefs(t *testing.T, got []string, want string) {
	t.Helper()
	if got := strings.Join(got, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func all(*timescale.Timescale) bool { return true }

func TestTheShippedPackHoldsTheWholeCoreTable(t *testing.T) {
	t.Parallel()
	expectRefs(t, refs(load.Embedded(), all), "AD-05 AD-06 AD-07 AS-01 AS-H1 AS-H2 CN-02 CN-03 CP-03 CP-08 CP-09 CP-10 CP-11 CP-12 CP-13 CT-01 "+
		"EM-01 FD-01 LA-01 LA-06 LA-07 LA-08 LA-14 LA-15 LA-16 LA-18 LA-19 LA-23 LA-24 LA-26 LA-30 MI-01 PF-02 PF-04 PF-05 PL-02 PL-03 PL-04 PL-05")
}

func TestTheLimitsThatHangOnMoreThanTheDate(t *testing.T) {
	t.Parallel()
	expectRefs(t, refs(load.Embedded(), (*timescale.Timescale).HangsOnMore), "AD-05 AD-06 CP-13 LA-16 LA-18 LA-19 LA-24")
}

func TestTheLimitsThatAreLocal(t *testing.T) {
	t.Parallel()
	local := func(t *timescale.Timescale) bool { return t.Editions[0].Local }
	expectRefs(t, refs(load.Embedded(), local), "CN-02 CN-03 CP-09 CP-10 PL-02 PL-03")
}

func TestTheRulesWhoseWordsHaveNotBeenChecked(t *testing.T) {
	t.Parallel()
	unverified := func(t *timescale.Timescale) bool { return t.Editions[0].Unverified }
	expectRefs(t, refs(load.Embedded(), unverified), "CN-02 LA-23 MI-01 PF-02 PL-04 PL-05")
}

func TestThePathwaysOfThePackAreTheWorkflowTypes(t *testing.T) {
	t.Parallel()
	if got := load.Embedded().Pathways; !slices.Equal(got, pathway.All) {
		t.Errorf("got  %v\nwant %v", got, pathway.All)
	}
}

func TestTheRulesStandInTheOrderOfThePathways(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	if first, last := pack.Timescales[0].Ref, pack.Timescales[len(pack.Timescales)-1].Ref; first != "FD-01" || last != "EM-01" {
		t.Errorf("the first is %s and the last %s", first, last)
	}
}

// What each rule is, one line a rule: a change of the law shows in the diff of this file.
func TestTheCoreRulesAreThoseOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	var b strings.Builder
	for i := range pack.Timescales {
		b.WriteString(summary(&pack.Timescales[i]) + "\n")
	}
	expectGolden(t, "core.golden", b.String())
}

func TestTheVocabularyIsThatOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	var b strings.Builder
	for _, e := range pack.Events {
		fmt.Fprintf(&b, "%s | %s | marks %t |%s\n", e.Pathway, e.Name, e.Marks, fields(e))
	}
	for _, p := range pack.Periods {
		fmt.Fprintf(&b, "period %s | opens %s | ends %v with %q | single %t replaces %t all %t\n",
			p.Name, opens(p), p.Ends, p.EndsWith, p.Single, p.Replaces, p.EndsAll)
	}
	fmt.Fprintf(&b, "case opens %v, ends %v\n", pack.CaseOpens, pack.CaseEnds)
	for _, l := range pack.Ladders {
		fmt.Fprintf(&b, "ladder %s | %v |%s\n", l.Name, l.For, rungs(l))
	}
	expectGolden(t, "vocabulary.golden", b.String())
}

func expectGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for _, l := range gotLines {
		if !slices.Contains(wantLines, l) {
			t.Errorf("new: %s", l)
		}
	}
	for _, l := range wantLines {
		if !slices.Contains(gotLines, l) {
			t.Errorf("gone: %s", l)
		}
	}
	t.Errorf("%s differs: if the change is meant, run go test ./timescale/load -update and read the diff", path)
}

func summary(t *timescale.Timescale) string {
	parts := []string{t.Ref, t.Pathway}
	add := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "[]" && s != "false" && s != "0" {
			parts = append(parts, name+" "+s)
		}
	}
	add("period", t.Period)
	add("each", t.Each)
	add("starts", t.Starts)
	add("met by", t.MetBy)
	add("ended by", t.EndedBy)
	add("ends with", t.EndsWith)
	add("not while", t.NotWhile)
	if t.ShownOpenBy != nil {
		add("shown open by", *t.ShownOpenBy)
	}
	if t.From != timescale.FromDone {
		add("repeats from", t.From)
	}
	add("limit", t.LimitText())
	if x := t.Extend; x != nil {
		add("extended by", fmt.Sprintf("%s at most %d times by %s (later of due and granted: %t, after due: %t) under %s",
			x.Event, x.Times, x.Most, x.AfterLaterOfDueAndGranted, x.MayFollowDue, x.Source))
	}
	add("pausable", t.Pausable)
	add("any hour", t.AnyHour)
	add("days for a date", t.DateAsDays)
	add("alarms", t.Drift)
	for _, e := range t.Editions {
		add("by", fmt.Sprintf("%s (local %t, unverified %t): %s", e.Status, e.Local, e.Unverified, e.Source))
	}
	add("title", t.Title)
	add("todo", t.Todo)
	return strings.Join(parts, " | ")
}

func fields(e timescale.EventType) string {
	s := ""
	for _, f := range e.Fields {
		s += " " + f.Name + ":" + string(f.Kind)
		if f.Required {
			s += "!"
		}
		if len(f.OneOf) > 0 {
			s += fmt.Sprint(f.OneOf)
		}
	}
	return s
}

func opens(p timescale.Period) string {
	var parts []string
	for _, o := range p.Opens {
		s := o.String()
		if o.OnlyIfNone {
			s += " only if none"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func rungs(l timescale.Ladder) string {
	s := ""
	for _, r := range l.Rungs {
		for _, to := range r.Roles {
			kind := "reminds"
			if to.Escalation {
				kind = "escalates to"
			}
			s += fmt.Sprintf(" %s %s %s (%d %d%% %dh %t),", r.Label, kind, to.Role, r.Days, r.Percent, r.Hours, r.InHours)
		}
	}
	return s
}
