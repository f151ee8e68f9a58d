package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/timescale"
)

// Rule is a timescale of a rule pack. Status, source and the dates are those of the
// edition in force last; every edition is listed.
type Rule struct {
	Ref      string   `json:"ref" doc:"Names the timescale in the rule pack; it does not change." example:"CP-10"`
	Title    string   `json:"title" doc:"What it is called." example:"Child protection visit"`
	Todo     string   `json:"todo" doc:"What to do, in the imperative."`
	Pathway  string   `json:"pathway" doc:"The stage of the work that it belongs to." example:"ChildProtection"`
	Period   string   `json:"period,omitempty" doc:"The period in which it runs, such as a plan; left out without one." example:"cp_plan"`
	Each     bool     `json:"each,omitempty" doc:"Whether every start opens a duty of its own."`
	Starts   []string `json:"starts" doc:"What starts it, in words."`
	MetBy    []string `json:"met_by" doc:"The events that meet it, in words."`
	EndedBy  []string `json:"ended_by,omitempty" doc:"The events that end it without meeting it, in words."`
	EndsWith []string `json:"ends_with,omitempty" doc:"The periods with whose end it ends."`
	NotWhile []string `json:"not_while,omitempty" doc:"The periods during which it does not start."`
	Limit    string   `json:"limit" doc:"The limit in force, in words." example:"10 working days"`
	Status   string   `json:"status" doc:"What kind of source sets the limit, of the edition in force last." words:"status"`
	Source   string   `json:"source" doc:"The words of law or guidance that set it, of the edition in force last."`
	From     string   `json:"from,omitempty" doc:"The first day on which it was in force; left out where it always was." format:"date"`
	Until    string   `json:"until,omitempty" doc:"The first day on which it is in force no longer; left out where none is known." format:"date"`
	Local    bool     `json:"local,omitempty" doc:"Whether no law sets the limit."`
	Default  bool     `json:"default,omitempty" doc:"Whether it is a default of Longstop's, which no overlay has set or confirmed."`
	// Checked is how the words of the source are known; left out where nobody has said, as of a local limit.
	Checked *Check `json:"checked,omitempty" doc:"How the words of its source are known; left out where nobody has stated that, as of a local limit."`
	// Off is why the timescale is not in force until a council's overlay switches it on.
	Off      string `json:"off,omitempty" doc:"Why it is not in force until a council's overlay switches it on; left out of one that is."`
	Windows  string `json:"windows,omitempty" doc:"Which windows of time start a duty each while the period is open; left out where none do." words:"windows"`
	Calendar string `json:"calendar,omitempty" doc:"Which calendar of the pack counts its working days; left out where it is that of England and Wales."`
	// Corrected is what was put right of it: when, and what it said until then.
	Corrected []Correction `json:"corrected,omitempty" doc:"What was put right of it: when, and what it said until then."`
	Editions  []Edition    `json:"editions" doc:"What it said in each stretch of time."`
	Extension string       `json:"extension,omitempty" doc:"By what its date can be extended, and how far, in words."`
	Ladder    []Rung       `json:"ladder" doc:"Who is told, and when."`
}

