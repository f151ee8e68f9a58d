package store

import (
	"runtime"
	"sync"
	"time"

	"longstop/casework"
)

// assessAll assesses cases on every processor, and keeps the order of the files.
// raise raises every case's revision; force takes every open pathway, changed or not.
func (s *Store) assessAll(cases *lockedCases, files []*caseFile, raise, force bool) []*change {
	changes := make([]*change, len(files))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := range next {
				changes[i] = s.assessOne(cases, files[i], raise, force)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	workers.Wait()
	return changes
}

// assessOne assesses one case, or puts it aside where that cannot be done.
func (s *Store) assessOne(cases *lockedCases, f *caseFile, raise, force bool) *change {
	made, err := s.assess(cases, f, f.at(cases.now))
	if fault := faultOf(f.key, err); fault != nil {
		return s.aside(f, cases.law, fault, f.at(cases.now), raise, force)
	}
	return &change{
		file: f, made: made, law: cases.law, recorded: f.recorded, queue: true, raise: raise, whole: true,
		pathways: s.settle(f, made, "", force),
	}
}

// assess is assess under guard: the error is a *CaseFaultError.
func (s *Store) assess(cases *lockedCases, f *caseFile, at time.Time) (*assessment, error) {
	if why := f.whyAhead(); why != "" {
		return nil, &CaseFaultError{f.key, why}
	}
	made, err := guard(s, f.key, func() *assessment { return assess(s.composer, cases.law, cases.dir, f, at) })
	if err == nil && made.agenda.Plan.TooMany {
		return nil, &CaseFaultError{f.key, "it has " + casework.TooManyReason}
	}
	return made, err
}
