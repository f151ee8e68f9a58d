package sample

import (
	"fmt"
	"math"
	"strings"

	"longstop/calendar"
	"longstop/casework"
)

// The shape of the service. The average caseload is about 15 to 16 (DfE, Children's social
// work workforce, 2020: 16.3).
const (
	caseload          = 15.5
	workersInTeam     = 4
	teamsInService    = 6
	servicesUnderHead = 5
	teamsForAbsences  = 12 // one team in twelve has a worker who left, and one who is away
	awaySince         = 5  // days before the day of the return
	awayUntil         = 12 // days after it
	leftBefore        = 33 // days
	appointedBefore   = 6  // years
)

// person is one member of staff; all are invented.
type person struct {
	id, name, email string
	role            string
	team            string
	appointed       calendar.Date
	left            calendar.Date
	away            calendar.Date // since
	until           calendar.Date
	cover           string
}

// team is a team with its managers, by their ids.
type team struct {
	id, name              string
	manager, service, top string
	workers               []int // those at work, by their place among the people
	left                  int   // the one who left, or -1
	away                  int   // the one who is away, or -1
}

// teams is the whole service. It is small also for a county.
type teams struct {
	people  []person
	teams   []team
	workers int // how many have ever been appointed
}

// newTeams staffs a service for a number of children.
func newTeams(f frame, children int) teams {
	workers := max(2, int(math.Round(float64(children)/caseload)))
	count := (workers + workersInTeam - 1) / workersInTeam
	t := teams{}
	for i := range count {
		t.add(f, i, share(workers, count, i))
	}
	for i := range t.people {
		t.people[i].name, t.people[i].email = nameOf(i)
	}
	return t
}

// share deals n things to so many hands as evenly as can be.
func share(n, hands, hand int) int { return n*(hand+1)/hands - n*hand/hands }

// add adds a team with its workers, and the managers above it where they are new.
func (t *teams) add(f frame, i, workers int) {
	id := fmt.Sprintf("T%02d", i+1)
	service, top := i/teamsInService, i/(teamsInService*servicesUnderHead)
	if i%(teamsInService*servicesUnderHead) == 0 {
		t.appoint(f, person{id: fmt.Sprintf("HS%02d", top+1), role: "head_of_service", team: id})
	}
	if i%teamsInService == 0 {
		t.appoint(f, person{id: fmt.Sprintf("SM%02d", service+1), role: "service_manager", team: id})
	}
	made := team{
		id: id, name: teamName(i), manager: fmt.Sprintf("TM%02d", i+1), service: fmt.Sprintf("SM%02d", service+1),
		top: fmt.Sprintf("HS%02d", top+1), left: -1, away: -1,
	}
	t.appoint(f, person{id: made.manager, role: "team_manager", team: id})
	for range workers {
		made.workers = append(made.workers, t.appoint(f, t.worker(id)))
	}
	if i%teamsForAbsences == 0 {
		t.absences(f, &made)
	}
	t.teams = append(t.teams, made)
}

func (t *teams) worker(team string) person {
	t.workers++
	return person{id: fmt.Sprintf("W%03d", t.workers), role: "worker", team: team}
}

// appoint returns the person's place among the people.
func (t *teams) appoint(f frame, p person) int {
	p.appointed = f.wd(f.ref.AddYears(-appointedBefore), 0)
	t.people = append(t.people, p)
	return len(t.people) - 1
}

// absences gives a team one worker who left some weeks ago, and one who is away and covered
// by a colleague.
func (t *teams) absences(f frame, in *team) {
	in.left = t.appoint(f, t.worker(in.id))
	t.people[in.left].left = f.wd(f.day.AddDays(-leftBefore), 0)
	in.away = in.workers[len(in.workers)-1]
	p := &t.people[in.away]
	p.away, p.until = f.cal.OnOrBefore(f.day.AddDays(-awaySince)), f.day.AddDays(awayUntil)
	p.cover = t.people[in.workers[0]].id
}

// events are what the record must know about the people: who was appointed, which teams
// they form, who left, and who is away, with who covers. They belong to no case.
func (t *teams) events() []casework.Event {
	var list []casework.Event
	add := func(kind string, day calendar.Date, data casework.Data) {
		list = append(list, casework.Event{
			ID: fmt.Sprintf("staff-%04d", len(list)+1), Type: kind, At: casework.OnDay(day), Data: data,
		})
	}
	for i := range t.people {
		add("staff.appointed", t.people[i].appointed, t.people[i].appointment())
	}
	for i := range t.teams {
		add("team.formed", t.people[t.teams[i].workers[0]].appointed, t.teams[i].formation())
	}
	for _, p := range t.people {
		if !p.left.IsZero() {
			add("staff.left", p.left, casework.Data{"worker": p.id})
		}
		if !p.away.IsZero() {
			add("staff.absent", p.away, casework.Data{"worker": p.id, "until": p.until.String(), "cover": p.cover})
		}
	}
	return list
}

func (p *person) appointment() casework.Data {
	return casework.Data{"worker": p.id, "name": p.name, "email": p.email, "role": p.role, "team": p.team}
}

func (t *team) formation() casework.Data {
	return casework.Data{
		"team": t.id, "name": t.name, "team_manager": t.manager, "service_manager": t.service, "head_of_service": t.top,
	}
}

// The names are put together from two lists, and the second is of birds.
var (
	firstNames = strings.Fields("Ada Bilal Carys Dev Elsie Farah George Hana Idris Joan Kofi Leila Mabel Nadia Owen Priya " +
		"Quentin Rosa Sanjay Tilly Umar Vera Winston Xanthe Yusuf Zofia Alun Bronwen Ciaran")
	lastNames = strings.Fields("Wren Heron Plover Dunnock Siskin Linnet Curlew Avocet Bittern Whinchat Wigeon Godwit Dotterel " +
		"Garganey Merganser Redstart Fieldfare Brambling Yellowhammer Stonechat Nightjar")
	places = strings.Fields("Alder Birch Cedar Damson Elder Fir Gorse Hazel Ivy Juniper Larch Maple Oak Pine Rowan Sycamore " +
		"Teasel Willow Yew")
)

// nameOf is a name and an address of one's own for each of the first several hundred people;
// example.org is reserved, so no mail to it reaches anybody (RFC 2606).
func nameOf(i int) (name, email string) {
	// The lists' lengths have no common divisor, so every pair comes once.
	first, last := firstNames[i%len(firstNames)], lastNames[i%len(lastNames)]
	email = strings.ToLower(first + "." + last)
	if round := i / (len(firstNames) * len(lastNames)); round > 0 {
		email += fmt.Sprint(round + 1)
	}
	return first + " " + last, email + "@example.org"
}

func teamName(i int) string {
	name := places[i%len(places)] + " team"
	if round := i / len(places); round > 0 {
		name += fmt.Sprintf(" %d", round+1)
	}
	return name
}
