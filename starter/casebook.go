package main

import (
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
	book, err := l.book()
	if err != nil {
		return nil, err
	}
	cases, refused, err := a.acceptedCases(book, name)
	return &casebook{book: book, cases: cases, refused: refused}, err
}

// fromRecord are the cases that a source refers to, under the law in force.
func (s *service) fromRecord(source string) (*casebook, error) {
	refs, err := s.record.SourceReferences(s.app.ctx, source)
	if err != nil {
		return nil, err
	}
	c := &casebook{book: s.record.Book()}
	p := s.app.progress("cases read", len(refs))
	defer p.end()
	for _, ref := range refs {
		events, err := s.record.Events(s.app.ctx, source, ref)
		if err != nil {
			return nil, err
		}
		c.cases = append(c.cases, calledBy(ref, events))
		p.step()
	}
	return c, nil
}

// calledBy gives the events of one case, which several sources call differently, one name.
func calledBy(ref string, events []casework.Event) []casework.Event {
	for i := range events {
		events[i].Case = ref
	}
	return events
}

// casesFrom is where plan and notices find their cases.
type casesFrom struct {
	Events string `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	source
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
		return usagef("name a file of events with --events, or the record with %s", exampleDatabase)
	}
	return a.withService(false, func(s *service) error {
		if s.record.Book() == nil {
			return store.ErrNotMigrated
		}
		cases, err := s.fromRecord(c.Source)
		if err != nil {
			return err
		}
		a.now = s.clock.Now
		return run(cases)
	})
}
