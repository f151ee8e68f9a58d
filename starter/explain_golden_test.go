package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longstop/activities"
	"longstop/activities/record"
	"longstop/calendar"
	"longstop/internal/pgtest"
	"longstop/internal/smtptest"
	"longstop/notify/channel/email"
	"longstop/pathway"
	"longstop/store"
)

var update = flag.Bool("update", false, "write the golden explanations of the record again")

// council is a record that only commands write to, a clock that is set by hand, and the activities
// with a real mail server of the tests.
type council struct {
	*testing.T
	env   map[string]string
	clock *pgtest.Clock
	store *store.Store
	does  *activities.Activities
	mail  *smtptest.Server
}

func newCouncil(t *testing.T, now string) *council {
	t.Helper()
	t.Setenv("TEMPORAL_ADDRESS", nowhere)
	url := pgtest.Database(t)
	c := &council{
		T: t, clock: pgtest.NewClock(londonTimeOf(t, now)), mail: smtptest.Start(t),
		env: map[string]string{envDatabase: pgtest.AsApp(t, url)},
	}
	c.store = pgtest.Open(t, store.Options{URL: url, Clock: c.clock, MaxConns: 4})
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
	return c
}

// londonTimeOf reads a London date and time: "2026-11-02 10:00".
func londonTimeOf(t *testing.T, s string) time.Time {
	t.Helper()
	day, clock, _ := strings.Cut(s, " ")
	d, err := calendar.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	var hour, minute int
	if _, err := fmt.Sscanf(clock, "%d:%d", &hour, &minute); err != nil {
		t.Fatal(err)
	}
	return d.At(hour, minute)
}

// at runs a command at a London date and time, and returns what it prints.
func (c *council) at(now, in string, args ...string) string {
	c.Helper()
	r := c.tries(now, in, args...)
	if r.code != exitDone {
		c.Fatalf("%s: %v: %+v", now, args, r)
	}
	return r.out
}

func (c *council) tries(now, in string, args ...string) ran {
	c.Helper()
	c.clock.Set(londonTimeOf(c.T, now))
	return cliAt(c.T, c.clock, c.env, in, args...)
}

