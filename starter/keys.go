package main

import (
	"longstop/internal/arguments"
	"longstop/report"
	"longstop/service"
)

type keysCommand struct {
	Create createKeyCommand `cmd:"" help:"Make a key for a system. It is shown once."`
	List   listKeysCommand  `cmd:"" help:"Every key that was made: what it is for, how it stands, when it was last used."`
	Rotate rotateKeyCommand `cmd:"" help:"Make a key instead of another, which stays good for a while."`
	Revoke revokeKeyCommand `cmd:"" help:"Take a key away: it is refused from the next request on."`
}

type createKeyCommand struct {
	Name        string            `arg:"" help:"Which system has it: 'case system, production'. The audit shows it."`
	Owner       string            `required:"" placeholder:"WHO" help:"Who answers for it, and is called when it leaks."`
	May         []string          `required:"" sep:"," placeholder:"ACTION,…" help:"What it may do, of record, people, attach, return, feed, read, law, acknowledge and changes."`
	Source      string            `placeholder:"NAME" help:"The source whose events it hands in; needed for record, people, attach, return and feed."`
	Council     string            `placeholder:"NAME" help:"Only while the overlay of this council is in force. Default: always."`
	Expires     arguments.Expires `placeholder:"DATE|DAYS" help:"When it ends: a date, or a number of days such as 90d; at most two years ahead. Default: 365d."`
	PerSecond   int               `placeholder:"N" help:"How many requests a second it may make. Default: as the web program is set."`
	AtOnce      int               `placeholder:"N" help:"How many of its requests may be under way. Default: as the web program is set."`
	Environment string            `default:"live" placeholder:"WORD" help:"Which record it is for, in a word that the key shows: live, test. Default: ${default}."`
	JSON        bool              `name:"json" help:"One JSON object, for machines."`
}

// Run makes a key, and shows it.
func (c *createKeyCommand) Run(a *app) error {
	return a.withOwner(func(s *session) error {
		made, err := s.uses.CreateKey(a.ctx, service.NewKey{
			Name: c.Name, Owner: c.Owner, Environment: c.Environment, May: c.May, Source: c.Source, Council: c.Council,
			PerSecond: c.PerSecond, AtOnce: c.AtOnce, Expires: c.Expires.From(a.wall()),
		})
		if err != nil {
			return err
		}
		return printAnswer(a, made, c.JSON, (*report.Page).NewKey)
	})
}

type listKeysCommand struct {
	JSON bool `name:"json" help:"One JSON object a line, for machines."`
}

// Run lists the keys.
func (c *listKeysCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		list, err := s.uses.Keys(a.ctx)
		return printRows(a, list, err, c.JSON, (*report.Page).Keys)
	})
}

type rotateKeyCommand struct {
	Key        string            `arg:"" help:"Its id, as list shows it."`
	KeepOldFor arguments.Span    `default:"7d" placeholder:"DAYS|HOURS" help:"How long the old key stays good: 7d, 12h; at most 30d. 0 revokes it at once. Default: ${default}."`
	Expires    arguments.Expires `placeholder:"DATE|DAYS" help:"When the new key ends: a date, or a number of days such as 90d; at most two years ahead. Default: 365d."`
	JSON       bool              `name:"json" help:"One JSON object, for machines."`
}

// Run replaces a key, and shows the new one.
func (c *rotateKeyCommand) Run(a *app) error {
	return a.withOwner(func(s *session) error {
		made, err := s.uses.RotateKey(a.ctx, service.Rotation{Key: c.Key, KeepOldFor: c.KeepOldFor.Duration, Expires: c.Expires.From(a.wall())})
		if err != nil {
			return err
		}
		return printAnswer(a, made, c.JSON, (*report.Page).NewKey)
	})
}

type revokeKeyCommand struct {
	Key    string `arg:"" help:"Its id, as list shows it; or what it begins with, or the whole of it, as it was found."`
	Reason string `placeholder:"TEXT" help:"Why: it is kept."`
	JSON   bool   `name:"json" help:"One JSON object, for machines."`
}

// Run revokes a key.
func (c *revokeKeyCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		key, err := s.uses.RevokeKey(a.ctx, c.Key, c.Reason)
		if err != nil {
			return err
		}
		return printAnswer(a, key, c.JSON, (*report.Page).RevokedKey)
	})
}
