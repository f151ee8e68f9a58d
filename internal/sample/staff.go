package sample

import (
	"fmt"

	"longstop/calendar"
	"longstop/casework"
)

// events are what the record must know about the people: who was appointed, which teams
// they form, who left, and who is away and covered by whom. They belong to no case.
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
