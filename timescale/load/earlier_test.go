package load_test

import (
	"regexp"
	"slices"
	"testing"

	"longstop/timescale"
	"longstop/timescale/load"
)

// The record of a council goes on by the pack of the release that it began with.
func TestAlarmsAsEarlierReleasesWroteThemMeanTheSame(t *testing.T) {
	t.Parallel()
	files := slices.Clone(load.EmbeddedFiles())
	after, every := regexp.MustCompile(`\{after: (\d+) months`), regexp.MustCompile(`(\{months: \d+), every: (\d+) months`)
	changed := 0
	for i := range files {
		text := after.ReplaceAllString(files[i].Text, `{months: $1`)
		text = every.ReplaceAllString(text, `$1, every: $2`)
		if text != files[i].Text {
			changed++
		}
		files[i].Text = text
	}
	old, err := load.Files(files)
	if err != nil || changed == 0 {
		t.Fatalf("%d files changed: %v", changed, err)
	}
	for i := range old.Timescales {
		a, b := old.Timescales[i], load.Embedded().Timescales[i]
		if !slices.EqualFunc(a.Drift, b.Drift, sameAlarm) {
			t.Errorf("%s: %+v, and should be %+v", a.Ref, a.Drift, b.Drift)
		}
	}
}

func sameAlarm(a, b timescale.Alarm) bool {
	if a.After != b.After || a.Role != b.Role || (a.Every == nil) != (b.Every == nil) {
		return false
	}
	return a.Every == nil || *a.Every == *b.Every
}
