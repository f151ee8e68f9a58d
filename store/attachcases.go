package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
)

// knownAttachments are the attachments up to one of them, by source.
type knownAttachments struct {
	seq      int64
	bySource map[string][]attachmentRow
}

// attachmentsUpTo returns the attachments up to one or later. They are read again only when one was
// recorded since.
func (s *Store) attachmentsUpTo(ctx context.Context, q querier, seq int64) (map[string][]attachmentRow, error) {
	if k := s.attached.Load(); seq == 0 || k != nil && k.seq >= seq {
		if k == nil {
			return nil, nil
		}
		return k.bySource, nil
	}
	list, err := attachmentRows(ctx, q)
	if err != nil {
		return nil, err
	}
	known := &knownAttachments{seq: seq, bySource: map[string][]attachmentRow{}}
	for _, r := range list {
		known.bySource[r.Source] = append(known.bySource[r.Source], r)
	}
	s.attached.Store(known)
	return known.bySource, nil
}

// missingAttachments returns the events that a case lacks of what its sources as a whole report,
// as they are to be written at an instant, with the load that loadOf gives for each; where that
// reports false it is left for later. An event that the law in force does not allow any more is
// left out, and noted in the log.
func (s *Store) missingAttachments(
	cases *lockedCases, f *caseFile, at time.Time, loadOf func(last *attachmentRow) (*loading, bool),
) []addedEvent {
	var added []addedEvent
	history := f.events
	for _, source := range f.sources {
		for _, entry := range attachmentEntries(cases.attachments[source]) {
			load, now := loadOf(entry.last())
			if !now {
				continue
			}
			for _, e := range missingOf(f, &entry, at) {
				e.Recorded, e.Backlog = at, load != nil && load.backlog
				if r := cases.law.book.Check(history, e); r != nil {
					s.log.Error().Str("case", f.key).Str("attachment", entry.chain[0].ID).Str("reason", r.Reason).
						Msg("what its source reports cannot be recorded in a case: correct the attachment")
					continue
				}
				history = append(slices.Clip(history), e)
				added = append(added, addedEvent{addition{Event: e, n: -1}, load})
			}
		}
	}
	return added
}

// withRecording is the load of what is attached to a case while something is recorded in it: that of
// the recording. What tells of history is left, in a case that was there before, to those who plan
// it again, since what it brings to light goes on lists.
func withRecording(load *loading, made bool) func(*attachmentRow) (*loading, bool) {
	return func(last *attachmentRow) (*loading, bool) { return load, made || last.LoadID == nil }
}

// withHistory is the load of what is attached to a case that was there before: that of the
// attachment, where it tells of history.
func withHistory(last *attachmentRow) (*loading, bool) {
	if last.LoadID == nil {
		return nil, true
	}
	return &loading{*last.LoadID, true}, true
}

// missingOf returns the events that a case lacks of one attachment: what stands of it, as a
// correction of what the case holds of it, and its void.
func missingOf(f *caseFile, entry *attachmentEntry, at time.Time) []casework.Event {
	held := func(r *attachmentRow) bool {
		id := r.inCase(f.key)
		return slices.ContainsFunc(f.events, func(e casework.Event) bool { return e.ID == id && e.Source == r.Source })
	}
	chain, last := entry.chain, entry.last()
	before := -1 // the last of the chain that the case holds
	for i := range chain {
		if held(chain[i]) {
			before = i
		}
	}
	switch void := entry.void; {
	case void != nil && (before < 0 || held(void)):
		return nil
	case void != nil:
		e := void.event(f.key, at)
		e.Voids = chain[before].inCase(f.key)
		return []casework.Event{e}
	case before == len(chain)-1:
		return nil
	}
	e := last.event(f.key, at)
	if before >= 0 {
		e.Corrects = chain[before].inCase(f.key)
	}
	return []casework.Event{e}
}

// attachAll adds to each of some cases what it lacks of what its sources as a whole report.
func (s *Store) attachAll(cases *lockedCases) (added []addedEvent, touched map[string]bool) {
	touched = map[string]bool{}
	for _, f := range cases.inKeyOrder() {
		if f.whyAhead() != "" {
			continue // nothing is added to it: it is tried again
		}
		at := f.at(cases.now)
		missing := s.missingAttachments(cases, f, at, withHistory)
		for i := range missing {
			f.events = append(f.events, missing[i].Event)
			f.recorded, touched[f.key] = at, true
		}
		added = append(added, missing...)
	}
	return added, touched
}

// noteAttached keeps what attachments of history have brought to light as overdue, so that it goes
// on the managers' lists.
func (s *Store) noteAttached(ctx context.Context, tx pgx.Tx, added []addedEvent, now time.Time) error {
	byLoad := map[string][]string{}
	for i := range added {
		if of := added[i].load; of != nil {
			byLoad[of.id] = append(byLoad[of.id], added[i].Case)
		}
	}
	for _, id := range sortedKeys(byLoad) {
		if err := noteOverdue(ctx, tx, id, byLoad[id], now); err != nil {
			return err
		}
	}
	return nil
}
