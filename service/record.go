package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"longstop/access"
	"longstop/admission"
	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
	"longstop/internal/names"
	"longstop/organisation"
	"longstop/pathway"
	"longstop/service/loading"
	"longstop/store"
	"longstop/timescale"
)

// Recording is events to be recorded.
type Recording struct {
	Source string // whose references the cases go by, where an event does not say
	Events []casework.Event
	Unread []casework.Refusal // what came with them and was not an event
	// Backlog says that this is history: what it finds overdue goes on one list for each manager, and those ladders
	// start five working days later (rules.md, section 6).
	Backlog bool
}

// casesAtOnce is how many cases are handed to the record before their nudges are sent.
const casesAtOnce = 50

// recording is an answer in the making.
type recording struct {
	api.Recorded

	unopened []store.Unopened // see warnUnopened
	left     int              // how many events were not tried
}

// newRecording is the answer to so many events.
func newRecording(events int) *recording {
	return &recording{Recorded: api.Recorded{Refused: []api.Refusal{}}, left: events}
}

// Record records events, case by case, and sends the nudges that follow. Recording one again changes nothing. The
// answer is nil where nothing was tried; with ErrPartlyRefused it names what was refused, and with a failure it says
// what was recorded all the same. A failure of single cases keeps none of the others from being recorded.
func (s *Service) Record(ctx context.Context, in Recording) (*api.Recorded, error) {
	done := newRecording(len(in.Events))
	done.Refused = refusals(in.Unread)
	err := s.writes(ctx, func(u *use) error {
		record := s.recordAll
		if in.Backlog {
			record = s.recordBacklog
		}
		err := record(ctx, in.Source, in.Events, done)
		s.warnUnopened(ctx, done)
		return done.outcome(err)
	})
	return done.end(ctx, err)
}

// recordAll records events and sends the nudges that follow. Done says what was recorded before an error.
func (s *Service) recordAll(ctx context.Context, source string, events []casework.Event, done *recording) error {
	delivery := inBackground(s.connected(ctx))
	p := s.watch.Begin("events recorded", len(events))
	var failed error
	for _, chunk := range inCases(events, casesAtOnce) {
		r, err := s.record.Record(ctx, source, chunk)
		done.add(&r, len(chunk))
		delivery.Deliver(ctx, r.Nudges)
		if failed = cmp.Or(failed, err); r.Stopped {
			break
		}
		p.Add(len(chunk))
	}
	done.Clocks = delivery.end()
	p.End()
	return failed
}

// Pushing is events that a system hands in.
type Pushing struct {
	Source string // whose they are
	Events []casework.Event
	Unread int  // how many came with them that could not be read
	Reads  bool // whoever hands them in may read the record; else the answer says nothing of what it holds
	// Permits reports whether events of a type may be corrected and voided; nil: of any.
	Permits func(eventType string) bool
}

// ActionOf returns what somebody must be allowed to do who hands in an event.
func ActionOf(e *casework.Event) access.Action {
	switch {
	case e.Case == "", organisation.IsPeopleType(e.Type): // those of people and teams name no case
		return access.People
	case e.Type == admission.SourceAttached:
		return access.Attach
	case e.Type == "notice.acknowledged":
		return access.Acknowledge
	default:
		return access.Record
	}
}

// Push records events that a system hands in, case by case, and waits for nothing but the record: the nudges that
// follow are sent by SendNudges, or by the worker. Of what is new the record itself notes in the audit, case by case, who
// recorded it, in the transaction that writes it; only where nothing was new, or not everything was taken, one more row says
// how the push ended. The answer always says what became of each event; with an error some
// were not tried, and pushing all of them again does the rest.
func (s *Service) Push(ctx context.Context, in Pushing) (*api.Pushed, error) {
	var done store.Recorded
	var err error
	if len(in.Events) > 0 {
		done, err = s.record.RecordPermitted(ctx, in.Source, in.Events, in.Permits)
	}
	s.nudges.hand(done.Nudges)
	out := &api.Pushed{Items: make([]api.Outcome, len(in.Events)), Warnings: []api.Refusal{}}
	if in.Reads {
		out.Warnings = refusals(slices.Concat(done.Warnings, done.DidNotCount))
	} else {
		out.Warnings = slices.Concat(withoutFacts(done.Warnings, doubtful, in.Events), withoutFacts(done.DidNotCount, didNotCount, in.Events))
	}
	for i, o := range done.InOrder(len(in.Events)) {
		out.Items[i] = api.Outcome{Outcome: o.Fate, Reason: o.Reason, Code: o.Code, Field: o.Field}
	}
	for _, u := range done.Unopened {
		out.Warnings = append(out.Warnings, api.Refusal{Event: u.Event, Reason: "recorded, but " + unopenedReason(u.Reference, "")})
	}
	if len(done.Changed) > 0 && in.Reads {
		changed := dutyChanges(done.Changed)
		out.Changed = &changed
	}
	s.notePush(ctx, howPushed(&done, in.Unread > 0 || !out.Taken(), err))
	return out, Cause(ctx, err)
}