// morning is what a worker does at a time: every pathway is planned, and what is due is sent; a
// notice that a mail server refuses is tried again a minute later.
func (c *council) morning(now string) {
	c.Helper()
	c.clock.Set(londonTimeOf(c.T, now))
	lists, err := c.store.OwedLists(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	for _, id := range lists {
		c.perform(string(pathway.SendList), pathway.ListRequest{ID: id})
	}
	open, err := c.store.OpenPathways(c.Context(), "", 1000)
	if err != nil {
		c.Fatal(err)
	}
	for again := true; again; {
		again = false
		for i := range open {
			planned, err := c.store.Plan(c.Context(), open[i].CaseKey, open[i].Pathway)
			if err != nil {
				c.Fatal(err)
			}
			for _, n := range planned.Send {
				again = !c.perform(string(pathway.NotifyWorker), n) || again
			}
		}
		if again {
			c.clock.Set(c.clock.Now().Add(time.Minute))
		}
	}
}

// perform runs an activity once, and reports whether it did what it should: it is false where the
// mail server refused.
func (c *council) perform(name string, request any) bool {
	c.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	c.does.Register(env)
	_, err := env.ExecuteActivity(name, request)
	var typed *temporal.ApplicationError
	switch {
	case err == nil:
		return true
	case errors.As(err, &typed) && typed.Type() == pathway.ErrTypeRefused:
		return false
	}
	c.Fatal(err)
	return false
}

// mornings are the 09:00s of the days from one to another, both included.
func (c *council) mornings(from, to string) {
	c.Helper()
	first, last := londonTimeOf(c.T, from+" 09:00"), londonTimeOf(c.T, to+" 09:00")
	for day := calendar.DateOf(first); day <= calendar.DateOf(last); day = day.AddDays(1) {
		c.morning(day.String() + " 09:00")
	}
}

// notice is the id of the last notice of a role about a duty.
func (c *council) notice(duty, role string) string {
	c.Helper()
	list, err := c.store.Notices(c.Context(), store.NoticeFilter{Duty: duty})
	if err != nil {
		c.Fatal(err)
	}
	id := ""
	for i := range list {
		if list[i].Role == role {
			id = list[i].ID
		}
	}
	if id == "" {
		c.Fatalf("nobody was told of %s as %s", duty, role)
	}
	return id
}

const councilPeople = `{"id":"s1","type":"staff.appointed","at":"2026-04-01","data":{"worker":"W01","name":"Wyn Ashby","email":"wyn@council.example","role":"worker","team":"T1"}}
{"id":"s2","type":"staff.appointed","at":"2026-04-01","data":{"worker":"M01","name":"Carys Plover","email":"carys@council.example","role":"team_manager","team":"T1"}}
{"id":"s3","type":"staff.appointed","at":"2026-04-01","data":{"worker":"S01","name":"Sam Green","email":"sam@council.example","role":"service_manager"}}
{"id":"s4","type":"staff.appointed","at":"2026-04-01","data":{"worker":"H01","name":"Hal Orme","email":"hal@council.example","role":"head_of_service"}}
{"id":"t1","type":"team.formed","at":"2026-04-01","data":{"team":"T1","name":"Alder","team_manager":"M01","service_manager":"S01","head_of_service":"H01"}}
`

// councilReturn is a return of one child, with the day of the referral.
func councilReturn(referral string) string {
	return `<?xml version="1.0" encoding="utf-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>999</LEA><SoftwareCode>Invented</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo><DateTime>2026-05-01T10:00:00</DateTime></Source></Header><Children>
<Child><ChildIdentifiers><LAchildID>K1</LAchildID><PersonBirthDate>2016-05-04</PersonBirthDate></ChildIdentifiers><CINdetails><CINreferralDate>` + referral + `</CINreferralDate><ReferralNFA>0</ReferralNFA>
<Assessments><AssessmentActualStartDate>2026-01-16</AssessmentActualStartDate></Assessments></CINdetails></Child>
</Children></Message>`
}

// file writes a file of the test's own.
func (c *council) file(name, text string) string {
	c.Helper()
	path := filepath.Join(c.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

// A child's assessment is loaded overdue, listed, promised, promised again, corrected by hand and
// by a later return, done and taken back, moved by a bank holiday, and escalated. Everything is
// recorded by commands and sent by the activities to a mail server. Dates worked out by hand:
//
//	referral Mon 12 Jan 2026, 45 working days: nine weeks of five, so Mon 16 Mar 2026
//	corrected to Tue 13 Jan: Tue 17 Mar; to Wed 14 Jan: Wed 18 Mar; a holiday on 9 March: Thu 19 Mar
//	loaded Mon 2 Nov 10:00: its messages count from the first 09:00, Tue 3 Nov, and five working
//	days: Tue 10 Nov
func TestTheExplanationOfALoadedCorrectedPromisedAndEscalatedDuty(t *testing.T) {
	c := newCouncil(t, "2026-11-02 09:30")
	c.at("2026-11-02 09:30", councilPeople, "record", "-")
	first := c.file("return.xml", councilReturn("2026-01-12"))
	c.at("2026-11-02 10:00", "", "import", "cin-census", first)
	c.at("2026-11-02 10:30", `{"id":"a1","case":"K1","type":"worker.allocated","at":"2026-01-20","data":{"worker":"W01","team":"T1"}}`, "record", "-")
	c.mornings("2026-11-03", "2026-11-09")
	c.mail.Refuse("wyn@council.example", 550)
	c.mornings("2026-11-10", "2026-11-11")
	duty := c.duty("K1", "AS-01")
	c.at("2026-11-12 10:00", "", "acknowledge", c.notice(duty, "team_manager"), "--by", "M01", "--promise", "2026-11-18", "--note", "with me for sign-off")
	entry := strings.TrimPrefix(duty, "AS-01:")
	c.at("2026-11-13 11:00", "", "correct", entry, "--at", "2026-01-13", "--reason", "the letter came a day later", "--by", "M01")
	c.mornings("2026-11-16", "2026-11-17")
	c.at("2026-11-18 12:00", "", "acknowledge", c.notice(duty, "team_manager"), "--by", "M01", "--promise", "2026-11-24", "--note", "the school has not answered")
	c.mornings("2026-11-19", "2026-11-20")
	c.at("2026-11-20 10:00", "", "acknowledge", c.notice(duty, "team_manager"), "--by", "M01", "--promise", "2026-11-30", "--note", "half of it is written")
	if r := c.tries("2026-11-20 15:00", "", "acknowledge", c.notice(duty, "team_manager"), "--by", "M01", "--promise", "2026-12-01", "--note", "once more"); r.code != exitRefused {
		t.Fatalf("a second renewal: %+v", r)
	}
	second := c.file("again.xml", councilReturn("2026-01-14"))
	c.at("2026-11-23 10:00", "", "import", "cin-census", second)
	c.mornings("2026-11-24", "2026-11-25")
	c.at("2026-11-25 15:00", `{"id":"done","case":"K1","type":"assessment.completed","at":"2026-03-10","episode":"R1","by":"W01"}`, "record", "-")
	c.mornings("2026-11-26", "2026-11-26")
	c.at("2026-11-26 16:00", "", "void", "done", "--reason", "it was the sister's", "--by", "W01")
	c.at("2026-11-27 08:00", `{"id":"s5","type":"staff.appointed","at":"2026-11-27","data":{"worker":"M01","name":"Carys Plover-Hale","email":"carys@council.example","role":"service_manager"}}`, "record", "-")
	c.mornings("2026-11-27", "2026-12-04")
	holiday := c.file("holidays.json", withHoliday(t, "2026-03-09", "A day of mourning"))
	c.at("2026-12-04 11:00", "", "adopt", "--bank-holidays", holiday, "--reason", "proclaimed late", "--by", "D. Director")
	c.mornings("2026-12-07", "2026-12-08")

	for _, shown := range []struct {
		name string
		args []string
	}{
		{"whole.txt", []string{"--as-of", "2026-12-08T12:00:00Z"}},
		{"whole.json", []string{"--as-of", "2026-12-08T12:00:00Z", "--json"}},
		{"known-on-12-november.txt", []string{"--known-at", "2026-11-12T12:00:00Z"}},
		{"known-on-12-november.json", []string{"--known-at", "2026-11-12T12:00:00Z", "--json"}},
		{"known-on-3-november-before-the-lists.txt", []string{"--known-at", "2026-11-03T08:59:00Z"}},
	} {
		got := c.at("2026-12-08 12:30", "", append([]string{"explain", "K1", "as-01"}, shown.args...)...)
		goldenOf(t, shown.name, withoutChance(got))
	}
}

// duty is the one duty of a timescale in a case.
func (c *council) duty(ref, scale string) string {
	c.Helper()
	list, err := c.store.Duties(c.Context(), store.DutyFilter{Case: ref, Ref: scale})
	if err != nil || len(list) != 1 {
		c.Fatalf("%d duties, %v", len(list), err)
	}
	return list[0].Duty
}

// withHoliday is the published file of bank holidays with one more.
func withHoliday(t *testing.T, day, title string) string {
	t.Helper()
	published, err := os.ReadFile(filepath.Join("..", "calendar", "bank-holidays.json"))
	if err != nil {
		t.Fatal(err)
	}
	const list = `"events": [`
	return strings.Replace(string(published), list, fmt.Sprintf(`%s{"title":%q,"date":%q,"notes":"","bunting":false},`, list, title, day), 1)
}

// chance are the ids that are drawn by lot.
var chance = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|by-hand\.[0-9a-f]{12}`)

// withoutChance gives the ids that are drawn by lot names in the order in which they appear.
func withoutChance(text string) string {
	names := map[string]string{}
	return chance.ReplaceAllStringFunc(text, func(id string) string {
		kind, _, byHand := strings.Cut(id, ".")
		if !byHand {
			kind = "notice"
		}
		if names[id] == "" {
			names[id] = fmt.Sprintf("%s-%d", kind, len(names)+1)
		}
		return names[id]
	})
}

func goldenOf(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "explained", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-golden +got)\n%s", path, diff)
	}
}

// C1 has a plan from 2 November 2026: its first visit is due on 2 December, and the worker is told
// five working days before, on Wednesday 25 November.
func TestExplainTakesWhatAnEmailAndTheTemporalUIShow(t *testing.T) {
	c := newCouncil(t, "2026-11-02 09:30")
	c.at("2026-11-02 10:00", councilPeople+`{"id":"a1","case":"C1","type":"worker.allocated","at":"2026-11-02","data":{"worker":"W01","team":"T1"}}
{"id":"p1","case":"C1","type":"cp_plan.started","at":"2026-11-02"}
{"id":"r2","case":"C2","type":"referral.received","at":"2026-11-02"}
`, "record", "-")
	c.morning("2026-11-25 09:00")
	key, err := c.store.CaseKey(t.Context(), "case-system", "C1")
	if err != nil {
		t.Fatal(err)
	}
	subject := c.mail.Messages()[0].Subject
	short := subject[strings.LastIndex(subject, "[")+1 : len(subject)-1]
	if len(short) != 8 {
		t.Fatalf("subject %q", subject)
	}
	const whole = "timescale CP-10:p1, as of Wed 25 Nov 2026: running"
	for _, shown := range []struct {
		args []string
		want string
	}{
		{[]string{short}, whole},
		{[]string{c.notice("CP-10:p1", "worker")}, whole},
		{[]string{strings.ToUpper(short)}, whole},
		{[]string{key, "cp-10"}, whole},
		{[]string{key[:8], "CP-10:P1"}, whole},
		{[]string{pathway.WorkflowID(pathway.ChildProtection, key), "CP-10"}, whole},
		{[]string{"c1", "CP-10"}, whole},
		{[]string{"CP-10"}, whole},
		{[]string{pathway.WorkflowID(pathway.ChildProtection, key)}, "Case C1 has 2 timescales"},
		{[]string{key[:8]}, "Case C1 has 2 timescales"},
		{[]string{"C2"}, "starter explain C2 AS-01:r2"},
	} {
		if got := c.at("2026-11-25 10:00", "", append([]string{"explain"}, shown.args...)...); !strings.Contains(got, shown.want) {
			t.Errorf("explain %v: %q is not in\n%s", shown.args, shown.want, got)
		}
	}
	for _, refused := range []struct {
		args []string
		want string
	}{
		{[]string{"00000000"}, "the record holds no case of that reference"},
		{[]string{"C9", "CP-10"}, "the record holds no case of that reference"},
		{[]string{"CP-1O"}, "did you mean CP-1"},
		{[]string{"C1", "CP-10:p2"}, "did you mean CP-10:p1?"},
	} {
		if r := c.tries("2026-11-25 10:00", "", append([]string{"explain"}, refused.args...)...); r.code != exitRefused || !strings.Contains(r.err, refused.want) {
			t.Errorf("explain %v: %+v", refused.args, r)
		}
	}
}
