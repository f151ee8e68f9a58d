package report

import (
	"cmp"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
)

// Plans writes a table for each case, and what did not count.
func (p *Page) Plans(plans *service.Plans) error {
	p.printf("As of %s\n", english.Day(calendar.DateOf(plans.AsOf)))
	if len(plans.Plans) == 0 {
		p.printf("\nNo events, so no timescales.\n")
	}
	for _, plan := range plans.Plans {
		p.printf("\nCase %s\n", plan.Case)
		if len(plan.Duties) == 0 {
			p.printf("  no timescales\n")
		}
		p.planned(plan, plans.AsOf)
		p.notCounted(plan.NotCounted)
	}
	return p.err
}

func (p *Page) planned(plan *casework.Plan, asOf time.Time) {
	if len(plan.Duties) == 0 {
		return
	}
	l := localsIn(plan)
	rows := [][]string{{"REF", "WHAT", "STARTED", "DUE", "STATE", "ID"}}
	for i := range plan.Duties {
		d := &plan.Duties[i]
		row := api.PlannedDutyOf(d.Row(asOf))
		rows = append(rows, []string{d.Ref, d.Rule.Title, row.Started, l.due(&row), l.state(&row), d.ID})
	}
	p.table("  ", rows...)
	l.explain(p, "  ")
}

func (p *Page) notCounted(list []casework.NotCounted) {
	if len(list) == 0 {
		return
	}
	p.printf("  Did not count\n")
	for _, n := range list {
		of := ""
		if n.Ref != "" {
			of = ", for " + n.Ref
		}
		p.printf("    %s (%s) on %s%s: %s\n", n.Type, n.Entry, n.At, of, n.Why)
	}
}

// Notices lists what would be sent.
func (p *Page) Notices(rows []api.PlannedNotice) error {
	if len(rows) == 0 {
		p.printf("Nothing would be sent.\n")
		return p.err
	}
	cells := [][]string{{"AT", "CASE", "REF", "DUE", "STEP", "TO", "KIND"}}
	for _, r := range rows {
		cells = append(cells, []string{r.At, r.Case, r.Ref, cmp.Or(r.Due, "-"), stepCell(r.Rung), english.Role(r.Role), string(r.Kind)})
	}
	return p.tableAlone(cells)
}

// Listed shows the duties of a case, each with how it is explained: what explain returns of a case's reference and the
// duty's id.
func (p *Page) Listed(answer *service.Answer, explain func(ref, duty string) string) error {
	if len(answer.Listed) == 0 {
		p.printf("Case %s has no timescales.\n", answer.Case)
		return p.err
	}
	p.printf("Case %s has %s. To have one explained:\n\n", answer.Case, countTimescales(len(answer.Listed)))
	l := localsIn(answer.Plan)
	cells := [][]string{{"WHAT", "STARTED", "DUE", "STATE", "TYPE"}}
	for i := range answer.Listed {
		r := &answer.Listed[i]
		cells = append(cells, []string{answer.Plan.Duty(r.Duty).Rule.Title, r.Started, l.due(r), l.state(r), explain(answer.Case, r.Duty)})
	}
	p.table("", cells...)
	l.explain(p, "")
	return p.err
}