// What whoever may not read the record is told instead of a warning, which says what the record holds and why it is at odds
// with that.
var (
	doubtful = api.Refusal{
		Code: api.Doubtful, Reason: "recorded, but something of it is doubtful, such as a reference of a person or a team that nobody has recorded, or a date: compare it with your own record",
	}
	didNotCount = api.Refusal{
		Code: api.DidNotCount, Reason: "recorded, but it did not count for any timescale: check the reference of its case, its date and its episode",
	}
)

// withoutFacts returns a warning in place of each, at the event that was handed in and at none that was not.
func withoutFacts(list []casework.Refusal, instead api.Refusal, handedIn []casework.Event) []api.Refusal {
	rows := make([]api.Refusal, len(list))
	for i := range list {
		rows[i] = instead
		if slices.ContainsFunc(handedIn, func(e casework.Event) bool { return e.ID == list[i].Event }) {
			rows[i].Event, rows[i].Line = list[i].Event, list[i].Line
		}
	}
	return rows
}

// howPushed is how a push ended where what was written of it does not say that; "" where it does, or where a row of the
// audit could be written no more than the events.
func howPushed(done *store.Recorded, refused bool, err error) store.Outcome {
	switch {
	case errors.Is(err, store.ErrUnreachable) && len(done.Outcomes) == 0:
		return ""
	case err != nil:
		return store.AuditFailed
	case refused:
		return store.AuditRefused
	case done.New+done.GaveWay > 0:
		return ""
	default:
		return store.AuditDone
	}
}

