package load_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

func read(f *testing.F, path string) string {
	f.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}

// Whatever a file holds, it is loaded or refused with its faults; and what is loaded is
// sound, and comes back from its bundle.
func FuzzFiles(f *testing.F) {
	for _, file := range load.EmbeddedFiles() {
		f.Add(file.Text)
	}
	f.Add(mini)
	f.Add(read(f, "../../casework/testdata/additions.yaml")) // all that the language can say
	for _, says := range []string{
		"by: [thing.done, {event: review.held, nth: 2}]", "by: []", "limit: {limit: 3 months before, from: {birthday: 18}}",
		"limit: {limit: the same day, from: {birthday: 0, event: thing.started}}", "limit: 75 days in any 12 months", "limit: 6 days in any 1 weeks",
		"limit: 1000 days in any 100 years", "limits: [{limit: 3 hours, when: {before_birthday: 5}}, {limit: 5 hours}]",
	} {
		f.Add(strings.Replace(mini, oneLimit, edition(says), 1))
		f.Add(strings.Replace(strings.Replace(mini, oneLimit, edition(says), 1), oneStart, "    period: care\n"+starts("{period_opens: true}"), 1))
	}
	f.Add(rollingIn("10 days in any 1 month"))
	f.Add(strings.Replace(mini, visitStart, "      - {birthday: 16, within: {from: 13 weeks}, limit: 3 months}\n", 1))
	for _, read := range []string{"{read: words, in: A, on: 2026-11-29}", "{read: part, in: A, missing: B, on: 2026-11-29}", "{read: none}", "{read: through}", "{on: true}", "none"} {
		f.Add(strings.Replace(mini, oneLimit, oneLimit+"        checked: "+read+"\n", 1))
	}
	for _, number := range []string{"{limit: 5 working days, to: 10 working days, says: A, who: B}", "{says: A}", "{to: 5 days}", "{limit: 5 days before}", "none"} {
		f.Add(strings.Replace(mini, theLimit, localLimit+councils(number), 1))
	}
	f.Add(strings.NewReplacer(
		"ends: [care.ended]\n", "ends: [{event: care.ended, taken_first: true}, {event: care.started, lacks: [status]}]\n    corrected: [{on: 2026-11-29, was: it lasted}]\n",
		"nth: 2 or later", "nth: 2 or later, within: {from: 20 working days, before: 1 year, in: care}, limit: 1 month beginning with the day",
	).Replace(mini))
	for _, publications := range []string{"[{name: A, editions: [2026-03-18]}]", "[{name: A, editions: [2026-03-18, 2023-12-15]}]", "[{editions: []}]", "[A]"} {
		f.Add("publications: " + publications + "\n" + mini)
	}
	f.Add(strings.Repeat("[", 100))
	f.Add("a: &a [*a, *a]\nb: !!str |\n  c\n? d\n: e\n")
	f.Fuzz(func(t *testing.T, text string) {
		files := []load.File{{Name: "x.yaml", Text: text}}
		for _, fault := range load.Check(files) {
			if fault.Reason == "" || fault.File == "" && !strings.HasPrefix(fault.Reason, "no file of the pack says") {
				t.Errorf("a fault says nothing or not where: %+v", fault)
			}
		}
		pack, err := load.Files(files)
		if err != nil {
			return
		}
		if faults := pack.Faults(); len(faults) > 0 {
			t.Errorf("a faulty pack was loaded: %v", faults)
		}
		again, err := load.FromBundle(load.Bundle(files))
		if err != nil || again.Hash != pack.Hash {
			t.Errorf("it does not come back from its bundle: %v", err)
		}
	})
}

// Whatever an overlay holds, no limit of law is loosened by it and none goes missing.
func FuzzOverlay(f *testing.F) {
	for _, path := range []string{"testdata/overlay-anytown.yaml", "../../overlays/cambridgeshire.yaml"} {
		f.Add(read(f, path))
	}
	f.Add("overlay: A\nlanguage: 1\n" + own(""))
	f.Add("overlay: A\nlanguage: 1\n" + strings.Replace(own(""), "starts: [case.opened]", "period: care\n    starts: [{birthday: 12}]", 1))
	f.Add("overlay: A\nlanguage: 1\n" + strings.Replace(own(""), "limit: 1 month", "by: [case.closed, lac_review.held]", 1))
	f.Add("overlay: A\nlanguage: 1\ntimescales:\n  - {ref: LA-34D, editions: [{from: 2026-01-01, local_limit: 60 days in any 12 months, source: A}]}\n")
	f.Add("overlay: A\nlanguage: 1\ntimescales:\n  - {ref: FD-02, on: true, editions: [{from: 2013-04-15, limit: 5 working days, source: A}]}\n" +
		"  - {ref: AS-04, on: true, editions: [{limit: 5 weeks, source: A}]}\n  - {ref: LA-17, on: true, editions: [{local_limit: 3 months, source: A}]}\n")
	base := load.Embedded()
	f.Fuzz(func(t *testing.T, text string) {
		pack, faults := load.Overlay(base, load.File{Name: "o.yaml", Text: text})
		if len(faults) > 0 {
			return
		}
		for i := range base.Timescales {
			expectNotLoosened(t, &base.Timescales[i], pack.Timescale(base.Timescales[i].Ref))
		}
	})
}

// expectNotLoosened compares a rule with what an overlay made of it.
func expectNotLoosened(t *testing.T, was, now *timescale.Timescale) {
	t.Helper()
	allLocal := !inAnEdition(was, func(e timescale.Edition) bool { return e.Status != timescale.StatusLocal })
	switch {
	case now == nil && allLocal && was.Off == "": // removed
		return
	case now == nil:
		t.Fatalf("%s is gone", was.Ref)
	case was.Off == "" && now.Off != "":
		t.Errorf("%s was switched off", was.Ref)
	}
	for _, e := range now.Editions {
		law := was.EditionOn(max(e.From, was.Editions[0].From))
		if law.Status == timescale.StatusLocal || law.Status == timescale.StatusPractice && law.Checked.Unread() {
			continue
		}
		kept := e
		kept.LocalLimit, kept.LocalSource, kept.Line, kept.From, kept.Until = nil, "", law.Line, law.From, law.Until
		if law.NoLimit && !e.NoLimit { // the council's number, where the law has none
			kept.NoLimit, kept.Limits, kept.Local, kept.Source = true, nil, false, law.Source
		}
		if !reflect.DeepEqual(kept, *law) {
			t.Errorf("%s was loosened: %+v", was.Ref, e)
		}
		for _, l := range law.Limits {
			if e.LocalLimit != nil && !e.LocalLimit.NeverLonger(l, calendar.Published()) {
				t.Errorf("%s: %s stands alongside %s", was.Ref, e.LocalLimit, l)
			}
		}
	}
}

// A bundle comes from a database, and may still be anything.
func FuzzFromBundle(f *testing.F) {
	f.Add(load.Bundle([]load.File{{Name: "mini.yaml", Text: mini}}))
	f.Add([]byte(`{"format":"longstop-pack-1","files":null}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		pack, err := load.FromBundle(document)
		if err == nil && pack.Hash == "" {
			t.Error("a pack without a hash was loaded")
		}
	})
}
