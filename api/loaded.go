package api

import (
	"fmt"
	"time"

	"longstop/store"
)

// Loaded is the reconciliation of a load: what the return held, and what became of it.
type Loaded struct {
	Source    string `json:"source" doc:"Whose references the children go by." example:"case-system"`
	Reference string `json:"reference_date" doc:"The reference date of the return." format:"date" example:"2026-03-31"`
	From      string `json:"from" doc:"The first day of the period." format:"date" example:"2025-04-01"`
	Until     string `json:"until" doc:"The last day of the period." format:"date" example:"2026-03-31"`
	Authority string `json:"authority,omitempty" doc:"The code of the authority whose return it is." example:"845"`
	SHA256    string `json:"sha256" doc:"The digest of the file, by which it is known again."`
	DryRun    bool   `json:"dry_run,omitempty" doc:"Whether it was read and compared alone, and nothing was written."`
	// Backlog says that the load is the first of its source.
	Backlog bool `json:"backlog,omitempty" doc:"Whether the load is the first of its source."`

	Children        int `json:"children" doc:"How many children the return has."`
	ChildrenRefused int `json:"children_refused" doc:"How many of them were refused whole."`
	ChildrenGone    int `json:"children_gone" doc:"How many children the record has in this period, and the return does not."`
	// What an error came before: children of the return, and children gone from it. What
	// follows below is of the others.
	ChildrenNotTried int `json:"children_not_tried,omitempty" doc:"How many children of the return an error came before. What follows is of the others."`
	GoneNotTried     int `json:"children_gone_not_tried,omitempty" doc:"How many children that are gone from the return an error came before."`

	New         int `json:"events_new" doc:"How many facts the record did not hold."`
	Corrections int `json:"events_corrected" doc:"How many facts changed."`
	Voids       int `json:"events_voided" doc:"How many facts are gone, and were taken back."`
	Known       int `json:"events_known" doc:"How many facts the record holds as they are."`
	GaveWay     int `json:"events_gave_way" doc:"How many inferred facts a real one has replaced."`

	// Asks says why the load must be confirmed before anything is written.
	Asks []string `json:"asks_to_be_confirmed,omitempty" doc:"Why it has to be confirmed before anything is written, a sentence each."`
	// Elements are those of which rows are taken back, the most first; Moved those of which dates are
	// moved.
	Elements []ElementRows  `json:"elements_taken_back,omitempty" doc:"The elements of which rows are taken back, the most first."`
	Moved    []ElementMoves `json:"elements_moved,omitempty" doc:"The elements of which dates are moved."`
	// TakenBack are the children that something is taken back of, and those whose clocks stop by a
	// birth or a death.
	TakenBack []ChildRows `json:"taken_back,omitempty" doc:"The children who something is taken back of, and those whose clocks stop by a birth or a death."`
	// Kept are rows that the return does not bear out, and that stay all the same.
	Kept         []ChildRows `json:"kept,omitempty" doc:"Rows that the return does not bear out, and that stay all the same."`
	ChildrenKept int         `json:"children_kept,omitempty" doc:"How many children are not in the return and stay, since one of it could not be told who it is."`
	// Redated are rows of before the period whose date the return corrects.
	Redated []Redated `json:"redated,omitempty" doc:"Rows of before the period whose date the return corrects."`

	RowsRefused   []LoadedRow      `json:"rows_refused" doc:"The rows that were refused where the return is read."`
	EventsRefused []LoadedRefusal  `json:"events_refused,omitempty" doc:"The events that the record refused."`
	Warnings      []LoadedRefusal  `json:"warnings,omitempty" doc:"Events that the record took, and that are probably a slip."`
	Queries       []LoadedRow      `json:"queries" doc:"What the Department's own validation would ask about."`
	Unknown       []UnknownElement `json:"elements_passed_over,omitempty" doc:"Elements that no layout has in their place."`

	// Refusals are the lines that name what was refused, in the order of the file.
	Refusals []string `json:"-"`
}

// LoadedRow is one row of the return that was refused or queried.
type LoadedRow struct {
	Child   int    `json:"child,omitempty" doc:"The child's place in the file, from 1; left out of the header." example:"12"`
	Line    int    `json:"line" doc:"The line of the file." example:"418"`
	Element string `json:"element" doc:"The element of the return." example:"CPPstartDate"`
	Code    string `json:"code,omitempty" doc:"Of a query: the rule of the Department's validation." example:"8925"`
	Reason  string `json:"reason" doc:"What is wrong or asked about, and what to do."`

	Reference string `json:"la_child_id,omitempty" doc:"The child's reference, where it was asked for."`
}

// LoadedRefusal is an event that the record did not take, or took with a warning.
type LoadedRefusal struct {
	Event   string `json:"event" doc:"The id of the event."`
	Child   int    `json:"child,omitempty" doc:"The child's place in the file, from 1; left out of one that is not in the return."`
	Line    int    `json:"line,omitempty" doc:"The line of the file where the child begins."`
	Element string `json:"element,omitempty" doc:"The element of the return that the event is made of."`
	Reason  string `json:"reason" doc:"Why it was refused, or what is doubtful, and what to do."`
}

