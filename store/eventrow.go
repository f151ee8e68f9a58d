package store

import (
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// eventRow is a row of events.
type eventRow struct {
	CaseKey    string
	Source     string
	ID         string
	Type       string
	AtDay      *time.Time
	AtInstant  *time.Time
	Recorded   time.Time
	Data       map[string]any
	Episode    *string
	Corrects   *string
	Voids      *string
	RecordedBy *string
	Backlog    bool
}

var selectEvents = `select case_key::text, source, id, type, at_day, at_instant, ` + recordedAs("events", "event") + ` as recorded,
	data, episode, corrects, voids, recorded_by, backlog from events`

// event is the row as an event whose case is the case key.
func (r *eventRow) event() casework.Event {
	return casework.Event{
		ID: r.ID, Source: r.Source, Case: r.CaseKey, Type: r.Type, At: whenOf(r.AtDay, r.AtInstant),
		Recorded: casework.ToSecond(r.Recorded), Data: r.Data, Episode: text(r.Episode), Corrects: text(r.Corrects),
		Voids: text(r.Voids), By: text(r.RecordedBy), Backlog: r.Backlog,
	}
}

func whenOf(day, at *time.Time) casework.When {
	w := casework.When{Instant: casework.ToSecond(instant(at))}
	if day != nil {
		w.Day = calendar.NewDate(day.Date())
	}
	return w
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// dateText is a date as Postgres reads it; nil for none.
func dateText(d calendar.Date) *string { return nullable(d.String()) }

// dayOf is a date as a time, which is how pgx writes one in binary; nil for none.
func dayOf(d calendar.Date) *time.Time {
	if d.IsZero() {
		return nil
	}
	year, month, day := d.Split()
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return &t
}
