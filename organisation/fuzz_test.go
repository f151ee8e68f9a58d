package organisation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// world is people, teams and one case, made from a few bytes, so that a fuzzer can find its way.
type world struct {
	people  []casework.Event
	history []casework.Event
	staff   []string
	teams   []string
	on      calendar.Date
}

// choices deals out numbers from bytes, and zeros when they are used up.
type choices struct {
	bytes []byte
}

func (c *choices) next(n int) int {
	if len(c.bytes) == 0 {
		return 0
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(b) % n
}

// pick returns one of a list, or "" one time in as many again.
func (c *choices) pick(list []string) string {
	i := c.next(len(list) + 1)
	if i == len(list) {
		return ""
	}
	return list[i]
}

func worldOf(bytes []byte) *world {
	c := &choices{bytes}
	w := &world{on: day("2026-06-15"), staff: []string{"A", "B", "C", "D", "E", "F"}, teams: []string{"T1", "T2", "T3"}}
	first := day("2026-06-01")
	add := func(list *[]casework.Event, kind string, data casework.Data) {
		e := casework.Event{ID: fmt.Sprintf("e%02d", len(w.people)+len(w.history)), Type: kind, At: casework.OnDay(first.AddDays(c.next(30))), Data: data}
		e.Recorded = e.At.End()
		for name, value := range data {
			if value == "" {
				delete(data, name)
			}
		}
		if organisation.IsStaffType(kind) && organisation.Check(&e, nil) != nil {
			return
		}
		*list = append(*list, e)
	}
	qualifications := []string{"social_worker", "alternatively_qualified", "family_worker"}
	for i := c.next(24); i > 0; i-- {
		switch c.next(8) {
		case 0, 1:
			add(&w.people, organisation.Appointed, casework.Data{
				"worker": c.pick(w.staff), "level": string(timescale.Roles[c.next(5)]), "team": c.pick(w.teams),
				"qualification": c.pick(qualifications), "supervisor": c.pick(w.staff),
			})
		case 2:
			add(&w.people, organisation.Left, casework.Data{"worker": c.pick(w.staff)})
		case 3:
			add(&w.people, organisation.Absent, casework.Data{
				"worker": c.pick(w.staff), "cover": c.pick(w.staff), "until": c.pick([]string{"2026-06-14", "2026-06-20", "2026-07-30"}),
			})
		case 4:
			add(&w.people, organisation.Formed, casework.Data{
				"team": c.pick(w.teams), "team_manager": c.pick(w.staff), "service_manager": c.pick(w.staff), "director": c.pick(w.staff),
			})
		case 5:
			add(&w.people, organisation.Formed, casework.Data{
				"team": c.pick(w.teams), "kind": c.pick([]string{"unit", "emergency_duty_team"}), "inbox": c.pick([]string{"a@example.org"}),
				"chain": []any{[]any{"team_manager", c.pick(w.staff)}, []any{"team_manager", c.pick(w.staff)}, []any{"head_of_service", c.pick(w.staff)}},
			})
		case 6:
			add(&w.people, organisation.Ended, casework.Data{"team": c.pick(w.teams), "into": c.pick(w.teams)})
		case 7:
			add(&w.people, organisation.Vacated, casework.Data{"team": c.pick(w.teams), "level": string(timescale.Roles[1+c.next(4)]), "cover": c.pick(w.staff)})
		}
	}
	for i := c.next(6); i > 0; i-- {
		switch c.next(3) {
		case 0, 1:
			add(&w.history, organisation.Allocated, casework.Data{"worker": c.pick(w.staff), "team": c.pick(w.teams), "supervisor": c.pick(w.staff)})
		case 2:
			add(&w.history, organisation.Joined, casework.Data{"worker": c.pick(w.staff), "part": string(organisation.Parts[c.next(len(organisation.Parts))])})
		}
	}
	return w
}

// questions are every role and part, in hours and out of them.
func questions(on calendar.Date, unreachable []string) []organisation.Question {
	var list []organisation.Question
	for _, role := range timescale.Roles {
		list = append(list, organisation.Question{Role: role, Day: on, Unreachable: unreachable})
	}
	for _, part := range organisation.Parts {
		list = append(list, organisation.Question{Role: part, Day: on, Unreachable: unreachable})
	}
	return append(list, organisation.Question{Role: timescale.Worker, Day: on, OutOfHours: true, Unreachable: unreachable})
}

// holds checks what is true of every organisation and every case.
func holds(t *testing.T, w *world, unreachable []string) {
	t.Helper()
	d, c := organisation.DirectoryOn(w.people, w.on), organisation.CaseOf(w.history)
	again := &world{people: slices.Clone(w.people), history: slices.Clone(w.history)}
	rand.New(rand.NewPCG(1, uint64(len(w.people)))).Shuffle(len(again.people), func(i, j int) {
		again.people[i], again.people[j] = again.people[j], again.people[i]
	})
	slices.Reverse(again.history)
	d2, c2 := organisation.DirectoryOn(again.people, w.on), organisation.CaseOf(again.history)
	for _, q := range questions(w.on, unreachable) {
		told := d.Told(q, c)
		if other := d2.Told(q, c2); !slices.Equal(told, other) {
			t.Fatalf("%s: %v, and with the events in another order %v", q.Role, told, other)
		}
		for i, r := range told {
			p := d.Person(r.Staff)
			switch {
			case !p.Employed():
				t.Fatalf("%s: %s does not work here", q.Role, r.Staff)
			case slices.Contains(unreachable, r.Staff):
				t.Fatalf("%s: %s cannot be reached", q.Role, r.Staff)
			case slices.ContainsFunc(told[:i], func(o organisation.Route) bool { return o.Staff == r.Staff }):
				t.Fatalf("%s: %s is told twice", q.Role, r.Staff)
			}
		}
		at := slices.Index(timescale.Roles, q.Role)
		if at >= 0 && len(told) > 0 && slices.Index(timescale.Roles, told[0].Role) < at && told[0].Why != organisation.OnDuty {
			t.Fatalf("%s: told as %s, which is below", q.Role, told[0].Role)
		}
		own := at > 0 && len(told) > 0 && told[0].Staff == c.Worker && told[0].Why != organisation.OnDuty
		if own && told[0].Why != organisation.Alone {
			t.Fatalf("%s: %s is escalated to about their own case", q.Role, c.Worker)
		}
		if own || len(told) == 0 {
			for _, m := range d.ManagersOf(d.TeamOf(c.Allocation)) {
				if slices.Index(timescale.Roles, m.Role) >= at && !slices.Contains(unreachable, m.Ref) && (len(told) == 0 || m.Ref != c.Worker) {
					t.Fatalf("%s: %v is told, and %s works here and can be reached", q.Role, told, m.Ref)
				}
			}
		}
		if holder := d.Person(c.Worker); len(told) == 0 && at <= 0 && c.Worker != "" && holder.Employed() && !slices.Contains(unreachable, c.Worker) {
			t.Fatalf("%s: nobody is told, and %s holds the case", q.Role, c.Worker)
		}
		if len(told) == 0 && at < 0 && q.Role != organisation.Supervisor && q.Role != organisation.DutyTeam {
			everybody := []string{c.Worker}
			for _, m := range d.ManagersOf(d.TeamOf(c.Allocation)) {
				everybody = append(everybody, m.Ref)
			}
			for _, ref := range everybody {
				if d.Person(ref).Employed() && !slices.Contains(unreachable, ref) {
					t.Fatalf("%s: nobody is told, and %s of the case works here and can be reached", q.Role, ref)
				}
			}
		}
		if at < 0 && len(told) > 0 && told[0].Why == organisation.NoPart && len(c.In(q.Role, q.Pathway)) > 0 {
			t.Fatalf("%s: somebody has the part, and %s is told that nobody has", q.Role, told[0].Staff)
		}
		if at >= 0 && len(told) > 0 && d.Person(told[0].Staff).Away(w.on) {
			for _, m := range d.ManagersOf(d.TeamOf(c.Allocation)) {
				present := !d.Person(m.Ref).Away(w.on) && !slices.Contains(unreachable, m.Ref) && m.Ref != c.Worker
				vacant := func() bool {
					return slices.ContainsFunc(d.Vacancies(d.TeamOf(c.Allocation), w.on), func(v organisation.Vacancy) bool { return v.Level == m.Role })
				}
				if slices.Index(timescale.Roles, m.Role) >= at && present && !vacant() {
					t.Fatalf("%s: %s is told though they are away, and %s is present", q.Role, told[0].Staff, m.Ref)
				}
			}
		}
	}
}

func FuzzWhoIsTold(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(randomBytes(seed, 200), byte(seed))
	}
	f.Fuzz(func(t *testing.T, bytes []byte, refused byte) {
		w := worldOf(bytes)
		var unreachable []string
		for i, ref := range w.staff {
			if refused&(1<<i) != 0 {
				unreachable = append(unreachable, ref)
			}
		}
		holds(t, w, unreachable)
	})
}

func randomBytes(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	list := make([]byte, n)
	for i := range list {
		list[i] = byte(r.IntN(256))
	}
	return list
}

func TestInEveryOrganisationWhoIsToldWorksThereAndCanBeReached(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		w := worldOf(randomBytes(seed, 250))
		var unreachable []string
		if seed%3 == 0 {
			unreachable = []string{w.staff[seed%6], w.staff[(seed/6)%6]}
		}
		holds(t, w, unreachable)
	}
}
