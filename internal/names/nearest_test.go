package names_test

import (
	"testing"

	"longstop/internal/names"
)

func TestNearestFindsWhatWasMeant(t *testing.T) {
	t.Parallel()
	known := []string{"cp_visit.made", "cin_visit.made", "cp_review.held", "seen"}
	for name, want := range map[string]string{
		"cp_visit.mad":    "cp_visit.made",
		"cp_visits.made":  "cp_visit.made",
		"CP_Visit.Made":   "cp_visit.made",
		" cp_visit.made ": "cp_visit.made",
		"Seen":            "seen",
		"cin_vist.made":   "cin_visit.made",
		"visits":          "", // too far from any
		"":                "",
		"cp_review.heldd": "cp_review.held",
	} {
		if got := names.Nearest(name, known); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}
