package organisation

import (
	"cmp"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// Team is a team and who manages it.
type Team struct {
	Ref, Name string
	Kind      Kind
	Councils  []string // the authorities' numbers that it serves; none: the only one
	District  string
	Inbox     string // the address at which all of it reads
	Chain     []Rung // from the nearest to the work up
	// Levels reports whether the chain names its levels itself, so that one that it lacks is no vacancy.
	Levels    bool
	Ended     bool
	Into      string        // the team that goes on with its cases; "" where the record does not say
	Since     calendar.Date // the day of the latest event that formed it
	vacancies []Vacancy
}

// Rung is one step of a team's chain.
type Rung struct {
	Level timescale.Role
	Staff string // "" where nobody is named
}

// Vacancy is a post in a team that nobody holds.
type Vacancy struct {
	Level timescale.Role // "" of a post that no step of the chain names
	Post  string
	From  calendar.Date
	Until calendar.Date // the last day; zero until further notice
	Cover string        // who acts meanwhile; "" for nobody
}

func (v *Vacancy) on(day calendar.Date) bool {
	return v.From <= day && (v.Until.IsZero() || day <= v.Until)
}

// inboxOf marks the reference of a team's inbox among those of people.
const inboxOf = "team:"

// InboxRef returns the reference under which a team's inbox is told, as [Directory.Person] takes it.
func InboxRef(team string) string { return inboxOf + team }

// IsInbox reports whether a reference is that of a team's inbox and not of a person.
func IsInbox(ref string) bool { return strings.HasPrefix(ref, inboxOf) }

func (d *Directory) form(e *casework.Event) {
	ref := e.Data.Text("team")
	before := d.teams[ref]
	t := Team{
		Ref: ref, Name: e.Data.Text("name"), Kind: Kind(e.Data.Text("kind")), Councils: textsIn(e.Data["councils"]),
		District: e.Data.Text("district"), Inbox: e.Data.Text("inbox"),
	}
	t.Chain, t.Levels = chainIn(e.Data)
	if !t.Levels {
		for _, role := range timescale.Roles {
			if role != timescale.Worker {
				t.Chain = append(t.Chain, Rung{role, e.Data.Text(string(role))})
			}
		}
	}
	t.Since, t.vacancies = e.At.Day, before.vacancies
	d.teams[ref] = t
}

// Formation returns what [Formed] says of a team, as its data: without what is not known.
func (t Team) Formation() casework.Data {
	d := casework.Data{"team": t.Ref}
	put(d, "name", t.Name)
	put(d, "kind", string(t.Kind))
	put(d, "district", t.District)
	put(d, "inbox", t.Inbox)
	if len(t.Councils) > 0 {
		list := make([]any, len(t.Councils))
		for i, c := range t.Councils {
			list[i] = c
		}
		d["councils"] = list
	}
	if !t.Levels {
		for _, r := range t.Chain {
			put(d, string(r.Level), r.Staff)
		}
		return d
	}
	chain := make([]any, len(t.Chain))
	for i, r := range t.Chain {
		chain[i] = []any{string(r.Level), r.Staff}
	}
	d["chain"] = chain
	return d
}

// end ends a team. Its chain stays: until its cases have moved, somebody has to be told of them.
func (d *Directory) end(e *casework.Event) {
	ref := e.Data.Text("team")
	t := d.teams[ref]
	t.Ref, t.Ended, t.Into = ref, true, e.Data.Text("into")
	d.teams[ref] = t
}

func (d *Directory) vacate(e *casework.Event) {
	ref := e.Data.Text("team")
	t := d.teams[ref]
	v := Vacancy{
		Level: timescale.Role(e.Data.Text("level")), Post: e.Data.Text("post"),
		From: e.At.Day, Until: e.Data.Day("until"), Cover: e.Data.Text("cover"),
	}
	t.Ref = ref
	t.vacancies = append(slices.DeleteFunc(slices.Clone(t.vacancies), func(o Vacancy) bool {
		return o.Level == v.Level && o.Post == v.Post
	}), v)
	d.teams[ref] = t
}

// fill ends the vacancies that an appointment fills: those of its team at its level, or of its post.
func (d *Directory) fill(p *Person) {
	t, known := d.teams[p.Team]
	if !known || len(t.vacancies) == 0 {
		return
	}
	t.vacancies = slices.DeleteFunc(slices.Clone(t.vacancies), func(v Vacancy) bool {
		if v.Post != "" && p.Post != "" {
			return strings.EqualFold(v.Post, p.Post)
		}
		return v.Level == p.Role && v.Level != timescale.Worker
	})
	d.teams[p.Team] = t
}

// Vacancies returns the posts of a team that nobody holds on a day, the longest vacant first.
func (d *Directory) Vacancies(team string, day calendar.Date) []Vacancy {
	t := d.teams[team]
	var list []Vacancy
	for _, v := range t.vacancies {
		if v.on(day) && !d.filled(&t, &v) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b Vacancy) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Post, b.Post))
	})
	return list
}

// filled reports whether the team was formed again since a post became vacant, with somebody at its
// level who works here.
func (d *Directory) filled(t *Team, v *Vacancy) bool {
	return v.Level != "" && t.Since >= v.From && slices.ContainsFunc(t.Chain, func(r Rung) bool {
		return r.Level == v.Level && d.person(r.Staff).Employed()
	})
}

// vacant returns the vacancy of a level of a team on a day.
func (d *Directory) vacant(team string, level timescale.Role, day calendar.Date) (v Vacancy, ok bool) {
	for _, v := range d.Vacancies(team, day) {
		if v.Level == level && level != "" {
			return v, true
		}
	}
	return Vacancy{}, false
}

// chainIn returns the chain that an event of a team gives; ok is false where it gives none.
func chainIn(d casework.Data) (chain []Rung, ok bool) {
	pairs, ok := d["chain"].([]any)
	for _, pair := range pairs {
		if two, is := pair.([]any); is && len(two) == 2 {
			level, _ := two[0].(string)
			staff, _ := two[1].(string)
			chain = append(chain, Rung{timescale.Role(level), staff})
		}
	}
	return chain, ok && len(chain) > 0
}

// textsIn returns the texts of a list, or a single text as a list of one.
func textsIn(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []string:
		return v
	case []any:
		var list []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}
