package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longstop/admission"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
)

// What a source reports is a fact of the source: one row of attachments says it for every case
// of it, and for those that come later. The fold knows cases only, so each of them gets a
// source.attached of its own for the row, under the row's id with the key of the case: the
// cases that are there by being planned again, and a new one when its first event is recorded.
// A row is never changed: another corrects or voids it, and the events in the cases follow.

// Attachment is what a source reports in every case of it, as it stands.
type Attachment struct {
	ID      string
	Source  string
	Reports []string      // event types
	From    calendar.Date // the first day that it covers
	Until   calendar.Date // the last; zero: it is a live feed
	Said    time.Time     // case time
	By      string        // whoever said so, or the login where they gave no name
	Reason  string
}

// Attach is an attachment to be recorded.
type Attach struct {
	Source  string
	Reports []string
	From    calendar.Date
	Until   calendar.Date
	ID      string // "": one is made
	By      string // "": the database's login
	Reason  string
	// Backlog says that the source tells of history: what it brings to light as overdue goes on a
	// list for each manager, and those ladders start five working days later.
	Backlog bool
}

// Sorted returns the attachment with its types in order, each once and without blanks around it.
func (a Attach) Sorted() Attach {
	said := casework.Event{Data: casework.Data{"reports": a.Reports}}
	a.Reports = slices.Sorted(slices.Values(said.Reports()))
	return a
}

// SameSubject reports whether an attachment says the same but for its last day: then this one
// corrects it.
func (a *Attach) SameSubject(x *Attachment) bool {
	return a.Source == x.Source && a.From == x.From && slices.Equal(a.Reports, x.Reports)
}

// Attached says what recording an attachment did.
type Attached struct {
	Attachment
	Changed bool   // false where it stood already
	Was     string // the id of the attachment that it corrects or takes back; "" otherwise
	Cases   int    // of the source: they are queued to be planned again where something changed
}

// attachedID is what the id of an attachment begins with.
const attachedID = "attached-"

// Preview returns the source.attached that a case would get, and why it would be refused; was is
// the id of the attachment that it corrects, "" where it corrects none. Nothing is written.
func (a *Attach) Preview(book *casework.Book, events []casework.Event, was string, now time.Time) (casework.Event, *casework.Refusal) {
	row := attachmentRow{
		ID: attachedID + "preview", Source: a.Source, Reports: a.Reports, FromDay: dayOf(a.From), UntilDay: dayOf(a.Until), AtDay: *dayOf(today(now)),
	}
	e := row.event("case", now)
	e.Recorded, e.Backlog = now, a.Backlog
	if len(events) > 0 {
		e.Case = events[0].Case
	}
	e.Corrects = heldAs(events, a.Source, was)
	return e, book.Check(events, e)
}

// PreviewDetach returns the void that a case would get of an attachment; it has no id where the
// case holds nothing of it.
func PreviewDetach(events []casework.Event, stands Attachment, now time.Time) casework.Event {
	void := heldAs(events, stands.Source, stands.ID)
	if void == "" {
		return casework.Event{}
	}
	return casework.Event{ID: attachedID + "preview", Source: stands.Source, Case: events[0].Case, Voids: void, At: casework.OnDay(today(now)), Recorded: now}
}

// heldAs is the id of the event by which a case holds an attachment; "" where it does not.
func heldAs(events []casework.Event, source, attachment string) string {
	for i := range events {
		if e := &events[i]; attachment != "" && e.Source == source && e.Voids == "" && e.Data.Text(fieldAttachment) == attachment {
			return e.ID
		}
	}
	return ""
}

// Attach records what a source reports in all of its cases, and queues these to be planned again,
// which PlanAgain and the workers do. Saying the same again changes nothing. The same types from
// the same day with another last day correct the one before. The error is a RefusedError
// where the source is not known or what it reports cannot be.
func (s *Store) Attach(ctx context.Context, a Attach) (Attached, error) {
	var out Attached
	if err := saidBy(a.Reason, a.By); err != nil {
		return out, err
	}
	a = a.Sorted()
	err := s.inAttachments(ctx, a.Source, func(tx pgx.Tx, rows []attachmentRow, now time.Time) error {
		if _, refused := a.Preview(s.Book(), nil, "", now); refused != nil {
			return refusedf("%s", refused.Reason)
		}
		row := attachmentRow{Source: a.Source, Reports: a.Reports, FromDay: dayOf(a.From), UntilDay: dayOf(a.Until), Reason: a.Reason}
		if held := a.heldIn(rows); held != nil {
			out.Attachment = held.attachment()
			return nil
		}
		for _, stands := range standingAttachments(rows) {
			if !stands.sameSubject(&row) {
				continue
			}
			if sameDay(stands.UntilDay, row.UntilDay) {
				out.Attachment = stands.attachment()
				return nil
			}
			out.Was, row.Corrects = stands.ID, &stands.ID
		}
		if row.ID = a.ID; row.ID != "" {
			if err := s.newAttachmentID(ctx, tx, row.ID); err != nil {
				return err
			}
		}
		if a.Backlog {
			load, err := s.attachedLoad(ctx, tx, a.Source, now)
			if err != nil {
				return err
			}
			row.LoadID = &load
		}
		return s.addAttachment(ctx, tx, &row, a.By, now, &out)
	})
	return out, err
}

