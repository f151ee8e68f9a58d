package store

import (
	"runtime"
	"sync"
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

func (s *Store) assessOne(cases *lockedCases, f *caseFile, raise, force bool) *change {
	made := assess(cases.law, cases.dir, f, f.at(cases.now))
	return &change{
		file: f, made: made, law: cases.law, recorded: f.recorded, queue: true, raise: raise,
		pathways: s.settle(f, made, "", force),
	}
}
