package load

import (
	"fmt"
	"strings"

	"longstop/timescale"
)

// Fault is one thing that is wrong with a file: see [timescale.Fault].
type Fault = timescale.Fault

// Error is every fault of a pack that was refused, in the order of file and line.
type Error struct{ Faults []Fault }

// Error is one line for each fault.
func (e *Error) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// faults collects what is wrong.
type faults []Fault

func (f *faults) add(file string, line int, rule, format string, args ...any) {
	*f = append(*f, Fault{File: file, Line: line, Rule: rule, Reason: fmt.Sprintf(format, args...)})
}

// asError is nil where nothing is wrong.
func (f faults) asError() error {
	if len(f) == 0 {
		return nil
	}
	timescale.SortFaults(f)
	return &Error{Faults: f}
}
