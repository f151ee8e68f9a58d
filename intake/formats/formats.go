// Package formats lists the formats of returns that Longstop reads. A new one is added here, and to the
// command that loads it.
package formats

import (
	"longstop/casework"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/intake/csc"
)

// All are the formats that Longstop reads.
var All = intake.Formats{cincensus.Census{}, csc.Feed{}}

// GivesWay reports whether an event inferred from a return gives way to a real one, by the rule of its
// format: see [intake.Formats.GivesWay].
func GivesWay(inferred, real casework.Event) bool { return All.GivesWay(inferred, real) }
