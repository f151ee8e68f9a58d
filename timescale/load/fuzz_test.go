package load_test

import (
	"os"
	"strings"
	"testing"

	"longstop/timescale/load"
)

// Whatever a file holds, it is loaded or refused with its faults; and what is loaded is
// sound, and comes back from its bundle.
func FuzzFiles(f *testing.F) {
	for _, file := range load.EmbeddedFiles() {
		f.Add(file.Text)
	}
	f.Add(mini)
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
	anytown, err := os.ReadFile("testdata/overlay-anytown.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(anytown))
	f.Add("overlay: A\nlanguage: 1\n" + own(""))
	base := load.Embedded()
	f.Fuzz(func(t *testing.T, text string) {
		pack, faults := load.Overlay(base, load.File{Name: "o.yaml", Text: text})
		if len(faults) > 0 {
			return
		}
		for _, r := range base.Timescales {
			if r.Editions[0].Local || len(r.Editions[0].Limits) == 0 { // its limits stand with its starts, or it has alarms only
				continue
			}
			now := pack.Timescale(r.Ref)
			if now == nil {
				t.Fatalf("%s is gone", r.Ref)
			}
			for _, e := range now.Editions {
				if e.Local || len(e.Limits) == 0 || e.Limits[0] != r.EditionOn(max(e.From, r.Editions[0].From)).Limits[0] {
					t.Errorf("%s was loosened: %+v", r.Ref, e)
				}
			}
		}
	})
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
