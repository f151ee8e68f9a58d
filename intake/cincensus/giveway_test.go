package cincensus

import (
	"testing"

	"longstop/casework"
)

func TestGivesWay(t *testing.T) {
	t.Parallel()
	event := func(kind, day, episode string, data casework.Data) casework.Event {
		return casework.Event{Type: kind, At: casework.OnDay(date(t, day)), Episode: episode, Data: data}
	}
	inferred := casework.Data{"inferred": true}
	plan := casework.Data{"inferred": true, "outcome": "plan"}
	for _, c := range []struct {
		name           string
		inferred, real casework.Event
		want           bool
	}{
		{"a conference on the day of the plan", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-11", "R1", casework.Data{"outcome": "plan"}), true},
		{"a conference seven days before it", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-04", "", nil), true},
		{"a conference eight days before it", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-03", "R1", nil), false},
		{"a conference after it", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-12", "R1", nil), false},
		{"a conference that decided on no plan", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-11", "R1", casework.Data{"outcome": "no_plan"}), false},
		{"a conference of another episode", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-11", "R2", nil), false},
		{"another inferred one", event(typeConference, "2026-05-11", "R1", plan), event(typeConference, "2026-05-11", "R1", plan), false},
		{"a real one does not give way", event(typeConference, "2026-05-11", "R1", nil), event(typeConference, "2026-05-11", "R1", nil), false},
		{"something else", event(typeNotRequired, "2026-05-11", "R1", inferred), event(typeConference, "2026-05-11", "R1", nil), false},
		{"the decision on the referral of the same episode, however late", event(typeDecided, "2026-05-11", "R1", inferred), event(typeDecided, "2026-09-11", "R1", nil), true},
		{"a decision before the referral", event(typeDecided, "2026-05-11", "R1", inferred), event(typeDecided, "2026-05-10", "R1", nil), false},
		{"a decision that names no episode, within a month", event(typeDecided, "2026-05-11", "R1", inferred), event(typeDecided, "2026-06-11", "", nil), true},
		{"a decision that names no episode, later", event(typeDecided, "2026-05-11", "R1", inferred), event(typeDecided, "2026-06-12", "", nil), false},
		{"a conference found not to be required within a month", event(typeNotRequired, "2026-05-11", "R1", inferred), event(typeNotRequired, "2026-05-25", "R1", nil), true},
		{"one of another enquiry, later", event(typeNotRequired, "2026-05-11", "R1", inferred), event(typeNotRequired, "2026-07-25", "R1", nil), false},
		{"an offer within a month of the letter", event(typeOffered, "2026-05-11", "R1", inferred), event(typeOffered, "2026-05-12", "", nil), true},
		{"an offer before the letter", event(typeOffered, "2026-05-11", "R1", inferred), event(typeOffered, "2026-05-01", "", nil), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := formats.GivesWay(c.inferred, c.real); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestNothingThatAReturnInfersGivesWayToItself(t *testing.T) {
	t.Parallel()
	for _, name := range samples {
		header, list := children(t, string(sample(t, name)))
		for _, c := range list {
			events := toRecord(header.Period, nil, c, header.Period.To)
			for _, inferred := range events {
				for _, real := range events {
					if formats.GivesWay(inferred, real) {
						t.Errorf("%s, child %d: %s gives way to %s", name, c.Place, short(inferred), short(real))
					}
				}
			}
		}
	}
}
