package load_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"longstop/timescale"
	"longstop/timescale/load"
)

// catalogued are the ids of the catalogue of timescales, sections 1 to 12.
func catalogued(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/catalogue.txt")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			ids = append(ids, line)
		}
	}
	if len(ids) != 167 {
		t.Fatalf("the catalogue has %d ids", len(ids))
	}
	return ids
}

// leftOut are the refs of the docs' list of rows that are not a timescale of their own.
func leftOut(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/law/left-out.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	inTable := false
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			inTable = false
			continue
		}
		first := strings.TrimSpace(cells[1])
		switch {
		case strings.EqualFold(first, "ref"):
			inTable = true
		case inTable && !strings.HasPrefix(first, "-"):
			if strings.TrimSpace(cells[2]) == "" {
				t.Errorf("%s is left out without a reason", first)
			}
			list = append(list, first)
		}
	}
	if len(list) == 0 {
		t.Fatal("no ref is left out: the table of the docs was not found")
	}
	return list
}

func TestEveryRowOfTheCatalogueIsInThePackOrLeftOutWithAReason(t *testing.T) {
	t.Parallel()
	pack, out := load.Embedded(), leftOut(t)
	for _, id := range catalogued(t) {
		if in := pack.Timescale(id) != nil; in == slices.Contains(out, id) {
			t.Errorf("%s: in the pack %t, left out %t: it must be one of the two", id, in, !in)
		}
	}
	for _, id := range out {
		if !slices.Contains(catalogued(t), id) {
			t.Errorf("%s is left out, and the catalogue does not have it", id)
		}
	}
}

func TestThePackCountsAtLeast150Timescales(t *testing.T) {
	t.Parallel()
	if n := len(load.Embedded().Timescales); n < 150 {
		t.Errorf("it has %d", n)
	}
}

// What no law sets is a council's to switch on.
func TestNoRuleOutsideTheCoreIsInForceWhileItIsLocal(t *testing.T) {
	t.Parallel()
	local := func(t *timescale.Timescale) bool {
		return t.Off == "" && !isCore(t) && inAnEdition(t, func(e timescale.Edition) bool { return e.Status == timescale.StatusLocal })
	}
	expectRefs(t, refs(load.Embedded(), local), "")
}

// So is what nobody has read, but for these: each has been read in part, or is the number of an earlier
// edition of Working Together whose successor has not been read, or is on for starts of long ago too (AD-14). They say so wherever they are shown.
func TestTheRulesOutsideTheCoreThatAreInForceAndNotRead(t *testing.T) {
	t.Parallel()
	unread := func(t *timescale.Timescale) bool {
		return t.Off == "" && !isCore(t) && inAnEdition(t, func(e timescale.Edition) bool { return e.Checked.Unread() })
	}
	expectRefs(t, refs(load.Embedded(), unread), "AD-08 AD-14 CT-04A LA-11 LA-12 LA-12D LA-17B LD-01 SI-01 SI-02 SI-03")
}

func TestEveryRuleThatIsOffSaysWhy(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	off := 0
	for i := range pack.Timescales {
		r := &pack.Timescales[i]
		if r.Off == "" {
			continue
		}
		off++
		if len(strings.Fields(r.Off)) < 3 {
			t.Errorf("%s is off: %q", r.Ref, r.Off)
		}
	}
	if off == 0 {
		t.Error("no rule is off")
	}
}

func TestEveryEditionNamesItsSource(t *testing.T) {
	t.Parallel()
	nameless := func(t *timescale.Timescale) bool {
		return len(t.Editions) == 0 || inAnEdition(t, func(e timescale.Edition) bool { return len(strings.Fields(e.Source)) < 2 })
	}
	expectRefs(t, refs(load.Embedded(), nameless), "")
}

