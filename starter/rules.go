package main

import (
	"fmt"
	"slices"
	"strings"

	"longstop/api"
	"longstop/calendar"
	"longstop/english"
	"longstop/service"
	"longstop/timescale"
)

type rulesCommand struct {
	Ref      string `arg:"" optional:"" help:"One timescale, such as AS-01. Default: all."`
	Unset    bool   `help:"Only what a council has still to set, with the numbers that councils use."`
	Template bool   `help:"With --unset: an overlay with these commented out, to choose from."`
	Stale    bool   `help:"Only the checks of the law that are to be made again, and why."`
	AsOf     string `name:"as-of" placeholder:"DATE" help:"With --stale: as of a day. Default: today."`
	Adopted  bool   `help:"The law in force on the record, instead of what the flags name."`
	JSON     bool   `name:"json" help:"A JSON array of timescales, for machines."`
	law
}

// Help shows examples.
func (rulesCommand) Help() string {
	return `Example:

    starter rules
    starter rules CP-10
    starter rules --json
    starter rules --unset --overlay anytown.yaml
    starter rules --unset --template > anytown.yaml
    starter rules --stale --as-of 2028-06-01

A check of the law is stale where it is older than eighteen months, or than an edition that came since.`
}

// Run shows the pack.
func (c *rulesCommand) Run(a *app) error {
	day, err := c.day(a)
	if err != nil {
		return err
	}
	return c.withPack(a, func(pack *timescale.Pack) error {
		switch {
		case c.Unset:
			return c.unset(a, pack)
		case c.Stale:
			return c.stale(a, pack, day)
		default:
			return c.rules(a, pack)
		}
	})
}

// day is the day of --as-of, and says which flags go together.
func (c *rulesCommand) day(a *app) (calendar.Date, error) {
	switch {
	case c.Unset && c.Stale:
		return 0, usagef("--unset and --stale list different things: choose one")
	case c.Ref != "" && (c.Unset || c.Stale):
		return 0, usagef("--unset and --stale list the whole pack: leave out %s", c.Ref)
	case c.Template && (!c.Unset || c.JSON):
		return 0, usagef("--template goes with --unset, and is no JSON")
	case c.AsOf != "" && !c.Stale:
		return 0, usagef("--as-of goes with --stale")
	case c.AsOf == "":
		return calendar.DateOf(a.now()), nil
	}
	day, err := calendar.ParseDate(c.AsOf)
	if err != nil {
		return 0, usagef("--as-of: %w", err)
	}
	return day, nil
}

// withPack runs on what the flags name, or on the law in force on the record.
func (c *rulesCommand) withPack(a *app, run func(*timescale.Pack) error) error {
	switch {
	case c.Adopted && (c.Overlay != a.getenv("LONGSTOP_OVERLAY") || c.Pack != a.getenv("LONGSTOP_PACK")):
		return usagef("--adopted is the law of the record: leave out --pack and --overlay")
	case !c.Adopted:
		pack, err := c.pack()
		if err != nil {
			return err
		}
		return run(pack)
	}
	return a.with(func(s *session) error {
		pack, err := s.uses.AdoptedPack(a.ctx)
		if err != nil {
			return err
		}
		return run(pack)
	})
}

func (c *rulesCommand) rules(a *app, pack *timescale.Pack) error {
	rows, err := service.Rules(pack, c.Ref)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return a.printJSON(rows)
	case c.Ref != "":
		return printRule(a, &rows[0])
	default:
		return printRules(a, pack, rows)
	}
}

