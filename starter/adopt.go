package main

import (
	"cmp"
	"errors"

	"longstop/api"
	"longstop/english"
	"longstop/service"
)

type adoptCommand struct {
	draft
	Reason string `required:"" placeholder:"TEXT" help:"Why; it stands on the record, and beside every date that moves."`
	By     string `required:"" placeholder:"WHO" help:"Who adopts it."`
	Past   bool   `name:"restate-the-past" help:"Adopt it though timescales that are over would be shown otherwise than until now: in time and then late, say."`
	Late   bool   `name:"confirm-overdue" help:"Adopt it though many open timescales would at once be overdue, or past a local date, that are not now."`
	JSON   bool   `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (adoptCommand) Help() string {
	return `Example:

    starter what-if --overlay anytown.yaml
    starter adopt --overlay anytown.yaml --reason 'agreed by the board on 3 November' --by 'D. Director'
    starter adopt --bank-holidays bank-holidays.json --reason 'a bank holiday was proclaimed for 11 December' --by 'D. Director'
    starter adopt --pack shipped --reason 'the rules of the new release' --by 'D. Director'

Puts a law in force on the record from now on and plans every case again. What is not named stays as it is in force. A faulty pack, overlay or calendar is refused, naming file, line and rule, with nothing written. Whoever was told of a date that moves is told the new one. A law by which timescales that are over would be shown otherwise, in timescale and then out of it, is refused unless --restate-the-past says that it is meant; one that would at once bring many open timescales past a limit (more than ten, and more than a tenth of those that are open or more than are past one now), unless --confirm-overdue does.`
}

// Run adopts the law and plans every case again.
func (c *adoptCommand) Run(a *app) error {
	if err := c.named(); err != nil {
		return err
	}
	change, err := c.change()
	if err != nil {
		return err
	}
	return a.with(func(s *session) error {
		done, err := s.uses.Adopt(a.ctx, service.Adopting{
			Change: change, Reason: c.Reason, By: c.By, RestateThePast: c.Past, ConfirmOverdue: c.Late,
		})
		var unconfirmed *service.UnconfirmedError
		if c.JSON && errors.As(err, &unconfirmed) {
			return cmp.Or(a.printJSON(unconfirmed.AdoptionRefused), err)
		}
		return cmp.Or(c.print(a, done), err)
	})
}

func (c *adoptCommand) print(a *app, x *api.Adoption) error {
	if x == nil {
		return nil
	}
	a.saidFailed = x.Failed
	if c.JSON {
		a.sayWaiting(x.Clocks)
		return a.printJSON(x)
	}
	if x.Changed {
		a.printf("In force from %s on, adopted by %s: %s\n\n", english.Second(x.At), x.By, x.Reason)
	} else {
		a.printf("Nothing has changed: this law is in force already, since %s, adopted by %s: %s\n", english.Second(x.At), x.By, x.Reason)
	}
	if x.Failed {
		a.printf("Not finished: it is in force, and not every case has been planned again (%s). The worker program does the rest, and so does the same command again.\n", x.Failure)
		return nil
	}
	if !x.Planned {
		return nil
	}
	return cmp.Or(printLaw(a, *x.Law, *x.Before), printEffect(a, x))
}

// printEffect says what an adoption did to the cases.
func printEffect(a *app, x *api.Adoption) error {
	a.printf("\n%s planned again.", english.Count(x.Cases, "case"))
	if len(x.Timescales) == 0 {
		a.printf(" Nothing that is still owed has changed.\n")
	} else {
		a.printf(" Of the timescales that are still owed:\n\n")
		columns := tallyColumns(x.All)
		rows := [][]string{append([]string{"REF", "WHAT"}, headsOf(columns)...)}
		for _, r := range x.Timescales {
			rows = append(rows, append([]string{r.Ref, r.Title}, cellsOf(columns, r.Tally)...))
		}
		rows = append(rows, append([]string{"all", ""}, cellsOf(columns, x.All)...))
		if err := a.table("", rows...); err != nil {
			return err
		}
		printLocalDates(a, x.All)
		a.printf("\n'starter explain CASE REF' says of each date when it moved, why and by whom.\n")
	}
	printCorrections(a, x.Corrected)
	printPast(a, x.Pasts, "Of what is over (done, ended or not reported), timescales are shown otherwise from now on:", english.Are)
	if n := x.Closed; n > 0 && len(x.Pasts) == 0 { // what another command left, or another adoption
		a.printf("%s done, ended or not reported changed too.\n", english.CountOf(n, "timescale that is", "timescales that are"))
	}
	if n := x.LawUnread; n > 0 {
		a.printf("Of %s it cannot be told what changed: this release cannot read the law before.\n", english.Count(n, "case"))
	}
	if n := x.Unread; n > 0 {
		a.printf("Of %s it could not be told beforehand what it says anew of what is over: they could not be worked out.\n", english.Count(n, "case"))
	}
	if n := x.PutAside; n > 0 {
		a.printf("%s could not be worked out by it and %s tried again: 'starter duties' says why.\n", english.Count(n, "case"), english.Are(n))
	}
	a.printClocks(x.Clocks)
	return nil
}

// refusalLines refuse an adoption, a line each for what was not said to be meant.
func refusalLines(e *service.UnconfirmedError) []string {
	var lines []string
	for _, need := range e.Needs {
		switch need {
		case api.RestateThePast:
			lines = append(lines, "nothing was adopted, because it would show timescales that are over (done, ended or not reported) otherwise than until now:")
			lines = append(lines, pastLines(e.Pasts, wouldBe)...)
			lines = append(lines, leaveThePast(e.HolidaysAlone)+" If the past is meant as well, adopt it with --restate-the-past, "+
				"which is kept with the reason and the name; 'starter what-if --list' names the timescales.")
		case api.ConfirmOverdue:
			lines = append(lines, "nothing was adopted, because "+atOnceHead(&e.OverdueAtOnce))
			lines = append(lines, atOnceLines(&e.OverdueAtOnce)...)
			lines = append(lines, fewerAtOnce(e.After)+" To adopt it all the same, say --confirm-overdue; 'starter what-if --list' names the timescales.")
		}
	}
	return lines
}
