package main

import (
	"context"
	"math"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"longstop/store"
)

// organisationWatch shows what is wrong with the organisation itself, so that somebody is told too late or
// nobody is: as figures, and in the log whenever it has changed.
type organisationWatch struct {
	look   func(context.Context) (store.Drift, error)
	log    zerolog.Logger
	figure *prometheus.GaugeVec // by what is wrong

	last string // what was logged last
}

func (m *metrics) watchOrganisation(look func(context.Context) (store.Drift, error), log zerolog.Logger) *organisationWatch {
	w := &organisationWatch{look: look, log: log, figure: prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "longstop_organisation_drift",
		Help: "Open cases without a worker or without anybody to tell, that are managed by nobody but who holds them, or with a part that nobody or an unknown person has; teams without a manager, and managers who are away without cover; at the last check; NaN where it failed.",
	}, []string{"what"})}
	m.Registry.MustRegister(w.figure)
	return w
}

// check looks once. It fails without harm: the next check comes in minutes.
func (w *organisationWatch) check(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	d, err := w.look(ctx)
	figures := map[string]int{
		"case_without_worker": d.WithoutWorker, "case_without_anybody": d.WithoutAnybody,
		"case_without_other_manager": d.OwnManager, "case_without_part": d.WithoutPart, "case_part_unknown": d.PartUnknown,
		"team_without_manager": len(d.TeamsWithoutManager), "manager_without_cover": len(d.Uncovered),
	}
	for what, n := range figures {
		value := float64(n)
		if err != nil {
			value = math.NaN()
		}
		w.figure.WithLabelValues(what).Set(value)
	}
	if err != nil {
		w.log.Warn().Err(err).Msg("could not check whether every case has somebody to tell: it is tried again with the next check of the clocks")
		return
	}
	if is := d.String(); is != w.last {
		w.last = is
		if is == "" {
			w.log.Info().Msg("every open case has a worker, every team a manager, and every manager who is away a cover")
			return
		}
		w.log.Warn().Int("cases_without_worker", d.WithoutWorker).Int("cases_without_anybody", d.WithoutAnybody).
			Int("cases_without_other_manager", d.OwnManager).Int("cases_without_part", d.WithoutPart).Int("cases_part_unknown", d.PartUnknown).
			Strs("teams_without_manager", d.TeamsWithoutManager).Strs("managers_without_cover", d.Uncovered).
			Msg("the organisation has gaps, so that messages go further up than they should, or to nobody: allocate, appoint, or record a cover ('starter import people')")
	}
}
