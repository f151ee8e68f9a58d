package timescale_test

import (
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

func TestTheNumbersOfCouncilsInWords(t *testing.T) {
	t.Parallel()
	days := func(n int, unit timescale.Unit) *timescale.Limit { return &timescale.Limit{N: n, Unit: unit} }
	tests := map[string]timescale.InUse{
		"10 working days":                                      {Limit: days(10, timescale.WorkingDays)},
		"1 to 3 working days":                                  {Limit: days(1, timescale.WorkingDays), To: days(3, timescale.WorkingDays)},
		"15 working days (Wirral)":                             {Limit: days(15, timescale.WorkingDays), Who: "Wirral"},
		"6 to 8 weeks (where things are stable)":               {Limit: days(6, timescale.Weeks), To: days(8, timescale.Weeks), Says: "where things are stable"},
		"8 weeks (ages 18 to 20; Anytown)":                     {Limit: days(8, timescale.Weeks), Says: "ages 18 to 20", Who: "Anytown"},
		"before discharge":                                     {Says: "before discharge"},
		"3 working days at the latest (the London procedures)": {Says: "3 working days at the latest", Who: "the London procedures"},
	}
	for want, used := range tests {
		if got := used.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatWaitsForACouncil(t *testing.T) {
	t.Parallel()
	local := func(off string, isDefault bool) *timescale.Timescale {
		return &timescale.Timescale{Off: off, Editions: []timescale.Edition{{Status: timescale.StatusLocal, Default: isDefault}}}
	}
	for name, tt := range map[string]struct {
		rule *timescale.Timescale
		want bool
	}{
		"off":                         {local("local practice", false), true},
		"in force as a default":       {local("", true), true},
		"in force as a council's own": {local("", false), false},
		"off, and set by law":         {&timescale.Timescale{Off: "A", Editions: []timescale.Edition{{Status: "statute"}}}, false},
		"ended by a council":          {&timescale.Timescale{Editions: []timescale.Edition{{Status: timescale.StatusLocal, Default: true, Until: calendar.NewDate(2027, 1, 4)}}}, false},
		"without an edition":          {&timescale.Timescale{Off: "A"}, false},
	} {
		if got := tt.rule.ForCouncil(); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