func printRules(a *app, pack *timescale.Pack, rows []api.Rule) error {
	off := 0
	for i := range rows {
		if rows[i].Off != "" {
			off++
		}
	}
	a.printf("%s, edition %s: %d timescales, of which %d are in force\n\n", pack.Name, pack.Edition, len(rows), len(rows)-off)
	cells := [][]string{{"REF", "WHAT", "PATHWAY", "STATUS", "ITS WORDS", "LIMIT, AND SINCE WHEN"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{r.Ref, r.Title, r.Pathway, statusWords(r), wordsKnown(r), r.Limit})
	}
	if err := a.table("", cells...); err != nil {
		return err
	}
	if off > 0 {
		a.printf("\nWhat is off ships with the pack and does not run until a council's overlay switches it on (docs/rule-language.md).\n")
	}
	if slices.ContainsFunc(rows, func(r api.Rule) bool { return r.Default }) {
		a.printf("\nDefault: the number is %s. An overlay confirms or changes it (docs/rule-language.md).\n", timescale.LongstopsDefault)
	}
	a.printf("\nIts words: how the words of the latest source are known. What is read in part, by a similar text or not at all does not show the limit; a council sets what is local ('starter rules --unset').\n")
	a.printf("\n'starter rules REF' shows one with its source, what starts it, what it asks for, and who is told.\n")
	return nil
}

func statusWords(r *api.Rule) string {
	words := r.Status
	if r.Off != "" {
		words += ", off"
	}
	if r.Default {
		words += ", default"
	}
	return words
}

// wordsKnown is how the words of the source are known, for the table.
func wordsKnown(r *api.Rule) string {
	switch {
	case r.Checked != nil:
		return r.Checked.Mark
	case r.Status == timescale.StatusLocal:
		return "local"
	default:
		return "not said"
	}
}

// dates is a stretch of in-force dates, short; until is the first day outside it.
func dates(from, until string) string {
	switch {
	case from == "" && until == "":
		return "always"
	case from == "":
		return "before " + until
	case until == "":
		return "from " + from
	default:
		return "from " + from + ", before " + until
	}
}

