package organisation

import (
	"cmp"
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// What is wrong with the organisation itself, so that somebody is told too late or nobody is.

// TeamsWithoutManager returns the teams that have not ended and in which nobody who works here holds the
// nearest level of the chain on a day, nor acts in it.
func (d *Directory) TeamsWithoutManager(day calendar.Date) []string {
	var list []string
	for _, ref := range d.Teams() {
		if t := d.teams[ref]; t.Ended || t.Since.IsZero() {
			continue
		}
		for _, s := range d.ladder(Allocation{Team: ref}) {
			if s.level == timescale.Worker {
				continue
			}
			if d.find(s, ref, day, nil).staff == "" && !d.person(s.staff).Employed() {
				list = append(list, ref)
			}
			break
		}
	}
	return list
}

// Uncovered returns the managers of teams who are away on a day and with nobody who stands in.
func (d *Directory) Uncovered(day calendar.Date) []string {
	var list []string
	for _, ref := range d.Teams() {
		if d.teams[ref].Ended {
			continue
		}
		for _, m := range d.ManagersOf(ref) {
			if who, _ := d.standIn(m.Ref, day, nil); who == "" {
				list = append(list, m.Ref)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Unsupervised returns who may hold cases, is not qualified as a social worker, and has no supervisor who
// is and works here.
func (d *Directory) Unsupervised() []string {
	var list []string
	for _, ref := range d.staff {
		p := d.people[ref]
		s := d.person(p.Supervisor)
		if p.Employed() && p.HoldsCases && !p.Qualification.SocialWork() && (!s.Employed() || !s.Qualification.SocialWork()) {
			list = append(list, ref)
		}
	}
	return list
}

// Unknown is a reference to somebody, or a team, that the events do not mention.
type Unknown struct {
	Of    string // the person or team that has it
	Field string
	Ref   string
}

// Unknowns returns the references of people who work here, and of teams that have not ended, that lead
// nowhere.
func (d *Directory) Unknowns() []Unknown {
	var list []Unknown
	for _, ref := range d.staff {
		p := d.people[ref]
		if !p.Employed() {
			continue
		}
		if t := d.teams[p.Team]; p.Team != "" && t.Since.IsZero() {
			list = append(list, Unknown{ref, "team", p.Team})
		}
		if p.Supervisor != "" && !d.Knows(p.Supervisor) {
			list = append(list, Unknown{ref, "supervisor", p.Supervisor})
		}
		for _, a := range p.absences {
			if a.cover != "" && !d.Knows(a.cover) {
				list = append(list, Unknown{ref, "cover", a.cover})
			}
		}
	}
	for _, ref := range d.Teams() {
		t := d.teams[ref]
		if t.Ended {
			continue
		}
		for _, r := range t.Chain {
			if r.Staff != "" && !d.Knows(r.Staff) {
				list = append(list, Unknown{ref, string(r.Level), r.Staff})
			}
		}
		for _, v := range t.vacancies {
			if v.Cover != "" && !d.Knows(v.Cover) {
				list = append(list, Unknown{ref, "cover", v.Cover})
			}
		}
	}
	slices.SortFunc(list, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Ref, b.Ref))
	})
	return slices.Compact(list)
}
