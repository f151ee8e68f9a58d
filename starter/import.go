package main

import (
	"cmp"
	"io"
	"os"

	"longstop/api"
	"longstop/calendar"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/intake/csc"
	"longstop/intake/people"
	"longstop/internal/arguments"
	"longstop/internal/ctxio"
	"longstop/internal/textfile/disk"
	"longstop/report"
	"longstop/service"
	"longstop/service/loading"
)

type importCommand struct {
	CinCensus cinCensusCommand `cmd:"" name:"cin-census" help:"A DfE Children in Need census return (XML)."`
	People    peopleCommand    `cmd:"" help:"A list of people and teams (CSV or JSON lines)."`
}

type cinCensusCommand struct {
	File string `arg:"" help:"The return."`
	source
	DryRun      bool `help:"Read and compare, and write nothing."`
	ConfirmGone bool `help:"Load a return that takes back more than a tenth of the children, or of the rows of an element, that the record holds of its period, or that moves more than a tenth of the dates of one."`
	ShowIDs     bool `name:"show-ids" help:"Name the children by their LAchildID as well as by their place in the file; for who may see it."`
	Queries     bool `help:"List what the validator's rules say, row by row."`
	JSON        bool `name:"json" help:"The reconciliation as one JSON object, for machines."`
}

// Run loads the return and ends with a reconciliation.
func (c *cinCensusCommand) Run(a *app) error {
	if err := disk.Readable(c.File); err != nil {
		return usagef("the return cannot be read: %w", err)
	}
	var done *service.Imported
	err := a.with(func(s *session) (err error) {
		done, err = s.uses.Import(a.ctx, service.Import{
			Source: c.Source,
			Format: func(cal *calendar.Calendar) intake.Format { return cincensus.Census{Calendar: cal} },
			Open:   func() (io.ReadCloser, error) { return os.Open(c.File) },
			DryRun: c.DryRun, ConfirmGone: c.ConfirmGone, ShowIDs: c.ShowIDs,
		})
		return err
	})
	if done == nil {
		return err
	}
	a.saidFailed = done.Failure != nil
	done.File = c.File
	return cmp.Or(err, c.print(a, done))
}

// print names on standard error what was refused, and prints the reconciliation. One of a load that asks goes to
// standard error as well: nothing was done, and what would be is part of why not.
func (c *cinCensusCommand) print(a *app, done *service.Imported) error {
	for _, line := range done.Refusals {
		a.say(line)
	}
	for i := range done.Warnings {
		a.say("warning: " + done.Warnings[i].String())
	}
	show := func(p *report.Page, x *service.Imported) error { return p.Imported(x, c.Queries, c.ShowIDs) }
	if c.JSON || len(done.Asks) == 0 {
		return printAnswer(a, done, c.JSON, show)
	}
	return show(report.New(a.err, nextSteps), done)
}

type peopleCommand struct {
	File string `arg:"" placeholder:"FILE|-" help:"The list; - is standard input."`
	source
	On            arguments.Day `placeholder:"DATE" help:"The day of what has changed, where a row does not say. Default: today."`
	Whole         bool          `help:"The list is whole: people who are not in it have left, and where it has teams, teams that are not in it have ended."`
	DryRun        bool          `help:"Read and compare, and write nothing."`
	ConfirmGone   bool          `help:"Load a whole list that takes more than a tenth of the people to have left."`
	ConfirmNobody bool          `help:"Load it though it leaves cases without anybody to tell."`
	JSON          bool          `name:"json" help:"The reconciliation as one JSON object, for machines."`
}

// Run loads the list and ends with a reconciliation, on standard error that of a load that asks.
func (c *peopleCommand) Run(a *app) error {
	in, err := a.openInput(c.File)
	if err != nil {
		return err
	}
	list, err := people.Read(ctxio.NewReader(a.ctx, in))
	if err := cmp.Or(err, in.Close()); err != nil {
		return refusef("%s: %w", inputName(c.File), err)
	}
	o := loading.PeopleOptions{Source: c.Source, File: list, On: c.On.Date, Whole: c.Whole, DryRun: c.DryRun, ConfirmGone: c.ConfirmGone, ConfirmNobody: c.ConfirmNobody}
	var done *api.PeopleLoaded
	err = a.with(func(s *session) (err error) {
		done, err = s.uses.ImportPeople(a.ctx, o)
		return err
	})
	if done == nil {
		return err
	}
	a.saidFailed, done.File = done.Failure != nil, inputName(c.File)
	notes := report.New(a.err, nextSteps)
	if failed := notes.PeopleFaults(done); c.JSON || len(done.Asks) == 0 {
		return cmp.Or(err, failed, printAnswer(a, done, c.JSON, (*report.Page).People))
	}
	return cmp.Or(err, notes.People(done))
}

type feedCommand struct {
	source
	Authority string `placeholder:"CODE" help:"The three digits of the authority whose children they are from now on. Default: list the feeds, and do nothing else."`
	Reason    string `placeholder:"TEXT" help:"Why; it is kept. Needed with --authority."`
	By        string `placeholder:"WHO" help:"Who says so. Default: the login of the database."`
	JSON      bool   `name:"json" help:"One JSON object, for machines; one for each feed where they are listed."`
}

// Run says of which authority the children of a feed are, or lists the feeds.
func (c *feedCommand) Run(a *app) error {
	if c.Authority != "" && c.Reason == "" {
		return usagef("say why with --reason: it is kept with the change")
	}
	move := service.FeedMove{Source: c.Source, Kind: csc.Feed{}.Name(), Authority: c.Authority, Reason: c.Reason, By: c.By}
	return a.with(func(s *session) error {
		if c.Authority == "" {
			list, err := s.uses.Feeds(a.ctx)
			return printRows(a, list, err, c.JSON, (*report.Page).Feeds)
		}
		moved, err := s.uses.MoveFeed(a.ctx, move)
		if err != nil {
			return err
		}
		return printAnswer(a, moved, c.JSON, (*report.Page).MovedFeed)
	})
}
