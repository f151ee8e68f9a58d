package load_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

func shippedLaw() timescale.Documents { return load.Compiler{}.Shipped() }

// proclaimed is the shipped bank holidays file with one more day.
func proclaimed(day string) []byte {
	return bytes.Replace(load.ShippedHolidays(), []byte(`"events":[`), []byte(`"events":[ {"title":"A proclaimed day","date":"`+day+`","notes":""},`), 1)
}

func councilOverlay(name, limit string) load.File {
	return load.File{Name: name, Text: "overlay: " + name + "\nlanguage: 1\ntimescales:\n- ref: CN-02\n  editions:\n  - {limit: " + limit + ", source: Anytown}\n"}
}

func mustAmend(t *testing.T, d timescale.Documents, c load.Change) timescale.Documents {
	t.Helper()
	out, err := c.Amend(d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheShippedLawIsTheShippedPackAndCalendar(t *testing.T) {
	t.Parallel()
	pack, cal, err := load.Compiler{}.Compile(shippedLaw())
	if err != nil || pack.Hash != load.Embedded().Hash || pack.Overlay != "" || cal.Edition() != calendar.Published().Edition() {
		t.Errorf("%v, %v, %v", pack, cal, err)
	}
}

// The shipped law is compiled once in a process. One in other bytes is compiled like any other.
func TestTheShippedLawIsTheSameWhetherItIsCompiledOrAtHand(t *testing.T) {
	t.Parallel()
	d := shippedLaw()
	other := timescale.Documents{Pack: append(bytes.Clone(d.Pack), ' '), Calendar: append(bytes.Clone(d.Calendar), ' ')}
	pack, cal, err := load.Compiler{}.Compile(other)
	if err != nil {
		t.Fatal(err)
	}
	shippedPack, shippedCal, err := load.Compiler{}.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	if pack == shippedPack {
		t.Fatal("nothing was compiled")
	}
	if !reflect.DeepEqual(pack, shippedPack) {
		t.Error("the pack is another one")
	}
	if !reflect.DeepEqual(cal, shippedCal) {
		t.Error("the calendar is another one")
	}
}

func TestAChangeThatNamesNothingChangesNothing(t *testing.T) {
	t.Parallel()
	if got := mustAmend(t, shippedLaw(), load.Change{}); got.Hash() != shippedLaw().Hash() {
		t.Errorf("hash %s, want %s", got.Hash(), shippedLaw().Hash())
	}
}

func TestALawIsNamedAfterWhatItSaysAndNotAfterHowItsFilesWereHandedIn(t *testing.T) {
	t.Parallel()
	a, b := councilOverlay("a.yaml", "3 weeks"), councilOverlay("b.yaml", "2 weeks")
	spaced := bytes.ReplaceAll(load.ShippedHolidays(), []byte(","), []byte(",\n  "))
	one := mustAmend(t, shippedLaw(), load.Change{Overlays: []load.File{a, b}, Holidays: spaced})
	two := mustAmend(t, shippedLaw(), load.Change{Overlays: []load.File{b, a}})
	if one.Hash() != two.Hash() || one.Hash() == shippedLaw().Hash() {
		t.Errorf("hashes %s and %s, shipped %s", one.Hash(), two.Hash(), shippedLaw().Hash())
	}
	taken := mustAmend(t, one, load.Change{Overlays: []load.File{}})
	if taken.Hash() != shippedLaw().Hash() {
		t.Error("the law without its overlays is not the one before them")
	}
}

func TestAChangeLeavesWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	d := mustAmend(t, shippedLaw(), load.Change{Overlays: []load.File{councilOverlay("anytown.yaml", "3 weeks")}})
	d = mustAmend(t, d, load.Change{Holidays: proclaimed("2026-12-09")})
	d = mustAmend(t, d, load.Change{Pack: load.EmbeddedFiles()})
	pack, cal, err := load.Compiler{}.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	day, err := calendar.ParseDate("2026-12-09")
	if err != nil {
		t.Fatal(err)
	}
	if pack.Overlay != "anytown.yaml" || cal.IsWorkingDay(day) {
		t.Errorf("overlay %q, working day %v", pack.Overlay, cal.IsWorkingDay(day))
	}
}

func TestALawByItselfIsTheShippedOneWithTheChange(t *testing.T) {
	t.Parallel()
	pack, cal, err := load.Change{Holidays: proclaimed("2026-12-09")}.Compile()
	if err != nil || pack.Hash != load.Embedded().Hash || cal.Edition() == calendar.Published().Edition() {
		t.Errorf("%v, %v, %v", pack, cal, err)
	}
}

func TestAChangeByWhichNoLawCanBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	newer := load.EmbeddedFiles()
	for i := range newer {
		newer[i].Text = strings.Replace(newer[i].Text, "\nlanguage: ", "\nlanguage: 9", 1)
	}
	loose := load.File{Name: "loose.yaml", Text: "overlay: Anytown\nlanguage: 1\ntimescales:\n- ref: AS-01\n  editions:\n  - {local_limit: 60 working days, source: Anytown}\n"}
	with := mustAmend(t, shippedLaw(), load.Change{Overlays: []load.File{councilOverlay("anytown.yaml", "3 weeks")}})
	other := []load.File{{Name: "other.yaml", Text: strings.ReplaceAll(load.EmbeddedFiles()[0].Text, "CN-02", "CN-99")}}
	for _, tc := range []struct {
		name   string
		law    timescale.Documents
		change load.Change
		part   string
		faults bool // each with its file
	}{
		{"a faulty pack", shippedLaw(), load.Change{Pack: []load.File{{Name: "x.yaml", Text: "pack: x"}}}, "x.yaml", true},
		{"a pack in a newer language", shippedLaw(), load.Change{Pack: newer}, "language", true},
		{"an overlay that loosens", shippedLaw(), load.Change{Overlays: []load.File{loose}}, "loose.yaml", true},
		{"a pack that the overlay in force does not fit", with, load.Change{Pack: other}, "yaml", true},
		{"bank holidays of another shape", shippedLaw(), load.Change{Holidays: []byte("{}")}, "england-and-wales", false},
		{"a law with something after its document", timescale.Documents{Pack: append(bytes.Clone(with.Pack), "{}"...), Calendar: with.Calendar}, load.Change{}, "a", false},
		{"a law of a later format", timescale.Documents{Pack: []byte(`{"format":"longstop-law-3"}`), Calendar: with.Calendar}, load.Change{}, "longstop-law-3", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			out, err := tc.change.Amend(tc.law)
			if err == nil || !strings.Contains(err.Error(), tc.part) || out.Hash() != tc.law.Hash() {
				t.Fatalf("%v, hash %s", err, out.Hash())
			}
			var found *load.Error
			if errors.As(err, &found) != tc.faults {
				t.Errorf("%T: %v", err, err)
			}
		})
	}
}

func TestTheListOfShippedFilesIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	load.EmbeddedFiles()[0].Text = "another"
	if load.EmbeddedFiles()[0].Text == "another" {
		t.Error("a caller changed the shipped pack of all others")
	}
}
