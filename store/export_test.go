package store

import "time"

// BeforeWork runs f before anything is worked out about a case: a fault of one case.
func (s *Store) BeforeWork(f func(caseKey string)) { s.beforeWork = f }

// LimitWork changes how long work on one case may take.
func (s *Store) LimitWork(d time.Duration) { s.workLimit = d }
