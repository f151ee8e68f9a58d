package load_test

import (
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

// overlaidBy is the shipped pack under an overlay without faults.
func overlaidBy(t *testing.T, text string) *timescale.Pack {
	t.Helper()
	pack, faults := load.Overlay(load.Embedded(), load.File{Name: "o.yaml", Text: "overlay: Anytown\nlanguage: 1\n" + text})
	for _, f := range faults {
		t.Error(f)
	}
	if pack == nil {
		t.FailNow()
	}
	return pack
}

func TestAnOverlaySwitchesARuleOnAsItIs(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, "timescales: [{ref: FD-04, on: true}, {ref: DR-08, on: true}]\n")
	was, now := load.Embedded().Timescale("FD-04"), pack.Timescale("FD-04")
	if was.Off == "" || now.Off != "" {
		t.Errorf("beneath it is off because %q, under the overlay because %q", was.Off, now.Off)
	}
	if now.LimitText() != was.LimitText() || now.Editions[0].Source != was.Editions[0].Source {
		t.Errorf("it has %s, had %s", now.LimitText(), was.LimitText())
	}
	if drift := pack.Timescale("DR-08"); drift.Off != "" || len(drift.Drift) == 0 {
		t.Errorf("got %+v", drift)
	}
	if other := pack.Timescale("FD-03"); other.Off == "" {
		t.Error("another was switched on too")
	}
}

func TestAnOverlaySwitchesARuleOnWithANumberOfItsOwn(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, `timescales:
  - ref: FD-04
    on: true
    editions: [{from: 2026-04-01, limit: 48 hours, source: "Procedures, 1.1"}]
  - ref: LA-11B
    on: true
    editions: [{local_limit: 3 working days, source: "Procedures, 1.2"}]
`)
	before, since := on(t, pack, "FD-04", 2026, 3, 31), on(t, pack, "FD-04", 2026, 4, 1)
	if before.Limits[0].String() != "24 hours" || since.Limits[0].String() != "48 hours" || !since.Local || since.Source != "Procedures, 1.1" {
		t.Errorf("before %+v, since %+v", before, since)
	}
	national := on(t, pack, "LA-11B", 2026, 4, 1)
	if national.Limits[0].String() != "5 working days" || national.LocalLimit.String() != "3 working days" || !national.Checked.Unread() {
		t.Errorf("got %+v", national)
	}
}

func TestAnOverlaySetsANumberOfPracticeThatNobodyHasRead(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, `timescales:
  - {ref: PL-04, editions: [{limit: 8 weeks, source: "Procedures, 2.1"}]}
`)
	own := on(t, pack, "PL-04", 2026, 11, 2)
	if own.Limits[0].String() != "8 weeks" || !own.Local || own.Default || own.Status != timescale.StatusLocal || own.Source != "Procedures, 2.1" {
		t.Errorf("got %+v", own)
	}
	_, faults := load.Overlay(load.Embedded(), load.File{Name: "o.yaml", Text: "overlay: A\nlanguage: 1\ntimescales:\n  - {ref: PL-05, editions: [{limit: 20 weeks, source: A}]}\n"})
	if len(faults) != 1 || !strings.Contains(faults[0].Reason, "its limit is not a local one (practice: ") {
		t.Errorf("one that has been read stands: got %v", faults)
	}
}

func TestAnOverlaySetsANumberForADutyWithoutOne(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, `timescales:
  - {ref: MI-02, on: true, editions: [{limit: 2 working days, source: "Procedures, 2.1"}]}
  - {ref: AS-04, editions: [{limit: 30 working days, source: "Procedures, 2.2"}]}
`)
	local := on(t, pack, "MI-02", 2026, 11, 2)
	if local.NoLimit || !local.Local || local.Checked.Unread() || local.Limits[0].String() != "2 working days" || local.Source != "Procedures, 2.1" {
		t.Errorf("got %+v", local)
	}
	law := on(t, pack, "AS-04", 2026, 11, 2)
	if law.NoLimit || !law.Local || law.Status != "statute" || law.Checked.Read != timescale.Through ||
		!strings.HasPrefix(law.Source, "Children Act 1989") || !strings.HasSuffix(law.Source, "; the number: Procedures, 2.2") {
		t.Errorf("the law stays, with the council's number beside it: got %+v", law)
	}
	if beneath := on(t, load.Embedded(), "AS-04", 2026, 11, 2); !beneath.NoLimit || beneath.Local {
		t.Errorf("the pack beneath changed: %+v", beneath)
	}
}