// Edition is what a timescale said in a stretch of time; until is the first day outside it.
type Edition struct {
	From       string   `json:"from,omitempty" doc:"The first day on which it was in force; left out where it always was." format:"date"`
	Until      string   `json:"until,omitempty" doc:"The first day on which it is in force no longer; left out where none is known." format:"date"`
	Limits     []string `json:"limits" doc:"Its limits, of which the first whose condition holds counts, in words." example:"[\"10 working days\"]"`
	LocalLimit string   `json:"local_limit,omitempty" doc:"A limit of the council's own next to that of law." example:"5 working days"`
	Earliest   bool     `json:"earliest,omitempty" doc:"Whether the earliest of its limits counts, and not the first that applies."`
	By         string   `json:"by,omitempty" doc:"The event before which it is owed, in words."`
	NotBefore  string   `json:"not_before,omitempty" doc:"Before when it may not be done, in words."`
	NoLimit    bool     `json:"no_limit,omitempty" doc:"Whether it says expressly that there is no limit."`
	Moves      bool     `json:"moves_running_duties,omitempty" doc:"Whether it moves the dates of what was running when it came into force."`
	Status     string   `json:"status" doc:"What kind of source sets the limit." words:"status"`
	Source     string   `json:"source" doc:"The words of law or guidance that set it."`
	Local      bool     `json:"local,omitempty" doc:"Whether no law sets the limit."`
	Default    bool     `json:"default,omitempty" doc:"Whether it is a default of Longstop's, which no overlay has set or confirmed."`
	Checked    *Check   `json:"checked,omitempty" doc:"How the words of its source are known; left out where nobody has stated that."`
	Councils   []InUse  `json:"councils,omitempty" doc:"Numbers that councils use."`

	Whose string `json:"-"` // the limit is, where no law sets it
}

// Rung is one step of a ladder.
type Rung struct {
	Rung string `json:"rung" doc:"How long before or after the due date; wd counts working days." example:"+1wd"`
	Role string `json:"role" doc:"The role that is told." words:"role"`
	Kind string `json:"kind" doc:"What is sent: a reminder, an escalation, or an alarm that something drifts." enum:"reminder,escalation,drift"`
}

// RuleOf returns a timescale of a pack as JSON.
func RuleOf(pack *timescale.Pack, t *timescale.Timescale) Rule {
	row := Rule{
		Ref: t.Ref, Title: t.Title, Todo: t.Todo, Pathway: t.Pathway, Period: t.Period, Each: t.Each,
		Starts: startTexts(t), MetBy: texts(t.MetBy), EndedBy: texts(t.EndedBy),
		EndsWith: t.EndsWith, NotWhile: t.NotWhile, Limit: t.LimitText(), Ladder: ladderRows(pack, t),
		Off: t.Off, Windows: string(t.Windows), Calendar: t.Calendar, Corrected: CorrectionsOf(t.Ref, pack.CorrectionsOf(t)),
	}
	for i := range t.Editions {
		row.Editions = append(row.Editions, editionOf(&t.Editions[i]))
	}
	last := row.Editions[len(row.Editions)-1]
	row.Status, row.Source, row.Local, row.Default, row.Checked = last.Status, last.Source, last.Local, last.Default, last.Checked
	row.From, row.Until = row.Editions[0].From, last.Until
	if x := t.Extend; x != nil {
		row.Extension = extensionWords(x)
	}
	return row
}

func editionOf(e *timescale.Edition) Edition {
	row := Edition{
		From: e.From.String(), Until: e.Until.String(), Limits: make([]string, len(e.Limits)),
		Status: e.Status, Source: e.Source, Local: e.Local, Default: e.Default, Checked: checkOf(e.Checked), Councils: inUse(e.Councils),
		Earliest: e.Earliest, NoLimit: e.NoLimit, Moves: e.Moves, Whose: e.Whose(),
	}
	if len(e.By) > 0 {
		row.By = e.OwedBefore()
	}
	if e.NotBefore != nil {
		row.NotBefore = e.NotBefore.String()
	}
	for i, l := range e.Limits {
		row.Limits[i] = l.String()
		if l.When != nil {
			row.Limits[i] += " " + l.When.String()
		}
	}
	if e.LocalLimit != nil {
		row.LocalLimit = e.LocalLimit.String()
	}
	return row
}

func extensionWords(x *timescale.Extension) string {
	words := "by " + x.Event
	if x.Times == 1 {
		words += ", once"
	} else if x.Times > 1 {
		words += fmt.Sprintf(", %d times", x.Times)
	}
	words += ", by at most " + x.Most.String()
	if x.AfterLaterOfDueAndGranted {
		words += " after the later of the due date and the day granted"
	}
	if x.Total != nil {
		words += ", " + x.Total.String() + " in all"
	}
	return words + " (" + x.Source + ")"
}

