package store

import (
	"net/mail"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/timescale"
)

// staffFields says what each event of people and teams carries.
var staffFields = map[string]struct{ required, optional []string }{
	typeAppointed: {required: []string{"worker", "role"}, optional: []string{"name", "email", "team"}},
	typeLeft:      {required: []string{"worker"}},
	typeAbsent:    {required: []string{"worker"}, optional: []string{"until", "cover"}},
	typeFormed:    {required: []string{"team"}, optional: []string{"name", "team_manager", "service_manager", "head_of_service", "director"}},
}

// checkStaff judges a staff event, whose recording time is set, against those recorded
// before it; nil where it is accepted.
func checkStaff(held map[eventID]*casework.Event, e *casework.Event) *casework.Refusal {
	switch {
	case e.ID == "":
		return refuse(e, "it has no id: every event needs one of its own")
	case e.Corrects != "" && e.Voids != "":
		return refuse(e, "it both corrects and voids: send two events")
	}
	if target := targetOf(e); target != "" {
		before := held[eventID{e.Source, target}]
		switch {
		case before == nil || target == e.ID:
			return refuse(e, "the event that it corrects or voids does not exist among those of people and teams "+
				"(or was refused): check its id; for an event of a case name the case")
		case before.Voids != "":
			return refuse(e, "a void is never corrected or voided: record the event anew, with an id of its own")
		}
	}
	if e.Voids != "" {
		return nil
	}
	return soundStaff(e)
}

func soundStaff(e *casework.Event) *casework.Refusal {
	fields, ok := staffFields[e.Type]
	switch {
	case e.Type == "":
		return refuse(e, "it has no type and no case")
	case !ok && isStaffType(e.Type):
		return refuse(e, "unknown type: those of people and teams are staff.appointed, staff.left, staff.absent and team.formed")
	case !ok:
		return refuse(e, "it names no case")
	case e.At.Day.IsZero():
		return refuse(e, "it does not say when it happened: give \"at\", a date or an instant")
	case casework.DateFault(e.At.Day) != "":
		return refuse(e, "\"at\" is "+casework.DateFault(e.At.Day))
	case e.Recorded.Before(e.At.Start()):
		return refuse(e, "recorded before it happened: check \"at\"; record an absence or a leaver on the day")
	}
	for _, name := range fields.required {
		if e.Data.Text(name) == "" {
			return refuse(e, e.Type+" needs data."+name)
		}
	}
	for _, name := range slices.Concat(fields.required, fields.optional) {
		text, isText := e.Data[name].(string)
		switch {
		case e.Data[name] == nil:
		case !isText:
			return refuse(e, "data."+name+" of "+e.Type+" must be a text")
		case names.Fault(text) != "":
			return refuse(e, "data."+name+" of "+e.Type+" "+names.Fault(text))
		}
	}
	return soundValues(e)
}

func soundValues(e *casework.Event) *casework.Refusal {
	if role := e.Data.Text("role"); e.Type == typeAppointed && !slices.Contains(timescale.Roles, timescale.Role(role)) {
		return refuse(e, "data.role must be one of worker, team_manager, service_manager, head_of_service, director")
	}
	if email := e.Data.Text("email"); email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
			return refuse(e, "data.email is not an e-mail address such as name@example.org")
		}
	}
	if until := e.Data.Text("until"); until != "" {
		day, err := calendar.ParseDate(until)
		if err != nil {
			return refuse(e, "data.until must be a date (YYYY-MM-DD)")
		}
		switch {
		case day < e.At.Day:
			return refuse(e, "data.until lies before the absence begins")
		case casework.DateFault(day) != "":
			return refuse(e, "data.until is "+casework.DateFault(day)+": leave it out where no end is known")
		}
	}
	if e.Type == typeAbsent && e.Data.Text("cover") == e.Data.Text("worker") {
		return refuse(e, "nobody covers for themselves: name another worker in data.cover, or none")
	}
	return nil
}

// admitStaff judges staff events as admit does those of a case.
func admitStaff(history []casework.Event, batch []incoming, now time.Time) admission {
	var out admission
	now = casework.ToSecond(now)
	held := make(map[eventID]*casework.Event, len(history)+len(batch))
	for i := range history {
		held[idOf(&history[i])] = &history[i]
	}
	pending := targetsFirst(batch)
	late := changesOfVoided(history, pending, now)
	for {
		var left []incoming
		var refusals []casework.Refusal
		progress := false
		for _, e := range pending {
			e.Recorded = now
			r, known := judgeStaff(held, &e.Event)
			if r == nil {
				r = late[idOf(&e.Event)]
			}
			switch {
			case known:
				out.known++
			case r != nil:
				left, refusals = append(left, e), append(refusals, *r)
			default:
				held[idOf(&e.Event)] = &e.Event
				out.added = append(out.added, addition(e))
				progress = true
			}
		}
		if len(left) == 0 || !progress {
			out.refused = refusals
			return out
		}
		pending = left
	}
}

// changesOfVoided are the refusals of what corrects or voids what the record held as voided, by event.
func changesOfVoided(history []casework.Event, batch []incoming, now time.Time) map[eventID]*casework.Refusal {
	events := make([]casework.Event, len(batch))
	for i := range batch {
		events[i] = batch[i].Event
		events[i].Recorded = now
	}
	late := map[eventID]*casework.Refusal{}
	for i, r := range casework.AfterVoid(history, events) {
		if r != nil {
			late[idOf(&events[i])] = r
		}
	}
	return late
}

func judgeStaff(held map[eventID]*casework.Event, e *casework.Event) (r *casework.Refusal, known bool) {
	if r := storable(e); r != nil {
		return r, false
	}
	if before := held[idOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuse(e, "another event with this id is recorded with other content: "+
			"give this one an id of its own, or correct the first with \"corrects\""), false
	}
	return checkStaff(held, e), false
}
