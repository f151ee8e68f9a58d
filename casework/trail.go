package casework

import (
	"cmp"
	"slices"

	"longstop/calendar"
)

// A fold of a timescale can go back to a day and go on from there, because what happens on a day
// hangs only on what happened up to it: on that day it finds the duties that were open as they
// were. What does hang on later days says so (ofAnyDay), and is folded from the beginning.

// trail is what a fold that goes on keeps of the days that it has folded.
type trail struct {
	today  calendar.Date // that is being folded
	goesOn bool          // else nothing is kept
	back   []trod        // in the order of the days
	looked map[int]bool  // the places of the types at which it looked, and whether on whatever day
	// openAnyDay says that it asked whether its period is open on whatever day.
	openAnyDay bool
	trodOn     []*openDuty // that were opened, changed or taken back since they were last asked for
}

// trod is a duty as it was when a day began on which it was changed.
type trod struct {
	day  calendar.Date
	duty *openDuty
	was  openDuty
}

// trodden is what a duty knows of the trail.
type trodden struct {
	place     int           // among the duties that the timescale opened
	openedOn  calendar.Date // the day of the fold
	changedOn calendar.Date // the last one
}

// newDuty is room for a duty that opens today.
func (f *ruleFold) newDuty() *openDuty {
	d := f.room.duty()
	d.trodden = trodden{place: len(f.duties), openedOn: f.today, changedOn: f.today}
	if f.goesOn {
		f.trodOn = append(f.trodOn, d)
	}
	return d
}

// change keeps a duty as it is before it is changed. Whatever changes a duty calls it first.
func (f *ruleFold) change(d *openDuty) {
	if !f.goesOn || d.changedOn == f.today {
		return
	}
	was := *d
	was.Pauses = slices.Clone(d.Pauses) // the last is changed in its place
	f.back = append(f.back, trod{f.today, d, was})
	f.trodOn = append(f.trodOn, d)
	d.changedOn = f.today
}

// rewind takes back what was folded of the days from one on.
func (f *ruleFold) rewind(day calendar.Date) {
	last := len(f.back)
	for ; last > 0 && f.back[last-1].day >= day; last-- {
		x := &f.back[last-1]
		*x.duty = x.was
		f.trodOn = append(f.trodOn, x.duty)
		f.running = append(f.running, x.duty)
	}
	clear(f.back[last:])
	f.back = f.back[:last]
	count := len(f.duties)
	for ; count > 0 && f.duties[count-1].openedOn >= day; count-- {
		f.trodOn = append(f.trodOn, f.duties[count-1])
	}
	f.opened -= len(f.duties) - count
	clear(f.duties[count:])
	f.duties = f.duties[:count]
	slices.SortFunc(f.running, func(x, y *openDuty) int { return cmp.Compare(x.place, y.place) })
	f.running = slices.DeleteFunc(slices.Compact(f.running), func(d *openDuty) bool { return !f.has(d) || !d.Open() })
}

// has says whether a duty still is one that the timescale opened.
func (f *ruleFold) has(d *openDuty) bool { return d.place < len(f.duties) && f.duties[d.place] == d }

// of are the events of a type up to today, in order.
func (f *ruleFold) of(name string) []*entry {
	f.looksAt(name, false)
	return f.timeline.of(name)
}

// ofAnyDay are those of whatever day.
func (f *ruleFold) ofAnyDay(name string) []*entry {
	f.looksAt(name, true)
	return f.timeline.of(name)
}

func (f *ruleFold) looksAt(name string, onAnyDay bool) {
	kind := f.book.types[name]
	if !f.goesOn || kind == nil {
		return
	}
	if f.looked == nil {
		f.looked = map[int]bool{}
	}
	f.looked[kind.place] = f.looked[kind.place] || onAnyDay
}

// turn notes a day on which a duty of the timescale changes though nothing is recorded.
func (f *ruleFold) turn(day calendar.Date) { f.stands.turn(day, f.asOf) }