// String is one line that begins with the place.
func (e *LoadedRefusal) String() string {
	return fmt.Sprintf("%s: %s: %s (event %s)", Place(e.Child, e.Line), e.Element, e.Reason, e.Event)
}

// Place is where a child stands in the file, in words.
func Place(child, line int) string {
	if child == 0 {
		return "a child that is not in the return"
	}
	return fmt.Sprintf("child %d, line %d", child, line)
}

// UnknownElement is an element that no layout has in its place.
type UnknownElement struct {
	Element string `json:"element" doc:"The element."`
	Inside  string `json:"inside" doc:"The element in which it stood first."`
	Count   int    `json:"count" doc:"How often it stands in the return."`
	Line    int    `json:"line" doc:"The line where it stood first."`
}

// ChildRows are rows of one child and what becomes of them: rows that the record holds from an earlier
// load, and a birth or a death that is new or corrected, where that stops clocks.
type ChildRows struct {
	Child     int       `json:"child,omitempty" doc:"The child's place in the file, from 1; left out of one that is not in the return."`
	Line      int       `json:"line,omitempty" doc:"The line of the file where the child begins."`
	Reference string    `json:"la_child_id,omitempty" doc:"The child's reference, where it was asked for."`
	Rows      []HeldRow `json:"rows" doc:"The rows."`
	// Clocks are those that stop: what was owed, and is owed no more by what becomes of the rows.
	Clocks []StoppedClock `json:"clocks,omitempty" doc:"The clocks that stop: what was owed, and is owed no more by what becomes of the rows."`
	// ClocksUnknown says why nobody can tell which stop; "" where it is known.
	ClocksUnknown string `json:"clocks_unknown,omitempty" doc:"Why nobody can tell which clocks stop; left out where it is known."`
}

// HeldRow is one row.
type HeldRow struct {
	Element string `json:"element" doc:"The element of the return."`
	Date    string `json:"date,omitempty" doc:"Its date; left out of one that tells who the child is." format:"date"`
	Episode string `json:"episode,omitempty" doc:"The episode that it belongs to."`
	Line    int    `json:"line,omitempty" doc:"The line of the return, where the row was refused."`
	Why     string `json:"why,omitempty" doc:"Why it was kept."`
	// Change is what becomes of a birth or a death that is not taken back: "new" or "corrected".
	Change string `json:"change,omitempty" doc:"What becomes of a birth or a death that is not taken back." enum:"new,corrected"`
}

