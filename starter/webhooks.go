package main

import (
	"context"
	"time"

	"longstop/outwards"
	"longstop/report"
	"longstop/service"
)

type webhooksCommand struct {
	Add    addWebhookCommand    `cmd:"" help:"Have a system told of changes. Its secret is shown once."`
	List   listWebhooksCommand  `cmd:"" help:"Which systems are told, and how that goes."`
	Rotate rotateWebhookCommand `cmd:"" help:"Make another secret. The one before signs as well for a while."`
	Pause  pauseWebhookCommand  `cmd:"" help:"Let the messages of a system wait."`
	Resume resumeWebhookCommand `cmd:"" help:"Have a system told again of all that waits."`
	Remove removeWebhookCommand `cmd:"" help:"Forget a system, and what waits for it."`
	Test   testWebhookCommand   `cmd:"" help:"Send a system a message that tells of nothing."`
}

// outside is what telling systems outside needs, as it is set here.
func (a *app) outside() (o service.Outside, err error) {
	o.Now = a.wall
	if o.Keys, o.Networks, err = outwards.Settings(a.getenv); err != nil {
		return o, usagef("%w", err)
	}
	return o, nil
}

type addWebhookCommand struct {
	Name    string   `arg:"" help:"What people call it."`
	URL     string   `arg:"" help:"Where it is told, by POST: https://..."`
	Owner   string   `required:"" placeholder:"WHO" help:"Who answers for it."`
	Kinds   []string `sep:"," placeholder:"KIND,…" help:"Of changes: opened, moved, overdue, met, ended, reopened, withdrawn, unreported, escalated, acknowledged, acknowledgement_withdrawn. Default: all."`
	Backlog bool     `help:"Tell it also of what the first load of a source brings."`
	JSON    bool     `name:"json" help:"One JSON object, for machines."`
}

// Run adds a webhook, and shows its secret.
func (c *addWebhookCommand) Run(a *app) error {
	return a.withOutside((*app).withOwner, func(s *session, o service.Outside) error {
		made, err := s.uses.AddWebhook(a.ctx, service.NewWebhook{Name: c.Name, URL: c.URL, Owner: c.Owner, Kinds: c.Kinds, Backlog: c.Backlog}, o)
		if err != nil {
			return err
		}
		return printAnswer(a, made, c.JSON, (*report.Page).WebhookSecret)
	})
}

// withOutside opens the services by one of with and withOwner, and runs a command with what telling systems outside needs.
func (a *app) withOutside(with func(*app, func(*session) error) error, run func(*session, service.Outside) error) error {
	o, err := a.outside()
	if err != nil {
		return err
	}
	return with(a, func(s *session) error { return run(s, o) })
}

type listWebhooksCommand struct {
	JSON bool `name:"json" help:"One JSON object a line, for machines."`
}

// Run lists the webhooks.
func (c *listWebhooksCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		list, err := s.uses.Webhooks(a.ctx)
		return printRows(a, list, err, c.JSON, (*report.Page).Webhooks)
	})
}

type rotateWebhookCommand struct {
	Name       string        `arg:"" help:"Its name, or its id."`
	KeepOldFor time.Duration `default:"24h" placeholder:"TIME" help:"How long the old secret signs as well: 48h; at most 720h. Default: ${default}."`
	JSON       bool          `name:"json" help:"One JSON object, for machines."`
}

// Run replaces a secret, and shows the new one.
func (c *rotateWebhookCommand) Run(a *app) error {
	return a.withOutside((*app).withOwner, func(s *session, o service.Outside) error {
		made, err := s.uses.RotateWebhook(a.ctx, c.Name, c.KeepOldFor, o)
		if err != nil {
			return err
		}
		return printAnswer(a, made, c.JSON, (*report.Page).WebhookSecret)
	})
}

// oneWebhook is what the commands on one webhook have in common.
type oneWebhook struct {
	Name string `arg:"" help:"Its name, or its id."`
}

func (c *oneWebhook) do(with func(func(*session) error) error, a *app, change func(*service.Service, context.Context, string) error, done string) error {
	return with(func(s *session) error {
		err := change(s.uses, a.ctx, c.Name)
		if err == nil {
			a.printf("%s %s.\n", c.Name, done)
		}
		return err
	})
}

type pauseWebhookCommand struct{ oneWebhook }

// Run pauses a webhook.
func (c *pauseWebhookCommand) Run(a *app) error {
	return c.do(a.with, a, (*service.Service).PauseWebhook, "is paused: its messages wait")
}

type resumeWebhookCommand struct{ oneWebhook }

// Run resumes a webhook.
func (c *resumeWebhookCommand) Run(a *app) error {
	return c.do(a.with, a, (*service.Service).ResumeWebhook, "is told again of all that waits")
}

type removeWebhookCommand struct{ oneWebhook }

// Run removes a webhook.
func (c *removeWebhookCommand) Run(a *app) error {
	return c.do(a.withOwner, a, (*service.Service).RemoveWebhook, "is forgotten")
}

type testWebhookCommand struct {
	Name string `arg:"" help:"Its name, or its id."`
	JSON bool   `name:"json" help:"One JSON object, for machines."`
}

// Run sends a test. Exit code 1 where it is not taken.
func (c *testWebhookCommand) Run(a *app) error {
	return a.withOutside((*app).with, func(s *session, o service.Outside) error {
		done, err := s.uses.TestWebhook(a.ctx, c.Name, o)
		if err != nil {
			return err
		}
		if err := printAnswer(a, done, c.JSON, (*report.Page).WebhookTest); err != nil || done.Taken {
			return err
		}
		return errRefused
	})
}

type changesCommand struct {
	After   string `default:"0" placeholder:"CURSOR" help:"The cursor of the last answer; 0 is everything that is kept, and latest shows only where the feed ends. Default: ${default}."`
	Limit   int    `default:"100" placeholder:"N" help:"At most so many, up to 1000. Default: ${default}."`
	Details bool   `help:"Also the reference of each case and the id of each timescale."`
	JSON    bool   `name:"json" help:"One JSON object, for machines: the answer of GET /v1/changes."`
}

// Run shows what changed after a cursor.
func (c *changesCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		found, err := s.uses.Changes(a.ctx, service.ChangesQuery{After: c.After, Limit: c.Limit, Details: c.Details})
		if err != nil {
			return err
		}
		return printAnswer(a, found, c.JSON, (*report.Page).Changes)
	})
}
