package main

import (
	"cmp"
	"fmt"

	"longstop/internal/arguments"
	"longstop/notify/letter"
	"longstop/report"
	"longstop/service"
)

type explainCommand struct {
	Of       []string         `arg:"" name:"what" help:"What to explain: a case and one of its timescales, by ref or by id; or a case, a timescale or a notice alone."`
	AsOf     arguments.Moment `placeholder:"DATE|INSTANT" help:"As things stood then; a date means the end of that day. Default: now."`
	KnownAt  arguments.Moment `placeholder:"DATE|INSTANT" help:"With nothing that was recorded, sent or adopted later; also the default of --as-of. Default: everything."`
	JSON     bool             `name:"json" xor:"form" help:"A JSON object for each timescale, for machines."`
	Markdown bool             `xor:"form" help:"Markdown, for a page or a file."`
	anySource
	casesFrom
}

// Run explains every duty that is asked for.
func (c *explainCommand) Run(a *app) error {
	if len(c.Of) > 2 {
		return usagef("explain takes a case and one of its timescales, or one of these alone: %d were given", len(c.Of))
	}
	q := service.Question{Of: c.Of, Source: c.Source, View: service.View{AsOf: c.AsOf.When, KnownAt: c.KnownAt.When}}
	return c.with(a, func(o service.Offline, cases *service.Cases) error {
		answer, err := o.Explain(cases, q)
		return cmp.Or(c.print(a, answer, err), cases.PartlyRefused())
	}, func(s *service.Service) error {
		answer, err := s.Explain(a.ctx, q)
		return c.print(a, answer, err)
	})
}

func (c *explainCommand) print(a *app, answer *service.Answer, err error) error {
	switch {
	case err != nil:
		return err
	case answer.Explanations == nil && c.JSON:
		return printLines(a, answer.Listed)
	case answer.Explanations == nil:
		return a.page().Listed(answer, typeExplain)
	case c.JSON:
		return printLines(a, answer.Explanations)
	}
	for i, x := range answer.Explanations {
		if i > 0 {
			a.printf("\n")
		}
		if c.Markdown {
			a.printf("%s", x.Markdown())
		} else {
			a.printf("%s", x.Text())
		}
	}
	return nil
}

func typeExplain(ref, duty string) string {
	return "starter explain " + letter.ShellWord(ref) + " " + letter.ShellWord(duty)
}

// candidatesShown bounds how many cases are named where many could be meant.
const candidatesShown = 20

// candidateLines name the cases that may be meant, each with how its duty stands.
func candidateLines(e *service.CandidatesError) []string {
	var lines []string
	for i := range e.Found[:min(len(e.Found), candidatesShown)] {
		c := &e.Found[i]
		lines = append(lines, fmt.Sprintf("  %s  (%s)", typeExplain(c.Case, c.Row.Duty), report.Standing(&c.Row, c.Edition, e.Today)))
	}
	if more := len(e.Found) - candidatesShown; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more: 'starter duties --ref %s' lists them", more, e.Found[0].Row.Ref))
	}
	return lines
}
