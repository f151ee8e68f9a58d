package organisation

import (
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/timescale"
)

// Check judges a staff event whose recording time is set; nil means that it is accepted. target
// is the recorded event that it corrects or voids; nil when it changes none, or one that is not
// recorded among the staff events of its source.
func Check(e, target *casework.Event) *casework.Refusal {
	switch {
	case e.ID == "":
		return e.Refuse("id", casework.CodeMissing, "it has no id: every event needs one of its own")
	case e.Corrects != "" && e.Voids != "":
		return e.Refuse("voids", casework.CodeTwice, "it both corrects and voids: send two events")
	}
	if changes := e.Target(); changes != "" {
		switch {
		case target == nil || changes == e.ID:
			return e.Refuse(e.TargetField(), casework.CodeUnknownTarget, "the event that it corrects or voids does not exist among those of people and teams "+
				"(or was refused): check its id; for an event of a case name the case")
		case target.Voids != "":
			return e.Refuse(e.TargetField(), casework.CodeTargetIsVoid, "a void cannot be corrected or voided: record the event again, with an id of its own")
		}
	}
	if e.Voids != "" {
		return nil
	}
	return checkFields(e)
}

func checkFields(e *casework.Event) *casework.Refusal {
	_, ok := fields[e.Type]
	switch {
	case e.Type == "":
		return e.Refuse("type", casework.CodeMissing, "it has no type and no case")
	case !ok && IsStaffType(e.Type):
		return e.Refuse("type", casework.CodeUnknownType, "unknown type: those of people and teams are "+english.And(types))
	case !ok:
		return e.Refuse("case", casework.CodeMissing, "it names no case")
	case e.At.Day.IsZero():
		return e.Refuse("at", casework.CodeMissing, "it does not say when it happened: give \"at\", a date or an instant")
	case casework.DateFault(e.At.Day) != "":
		return e.Refuse("at", casework.CodeImpossibleDate, "\"at\" is "+casework.DateFault(e.At.Day))
	case e.Recorded.Before(e.At.Start()) && !mayBeAhead(e.Type):
		return e.Refuse("at", casework.CodeInFuture, "recorded before it happened: check \"at\"; absences, returns, leavers and vacant posts may "+
			"be recorded ahead, and others on their day")
	case e.At.Day > calendar.DateOf(e.Recorded).AddYears(mostAhead):
		return e.Refuse("at", casework.CodeInFuture, fmt.Sprintf("it lies more than %d years ahead: check the year of \"at\"", mostAhead))
	}
	if f := faultIn(e); f != nil {
		return e.Refuse("data."+f.field, f.code, f.text("data."))
	}
	return nil
}

// mostAhead is how many years ahead an event may be recorded: leave for a birth is planned, and a slip in
// the year is not.
const mostAhead = 2

// mayBeAhead reports whether an event of a type counts from its day on by itself, so that it may be recorded
// before. Who is appointed, and a team that is formed or ends, may change who has cases, which are planned
// again when that is recorded.
func mayBeAhead(eventType string) bool {
	return slices.Contains([]string{Absent, Returned, Left, Vacated}, eventType)
}

// FieldFault returns the first field of a staff event's data in which something is wrong, and what, with
// the fields called as they are called in a file; "" and "" where nothing is.
func FieldFault(e *casework.Event) (field, reason string) {
	if f := faultIn(e); f != nil {
		return f.field, f.text("")
	}
	return "", ""
}

// fault is what is wrong with the data of a staff event.
type fault struct {
	field string
	code  casework.Code
	form  string // with %s before the name of each field: where it stands
}

func (f *fault) text(before string) string { return strings.ReplaceAll(f.form, "%s", before) }

