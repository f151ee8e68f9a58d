package main

import (
	"cmp"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// staleRow is a check of the law that is to be made again.
type staleRow struct {
	Ref     string     `json:"ref"`
	Title   string     `json:"title"`
	Pathway string     `json:"pathway"`
	Off     bool       `json:"off,omitempty"`
	Source  string     `json:"source"`
	Checked checkedRow `json:"checked"`
	Since   string     `json:"stale_since"`
	Why     string     `json:"why"`
}

// stale shows which checks of the law are to be made again.
func (c *rulesCommand) stale(a *app, pack *timescale.Pack, day calendar.Date) error {
	rows := []staleRow{}
	for _, s := range pack.Stale(day) {
		rows = append(rows, staleRow{
			Ref: s.Rule.Ref, Title: s.Rule.Title, Pathway: s.Rule.Pathway, Off: s.Rule.Off != "",
			Source: s.Edition.Source, Checked: *checkedRowOf(s.Edition.Checked), Since: s.Since.String(), Why: s.Why,
		})
	}
	if c.JSON {
		return a.printJSON(rows)
	}
	a.printf("%s: of the checks of the law, %d %s stale on %s.\n", lawWords(pack), len(rows), english.Are(len(rows)), day)
	if len(rows) == 0 {
		return nil
	}
	a.printf("\n")
	cells := [][]string{{"REF", "WHAT", "CHECKED", "STALE SINCE", "WHY"}}
	for _, r := range rows {
		title := r.Title
		if r.Off {
			title += " (off)"
		}
		cells = append(cells, []string{r.Ref, title, r.Checked.On + ", " + r.Checked.mark, r.Since, r.Why})
	}
	if err := a.table("", cells...); err != nil {
		return err
	}
	a.printf("\nRead the source of each again, and put what was read and the day into checked (docs/rule-language.md, An edition).\n")
	return nil
}

// checkedRow is how the words of an edition are known.
type checkedRow struct {
	Read    string `json:"read"` // words, through, part, similar or none
	In      string `json:"in,omitempty"`
	Missing string `json:"missing,omitempty"`
	On      string `json:"on,omitempty"`

	mark, sentence string // in a few words, and in full
}

// checkedRowOf is nil where nothing is said of it.
func checkedRowOf(c timescale.Check) *checkedRow {
	if c.Read == "" {
		return nil
	}
	return &checkedRow{Read: string(c.Read), In: c.In, Missing: c.Missing, On: c.On.String(), mark: cmp.Or(c.Mark(), "words read"), sentence: c.Sentence()}
}
