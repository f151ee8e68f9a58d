package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/store"
	"longstop/store/receivers"
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
	if r.Key == "" && r.Action != "" {
		what += ": " + r.Action
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

// WebhookSecret shows a secret that was made, this once.
func (p *Page) WebhookSecret(w *api.Webhook) error {
	p.printf("%s, at %s, is told of %s. Its secret:\n\n    %s\n\nIt is shown this once. Whoever has it can sign as Longstop.\n",
		w.Name, w.URL, cmp.Or(strings.Join(w.Kinds, ", "), "every change"), w.Secret)
	if w.OldUntil != nil {
		p.printf("Until %s the secret before it signs as well.\n", english.Minute(*w.OldUntil))
	}
	return p.err
}

// Webhooks lists webhooks, and says what is wrong with them.
func (p *Page) Webhooks(list []api.Webhook) error {
	if len(list) == 0 {
		p.printf("No system is told of changes.\n")
		return p.err
	}
	rows := [][]string{{"NAME", "ADDRESS", "OWNER", "KINDS", "STATE", "WAITING", "LAST TAKEN"}}
	for i := range list {
		w := &list[i]
		taken := "never"
		if w.LastTaken != nil {
			taken = english.Short(*w.LastTaken)
		}
		rows = append(rows, []string{
			w.Name, w.URL, w.Owner, cmp.Or(strings.Join(w.Kinds, ","), "all"), webhookState(w), strconv.Itoa(w.Waiting), taken,
		})
	}
	p.table("", rows...)
	for i := range list {
		p.paragraph(webhookTrouble(&list[i]))
	}
	return p.err
}

func webhookState(w *api.Webhook) string {
	if w.State == receivers.Active && w.DownSince != nil {
		return "down"
	}
	return string(w.State)
}

// webhookTrouble is what a person should know of a webhook; "" where that is nothing.
func webhookTrouble(w *api.Webhook) string {
	var parts []string
	switch {
	case w.State == receivers.Disabled:
		parts = append(parts, w.Name+" is disabled: "+w.Reason+".")
	case w.DownSince != nil:
		text := w.Name + " has taken nothing since " + english.Minute(*w.DownSince) + ": " + w.LastReason
		if w.NextTry != nil {
			text += "; it is tried again at " + english.Minute(*w.NextTry)
		}
		parts = append(parts, text+".")
	}
	if w.Aside > 0 {
		parts = append(parts, "Of "+english.Count(w.Aside, "case")+" it refused a message until the last attempt: what comes after it waits for 'resume'.")
	}
	return strings.Join(parts, " ")
}

// WebhookTest says how a test was answered.
func (p *Page) WebhookTest(t *api.WebhookTest) error {
	if t.Taken {
		p.printf("%s took the test.\n", t.Name)
	} else {
		p.printf("%s did not take the test: %s.\n", t.Name, t.Reason)
	}
	return p.err
}

// Changes lists what changed of duties, and says where to go on.
func (p *Page) Changes(found *api.Changes) error {
	if len(found.Changes) == 0 {
		p.printf("No changes. The feed ends at the cursor %s.\n", found.Cursor)
		return p.err
	}
	rows := [][]string{{"KNOWN", "CASE", "REF", "WHAT", "STATE", "DUE"}}
	for i := range found.Changes {
		c := &found.Changes[i]
		rows = append(rows, []string{
			english.Short(c.Known), cmp.Or(c.Case, c.CaseKey[:shortKey]), c.Ref, whatHappened(c),
			cmp.Or(fromTo(english.State(c.StateBefore), english.State(c.State)), "-"), cmp.Or(fromTo(c.DueBefore, c.Due), "-"),
		})
	}
	p.table("", rows...)
	further := "That is all"
	if found.More {
		further = "There is more"
	}
	p.printf("\n%s. Go on from the cursor %s.\n", further, found.Cursor)
	return p.err
}

// shortKey is how much of a case's key tells it from the others: commands take so much of it.
const shortKey = 8

// whatHappened says what a change is, with the role that was told and the day that was promised.
func whatHappened(c *api.FeedChange) string {
	words := english.Spaced(string(c.Kind))
	if c.Kind == store.DutyMet {
		words = "done"
	}
	switch {
	case c.Role != "":
		words += " to the " + english.Role(c.Role)
		if c.Rung != "" {
			words += ", " + english.Step(c.Rung)
		}
	case c.Until != "":
		words += " until " + c.Until
	case c.Kind == store.DutyOverdue && c.Past == casework.PassedLocal:
		words = "past a limit that no law sets"
	}
	if c.LocalDue != c.LocalDueBefore {
		words += ", the council's own date " + cmp.Or(fromTo(c.LocalDueBefore, c.LocalDue), "none")
	}
	return words
}

// fromTo is a value, with the one before where it was another.
func fromTo(before, now string) string {
	if before == "" || before == now {
		return now
	}
	return before + " → " + now
}
