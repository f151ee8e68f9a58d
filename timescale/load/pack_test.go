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

var update = flag.Bool("update", false, "write the golden files again")

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

// core are the rules that the rules page names: in force for every council.
const core = "AD-05 AD-06 AD-07 AS-01 AS-H1 AS-H2 CN-02 CN-03 CP-03 CP-08 CP-09 CP-10 CP-11 CP-12 CP-13 CT-01 " +
	"EM-01 FD-01 LA-01 LA-06 LA-07 LA-08 LA-14 LA-15 LA-16 LA-18 LA-19 LA-23 LA-24 LA-26 LA-30 MI-01 PF-02 PF-04 PF-05 PL-02 PL-03 PL-04 PL-05"

func isCore(t *timescale.Timescale) bool { return slices.Contains(strings.Fields(core), t.Ref) }

// coreRefs are those of the core rules of which something holds.
func coreRefs(holds func(*timescale.Timescale) bool) []string {
	return refs(load.Embedded(), func(t *timescale.Timescale) bool { return isCore(t) && holds(t) })
}

// inAnEdition reports whether something holds of any edition of a rule.
func inAnEdition(t *timescale.Timescale, holds func(timescale.Edition) bool) bool {
	return slices.ContainsFunc(t.Editions, holds)
}

func isLocal(e timescale.Edition) bool      { return e.Local }
func isUnverified(e timescale.Edition) bool { return e.Checked.Unread() }

func TestTheShippedPackHoldsTheWholeCoreTable(t *testing.T) {
	t.Parallel()
	expectRefs(t, coreRefs(func(t *timescale.Timescale) bool { return t.Off == "" }), core)
}

func TestTheCoreLimitsThatHangOnMoreThanTheDate(t *testing.T) {
	t.Parallel()
	expectRefs(t, coreRefs((*timescale.Timescale).HangsOnMore), "AD-05 AD-06 CP-13 LA-16 LA-18 LA-19 LA-24")
}

func TestTheCoreLimitsThatAreLocal(t *testing.T) {
	t.Parallel()
	local := func(t *timescale.Timescale) bool { return inAnEdition(t, isLocal) }
	expectRefs(t, coreRefs(local), "CN-02 CN-03 CP-09 CP-10 PL-02 PL-03")
}

func TestTheCoreRulesWhoseWordsHaveNotBeenChecked(t *testing.T) {
	t.Parallel()
	unverified := func(t *timescale.Timescale) bool { return inAnEdition(t, isUnverified) }
	expectRefs(t, coreRefs(unverified), "AS-01 CP-03 CP-08 CP-11 CP-12 FD-01 LA-23 PF-02 PL-04")
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
	var stand []int
	for i := range pack.Timescales {
		stand = append(stand, slices.Index(pack.Pathways, pack.Timescales[i].Pathway))
	}
	if !slices.IsSorted(stand) || stand[0] != 0 || stand[len(stand)-1] != len(pack.Pathways)-1 {
		t.Errorf("by their pathways they stand %v", stand)
	}
}

func TestEveryEventAndPeriodHasAPhrase(t *testing.T) {
	t.Parallel()
	expectPhrase := func(name, phrase string) {
		if phrase == "" || strings.ContainsAny(phrase, "._`\n") || strings.ToLower(phrase[:1]) != phrase[:1] {
			t.Errorf("%s: the phrase %q is not plain words that go on in a sentence", name, phrase)
		}
	}
	pack := load.Embedded()
	for _, e := range pack.Events {
		expectPhrase(e.Name, e.Phrase)
	}
	for _, p := range pack.Periods {
		expectPhrase(p.Name, p.Phrase)
	}
}

