package load_test

import (
	"fmt"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale/load"
)

const exampleOfAnEdition = `editions: [{from: 2027-01-04, limit: 20 working days, source: "Anytown procedures, 4.1"}]`

// What somebody gets wrong who writes a first overlay: each is told where, what and what to
// write, and nothing else.
func TestASlipInAFirstOverlayIsToldWithWhatToWrite(t *testing.T) {
	t.Parallel()
	change := func(text string) string { return "timescales:\n  - ref: CP-10\n" + text }
	limit := func(text string) string {
		return change("    editions: [{from: 2027-01-04, source: A, limit: " + text + "}]\n")
	}
	for _, tc := range []struct{ name, text, want string }{
		{"the limit alongside the ref", change("    limit: 20 working days\n    source: A\n"), "o.yaml:5: CP-10: put limit under editions:, as in " + exampleOfAnEdition},
		{"a whole edition alongside the ref", change("    from: 2027-01-04\n    limit: 20 working days\n    source: A\n"), "o.yaml:6: CP-10: put limit under editions:, as in " + exampleOfAnEdition},
		{"a local limit alongside the ref", "timescales:\n  - ref: AS-01\n    local_limit: 35 working days\n", "o.yaml:5: AS-01: put local_limit under editions:"},
		{"a day alongside the ref alone", change("    from: 2027-01-04\n"), "o.yaml:4: CP-10: from stands alongside on: true or remove: true, or in an edition"},
		{"a source alongside the ref alone", change("    source: A\n"), "o.yaml:4: CP-10: source stands alongside confirmed: true, or in an edition"},
		{"one edition", change("    edition: {limit: 20 working days}\n"), "o.yaml:5: CP-10: edition is written editions:, and is a list, as in " + exampleOfAnEdition},
		{"editions that are not a list", change("    editions:\n      limit: 20 working days\n"), "o.yaml:6: CP-10: editions must be a list, and is a mapping: put a dash and a blank before each"},
		{"a key misspelt", change("    edtions: [{limit: 20 working days, source: A}]\n"), "o.yaml:5: CP-10: a change to a timescale has no key edtions: did you mean editions?"},
		{"a hyphen for an underscore", "timescales:\n  - {ref: AS-01, editions: [{from: 2027-01-04, local-limit: 35 working days, source: A}]}\n", `o.yaml:4: AS-01: an edition of an overlay has no key "local-limit": did you mean local_limit?`},
		{"a ref in small letters", "timescales:\n  - {ref: cp-10, remove: true}\n", `o.yaml:4: cp-10: the pack has no timescale "cp-10": did you mean CP-10?`},
		{"keys in capitals", "timescales:\n  - {Ref: CP-10, Remove: true}\n", "o.yaml:4: a timescale has no ref: say which timescale of the pack this is about, as in ref: CP-10, in small letters"},
		{"a timescale of its own without what it needs", "timescales:\n  - {ref: ANY-1, title: A}\n", `o.yaml:4: ANY-1: the pack has no timescale "ANY-1": 'starter rules' lists them, and one of the council's own also needs title, todo, pathway, starts, met_by and editions`},
		{"a date as people write it", change("    editions: [{from: 04/01/2027, limit: 20 working days, source: A}]\n"), `o.yaml:5: CP-10: from must be a date, YYYY-MM-DD, as in 2027-01-04, and is "04/01/2027"`},
		{"a date that is a null date", change("    editions: [{from: 0001-01-01, limit: 20 working days, source: A}]\n"), "o.yaml:5: CP-10: from lies outside the years 1900 to 2199"},
		{"a status", change("    editions: [{from: 2027-01-04, limit: 20 working days, source: A, status: local}]\n"), "o.yaml:5: CP-10: what an overlay sets is local: leave out status"},
		{"a word for a flag", "timescales:\n  - {ref: AS-03, on: yes}\n", `o.yaml:4: AS-03: on must be true or false, and is "yes"`},
		{"switching off", change("    off: true\n"), "o.yaml:5: CP-10: an overlay may not change off of a timescale of the pack: on: true switches on what the pack ships off, remove: true takes away"},
		{"another word for switching off", change("    enabled: false\n"), "o.yaml:5: CP-10: enabled is not a key of an overlay: on: true switches on"},
		{"a ladder", change("    ladder: over one week\n"), "o.yaml:5: CP-10: an overlay may not change ladder of a timescale of the pack: change the steps of its ladder under ladders:"},
		{"another event", change("    met_by: [cp_review.held]\n"), "o.yaml:5: CP-10: an overlay may not change met_by of a timescale of the pack, only its limits: to count differently, add a timescale of the council's own, with title"},
		{"a limit of law", "timescales:\n  - {ref: AS-01, editions: [{limit: 35 working days, source: A}]}\n", "o.yaml:4: AS-01: its limit is not a local one"},
		{"a limit of law that is confirmed", "timescales:\n  - {ref: AS-01, confirmed: true}\n", "o.yaml:4: AS-01: there is nothing to confirm: its limit is not a default of Longstop (statutory guidance: Working Together"},
		{"what is off and confirmed", "timescales:\n  - {ref: AS-03, on: true, confirmed: true}\n", "o.yaml:4: AS-03: confirmed says that the council works by the number as it stands"},
		{"what is confirmed from a day on", change("    confirmed: true\n    from: 2027-01-04\n"), "o.yaml:4: CP-10: confirmed has no from: it changes no date"},
		{"on and taken away at once", "timescales:\n  - {ref: PL-06, on: true, remove: true}\n", "o.yaml:4: PL-06: remove takes the timescale away, and on puts it in force"},
		{"no timescales", "timescales:\n", "o.yaml:3: timescales is empty: leave it out, or give it entries"},
		{"timescales by their refs", "timescales:\n  CP-10:\n    limit: 20 working days\n", "o.yaml:4: timescales must be a list, and is a mapping: put a dash"},
		{"a tab", "timescales:\n\t- ref: CP-10\n", "o.yaml:4: this is not YAML: found character '\t' that cannot start any token (a tab): indent with blanks"},
		{"a colon in a text", change("    editions:\n      - limit: 20 working days\n        source: Procedures: 4.1\n"), "o.yaml:7: this is not YAML: mapping value is not allowed in this context: a text that holds a colon and a blank stands in quotation marks"},
		{"a line that begins elsewhere", change("   editions: []\n"), "o.yaml:5: this is not YAML: value is not allowed in this context: see that this line begins in the same column"},

		{"two editions from one day", change("    editions:\n      - {from: 2027-01-04, limit: 20 working days, source: A}\n      - {from: 2027-01-04, limit: 10 working days, source: B}\n"), "o.yaml:7: CP-10: two editions of the overlay begin on 2027-01-04, this one and that of line 6, and only one can be in force on a day: leave one out, or give it another from"},
		{"two editions without a day", change("    editions:\n      - {limit: 20 working days, source: A}\n      - {limit: 10 working days, source: B}\n"), "o.yaml:7: CP-10: two editions of the overlay have no from, this one and that of line 6, and only one can be in force on a day: say from which day on the later one holds, and end the other with until: that day"},
		{"editions that overlap, the later one first", change("    editions:\n      - {from: 2028-01-04, limit: 20 working days, source: A}\n      - {from: 2027-01-04, limit: 10 working days, source: B}\n"), "o.yaml:7: CP-10: two editions of the overlay are in force on one day: end that of line 7 with until: 2028-01-04"},

		{"a limit without its unit", limit("20"), `o.yaml:5: CP-10: the limit "20": it has no unit: write 20 working days, 20 days`},
		{"a short unit", limit("20wd"), `o.yaml:5: CP-10: the limit "20wd": write 20 working days`},
		{"a unit in capitals", limit("20 Working Days"), `o.yaml:5: CP-10: the limit "20 Working Days": write 20 working days`},
		{"another word for working days", limit("20 business days"), `o.yaml:5: CP-10: the limit "20 business days": write 20 working days`},
		{"a limit in a word", limit("monthly"), `o.yaml:5: CP-10: the limit "monthly": write 1 month`},
		{"a number in words", limit("twenty working days"), `o.yaml:5: CP-10: the limit "twenty working days": a limit begins with a whole number`},
		{"the quotation marks of a word processor", limit("“20 working days”"), `o.yaml:5: CP-10: the limit "“20 working days”": it holds quotation marks: leave them out`},
		{"the blank of a word processor", limit("20\u00a0working days"), `o.yaml:5: CP-10: the limit "20\u00a0working days": it holds a blank that is not an ordinary one`},
		{"more than a life", limit("101 years"), `o.yaml:5: CP-10: the limit "101 years": a limit is at most 100 years`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, lay(t, tc.text), tc.want)
		})
	}
}

