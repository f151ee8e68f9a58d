package service

import (
	"context"
	"errors"
	"io"

	"longstop/api"
	"longstop/calendar"
	"longstop/intake"
	"longstop/service/loading"
	"longstop/timescale"
)

// Import is a return to be loaded.
type Import struct {
	Source string // the name under which the record keeps it
	// Format returns the return's format, given the calendar of the law in force; nil before there is one.
	Format func(*calendar.Calendar) intake.Format
	Open   func() (io.ReadCloser, error) // opens the return at its beginning; called more than once

	DryRun      bool // read and compare, and write nothing
	ConfirmGone bool // load it though it takes back, or moves, much of what the record holds
	ShowIDs     bool // name the children by their ids in the source as well
}

// Imported is the reconciliation of a load, with what became of the clocks.
type Imported struct {
	*api.Loaded
	File         string     `json:"file"` // what the caller opened
	Clocks       api.Clocks `json:"clocks"`
	*api.Failure            // nil where every child was tried

	// Defaults are, after the first load of a source, the limits of Longstop's that the council has not set.
	Defaults []api.Default `json:"defaults,omitempty"`
}

// Import loads a return. A file that is refused whole gives no answer; a load that must be confirmed is refused with
// an answer that says what it would do. Otherwise it is as with Record.
func (s *Service) Import(ctx context.Context, in Import) (done *Imported, err error) {
	err = s.writes(ctx, func(*use) error {
		done, err = s.load(ctx, in)
		if done == nil || len(done.Asks) > 0 {
			return refusedWhole(err)
		}
		done.Failure = failureOf(ctx, err)
		if err != nil {
			return err
		}
		return partlyRefused(len(done.Refusals) > 0)
	})
	return done, err
}

func (s *Service) load(ctx context.Context, in Import) (*Imported, error) {
	now, err := s.record.Now(ctx)
	if err != nil {
		return nil, err
	}
	to := s.absent(nil) // a dry run sends nothing
	if !in.DryRun {
		to = s.connected(ctx)
	}
	delivery := inBackground(to)
	p := s.watch.Begin("children", 0)
	result, err := loading.Return(ctx, s.record, delivery, loading.Options{
		Format: in.Format(s.calendar()), Open: in.Open, Source: in.Source, Day: calendar.DateOf(now),
		DryRun: in.DryRun, ConfirmGone: in.ConfirmGone, ShowIDs: in.ShowIDs, Progress: p.Set,
	})
	moved := delivery.end()
	p.End()
	if result == nil {
		return nil, err
	}
	done := &Imported{Loaded: result, Clocks: moved}
	if result.Backlog {
		done.Defaults = defaultsOf(s.record.Book().Pack())
	}
	return done, err
}

// calendar returns that of the law in force, or nil.
func (s *Service) calendar() *calendar.Calendar {
	if book := s.record.Book(); book != nil {
		return book.Calendar()
	}
	return nil
}

// refusedWhole returns an error as a refusal if nothing of the return was written because of it.
func refusedWhole(err error) error {
	var broken *intake.BrokenError
	var gone *loading.GoneError
	if errors.As(err, &broken) || errors.As(err, &gone) {
		return refused(err)
	}
	return err
}

// defaultsOf lists the timescales in force whose number is a default of Longstop.
func defaultsOf(pack *timescale.Pack) []api.Default {
	var list []api.Default
	for i := range pack.Timescales {
		t := &pack.Timescales[i]
		if last := &t.Editions[len(t.Editions)-1]; last.Default && t.Off == "" {
			list = append(list, api.Default{Ref: t.Ref, Title: t.Title, Limit: t.LimitText()})
		}
	}
	return list
}
