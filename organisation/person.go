package organisation

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// Person is somebody in the staff events, or a team's inbox (see [Directory.Person]).
type Person struct {
	Ref, Name, Email string
	Role             timescale.Role // the level; "" where nothing but an absence is recorded
	Post             string         // what they are called in the council
	Qualification    Qualification
	HoldsCases       bool // whether cases are allocated to them: everybody at the level of a worker, others where the record says so
	Team             string
	Supervisor       string // of all their cases, where an allocation names no other
	Left             bool
	Since            calendar.Date // the day of the latest appointment
	absences         []absence     // by when they begin
}

// absence is a time in which somebody is away.
type absence struct {
	from, until calendar.Date // both included; until zero: until further notice
	recorded    time.Time
	cover       string
}

func (a *absence) on(day calendar.Date) bool {
	return a.from <= day && (a.until.IsZero() || day <= a.until)
}

// appoint takes what an appointment tells of a person: all of it, and not only what has changed.
func (p *Person) appoint(e *casework.Event) {
	p.Name, p.Email, p.Team = e.Data.Text("name"), e.Data.Text("email"), e.Data.Text("team")
	p.Post, p.Supervisor = e.Data.Text("post"), e.Data.Text("supervisor")
	p.Qualification = Qualification(e.Data.Text("qualification"))
	p.Role, p.Left, p.Since = timescale.Role(levelOf(e)), false, e.At.Day
	p.HoldsCases = p.Role == timescale.Worker
	if holds, said := e.Data["holds_cases"].(bool); said {
		p.HoldsCases = holds
	}
}

// levelOf returns the level of an appointment, under the word of today or the older one.
func levelOf(e *casework.Event) string { return cmp.Or(e.Data.Text("level"), e.Data.Text("role")) }

// leave ends what was without an end: somebody who comes back later has not been away ever since.
func (p *Person) leave(day calendar.Date) {
	p.Left = true
	p.comeBack(day)
}

// comeBack ends the absences that run on a day: it is the first day on which the person works again.
func (p *Person) comeBack(day calendar.Date) {
	list := p.absences[:0:0]
	for _, a := range p.absences {
		if a.on(day) {
			a.until = day.AddDays(-1)
		}
		if a.until.IsZero() || a.from <= a.until {
			list = append(list, a)
		}
	}
	p.absences = list
}

// goAway adds an absence. Of two that begin on one day the later recorded counts, which is how an end
// becomes known. One without an end is over when another begins, unless that was planned before the
// first was recorded: the person was back in between.
func (p *Person) goAway(a absence) {
	list := p.absences[:0:0]
	for _, before := range p.absences {
		switch {
		case before.from == a.from:
			continue
		case before.until.IsZero() && !before.recorded.After(a.recorded):
			before.until = a.from.AddDays(-1)
		}
		list = append(list, before)
	}
	p.absences = append(list, a)
}

// Employed reports whether somebody works here: not who has left, nor somebody in whose events only
// an absence is recorded.
func (p Person) Employed() bool { return !p.Left && p.Role != "" }

// Away reports whether somebody is absent on a day.
func (p Person) Away(day calendar.Date) bool {
	return slices.ContainsFunc(p.absences, func(a absence) bool { return a.on(day) })
}

// covers returns who covers for somebody on a day, those of the absence that began last first.
func (p Person) covers(day calendar.Date) []string {
	var list []string
	for i := range slices.Backward(p.absences) {
		if a := &p.absences[i]; a.on(day) && a.cover != "" && !slices.Contains(list, a.cover) {
			list = append(list, a.cover)
		}
	}
	return list
}

// AwayUntil returns the last day of the absence in which somebody is on a day: zero where its end is
// not known, or where they are not away.
func (p Person) AwayUntil(day calendar.Date) calendar.Date {
	last := day.AddDays(-1)
	for grown := true; grown; {
		grown = false
		for i := range p.absences {
			a := &p.absences[i]
			if !a.on(last.AddDays(1)) {
				continue
			}
			if a.until.IsZero() {
				return 0
			}
			last, grown = a.until, true
		}
	}
	if last < day {
		return 0
	}
	return last
}

// Leave is a time in which somebody is away.
type Leave struct {
	From, Until calendar.Date // both included; Until zero: until further notice
	Cover       string
}

// AbsencesFrom returns the absences that had not ended before a day, by when they begin.
func (p Person) AbsencesFrom(day calendar.Date) []Leave {
	var list []Leave
	for _, a := range p.absences {
		if a.until.IsZero() || a.until >= day {
			list = append(list, Leave{a.from, a.until, a.cover})
		}
	}
	return list
}

// Appointment returns what an appointment says of somebody, as data of [Appointed]: without what is
// not known.
func (p Person) Appointment() casework.Data {
	d := casework.Data{"worker": p.Ref}
	put(d, "level", string(p.Role))
	put(d, "name", p.Name)
	put(d, "email", p.Email)
	put(d, "team", p.Team)
	put(d, "post", p.Post)
	put(d, "qualification", string(p.Qualification))
	put(d, "supervisor", p.Supervisor)
	if p.HoldsCases != (p.Role == timescale.Worker) {
		d["holds_cases"] = p.HoldsCases
	}
	return d
}

func put(d casework.Data, name, value string) {
	if value != "" {
		d[name] = value
	}
}
