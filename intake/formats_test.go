package intake

import (
	"io"
	"testing"

	"longstop/calendar"
	"longstop/casework"
)

// ruleOf is a format of which only the prefix and the rule of giving way matter.
type ruleOf struct {
	prefix string
	yes    bool
}

func (f ruleOf) Name() string                                      { return f.prefix }
func (f ruleOf) Layout() *Layout                                   { return &Layout{Prefix: f.prefix} }
func (f ruleOf) Reports() []string                                 { return nil }
func (f ruleOf) Gone(Load, *Record) bool                           { return false }
func (f ruleOf) GivesWay(_, _ casework.Event) bool                 { return f.yes }
func (f ruleOf) Check(io.Reader, calendar.Date) (*Contents, error) { return nil, nil }
func (f ruleOf) Read(io.Reader, *Contents, calendar.Date, func(Child) error) error {
	return nil
}

func TestTheRuleOfGivingWayIsThatOfTheFormatThatInferred(t *testing.T) {
	t.Parallel()
	inferred := func(id string) casework.Event {
		return casework.Event{ID: id, Type: "icpc.held", Episode: "R1", Data: casework.Data{FieldInferred: true}}
	}
	real := casework.Event{ID: "e1", Type: "icpc.held", Episode: "R1"}
	all := Formats{ruleOf{"one-", true}, ruleOf{"two-", false}}
	for id, want := range map[string]bool{"one-a+i": true, "two-a+i": false, "hand-1": true} {
		if got := all.GivesWay(inferred(id), real); got != want {
			t.Errorf("%s gives way: %t", id, got)
		}
	}
	other, another := real, inferred("one-a+i")
	other.Episode = "R2"
	another.Type = "referral.decided"
	if all.GivesWay(inferred("one-a+i"), other) || all.GivesWay(another, real) || all.GivesWay(real, real) || all.GivesWay(inferred("one-a+i"), inferred("one-b+i")) {
		t.Error("an event gives way to one of another episode or type, to an inferred one, or is not inferred itself")
	}
}

func TestTheUnknownElementThatStandsInTheSamePlaceIsNamed(t *testing.T) {
	t.Parallel()
	layout := &Layout{Inside: map[string][]string{"visited": {"visits"}}}
	unknown := []Unknown{{Element: "note", Inside: "other"}, {Element: "visit_date", Inside: "visits"}}
	if got := layout.Replaced("visited", unknown); got != "visit_date" {
		t.Errorf("instead of visited there is %q", got)
	}
	if got := layout.Replaced("seen", unknown); got != "" {
		t.Errorf("instead of seen there is %q", got)
	}
}

func TestAChildThatComesTwiceIsRefusedAndIsDisputedWhereTheCopiesDiffer(t *testing.T) {
	t.Parallel()
	var c Children
	one, two := [32]byte{1}, [32]byte{2}
	for i, next := range []struct {
		id       string
		content  [32]byte
		loaded   string
		disputed bool
	}{
		{"K", one, "K", false}, {" K ", one, "", false}, {"K", two, "", true}, {"", one, "", true}, {"L", one, "L", true},
	} {
		id, refusal := c.Next(next.id, "child", i+1, next.content, "")
		if id != next.loaded || (refusal == nil) != (id != "") || c.Disputed["K"] != next.disputed {
			t.Errorf("child %d: %q, %v, disputed %t", i+1, id, refusal, c.Disputed["K"])
		}
	}
	if c.Count != 5 || c.Unnamed != 1 || c.Disputed["L"] {
		t.Errorf("%d children, %d without an id, %v", c.Count, c.Unnamed, c.Disputed)
	}
}
