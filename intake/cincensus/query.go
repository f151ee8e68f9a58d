package cincensus

import (
	"cmp"
	"fmt"
	"slices"

	"longstop/calendar"
)

// Query is something odd in a return that is loaded all the same: the validator's rules
// that the design does not refuse by, evaluated on what stands after the refusals.
type Query struct {
	Code    string // the validator's rule, such as "8841" or "8670Q", or CodeLayout
	Child   int    // the child's place in the file, from 1; 0 for the header
	Element string
	Line    int // of the file, from 1
	Words   string
}

// CodeLayout is the code of a query that no rule of the validator is behind: a value that
// is none of its list, an element that stands twice.
const CodeLayout = "layout"

// String is one line that begins with the place.
func (q Query) String() string {
	where := "header"
	if q.Child > 0 {
		where = fmt.Sprintf("child %d", q.Child)
	}
	return fmt.Sprintf("%s, line %d: %s %s (%s)", where, q.Line, q.Element, q.Words, q.Code)
}

// scene is what a rule looks at.
type scene struct {
	*episode
	period Period
	cal    *calendar.Calendar
}

// rule is one of the validator's rules within one episode: it finds the dates at fault.
// Source of codes and meanings: data-to-insight/csc-validator-be-cin, cin_validator/rules.
type rule struct {
	code, words string
	find        func(scene) []dated
}

// queryOdd reports what the validator would say about a child.
func queryOdd(c *Child, period Period, cal *calendar.Calendar) {
	ask := func(code, words string, at ...dated) {
		for _, d := range at {
			c.Queries = append(c.Queries, Query{Code: code, Child: c.Place, Element: d.element, Line: d.line, Words: words})
		}
	}
	queryPerson(c, ask)
	queryDeath(c, ask)
	queryEpisodes(c, ask)
	rules := slices.Concat(episodeRules, preProceedingsRules)
	for _, e := range c.episodes {
		for _, r := range rules {
			ask(r.code, r.words, r.find(scene{e, period, cal})...)
		}
	}
}

func queryPerson(c *Child, ask func(code, words string, at ...dated)) {
	if c.born.stands() == c.expected.stands() {
		ask("8525", "should stand where ExpectedPersonBirthDate does not, and only there", c.born)
	}
	if c.died.stands() && c.died.day < c.born.day {
		ask("8535Q", "is before the birth", c.died)
	}
}

// afterDeath are the validator's rules on what lies after a death, by element. It has none of
// its own for the rest of what happens in an episode, which is reported with the referral.
var afterDeath = map[string]string{elCINPlanStart: "4008", elCINPlanEnd: "4009"}

// queryDeath reports what is dated after the child's death. A closure is: somebody writes it.
func queryDeath(c *Child, ask func(code, words string, at ...dated)) {
	if !c.died.stands() {
		return
	}
	for _, e := range c.episodes {
		for _, d := range append(e.activity(), &e.referral) {
			if d.stands() && d.day > c.died.day {
				ask(cmp.Or(afterDeath[d.element], "8555Q"), "is after the death of the child", *d)
			}
		}
	}
}