func TestAFileThatLacksItsHeaderIsToldWhichLineToAdd(t *testing.T) {
	t.Parallel()
	const rule = "timescales:\n  - {ref: CP-10, editions: [{from: 2027-01-04, limit: 20 working days, source: A}]}\n"
	for text, want := range map[string]string{
		"language: 1\n" + rule:                   "o.yaml:1: the file does not say overlay, and changes timescales of the pack: add the line overlay: Anytown County Council",
		"overlay: A\n" + rule:                    "o.yaml:1: the overlay does not say language: add the line language: 1",
		"overlay: A\nlanguage: English\n" + rule: "o.yaml:2: language is the version of the rule language, a number: write language: 1",
	} {
		expectOnly(t, load.Check([]load.File{{Name: "o.yaml", Text: text}}), want)
	}
}

func TestAChangeWithoutItsFirstDayIsWarnedOf(t *testing.T) {
	t.Parallel()
	warning := func(effect string) string {
		return " has no from, so it holds for all that is over too: " + effect + ". Add the first day on which it holds, as in from: 2027-01-04"
	}
	late := warning("what was in time may be shown as late")
	gone := warning("what was done, missed or is still owed is shown no longer")
	opened := warning("what nobody had to do then is shown as owed, and as late")
	own := func(edition string) string {
		return "{ref: ANY-1, title: A, todo: B, pathway: ChildProtection, starts: [cp_plan.started], met_by: [cp_review.held], editions: [" + edition + "]}"
	}
	for _, tc := range []struct{ name, rule, want string }{
		{"a number", "{ref: CP-10, editions: [{limit: 10 working days, source: A}]}", "o.yaml:4: CP-10: the edition" + late},
		{"a limit alongside the law's", "{ref: AS-01, editions: [{local_limit: 35 working days, source: A}]}", "o.yaml:4: AS-01: the edition" + late},
		{"a number until a day", "{ref: CP-10, editions: [{until: 2027-01-04, limit: 10 working days, source: A}]}", "o.yaml:4: CP-10: the edition" + late},
		{"a rule that is on", "{ref: AS-03, on: true}", "o.yaml:4: AS-03: on: true" + opened},
		{"a rule that is on, with a number from a day on", "{ref: AS-03, on: true, editions: [{from: 2027-01-04, limit: 12 working days, source: A}]}", "o.yaml:4: AS-03: on: true" + opened},
		{"a rule that is taken away", "{ref: CP-10, remove: true}", "o.yaml:4: CP-10: remove: true" + gone},
		{"a rule of its own", own("{limit: 1 week, source: A}"), "o.yaml:4: ANY-1: the first edition" + opened},

		{"a number from a day on", "{ref: CP-10, editions: [{from: 2027-01-04, limit: 10 working days, source: A}]}", ""},
		{"the number that is there", "{ref: CP-10, editions: [{limit: 1 month, source: A}]}", ""},
		{"a number that is confirmed", "{ref: CP-10, confirmed: true}", ""},
		{"a rule that is on from a day on", "{ref: AS-03, on: true, from: 2027-01-04, editions: [{limit: 12 working days, source: A}]}", ""},
		{"a rule that is taken away from a day on", "{ref: CP-10, remove: true, from: 2027-01-04}", ""},
		{"a rule of its own from a day on", own("{from: 2027-01-04, limit: 1 week, source: A}"), ""},
		{"what is faulty is mended first", "{ref: CP-10, editions: [{limit: 10, source: A}]}", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			warnings := load.Warnings([]load.File{{Name: "o.yaml", Text: "overlay: A\nlanguage: 1\ntimescales:\n  - " + tc.rule + "\n"}}, 0)
			if tc.want == "" {
				if len(warnings) > 0 {
					t.Errorf("warned: %v", warnings)
				}
				return
			}
			expectOnly(t, warnings, tc.want)
		})
	}
}

