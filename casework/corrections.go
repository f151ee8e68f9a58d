package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/timescale"
)

// Corrections are what a later law says was put right of a timescale, that an earlier one does not
// say yet.
func Corrections(before, after *timescale.Pack, ref string) []timescale.Correction {
	t := after.Timescale(ref)
	if t == nil {
		return nil
	}
	var known []timescale.Correction
	if old := before.Timescale(ref); old != nil {
		known = before.CorrectionsOf(old)
	}
	return slices.DeleteFunc(after.CorrectionsOf(t), func(c timescale.Correction) bool { return slices.Contains(known, c) })
}

// CorrectionsBy are what the law that came into force at an instant put right of a timescale, as far
// as that can have changed a duty in a way; none where this program cannot read that law or the one
// before it. Where the timescale itself was put right, that moved a date, and not what was put right of
// a period, which decides whether there is a duty at all.
func (b *Book) CorrectionsBy(adopted time.Time, ref string, kind ChangeKind) []timescale.Correction {
	after, readable := b.InForce(adopted)
	before, readableBefore := b.InForce(adopted.Add(-time.Nanosecond))
	if !readable || !readableBefore || before == after {
		return nil
	}
	list := Corrections(before.pack, after.pack, ref)
	if kind == Appears || kind == Goes {
		return list
	}
	t := after.pack.Timescale(ref)
	own := func(c timescale.Correction) bool { return slices.Contains(t.Corrected, c) }
	if slices.ContainsFunc(list, own) {
		list = slices.DeleteFunc(list, func(c timescale.Correction) bool { return !own(c) })
	}
	return list
}

// CorrectionWords says when a rule was put right, and what it said until then: "The rule was
// corrected on Sun 29 Nov 2026: until then it gave three months."
func CorrectionWords(list []timescale.Correction) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = fmt.Sprintf("The rule was corrected on %s: until then %s.", longDay(c.On), strings.TrimRight(strings.TrimSpace(c.Was), "."))
	}
	return strings.Join(words, " ")
}

// corrected says of a duty that started before its rule was put right that it may have had another
// date. On the record the adoption of the law says what it moved.
func (x *explaining) corrected() []string {
	if x.FromRecord {
		return nil
	}
	list := x.book.pack.CorrectionsOf(x.duty.Rule)
	list = slices.DeleteFunc(list, func(c timescale.Correction) bool { return x.duty.Started.Day >= c.On || !x.mattered(c) })
	if len(list) == 0 {
		return nil
	}
	return []string{CorrectionWords(list) + " What an earlier release gave may be another date."}
}

// mattered reports whether a correction can have mattered to the duty: one of its rule can, and one
// of a period where the case has what opens it. A child who never was placed for adoption has
// nothing from what was put right of such placements.
func (x *explaining) mattered(c timescale.Correction) bool {
	if slices.Contains(x.duty.Rule.Corrected, c) {
		return true
	}
	opens := map[string]bool{}
	for i := range x.book.pack.Periods {
		p := &x.book.pack.Periods[i]
		for j := range p.Opens {
			opens[p.Opens[j].Event] = opens[p.Opens[j].Event] || slices.Contains(p.Corrected, c)
		}
	}
	return slices.ContainsFunc(x.events, func(e Event) bool { return opens[e.Type] })
}
