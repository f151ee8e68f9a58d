package district_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/testsuite"

	"longstop/activities"
	"longstop/activities/record"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/notify"
	"longstop/pathway"
	"longstop/store"
)

// run is one life of a district.
type run struct {
	*made
	t      *testing.T
	name   string
	outage bool // on the day in the middle nothing runs, from eight in the morning to eight on the next
	clock  *pgtest.Clock
	record *store.Store
	db     *pgxpool.Pool
	hands  []*testsuite.TestActivityEnvironment
	post   *letterbox

	batches []batch // still to be recorded
	answers []answer
	owed    map[owedKey]calendar.Date // each duty that was past its date on a morning, and on which it was first
	open    map[owedKey]bool          // what was open on the morning after the outage
	left    map[owedKey]bool          // what is open and past its date at the end
	refused int                       // answers that the record did not take
}

type owedKey struct{ ref, duty, due string }

// answer is what a manager says to an escalation, and when.
type answer struct {
	at    time.Time
	event casework.Event
}

// atOnce is how many cases are at work at a time, each in its own transaction, as in a worker.
const atOnce = 4

func newRun(t *testing.T, m *made, name string, trays, outage bool) *run {
	t.Helper()
	r := &run{
		made: m, t: t, name: name, outage: outage, clock: pgtest.NewClock(m.start.At(4, 0)), post: &letterbox{},
		batches: slices.Clone(m.batches), owed: map[owedKey]calendar.Date{}, open: map[owedKey]bool{},
	}
	url := pgtest.Database(t)
	r.record = pgtest.Open(t, store.Options{URL: url, Clock: r.clock, Trays: trays, MaxConns: 2 * atOnce, Log: zerolog.Nop()})
	var err error
	if r.db, err = pgxpool.New(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.db.Close)
	work := &activities.Activities{Record: record.Record{Store: r.record}, Channel: r.post, Log: zerolog.Nop()}
	for range atOnce {
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(quiet{})
		env := suite.NewTestActivityEnvironment()
		work.Register(env)
		r.hands = append(r.hands, env)
	}
	return r
}

// live lives through the months, from wake to wake.
func (r *run) live() {
	r.t.Helper()
	end := r.last.At(20, 0)
	loaded := false
	for {
		at := r.next()
		if !loaded && (at.IsZero() || at.After(r.begins())) {
			r.clock.Set(r.begins())
			r.load()
			loaded = true
			continue
		}
		if at.IsZero() || at.After(end) {
			r.finish()
			return
		}
		r.clock.Set(at)
		r.recordUpTo(at)
		r.look(at)
		r.wake(at)
		r.send()
	}
}

