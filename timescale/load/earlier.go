package load

import "longstop/timescale"

// maxAlarm is the latest alarm, in months, that a pack of an earlier release may have.
const maxAlarm = 1200

// alarmInMonths reads an alarm as packs of earlier releases write it: {months, every, role},
// in numbers of months. A record goes on by such a pack until another is adopted, so it must
// stay readable.
func (r *reader) alarmInMonths(v *value) (timescale.Alarm, bool) {
	var a timescale.Alarm
	var months, every int
	ok := r.mapping(v, "an alarm", keys{
		"months": r.numberInto("months", 1, maxAlarm, &months),
		"every":  r.numberInto("every", 1, maxAlarm, &every),
		"role":   func(v *value) { a.Role, _ = r.role(v) },
	})
	if ok && v.get("role") == nil {
		r.fault(v, "an alarm needs role")
	}
	a.After = timescale.Limit{N: months, Unit: timescale.Months}
	if every > 0 {
		a.Every = &timescale.Limit{N: every, Unit: timescale.Months}
	}
	return a, ok && months > 0
}