// A word that no field may hold, and that no rule asks for, would stand on no page.
func TestEveryWordThatHasAPhraseIsOneThatAFieldMayHold(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	var words []string
	for _, e := range pack.Events {
		for _, f := range e.Fields {
			words = append(words, f.OneOf...)
		}
	}
	for i := range pack.Timescales {
		for _, m := range pack.Timescales[i].EndedBy {
			for _, w := range m.Where {
				words = append(words, w.Words...)
			}
		}
		for _, s := range pack.Timescales[i].Starts {
			for _, w := range s.Where {
				words = append(words, w.Words...)
			}
		}
	}
	if len(pack.WordPhrases) == 0 || len(pack.FieldPhrases) == 0 {
		t.Error("the pack has no phrases of fields and words")
	}
	for word := range pack.WordPhrases {
		if !slices.Contains(words, word) {
			t.Errorf("word_phrases has %s, which no field holds: remove it", word)
		}
	}
}

// What each rule is, one line a rule: a change of the law shows in the diff of these files.
func TestTheRulesAreThoseOfTheGoldenFiles(t *testing.T) {
	t.Parallel()
	expectRules(t, load.Embedded())
}

func expectRules(t *testing.T, pack *timescale.Pack) {
	t.Helper()
	var coreRules, others strings.Builder
	for i := range pack.Timescales {
		into := &others
		if isCore(&pack.Timescales[i]) {
			into = &coreRules
		}
		into.WriteString(summary(&pack.Timescales[i]) + "\n")
	}
	expectGolden(t, "core.golden", coreRules.String())
	expectGolden(t, "others.golden", others.String())
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
			p.Name, opens(p), ends(p), p.EndsWith, p.Single, p.Replaces, p.EndsAll)
		for _, c := range p.Corrected {
			fmt.Fprintf(&b, "  corrected on %s, was: %s\n", c.On, c.Was)
		}
	}
	fmt.Fprintf(&b, "case opens %v, ends %v\n", pack.CaseOpens, pack.CaseEnds)
	for _, l := range pack.Ladders {
		fmt.Fprintf(&b, "ladder %s | %v |%s\n", l.Name, l.For, rungs(l))
	}
	for _, c := range pack.Calendars {
		fmt.Fprintf(&b, "calendar %s | incomplete %t | %v\n", c.Name, c.Incomplete, c.Closed)
	}
	for _, x := range pack.Terms {
		fmt.Fprintf(&b, "term %s | from %d-%d until %d-%d\n", x.Name, x.FromMonth, x.FromDay, x.UntilMonth, x.UntilDay)
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
	add("off", t.Off)
	add("period", t.Period)
	add("windows", t.Windows)
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
	if t.Extend != nil && t.Extend.Total != nil {
		add("to at most", t.Extend.Total)
	}
	add("calendar", t.Calendar)
	add("ladder", t.Ladder)
	add("pausable", t.Pausable)
	add("any hour", t.AnyHour)
	add("days for a date", t.DateAsDays)
	for _, a := range t.Drift {
		add("alarm", fmt.Sprintf("%s to the %s", a.Label(0), a.Role))
	}
	for _, e := range t.Editions {
		add("by", fmt.Sprintf("%s (local %t%s): %s", e.Status, e.Local, checkedIn(e.Checked), e.Source))
		for _, u := range e.Councils {
			add("councils", u)
		}
		add("takes running ones from", map[bool]string{true: e.From.String()}[e.Moves])
	}
	for _, c := range t.Corrected {
		add("corrected", fmt.Sprintf("on %s, was: %s", c.On, c.Was))
	}
	add("title", t.Title)
	add("todo", t.Todo)
	return strings.Join(parts, " | ")
}

// checkedIn is how the words of an edition are known.
func checkedIn(c timescale.Check) string {
	if c.Read == "" {
		return ""
	}
	s := fmt.Sprintf(", read %s", c.Read)
	if c.In != "" {
		s += " in " + c.In
	}
	if c.Missing != "" {
		s += " without " + c.Missing
	}
	if !c.On.IsZero() {
		s += " on " + c.On.String()
	}
	return s
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

func ends(p timescale.Period) []string {
	parts := []string{}
	for _, e := range p.Ends {
		s := e.String()
		if e.TakenFirst {
			s += " taken first"
		}
		parts = append(parts, s)
	}
	return parts
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
