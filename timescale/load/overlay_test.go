package load_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

func anytown(t *testing.T) *timescale.Pack {
	t.Helper()
	files, err := load.Paths("testdata/overlay-anytown.yaml")
	if err != nil {
		t.Fatal(err)
	}
	pack, faults := load.Overlay(load.Embedded(), files[0])
	for _, f := range faults {
		t.Fatal(f)
	}
	return pack
}

func on(t *testing.T, pack *timescale.Pack, ref string, year, month, day int) *timescale.Edition {
	t.Helper()
	r := pack.Timescale(ref)
	if r == nil {
		t.Fatalf("the pack has no %s", ref)
	}
	e := r.EditionOn(calendar.NewDate(year, time.Month(month), day))
	if e == nil {
		t.Fatalf("%s has no edition then", ref)
	}
	return e
}

func TestALocalLimitStandsBesideTheNationalOneFromItsDay(t *testing.T) {
	t.Parallel()
	pack := anytown(t)
	before, since := on(t, pack, "AS-01", 2026, 3, 31), on(t, pack, "AS-01", 2026, 4, 1)
	if before.LocalLimit != nil || before.Limits[0].String() != "45 working days" {
		t.Errorf("before: %+v", before)
	}
	if since.LocalLimit == nil || since.LocalLimit.String() != "35 working days" || since.LocalSource != "Anytown procedures, 2.3" {
		t.Errorf("since: %+v", since)
	}
	if since.Limits[0].String() != "45 working days" || since.Local || !strings.HasPrefix(since.Source, "Working Together") {
		t.Errorf("the national limit changed: %+v", since)
	}
	want := "45 working days from 15 April 2013 until 1 April 2026; 45 working days (here 35 working days) from 1 April 2026"
	if got := pack.Timescale("AS-01").LimitText(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALocalLimitHoldsForATimeAndInEveryEditionOfIt(t *testing.T) {
	t.Parallel()
	pack := anytown(t)
	for day, want := range map[int]string{9: "<nil>", 10: "5 working days", 16: "5 working days", 17: "6 working days", 20: "6 working days", 21: "<nil>"} {
		e := on(t, pack, "AS-H1", 2010, 3, day)
		got := "<nil>"
		if e.LocalLimit != nil {
			got = e.LocalLimit.String()
		}
		if got != want {
			t.Errorf("on %d March 2010: got %s, want %s", day, got, want)
		}
	}
}

func TestANumberIsSetWhereNoLawSetsOne(t *testing.T) {
	t.Parallel()
	e := on(t, anytown(t), "CP-10", 2026, 11, 2)
	if e.Limits[0].String() != "20 working days" || !e.Local || e.LocalLimit != nil || e.Source != "Anytown procedures, 4.1" {
		t.Errorf("got %+v", e)
	}
}

func TestALocalTimescaleIsRemovedAndOneOfTheCouncilsOwnIsAdded(t *testing.T) {
	t.Parallel()
	pack := anytown(t)
	if pack.Timescale("CN-02") != nil {
		t.Error("the removed timescale is still there")
	}
	own := on(t, pack, "ANY-1", 2026, 11, 2)
	if !own.Local || own.Status != timescale.StatusLocal || own.Limits[0].String() != "1 month" {
		t.Errorf("got %+v", own)
	}
	i := slices.IndexFunc(pack.Timescales, func(r timescale.Timescale) bool { return r.Ref == "ANY-1" })
	if pack.Timescales[i].Pathway != "Oversight" || i != len(pack.Timescales)-1 {
		t.Errorf("it stands at %d of %d", i, len(pack.Timescales))
	}
}

func TestALadderIsTightened(t *testing.T) {
	t.Parallel()
	ladder := anytown(t).LadderFor(timescale.Limit{N: 1, Unit: timescale.Weeks})
	if len(ladder.Rungs) != 4 || ladder.Rungs[1].Label != "0" || len(ladder.Rungs[1].Roles) != 2 {
		t.Errorf("got %+v", ladder)
	}
}

func TestAnOverlayIsKnownByTheCouncilAndHasAHashOfItsOwn(t *testing.T) {
	t.Parallel()
	beneath, pack := load.Embedded(), anytown(t)
	if pack.Overlay != "Anytown County Council" || pack.Name != beneath.Name {
		t.Errorf("the overlay is %q over %q", pack.Overlay, pack.Name)
	}
	if pack.Hash == beneath.Hash || len(pack.Hash) != 64 {
		t.Errorf("the hash is %s", pack.Hash)
	}
	if pack.Base != beneath.Hash || beneath.Base != beneath.Hash || len(pack.Overlays) != 64 || beneath.Overlays != "" {
		t.Errorf("the pack is %s with the overlays %q over the pack %s with %q", pack.Base, pack.Overlays, beneath.Base, beneath.Overlays)
	}
}

// Many laws lie over one pack, in one process and at the same time.
func TestThePackBeneathAnOverlayStaysAsItIs(t *testing.T) {
	t.Parallel()
	compiled := func() *timescale.Pack {
		t.Helper()
		pack, err := load.FromBundle(append(load.Compiler{}.Shipped().Pack, ' ')) // not the one that is at hand
		if err != nil {
			t.Fatal(err)
		}
		for i := range pack.Timescales {
			for j := range pack.Timescales[i].Editions {
				pack.Timescales[i].Editions[j].SetFrom = 1 // what only a pack with an overlay has: nobody may clear it
			}
		}
		return pack
	}
	beneath, asItWas := compiled(), compiled()
	if beneath == asItWas || !reflect.DeepEqual(beneath, asItWas) {
		t.Fatal("want the same pack, compiled twice")
	}
	changes := []string{
		"on: true", "on: true\n    from: 2027-01-04", "remove: true", "remove: true\n    from: 2027-01-04", "confirmed: true",
		"confirmed: true\n    source: Anytown", "editions: [{limit: 1 working day, source: Anytown}]",
		"editions: [{from: 2027-01-04, limit: 1 working day, source: Anytown}]",
		"editions: [{local_limit: 1 working day, source: Anytown}]", "on: true\n    editions: [{limit: 1 working day, source: Anytown}]",
	}
	laid := 0
	for i := range asItWas.Timescales {
		ref := asItWas.Timescales[i].Ref
		for _, change := range changes {
			text := "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: " + ref + "\n    " + change + "\n"
			if _, faults := load.Overlay(beneath, load.File{Name: "o.yaml", Text: text}); len(faults) == 0 {
				laid++
			}
			if !reflect.DeepEqual(beneath.Timescales[i], asItWas.Timescales[i]) {
				t.Fatalf("%s, %s: the pack beneath has become %+v", ref, change, beneath.Timescales[i])
			}
		}
	}
	if laid < len(asItWas.Timescales) {
		t.Errorf("only %d of the overlays were taken", laid)
	}
	files, err := load.Paths("testdata/overlay-anytown.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, faults := load.Overlay(beneath, files[0]); len(faults) > 0 {
		t.Fatal(faults)
	}
	if !reflect.DeepEqual(beneath, asItWas) {
		t.Error("the pack beneath is another one")
	}
}

// lay lays an overlay with some timescales over the core pack.
func lay(t *testing.T, text string) []load.Fault {
	t.Helper()
	_, faults := load.Overlay(load.Embedded(), load.File{Name: "o.yaml", Text: "overlay: Anytown\nlanguage: 1\n" + text})
	return faults
}

func TestAnOverlayThatLoosensOrMisspeaksIsRefused(t *testing.T) {
	t.Parallel()
	edition := func(ref, rest string) string {
		return "timescales:\n  - ref: " + ref + "\n    editions:\n      - {source: A, " + rest + "}\n"
	}
	ladder := func(rungs string) string {
		return "ladders:\n  - name: up to one week\n    rungs: [{at: -1wd, remind: worker}, {at: 0, remind: worker}, " + rungs + "]\n"
	}
	tests := []struct{ name, text, want string }{
		{
			"a local limit is longer than the national one", edition("AS-01", "local_limit: 50 working days"),
			"o.yaml:6: AS-01: the local limit of 50 working days can fall due later than the national one of 45 working days (statutory guidance: Working Together",
		},
		{
			"a local limit in another unit is longer on some days", edition("AS-01", "local_limit: 9 weeks"),
			"o.yaml:6: AS-01: the local limit of 9 weeks can fall due later than the national one of 45 working days",
		},
		{
			"a local limit is longer than the shortest of several", edition("LA-16", "local_limit: 2 months"),
			"o.yaml:6: LA-16: the local limit of 2 months can fall due later than the national one of 6 weeks",
		},
		{
			"a local limit is longer than that of one start", edition("AD-06", "local_limit: 5 weeks"),
			"o.yaml:6: AD-06: the local limit of 5 weeks can fall due later than the national one of 4 weeks",
		},
		{
			"a practice of the country is not loosened either", edition("PL-05", "local_limit: 17 weeks"),
			"o.yaml:6: PL-05: the local limit of 17 weeks can fall due later than the national one of 16 weeks (practice: Public Law Working Group",
		},
		{
			"a national limit is changed", edition("CP-03", "limit: 10 working days"),
			"o.yaml:6: CP-03: its limit is not a local one (statutory guidance: Working Together to Safeguard Children 2026",
		},
		{
			"a national timescale is removed", "timescales:\n  - {ref: CP-03, remove: true}\n",
			"o.yaml:4: CP-03: it cannot be removed: its limit is not a local one",
		},
		{
			"the start of a national timescale is changed", "timescales:\n  - ref: CP-03\n    starts: [icpc.held]\n    editions: [{local_limit: 10 working days, source: A}]\n",
			"o.yaml:5: CP-03: an overlay may not change starts of a timescale of the pack",
		},
		{
			"what meets a local one is changed", "timescales:\n  - ref: CP-10\n    met_by: [cp_review.held]\n    editions: [{limit: 10 working days, source: A}]\n",
			"o.yaml:5: CP-10: an overlay may not change met_by of a timescale of the pack",
		},
		{"a local limit stands alongside a local one", edition("CP-10", "local_limit: 2 weeks"), "o.yaml:6: CP-10: its only limit is local: change it with limit"},
		{"alarms are given a limit", edition("CP-13", "limit: 9 months"), "o.yaml:6: CP-13: the timescale has no limit, only alarms"},
		{"a local limit is in hours", edition("EM-01", "local_limit: 48 hours"), "o.yaml:6: EM-01: a local limit alongside a national one gives a day"},
		{"days stand alongside hours", edition("EM-01", "local_limit: 2 days"), "o.yaml:6: EM-01: the local limit of 2 days can fall due later than the national one of 72 hours"},
		{"two limits hold on one day", "timescales:\n  - ref: AS-01\n    editions:\n      - {source: A, local_limit: 35 working days}\n      - {source: A, from: 2026-04-01, local_limit: 30 working days}\n", "o.yaml:7: AS-01: two editions of the overlay are in force on one day: end that of line 6 with until: 2026-04-01"},
		{"a limit holds when the timescale does not", edition("AS-H1", "from: 2014-01-01, local_limit: 5 working days"), "o.yaml:6: AS-H1: the timescale is not in force in that time"},
		{"a limit holds on no day", edition("AS-01", "from: 2026-01-01, until: 2026-01-01, local_limit: 5 working days"), "o.yaml:6: AS-01: the edition is in force from 2026-01-01 until 2026-01-01, which is never"},
		{"two kinds of limit", edition("AS-01", "limit: 5 working days, local_limit: 5 working days"), "o.yaml:6: AS-01: say local_limit for a limit alongside a national one"},
		{"no limit", edition("AS-01", "from: 2026-01-01"), "o.yaml:6: AS-01: say local_limit for a limit alongside a national one"},
		{"a limit that cannot be read", edition("AS-01", "local_limit: 5 wd"), `o.yaml:6: AS-01: the limit "5 wd": write 5 working days`},
		{"not an edition", "timescales:\n  - {ref: AS-01, editions: [35 working days]}\n", "o.yaml:4: AS-01: an edition of an overlay must be a mapping"},
		{"no source", "timescales:\n  - {ref: AS-01, editions: [{local_limit: 5 working days}]}\n", "o.yaml:4: AS-01: the edition has no source"},
		{"no change", "timescales:\n  - {ref: AS-01}\n", "o.yaml:4: AS-01: it changes nothing: give editions, as in editions: [{from: 2027-01-04, limit: 20 working days, source: \"Anytown procedures, 4.1\"}], or one of confirmed: true, remove: true and on: true"},
		{"removed and changed at once", "timescales:\n  - {ref: CP-10, remove: true, editions: [{limit: 5 working days, source: A}]}\n", "o.yaml:4: CP-10: remove takes the timescale away: leave out remove, or the rest"},
		{"two changes to one rule", "timescales:\n  - {ref: CP-10, remove: true}\n  - {ref: CP-10, remove: true}\n", "o.yaml:5: CP-10: the overlay speaks of CP-10 twice"},
		{"an unknown rule", edition("as-01", "local_limit: 5 working days"), `o.yaml:4: as-01: the pack has no timescale "as-01": did you mean AS-01?`},
		{"a rule that is like no other", edition("ZZ-99", "local_limit: 5 working days"), `o.yaml:4: ZZ-99: the pack has no timescale "ZZ-99": 'starter rules' lists them, and one of the council's own also needs title`},
		{"not a rule", "timescales: [AS-01]\n", "o.yaml:3: a timescale must be a mapping"},
		{"an own rule with the status of law", own("status: statute, "), "o.yaml:10: ANY-1: a timescale of the council's own is local, and cannot have the status statute"},
		{"an own rule with an unknown event", strings.Replace(own(""), "unit_meeting.held]", "unit_meeting.hold]", 1), `o.yaml:9: ANY-1: the event "unit_meeting.hold" is not in the vocabulary: did you mean unit_meeting.held?`},
		{"an own rule without a source", strings.Replace(own(""), ", source: A", "", 1), "o.yaml:10: ANY-1: the edition has no source"},

		{"a ladder of its own for nobody", "ladders: [{name: quick, rungs: []}]\n", "o.yaml:3: ladder quick: it has no rungs"},
		{"a ladder of its own for other limits", "ladders: [{name: quick, for: [{unit: days, from: 1}], rungs: []}]\n", "o.yaml:3: ladder quick: which limits take a ladder is the pack's to say"},
		{"not a ladder", "ladders: [quick]\n", "o.yaml:3: a ladder must be a mapping, and is a single value"},
		{"a ladder without rungs", "ladders: [{name: hours}]\n", "o.yaml:3: ladder hours: a ladder of an overlay needs name and rungs"},
		{"a ladder for other limits", "ladders: [{name: hours, for: [], rungs: [{at: 50%, remind: worker}, {at: 75%, escalate: team_manager}, {at: 0, escalate: service_manager}, {at: +4h, escalate: head_of_service}]}]\n", `o.yaml:3: ladder hours: a ladder of an overlay has no key "for"`},
		{"an escalation is dropped", ladder("{at: +1wd, escalate: team_manager}, {at: +2wd, escalate: service_manager}"), "o.yaml:4: ladder up to one week: the escalation to the head of service at +3wd is gone or comes later"},
		{"an escalation comes later", ladder("{at: +1wd, escalate: team_manager}, {at: +3wd, escalate: [service_manager, head_of_service]}"), "o.yaml:4: ladder up to one week: the escalation to the service manager at +2wd is gone or comes later"},
		{"an escalation becomes a reminder", ladder("{at: +1wd, remind: team_manager}, {at: +2wd, escalate: [service_manager, head_of_service]}"), "o.yaml:4: ladder up to one week: the escalation to the team manager at +1wd is gone"},
		{"the worker is no longer reminded", "ladders: [{name: up to one week, rungs: [{at: +1wd, escalate: [team_manager, service_manager, head_of_service]}]}]\n", "o.yaml:3: ladder up to one week: the worker is not reminded on or before the day"},
		{"rungs out of order", ladder("{at: +2wd, escalate: [service_manager, head_of_service]}, {at: +1wd, escalate: team_manager}"), "o.yaml:4: ladder up to one week: the rung +1wd stands after +2wd"},

		{"an unknown key", "events: []\n", `o.yaml:3: an overlay has no key "events": it may have calendars, ladders, language, overlay, terms, timescales`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, lay(t, tt.text), tt.want)
		})
	}
}