func TestEveryAlarmOfDriftGoesToAManager(t *testing.T) {
	t.Parallel()
	toWorker := func(t *timescale.Timescale) bool {
		return slices.ContainsFunc(t.Drift, func(a timescale.Alarm) bool { return a.Role == timescale.Worker })
	}
	expectRefs(t, refs(load.Embedded(), toWorker), "")
}

func TestEveryPathwayOfThePackHasARule(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	for _, p := range pack.Pathways {
		if len(refs(pack, func(t *timescale.Timescale) bool { return t.Pathway == p })) == 0 {
			t.Errorf("%s has none", p)
		}
	}
	if !slices.Contains(pack.Pathways, "Fostering") {
		t.Errorf("the pathways are %v", pack.Pathways)
	}
}

// A name that no source has would make nothing stale, and nobody would see it.
func TestEveryPublicationIsNamedByASource(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	if len(pack.Publications) == 0 {
		t.Error("the pack lists no publication")
	}
	for _, p := range pack.Publications {
		named := refs(pack, func(t *timescale.Timescale) bool {
			return inAnEdition(t, func(e timescale.Edition) bool { return strings.Contains(e.Source, p.Name) })
		})
		if len(named) == 0 {
			t.Errorf("no source names %q", p.Name)
		}
	}
}

func TestEveryEditionThatIsNotLocalSaysHowItsWordsAreKnown(t *testing.T) {
	t.Parallel()
	silent := refs(load.Embedded(), func(t *timescale.Timescale) bool {
		return inAnEdition(t, func(e timescale.Edition) bool { return e.Status != timescale.StatusLocal && e.Checked.Read == "" })
	})
	expectRefs(t, silent, "")
	for _, f := range load.EmbeddedFiles() {
		if strings.Contains(f.Text, "unverified:") {
			t.Errorf("%s marks something as unverified, as earlier releases did: say what was read in checked", f.Name)
		}
	}
}

// A source that was looked for in vain is not read, and one that was read only somewhere else is known through that.
func TestTheReasonThatARuleIsOffAgreesWithHowItsWordsAreKnown(t *testing.T) {
	t.Parallel()
	p := load.Embedded()
	for i := range p.Timescales {
		rule := &p.Timescales[i]
		read := rule.Editions[len(rule.Editions)-1].Checked.Read
		in := func(some ...timescale.Reading) bool { return slices.Contains(some, read) }
		switch {
		case strings.Contains(rule.Off, "looked for and not found") && !in(timescale.NotRead),
			strings.HasPrefix(rule.Off, "read only") && !in(timescale.Part, timescale.Similar),
			strings.Contains(rule.Off, "found nowhere") && !in(timescale.Part, timescale.Similar):
			t.Errorf("%s is off because %q, and its words are known as %q", rule.Ref, rule.Off, read)
		}
	}
}

// Whoever checks a date later cannot find what Longstop's authors wrote for themselves.
func TestNoCheckRestsOnAPaperOfLongstopsOwn(t *testing.T) {
	t.Parallel()
	unfound := refs(load.Embedded(), func(t *timescale.Timescale) bool {
		return inAnEdition(t, func(e timescale.Edition) bool { return strings.Contains(e.Checked.In, "catalogue") })
	})
	expectRefs(t, unfound, "")
}

// What the docs call left out is not a rule of the pack under another ref: LC-02E was listed as a candidate after it had become one.
func TestWhatIsLeftOutIsNotCalledACandidate(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/law/left-out.md")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "candidate") {
		t.Error("the docs list a candidate for a rule as left out: it is a clock, and belongs in the pack, off with its reason")
	}
}

// An alarm for drift has steps and no number, and its council chooses to have it or not.
func TestEveryNumberThatACouncilSetsHasWhatCouncilsUse(t *testing.T) {
	t.Parallel()
	silent := refs(load.Embedded(), func(t *timescale.Timescale) bool {
		return t.ForCouncil() && !strings.HasPrefix(t.Ref, "DR-") && len(t.Editions[len(t.Editions)-1].Councils) == 0
	})
	expectRefs(t, silent, "")
}
