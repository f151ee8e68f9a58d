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
	Ref      string   `json:"ref"`
	Title    string   `json:"title"`
	Todo     string   `json:"todo"`
	Pathway  string   `json:"pathway"`
	Period   string   `json:"period,omitempty"`
	Each     bool     `json:"each,omitempty"`
	Starts   []string `json:"starts"`
	MetBy    []string `json:"met_by"`
	EndedBy  []string `json:"ended_by,omitempty"`
	EndsWith []string `json:"ends_with,omitempty"`
	NotWhile []string `json:"not_while,omitempty"`
	Limit    string   `json:"limit"`
	Status   string   `json:"status"`
	Source   string   `json:"source"`
	From     string   `json:"from,omitempty"`
	Until    string   `json:"until,omitempty"`
	Local    bool     `json:"local,omitempty"`
	Default  bool     `json:"default,omitempty"` // local, and no overlay has set or confirmed it
	// Checked is how the words of the source are known; left out where nobody has said, as of a local limit.
	Checked *Check `json:"checked,omitempty"`
	// Off is why the timescale is not in force until a council's overlay switches it on.
	Off      string `json:"off,omitempty"`
	Windows  string `json:"windows,omitempty"`
	Calendar string `json:"calendar,omitempty"`
	// Corrected is what was put right of it: when, and what it said until then.
	Corrected []Correction `json:"corrected,omitempty"`
	Editions  []Edition    `json:"editions"`
	Extension string       `json:"extension,omitempty"`
	Ladder    []Rung       `json:"ladder"`
}

// Edition is what a timescale said in a stretch of time; until is the first day outside it.
type Edition struct {
	From       string   `json:"from,omitempty"`
	Until      string   `json:"until,omitempty"`
	Limits     []string `json:"limits"`
	LocalLimit string   `json:"local_limit,omitempty"`
	Earliest   bool     `json:"earliest,omitempty"`
	By         string   `json:"by,omitempty"`
	NotBefore  string   `json:"not_before,omitempty"`
	NoLimit    bool     `json:"no_limit,omitempty"`
	Moves      bool     `json:"moves_running_duties,omitempty"`
	Status     string   `json:"status"`
	Source     string   `json:"source"`
	Local      bool     `json:"local,omitempty"`
	Default    bool     `json:"default,omitempty"` // local, and no overlay has set or confirmed it
	Checked    *Check   `json:"checked,omitempty"`
	Councils   []InUse  `json:"councils,omitempty"` // the numbers that councils use

	Whose string `json:"-"` // the limit is, where no law sets it
}

// Rung is one step of a ladder.
type Rung struct {
	Rung string `json:"rung"`
	Role string `json:"role"`
	Kind string `json:"kind"`
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
	Number string `json:"number,omitempty"`
	To     string `json:"to,omitempty"`
	Says   string `json:"says,omitempty"`
	Who    string `json:"who,omitempty"`

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
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Reason  string `json:"reason"`
	Warning bool   `json:"warning,omitempty"`
}

// Check is how the words of an edition are known.
type Check struct {
	Read    string `json:"read"` // words, through, part, similar or none
	In      string `json:"in,omitempty"`
	Missing string `json:"missing,omitempty"`
	On      string `json:"on,omitempty"`

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
