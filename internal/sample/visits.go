package sample

import "longstop/calendar"

// visit is one visit to a family, or an attempt that saw nobody.
type visit struct {
	moment
	seen bool
}

// unseenVisits is the share of visits at which nobody is in; most are made good within days.
const unseenVisits = 0.08

// visits are those of one plan, in order, up to the day of the return.
func visits(f frame, d *dice, r rhythm, h habit, start, end calendar.Date) []visit {
	last := r.until(f, d, h, start, end)
	var list []visit
	for on := f.wd(start, d.between(2, 8)); on <= last; {
		made := on
		if d.chance(unseenVisits) {
			list = append(list, visit{f.atHour(d, on), false})
			if made = f.wd(on, d.between(1, 3)); made > last {
				break
			}
		}
		list = append(list, visit{f.atHour(d, made), true})
		on = r.after(f, d, h, made)
	}
	if h == missed && end.IsZero() {
		attempt := f.cal.OnOrBefore(f.ref.AddDays(-d.between(0, 6)))
		list = append(list, visit{f.atHour(d, attempt), false})
	}
	return list
}

// meetings are the days of one plan's meetings, in order, up to the day of the return.
func meetings(f frame, d *dice, r rhythm, h habit, first, end calendar.Date) []moment {
	last := r.until(f, d, h, first, end)
	var list []moment
	for on := first; on <= last; on = r.after(f, d, h, on) {
		list = append(list, f.onDay(d, on))
	}
	return list
}

// firstCoreGroup is due ten working days after the conference (Working Together).
func firstCoreGroup(f frame, d *dice, conference calendar.Date) calendar.Date {
	if d.chance(0.08) {
		return f.wd(conference, d.between(11, 16))
	}
	return f.wd(conference, d.between(5, 10))
}
