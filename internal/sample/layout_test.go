package sample_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// schema is the layout of 2026: each group's elements in their order, with how often each
// occurs. Source: the sector's CIN_schema_2026.xsd (liia-tools-pipeline, commit 4aff918),
// and for PreProceedingsandFGDM the sample CIN_Census_2026.xml of csc-validator-be-cin.
var schema = map[string]string{
	"Message":                       "Header Children",
	"Header":                        "CollectionDetails Source",
	"CollectionDetails":             "Collection Year ReferenceDate",
	"Source":                        "SourceLevel LEA SoftwareCode Release SerialNo DateTime",
	"Children":                      "Child+",
	"Child":                         "ChildIdentifiers ChildCharacteristics CINdetails+",
	"ChildIdentifiers":              "LAchildID UPN? FormerUPN? UPNunknown? PersonBirthDate? ExpectedPersonBirthDate? Sex PersonDeathDate?",
	"ChildCharacteristics":          "Ethnicity Disabilities?",
	"Disabilities":                  "Disability+",
	"CINdetails":                    "CINreferralDate ReferralSource PrimaryNeedCode? CINclosureDate? ReasonForClosure? DateOfInitialCPC? Assessments* CINPlanDates* Section47* ReferralNFA ChildProtectionPlans* PreProceedingsandFGDM*",
	"Assessments":                   "AssessmentActualStartDate AssessmentInternalReviewDate? AssessmentAuthorisationDate? FactorsIdentifiedAtAssessment?",
	"FactorsIdentifiedAtAssessment": "AssessmentFactors+",
	"CINPlanDates":                  "CINPlanStartDate CINPlanEndDate?",
	"Section47":                     "S47ActualStartDate InitialCPCtarget? DateOfInitialCPC? ICPCnotRequired",
	"ChildProtectionPlans":          "CPPstartDate CPPendDate? InitialCategoryOfAbuse LatestCategoryOfAbuse NumberOfPreviousCPP Reviews?",
	"Reviews":                       "CPPreviewDate+",
	"PreProceedingsandFGDM":         "PPStartDate LBPSentDate? FGDMMeetingOffer? FGDMMeetingFac? InitialPPMeetingDate? ReviewMeetingsCount? StepDecisionDate? PPOutcome? CourtAppDate? LetterInitCPDate?",
}