func TestARuleIsOnFromADay(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, "timescales:\n  - {ref: AS-03, on: true, from: 2027-01-04, editions: [{from: 2028-01-03, limit: 12 working days, source: A}]}\n")
	rule := pack.Timescale("AS-03")
	if e := rule.EditionOn(calendar.NewDate(2027, 1, 3)); e != nil || rule.Off != "" {
		t.Errorf("before that day it is %+v", e)
	}
	got := fmt.Sprint(on(t, pack, "AS-03", 2027, 1, 4).Limits[0], ", then ", on(t, pack, "AS-03", 2028, 1, 3).Limits[0])
	if got != "10 working days, then 12 working days" {
		t.Errorf("from then it has %s", got)
	}
	if beneath := load.Embedded().Timescale("AS-03"); beneath.Off == "" || beneath.EditionOn(calendar.NewDate(2020, 1, 1)) == nil {
		t.Errorf("the pack beneath changed: %+v", beneath)
	}
}

func TestARuleIsTakenAwayFromADay(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, "timescales:\n  - {ref: CN-02, remove: true, from: 2027-01-04}\n")
	rule := pack.Timescale("CN-02")
	if rule == nil || rule.EditionOn(calendar.NewDate(2027, 1, 3)) == nil || rule.EditionOn(calendar.NewDate(2027, 1, 4)) != nil {
		t.Errorf("got %+v", rule)
	}
	if load.Embedded().Timescale("CN-02").EditionOn(calendar.NewDate(2027, 1, 4)) == nil {
		t.Error("the pack beneath changed")
	}
}

