package timescale

import (
	"cmp"
	"fmt"
	"slices"
)

// Fault is one thing that is wrong with a rule pack or an overlay: where it stands,
// which rule it concerns, and what to do about it.
type Fault struct {
	File   string // the file's name; "" where it lies in no one file
	Line   int    // from 1; 0 where it lies in no one line
	Rule   string // the ref of the timescale, or the name of the period or ladder; "" where there is none
	Reason string // what is wrong and what to do, one sentence
}

// String is one line: "assessment.yaml:12: AS-01: the unit …".
func (f Fault) String() string {
	s := ""
	if f.File != "" {
		s = f.File + ": "
	}
	if f.File != "" && f.Line > 0 {
		s = fmt.Sprintf("%s:%d: ", f.File, f.Line)
	}
	if f.Rule != "" {
		s += f.Rule + ": "
	}
	return s + f.Reason
}

// SortFaults puts faults in the order in which a person mends them: by file, then line.
func SortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