// own is an overlay with a timescale of the council's own.
func own(status string) string {
	return "timescales:\n  - ref: ANY-1\n    title: Unit meeting\n    todo: Hold it.\n    pathway: Oversight\n    starts: [case.opened]\n" +
		"    met_by: [unit_meeting.held]\n    editions: [{" + status + "limit: 1 month, source: A}]\n"
}

func TestAnOverlayThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no YAML", "overlay: [", "o.yaml:1: this is not YAML"},
		{"a newer language", "overlay: A\nlanguage: 2\n", "o.yaml:2: the file is written in version 2"},
		{"no language", "overlay: A\n", "o.yaml:1: the overlay does not say language"},
		{"no council", "language: 1\n", "o.yaml:1: the overlay does not say overlay"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack, faults := load.Overlay(load.Embedded(), load.File{Name: "o.yaml", Text: tt.text})
			expectOnly(t, faults, tt.want)
			if pack != nil {
				t.Error("a refused overlay gave a pack")
			}
		})
	}
}

func TestAnOverlayIsToldFromAPack(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"overlay: A\n": true, mini: false, "overlay: [": false, "- overlay\n": false} {
		if got := load.IsOverlay(load.File{Name: "x.yaml", Text: text}); got != want {
			t.Errorf("%.20q: got %t", text, got)
		}
	}
}

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
		t.Errorf("the law stays, with the council's number alongside it: got %+v", law)
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
		{"not a flag", change("FD-04", "on: yes please"), "o.yaml:4: FD-04: on must be true or false"},
		{"an unverified limit of law is loosened as it is switched on", change("LA-11B", "on: true, "+number("local_limit: 6 working days")), "o.yaml:4: LA-11B: the local limit of 6 working days can fall due later than the national one of 5 working days"},
		{"an unverified limit of law is replaced", change("LA-11B", "on: true, "+number("limit: 3 working days")), "o.yaml:4: LA-11B: its limit is not a local one (statutory guidance: IRO Handbook 2010"},
		{"a limit where each start brings its own", change("FD-03", "on: true, "+number("limit: 4 hours")), "o.yaml:4: FD-03: each of its starts brings a limit of its own"},
		{"a local limit alongside no number", change("AS-04", number("local_limit: 5 weeks")), "o.yaml:4: AS-04: no law gives it a number, so there is none to stand alongside: set one with limit"},
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
