package report

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/english"
	"longstop/store"
)

// Rebuilt says what starting every workflow again did.
func (p *Page) Rebuilt(done *api.Rebuilt) error {
	p.printf("%s planned again.\n", english.Count(done.Cases, "open case"))
	p.clocks(done.Clocks)
	if n := done.Restarted; n > 0 {
		p.printf("%s heard nothing any more and %s started again.\n", english.Count(n, "timescale"), english.Plural(n, "was", "were"))
	}
	if n := done.Orphans; n > 0 {
		p.printf("%s that the record does not know %s ended.\n", english.Count(n, "timescale"), english.Plural(n, "was", "were"))
	}
	if done.Failure != nil {
		p.printf("Not finished (%s). What was done stays, and the same command again does the rest.\n", done.Reason)
	}
	return p.err
}

// Faults returns a line for each case that could not be worked out, under one that says how many there are: what is
// shown of them, if anything, is as it last was.
func Faults(list []store.PutAside) []string {
	if len(list) == 0 {
		return nil
	}
	const named = 20
	lines := []string{fmt.Sprintf("%s could not be worked out, and %s timescales stand as they last were; the log of the worker program says more",
		english.Count(len(list), "case"), english.Plural(len(list), "its", "their"))}
	for i := range list[:min(named, len(list))] {
		lines = append(lines, fmt.Sprintf("%s, since %s: %s", list[i].Reference, english.Second(list[i].Since), list[i].Fault))
	}
	return lines
}

// Audit lists who ran what.
func (p *Page) Audit(rows []api.AuditRow) error {
	cells := [][]string{{"WHEN", "LOGIN", "USER", "COMMAND", "CASE", "WHAT"}}
	for i := range rows {
		cells = append(cells, auditCells(&rows[i]))
	}
	return p.tableAlone(cells)
}

func auditCells(r *api.AuditRow) []string {
	who := r.User
	if r.Host != "" {
		who += "@" + r.Host
	}
	if r.Key != "" && r.Action != "" {
		who = fmt.Sprintf("key %s (%s)", r.Key, r.KeyName)
	}
	what := string(r.Outcome)
	if r.Events > 0 {
		what = fmt.Sprintf("%s %d", what, r.Events)
	}
	return []string{
		calendar.InLondon(r.At).Format("2006-01-02 15:04:05"), r.Login, cmp.Or(who, "-"), cmp.Or(r.Command, "-"), cmp.Or(r.Case, "-"), what,
	}
}

// Retried says what nobody could be told, and whether it is tried again.
func (p *Page) Retried(r *api.Retried) error {
	cells := [][]string{{"SINCE", "CASE", "WHAT", "TO", "WHY"}}
	for i := range r.Notices {
		n := &r.Notices[i]
		cells = append(cells, []string{
			english.Short(*n.ClaimedAt), cmp.Or(n.Case, "-"), n.Kind + ", " + cmp.Or(n.Ref, "-") + ": " + stepCell(n.Rung),
			english.Role(n.Role), n.Reason,
		})
	}
	if len(r.Notices) > 0 {
		p.table("", cells...)
	}
	notices := english.Count(len(r.Notices), "notice")
	if r.DryRun {
		p.printf("%s that nobody could be told would be tried again. Nothing was changed.\n", notices)
		return p.err
	}
	p.printf("%s that nobody could be told, and what waits for the mail server, in %s: tried again now.\n", notices, english.Count(r.Cases, "case"))
	p.clocks(r.Clocks)
	return p.err
}

// Mended says which recording times were, or would be, mended.
func (p *Page) Mended(m *api.Mended) error {
	if len(m.Cases) == 0 {
		p.printf("Nothing was recorded in the future: there is nothing to mend.\n")
		return p.err
	}
	rows := [][]string{{"CASE", "EVENTS", "RECORDED"}}
	for _, found := range m.Cases {
		rows = append(rows, []string{
			cmp.Or(found.Reference, "(people and teams)"), strconv.Itoa(found.Events), found.LastRecorded.Format(time.RFC3339),
		})
	}
	p.table("", rows...)
	if m.DryRun {
		p.printf("%s to be mended; nothing was written.\n", english.Count(m.Events, "event"))
		return p.err
	}
	p.printf("%s\n", p.hints.after(english.Count(m.Events, "event")+" mended.", RebuildAfterMend))
	return p.err
}
