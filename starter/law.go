package main

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"slices"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/arguments"
	"longstop/report"
	"longstop/service"
	"longstop/timescale"
	"longstop/timescale/load"
)

type adoptCommand struct {
	draft
	Reason string `required:"" placeholder:"TEXT" help:"Why; it is kept on the record, with every date that moves."`
	By     string `required:"" placeholder:"WHO" help:"Who adopts it."`
	Past   bool   `name:"restate-the-past" help:"Adopt it though timescales that are over would be shown otherwise than until now: in time and then late, say."`
	Late   bool   `name:"confirm-overdue" help:"Adopt it though many open timescales would at once be overdue, or past a local date, that are not now."`
	JSON   bool   `name:"json" help:"One JSON object, for machines."`
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
	return printWaiting(a, x, x.Clocks, c.JSON, (*report.Page).Adoption)
}

// law says which rule pack, overlay and bank holidays a command without services goes by:
// those that ship with this program, unless files are named.
type law struct {
	Overlay      string `placeholder:"FILE" env:"LONGSTOP_OVERLAY" help:"A council's overlay, laid over the pack."`
	Pack         string `placeholder:"PATH" env:"LONGSTOP_PACK" help:"A rule pack, a file or a folder, in place of the one that ships with this program."`
	BankHolidays string `placeholder:"FILE" env:"LONGSTOP_BANK_HOLIDAYS" help:"A newer copy of the bank holidays that GOV.UK publishes."`
}

// book reads and compiles what the flags name. A faulty pack or overlay is refused, with
// every fault on a line of its own; a file that cannot be read is wrong usage.
func (l law) book() (*casework.Book, error) {
	pack, err := l.pack()
	if err != nil {
		return nil, err
	}
	days, err := l.calendar()
	if err != nil {
		return nil, err
	}
	return casework.NewBook(pack, days), nil
}

func (l law) pack() (*timescale.Pack, error) {
	base, err := l.base()
	if err != nil || l.Overlay == "" {
		return base, err
	}
	files, err := load.Paths(l.Overlay)
	if err != nil {
		return nil, usagef("--overlay (or LONGSTOP_OVERLAY): %w", err)
	}
	for _, f := range files {
		laid, faults := load.Overlay(base, f)
		if len(faults) > 0 {
			return nil, faulty(faults)
		}
		base = laid
	}
	return base, nil
}

func (l law) base() (*timescale.Pack, error) {
	if l.Pack == "" {
		return load.Embedded(), nil
	}
	files, err := load.Paths(l.Pack)
	if err != nil {
		return nil, usagef("--pack (or LONGSTOP_PACK): %w", err)
	}
	pack, err := load.Files(files)
	if err != nil {
		var found *load.Error
		if errors.As(err, &found) {
			return nil, faulty(found.Faults)
		}
		return nil, err
	}
	return pack, nil
}