// heldIn returns the row that says the same under the same id, also where it stands no more: whoever says it again has not
// heard that it was recorded. It is nil if there is none.
func (a *Attach) heldIn(rows []attachmentRow) *attachmentRow {
	i := slices.IndexFunc(rows, func(r attachmentRow) bool { return a.ID != "" && r.ID == a.ID })
	if i < 0 || rows[i].Voids != nil || rows[i].Source != a.Source || day(rows[i].FromDay) != a.From || day(rows[i].UntilDay) != a.Until ||
		!slices.Equal(rows[i].Reports, a.Reports) || rows[i].Reason != a.Reason || (rows[i].LoadID != nil) != a.Backlog {
		return nil
	}
	return &rows[i]
}

// AttachmentHeld returns what the record holds under one of some ids, whether it stands or not, if that says the same as an attachment;
// nil where it holds none. ErrKnownOtherwise is returned where something else has one of them.
func (s *Store) AttachmentHeld(ctx context.Context, a Attach, ids ...string) (*Attachment, error) {
	a = a.Sorted()
	all, err := attachmentRows(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	for _, a.ID = range ids {
		if held := a.heldIn(all); held != nil {
			x := held.attachment()
			return &x, nil
		}
	}
	if slices.ContainsFunc(all, func(r attachmentRow) bool { return slices.Contains(ids, r.ID) }) {
		return nil, ErrKnownOtherwise
	}
	return nil, nil
}

// AttachmentTakenBack returns an attachment that was taken back; nil where none of that id was.
func (s *Store) AttachmentTakenBack(ctx context.Context, id string) (*Attachment, error) {
	all, err := attachmentRows(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	for _, entry := range attachmentEntries(all) {
		if entry.void != nil && slices.ContainsFunc(entry.chain, func(r *attachmentRow) bool { return r.ID == id }) {
			x := entry.last().attachment()
			return &x, nil
		}
	}
	return nil, nil
}

// ErrKnownOtherwise says that an id is that of something else.
var ErrKnownOtherwise = errors.New("it is the id of something else")

// ErrUnknownSource says that the record holds nothing of a source. Who is told so may not be told which sources it knows.
var ErrUnknownSource = errors.New("the record holds nothing of the source")

// unknownSourceError is ErrUnknownSource with the sources that the record knows.
type unknownSourceError string

func (e unknownSourceError) Error() string { return string(e) }

// Is reports whether the error is ErrUnknownSource.
func (e unknownSourceError) Is(target error) bool { return target == ErrUnknownSource }

// Detach takes an attachment back as a mistake: its cases stand as if it had never been made.
// Where a source only stops to report, Attach with the last day that it covers says so.
func (s *Store) Detach(ctx context.Context, id, reason, by string) (Attached, error) {
	var out Attached
	if strings.TrimSpace(reason) == "" {
		return out, refusedf("the reason is missing: an attachment is taken back for one")
	}
	if err := saidBy(reason, by); err != nil {
		return out, err
	}
	var source string
	err := s.pool.QueryRow(ctx, `select source from attachments where id = $1`, id).Scan(&source)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, refusedf("the record has no attachment %q: 'starter attach --list' shows them", id)
	}
	if err != nil {
		return out, fmt.Errorf("looking for an attachment: %w", explain(err))
	}
	err = s.inAttachments(ctx, source, func(tx pgx.Tx, rows []attachmentRow, now time.Time) error {
		i := slices.IndexFunc(rows, func(r attachmentRow) bool { return r.ID == id })
		if rows[i].Voids != nil {
			return refusedf("%s takes an attachment back, which is final: attach the source again", id)
		}
		entries := attachmentEntries(rows)
		entry := &entries[slices.IndexFunc(entries, func(e attachmentEntry) bool { return slices.Contains(e.chain, &rows[i]) })]
		tail := entry.last()
		out.Attachment, out.Was = tail.attachment(), tail.ID
		if entry.void != nil {
			return nil
		}
		row := attachmentRow{Source: source, Reports: []string{}, Voids: &tail.ID, Reason: reason}
		return s.addAttachment(ctx, tx, &row, by, now, &out)
	})
	return out, err
}

// saidBy refuses a reason and a name that cannot be kept.
func saidBy(reason, by string) error {
	if why := names.TextFault(reason); why != "" {
		return refusedf("the reason %s", why)
	}
	if why := names.Fault(by); by != "" && why != "" {
		return refusedf("the name of who says so %s", why)
	}
	if len(reason) > maxReason {
		return refusedf("the reason is longer than %d bytes: shorten it", maxReason)
	}
	return nil
}

// Attachments lists what stands of what sources report, of one source or of all ("").
func (s *Store) Attachments(ctx context.Context, source string) ([]Attachment, error) {
	all, err := attachmentRows(ctx, s.pool)
	if err != nil {
		return nil, explain(err)
	}
	var list []Attachment
	for _, stands := range standingAttachments(all) {
		if source == "" || stands.Source == source {
			list = append(list, stands.attachment())
		}
	}
	return list, nil
}

// inAttachments runs fn with the attachments of a source, one at a time for each source, and not
// while a case of it is being made: that case is seen, or sees what fn says.
func (s *Store) inAttachments(ctx context.Context, source string, fn func(pgx.Tx, []attachmentRow, time.Time) error) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `select from sources where name = $1 for update`, source)
		if err != nil {
			return fmt.Errorf("locking a source: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return s.unknownSource(ctx, tx, source)
		}
		all, err := attachmentRows(ctx, tx)
		if err != nil {
			return err
		}
		now, err := s.nowToWrite(ctx, tx)
		if err != nil {
			return err
		}
		return fn(tx, slices.DeleteFunc(all, func(r attachmentRow) bool { return r.Source != source }), now)
	})
}