func TestACalendarOfTheCouncilTakesThePlaceOfTheOneOfItsName(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, `calendars:
  - name: school
    closed: [{from: 2026-10-19, until: 2026-10-30, why: two weeks of half-term}]
  - name: office
    incomplete: true
    closed: [{from: 2026-12-28, until: 2026-12-31, why: shutdown}]
timescales:
`+strings.TrimPrefix(own("status: local, "), "timescales:\n")+"    calendar: office\n")
	if n := len(pack.Calendars); n != 2 {
		t.Fatalf("it has %d calendars", n)
	}
	for _, c := range pack.Calendars {
		switch {
		case c.Name == "school" && (c.Incomplete || len(c.Closed) != 1 || c.Closed[0].Why != "two weeks of half-term"),
			c.Name == "office" && (!c.Incomplete || c.Closed[0].Until != calendar.NewDate(2026, 12, 31)):
			t.Errorf("got %+v", c)
		}
	}
	if pack.Timescale("ANY-1").Calendar != "office" {
		t.Errorf("got %+v", pack.Timescale("ANY-1"))
	}
	if beneath := load.Embedded().Calendars; len(beneath) != 1 || len(beneath[0].Closed) < 5 {
		t.Errorf("the pack beneath changed: %+v", beneath)
	}
}

func TestTheCouncilsDatedTermsStandInThePlaceOfTheUsualOnes(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, "terms:\n  - {name: autumn term 2026 in Anytown, from: 2026-09-03, until: 2026-12-18}\n")
	day := calendar.NewDate(2026, 8, 1)
	w, ok := pack.WindowAfter(timescale.SchoolTerms, day)
	if !ok || w.Name != "autumn term 2026 in Anytown" || w.Last != calendar.NewDate(2026, 12, 18) || w.Provisional {
		t.Errorf("got %+v", w)
	}
	if usual, _ := load.Embedded().WindowAfter(timescale.SchoolTerms, day); usual.Name != "autumn term 2026" || !usual.Provisional {
		t.Errorf("beneath: %+v", usual)
	}
}

func TestATimescaleOfTheCouncilsOwnMayNameALadderOfItsOwnAndDrift(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, `ladders:
  - name: quick
    rungs: [{at: 0, remind: worker}, {at: +1wd, escalate: head_of_service}]
  - name: quicker
    for: []
    rungs: [{at: 0, remind: worker}]
`+own("status: local, ")+`    ladder: quick
  - ref: ANY-2
    title: Unit meeting not held
    todo: Hold it.
    pathway: Oversight
    starts: [case.opened, unit_meeting.held]
    met_by: [unit_meeting.held]
    drift: [{after: 6 weeks, role: team_manager}, {after: 8 weeks, every: 1 week, role: service_manager}]
    editions: [{source: A}]
`)
	rule := pack.Timescale("ANY-1")
	if l := pack.LadderOf(rule, rule.Editions[0].Limits[0]); l == nil || l.Name != "quick" || len(l.Rungs) != 2 {
		t.Errorf("got %+v", l)
	}
	if l := pack.LadderFor(rule.Editions[0].Limits[0]); l == nil || l.Name != "four to six weeks" {
		t.Errorf("others of its length take %+v", l)
	}
	drift := pack.Timescale("ANY-2")
	if e := drift.Editions[0]; e.Local || e.Status != timescale.StatusLocal || drift.Drift[1].Label(2) != "10w" {
		t.Errorf("got %+v", drift)
	}
}

func TestTheExampleOfCambridgeshireIsSound(t *testing.T) {
	t.Parallel()
	files, err := load.Paths("../../overlays/cambridgeshire.yaml")
	if err != nil {
		t.Fatal(err)
	}
	pack, faults := load.Overlay(load.Embedded(), files[0])
	for _, f := range faults {
		t.Fatal(f)
	}
	for _, ref := range []string{"FD-04", "CP-14", "DR-01", "DR-02", "DR-03", "DR-04", "DR-05", "DR-07", "DR-08", "DR-09", "DR-10", "DR-11", "CAM-01", "LC-07"} {
		if r := pack.Timescale(ref); r == nil || r.Off != "" {
			t.Errorf("%s is not in force", ref)
		}
	}
	if e := on(t, pack, "CP-10", 2026, 11, 2); !strings.HasPrefix(e.Source, "Cambridgeshire County Council") {
		t.Errorf("CP-10 is from %s", e.Source)
	}
}

