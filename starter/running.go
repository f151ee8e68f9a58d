package main

import (
	"cmp"
	"context"
	"time"

	"longstop/outwards"
	"longstop/report"
	"longstop/service"
)

type rebuildCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (rebuildCommand) Help() string {
	return `Example:

    starter rebuild

Plans every case again and starts every workflow from the record, whatever Temporal still holds: also after Postgres was restored
from a copy or failed over. A workflow that hears nothing is ended and started again, and one that the record knows nothing of is ended.
Safe at any time: no notice is repeated.`
}

// Run rebuilds, and says what was done.
func (c *rebuildCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		done, err := s.uses.Rebuild(a.ctx)
		if done == nil {
			return err
		}
		a.saidFailed = done.Failure != nil
		return cmp.Or(printAnswer(a, done, c.JSON, (*report.Page).Rebuilt), err)
	})
}

type checkClocksCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (checkClocksCommand) Help() string {
	return `Example:

    starter check-clocks

Compares every open stage of a case in the record with its workflow. Exit code 1 if a workflow does not run as the record wants; a running worker program puts it right within ten minutes, and 'starter rebuild' at once.`
}

// Run names every clock with which something is wrong.
func (c *checkClocksCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		found, err := s.uses.CheckClocks(a.ctx)
		if err != nil {
			return err
		}
		a.warnOfRebuild(found.RebuildDue)
		for _, f := range found.Faulty {
			a.say(f.WorkflowID + ": " + string(f.Trouble) + ": " + f.Why)
		}
		if c.JSON {
			return cmp.Or(a.printJSON(found.ClockReport), refusedIf(!found.OK()))
		}
		a.printf("%d of %d workflows run as the record wants.\n", found.Live, found.Open)
		if found.OK() {
			return nil
		}
		attended, err := s.uses.Attended(a.ctx)
		if err == nil && !attended {
			a.printf("No worker program has asked for work in the last minutes: start one (bin/worker), and the workflows follow the record.\n")
		}
		return cmp.Or(err, errRefused)
	})
}

