package district_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/notify/letter"
	"longstop/timescale"
)

// notice is one that is in a message that went.
type notice struct {
	Ref, Duty, Rule, Due, Rung, Role, Kind string
	Missed                                 []string
	At                                     time.Time
	Wake                                   bool // its pathway has a timer, or has ended
	Message                                string
	Sent                                   time.Time
}

// message is one that went.
type message struct {
	ID, To string
	Sent   time.Time
	Hours  bool // of a limit in hours: it goes at once
	List   bool
	Tray   bool
	Letter json.RawMessage
}

// worker reports whether it went to a worker; else it was a manager.
func (m *message) worker() bool { return strings.HasPrefix(m.To, "W") }

// told is what a run told.
type told struct {
	*run
	notices  []notice
	messages []message
	answered map[[2]string][]time.Time // by reference and duty: when the record took an answer
}

// tell reads what a run told, on the days that are measured.
func (r *run) tell() *told {
	r.t.Helper()
	w := &told{run: r, answered: map[[2]string][]time.Time{}}
	w.notices = collect[notice](r, `select c.reference, n.duty, n.ref, n.due, n.rung, n.role, n.kind, n.missed, n.nominal_at,
			coalesce((select not p.open or p.wake is not null from pathways p where p.case_key = n.case_key and p.pathway = n.pathway), true),
			d.id::text, d.sent_at
		from notices n join deliveries d on d.id = n.delivery join case_references c on c.case_key = n.case_key
		where d.state = 'sent' and d.sent_at >= $1 order by d.sent_at, 1, 2, 5, 6`)
	w.messages = collect[message](r, `select d.id::text, d.recipient, d.sent_at,
			coalesce((select bool_and(u.due_at is not null) from notices n join duties u on u.case_key = n.case_key and u.duty = n.duty
				where n.delivery = d.id), false),
			d.holds = 'list', d.holds = 'tray', d.letter
		from deliveries d where d.state = 'sent' and d.sent_at >= $1 order by d.sent_at, d.recipient`)
	for _, a := range collect[struct {
		Ref, Duty string
		At        time.Time
	}](r, `select c.reference, e.data ->> 'duty', e.recorded from events e join case_references c on c.case_key = e.case_key
		where e.type = 'notice.acknowledged' and e.recorded >= $1 order by 3`) {
		w.answered[[2]string{a.Ref, a.Duty}] = append(w.answered[[2]string{a.Ref, a.Duty}], a.At)
	}
	return w
}

