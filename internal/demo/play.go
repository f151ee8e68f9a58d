package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/sample"
	"longstop/internal/temporal"
	"longstop/outwards"
	"longstop/store"
)

const (
	// lasts is how long the stories take by the wall clock.
	lasts = 110 * time.Second
	// before is how long the worker has to start, by the wall clock, before the stories do.
	before = 5 * time.Second
	// sourceOfStories is the source under which they are recorded.
	sourceOfStories = "case-system"
)

// story is what was played on the fast clock.
type story struct {
	record *store.Store
	clock  casetime.Clock
	script *sample.Script
	told   []store.NoticeRow
}

// play tells a few cases on a clock that runs fast, in a namespace and a database of their
// own, and reports each notice as it is sent.
func (s *show) play(ctx context.Context) error {
	script, err := sample.Stories(s.Day)
	if err != nil {
		return err
	}
	database, err := s.demoDatabase(ctx)
	if err != nil {
		return err
	}
	options := s.Temporal
	options.Namespace = stage.Namespace
	if err := s.demoNamespace(ctx, options); err != nil {
		return err
	}
	run := stage.Between(script.Start, script.End, s.Now().Add(before), lasts)
	s.story = &story{clock: run.Clock(), script: script}
	s.story.record, err = s.openRecord(ctx, store.Options{
		URL: database, Clock: s.story.clock, Trays: true, GivesWay: formats.GivesWay, MakeWay: intake.MakeWay,
	})
	if err != nil {
		return err
	}
	if err := s.story.record.Migrate(ctx); err != nil {
		return err
	}
	file, keys, err := s.webhookKeys()
	if err != nil {
		return err
	}
	if err := s.tellOutside(ctx, keys); err != nil {
		return err
	}
	if s.mailbox, err = s.openMailbox(ctx); err != nil {
		return err
	}
	if err := s.startWorker(ctx, "worker-demo", append(s.mailbox.settings(), "TEMPORAL_NAMESPACE="+options.Namespace,
		"LONGSTOP_DATABASE_URL="+database, stage.Setting+"="+run.String(), outwards.SettingKeys+"="+file)...); err != nil {
		return err
	}
	d, err := s.openDoor(ctx, s.story.record, "demo", "TEMPORAL_NAMESPACE="+options.Namespace,
		"LONGSTOP_DATABASE_URL="+database, stage.Setting+"="+run.String())
	if err != nil {
		return err
	}
	return s.tell(ctx, options.Namespace, d)
}

// demoDatabase makes the database of the stories afresh, next to the record's own.
func (s *show) demoDatabase(ctx context.Context) (address string, err error) {
	config, err := pgx.ParseConfig(s.Database)
	if err != nil {
		return "", errors.New("the record's address is no Postgres URL")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", fmt.Errorf("making the demonstration's database: %w", store.ErrUnreachable)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	name := strings.TrimSuffix(config.Database, "_demo") + "_demo"
	quoted := pgx.Identifier{name}.Sanitize()
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + quoted + " WITH (FORCE)", "CREATE DATABASE " + quoted} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("making the demonstration's database %s: %w", name, err)
		}
	}
	u, err := url.Parse(s.Database)
	if err != nil {
		return "", errors.New("the record's address is no Postgres URL")
	}
	u.Path = "/" + name
	return u.String(), nil
}

// demoNamespace makes the namespace in which the clock may run fast, and ends what an
// earlier demonstration left running in it: its record is gone.
func (s *show) demoNamespace(ctx context.Context, options client.Options) error {
	if err := stage.MakeNamespace(ctx, options); err != nil {
		return err
	}
	c, err := temporal.Dial(ctx, options)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := temporal.RegisterSearchAttributes(ctx, c, options.Namespace); err != nil {
		return err
	}
	var token []byte
	for {
		page, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: options.Namespace, Query: `ExecutionStatus = "Running"`, NextPageToken: token,
		})
		if err != nil {
			return fmt.Errorf("clearing the namespace %s: %w", options.Namespace, err)
		}
		for _, w := range page.Executions {
			// One that has ended since is as good as ended by this.
			if err := c.TerminateWorkflow(ctx, w.Execution.WorkflowId, "", "a new demonstration begins"); err != nil {
				s.Log.Debug().Err(err).Msg("a workflow of an earlier demonstration")
			}
		}
		if token = page.NextPageToken; len(token) == 0 {
			return nil
		}
	}
}

// moment is something that happens in a story: something recorded, or a line said.
type moment struct {
	at    time.Time
	event *casework.Event
	line  string
}

// tell pushes the events of the stories to the API as case time reaches them, and narrates.
func (s *show) tell(ctx context.Context, namespace string, d *door) error {
	for i := range s.story.script.Staff {
		if err := d.push(ctx, &s.story.script.Staff[i]); err != nil {
			return err
		}
	}
	s.say("\nNow time passes: six weeks in about two minutes, for %d invented cases. What happens to them is pushed to the API, %s.\n",
		len(s.story.script.Stories), d.address)
	if s.UI != "" {
		s.say("Watch them: %s/namespaces/%s/workflows\n", s.UI, namespace)
	}
	s.say("\n")
	for _, m := range moments(s.story.script) {
		if err := s.until(ctx, m.at); err != nil {
			return err
		}
		if m.event == nil {
			s.narrate(m.at, m.line)
			continue
		}
		if err := d.push(ctx, m.event); err != nil {
			return err
		}
	}
	return s.until(ctx, s.story.script.End)
}

// moments returns all that happens in the stories, in order. Of what is of one moment the line
// comes first.
func moments(script *sample.Script) []moment {
	var list []moment
	for i := range script.Stories {
		for _, l := range script.Stories[i].Lines {
			list = append(list, moment{at: l.At, line: l.Text})
		}
	}
	events := script.Events()
	for i := range events {
		list = append(list, moment{at: events[i].Recorded, event: &events[i]})
	}
	slices.SortStableFunc(list, func(a, b moment) int { return a.at.Compare(b.at) })
	return list
}

// until waits until case time has reached a moment, and says meanwhile what is sent.
func (s *show) until(ctx context.Context, at time.Time) error {
	reached := time.NewTimer(s.story.clock.Wall(at).Sub(s.Now()))
	defer reached.Stop()
	look := time.NewTicker(300 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-reached.C:
			return s.hear(ctx)
		case <-look.C:
			if err := s.hear(ctx); err != nil {
				return err
			}
		}
	}
}

// hear prints what has been sent since it was last asked.
func (s *show) hear(ctx context.Context) error {
	rows, err := s.story.record.Notices(ctx, store.NoticeFilter{})
	if err != nil {
		return err
	}
	heard := map[string]bool{}
	for i := range s.story.told {
		heard[s.story.told[i].ID] = true
	}
	for i := range rows {
		if toldOf(&rows[i]) && !heard[rows[i].ID] {
			s.story.told = append(s.story.told, rows[i])
			s.narrate(rows[i].At, "  → "+noticeWords(&rows[i]))
		}
	}
	return nil
}

func (s *show) narrate(at time.Time, text string) {
	s.say("%s  %s\n", calendar.InLondon(at).Format("Mon 02 Jan 15:04"), text)
}