// finish notes how things stand on the last evening.
func (r *run) finish() {
	r.t.Helper()
	r.clock.Set(r.last.At(20, 0))
	list, err := r.record.Duties(r.t.Context(), store.DutyFilter{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.left = map[owedKey]bool{}
	for i := range list {
		if d := &list[i]; d.State == casework.Overdue {
			r.left[owedKey{d.Case, d.Duty, d.Due}] = true
		}
	}
}

// next is the next instant at which anything is recorded or wakes; what falls into an outage, at its end.
func (r *run) next() time.Time {
	var first time.Time
	take := func(at time.Time) {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if len(r.batches) > 0 {
		take(r.batches[0].at)
	}
	if len(r.answers) > 0 {
		take(r.answers[0].at)
	}
	var wake *time.Time
	r.row(`select min(wake) from pathways where open`, &wake)
	if wake != nil {
		take(*wake)
	}
	for _, at := range r.mornings() {
		take(at)
	}
	if first.IsZero() {
		return first
	}
	if now := r.clock.Now(); first.Before(now) {
		first = now
	}
	if from, until := r.downtime(); r.outage && !first.Before(from) && first.Before(until) {
		return until
	}
	return first.UTC()
}

// mornings are the next instants at which the figures look at what is open.
func (r *run) mornings() []time.Time {
	day := r.cal.OnOrAfter(calendar.DateOf(r.clock.Now()))
	if !day.At(9, 0).After(r.clock.Now()) {
		day = r.cal.AddWorkingDays(day, 1)
	}
	return []time.Time{day.At(9, 0)}
}

func (r *run) downtime() (from, until time.Time) {
	return r.made.outage.At(8, 0), r.cal.AddWorkingDays(r.made.outage, 1).At(8, 0)
}

// load is the council's first load.
func (r *run) load() {
	ctx := r.t.Context()
	id, _, err := r.record.BeginLoad(ctx, store.Load{Source: source, Kind: "history", Backlog: true})
	if err != nil {
		r.t.Fatal(err)
	}
	got, err := r.record.LoadCases(ctx, id, r.history)
	if err != nil {
		r.t.Fatal(err)
	}
	r.accepted(got)
	if err := r.record.CompleteLoad(ctx, id); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) accepted(got store.Recorded) {
	r.t.Helper()
	for _, refusal := range got.Refused {
		r.t.Fatalf("%s: the record refuses what was invented: %v", r.name, refusal.Error())
	}
}

// recordUpTo records what has come by an instant, and what managers answered.
func (r *run) recordUpTo(at time.Time) {
	for len(r.batches) > 0 && !r.batches[0].at.After(at) {
		got, err := r.record.Record(r.t.Context(), source, r.batches[0].events)
		if err != nil {
			r.t.Fatal(err)
		}
		r.accepted(got)
		r.batches = r.batches[1:]
	}
	for len(r.answers) > 0 && !r.answers[0].at.After(at) {
		got, err := r.record.Record(r.t.Context(), source, []casework.Event{r.answers[0].event})
		if err != nil {
			r.t.Fatal(err)
		}
		r.refused += len(got.Refused)
		r.answers = r.answers[1:]
	}
}

// look notes on each working morning what is past its date.
func (r *run) look(at time.Time) {
	day := calendar.DateOf(at)
	if !r.cal.IsWorkingDay(day) || !at.Equal(day.At(9, 0)) {
		return
	}
	list, err := r.record.Duties(r.t.Context(), store.DutyFilter{})
	if err != nil {
		r.t.Fatal(err)
	}
	after := r.cal.AddWorkingDays(r.made.outage, 1)
	for i := range list {
		d := &list[i]
		key := owedKey{d.Case, d.Duty, d.Due}
		if day == after && d.MetOn == "" && d.EndedOn == "" {
			r.open[key] = true
		}
		if d.State == casework.Overdue && r.owed[key].IsZero() {
			r.owed[key] = day
		}
	}
}

// pathwayDue is a pathway whose wake has come.
type pathwayDue struct{ CaseKey, Pathway string }

// mostWakes is how often one pathway may wake at one instant: a record that names the same again and again stands still.
const mostWakes = 20

// wake plans every pathway that is due, and sends what each says, until none is.
func (r *run) wake(at time.Time) {
	r.t.Helper()
	for range mostWakes {
		due := r.due(at)
		if len(due) == 0 {
			return
		}
		r.each(len(due), func(env *testsuite.TestActivityEnvironment, i int) error {
			for _, p := range due[i] {
				if err := r.plan(env, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	r.t.Fatalf("%s: pathways are due again and again at %s", r.name, at)
}

// due are the pathways that are due, those of one case together.
func (r *run) due(at time.Time) [][]pathwayDue {
	got, err := r.db.Query(r.t.Context(), `select case_key::text, pathway from pathways where open and wake <= $1 order by 1, 2`, at)
	if err != nil {
		r.t.Fatal(err)
	}
	list, err := pgx.CollectRows(got, pgx.RowToStructByPos[pathwayDue])
	if err != nil {
		r.t.Fatal(err)
	}
	var cases [][]pathwayDue
	for _, p := range list {
		if n := len(cases); n > 0 && cases[n-1][0].CaseKey == p.CaseKey {
			cases[n-1] = append(cases[n-1], p)
			continue
		}
		cases = append(cases, []pathwayDue{p})
	}
	return cases
}

func (r *run) plan(env *testsuite.TestActivityEnvironment, p pathwayDue) error {
	planned, err := perform(env, pathway.PlanDuties, pathway.PlanRequest{CaseKey: p.CaseKey, Pathway: p.Pathway})
	if err != nil {
		return err
	}
	for _, n := range planned.Send {
		send := pathway.NotifyWorker
		if n.Escalation {
			send = pathway.EscalateToManager
		}
		if _, err := perform(env, send, n); err != nil {
			return err
		}
	}
	return nil
}

// send sends what has gathered, and the lists of the first load; then whoever got an escalation thinks about an answer.
func (r *run) send() {
	r.t.Helper()
	for range mostWakes {
		found, err := perform(r.hands[0], pathway.FindTrays, pathway.None{})
		if err != nil {
			r.t.Fatal(err)
		}
		if found.Waiting {
			r.t.Fatalf("%s: a tray waits though every pathway that is due has been planned", r.name)
		}
		if len(found.Ready) == 0 {
			break
		}
		r.each(len(found.Ready), func(env *testsuite.TestActivityEnvironment, i int) error {
			_, err := perform(env, pathway.SendTray, pathway.TrayRequest{ID: found.Ready[i].ID})
			return err
		})
	}
	owed, err := r.record.OwedLists(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, id := range owed {
		if _, err := perform(r.hands[0], pathway.SendList, pathway.ListRequest{ID: id}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.think()
}

// each does so many things, a few at a time.
func (r *run) each(n int, do func(env *testsuite.TestActivityEnvironment, i int) error) {
	r.t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	next, errs := 0, []error{}
	for _, env := range r.hands {
		all.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n {
					return
				}
				if err := do(env, i); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		r.t.Fatalf("%s, at %s: %v", r.name, r.clock.Now(), err)
	}
}

func perform[In, Out any](env *testsuite.TestActivityEnvironment, a pathway.Activity[In, Out], in In) (out Out, err error) {
	value, err := env.ExecuteActivity(string(a), in)
	if err != nil {
		return out, fmt.Errorf("%s: %w", a, err)
	}
	return out, value.Get(&out)
}

// think lets managers answer, of what has come since they were last asked, seven escalations in ten within three working days.
func (r *run) think() {
	for _, id := range r.post.takeNew() {
		got, err := r.db.Query(r.t.Context(), `select c.reference, n.duty, n.due, n.rung, n.role, d.recipient
			from notices n join deliveries d on d.id = n.delivery
			join case_references c on c.case_key = n.case_key where d.id = $1::uuid and n.kind = 'escalation' order by 1, 2, 3, 4, 5`, id)
		if err != nil {
			r.t.Fatal(err)
		}
		type asked struct{ Ref, Duty, Due, Rung, Role, To string }
		list, err := pgx.CollectRows(got, pgx.RowToStructByPos[asked])
		if err != nil {
			r.t.Fatal(err)
		}
		for _, a := range list {
			words := []string{a.Ref, a.Duty, a.Due, a.Rung, a.Role}
			if drawn(10, append(words, "answers")...) >= 7 {
				continue
			}
			on := r.cal.AddWorkingDays(calendar.DateOf(r.clock.Now()), int(drawn(4, append(words, "when")...)))
			promise := r.cal.AddWorkingDays(on, int(2+drawn(7, append(words, "promise")...)))
			r.answers = append(r.answers, answer{on.At(15, 0), casework.Event{
				ID: "answer-" + strings.Join(words, "-"), Case: a.Ref, Type: "notice.acknowledged", At: casework.OnDay(on),
				Data: casework.Data{"duty": a.Duty, "by": a.To, "promise": promise.String()},
			}})
		}
	}
	slices.SortStableFunc(r.answers, func(a, b answer) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.event.ID, b.event.ID))
	})
}

func (r *run) row(sql string, into ...any) {
	r.t.Helper()
	if err := r.db.QueryRow(r.t.Context(), sql).Scan(into...); err != nil {
		r.t.Fatal(err)
	}
}

// letterbox is the channel: everything arrives.
type letterbox struct {
	mu    sync.Mutex
	fresh []string // the ids of what has come since it was last asked
	came  int
}

func (*letterbox) Name() string { return "post" }

func (l *letterbox) Send(_ context.Context, m notify.Message) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came++
	l.fresh = append(l.fresh, m.Notice)
	return "taken", nil
}

func (l *letterbox) takeNew() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.fresh
	l.fresh = nil
	slices.Sort(list)
	return list
}

// quiet drops what the SDK logs.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