func collect[T any](r *run, sql string) []T {
	r.t.Helper()
	got, err := r.db.Query(r.t.Context(), sql, r.first.Start())
	if err != nil {
		r.t.Fatal(err)
	}
	list, err := pgx.CollectRows(got, pgx.RowToStructByPos[T])
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// perDay counts the messages of each person on each working day, those of limits in hours and lists left out: 0 where there were none.
func (w *told) perDay(workers bool) []int {
	type personDay struct {
		to  string
		day calendar.Date
	}
	counts, people := map[personDay]int{}, map[string]bool{}
	for i := range w.messages {
		m := &w.messages[i]
		if m.worker() != workers || m.Hours || m.List {
			continue
		}
		counts[personDay{m.To, calendar.DateOf(m.Sent)}]++
		people[m.To] = true
	}
	var list []int
	for p := range people {
		for day := w.first; day <= w.last; day = w.cal.AddWorkingDays(day, 1) {
			list = append(list, counts[personDay{p, day}])
			delete(counts, personDay{p, day})
		}
	}
	for _, n := range counts { // not on a working day
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

// items counts what each message of a morning to workers, or to managers, says that is new.
func (w *told) items(workers bool) []int {
	w.t.Helper()
	var list []int
	for i := range w.messages {
		m := &w.messages[i]
		if !m.Tray || m.worker() != workers {
			continue
		}
		e, err := letter.Read(m.Letter)
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, e.Items())
	}
	slices.Sort(list)
	return list
}

// kept is what became of the notices that were told without trays.
type kept struct {
	told int // in a message of this run to the same role: the step itself, or a later one of the same duty and date
	// higher were named as missed by the step that came next, to a higher role: of several steps that are due at once the highest is told
	// (rules.md, section 6), as after an outage that ends on the morning of the next.
	higher    int
	overtaken int // what was recorded in the outage had settled or moved the duty
	lost      []notice
}

// kept compares a run with the one without trays.
func (w *told) kept(plain *told) (k kept) {
	have := map[[2]string][]*notice{}
	for i := range w.notices {
		n := &w.notices[i]
		have[[2]string{n.Ref, n.Duty}] = append(have[[2]string{n.Ref, n.Duty}], n)
	}
	from, until := w.downtime()
	for _, n := range plain.notices {
		if n.At.Before(w.first.Start()) {
			continue
		}
		same := have[[2]string{n.Ref, n.Duty}]
		switch {
		case slices.ContainsFunc(same, n.standsIn):
			k.told++
		case slices.ContainsFunc(same, n.namedBy):
			k.higher++
		case w.outage && !n.At.Before(from) && n.At.Before(until) && !w.open[owedKey{n.Ref, n.Duty, n.Due}]:
			k.overtaken++
		default:
			k.lost = append(k.lost, n)
		}
	}
	return k
}

// standsIn reports whether another notice of the same duty tells the same role what this one does, or a later step of it.
func (n *notice) standsIn(o *notice) bool {
	switch {
	case o.Role != n.Role || o.Due != n.Due || (o.Rung == "") != (n.Rung == ""):
		return false
	case n.Rung == "":
		return o.Kind == n.Kind
	default:
		return o.Rung == n.Rung || slices.Contains(o.Missed, n.Rung) || o.At.After(n.At)
	}
}

// namedBy reports whether the notice of a higher role names this step as missed.
func (n *notice) namedBy(o *notice) bool {
	return n.Rung != "" && o.Due == n.Due && level(o.Role) > level(n.Role) && slices.Contains(o.Missed, n.Rung)
}

// escalated is what became of the escalations that were sent.
type escalated struct{ answered, settled, climbed, toClimb, atTop, left int }

// escalations says what became of each escalation: an answer, an end of the duty, a step to somebody higher, a timer for the next
// step, or the head of service has it. left are the others.
func (w *told) escalations() (e escalated) {
	for i := range w.notices {
		n := &w.notices[i]
		if n.Kind != string(casework.Escalation) {
			continue
		}
		switch {
		case slices.ContainsFunc(w.answered[[2]string{n.Ref, n.Duty}], func(at time.Time) bool { return at.After(n.Sent) }):
			e.answered++
		case !w.left[owedKey{n.Ref, n.Duty, n.Due}]:
			e.settled++
		case slices.ContainsFunc(w.notices, func(o notice) bool {
			return o.Ref == n.Ref && o.Duty == n.Duty && o.Sent.After(n.Sent) && level(o.Role) > level(n.Role)
		}):
			e.climbed++
		case n.Role == string(timescale.HeadOfService):
			e.atTop++
		case n.Wake:
			e.toClimb++
		default:
			e.left++
		}
	}
	return e
}

func level(role string) int { return slices.Index(timescale.Roles, timescale.Role(role)) }

// withManager says of how many duties that came to be past their date a manager was told within one working day, and of how many
// not though they were still so then; by rule.
func (w *told) withManager() (in int, missed map[string]int) {
	missed = map[string]int{}
	first := map[owedKey]time.Time{}
	for i := range w.notices {
		n := &w.notices[i]
		key := owedKey{n.Ref, n.Duty, n.Due}
		if n.Kind == string(casework.Escalation) && level(n.Role) >= level(string(timescale.TeamManager)) && first[key].IsZero() {
			first[key] = n.Sent
		}
	}
	for key, day := range w.owed {
		if day <= w.first || day >= w.last {
			continue // it was so before, or there is no day left
		}
		sent := first[key]
		if !sent.IsZero() && calendar.DateOf(sent) <= w.cal.AddWorkingDays(day, 1) {
			in++
			continue
		}
		rule, _, _ := strings.Cut(key.duty, ":")
		missed[rule]++
	}
	return in, missed
}
