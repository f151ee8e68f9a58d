package timescale

import "longstop/calendar"

// Limits in different units are compared from every day of these years: far enough for
// every meeting of weekends, bank holidays and month ends to have come round.
var (
	comparedFrom    = calendar.NewDate(2010, 1, 1)
	comparedThrough = calendar.NewDate(2040, 12, 31)
)

// yetToBeProclaimed is how many working days may become bank holidays within a limit
// that nobody knows of yet; two is what one year has had (2022).
const yetToBeProclaimed = 2

// NeverLonger says whether a limit can never fall due later than another, whatever the
// day it starts on. Limits in one unit go by their numbers; those in different units are
// compared from every start day of thirty years, and a limit in working days must leave
// room for bank holidays that are yet to be proclaimed. Hours and days are never compared:
// where it cannot be shown, it is false.
func (l Limit) NeverLonger(than Limit, cal *calendar.Calendar) bool {
	if !l.counted() || !than.counted() {
		return false
	}
	if l.Unit == than.Unit && l.BeginningWith == than.BeginningWith {
		return l.N <= than.N
	}
	if l.InHours() || than.InHours() {
		return false
	}
	if l.Unit == WorkingDays && than.Unit != WorkingDays {
		l.N += yetToBeProclaimed
	}
	for d := comparedFrom; d <= comparedThrough; d = d.AddDays(1) {
		if l.Due(cal, d) > than.Due(cal, d) {
			return false
		}
	}
	return true
}

// counted says whether the limit is counted on from the day of the start.
func (l Limit) counted() bool { return l.From == nil && !l.Rolling() && !l.Back }
