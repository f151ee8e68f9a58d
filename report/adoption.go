package report

import (
	"cmp"

	"longstop/api"
	"longstop/english"
)

// noneOf is how what is not there is named.
const noneOf = "none"

// Adoption says what putting a law in force did to the cases.
func (p *Page) Adoption(x *api.Adoption) error {
	if x.Changed {
		p.printf("In force from %s on, adopted by %s: %s\n\n", english.Second(x.At), x.By, x.Reason)
	} else {
		p.printf("Nothing has changed: this law is in force already, since %s, adopted by %s: %s\n", english.Second(x.At), x.By, x.Reason)
	}
	switch {
	case x.Failed:
		p.printf("Not finished: it is in force, and not every case has been planned again (%s). The worker program does the rest, and so does the same command again.\n", x.Failure)
	case x.Planned:
		p.law(*x.Law, *x.Before)
		p.effect(x)
	}
	return p.err
}

// effect says what an adoption did to the cases.
func (p *Page) effect(x *api.Adoption) {
	p.printf("\n%s planned again.", english.Count(x.Cases, "case"))
	if len(x.Timescales) == 0 {
		p.printf(" Nothing that is still owed has changed.\n")
	} else {
		p.printf(" Of the timescales that are still owed:\n\n")
		columns := tallyColumns(x.All)
		rows := [][]string{append([]string{"REF", "WHAT"}, headsOf(columns)...)}
		for _, r := range x.Timescales {
			rows = append(rows, append([]string{r.Ref, r.Title}, cellsOf(columns, r.Tally)...))
		}
		rows = append(rows, append([]string{"all", ""}, cellsOf(columns, x.All)...))
		p.table("", rows...)
		p.localDates(x.All)
		p.paragraph(p.hints[ExplainMoved])
	}
	p.corrections(x.Corrected)
	p.past(x.Pasts, "Of what is over (done, ended or not reported), timescales are shown otherwise from now on:", english.Are)
	if n := x.Closed; n > 0 && len(x.Pasts) == 0 { // what another command left, or another adoption
		p.printf("%s done, ended or not reported changed too.\n", english.CountOf(n, "timescale that is", "timescales that are"))
	}
	if n := x.LawUnread; n > 0 {
		p.printf("Of %s it cannot be told what changed: this release cannot read the law before.\n", english.Count(n, "case"))
	}
	if n := x.Unread; n > 0 {
		p.printf("Of %s it could not be told beforehand how it changes what is over: they could not be worked out.\n", english.Count(n, "case"))
	}
	if n := x.PutAside; n > 0 {
		p.printf("%s could not be worked out by it and %s tried again%s.\n", english.Count(n, "case"), english.Are(n), p.hints[WhyPutAside])
	}
	p.clocks(x.Clocks)
}

// law shows a law and what the one before was.
func (p *Page) law(l, before api.Law) {
	row := func(what, now, was string, sameText bool) []string {
		words := cmp.Or(now, noneOf)
		switch {
		case now != was:
			words += " (before: " + cmp.Or(was, noneOf) + ")"
		case !sameText:
			words += " (before: another text of this name)"
		}
		return []string{what, words}
	}
	p.table("",
		row("Rule pack", l.Pack, before.Pack, l.PackHash == before.PackHash),
		row("Overlay", l.Overlay, before.Overlay, l.OverlayHash == before.OverlayHash),
		row("Bank holidays", l.BankHolidays, before.BankHolidays, true), // their name holds the hash of their dates
	)
}