// StoppedClock is a duty that is owed no more.
type StoppedClock struct {
	Ref   string `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Title string `json:"title" doc:"What the timescale is called." example:"Child protection visit"`
	Due   string `json:"due,omitempty" doc:"When it was due: a date, or an instant in UTC."`
	State string `json:"state" doc:"How it stood before." words:"state"`
}

// Redated is a row whose date the return corrects.
type Redated struct {
	Child     int    `json:"child" doc:"The child's place in the file, from 1."`
	Line      int    `json:"line" doc:"The line of the file."`
	Reference string `json:"la_child_id,omitempty" doc:"The child's reference, where it was asked for."`
	Element   string `json:"element" doc:"The element of the return."`
	Episode   string `json:"episode,omitempty" doc:"The episode that it belongs to."`
	Was       string `json:"was,omitempty" doc:"The date that the record holds; left out of one that tells who the child is." format:"date"`
	Is        string `json:"is,omitempty" doc:"The date that the return has; left out of one that tells who the child is." format:"date"`
}

// ElementRows are the rows of one element that the record holds of the period.
type ElementRows struct {
	Element string `json:"element" doc:"The element of the return."`
	Taken   int    `json:"taken_back" doc:"How many of its rows are taken back."`
	Held    int    `json:"held" doc:"How many of its rows the record holds of the period."`
	// Unknown is the unknown element that stands in the return where this one was.
	Unknown string `json:"unknown_element,omitempty" doc:"The unknown element that stands in the return where this one was."`
}

// ElementMoves are the dates of one element that the return corrects to another day.
type ElementMoves struct {
	Element string `json:"element" doc:"The element of the return."`
	Moved   int    `json:"moved" doc:"How many of its dates are moved."`
	Told    int    `json:"told" doc:"How many of its rows both the record and the return hold."`
	// First is the first of them in the file, to see what has happened to it; without its dates where
	// they say who the child is.
	First Redated `json:"first" doc:"The first of them in the file, to see what has happened to it; without its dates where they tell who the child is."`
}

// PeopleLoaded is what a list of people and teams led to: the reconciliation of its load.
type PeopleLoaded struct {
	File   string `json:"file"`
	Source string `json:"source"`
	On     string `json:"on"` // the day of what has changed, where a row does not say
	DryRun bool   `json:"dry_run,omitempty"`
	Whole  bool   `json:"whole,omitempty"`

	People    PeopleRows `json:"people"`
	Absences  PeopleRows `json:"absences"`
	Teams     PeopleRows `json:"teams"`
	Vacancies PeopleRows `json:"vacancies"`
	Cases     PeopleRows `json:"cases"`

	Changes []PeopleChange `json:"changes"`
	Refused []PeopleFault  `json:"rows_refused"`
	// Events that the record did not take though nothing was wrong with the row, and what it warned of.
	EventsRefused []Refusal `json:"events_refused,omitempty"`
	Warnings      []Refusal `json:"warnings,omitempty"`

	// Asks says why the load must be confirmed before anything is written.
	Asks []string `json:"asks_to_be_confirmed,omitempty"`
	// Planned are absences to come that the record holds and the file does not: they stay.
	Planned []string `json:"planned_absences_kept,omitempty"`

	After PeopleAfter `json:"after"`

	New    int    `json:"events_new"`
	Known  int    `json:"events_known"`
	Clocks Clocks `json:"clocks"`

	*Failure // nil where everything was tried
}

// PeopleRows counts the rows of one kind.
type PeopleRows struct {
	Rows      int `json:"rows"`      // that could be used
	Changed   int `json:"changed"`   // events that they lead to
	Unchanged int `json:"unchanged"` // that say what the record holds
	Gone      int `json:"gone"`      // of a whole list: in the record, and not in the file
}

// PeopleChange is one change that a file leads to.
type PeopleChange struct {
	Line   int      `json:"line,omitempty"` // 0: of what is not in the file
	What   string   `json:"what"`
	Ref    string   `json:"reference"` // of the person, the team or the case
	On     string   `json:"on"`
	Fields []string `json:"fields,omitempty"` // of what has changed: which
	Event  string   `json:"event"`
}

// PeopleFault is what is wrong in a row.
type PeopleFault struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

// PeopleAfter is how the organisation stands after the load.
type PeopleAfter struct {
	People int `json:"people"` // who work here
	Teams  int `json:"teams"`  // that have not ended
	// TeamsWithoutManager have nobody at the nearest level of their chain.
	TeamsWithoutManager []string `json:"teams_without_manager,omitempty"`
	// Uncovered are managers who are away and have no cover who works.
	Uncovered []string `json:"managers_away_without_cover,omitempty"`
	// Unsupervised hold cases, are not qualified as social workers, and have no qualified supervisor.
	Unsupervised []string `json:"without_supervisor,omitempty"`
	// Unknown are references to people and teams that nobody has recorded, with where they stand.
	Unknown []string `json:"unknown_references,omitempty"`

	OpenCases     int `json:"open_cases"`
	WithoutWorker int `json:"open_cases_without_worker"`
	WithoutTeam   int `json:"open_cases_without_team"`
	WithoutAny    int `json:"open_cases_without_anybody_to_tell"`
}

// FeedRefusal is something of a child that a feed brought and that was not taken.
type FeedRefusal struct {
	Case    string `json:"case,omitempty" doc:"The reference of the case; left out of a child who came without one." example:"K7"`
	Place   string `json:"place" doc:"Where it stands in the child's JSON: a JSON pointer (RFC 6901) in which items of lists are named by their ids. Empty is the child itself." example:"/social_care_episodes/E7/child_in_need_plans/P7"`
	Element string `json:"element" doc:"What was refused there. Of an item that was refused whole, that is its id." example:"end_date"`
	Reason  string `json:"reason" doc:"Why, without what was sent." example:"lies after the day on which it was sent"`
	Receipt string `json:"receipt" doc:"The receipt that the sender has of the child, from the last body in which it was refused." example:"2026-12-03_09:00:00.00_6f1dd3ae-7dec-41d0-8765-00a0c91e6bf6.json"`
	First   string `json:"first" doc:"When it was refused first, in UTC." format:"date-time" example:"2026-12-01T02:00:00Z"`
	Last    string `json:"last" doc:"When it was refused last, in UTC." format:"date-time" example:"2026-12-03T02:00:00Z"`
	Settled string `json:"settled,omitempty" doc:"When a later body put it right, in UTC; left out while it stands." format:"date-time"`
}

// FeedRefusalPage is a part of the list of what feeds were refused.
type FeedRefusalPage struct {
	Refusals []FeedRefusal `json:"refusals" doc:"A part of the list, the oldest first."`
	Next     string        `json:"next,omitempty" doc:"Give it back as after for the next part; left out of the last part."`
}

// FeedRefusalOf returns a refusal of the record as JSON.
func FeedRefusalOf(r *store.FedRow) FeedRefusal {
	out := FeedRefusal{
		Case: r.Reference, Place: r.Path, Element: r.Element, Reason: r.Reason, Receipt: r.Receipt,
		First: r.First.UTC().Format(time.RFC3339), Last: r.Last.UTC().Format(time.RFC3339),
	}
	if r.Settled != nil {
		out.Settled = r.Settled.UTC().Format(time.RFC3339)
	}
	return out
}