// notePush notes how a push ended.
func (s *Service) notePush(ctx context.Context, outcome store.Outcome) {
	if outcome == "" {
		return
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if failed := s.record.Note(end, outcome, ""); failed != nil {
		s.watch.Warn("the audit does not show how a push ended: " + failed.Error())
	}
}

// inCases cuts events into chunks of so many cases, each case whole and in the order of the file; those of people
// come first, since others are told of what follows from the cases.
func inCases(events []casework.Event, most int) [][]casework.Event {
	byRef := map[[2]string][]casework.Event{}
	var refs [][2]string
	for i := range events {
		key := [2]string{events[i].Source, events[i].Case}
		if byRef[key] == nil {
			refs = append(refs, key)
		}
		byRef[key] = append(byRef[key], events[i])
	}
	slices.SortStableFunc(refs, func(x, y [2]string) int { return cmp.Compare(min(1, len(x[1])), min(1, len(y[1]))) })
	var chunks [][]casework.Event
	for chunk := range slices.Chunk(refs, most) {
		var list []casework.Event
		for _, ref := range chunk {
			list = append(list, byRef[ref]...)
		}
		chunks = append(chunks, list)
	}
	return chunks
}

// recordBacklog records the history of a source as a load of its own. Events of people are recorded first, and
// belong to no load.
func (s *Service) recordBacklog(ctx context.Context, source string, events []casework.Event, done *recording) error {
	staff, cases, err := ofOneSource(source, events)
	if err != nil {
		return err
	}
	r, err := s.record.Record(ctx, source, staff)
	done.add(&r, len(staff))
	if err != nil {
		return err
	}
	id, _, err := s.record.BeginLoad(ctx, store.Load{Source: source, Kind: "events", Backlog: true})
	if err != nil {
		return err
	}
	delivery := inBackground(s.connected(ctx))
	failed := s.loadAll(ctx, id, cases, done, delivery)
	if failed == nil {
		failed = s.record.CompleteLoad(ctx, id)
	}
	done.Clocks = delivery.end()
	return failed
}

// loadAll records the cases of a load, some at a time. An error of single cases keeps none of the others from being
// recorded.
func (s *Service) loadAll(ctx context.Context, id string, cases []store.CaseEvents, done *recording, to *background) error {
	p := s.watch.Begin("cases recorded", len(cases))
	defer p.End()
	var failed error
	for chunk := range slices.Chunk(cases, casesAtOnce) {
		r, err := s.record.LoadCases(ctx, id, chunk)
		done.add(&r, eventsIn(chunk))
		to.Deliver(ctx, r.Nudges)
		if failed = cmp.Or(failed, err); r.Stopped {
			return failed
		}
		p.Add(len(chunk))
	}
	return failed
}

func eventsIn(cases []store.CaseEvents) int {
	n := 0
	for i := range cases {
		n += len(cases[i].Events)
	}
	return n
}

// ofOneSource parts the events of people from those of cases, which it gathers by case. A load is of one source: the
// error says which event names another.
func ofOneSource(source string, events []casework.Event) (staff []casework.Event, cases []store.CaseEvents, err error) {
	at := map[string]int{}
	for _, e := range events {
		if cmp.Or(e.Source, source) != source {
			return nil, nil, usagef(OtherSource, "%s: the event names the source %s, and the history is of %s: record each source's by itself",
				e.ID, e.Source, source)
		}
		if e.Case == "" {
			staff = append(staff, e)
			continue
		}
		i, known := at[e.Case]
		if !known {
			i = len(cases)
			at[e.Case] = i
			cases = append(cases, store.CaseEvents{Reference: e.Case})
		}
		cases[i].Events = append(cases[i].Events, e)
	}
	return staff, cases, nil
}

// add adds what the record says of so many events.
func (r *recording) add(done *store.Recorded, events int) {
	r.left -= events - done.EventsNotTried()
	r.New += done.New
	r.Known += done.Known
	r.GaveWay += done.GaveWay
	r.Refused = append(r.Refused, refusals(done.Refused)...)
	r.Warnings = append(r.Warnings, refusals(slices.Concat(done.Warnings, done.DidNotCount))...)
	if len(done.Changed) > 0 {
		all := dutyChanges(done.Changed)
		if r.Changed != nil {
			all = append(*r.Changed, all...)
		}
		r.Changed = &all
	}
	r.unopened = append(r.unopened, done.Unopened...)
}

func refusals(list []casework.Refusal) []api.Refusal {
	rows := make([]api.Refusal, len(list))
	for i := range list {
		rows[i] = api.RefusalOf(&list[i])
	}
	return rows
}

func dutyChanges(list []store.CaseChanged) []api.CaseDutyChange {
	rows := []api.CaseDutyChange{}
	for _, c := range list {
		for i := range c.Duties {
			rows = append(rows, api.CaseDutyChange{Case: c.Reference, DutyChange: api.DutyChangeOf(&c.Duties[i])})
		}
	}
	return rows
}

// Untried is the answer where the record could not be reached, or refused everything: nothing was recorded because of
// an error. It is nil where the error is no failure.
func (in Recording) Untried(ctx context.Context, err error) (*api.Recorded, error) {
	done := newRecording(len(in.Events))
	done.Refused = refusals(in.Unread)
	return done.end(ctx, err)
}

// outcome is how recording ended: by a failure, or with something refused.
func (r *recording) outcome(err error) error { return cmp.Or(err, partlyRefused(len(r.Refused) > 0)) }

// end returns the answer with how it ended. A refusal of all of it, or wrong usage, comes without an answer.
func (r *recording) end(ctx context.Context, err error) (*api.Recorded, error) {
	if r.Failure = failureOf(ctx, err); r.Failure != nil {
		r.NotTried = &r.left
	} else if err != nil && !errors.Is(err, ErrPartlyRefused) {
		return nil, err
	}
	return &r.Recorded, r.outcome(err)
}

// mostLookedFor bounds for how many references of one request similar ones are looked for: a whole file of cases that
// nobody has opened is no slip of the keyboard.
const mostLookedFor = 20

// unopenedReason says that nothing has opened a case, and which one may be meant among others.
func unopenedReason(reference, others string) string {
	return fmt.Sprintf("nothing has opened its case %s, so it starts no timescale and counts for none: check the case's reference.%s", reference, others)
}

// warnUnopened warns of what was recorded in cases that nothing has opened, and names cases with similar references.
// Where these cannot be read, the warning reports that instead.
func (s *Service) warnUnopened(ctx context.Context, done *recording) {
	known := map[string][]string{}
	for i, u := range done.unopened {
		others := ""
		if i < mostLookedFor {
			others = s.similar(ctx, u, known)
		}
		done.Warnings = append(done.Warnings, api.Refusal{Event: u.Event, Line: u.Line, Reason: "recorded, but " + unopenedReason(u.Reference, others)})
	}
}

// similar asks whether another case was meant; known keeps each source's references.
func (s *Service) similar(ctx context.Context, u store.Unopened, known map[string][]string) string {
	refs, read := known[u.Source]
	if !read {
		var err error
		if refs, err = s.record.References(ctx, u.Source); err != nil {
			return fmt.Sprintf(" (Similar ones could not be looked for: %v.)", err)
		}
		known[u.Source] = refs
	}
	return names.DidYouMean(u.Reference, slices.Values(refs))
}

// Import is a return to be loaded.
type Import struct {
	Source string // the name under which the record keeps it
	// Format returns the return's format, given the calendar of the law in force; nil before there is one.
	Format func(*calendar.Calendar) intake.Format
	Open   func() (io.ReadCloser, error) // opens the return at its beginning; called more than once

	DryRun      bool // read and compare, and write nothing
	ConfirmGone bool // load it though it takes back, or moves, much of what the record holds
	ShowIDs     bool // name the children by their ids in the source as well

	// Behind leaves what follows for the clocks to SendNudges, and waits for nothing but the record.
	Behind bool
}

// Imported is the reconciliation of a load, with what became of the clocks.
type Imported struct {
	*api.Loaded
	File         string     `json:"file"` // what the caller opened
	Clocks       api.Clocks `json:"clocks"`
	*api.Failure            // nil where every child was tried

	// Defaults are, after the first load of a source, the limits of Longstop's that the council has not set.
	Defaults []api.Default `json:"defaults,omitempty"`
}

// Import loads a return. A file that is refused whole gives no answer; a load that must be confirmed is refused with
// an answer that says what it would do. Otherwise it is as with Record.
func (s *Service) Import(ctx context.Context, in Import) (done *Imported, err error) {
	run := func(ctx context.Context) error {
		return s.writes(ctx, func(*use) error {
			done, err = s.load(ctx, in)
			if done == nil || len(done.Asks) > 0 {
				return refusedWhole(err)
			}
			done.Failure = failureOf(ctx, err)
			if err != nil {
				return err
			}
			return partlyRefused(len(done.Refusals) > 0)
		})
	}
	if in.DryRun {
		err = run(ctx)
		return done, err
	}
	err = s.inTurn(ctx, in.Source, in.Format(s.calendar()).Name(), !in.Behind, run)
	return done, err
}

// ErrBusy is returned where another load of the same source runs. Nothing was done: the same again is safe.
var ErrBusy = store.ErrTaken

// turnWait is how long a load waits for another of its source to end.
const turnWait = 3 * time.Second

// inTurn runs a load while no other of its source and kind runs. Somebody who waits for the answer anyhow is told why, and
// waits on.
func (s *Service) inTurn(ctx context.Context, source, kind string, patient bool, run func(context.Context) error) error {
	err := s.record.InTurn(ctx, source, kind, turnWait, run)
	if patient && errors.Is(err, ErrBusy) {
		s.watch.Warn("another load of this source is under way, here or elsewhere: this one begins once that has ended")
		return s.record.InTurn(ctx, source, kind, 0, run)
	}
	return err
}

func (s *Service) load(ctx context.Context, in Import) (*Imported, error) {
	now, err := s.record.Now(ctx)
	if err != nil {
		return nil, err
	}
	to := s.absent(nil) // a dry run sends nothing
	if !in.DryRun && !in.Behind {
		to = s.connected(ctx)
	}
	delivery := inBackground(to)
	var courier loading.Courier = delivery
	if in.Behind {
		courier = handing{s.nudges}
	}
	p := s.watch.Begin("children", 0)
	result, err := loading.Return(ctx, s.record, courier, loading.Options{
		Format: in.Format(s.calendar()), Open: in.Open, Source: in.Source, Day: calendar.DateOf(now),
		DryRun: in.DryRun, ConfirmGone: in.ConfirmGone, ShowIDs: in.ShowIDs, Progress: p.Set,
	})
	moved := delivery.end()
	p.End()
	if result == nil {
		return nil, err
	}
	done := &Imported{Loaded: result, Clocks: moved}
	if result.Backlog {
		done.Defaults = defaultsOf(s.record.Book().Pack())
	}
	return done, err
}

// ImportPeople loads a list of people and teams, and of the cases that move with it: what differs from the record
// is recorded. A load that must be confirmed is refused with an answer that says why. Otherwise it is as with Record.
func (s *Service) ImportPeople(ctx context.Context, in loading.PeopleOptions) (answer *api.PeopleLoaded, err error) {
	run := s.writes
	if in.DryRun {
		run = s.reads
	}
	err = run(ctx, func(u *use) error {
		answer, err = u.importPeople(ctx, in)
		return err
	})
	return answer, err
}

func (u *use) importPeople(ctx context.Context, in loading.PeopleOptions) (*api.PeopleLoaded, error) {
	if in.DryRun { // what it shows of cases is how many are with somebody
		if err := u.readsCases(ctx); err != nil {
			return nil, err
		}
	}
	out, events, err := loading.People(ctx, u.record, in)
	if errors.Is(err, loading.ErrAhead) {
		return nil, misuse("on", "%w", err)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case len(out.Asks) > 0 && !in.DryRun:
		return out, refused(errors.New("the load asks to be confirmed: " + strings.Join(out.Asks, "; ")))
	case in.DryRun:
		return out, partlyRefused(len(out.Refused) > 0)
	}
	done := newRecording(len(events))
	err = u.recordAll(ctx, in.Source, events, done)
	out.New, out.Known, out.Clocks = done.New, done.Known, done.Clocks
	out.EventsRefused, out.Warnings = done.Refused, done.Warnings
	out.Failure = failureOf(ctx, err)
	if err != nil {
		return out, err
	}
	return out, partlyRefused(len(out.Refused)+len(out.EventsRefused) > 0)
}

// calendar returns that of the law in force, or nil.
func (s *Service) calendar() *calendar.Calendar {
	if book := s.record.Book(); book != nil {
		return book.Calendar()
	}
	return nil
}

// refusedWhole returns an error as a refusal if nothing of the return was written because of it.
func refusedWhole(err error) error {
	var broken *intake.BrokenError
	var gone *loading.GoneError
	if errors.As(err, &broken) || errors.As(err, &gone) {
		return refused(err)
	}
	return err
}

// defaultsOf lists the timescales in force whose number is a default of Longstop.
func defaultsOf(pack *timescale.Pack) []api.Default {
	var list []api.Default
	for i := range pack.Timescales {
		t := &pack.Timescales[i]
		if last := &t.Editions[len(t.Editions)-1]; last.Default && t.Off == "" {
			list = append(list, api.Default{Ref: t.Ref, Title: t.Title, Limit: t.LimitText()})
		}
	}
	return list
}

// Feeding is a body of a feed: children who changed.
type Feeding struct {
	Source string
	Format intake.Format
	Open   func() (io.ReadCloser, error) // opens the body at its beginning; called more than once
	// ConfirmDeleted lets it delete more children in a day than it may without a question.
	ConfirmDeleted bool
}

// Fed is what became of a body of a feed.
type Fed struct {
	*api.Loaded
	Receipts []string // one for each child, in order
}

// receiptTime is how a receipt begins. Senders take it apart at its underscores, of which it has two.
const receiptTime = "2006-01-02_15:04:05.00"

// Feed loads a body of a feed, and waits for nothing but the record. A body that is broken is refused. Whatever else is
// refused is written to the log, by the receipt of its child and never by the child's id: a sender holds what was
// received for delivered, and would send a hundred children again for the one at fault. An error means that some were not
// tried; sending the body again does the rest.
func (s *Service) Feed(ctx context.Context, in Feeding) (done *Fed, err error) {
	err = s.inTurn(ctx, in.Source, in.Format.Name(), false, func(ctx context.Context) error {
		select {
		case s.feeds <- struct{}{}: // those of several sources one after another too: each takes the machine for seconds
			defer func() { <-s.feeds }()
		case <-ctx.Done():
			return Cause(ctx, ctx.Err())
		}
		return s.writes(ctx, func(*use) error {
			done, err = s.loadFeed(ctx, in)
			return err
		})
	})
	return done, err
}

func (s *Service) loadFeed(ctx context.Context, in Feeding) (*Fed, error) {
	now, err := s.record.Now(ctx)
	if err != nil {
		return nil, err
	}
	loaded, err := loading.Changes(ctx, s.record, handing{s.nudges}, loading.Options{
		Format: in.Format, Open: in.Open, Source: in.Source, Day: calendar.DateOf(now), ConfirmDeleted: in.ConfirmDeleted,
	})
	var broken *intake.BrokenError
	var another *loading.AuthorityError
	var silence *loading.SilenceError
	switch {
	case errors.As(err, &broken):
		return nil, refused(err)
	case errors.As(err, &another):
		return nil, refusef(OtherAuthority, "%w", err)
	case errors.As(err, &silence):
		s.watch.Warn("feed: a body was refused: " + err.Error())
		return nil, refusef(ClocksUnfollowed, "%w", err)
	case loaded == nil:
		return nil, err
	}
	done := &Fed{Loaded: loaded.Loaded, Receipts: make([]string, loaded.Loaded.Children)}
	for i := range done.Receipts {
		done.Receipts[i] = now.UTC().Format(receiptTime) + "_" + uuid.NewString() + ".json"
	}
	s.reportFed(done)
	if err == nil {
		// It is written before the answer; where it cannot be, the body is sent again, and it is then.
		err = s.followFeed(ctx, in.Source, done.Receipts, loaded.Children)
	}
	return done, err
}

// FeedMove says of which authority the children of a feed are from now on.
type FeedMove struct {
	Source, Kind, Authority string
	Reason, By              string
}

// MoveFeed says of which authority the children of a feed are, where its first body named a wrong code or the children have
// become another authority's. Bodies of any other are refused from then on.
func (s *Service) MoveFeed(ctx context.Context, m FeedMove) (moved *api.Feed, err error) {
	if !isAuthority(m.Authority) {
		return nil, misuse("authority", "is the three digits of an authority's code, such as 845")
	}
	if m.Reason == "" {
		return nil, misuse("reason", "is missing: it is kept with the change")
	}
	err = s.writes(ctx, func(u *use) error {
		was, err := u.record.MoveFeed(ctx, store.FeedAuthority{Source: m.Source, Kind: m.Kind, Authority: m.Authority, Reason: m.Reason, By: m.By})
		moved = &api.Feed{Source: m.Source, Kind: m.Kind, Authority: m.Authority, Was: was, Reason: m.Reason, By: m.By, Changed: was != m.Authority}
		var why *store.RefusedError
		if errors.As(err, &why) {
			return refused(err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return moved, nil
}

func isAuthority(code string) bool {
	return len(code) == 3 && strings.Trim(code, "0123456789") == ""
}

// Feeds lists whose children the feeds tell of.
func (s *Service) Feeds(ctx context.Context) (list []api.Feed, err error) {
	err = s.reads(ctx, func(u *use) error {
		u.noted = true // it says nothing of any child
		all, err := u.record.FeedAuthorities(ctx)
		for _, f := range all {
			list = append(list, api.Feed{Source: f.Source, Kind: f.Kind, Authority: f.Authority, Reason: f.Reason, By: f.By, Said: f.Said.Format(time.RFC3339)})
		}
		return err
	})
	return list, err
}

// followFeed writes down what a body refuses of its children, and what it puts right of earlier ones.
func (s *Service) followFeed(ctx context.Context, source string, receipts []string, children []loading.FedChild) error {
	body := store.FedBody{Source: source}
	for i := range children {
		c := &children[i]
		if c.Reference != "" {
			body.References = append(body.References, c.Reference)
		}
		for _, r := range c.Refused {
			r.Receipt = receipts[c.Number-1]
			body.Refused = append(body.Refused, r)
		}
	}
	body.Settles = func(p store.FedPlace) bool {
		return slices.ContainsFunc(children, func(c loading.FedChild) bool { return c.Settles(p) })
	}
	return s.record.FollowFeed(ctx, &body)
}

// FeedRefusals lists what the feeds of a source were refused, the oldest first: what stands, or with settled all of it.
func (s *Service) FeedRefusals(ctx context.Context, source string, settled bool, p Page) (*api.FeedRefusalPage, error) {
	key, err := s.keyAfter(ctx, p, listFeedRefusals, 1)
	if err != nil {
		return nil, err
	}
	out := &api.FeedRefusalPage{Refusals: []api.FeedRefusal{}}
	err = s.reads(ctx, func(u *use) error {
		if err := u.readsCases(ctx); err != nil {
			return err
		}
		list, last, err := s.record.FedRefusals(ctx, source, settled, key[0], p.rows(mostPageRows))
		if err != nil {
			return err
		}
		for i := range list {
			out.Refusals = append(out.Refusals, api.FeedRefusalOf(&list[i]))
		}
		if last != "" {
			out.Next, err = s.cursorOf(ctx, listFeedRefusals, last)
		}
		return err
	})
	return out, err
}

// reportFed writes down what was not taken of a body, and what it took back.
func (s *Service) reportFed(done *Fed) {
	lines := make([]int, len(done.Receipts))
	say := func(child int, format string, args ...any) {
		if child <= 0 || child > len(lines) {
			return
		}
		switch n := lines[child-1]; {
		case n == mostFedLines:
			format, args = "more was refused of the child than is written here", nil
			fallthrough
		case n < mostFedLines:
			s.watch.Warn("feed: " + done.Receipts[child-1] + ": " + fmt.Sprintf(format, args...))
		}
		lines[child-1]++
	}
	if fields := unknownFields(done.Unknown); fields != "" {
		say(1, "the body of this child has fields that the feed is not known to have, and what they say is not read: %s", fields)
	}
	for _, r := range done.RowsRefused {
		say(r.Child, "%s %s", r.Element, r.Reason)
	}
	for _, e := range done.EventsRefused {
		say(e.Child, "%s was refused by the record: %s", e.Element, e.Reason)
	}
	for _, k := range slices.Concat(done.Kept, done.TakenBack) {
		kept := slices.ContainsFunc(k.Rows, func(r api.HeldRow) bool { return r.Why != "" })
		if kept {
			say(k.Child, "%d rows that the feed does not bear out are kept: %s", len(k.Rows), k.Rows[0].Why)
		} else {
			say(k.Child, "%d rows are taken back", len(k.Rows))
		}
	}
}

// mostFedLines bounds how many lines a child of a body has in the log: a body can hold a hundred thousand faults.
const mostFedLines = 500

// mostUnknown bounds how many unknown fields of a body are named.
const mostUnknown = 20

// unknownFields names fields, with where each stands. One whose name is not that of a field is counted alone: a sender may
// have put anything there.
func unknownFields(list []api.UnknownElement) string {
	var fields []string
	unnamed := 0
	for i := range list {
		if len(fields) < mostUnknown && isField(list[i].Element) {
			fields = append(fields, list[i].Inside+"."+list[i].Element)
		} else {
			unnamed++
		}
	}
	if unnamed > 0 {
		fields = append(fields, fmt.Sprintf("%d more", unnamed))
	}
	return strings.Join(fields, ", ")
}

// isField reports whether a name is written as fields are: end_date, endDate.
func isField(name string) bool {
	foreign := func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
	return name != "" && name[0] >= 'a' && name[0] <= 'z' && !strings.ContainsFunc(name, foreign)
}

// handing is a courier that never waits.
type handing struct{ to queued }

// Deliver leaves nudges to SendNudges.
func (h handing) Deliver(_ context.Context, nudges []pathway.Nudge) { h.to.hand(nudges) }
