package organisation

import (
	"net/mail"
	"slices"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/timescale"
)

// fields are what each staff event carries in its data.
var fields = map[string]struct{ required, optional []string }{
	Appointed: {required: []string{"worker", "role"}, optional: []string{"name", "email", "team"}},
	Left:      {required: []string{"worker"}},
	Absent:    {required: []string{"worker"}, optional: []string{"until", "cover"}},
	Formed:    {required: []string{"team"}, optional: []string{"name", "team_manager", "service_manager", "head_of_service", "director"}},
}

// Vocabulary lists the types of staff events, as that of a rule pack lists those of cases.
func Vocabulary() []timescale.EventType {
	types := []timescale.EventType{
		{Name: Appointed, Phrase: "somebody takes up a role, or what is known of them changes"},
		{Name: Left, Phrase: "somebody leaves"},
		{Name: Absent, Phrase: "somebody is away"},
		{Name: Formed, Phrase: "a team is formed, or its managers change"},
	}
	for i := range types {
		t := &types[i]
		t.Marks = true
		for _, name := range fields[t.Name].required {
			t.Fields = append(t.Fields, fieldOf(name, true))
		}
		for _, name := range fields[t.Name].optional {
			t.Fields = append(t.Fields, fieldOf(name, false))
		}
	}
	return types
}

func fieldOf(name string, required bool) timescale.Field {
	f := timescale.Field{Name: name, Kind: timescale.Text, Required: required}
	switch name {
	case "until":
		f.Kind = timescale.Day
	case "role":
		f.Kind = timescale.Word
		for _, r := range timescale.Roles {
			f.OneOf = append(f.OneOf, string(r))
		}
	}
	return f
}

// Check judges a staff event whose recording time is set; nil means that it is accepted. target
// is the recorded event that it corrects or voids; nil when it changes none, or one that is not
// recorded among the staff events of its source.
func Check(e, target *casework.Event) *casework.Refusal {
	switch {
	case e.ID == "":
		return e.Refuse("it has no id: every event needs one of its own")
	case e.Corrects != "" && e.Voids != "":
		return e.Refuse("it both corrects and voids: send two events")
	}
	if changes := e.Target(); changes != "" {
		switch {
		case target == nil || changes == e.ID:
			return e.Refuse("the event that it corrects or voids does not exist among those of people and teams " +
				"(or was refused): check its id; for an event of a case name the case")
		case target.Voids != "":
			return e.Refuse("a void cannot be corrected or voided: record the event again, with an id of its own")
		}
	}
	if e.Voids != "" {
		return nil
	}
	return checkFields(e)
}

func checkFields(e *casework.Event) *casework.Refusal {
	carries, ok := fields[e.Type]
	switch {
	case e.Type == "":
		return e.Refuse("it has no type and no case")
	case !ok && IsStaffType(e.Type):
		return e.Refuse("unknown type: those of people and teams are staff.appointed, staff.left, staff.absent and team.formed")
	case !ok:
		return e.Refuse("it names no case")
	case e.At.Day.IsZero():
		return e.Refuse("it does not say when it happened: give \"at\", a date or an instant")
	case casework.DateFault(e.At.Day) != "":
		return e.Refuse("\"at\" is " + casework.DateFault(e.At.Day))
	case e.Recorded.Before(e.At.Start()):
		return e.Refuse("recorded before it happened: check \"at\"; record an absence or a leaver on the day")
	}
	for _, name := range carries.required {
		if e.Data.Text(name) == "" {
			return e.Refuse(e.Type + " needs data." + name)
		}
	}
	for _, name := range slices.Concat(carries.required, carries.optional) {
		text, isText := e.Data[name].(string)
		switch {
		case e.Data[name] == nil:
		case !isText:
			return e.Refuse("data." + name + " of " + e.Type + " must be a text")
		case names.Fault(text) != "":
			return e.Refuse("data." + name + " of " + e.Type + " " + names.Fault(text))
		}
	}
	return checkValues(e)
}

func checkValues(e *casework.Event) *casework.Refusal {
	if role := e.Data.Text("role"); e.Type == Appointed && !slices.Contains(timescale.Roles, timescale.Role(role)) {
		return e.Refuse("data.role must be one of worker, team_manager, service_manager, head_of_service, director")
	}
	if email := e.Data.Text("email"); email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
			return e.Refuse("data.email is not an e-mail address such as name@example.org")
		}
	}
	if until := e.Data.Text("until"); until != "" {
		day, err := calendar.ParseDate(until)
		if err != nil {
			return e.Refuse("data.until must be a date (YYYY-MM-DD)")
		}
		switch {
		case day < e.At.Day:
			return e.Refuse("data.until lies before the absence begins")
		case casework.DateFault(day) != "":
			return e.Refuse("data.until is " + casework.DateFault(day) + ": leave it out where no end is known")
		}
	}
	if e.Type == Absent && e.Data.Text("cover") == e.Data.Text("worker") {
		return e.Refuse("nobody covers for themselves: name another worker in data.cover, or none")
	}
	return nil
}
