package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
)

// Record records events of one source. Those of a case name it by the source's reference;
// those of people and teams name none. Each case is one transaction: what was handed in
// for it is written together, with its duties and nudges, and is there when Record
// returns. The order of the events makes no difference, and recording an event again
// changes nothing.
//
// What is not accepted is in Recorded.Refused and leaves the rest as it is. An error means
// that Postgres failed: what Recorded counts was written all the same, Recorded.NotTried
// counts what was not, and calling again with the same events writes the rest.
func (s *Store) Record(ctx context.Context, source string, events []casework.Event) (Recorded, error) {
	var out Recorded
	staff, cases := splitStaff(events)
	batches := group(source, cases)
	if len(staff) > 0 {
		r, err := s.recordPeople(ctx, source, staff)
		out.add(r)
		if err != nil {
			out.leaveBatches(batches)
			return out, err
		}
	}
	for i, b := range batches {
		r, err := s.recordOne(ctx, b)
		if err != nil {
			out.leaveBatches(batches[i:])
			return out, err
		}
		out.add(r)
	}
	return out, nil
}

func (s *Store) recordOne(ctx context.Context, b caseBatch) (Recorded, error) {
	var out Recorded
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var err error
		out, err = s.recordCases(ctx, tx, []caseBatch{b}, nil, insertEvents)
		return err
	})
	if err != nil {
		return Recorded{}, err
	}
	return out, nil
}

// splitStaff tells events of people and teams, which name no case, from those of cases.
func splitStaff(events []casework.Event) (staff, cases []casework.Event) {
	for _, e := range events {
		if e.Case == "" {
			staff = append(staff, e)
		} else {
			cases = append(cases, e)
		}
	}
	return staff, cases
}
