package loading

import (
	"context"
	"slices"

	"longstop/casework"
	"longstop/intake/cincensus"
)

// compare finds the children that the record holds of the return's period and that the
// return does not hold. The error is a *GoneError where they are too many.
func (l *load) compare(ctx context.Context) error {
	refs, err := l.record.SourceReferences(ctx, l.Source)
	if err != nil {
		return err
	}
	l.known = make(map[string]bool, len(refs))
	inReturn := make(map[string]bool, len(l.found.References))
	for _, ref := range l.found.References {
		inReturn[ref] = true
	}
	var absent, present []string
	for _, ref := range refs {
		l.known[ref] = true
		if inReturn[ref] {
			present = append(present, ref)
		} else {
			absent = append(absent, ref)
		}
	}
	if l.gone, err = l.ofPeriod(ctx, absent, l.takenBack); err != nil || len(l.gone) == 0 {
		return err
	}
	l.result.ChildrenGone = len(l.gone)
	there, err := l.ofPeriod(ctx, present, nil)
	if err != nil {
		return err
	}
	held := len(l.gone) + len(there)
	if cincensus.TooManyGone(len(l.gone), held) && !l.ConfirmGone {
		return &GoneError{Gone: len(l.gone), Held: held}
	}
	return nil
}

// ofPeriod are those children of whom the record holds something of the return's period,
// from a return of the same authority; without those that besides says are none.
func (l *load) ofPeriod(ctx context.Context, refs []string, besides func([]casework.Event) bool) ([]string, error) {
	var found []string
	for chunk := range slices.Chunk(refs, batchSize) {
		held, err := l.record.SourceEntries(ctx, l.Source, chunk)
		if err != nil {
			return nil, err
		}
		for _, ref := range chunk {
			of := cincensus.OfPeriod(l.Source, l.period(), held[ref]) && l.sameAuthority(held[ref])
			if of && (besides == nil || !besides(held[ref])) {
				found = append(found, ref)
			}
		}
	}
	return found, nil
}

// takenBack says whether a load before this one took back what the record holds of a child:
// it is not gone again.
func (l *load) takenBack(held []casework.Event) bool {
	voided := slices.ContainsFunc(held, func(e casework.Event) bool { return e.Voids != "" })
	return voided && len(cincensus.Gone(l.Source, l.period(), held, l.Day)) == 0
}

// takeBack voids what the record holds of the children that are gone.
func (l *load) takeBack(ctx context.Context) error {
	for chunk := range slices.Chunk(l.gone, batchSize) {
		held, err := l.record.SourceEntries(ctx, l.Source, chunk)
		if err != nil {
			return err
		}
		diffs := make([]diff, len(chunk))
		for i, ref := range chunk {
			diffs[i] = diff{reference: ref, events: cincensus.Gone(l.Source, l.period(), held[ref], l.Day)}
		}
		tried, err := l.write(ctx, diffs)
		l.voided += tried
		if err != nil {
			return err
		}
	}
	return nil
}

// A source.attached says which authority's return it speaks of.
const (
	typeSource     = "source.attached"
	fieldAuthority = "authority"
)

// sign adds the authority to a source.attached.
func (l *load) sign(e *casework.Event) {
	if e.Type == typeSource && e.Voids == "" && l.found.Header.LEA != "" {
		e.Data[fieldAuthority] = l.found.Header.LEA
	}
}

// sameAuthority says whether a child was last loaded from a return of this authority: the
// absence from another's means nothing.
func (l *load) sameAuthority(held []casework.Event) bool {
	authority := ""
	for i := range held {
		if said := held[i].Data.Text(fieldAuthority); held[i].Type == typeSource && said != "" {
			authority = said
		}
	}
	return authority == "" || l.found.Header.LEA == "" || authority == l.found.Header.LEA
}
