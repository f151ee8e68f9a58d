// Package csc reads the daily JSON of the Department for Education's children's social care data API
// into the events of cases: docs/csc-api.md says what each field becomes.
//
// What a body leaves out says nothing. A full record leaves out what there is none of, a partial one what
// has not changed, and nothing tells one from the other; so what is absent stays as the record has it.
// Three things take something back: an id that is missing from a list that came, a null, and purge.
//
// The package is pure: no clock, context, SQL or Temporal.
package csc

import (
	"io"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// Feed is the daily JSON as a format of [intake].
type Feed struct {
	// Authority is the number of the authority whose children they are, which stands in the address.
	Authority string
}

// Name returns the name under which the record keeps loads of the feed.
func (Feed) Name() string { return "csc-api" }

// Check reads a body and returns what is in it. It returns an [*intake.BrokenError] where the body is no
// array of 1 to [MostChildren] items. Any other error is one of reading.
func (f Feed) Check(r io.Reader, today calendar.Date) (*intake.Contents, error) {
	items, sum, err := decode(r)
	if err != nil {
		return nil, err
	}
	found := &intake.Contents{
		Header: intake.Header{Authority: f.Authority, ReferenceDate: today, Period: periodOf(today)}, SHA256: sum,
	}
	var children intake.Children
	var unknown intake.Unknowns
	for i := range items {
		id, refusal := children.Next(items[i].id(), elChild, items[i].line, items[i].digest, "")
		if refusal != nil {
			found.Refused = append(found.Refused, *refusal)
		} else {
			found.References = append(found.References, id)
		}
		items[i].unknown(&unknown)
	}
	found.Children, found.Unnamed, found.Disputed = children.Count, children.Unnamed, children.Disputed
	found.Unknown = unknown.List()
	return found, nil
}

// Read reads a body that Check has found whole, and calls each with every child, in its order.
func (f Feed) Read(r io.Reader, checked *intake.Contents, today calendar.Date, each func(intake.Child) error) error {
	items, sum, err := decode(r)
	if err != nil {
		return err
	}
	if err := checked.Changed(sum); err != nil {
		return err
	}
	var children intake.Children
	for i := range items {
		id, refusal := children.Next(items[i].id(), elChild, items[i].line, items[i].digest, "")
		child := intake.Child{Place: children.Count, Line: items[i].line, Reference: id, Disputed: checked.Disputed[id]}
		at := newPlaces(id, items[i].mis())
		child.Places = at
		if refusal != nil {
			child.Refused = []intake.Refusal{*refusal}
			at.repeats, at.disputed = children.Repeats, checked.Disputed[children.Repeats]
		} else {
			read := reading{intake.Faults{Child: &child, Layout: layout, Period: checked.Header.Period, Today: today}, items[i].line, at}
			child.Statement = read.child(items[i].content)
		}
		if err := each(child); err != nil {
			return err
		}
	}
	return nil
}

// yearsBack is how many years before the current financial year the feed reaches back.
const yearsBack = 2

// periodOf returns the days of which the feed tells on a day: from 1 April two years before the financial
// year of the day. It has no last day: the feed goes on, and sends nothing of a child while nothing about them changes.
func periodOf(today calendar.Date) intake.Period {
	year, month, _ := today.Split()
	if month < time.April {
		year--
	}
	return intake.Period{From: calendar.NewDate(year-yearsBack, time.April, 1), To: today}
}

// Reports returns the event types of which the feed tells every one. Of contacts with care leavers, of
// adoption and of the strengths and difficulties questionnaire it tells the last alone, or some.
func (Feed) Reports() []string {
	return []string{
		typeBorn, typeReferral, typeAssessmentStart, typeAssessmentEnd, typeStrategy, typeEnquiryEnd, typeConference,
		typePlanStart, typePlanEnd, typeCINPlanStart, typeCINPlanEnd, typePlacementStart, typePlacementEnd, typeCareStart, typeCareEnd,
		typeClosed,
	}
}

// Gone reports that no child is gone: a body holds those that changed.
func (Feed) Gone(intake.Load, *intake.Record) bool { return false }

// followsWithin is how long after an inferred event a real one of its type is taken to be the same thing
// where nothing else says so, in months.
const followsWithin = 1

// GivesWay reports whether an inferred event gives way to a real one of its type: a conference inferred
// for a plan to a real one in the seven days up to the plan's start, unless that decided on no plan; others
// to a real one on or after their day, within a month, or of the same referral.
func (Feed) GivesWay(inferred, real casework.Event) bool {
	day, other := inferred.At.Day, real.At.Day
	if inferred.Type == typeConference {
		return decidedOn(other, day) && real.Data.Text(fieldOutcome) != outcomeNoPlan
	}
	named := inferred.Type == typeDecided && inferred.Episode != "" && inferred.Episode == real.Episode
	return day <= other && (named || other <= day.AddMonths(followsWithin))
}

// Layout returns the layout of the feed's fields.
func (Feed) Layout() *intake.Layout { return layout }