// values are what an element without elements may hold; every other is a date.
var values = map[string]string{
	"Collection": `CIN`, "Year": `\d{4}`, "SourceLevel": `L`, "LEA": `999`, "SoftwareCode": `Longstop sample`, "Release": `.+`,
	"SerialNo": `\d{3,}`, "DateTime": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`, "LAchildID": `SAMPLE-\d{4,}`,
	"UPNunknown": `UN[1-7]`, "Sex": `[MFU]`,
	"Ethnicity":         `WBRI|WIRI|WIRT|WOTH|WROM|MWBC|MWBA|MWAS|MOTH|AIND|APKN|ABAN|AOTH|BCRB|BAFR|BOTH|CHNE|OOTH|REFU|NOBT`,
	"Disability":        `NONE|MOB|HAND|PC|INC|COMM|LD|HEAR|VIS|BEH|CON|AUT|DDA`,
	"ReferralSource":    `1[A-D]|2[AB]|3[A-F]|4|5[A-D]|6|7|8|9|10`,
	"PrimaryNeedCode":   `N[0-9]`,
	"ReasonForClosure":  `RC[1-9]`,
	"AssessmentFactors": `[1-6][ABC]|7A|8[B-F]|9A|10A|11A|12A|13A|14A|15A|16A|17A|18[BC]|19[BC]|20|21|22A|23A|24A`,
	"ICPCnotRequired":   `[01]`, "ReferralNFA": `[01]`, "FGDMMeetingOffer": `[01]`, "FGDMMeetingFac": `[01]`,
	"InitialCategoryOfAbuse": `NEG|PHY|SAB|EMO|MUL`, "LatestCategoryOfAbuse": `NEG|PHY|SAB|EMO|MUL`,
	"NumberOfPreviousCPP": `\d`, "ReviewMeetingsCount": `\d+`, "PPOutcome": `[ABC]`,
}

func TestReturnHoldsTheElementsOfTheLayoutInTheirOrder(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{0, 1, 2} {
		m := makeSample(t, "2026-11-20", 200, seed)
		checkLayout(t, m.message, m.message.name)
	}
}

func checkLayout(t *testing.T, n *node, path string) {
	t.Helper()
	layout, group := schema[n.name]
	if !group {
		checkValue(t, n, path)
		return
	}
	if n.text != "" {
		t.Errorf("%s holds stray text", path)
	}
	var names strings.Builder
	for _, k := range n.kids {
		names.WriteString(k.name + " ")
		checkLayout(t, k, path+"/"+k.name)
	}
	if !layoutPattern(layout).MatchString(names.String()) {
		t.Errorf("%s holds %s: the layout is %s", path, names.String(), layout)
	}
}

// patterns are compiled once: there are few, and many values.
var patterns sync.Map

func compiled(pattern string) *regexp.Regexp {
	if p, ok := patterns.Load(pattern); ok {
		return p.(*regexp.Regexp)
	}
	p := regexp.MustCompile("^(" + pattern + ")$")
	patterns.Store(pattern, p)
	return p
}

// layoutPattern turns "A B? C+" into a pattern over the names of the elements in turn.
func layoutPattern(layout string) *regexp.Regexp {
	var pattern strings.Builder
	for item := range strings.FieldsSeq(layout) {
		name := strings.TrimRight(item, "?*+")
		fmt.Fprintf(&pattern, "(%s )%s", name, item[len(name):])
	}
	return compiled(pattern.String())
}

func checkValue(t *testing.T, n *node, path string) {
	t.Helper()
	if pattern, ok := values[n.name]; ok {
		if !compiled(pattern).MatchString(n.text) {
			t.Errorf("%s holds %q: it may hold %s", path, n.text, pattern)
		}
		return
	}
	date(t, n.text)
}

func TestReturnSaysThatItIsInvented(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 60, 0)
	if got := m.message.get("Header/Source/LEA"); got != "999" {
		t.Errorf("the authority is %s, want 999, which is nobody's", got)
	}
	if got := m.message.get("Header/CollectionDetails/Year"); got != "2027" {
		t.Errorf("the collection year is %s, want 2027, in which the period ends", got)
	}
	if m.ref != m.day.AddDays(-1) {
		t.Errorf("the reference date is %s, want the day before the return is made", m.ref)
	}
}

func TestChildrenHaveTheirOwnIdsInTurn(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 301, 3)
	if len(m.children) != 301 {
		t.Fatalf("the return holds %d children, want 301", len(m.children))
	}
	for i, c := range m.children {
		if got, want := c.get("ChildIdentifiers/LAchildID"), fmt.Sprintf("SAMPLE-%04d", i+1); got != want {
			t.Fatalf("child %d is %s, want %s", i+1, got, want)
		}
		if c.at("ChildIdentifiers/UPN") != nil {
			t.Errorf("child %d has a pupil number", i+1)
		}
	}
}

func TestCodesOfAListComeOnceAndNoneStandsAlone(t *testing.T) {
	t.Parallel()
	m := makeSample(t, "2026-11-20", 500, 4)
	for _, c := range m.children {
		checkCodes(t, c.at("ChildCharacteristics/Disabilities"), "NONE")
	}
	for _, a := range m.groups("Assessments") {
		if f := a.at("FactorsIdentifiedAtAssessment"); f != nil {
			checkCodes(t, f, "21")
		}
	}
}

func checkCodes(t *testing.T, list *node, alone string) {
	t.Helper()
	var codes []string
	for _, k := range list.kids {
		codes = append(codes, k.text)
	}
	slices.Sort(codes)
	if len(slices.Compact(slices.Clone(codes))) != len(codes) {
		t.Errorf("a code comes twice in %v", codes)
	}
	if len(codes) > 1 && slices.Contains(codes, alone) {
		t.Errorf("%s stands among others in %v", alone, codes)
	}
}
