package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

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
	e := &linesError{}
	for _, f := range faults {
		e.lines = append(e.lines, f.String())
	}
	return e
}

// timescaleOf finds a timescale, and says what to do where there is none.
func timescaleOf(pack *timescale.Pack, ref string) (*timescale.Timescale, error) {
	t := pack.Timescale(ref)
	if t == nil {
		return nil, refusef("%s: the rule pack has no timescale with that ref: 'starter rules' lists them%s", ref, near(pack, ref))
	}
	return t, nil
}

// near suggests the ref that was meant where only the case of the letters is wrong.
func near(pack *timescale.Pack, ref string) string {
	for i := range pack.Timescales {
		if strings.EqualFold(pack.Timescales[i].Ref, ref) {
			return fmt.Sprintf(" (did you mean %s?)", pack.Timescales[i].Ref)
		}
	}
	return ""
}
