package sample

import (
	"longstop/calendar"
	"longstop/casework"
)

const storyTeam = "T01"

// storyStaff is a team of two workers with the managers above them. What the record knows
// of them it has known for years.
func storyStaff(day calendar.Date) []casework.Event {
	since := calendar.Published().OnOrAfter(day.AddYears(-appointedBefore))
	t := teams{people: []person{
		{id: "HS01", role: "head_of_service", team: storyTeam},
		{id: "SM01", role: "service_manager", team: storyTeam},
		{id: "TM01", role: "team_manager", team: storyTeam},
		{id: "SW01", role: "worker", team: storyTeam},
		{id: "SW02", role: "worker", team: storyTeam},
	}}
	for i := range t.people {
		t.people[i].name, t.people[i].email = nameOf(i)
		t.people[i].appointed = since
	}
	t.teams = []team{{
		id: storyTeam, name: teamName(0), manager: "TM01", service: "SM01", top: "HS01", workers: []int{3, 4}, left: -1, away: -1,
	}}
	return t.events()
}
