package sample

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"longstop/calendar"
	"longstop/casework"
)

// WriteEvents writes what the case system would push up to the day of the return, one JSON
// object a line: for each child which source reports on it, who holds the case, and the
// visits and meetings of its plans. The case is the child's id in the return, so both must
// be recorded under one source name. The error is the writer's.
func (s *Sample) WriteEvents(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	allocator := newAllocator(s.f, &s.teams)
	lines := 0
	for fam := range s.families() {
		d := newDice(s.seed, fam.number, streamFeed)
		allocations, facts := allocator.allocate(d, fam), fam.facts(s.f, d)
		for i := range fam.children {
			events := childEvents(d, &fam.children[i], fam.episodes[0].referral, allocations, facts)
			for _, e := range events {
				lines++
				// The id says nothing of the child: ids are logged.
				e.ID = fmt.Sprintf("feed-%s-%06d", s.f.day, lines)
				if err := writeLine(buffered, e); err != nil {
					return err
				}
			}
		}
	}
	return buffered.Flush()
}

// childEvents are those of one child, in order of the day.
func childEvents(d *dice, c *child, from calendar.Date, allocations []allocation, facts []fact) []casework.Event {
	events := []casework.Event{attached(c, from)}
	for _, l := range allocations {
		events = append(events, l.event(c))
	}
	for i := range facts {
		events = append(events, facts[i].event(d, c))
	}
	slices.SortStableFunc(events, func(a, b casework.Event) int {
		return cmp.Or(cmp.Compare(a.At.Day, b.At.Day), a.At.Start().Compare(b.At.Start()))
	})
	return events
}

// WritePeople writes the staff and their teams, one JSON object a line. The error is the
// writer's.
func (s *Sample) WritePeople(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	for _, e := range s.teams.events() {
		if err := writeLine(buffered, e); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func writeLine(w *bufio.Writer, e casework.Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("sample: event %s: %w", e.ID, err)
	}
	if _, err := w.Write(line); err != nil {
		return err
	}
	return w.WriteByte('\n')
}