func printRule(a *app, r *api.Rule) error {
	a.printf("%s  %s\n%s\n\n", r.Ref, r.Title, r.Todo)
	if r.Off != "" {
		a.printf("Not in force: %s. An overlay switches it on.\n\n", r.Off)
	}
	rows := [][]string{{"Stage", r.Pathway}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	add("Period", r.Period)
	add("Starts", startWords(r))
	add("For each of", r.Windows)
	add("Done by", strings.Join(r.MetBy, "; "))
	add("Ended by", strings.Join(r.EndedBy, "; "))
	add("Ends with", strings.Join(r.EndsWith, ", "))
	add("Not while", strings.Join(r.NotWhile, ", "))
	add("Extended", r.Extension)
	for _, e := range r.Editions {
		add("Limit", editionWords(&e))
		add("", fmt.Sprintf("%s (%s)", e.Source, e.Status))
		if e.Checked != nil {
			add("", e.Checked.Sentence)
		}
		if len(e.Councils) > 0 {
			add("", "councils use: "+councilsWords(e.Councils))
		}
	}
	for i, c := range r.Corrected {
		add([]string{"Corrected", ""}[min(i, 1)], c.Text)
	}
	for i, step := range r.Ladder {
		name := ""
		if i == 0 {
			name = "Told"
		}
		rows = append(rows, []string{name, fmt.Sprintf("%s to the %s, %s", step.Kind, english.Role(step.Role), english.Step(step.Rung))})
	}
	return a.table("", rows...)
}

func startWords(r *api.Rule) string {
	words := strings.Join(r.Starts, "; ")
	if r.Each {
		words += " (each starts a timescale of its own)"
	}
	return words
}

func editionWords(e *api.Edition) string {
	words := limitWords(e)
	words += ", " + dates(e.From, e.Until)
	if e.LocalLimit != "" {
		words += "; here " + e.LocalLimit
	}
	switch {
	case e.Default:
		words += " (local, " + e.Whose + ": no law sets it)"
	case e.Local:
		words += " (local: no law sets it)"
	}
	return words
}

// limitWords is what an edition allows.
func limitWords(e *api.Edition) string {
	between := ", else "
	if e.Earliest {
		between = ", or "
	}
	parts := []string{}
	if words := strings.Join(e.Limits, between); words != "" {
		parts = append(parts, words)
	}
	if e.Earliest {
		parts = append(parts, "whichever is first")
	}
	if e.By != "" {
		parts = append(parts, "before "+e.By)
	}
	if e.NotBefore != "" {
		parts = append(parts, "not before "+e.NotBefore)
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case e.NoLimit:
		return "none: the law sets no number"
	default:
		return "as above"
	}
}

// unset shows what a council has still to set.
func (c *rulesCommand) unset(a *app, pack *timescale.Pack) error {
	switch {
	case c.Template:
		a.printf("%s", service.Template(pack))
	case c.JSON:
		return a.printJSON(service.Unset(pack))
	default:
		printUnset(a, pack, service.Unset(pack))
	}
	return nil
}

func printUnset(a *app, pack *timescale.Pack, unset []api.Unset) {
	var on, off []api.Unset
	for _, t := range unset {
		if t.Off == "" {
			on = append(on, t)
		} else {
			off = append(off, t)
		}
	}
	if len(unset) == 0 {
		a.printf("%s: nothing is left for a council to set.\n", lawWords(pack))
		return
	}
	a.printf("%s: %s that no law sets %s for a council to set.\n", lawWords(pack), english.Count(len(unset), "timescale"), english.Plural(len(unset), "waits", "wait"))
	if len(on) > 0 {
		a.printf("\nIn force, on %s:\n", timescale.LongstopsDefault)
		printInUse(a, on)
	}
	if len(off) > 0 {
		a.printf("\nOff, until an overlay switches them on:\n")
		printInUse(a, off)
	}
	a.printf("\n'starter rules --unset --template' writes an overlay with these commented out, to choose from.\n")
}

// lawWords names a pack, with the overlay over it.
func lawWords(pack *timescale.Pack) string {
	words := pack.Name + ", edition " + pack.Edition
	if pack.Overlay != "" {
		words += ", with the overlay of " + pack.Overlay
	}
	return words
}

func printInUse(a *app, rules []api.Unset) {
	for _, t := range rules {
		a.printf("  %-6s  %s: %s\n", t.Ref, t.Title, t.Limit)
		if len(t.Councils) > 0 {
			a.printf("          councils use: %s\n", councilsWords(t.Councils))
		}
	}
}

func councilsWords(used []api.InUse) string {
	words := make([]string, len(used))
	for i, u := range used {
		words[i] = u.Words
	}
	return strings.Join(words, " · ")
}

// stale shows which checks of the law are to be made again.
func (c *rulesCommand) stale(a *app, pack *timescale.Pack, day calendar.Date) error {
	rows := service.Stale(pack, day)
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
		cells = append(cells, []string{r.Ref, title, r.Checked.On + ", " + r.Checked.Mark, r.Since, r.Why})
	}
	if err := a.table("", cells...); err != nil {
		return err
	}
	a.printf("\nRead the source of each again, and put what was read and the day into checked (docs/rule-language.md, An edition).\n")
	return nil
}

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Rule packs and overlays; a folder stands for every .yaml file in it."`
	JSON  bool     `name:"json" help:"One JSON object a fault, for machines."`
}

// Help shows examples.
func (checkCommand) Help() string {
	return `Example:

    starter check council.yaml
    starter check packs/ council.yaml

Files that are named together are checked together: an overlay against the pack next to it, or else against the pack that ships with this program. A warning names what is not a fault and may not be meant: a change without its first day, which holds for all that is over too, and a file that changes nothing; and in a rule pack each check of the law that is stale today ('starter rules --stale').`
}

// Run names every fault, and warns of what may not be meant.
func (c *checkCommand) Run(a *app) error {
	found := service.Check(c.Files, calendar.DateOf(a.now()))
	if err := c.say(a, found.Faults, false); err != nil {
		return err
	}
	if err := c.say(a, found.Warnings, true); err != nil {
		return err
	}
	if len(found.Faults) > 0 {
		return errRefused
	}
	if !c.JSON {
		a.printf("%s, no fault\n", english.Count(found.Files, "file"))
	}
	return nil
}

// say names faults or warnings.
func (c *checkCommand) say(a *app, list []timescale.Fault, warning bool) error {
	for _, f := range list {
		if c.JSON {
			if err := a.printJSON(api.Fault{File: f.File, Line: f.Line, Rule: f.Rule, Reason: f.Reason, Warning: warning}); err != nil {
				return err
			}
		}
		words := f.String()
		if warning {
			words = "warning: " + words
		}
		a.say(words)
	}
	return nil
}

