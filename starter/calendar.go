package main

import (
	"longstop/internal/arguments"
	"longstop/report"
	"longstop/service/calendars"
)

type calendarCommand struct {
	Create createCalendarCommand `cmd:"" help:"Make an address at which somebody's calendar program reads what they have to do. It is shown once."`
	List   listCalendarsCommand  `cmd:"" help:"Every address that was made: whose it is, how it stands, when it was last read."`
	Revoke revokeCalendarCommand `cmd:"" help:"Take an address away, or all of a person: it is refused from the next request on."`
}

type createCalendarCommand struct {
	Person  string            `arg:"" help:"Whose calendar, by staff reference."`
	Expires arguments.Expires `placeholder:"DATE|DAYS" help:"When it ends: a date, or a number of days such as 90d; at most two years ahead. Default: 365d."`
	Address string            `env:"LONGSTOP_WEB_CALENDARS" placeholder:"URL" help:"Where people reach the calendars, as the web program is set: https://longstop.council.example."`
	JSON    bool              `name:"json" help:"One JSON object, for machines."`
}

// Run makes an address, and shows it.
func (c *createCalendarCommand) Run(a *app) error {
	at, err := calendars.ParseAddress(c.Address)
	if err != nil {
		return usagef("--address: %w", err)
	}
	return a.withOwner(func(s *session) error {
		made, err := s.calendars().Create(a.ctx, calendars.New{Person: c.Person, Expires: c.Expires.From(a.wall()), Address: at})
		if err != nil {
			return err
		}
		return printAnswer(a, made, c.JSON, (*report.Page).NewCalendar)
	})
}

type listCalendarsCommand struct {
	Person string `arg:"" optional:"" help:"Only those of one person, by staff reference."`
	JSON   bool   `name:"json" help:"One JSON object a line, for machines."`
}

// Run lists the addresses.
func (c *listCalendarsCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		list, err := s.calendars().List(a.ctx, c.Person)
		return printRows(a, list, err, c.JSON, (*report.Page).Calendars)
	})
}

type revokeCalendarCommand struct {
	Calendar string `arg:"" help:"Its id, as list shows it; the address as it was found; or a staff reference, for all that the person has."`
	Reason   string `placeholder:"TEXT" help:"Why: it is kept."`
	JSON     bool   `name:"json" help:"One JSON object a line, for machines."`
}

// Run revokes addresses.
func (c *revokeCalendarCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		list, err := s.calendars().Revoke(a.ctx, c.Calendar, c.Reason)
		return printRows(a, list, err, c.JSON, (*report.Page).RevokedCalendars)
	})
}

func (s *session) calendars() *calendars.Calendars { return calendars.Of(s.uses, s.record) }
