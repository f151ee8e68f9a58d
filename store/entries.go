package store

import (
	"context"

	"longstop/casework"
)

// SourceEntries reads all that the record holds from a source about the cases that it
// refers to by these references: every event, corrections and voids too, in the order of
// recording. The case of each is the reference. References that are not known are left out.
// A void by "longstop" is one that the record wrote: an inferred event gave way.
func (s *Store) SourceEntries(ctx context.Context, source string, refs []string) (map[string][]casework.Event, error) {
	type row struct {
		eventRow
		Reference string
	}
	list, err := rows[row](ctx, s.pool, "reading what a source has reported", `
		select r.reference, e.case_key::text, e.source, e.id, e.type, e.at_day, e.at_instant, `+recordedAs("e", "event")+` as recorded, e.data, e.episode,
			e.corrects, e.voids, e.recorded_by, e.backlog
		from case_references r join events e on e.case_key = r.case_key and e.source = r.source
		where r.source = $1 and r.reference = any($2::text[]) order by r.reference, e.seq`, source, refs)
	if err != nil {
		return nil, explain(err)
	}
	entries := map[string][]casework.Event{}
	for i := range list {
		e := list[i].event()
		e.Case = list[i].Reference
		entries[e.Case] = append(entries[e.Case], e)
	}
	return entries, nil
}

// SourceReferences lists every reference that a source has given to a case, sorted.
func (s *Store) SourceReferences(ctx context.Context, source string) ([]string, error) {
	type row struct{ Reference string }
	list, err := rows[row](ctx, s.pool, "reading a source's references", `
		select reference from case_references where source = $1 order by reference collate "C"`, source)
	if err != nil {
		return nil, explain(err)
	}
	refs := make([]string, len(list))
	for i := range list {
		refs[i] = list[i].Reference
	}
	return refs, nil
}