func (s *Store) unknownSource(ctx context.Context, tx pgx.Tx, source string) error {
	known, err := rows[struct{ Name string }](ctx, tx, "reading the sources", `select name from sources order by name`)
	if err != nil {
		return err
	}
	list := make([]string, len(known))
	for i := range known {
		list[i] = known[i].Name
	}
	if len(list) == 0 {
		return &RefusedError{unknownSourceError(fmt.Sprintf(
			"the record holds no case of the source %q yet: load its return or record its events first", source))}
	}
	return &RefusedError{unknownSourceError(fmt.Sprintf(
		"the record knows no source %q, but %s: name one of these with --source, or load its return or record its events first", source, strings.Join(list, ", ")))}
}

// addAttachment writes a row and queues the cases of its source.
func (s *Store) addAttachment(ctx context.Context, tx pgx.Tx, row *attachmentRow, by string, now time.Time, out *Attached) error {
	if row.ID == "" {
		row.ID = attachedID + strings.ReplaceAll(uuid.NewString(), "-", "")[:12]
	}
	err := tx.QueryRow(ctx, `
		insert into attachments (id, source, reports, from_day, until_day, corrects, voids, reason, at_day, recorded, recorded_by, load_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce(nullif($11, ''), session_user), $12) returning recorded_by`,
		row.ID, row.Source, row.Reports, row.FromDay, row.UntilDay, row.Corrects, row.Voids, row.Reason, dayOf(today(now)), now, by, row.LoadID).
		Scan(&row.RecordedBy)
	if err != nil {
		return fmt.Errorf("recording what a source reports: %w", err)
	}
	row.Recorded = now
	if row.Voids == nil {
		out.Attachment = row.attachment()
	}
	tag, err := tx.Exec(ctx, `
		insert into replans (case_key, why) select distinct case_key, 'what its source reports changed' from case_references
		where source = $1 order by 1 on conflict (case_key) do update set next_at = clock_timestamp()`, row.Source)
	if err != nil {
		return fmt.Errorf("queueing the cases of a source: %w", err)
	}
	out.Changed, out.Cases = true, int(tag.RowsAffected())
	return nil
}

// MostAttachmentID is how long the id of an attachment can be, in bytes. It leaves room for the key of a case in the ids of the events.
const MostAttachmentID = 100

// newAttachmentID refuses an id that cannot be kept, or is another's.
func (s *Store) newAttachmentID(ctx context.Context, tx pgx.Tx, id string) error {
	switch why := names.Fault(id); {
	case why != "":
		return refusedf("the id of the attachment %s", why)
	case len(id) > MostAttachmentID:
		return refusedf("the id of the attachment is longer than %d bytes: shorten it", MostAttachmentID)
	}
	var taken bool
	if err := tx.QueryRow(ctx, `select exists (select from attachments where id = $1)`, id).Scan(&taken); err != nil {
		return fmt.Errorf("looking for an attachment: %w", err)
	}
	if taken {
		return refusedf("%s is the id of another attachment: 'starter attach --list' shows those that stand", id)
	}
	return nil
}