// ladderRows are the rungs of the timescale's latest limit, or its drift alarms.
func ladderRows(pack *timescale.Pack, t *timescale.Timescale) []Rung {
	rows := []Rung{}
	for _, a := range t.Drift {
		rung := a.Label(0)
		if a.Every != nil {
			rung += ", then every " + a.Every.String()
		}
		rows = append(rows, Rung{Rung: rung, Role: string(a.Role), Kind: "drift"})
	}
	ladder := latestLadder(pack, t)
	if ladder == nil {
		return rows
	}
	for _, r := range ladder.Rungs {
		for _, role := range r.Roles {
			kind := "reminder"
			if role.Escalation {
				kind = "escalation"
			}
			rows = append(rows, Rung{Rung: r.Label, Role: string(role.Role), Kind: kind})
		}
		if slices.Contains(r.Roles, timescale.RungRole{Role: timescale.Worker}) {
			for _, part := range t.Remind {
				rows = append(rows, Rung{Rung: r.Label, Role: string(part), Kind: "reminder"})
			}
		}
	}
	return rows
}

// startTexts are the ways in which the timescale starts, with the limits that they bring.
func startTexts(t *timescale.Timescale) []string {
	words := texts(t.Starts)
	for i := range t.Starts {
		if own := texts(t.Starts[i].Limits); len(own) > 0 {
			words[i] += ": " + strings.Join(own, ", else ")
		}
	}
	return words
}

// latestLadder is the one that the timescale's latest limit takes, or nil.
func latestLadder(pack *timescale.Pack, t *timescale.Timescale) *timescale.Ladder {
	e := &t.Editions[len(t.Editions)-1]
	limits := e.Limits
	for i := range t.Starts {
		limits = append(slices.Clip(limits), t.Starts[i].Limits...)
	}
	switch {
	case len(limits) > 0:
		return pack.LadderOf(t, limits[len(limits)-1])
	case e.By != nil:
		return pack.LadderOf(t, timescale.Limit{Unit: timescale.Days})
	default:
		return pack.Ladder(t.Ladder)
	}
}

func texts[T fmt.Stringer](list []T) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.String()
	}
	return words
}

// InUse is a number that councils use; number is what an overlay's limit would say, or
// where it ranges from.
type InUse struct {
	Number string `json:"number,omitempty" doc:"What an overlay's limit would say, or where it ranges from." example:"10 working days"`
	To     string `json:"to,omitempty" doc:"How far it ranges."`
	Says   string `json:"says,omitempty" doc:"What else its source says of it."`
	Who    string `json:"who,omitempty" doc:"Which council it is of, or who says so."`

	Words string `json:"-"` // all of it
}

func inUse(list []timescale.InUse) []InUse {
	rows := make([]InUse, len(list))
	for i, u := range list {
		rows[i] = InUse{Says: u.Says, Who: u.Who, Words: u.String()}
		if u.Limit != nil {
			rows[i].Number = u.Limit.String()
		}
		if u.To != nil {
			rows[i].To = u.To.String()
		}
	}
	return rows
}

// Unset is a timescale that waits for a council.
type Unset struct {
	Ref      string  `json:"ref"`
	Title    string  `json:"title"`
	Todo     string  `json:"todo"`
	Pathway  string  `json:"pathway"`
	Limit    string  `json:"limit"`
	Off      string  `json:"off,omitempty"`     // why it is not in force
	Default  bool    `json:"default,omitempty"` // in force on a number of Longstop's
	Source   string  `json:"source"`
	Councils []InUse `json:"councils"`
}

// UnsetOf returns a timescale that waits for a council as JSON.
func UnsetOf(t *timescale.Timescale) Unset {
	latest := &t.Editions[len(t.Editions)-1]
	return Unset{
		Ref: t.Ref, Title: t.Title, Todo: t.Todo, Pathway: t.Pathway, Limit: t.LimitText(),
		Off: t.Off, Default: t.Off == "", Source: latest.Source, Councils: inUse(latest.Councils),
	}
}

