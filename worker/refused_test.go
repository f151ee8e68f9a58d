package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longstop/activities"
	"longstop/activities/record"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/internal/smtptest"
	"longstop/notify/channel/email"
	"longstop/pathway"
	"longstop/store"
)

// council is a record with cases C1 to Cn, each with a child protection plan since 2 November
// 2026 and a worker of its own, the activities, and a real mail server of the tests.
type council struct {
	*testing.T
	clock *pgtest.Clock
	store *store.Store
	does  *activities.Activities
	mail  *smtptest.Server
	keys  []string
}

func newCouncil(t *testing.T, cases int) *council {
	t.Helper()
	c := &council{T: t, clock: pgtest.NewClock(londonAt("2026-11-02", 10, 0)), mail: smtptest.Start(t)}
	c.store = pgtest.Open(t, store.Options{URL: pgtest.Database(t), Clock: c.clock, MaxConns: 4})
	config, set, err := email.ParseEnv(func(name string) string {
		return map[string]string{"LONGSTOP_SMTP_URL": c.mail.URL()}[name]
	})
	if err != nil || !set {
		t.Fatalf("set %v, %v", set, err)
	}
	channel, err := email.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := channel.Close(); err != nil {
			t.Error(err)
		}
	})
	c.does = &activities.Activities{Record: record.Record{Store: c.store}, Channel: channel, Log: zerolog.Nop()}
	c.record(
		staffEvent("m", "staff.appointed", "worker=M1", "email=manager@council.example", "role=team_manager", "team=T1"),
		staffEvent("f", "team.formed", "team=T1", "team_manager=M1"),
	)
	for n := 1; n <= cases; n++ {
		ref := fmt.Sprintf("C%d", n)
		c.appoint(n, fmt.Sprintf("w%d@council.example", n))
		c.record(caseEvent("s"+ref, ref, "cp_plan.started"), caseEvent("a"+ref, ref, "worker.allocated", fmt.Sprintf("worker=W%d", n)))
		key, err := c.store.CaseKey(t.Context(), "cms", ref)
		if err != nil {
			t.Fatal(err)
		}
		c.keys = append(c.keys, key)
	}
	return c
}

func (c *council) appoint(n int, address string) {
	c.Helper()
	c.record(staffEvent("w"+address, "staff.appointed", fmt.Sprintf("worker=W%d", n), "email="+address, "role=worker", "team=T1"))
}

func (c *council) record(events ...casework.Event) {
	c.Helper()
	got, err := c.store.Record(c.Context(), "cms", events)
	if err != nil || len(got.Refused) > 0 {
		c.Fatalf("%v, %v", got.Refused, err)
	}
}

func londonAt(day string, hour, minute int) time.Time {
	d, err := calendar.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return d.At(hour, minute)
}

func staffEvent(id, kind string, data ...string) casework.Event {
	e := caseEvent(id, "", kind, data...)
	e.At.Day = calendar.NewDate(2020, time.January, 1)
	return e
}

func caseEvent(id, ref, kind string, data ...string) casework.Event {
	e := casework.Event{ID: id, Case: ref, Type: kind, At: casework.OnDay(calendar.NewDate(2026, time.November, 2)), Data: casework.Data{}}
	for _, pair := range data {
		key, value, _ := strings.Cut(pair, "=")
		e.Data[key] = value
	}
	return e
}

// try plans every case at a time of 25 November and makes one attempt of what is due: how many
// the mail server did not take.
func (c *council) try(hour, minute int) (failed int) {
	c.Helper()
	c.clock.Set(londonAt("2026-11-25", hour, minute))
	for _, key := range c.keys {
		planned, err := c.store.Plan(c.Context(), key, pathway.ChildProtection)
		if err != nil {
			c.Fatal(err)
		}
		for _, n := range planned.Send {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			c.does.Register(env)
			_, err := env.ExecuteActivity(string(pathway.NotifyWorker), n)
			var typed *temporal.ApplicationError
			switch {
			case err == nil:
			case errors.As(err, &typed) && typed.Type() == pathway.ErrTypeRefused && typed.NextRetryDelay() == time.Minute:
				failed++
			default:
				c.Fatal(err)
			}
		}
	}
	return failed
}

// told are the addresses of the letters that the mail server took.
func (c *council) told() string {
	var to []string
	for _, m := range c.mail.Messages() {
		to = append(to, m.To...)
	}
	slices.Sort(to)
	return strings.Join(to, " ")
}

func (c *council) workers(from, to int) string {
	var list []string
	for n := from; n <= to; n++ {
		list = append(list, fmt.Sprintf("w%d@council.example", n))
	}
	return strings.Join(list, " ")
}

func TestAMailServerThatLosesItsDirectoryForTenMinutesLosesNoNotice(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, 6)
	for minute := range 11 {
		for range c.keys {
			c.mail.FailNext(550) // 5.1.1, for whomever it is
		}
		if failed := c.try(9, minute); failed != 6 {
			t.Fatalf("at 09:%02d %d failed, %s told", minute, failed, c.told())
		}
	}
	if failed := c.try(9, 11); failed != 0 {
		t.Errorf("%d failed once it was mended", failed)
	}
	if got, want := c.told(), c.workers(1, 6); got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	if s, err := c.store.Summary(t.Context()); err != nil || s.Undeliverable != 0 || s.Notices["sent"] != 6 || len(s.Faults) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestABadAddressIsToldToTheNextRoleUpAndTheNextThingToWhomItWasCorrectedFor(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, 3)
	c.mail.Refuse("w1@council.example", 550)
	if failed := c.try(9, 0); failed != 1 {
		t.Fatalf("%d failed", failed)
	}
	c.try(9, 1)
	if got, want := c.told(), "manager@council.example "+c.workers(2, 3); got != want {
		t.Fatalf("told %s, want %s", got, want)
	}
	c.appoint(1, "ada@council.example")
	c.clock.Set(londonAt("2026-12-01", 9, 0))
	planned, err := c.store.Plan(t.Context(), c.keys[0], pathway.ChildProtection)
	if err != nil || len(planned.Send) != 1 {
		t.Fatalf("%+v, %v", planned, err)
	}
	claimed, err := record.Record{Store: c.store}.Claim(t.Context(), c.keys[0], planned.Send[0].Key)
	if err != nil || claimed.Message.To != "ada@council.example" {
		t.Errorf("the next goes to %s, %v", claimed.Message.To, err)
	}
}
