package store

import (
	"context"
	"errors"
	"fmt"

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
// that Postgres failed, or that some cases could not be worked out or stayed locked
// (ErrCaseFault and ErrUnreachable say so), which keeps none of the others from being
// recorded: what Recorded counts was written all the same, Recorded.NotTried
// counts what was not, and calling again with the same events writes the rest.
func (s *Store) Record(ctx context.Context, source string, events []casework.Event) (Recorded, error) {
	var out Recorded
	staff, cases := splitStaff(events)
	batches := group(source, cases)
	if len(staff) > 0 {
		r, err := s.recordPeople(ctx, source, staff)
		out.add(r)
		if err != nil && !s.goOn(ctx, &out, err) {
			out.leaveBatches(batches)
			out.Stopped = true
			return out, err
		}
	}
	for i, b := range batches {
		r, err := s.recordOne(ctx, b)
		out.add(r)
		switch {
		case err == nil:
		case s.goOn(ctx, &out, s.asideByRef(ctx, b.ref, err)):
			out.leaveBatches(batches[i : i+1])
		default:
			out.leaveBatches(batches[i:])
			out.Stopped = true
			return out, err
		}
	}
	return out, out.failure()
}

// heldCases is how many cases that somebody else keeps locked one call waits for.
const heldCases = 4

// goOn reports whether the rest is to be recorded though something could not be, and keeps
// the error if so: it must be a matter of this case alone.
func (s *Store) goOn(ctx context.Context, out *Recorded, err error) bool {
	held := 0
	for _, failed := range append(out.Failed, err) {
		if isHeld(failed) {
			held++
		}
	}
	if ctx.Err() != nil || held > heldCases || !mayBeOfOneCase(err) {
		return false
	}
	out.Failed = append(out.Failed, err)
	return true
}

// failure is the error of cases that could not be recorded while the rest was.
func (r *Recorded) failure() error {
	const named = 3
	if len(r.Failed) <= named {
		return errors.Join(r.Failed...)
	}
	return fmt.Errorf("%w\nand %d cases more", errors.Join(r.Failed[:named]...), len(r.Failed)-named)
}

// asideByRef puts a case aside that cannot be read, and returns the error to be told.
func (s *Store) asideByRef(ctx context.Context, ref caseRef, err error) error {
	var unreadable pgx.ScanArgError
	if !errors.As(err, &unreadable) {
		return err
	}
	key, lookup := s.caseKey(ctx, ref.source, ref.reference)
	if lookup != nil {
		return err
	}
	fault := faultOf(key, err)
	if err := s.putAside(ctx, fault); err != nil {
		s.log.Error().Err(err).Msg("nor could it be put aside")
	}
	return fault
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
