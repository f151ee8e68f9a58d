package main

import (
	"cmp"
	"runtime/debug"
	"slices"

	"longstop/casework"
	"longstop/store"
)

// casebook is what plan, notices and explain work on: cases with the law that they go by,
// from a file or from the record.
type casebook struct {
	book    *casework.Book
	cases   [][]casework.Event // each of one case
	refused bool               // something in the file was refused, and named
}

// fromFile are the cases of a file of events, under the law that the flags name.
func (a *app) fromFile(l law, name string) (*casebook, error) {
	// A command that folds a file keeps all of it until it ends, so that collecting sooner
	// frees little: a county is a fifth faster, for some hundreds of megabytes.
	debug.SetGCPercent(400)
	book, err := l.book()
	if err != nil {
		return nil, err
	}
	cases, refused, err := a.acceptedCases(book, name)
	return &casebook{book: book, cases: cases, refused: refused}, err
}

// fromRecord are all cases of the record, under the law in force.
func (s *session) fromRecord() (*casebook, error) {
	if err := s.readsCases(); err != nil {
		return nil, err
	}
	c := &casebook{book: s.record.Book()}
	p := s.app.progress("cases read", 0)
	defer p.End()
	err := s.record.EachCase(s.app.ctx, func(_ string, events []casework.Event) error {
		if len(events) > 0 {
			c.cases = append(c.cases, events)
		}
		p.step()
		return nil
	})
	slices.SortStableFunc(c.cases, func(x, y []casework.Event) int { return cmp.Compare(x[0].Case, y[0].Case) })
	return c, err
}

// casesFrom is where plan and notices find their cases.
type casesFrom struct {
	Events string `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	law
}

// with runs a command on the cases of the file, or of the record.
func (c *casesFrom) with(a *app, run func(*casebook) error) error {
	if c.Events != "" {
		cases, err := a.fromFile(c.law, c.Events)
		if err != nil {
			return err
		}
		return run(cases)
	}
	if !named(a.getenv) {
		return usagef("name a file of events with --events, or the record with %s", envDatabase+"="+exampleURL)
	}
	return a.withService(false, func(s *session) error {
		if s.record.Book() == nil {
			return store.ErrNotMigrated
		}
		cases, err := s.fromRecord()
		if err != nil {
			return err
		}
		if err := s.goByRecord(); err != nil {
			return err
		}
		return run(cases)
	})
}
