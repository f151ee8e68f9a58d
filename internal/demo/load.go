package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/internal/casetime"
	"longstop/internal/sample"
	"longstop/notify"
	"longstop/store"
)

// load does what a council's data team does: it records who works there, loads the return
// that the case system made, and records the visits that the case system pushes.
func (s *show) load(ctx context.Context) error {
	s.say("Longstop keeps the statutory timescales of children's social care. Everybody in this demonstration is invented.\n")
	if s.UI != "" {
		s.say("Watch it in the Temporal UI: %s/namespaces/%s/workflows\n", s.UI, s.Temporal.Namespace)
	}
	if err := s.startWorker(ctx, "worker"); err != nil {
		return err
	}
	if err := s.openRealDoor(ctx); err != nil {
		return err
	}
	loaded, err := s.loadedBefore(ctx)
	if err != nil || loaded {
		return err
	}
	if err := s.writeSample(); err != nil {
		return err
	}
	s.say("\nA return of %d children, made today, with who holds them and the visits that were made: %s\n", s.Children, s.Dir)
	for _, args := range [][]string{
		{"record", s.file(sample.PeopleFile)},
		{"import", "cin-census", s.file(sample.ReturnFile)},
		{"record", s.file(sample.EventsFile)},
	} {
		if err := s.command(ctx, args...); err != nil {
			return err
		}
	}
	return s.sayLists(ctx)
}

// loadedBefore finds the record of an earlier demonstration, which is kept.
func (s *show) loadedBefore(ctx context.Context) (bool, error) {
	record, err := s.openRecord(ctx, store.Options{URL: s.Database, Clock: casetime.Real()})
	if err != nil {
		return false, err
	}
	defer record.Close()
	sum, err := record.Summary(ctx)
	if err != nil {
		return false, err
	}
	if sum.Cases == 0 {
		return false, nil
	}
	s.say("\nThe record of the last demonstration is here: its %d children are kept. `make clean` would start afresh.\n", sum.Cases)
	return true, nil
}

func (s *show) writeSample() error {
	made, err := sample.Make(sample.Options{Day: s.Day, Children: s.Children})
	if err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{
		sample.ReturnFile: made.WriteReturn, sample.PeopleFile: made.WritePeople, sample.EventsFile: made.WriteEvents,
	} {
		if err := writeFile(s.file(name), write); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", name, err), f.Close())
	}
	return f.Close()
}

// sayLists prints when the managers get the lists of what was overdue when the council's history
// was loaded.
func (s *show) sayLists(ctx context.Context) error {
	record, err := s.openRecord(ctx, store.Options{URL: s.Database, Clock: casetime.Real()})
	if err != nil {
		return err
	}
	defer record.Close()
	// The load knew of no teams yet: who holds which child was recorded after it.
	if _, err := record.OwedLists(ctx); err != nil {
		return err
	}
	waiting, err := record.Notices(ctx, store.NoticeFilter{State: "due"})
	if err != nil {
		return err
	}
	managers, at := 0, time.Time{}
	for i := range waiting {
		if waiting[i].Kind == string(notify.List) {
			managers, at = managers+1, waiting[i].At
		}
	}
	if managers > 0 {
		s.say("\n%s one list of what was overdue already, at %s: nobody is written to about it before then.\n",
			english.CountOf(managers, "manager gets", "managers get"), calendar.InLondon(at).Format("15:04 on Mon 2 Jan 2006"))
	}
	return nil
}