func faultIn(e *casework.Event) *fault {
	carries := fields[e.Type]
	for i := range carries {
		f := &carries[i]
		if f.required && e.Data.Text(f.name) == "" {
			return &fault{f.name, casework.CodeMissing, e.Type + " needs %s" + f.name}
		}
	}
	for i := range carries {
		if code, what := carries[i].fault(e.Data); what != "" {
			return &fault{carries[i].name, code, "%s" + carries[i].name + " of " + e.Type + " " + what}
		}
	}
	if f := untilFault(e); f != nil {
		return f
	}
	switch e.Type {
	case Appointed:
		return appointmentFault(e)
	case Absent:
		if e.Data.Text("cover") == e.Data.Text("worker") {
			return &fault{"cover", casework.CodeCoversSelf, "nobody covers for themselves: name another worker in %scover, or none"}
		}
	case Formed:
		return twoChains(e)
	case Ended:
		if e.Data.Text("into") == e.Data.Text("team") {
			return &fault{"into", casework.CodeCircle, "a team does not go on as itself: name in %sinto the team that goes on with its cases, or none"}
		}
	case Vacated:
		if e.Data.Text("level") == "" && e.Data.Text("post") == "" {
			return &fault{"post", casework.CodeMissing, "it does not say which post is vacant: give %slevel, %spost or both"}
		}
	}
	return nil
}

func untilFault(e *casework.Event) *fault {
	until := e.Data.Day("until")
	switch {
	case until.IsZero():
		return nil
	case until < e.At.Day:
		return &fault{"until", casework.CodeDatesContradict, "%suntil lies before the day on which it begins"}
	case casework.DateFault(until) != "":
		return &fault{"until", casework.CodeImpossibleDate, "%suntil is " + casework.DateFault(until) + ": leave it out where no end is known"}
	}
	return nil
}

func appointmentFault(e *casework.Event) *fault {
	level, role := e.Data.Text("level"), e.Data.Text("role")
	switch {
	case level == "" && role == "":
		return &fault{"level", casework.CodeMissing, "staff.appointed needs %slevel (%srole, as it was called before, says the same)"}
	case level != "" && role != "" && level != role:
		return &fault{"role", casework.CodeTwice, "%slevel and %srole are two words for one thing, and say different things: leave out %srole"}
	case e.Data.Text("supervisor") == e.Data.Text("worker"):
		return &fault{"supervisor", casework.CodeCoversSelf, "nobody supervises themselves: name another worker in %ssupervisor, or none"}
	}
	return nil
}

// twoChains finds where a team says twice who manages it.
func twoChains(e *casework.Event) *fault {
	if e.Data["chain"] == nil {
		return nil
	}
	for _, role := range timescale.Roles[1:] {
		if e.Data.Text(string(role)) != "" {
			return &fault{string(role), casework.CodeTwice, "it says twice who manages the team: leave out %s" + string(role) + ", which %schain replaces"}
		}
	}
	return nil
}

// CheckPart judges an event of a case that says who does what in it; nil means that it is accepted, or
// is about something else. The vocabulary has judged the kinds of its fields. pathways are those of the
// pack.
func CheckPart(e *casework.Event, pathways []string) *casework.Refusal {
	if e.Voids != "" {
		return nil
	}
	part, worker, team := e.Data.Text("part"), e.Data.Text("worker"), e.Data.Text("team")
	switch e.Type {
	case Joined, LeftCase:
		switch {
		case worker == "" && team == "":
			return e.Refuse("data.worker", casework.CodeMissing, e.Type+" does not say who: give data.worker, or data.team for a team and its inbox")
		case e.Type == Joined && part == "":
			return e.Refuse("data.part", casework.CodeMissing, e.Type+" needs data.part: one of "+english.Or(textsOf(Parts))+"; who holds the case is worker.allocated's to say")
		}
	case Allocated:
		if part != "" && worker == "" && team == "" {
			return e.Refuse("data.worker", casework.CodeMissing, e.Type+" does not say who has the part: give data.worker, or data.team for a team and its inbox")
		}
		if supervisor := e.Data.Text("supervisor"); supervisor != "" && supervisor == worker {
			return e.Refuse("data.supervisor", casework.CodeCoversSelf, "nobody supervises themselves: name another worker in data.supervisor, or none")
		}
	default:
		return nil
	}
	if pathway := e.Data.Text("pathway"); pathway != "" && !slices.Contains(pathways, pathway) {
		return e.Refuse("data.pathway", casework.CodeUnknownWord, "data.pathway must be one of "+english.Or(pathways)+", or left out where the part is for all of the case")
	}
	return nil
}