func TestAnOverlaysAdditionsThatMisspeakAreRefused(t *testing.T) {
	t.Parallel()
	change := func(ref, rest string) string { return "timescales:\n  - {ref: " + ref + ", " + rest + "}\n" }
	number := func(limit string) string { return "editions: [{" + limit + ", source: A}]" }
	tests := []struct{ name, text, want string }{
		{"a number for a rule that is off, which stays off", change("FD-04", number("limit: 48 hours")), "o.yaml:4: FD-04: it is not in force (local practice: a council sets its own number): switch it on with on: true"},
		{"a rule that is off is removed", change("FD-04", "remove: true"), "o.yaml:4: FD-04: it is not in force"},
		{"a rule in force is switched on", change("AS-01", "on: true"), "o.yaml:4: AS-01: it is in force already: leave out on"},
		{"switched on and removed at once", change("FD-04", "on: true, remove: true, "+number("limit: 48 hours")), "o.yaml:4: FD-04: remove takes the timescale away, and on puts it in force: leave out one"},
		{"a flag that is none", change("FD-04", "on: yes please"), "o.yaml:4: FD-04: on must be true or false"},
		{"an unverified limit of law is loosened as it is switched on", change("LA-11B", "on: true, "+number("local_limit: 6 working days")), "o.yaml:4: LA-11B: the local limit of 6 working days can fall due later than the national one of 5 working days"},
		{"an unverified limit of law is replaced", change("LA-11B", "on: true, "+number("limit: 3 working days")), "o.yaml:4: LA-11B: its limit is not a local one (statutory guidance: IRO Handbook 2010"},
		{"a limit where each start brings its own", change("FD-03", "on: true, "+number("limit: 4 hours")), "o.yaml:4: FD-03: each of its starts brings a limit of its own"},
		{"a local limit beside no number", change("AS-04", number("local_limit: 5 weeks")), "o.yaml:4: AS-04: no law gives it a number, so there is none to stand beside: set one with limit"},
		{"a limit for what is due by the end of a window", change("HO-01", number("limit: 2 weeks")), "o.yaml:4: HO-01: the timescale has no limit, only windows: an overlay cannot give it one"},
		{"a limit for what is owed before an event", change("LA-09", number("limit: 2 weeks")), "o.yaml:4: LA-09: the timescale has no limit, only an event before which it is owed"},
		{"a limit for what has a lower bound alone", change("AD-15", number("limit: 2 weeks")), "o.yaml:4: AD-15: the timescale has no limit, only a day before which it may not be done"},
		{"a limit from a date that its start does not have", change("CP-06", "on: true, "+number("limit: {limit: 3 working days before, from: until}")), `o.yaml:4: CP-06: no event that starts the rule has a date "until"`},
		{"a calendar without a name", "calendars: [{closed: []}]\n", "o.yaml:3: a calendar needs a name"},
		{"an own rule in an unknown calendar", own("status: local, ") + "    calendar: office\n", `o.yaml:4: ANY-1: the pack has no calendar "office"`},
		{"an own rule on an unknown ladder", own("status: local, ") + "    ladder: quick\n", `o.yaml:4: ANY-1: the pack has no ladder "quick"`},
		{"an own rule on a ladder in hours", own("status: local, ") + "    ladder: hours\n", `o.yaml:10: ANY-1: the rungs of the ladder "hours" are not counted as a limit of 1 month is`},
		{"a term that ends before it begins", "terms: [{name: A, from: 2026-09-03, until: 2026-09-02}]\n", "o.yaml:3: the term ends before it begins"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, lay(t, tt.text), tt.want)
		})
	}
}

func TestALimitFromADateOfTheStartMayBeTheCouncilsOwn(t *testing.T) {
	t.Parallel()
	pack := overlaidBy(t, "timescales: [{ref: CP-06, on: true, editions: [{limit: {limit: 3 working days before, from: for}, source: A}]}]\n")
	if got := pack.Timescale("CP-06").LimitText(); got != "3 working days before (from its date for)" {
		t.Errorf("got %q", got)
	}
}

// The pack's edition is that of a month, and a council goes on reading after it.
func TestATimescaleOfTheCouncilsOwnMayBeCheckedAfterThePackWasMade(t *testing.T) {
	t.Parallel()
	const text = `overlay: Anytown County Council
language: 1
timescales:
  - ref: ZZ-01
    title: Birthday visit
    todo: Visit the child.
    pathway: LookedAfter
    period: care
    starts: [{birthday: 16}]
    met_by: [lac_visit.made]
    editions:
      - from: 2029-01-08
        limit: 3 working days
        status: local
        source: Anytown procedures, 3.2
        checked: {read: words, in: "Anytown procedures, 3.2", on: 2029-01-04}
`
	if _, faults := load.Overlay(load.Embedded(), load.File{Name: "anytown.yaml", Text: text}); len(faults) > 0 {
		t.Errorf("refused: %v", faults)
	}
}
