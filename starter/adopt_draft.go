package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale/load"
)

// draft names a law to be adopted or tried: what is left out stays as it is.
type draft struct {
	Pack         string   `placeholder:"PATH" help:"A rule pack, a file or a folder; 'shipped' is the one that ships with this program."`
	Overlay      []string `placeholder:"FILE" help:"A council's overlay, in the place of the one in force; may be repeated. 'none' takes it away."`
	BankHolidays string   `placeholder:"FILE" help:"A copy of the bank holidays that GOV.UK publishes; 'shipped' is the one that ships with this program."`
}

// What stands in the place of a file.
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

// refusedLaw is a refusal with every fault of a law on a line of its own; other errors pass.
func refusedLaw(err error) error {
	var found *load.Error
	var refused *store.RefusedError
	switch {
	case errors.As(err, &found):
	case errors.As(err, &refused):
		return refusef("%w", err)
	default:
		return err
	}
	lines := &linesError{}
	for _, f := range found.Faults {
		lines.lines = append(lines.lines, f.String())
	}
	if errors.Is(err, load.ErrOverlayInForce) {
		lines.lines = append(lines.lines, "starter: "+load.ErrOverlayInForce.Error()+
			": name one that does with --overlay, or take it away with --overlay none")
	}
	return lines
}

// warnOfYears says which years a calendar no longer covers: an older copy of the file is
// easily taken for the new one.
func warnOfYears(a *app, before, after *calendar.Calendar) {
	if after.FirstYear() <= before.FirstYear() && after.LastYear() >= before.LastYear() {
		return
	}
	a.say(fmt.Sprintf("warning: these bank holidays cover the years %d to %d, and those before %d to %d: counts that touch a year that is missing become provisional",
		after.FirstYear(), after.LastYear(), before.FirstYear(), before.LastYear()))
}

// lawRow is a law in words.
type lawRow struct {
	Pack         string `json:"pack"`
	Overlay      string `json:"overlay,omitempty"`
	BankHolidays string `json:"bank_holidays"`
}

func lawRowOf(book *casework.Book) lawRow {
	p := book.Pack()
	return lawRow{Pack: p.Name + ", edition " + p.Edition, Overlay: p.Overlay, BankHolidays: book.Calendar().Edition()}
}

// print shows a law beside the one before.
func (l lawRow) print(a *app, before lawRow) error {
	row := func(what, now, was string) []string {
		words := cmp.Or(now, none)
		if now != was {
			words += " (before: " + cmp.Or(was, none) + ")"
		}
		return []string{what, words}
	}
	return a.table("",
		row("Rule pack", l.Pack, before.Pack),
		row("Overlay", l.Overlay, before.Overlay),
		row("Bank holidays", l.BankHolidays, before.BankHolidays),
	)
}