type retryCommand struct {
	Since  momentArg `required:"" placeholder:"DATE|INSTANT" help:"Only what nobody could be told from then on."`
	DryRun bool      `name:"dry-run" help:"Only list it."`
	JSON   bool      `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (retryCommand) Help() string {
	return `Example:

    starter retry-undeliverable --since 2026-11-30T09:00:00Z --dry-run
    starter retry-undeliverable --since 2026-11-30

Lists the notices that nobody could be told since an instant, and takes back the refusals of addresses since then: these are tried again at once, and so is what waits for the mail server. For after a mail server that refused good addresses; an address that was wrong is corrected by recording the person, which tries again by itself.`
}

// Run lists what nobody could be told, and tries it again. Where Temporal does not answer,
// the nudges wait in the outbox, and a worker sends them.
func (c *retryCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		done, err := s.uses.RetryUndeliverable(a.ctx, c.Since.from(), c.DryRun)
		if done == nil {
			return err
		}
		a.saidFailed = done.Failure != nil
		return cmp.Or(printAnswer(a, done, c.JSON, (*report.Page).Retried), err)
	})
}

type mendRecordedCommand struct {
	Recorded momentArg `placeholder:"INSTANT" help:"When it was recorded, as far as anybody knows; in each case not before what had been recorded until then. Default: now."`
	Reason   string    `placeholder:"TEXT" help:"Why: it is kept."`
	By       string    `placeholder:"WHO" help:"Who says so."`
	DryRun   bool      `help:"List what would be mended, and write nothing."`
	JSON     bool      `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (mendRecordedCommand) Help() string {
	return `Example:

    starter mend-recorded --dry-run
    starter mend-recorded --recorded 2026-11-03T09:00:00Z --reason "the database's clock was a year ahead that morning" --by "O. Operator"

For after the database's clock was ahead and has been set right. What was recorded meanwhile lies in the record's future: nothing can be added to those cases and nothing is planned of them until that time has come. This has those events be read as recorded at the instant that you give. The events themselves stay as they are; who says so, when and why is kept with them for good. It takes back nothing else: run 'starter rebuild' afterwards, so that everything goes by the right time.

Like 'starter migrate' it needs the database's owner: LONGSTOP_MIGRATE_URL, or LONGSTOP_DATABASE_URL.`
}

// Run mends what was recorded in the record's future, or lists it.
func (c *mendRecordedCommand) Run(a *app) error {
	if !c.DryRun && (c.Reason == "" || c.By == "") {
		return usagef("say why with --reason and who says so with --by, or look first with --dry-run")
	}
	m := service.Mending{Reason: c.Reason, By: c.By, DryRun: c.DryRun}
	if !c.Recorded.isZero() {
		m.Recorded = c.Recorded.through()
	}
	return a.withOwner(func(s *session) error {
		done, err := s.uses.MendRecorded(a.ctx, m)
		if err != nil {
			return err
		}
		return printAnswer(a, done, c.JSON, (*report.Page).Mended)
	})
}

type migrateCommand struct{}

// Help shows examples.
func (migrateCommand) Help() string {
	return `Example:

    starter migrate

Prepares the database, or brings it up to this release, and lays down what each role may do. It needs the database's owner, whose address is in LONGSTOP_MIGRATE_URL (or in the file that LONGSTOP_MIGRATE_URL_FILE names); without it LONGSTOP_DATABASE_URL is used. Where the programs themselves run as the owner, they do the same when they start.`
}

// Run prepares the database.
func (*migrateCommand) Run(a *app) error {
	return a.withOwner(func(s *session) error {
		pack, rebuildDue, err := s.uses.Migrate(a.ctx)
		if pack != nil {
			a.printf("The database is ready; in force: %s, edition %s.\n", pack.Name, pack.Edition)
		}
		a.warnOfRebuild(rebuildDue)
		return err
	})
}

type keysCommand struct {
	Create createKeyCommand `cmd:"" help:"Make a key for a system. It is shown once."`
	List   listKeysCommand  `cmd:"" help:"Every key that was made: what it is for, how it stands, when it was last used."`
	Rotate rotateKeyCommand `cmd:"" help:"Make a key instead of another, which stays good for a while."`
	Revoke revokeKeyCommand `cmd:"" help:"Take a key away: it is refused from the next request on."`
}

type createKeyCommand struct {
	Name        string     `arg:"" help:"Which system has it: 'case system, production'. The audit shows it."`
	Owner       string     `required:"" placeholder:"WHO" help:"Who answers for it, and is called when it leaks."`
	May         []string   `required:"" sep:"," placeholder:"ACTION,…" help:"What it may do, of record, people, attach, return, feed, read, law, acknowledge and changes."`
	Source      string     `placeholder:"NAME" help:"The source whose events it hands in; needed for record, attach, return and feed."`
	Council     string     `placeholder:"NAME" help:"Only while the overlay of this council is in force. Default: always."`
	Expires     expiresArg `placeholder:"DATE|DAYS" help:"When it ends: a date, or a number of days such as 90d; at most two years ahead. Default: 365d."`
	PerSecond   int        `placeholder:"N" help:"How many requests a second it may make. Default: as the web program is set."`
	AtOnce      int        `placeholder:"N" help:"How many of its requests may be under way. Default: as the web program is set."`
	Environment string     `default:"live" placeholder:"WORD" help:"Which record it is for, in a word that the key shows: live, test. Default: ${default}."`
	JSON        bool       `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (createKeyCommand) Help() string {
	return `Example:

    starter keys create 'case system, production' --owner 'Data team' --may record,people,read --source case-system
    starter keys create 'dashboard' --owner 'Performance team' --may read,changes --expires 90d

The key is shown this once: the record keeps only its digest. Hand it over as you would a password, and never in a URL. Whoever has it sends it with each request, as 'Authorization: Bearer KEY'.

It needs the database's owner: LONGSTOP_MIGRATE_URL, or LONGSTOP_DATABASE_URL.`
}

// Run makes a key, and shows it.
func (c *createKeyCommand) Run(a *app) error {
	return a.withOwner(func(s *session) error {
		made, err := s.uses.CreateKey(a.ctx, service.NewKey{
			Name: c.Name, Owner: c.Owner, Environment: c.Environment, May: c.May, Source: c.Source, Council: c.Council,
			PerSecond: c.PerSecond, AtOnce: c.AtOnce, Expires: c.Expires.from(a.wall()),
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

// Help shows examples.
func (listKeysCommand) Help() string {
	return `Example:

    starter keys list

Every key that was ever made, oldest first. A key itself cannot be shown again. What was done by one, 'starter audit --key KEY' shows.`
}

// Run lists the keys.
func (c *listKeysCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		list, err := s.uses.Keys(a.ctx)
		return printRows(a, list, err, c.JSON, (*report.Page).Keys)
	})
}

type rotateKeyCommand struct {
	Key        string     `arg:"" help:"Its id, as list shows it."`
	KeepOldFor spanArg    `default:"7d" placeholder:"DAYS|HOURS" help:"How long the old key stays good: 7d, 12h; at most 30d. 0 revokes it at once. Default: ${default}."`
	Expires    expiresArg `placeholder:"DATE|DAYS" help:"When the new key ends: a date, or a number of days such as 90d; at most two years ahead. Default: 365d."`
	JSON       bool       `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (rotateKeyCommand) Help() string {
	return `Example:

    starter keys rotate abcd2345
    starter keys rotate abcd2345 --keep-old-for 12h

Makes a key for the same system, with the same scope, and shows it this once. Until the time of the old one is up both are good, so that nothing is missed while the system is given the new one; the old one never lasts longer than it would have.

It needs the database's owner: LONGSTOP_MIGRATE_URL, or LONGSTOP_DATABASE_URL.`
}

// Run replaces a key, and shows the new one.
func (c *rotateKeyCommand) Run(a *app) error {
	return a.withOwner(func(s *session) error {
		made, err := s.uses.RotateKey(a.ctx, service.Rotation{Key: c.Key, KeepOldFor: c.KeepOldFor.Duration, Expires: c.Expires.from(a.wall())})
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

// Help shows examples.
func (revokeKeyCommand) Help() string {
	return `Example:

    starter keys revoke abcd2345 --reason 'seen in a public repository'

The key is refused from the next request on, by every web program, and never becomes good again. Whoever may record may revoke. Revoking it again changes nothing. See next what was done by it: 'starter audit --key abcd2345'.`
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

// Help shows examples.
func (addWebhookCommand) Help() string {
	return `Example:

    starter webhooks add 'case system' https://case-system.council.example/longstop --owner 'Systems team' --kinds overdue,escalated,acknowledged

What it is sent, and how it checks that, is in docs/webhooks.md. Needs LONGSTOP_WEBHOOK_KEYS_FILE, here and in the worker program.`
}

// Run adds a webhook, and shows its secret.
func (c *addWebhookCommand) Run(a *app) error {
	return a.withOutside(func(s *session, o service.Outside) error {
		made, err := s.uses.AddWebhook(a.ctx, service.NewWebhook{Name: c.Name, URL: c.URL, Owner: c.Owner, Kinds: c.Kinds, Backlog: c.Backlog}, o)
		if err != nil {
			return err
		}
		return printAnswer(a, made, c.JSON, (*report.Page).WebhookSecret)
	})
}

// withOutside is with, and with what telling systems outside needs.
func (a *app) withOutside(run func(*session, service.Outside) error) error {
	o, err := a.outside()
	if err != nil {
		return err
	}
	return a.with(func(s *session) error { return run(s, o) })
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
	return a.withOutside(func(s *session, o service.Outside) error {
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

func (c *oneWebhook) do(a *app, change func(*service.Service, context.Context, string) error, done string) error {
	return a.with(func(s *session) error {
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
	return c.do(a, (*service.Service).PauseWebhook, "is paused: its messages wait")
}

type resumeWebhookCommand struct{ oneWebhook }

// Run resumes a webhook.
func (c *resumeWebhookCommand) Run(a *app) error {
	return c.do(a, (*service.Service).ResumeWebhook, "is told again of all that waits")
}

type removeWebhookCommand struct{ oneWebhook }

// Run removes a webhook.
func (c *removeWebhookCommand) Run(a *app) error {
	return c.do(a, (*service.Service).RemoveWebhook, "is forgotten")
}

type testWebhookCommand struct {
	Name string `arg:"" help:"Its name, or its id."`
	JSON bool   `name:"json" help:"One JSON object, for machines."`
}

// Run sends a test. Exit code 1 where it is not taken.
func (c *testWebhookCommand) Run(a *app) error {
	return a.withOutside(func(s *session, o service.Outside) error {
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