func (l law) calendar() (*calendar.Calendar, error) {
	if l.BankHolidays == "" {
		return calendar.Published(), nil
	}
	f, err := os.Open(l.BankHolidays)
	if err != nil {
		return nil, usagef("--bank-holidays (or LONGSTOP_BANK_HOLIDAYS): %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	days, err := calendar.Parse(f)
	if err != nil {
		return nil, refusef("%s: %w", l.BankHolidays, err)
	}
	return days, nil
}

// faulty is a refusal with every fault.
func faulty(faults []timescale.Fault) error {
	return &service.LawError{Faults: faults}
}

// draft names a law to be adopted or tried: what is left out stays as it is.
type draft struct {
	Pack         string   `placeholder:"PATH" help:"A rule pack, a file or a folder; 'shipped' is the one that ships with this program."`
	Overlay      []string `placeholder:"FILE" help:"A council's overlay, instead of the one in force; may be repeated. 'none' takes it away."`
	BankHolidays string   `placeholder:"FILE" help:"A copy of the bank holidays that GOV.UK publishes; 'shipped' is the one that ships with this program."`
}

// What may be named instead of a file.
const (
	shipped = "shipped"
	none    = "none"
)

// named is wrong usage where the draft names nothing.
func (d draft) named() error {
	if d.Pack == "" && len(d.Overlay) == 0 && d.BankHolidays == "" {
		return usagef("name what is to change: --overlay FILE, --pack PATH or --bank-holidays FILE; the rest stays as it is")
	}
	return nil
}

// change reads the files that the draft names. One that cannot be read is wrong usage; a
// calendar that is faulty is refused, naming the file.
func (d draft) change() (load.Change, error) {
	var l load.Change
	for _, read := range []func(*load.Change) error{d.readPack, d.readOverlay, d.readHolidays} {
		if err := read(&l); err != nil {
			return l, err
		}
	}
	return l, nil
}

func (d draft) readPack(l *load.Change) (err error) {
	switch d.Pack {
	case "":
	case shipped:
		l.Pack = load.EmbeddedFiles()
	default:
		if l.Pack, err = load.Paths(d.Pack); err != nil {
			return usagef("--pack: %w", err)
		}
	}
	return nil
}

func (d draft) readOverlay(l *load.Change) error {
	switch {
	case len(d.Overlay) == 0:
		return nil
	case slices.Equal(d.Overlay, []string{none}):
		l.Overlays = []load.File{}
		return nil
	}
	files, err := load.Paths(d.Overlay...)
	if err != nil {
		return usagef("--overlay: %w", err)
	}
	names := map[string]bool{}
	for _, f := range files {
		if names[f.Name] {
			return refusef("%s: two overlays have this name, by which they are kept: rename one", f.Name)
		}
		names[f.Name] = true
	}
	l.Overlays = files
	return nil
}

func (d draft) readHolidays(l *load.Change) (err error) {
	switch d.BankHolidays {
	case "":
		return nil
	case shipped:
		l.Holidays = load.ShippedHolidays()
		return nil
	}
	if l.Holidays, err = os.ReadFile(d.BankHolidays); err != nil {
		return usagef("--bank-holidays: %w", err)
	}
	if _, err := calendar.Parse(bytes.NewReader(l.Holidays)); err != nil {
		return refusef("%s: %w", d.BankHolidays, err)
	}
	return nil
}

// or takes from another draft what this one leaves out.
func (d draft) or(other draft) draft {
	if len(d.Overlay) == 0 {
		d.Overlay = other.Overlay
	}
	return draft{
		Pack: cmp.Or(d.Pack, other.Pack), Overlay: d.Overlay, BankHolidays: cmp.Or(d.BankHolidays, other.BankHolidays),
	}
}

// book compiles the law that the draft names, without any service.
func (d draft) book() (*casework.Book, error) {
	change, err := d.change()
	if err != nil {
		return nil, service.RefusedLaw(err)
	}
	pack, days, err := change.Compile()
	if err != nil {
		return nil, service.RefusedLaw(service.Refusef("%w", err))
	}
	return casework.NewBook(pack, days), nil
}

type whatIfCommand struct {
	draft
	Events string           `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf   arguments.Moment `placeholder:"DATE|INSTANT" help:"Compare as things stood then; a date means the end of that day. Default: now."`
	List   bool             `help:"Name every timescale that would change."`
	JSON   bool             `name:"json" help:"One JSON object, for machines; it names every timescale."`
}

// Run compares two laws, on the record or on a file of events.
func (c *whatIfCommand) Run(a *app) error {
	if err := c.named(); err != nil {
		return err
	}
	if c.Events != "" {
		return c.ofFile(a)
	}
	if err := a.needsRecord(); err != nil {
		return err
	}
	change, err := c.change()
	if err != nil {
		return err
	}
	return a.with(func(s *session) error {
		found, err := s.uses.WhatIf(a.ctx, change, c.comparison())
		return cmp.Or(c.print(a, found), err)
	})
}

// print shows what differs.
func (c *whatIfCommand) print(a *app, x *api.WhatIf) error {
	switch {
	case x == nil:
		return nil
	case c.JSON:
		return a.printJSON(x)
	default:
		return a.page().WhatIf(x, c.List)
	}
}

func (c *whatIfCommand) comparison() service.Comparison {
	return service.Comparison{AsOf: c.AsOf.When, Named: c.List || c.JSON}
}

// ofFile compares on a file of events, without any service.
func (c *whatIfCommand) ofFile(a *app) error {
	set := draft{Pack: a.getenv("LONGSTOP_PACK"), BankHolidays: a.getenv("LONGSTOP_BANK_HOLIDAYS")}
	if overlay := a.getenv("LONGSTOP_OVERLAY"); overlay != "" {
		set.Overlay = []string{overlay}
	}
	before, err := set.book()
	if err != nil {
		return err
	}
	after, err := c.or(set).book()
	if err != nil {
		return err
	}
	return a.onFile(after, c.Events, func(o service.Offline, cases *service.Cases) error {
		found, err := o.WhatIf(a.ctx, before, cases, c.comparison())
		return cmp.Or(c.print(a, found), err, cases.PartlyRefused())
	})
}