// attachedLoad is a load, complete already, whose lists name what an attachment of history brings
// to light.
func (s *Store) attachedLoad(ctx context.Context, tx pgx.Tx, source string, now time.Time) (string, error) {
	id := uuid.NewString()
	_, err := tx.Exec(ctx, `insert into loads (id, source, kind, began, completed, backlog) values ($1, $2, 'attachment', $3, $3, true)`, id, source, now)
	if err != nil {
		return "", fmt.Errorf("noting an attachment of history: %w", err)
	}
	return id, nil
}

// attachmentRow is a row of attachments.
type attachmentRow struct {
	ID         string
	Source     string
	Reports    []string
	FromDay    *time.Time
	UntilDay   *time.Time
	Corrects   *string
	Voids      *string
	Reason     string
	AtDay      time.Time
	Recorded   time.Time
	RecordedBy string
	LoadID     *string
}

func attachmentRows(ctx context.Context, q querier) ([]attachmentRow, error) {
	return rows[attachmentRow](ctx, q, "reading what sources report", `
		select id, source, reports, from_day, until_day, corrects, voids, reason, at_day, recorded, recorded_by, load_id::text
		from attachments order by seq`)
}

func (r *attachmentRow) attachment() Attachment {
	return Attachment{
		ID: r.ID, Source: r.Source, Reports: r.Reports, From: day(r.FromDay), Until: day(r.UntilDay), Said: r.Recorded.UTC(), By: r.RecordedBy, Reason: r.Reason,
	}
}

// sameSubject reports whether two rows say the same but for the last day.
func (r *attachmentRow) sameSubject(o *attachmentRow) bool {
	return sameDay(r.FromDay, o.FromDay) && slices.Equal(r.Reports, o.Reports)
}

func sameDay(a, b *time.Time) bool { return day(a) == day(b) }

// event is the row as an event of a case, which is named by the end of the event's id; what it
// corrects or voids is not set.
func (r *attachmentRow) event(key string, now time.Time) casework.Event {
	e := casework.Event{ID: r.inCase(key), Source: r.Source, Case: key, Type: admission.SourceAttached, At: casework.OnDay(min(day(&r.AtDay), today(now))), By: r.RecordedBy}
	if r.Voids != nil {
		e.Data = casework.Data{"reason": r.Reason}
		return e
	}
	e.Data = casework.Data{"name": r.Source, "reports": r.Reports, "from": day(r.FromDay).String(), fieldAttachment: r.ID}
	if r.UntilDay != nil {
		e.Data["until"] = day(r.UntilDay).String()
	}
	return e
}

// fieldAttachment is the field of a source.attached that names the attachment of the whole source
// for which it stands.
const fieldAttachment = "attachment"

func (r *attachmentRow) inCase(key string) string { return r.ID + "." + key }

// attachmentEntry is what a source once said that it reports.
type attachmentEntry struct {
	chain []*attachmentRow // the first row and its corrections, in order
	void  *attachmentRow   // what takes it back; nil: nothing does
}

// last returns the row that stands, unless the entry is taken back.
func (e *attachmentEntry) last() *attachmentRow { return e.chain[len(e.chain)-1] }

// attachmentEntries returns the attachments of a source, each with its corrections: what corrects what
// is decided as it is for events.
func attachmentEntries(rows []attachmentRow) []attachmentEntry {
	events, byID := make([]casework.Event, len(rows)), make(map[string]*attachmentRow, len(rows))
	for i := range rows {
		r := &rows[i]
		events[i] = casework.Event{ID: r.ID, Corrects: text(r.Corrects), Voids: text(r.Voids), Recorded: r.Recorded}
		byID[r.ID] = r
	}
	var list []attachmentEntry
	for _, h := range casework.Histories(events, time.Time{}) {
		e := attachmentEntry{chain: []*attachmentRow{byID[h.ID()]}}
		for _, x := range h.Revisions {
			switch row := byID[x.Event.ID]; {
			case !x.IsVoid():
				e.chain = append(e.chain, row)
			case e.void == nil:
				e.void = row
			}
		}
		list = append(list, e)
	}
	return list
}

// standingAttachments returns the last of each chain that nothing takes back.
func standingAttachments(rows []attachmentRow) []*attachmentRow {
	var list []*attachmentRow
	for _, e := range attachmentEntries(rows) {
		if e.void == nil {
			list = append(list, e.last())
		}
	}
	return list
}

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
				added = append(added, addedEvent{Event: admission.Event{Event: e, N: admission.ByRecorder}, load: load})
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
			f.events = append(f.events, missing[i].Event.Event)
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
