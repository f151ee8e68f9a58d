package calendar

import (
	"time"
	_ "time/tzdata" // so that a machine without zone files still knows London
)

// london is the one time zone of the product, and this is the only place that
// loads it.
var london = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("calendar: the time zone is missing from the program: " + err.Error())
	}
	return loc
}

const (
	secondsInDay = 24 * 60 * 60
	// unixDay is the day number of 1 January 1970.
	unixDay = 719163
)

// DateOf returns the London civil date of an instant. The zero time is no
// date, and so is an instant outside the years 1 to 9999.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return 0
	}
	seconds := t.Unix() + londonOffset(t.Unix())
	days := seconds / secondsInDay
	if seconds%secondsInDay < 0 {
		days--
	}
	return checked(int(days) + unixDay)
}

// InLondon returns the instant t with London's wall time, for display only:
// arithmetic belongs on instants or on dates.
func InLondon(t time.Time) time.Time { return t.In(london) }

// Start returns the instant at which d begins in London, 00:00, as a UTC time.
// For no date it is the zero time.
func (d Date) Start() time.Time { return d.At(0, 0) }

// End returns the last nanosecond of d in London as a UTC time. For no date it
// is the zero time.
func (d Date) End() time.Time {
	if !d.valid() {
		return time.Time{}
	}
	return d.At(24, 0).Add(-1)
}

// At returns the instant of a London wall time on d as a UTC time; hours and
// minutes beyond their usual ranges carry over, so 24:00 is the start of the
// next day. For no date it is the zero time.
//
// Where the clocks go forward the wall times they skip are read on the clock
// of before: 01:30 is the instant half an hour after the change, when London
// shows 02:30. Where they go back a wall time that comes twice is the first,
// so that a limit is never taken to be later than it may be.
func (d Date) At(hour, minute int) time.Time {
	if !d.valid() {
		return time.Time{}
	}
	wall := d.unixMidnight() + int64(hour)*60*60 + int64(minute)*60
	// The offsets a day before and a day after are those on either side of a
	// change, since changes are months apart. time.Date leaves open which of
	// the two it takes, hence the choice here.
	before, after := londonOffset(wall-secondsInDay), londonOffset(wall+secondsInDay)
	instant := wall - before
	if before != after && londonOffset(instant) != before && londonOffset(wall-after) == after {
		instant = wall - after
	}
	return time.Unix(instant, 0).UTC()
}

// unixMidnight returns the Unix time of 00:00 UTC on d.
func (d Date) unixMidnight() int64 { return (int64(d) - unixDay) * secondsInDay }

// londonOffset returns how many seconds London is ahead of UTC at a Unix time.
func londonOffset(unix int64) int64 {
	_, offset := time.Unix(unix, 0).In(london).Zone()
	return int64(offset)
}
