package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/store"
)

func TestGapsInTheOrganisationAreShownAndLoggedWhenTheyChange(t *testing.T) {
	t.Parallel()
	m, err := newMetrics("b1")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	var is store.Drift
	var fails error
	w := m.watchOrganisation(func(context.Context) (store.Drift, error) { return is, fails }, zerolog.New(&log))
	check := func(what string, figure float64, lines int, says string) {
		t.Helper()
		log.Reset()
		w.check(t.Context())
		got := gauge(t, m, what)
		if got != figure && !(math.IsNaN(got) && math.IsNaN(figure)) {
			t.Errorf("%s: %v, want %v", what, got, figure)
		}
		if n := strings.Count(log.String(), "\n"); n != lines || !strings.Contains(log.String(), says) {
			t.Errorf("it logged %q", log.String())
		}
	}
	check("case_without_worker", 0, 0, "")
	is = store.Drift{WithoutWorker: 3, WithoutAnybody: 1, TeamsWithoutManager: []string{"T2"}, Uncovered: []string{"M1"}}
	check("case_without_worker", 3, 1, `"teams_without_manager":["T2"]`)
	check("case_without_anybody", 1, 0, "")
	is.OwnManager, is.WithoutPart, is.PartUnknown = 4, 5, 6
	check("case_without_other_manager", 4, 1, `"cases_part_unknown":6`)
	check("case_without_part", 5, 0, "")
	check("case_part_unknown", 6, 0, "")
	is.Uncovered = nil
	check("manager_without_cover", 0, 1, `"managers_without_cover":[]`)
	fails = errors.New("the record is away")
	check("team_without_manager", math.NaN(), 1, "could not check")
	fails, is = nil, store.Drift{}
	check("team_without_manager", 0, 1, "every open case has a worker")
}

// gauge returns a figure of the organisation as whoever reads the figures gets it.
func gauge(t *testing.T, m *metrics, what string) float64 {
	t.Helper()
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "longstop_organisation_drift" && metric.GetLabel()[0].GetValue() == what {
				return metric.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no figure %s", what)
	return 0
}