type dueCommand struct {
	Ref  string    `arg:"" help:"The timescale, such as AS-01."`
	Date momentArg `arg:"" placeholder:"DATE" help:"The day on which it started (YYYY-MM-DD); for a limit in hours the instant (2026-12-10T14:30:00Z)."`
	JSON bool      `name:"json" help:"One JSON object, for machines."`
	law
}

// Help shows examples.
func (dueCommand) Help() string {
	return `Example:

    starter due AS-01 2026-12-10
    starter due CP-03 2026-12-19 --json
    starter due CP-10 2026-12-10 --overlay council.yaml

The first line of the output is the date alone.`
}

// Run works the date out.
func (c *dueCommand) Run(a *app) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	d, err := service.Due(book, c.Ref, c.Date.When)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return a.printJSON(d.Answer())
	default:
		return printDue(a, d)
	}
}

// printDue writes the date on a line of its own, and then how it was worked out.
func printDue(a *app, d *service.DueDate) error {
	a.printf("%s\n\n%s  %s\n\n", d.Text(), d.Rule.Ref, d.Rule.Title)
	if err := a.table("", dueRows(d)...); err != nil {
		return err
	}
	if len(d.Skipped) > 0 {
		a.printf("\nDays not counted\n")
	}
	for _, s := range d.Skipped {
		a.printf("  %s  %s\n", english.AlignedDay(s.Date), s.Why)
	}
	return nil
}

func dueRows(d *service.DueDate) [][]string {
	rows := [][]string{
		{"Started", startedWords(d)},
		{"Limit", d.Limit.String() + localWords(d.Edition)},
		{"Counted", counted(d)},
		{"Source", d.Edition.Source + " (" + d.Edition.Status + ")"},
		{"In force", inForceHere(d)},
		{"Calendar", d.Calendar.Edition()},
	}
	if !d.LocalDue.IsZero() {
		rows = append(rows, []string{"Local due", fmt.Sprintf("%s: %s here (%s)", d.LocalDue, d.Edition.LocalLimit, d.Edition.LocalSource)})
	}
	if d.Provisional {
		rows = append(rows, []string{"Provisional", "the count touches days that this calendar may not know yet: a year whose bank holidays are not published, or further closed days"})
	}
	if known := d.Edition.Checked.Sentence(); known != "" {
		rows = append(rows, []string{"Checked", known})
	}
	return rows
}

// inForceHere is when the edition holds, or why the timescale does not.
func inForceHere(d *service.DueDate) string {
	if d.Rule.Off != "" {
		return "not here: " + d.Rule.Off + "; a council's overlay switches it on"
	}
	return service.Stretch(d.Edition.From, d.Edition.Until)
}

func localWords(e *timescale.Edition) string {
	switch {
	case e.Default:
		return " (local, " + e.Whose() + ": no law sets it)"
	case e.Local:
		return " (local: no law sets it)"
	}
	return ""
}

func startedWords(d *service.DueDate) string {
	if d.DueAt.IsZero() || d.Started.DayOnly() {
		return english.Day(d.Started.Day)
	}
	return english.Second(d.Started.Instant)
}

// counted says how the limit was counted.
func counted(d *service.DueDate) string {
	l := d.Limit
	switch {
	case l.InHours() && d.Started.DayOnly():
		return "elapsed time from 00:00 London, since only the day is known; it ends " + english.Second(d.DueAt)
	case l.InHours():
		return "elapsed time, through weekends and clock changes; it ends " + english.Second(d.DueAt)
	case l.BeginningWith:
		return "the day it started is day 1; the last day is " + english.Day(d.Due)
	case l.Unit == timescale.WorkingDays:
		return fmt.Sprintf("the day it started is day 0; working day %d after it is %s", l.N, english.Day(d.Due))
	case l.Unit == timescale.Months || l.Unit == timescale.Years:
		return "the corresponding date is " + english.Day(d.Due) + "; weekends and bank holidays make no difference"
	default:
		return fmt.Sprintf("%d days on is %s; weekends and bank holidays make no difference", d.Due.DaysSince(d.Started.Day), english.Day(d.Due))
	}
}