// A number of the pack that no law sets is Longstop's, until a council says that it is its
// own.
func TestALocalNumberIsADefaultUntilAnOverlaySetsOrConfirmsIt(t *testing.T) {
	t.Parallel()
	const longstops, councils = "a default of Longstop, which your council has not set", "the council's own limit"
	const setLater = "a default of Longstop for what began before 4 January 2027, from when your council has set 2 weeks"
	for _, tc := range []struct{ name, overlay, ref, before, since, source string }{
		{"as it ships", "", "CP-10", longstops, longstops, "The Cambridgeshire expectation"},
		{"confirmed", "timescales: [{ref: CP-10, confirmed: true, source: \"Procedures, 4.1\"}]\n", "CP-10", councils, councils, "Procedures, 4.1"},
		{"confirmed without a source", "timescales: [{ref: CP-10, confirmed: true}]\n", "CP-10", councils, councils, "The Cambridgeshire expectation"},
		{"repeated", "timescales: [{ref: CP-10, editions: [{limit: 1 month, source: A}]}]\n", "CP-10", councils, councils, "A"},
		{"changed from a day on", "timescales: [{ref: CP-10, editions: [{from: 2027-01-04, limit: 2 weeks, source: A}]}]\n", "CP-10", setLater, councils, "A"},
		{"changed until a day", "timescales: [{ref: CP-10, editions: [{until: 2027-01-04, limit: 2 weeks, source: A}]}]\n", "CP-10", councils, longstops, "The Cambridgeshire expectation"},
		{"another is confirmed", "timescales: [{ref: CN-02, confirmed: true}]\n", "CP-10", longstops, longstops, "The Cambridgeshire expectation"},
		{"switched on", "timescales: [{ref: AS-03, on: true}]\n", "AS-03", councils, councils, "Local procedures"},
		{"of its own", "timescales: [{ref: ANY-1, title: A, todo: B, pathway: ChildProtection, starts: [cp_plan.started], met_by: [cp_review.held], editions: [{limit: 1 week, source: A}]}]\n", "ANY-1", councils, councils, "A"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pack := overlaidBy(t, tc.overlay)
			before, since := on(t, pack, tc.ref, 2027, 1, 3), on(t, pack, tc.ref, 2027, 1, 4)
			if !before.Local || !since.Local || before.Whose() != tc.before || since.Whose() != tc.since || !strings.HasPrefix(since.Source, tc.source) {
				t.Errorf("before %s, since %s: %s", before.Whose(), since.Whose(), since.Source)
			}
		})
	}
	defaults := 0
	for _, rule := range load.Embedded().Timescales {
		for _, e := range rule.Editions {
			if e.Default {
				defaults++
			}
			if e.Default && (!e.Local || rule.Off != "") {
				t.Errorf("%s: %+v", rule.Ref, e)
			}
		}
	}
	if defaults != 6 { // CP-09, CP-10, CN-02, CN-03, PL-02 and PL-03
		t.Errorf("%d numbers of the pack are defaults", defaults)
	}
}

// A file that was emptied, or never filled, must not look as if it had been put in force.
func TestAFileThatChangesNothingIsWarnedOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"overlay: A\nlanguage: 1\n":                                              "o.yaml:1: the overlay changes nothing: it has no timescales, ladders, calendars or terms",
		"overlay: A\nlanguage: 1\ntimescales: []\nladders: []\n":                 "o.yaml:1: the overlay changes nothing: it has no timescales, ladders, calendars or terms",
		"timescales: []\n":                                                       "o.yaml:1: the file changes nothing: it has no timescales, ladders, calendars or terms; an overlay begins with the line overlay: Anytown County Council",
		"overlay: A\nlanguage: 1\ntimescales: [{ref: CN-02, confirmed: true}]\n": "",
	} {
		var warned []string
		for _, w := range load.Warnings([]load.File{{Name: "o.yaml", Text: text}}, 0) {
			warned = append(warned, w.String())
		}
		if got := strings.Join(warned, "\n"); got != want {
			t.Errorf("%q is warned of with %q, want %q", text, got, want)
		}
	}
}
