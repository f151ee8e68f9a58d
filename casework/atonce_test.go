package casework_test

import (
	"testing"

	"longstop/casework"
)

func TestALawAsksWhereItBringsManyOpenDutiesPastALimitAtOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		overdue, local int
		open, past     int
		want           bool
	}{
		{"nothing", 0, 0, 0, 0, false},
		{"ten, of however few", 10, 0, 10, 0, false},
		{"eleven in a record without an open duty", 11, 0, 0, 0, true},
		{"eleven of 110, which is a tenth, where eleven are past a limit", 11, 0, 110, 11, false},
		{"eleven of 109, where many are past a limit", 11, 0, 109, 50, true},
		{"eleven of many, where ten are past a limit", 11, 0, 5000, 10, true},
		{"500 of 5000, which is a tenth, where 500 are past a limit", 500, 0, 5000, 500, false},
		{"local dates count with the others", 6, 5, 109, 50, true},
		{"a child of ten years in care, from 10 to 113", 103, 0, 10, 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			at := casework.AtOnce{Overdue: tc.overdue, Local: tc.local}
			if got := at.TooMany(casework.OpenDuties{Open: tc.open, Past: tc.past}); got != tc.want {
				t.Errorf("asks: %v, not %v", got, tc.want)
			}
		})
	}
}

func TestADutyIsBroughtPastALimitOnce(t *testing.T) {
	t.Parallel()
	const none, law, local = casework.PassedNone, casework.PassedLaw, casework.PassedLocal
	for _, tc := range []struct {
		before, after casework.Passed
		want          casework.AtOnce
	}{
		{none, none, casework.AtOnce{}},
		{none, law, casework.AtOnce{Overdue: 1}},
		{local, law, casework.AtOnce{Overdue: 1}}, // a local date was passed; now a law is broken
		{law, law, casework.AtOnce{}},
		{none, local, casework.AtOnce{Local: 1}},
		{local, local, casework.AtOnce{}},
		{law, local, casework.AtOnce{}}, // its readers were told already
		{law, none, casework.AtOnce{}},
	} {
		var got casework.AtOnce
		got.Count(&casework.Change{PassedBefore: tc.before, PassedAfter: tc.after})
		if got != tc.want {
			t.Errorf("from %q to %q: %+v, not %+v", tc.before, tc.after, got, tc.want)
		}
	}
}

func TestOnlyWhatIsOwedIsCountedAsOpen(t *testing.T) {
	t.Parallel()
	const (
		referred = "r referral.received 2026-01-05"
		decided  = referred + "\nd referral.decided 2026-01-07 outcome=assessment"
	)
	for _, tc := range []struct {
		name, events, asOf string
		want               casework.OpenDuties
	}{
		// Monday 5 January: the decision (FD-01) is due on Tuesday, and the assessment (AS-01) on 9 March.
		{"nothing is past its date", referred, "2026-01-05T12:00:00Z", casework.OpenDuties{Open: 2}},
		{"one is", referred, "2026-01-07T12:00:00Z", casework.OpenDuties{Open: 2, Past: 1}},
		{"it was met, late", decided, "2026-01-08T12:00:00Z", casework.OpenDuties{Open: 1}},
		{"the other is", decided, "2026-03-10T12:00:00Z", casework.OpenDuties{Open: 1, Past: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got casework.OpenDuties
			got.Count(book.FoldDuties(accepted(t, tc.events), casework.Moment{AsOf: instant(t, tc.asOf)}))
			if got != tc.want {
				t.Errorf("%+v, not %+v", got, tc.want)
			}
		})
	}
}