// Stale is a check of the law that is to be made again.
type Stale struct {
	Ref     string `json:"ref"`
	Title   string `json:"title"`
	Pathway string `json:"pathway"`
	Off     bool   `json:"off,omitempty"`
	Source  string `json:"source"`
	Checked Check  `json:"checked"`
	Since   string `json:"stale_since"`
	Why     string `json:"why"`
}

// StaleOf returns a check of the law that is to be made again.
func StaleOf(s *timescale.Stale) Stale {
	return Stale{
		Ref: s.Rule.Ref, Title: s.Rule.Title, Pathway: s.Rule.Pathway, Off: s.Rule.Off != "",
		Source: s.Edition.Source, Checked: *checkOf(s.Edition.Checked), Since: s.Since.String(), Why: s.Why,
	}
}

// Fault is a fault as JSON, or a warning.
type Fault struct {
	File    string `json:"file,omitempty" doc:"The file; left out over HTTP."`
	Line    int    `json:"line,omitempty" doc:"The line, from 1; left out where it is about the whole." example:"4"`
	Rule    string `json:"rule,omitempty" doc:"The timescale that it is about." example:"CP-10"`
	Reason  string `json:"reason" doc:"What is wrong, and what to do."`
	Warning bool   `json:"warning,omitempty" doc:"Whether it is a warning: nothing is refused for it."`
}

// Check is how the words of an edition are known.
type Check struct {
	Read    string `json:"read" doc:"What was read: the words themselves (words), a text that quotes them (through), a part of them (part), those of another source like it (similar), or nothing (none)." words:"reading"`
	In      string `json:"in,omitempty" doc:"In which text."`
	Missing string `json:"missing,omitempty" doc:"What was not read."`
	On      string `json:"on,omitempty" doc:"On which day." format:"date"`

	Mark     string `json:"-"` // in a few words
	Sentence string `json:"-"` // in full
}

// checkOf returns how the words of an edition are known, or nil if nobody has stated that.
func checkOf(c timescale.Check) *Check {
	if c.Read == "" {
		return nil
	}
	return &Check{Read: string(c.Read), In: c.In, Missing: c.Missing, On: c.On.String(), Mark: cmp.Or(c.Mark(), "words read"), Sentence: c.Sentence()}
}

// EventType is a type that an event may have, with what its data may hold.
type EventType struct {
	Type    string       `json:"type" doc:"The type itself." example:"cp_visit.made"`
	Means   string       `json:"means,omitempty" doc:"What has happened, in plain words." example:"a child protection visit is made"`
	Pathway string       `json:"pathway,omitempty" doc:"The stage of the work that it belongs to; left out of one of the case itself, and of people and teams." example:"ChildProtection"`
	About   string       `json:"about" enum:"case,people" doc:"What it is about: a case, which subject names, or people and teams, of which no case is named."`
	Action  string       `json:"action" enum:"record,people,attach,acknowledge" doc:"The action that the key has to allow." example:"record"`
	Data    []EventField `json:"data" doc:"The fields of its data that are read. Others are kept and never read."`
}

// EventField is a field of the data of events of one type.
type EventField struct {
	Name     string         `json:"name" doc:"Its name in data." example:"seen"`
	Kind     timescale.Kind `json:"kind" doc:"What it holds: true or false (flag), a text, one of some words (word), a date (YYYY-MM-DD), or a list of texts."`
	OneOf    []string       `json:"one_of,omitempty" doc:"Of a word: the words, one of which it holds."`
	Required bool           `json:"required,omitempty" doc:"Whether an event of the type needs it."`
}

// EventTypeOf returns a type of a vocabulary as JSON. action is what a key has to allow that hands in such events.
func EventTypeOf(t *timescale.EventType, about, action string) EventType {
	row := EventType{Type: t.Name, Means: t.Phrase, Pathway: t.Pathway, About: about, Action: action, Data: make([]EventField, len(t.Fields))}
	for i, f := range t.Fields {
		row.Data[i] = EventField(f)
	}
	return row
}
