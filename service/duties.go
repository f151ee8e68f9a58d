package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/api"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

// DutyQuery picks duties; what is left out picks all.
type DutyQuery struct {
	Source, Case string
	Team, Worker string
	State        casework.State
	Ref          string // of a timescale
}

// Duties are duties that the record holds.
type Duties struct {
	Rows []api.Duty
	Pack *timescale.Pack // in force
	// UnknownTeam and UnknownWorker are what the query names and the record does not know, where nothing was found.
	UnknownTeam, UnknownWorker string
	// PutAside are the cases that could not be worked out: what is shown of them, if anything, is as it last was.
	PutAside []store.PutAside
	// RebuildDue reports whether an earlier release worked out what the record holds.
	RebuildDue bool
}

// Duties lists the duties that the record holds, as of now.
func (s *Service) Duties(ctx context.Context, q DutyQuery) (*Duties, error) {
	out := &Duties{}
	err := s.reads(ctx, func(u *use) (err error) {
		if err := u.readsSome(ctx, q.Source, q.Case); err != nil {
			return err
		}
		out.Pack = s.record.Book().Pack()
		if err := q.check(out.Pack); err != nil {
			return err
		}
		rows, err := s.record.Duties(ctx, q.filter())
		if err != nil {
			return err
		}
		out.Rows = api.DutiesOf(rows)
		return s.doubtDuties(ctx, q, out)
	})
	return out, err
}

func (q *DutyQuery) filter() store.DutyFilter {
	return store.DutyFilter{Source: q.Source, Case: q.Case, Team: q.Team, Worker: q.Worker, State: q.State, Ref: q.Ref}
}

// readsSome notes what is read: one case, or many where none is named.
func (u *use) readsSome(ctx context.Context, source, ref string) error {
	if ref == "" {
		return u.readsCases(ctx)
	}
	_, err := u.readsCase(ctx, source, ref)
	return err
}

// check refuses a query by which nothing could ever be found: a misspelled one must not read like good news.
func (q *DutyQuery) check(pack *timescale.Pack) error {
	if q.State != "" && !slices.Contains(casework.States, q.State) {
		names := make([]string, len(casework.States))
		for i, state := range casework.States {
			names[i] = string(state)
		}
		return misuse("state", "%s: it is one of %s", q.State, strings.Join(names, ", "))
	}
	if q.Ref != "" {
		if _, err := timescaleOf(pack, q.Ref); err != nil {
			return err
		}
	}
	return nil
}

// doubtDuties adds what a reader of the duties must also know.
func (s *Service) doubtDuties(ctx context.Context, q DutyQuery, out *Duties) (err error) {
	if len(out.Rows) == 0 {
		if out.UnknownWorker, err = unknown(ctx, q.Worker, s.record.Employed); err != nil {
			return err
		}
		if out.UnknownTeam, err = unknown(ctx, q.Team, s.record.Team); err != nil {
			return err
		}
	}
	if out.PutAside, err = s.record.PutAsides(ctx); err != nil {
		return err
	}
	if q.Case != "" {
		out.PutAside = slices.DeleteFunc(out.PutAside, func(p store.PutAside) bool { return p.Reference != q.Case })
	}
	out.RebuildDue, err = s.record.RebuildDue(ctx)
	return err
}

// unknown returns a reference where the record does not know it, else "".
func unknown(ctx context.Context, ref string, knows func(context.Context, string) (bool, error)) (string, error) {
	if ref == "" {
		return "", nil
	}
	known, err := knows(ctx, ref)
	if err != nil || known {
		return "", err
	}
	return ref, nil
}

// Events returns what the record holds of a case, in the order of recording.
func (s *Service) Events(ctx context.Context, source, ref string) (events []casework.Event, err error) {
	err = s.reads(ctx, func(u *use) (err error) {
		if _, err := u.readsCase(ctx, source, ref); err != nil {
			return err
		}
		events, err = s.record.Events(ctx, source, ref)
		return unknownCase(err, ref)
	})
	return events, err
}

// AuditQuery picks rows of the audit.
type AuditQuery struct {
	Source, Case string    // "": all cases, and what is about none
	Key          string    // what was done by a key, and what happened to it: its id, its label, or the whole of it
	Since        time.Time // wall time; zero: from the beginning
}

// Audit hands over who ran what, oldest first. Reading the audit is itself noted.
func (s *Service) Audit(ctx context.Context, q AuditQuery, each func(api.AuditRow) error) error {
	filter := store.AuditFilter{Since: q.Since}
	if q.Key != "" {
		var err error
		if filter.Key, err = keyID(q.Key); err != nil {
			return err
		}
	}
	return s.reads(ctx, func(u *use) (err error) {
		if q.Case == "" {
			err = u.readsCases(ctx)
		} else {
			filter.CaseKey, err = u.readsCase(ctx, q.Source, q.Case)
		}
		if err != nil {
			return err
		}
		return s.record.EachAudit(ctx, filter, func(r store.AuditRow) error { return each(api.AuditRowOf(r)) })
	})
}

// AdoptedPack returns the rule pack in force on the record, with its overlay.
func (s *Service) AdoptedPack(ctx context.Context) (pack *timescale.Pack, err error) {
	err = s.reads(ctx, func(u *use) error {
		if s.record.Book() == nil {
			return store.ErrNotMigrated
		}
		pack = s.record.Book().Pack()
		return u.readsCases(ctx) // the audit notes the command, and no one case
	})
	return pack, err
}

// timescaleOf finds a timescale.
func timescaleOf(pack *timescale.Pack, ref string) (*timescale.Timescale, error) {
	if t := pack.Timescale(ref); t != nil {
		return t, nil
	}
	meant := ""
	if other := scaleOf(pack, ref); other != "" { // only the case of the letters is wrong
		meant = fmt.Sprintf(" (did you mean %s?)", other)
	}
	return nil, unknownTimescale(ref, meant)
}

func unknownTimescale(ref, meant string) error {
	return &Error{
		Kind: Refused, Code: UnknownTimescale, Meant: meant, err: fmt.Errorf("%s: the rule pack has no timescale with that ref", ref),
	}
}
