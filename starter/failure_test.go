package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/internal/pgtest"
)

// program runs this program as a process of its own, with a record and without Temporal,
// and returns when it has ended.
func starter(t *testing.T, database, in string, args ...string) ran {
	t.Helper()
	p := began(t, database, args...)
	p.cmd.Stdin = strings.NewReader(in)
	return p.end(t, p.cmd.Run())
}

// process is this program under way.
type process struct {
	cmd      *exec.Cmd
	out, err bytes.Buffer
}

func began(t *testing.T, database string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(t.Context(), "starter", args...)}
	p.cmd.Env = []string{"TEMPORAL_ADDRESS=" + nowhere, envDatabase + "=" + database, "HOME=" + t.TempDir()}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	return p
}

func (p *process) end(t *testing.T, err error) ran {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ran{code: p.cmd.ProcessState.ExitCode(), out: p.out.String(), err: p.err.String()}
}

// answer is what the JSON of a command says of events, or of children.
type answer struct {
	New              int    `json:"events_new"`
	Known            int    `json:"events_known"`
	Failed           bool   `json:"failed"`
	Reason           string `json:"reason"`
	NotTried         *int   `json:"events_not_tried"`
	ChildrenNotTried int    `json:"children_not_tried"`
	Refused          []struct {
		Event string `json:"event"`
	} `json:"refused"`
}

// lastLine is the last line of JSON that a command wrote.
func (r ran) lastLine(t *testing.T) answer {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	var a answer
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &a); err != nil {
		t.Fatalf("no JSON ends the output: %v\n%s\n%s", err, r.out, r.err)
	}
	return a
}

// db is another session of a record's database.
type db struct {
	t    *testing.T
	conn *pgx.Conn
}

func connect(t *testing.T, url string) *db {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return &db{t, conn}
}

func (d *db) do(statements ...string) {
	d.t.Helper()
	for _, sql := range statements {
		if _, err := d.conn.Exec(d.t.Context(), sql); err != nil {
			d.t.Fatalf("%s: %v", sql, err)
		}
	}
}

// everywhere is a setting of each new session of the database.
func (d *db) everywhere(setting string) {
	d.t.Helper()
	d.do("alter database " + pgx.Identifier{d.conn.Config().Database}.Sanitize() + " " + setting)
}

// atEvent runs a statement of PL/pgSQL in the session that writes an event.
func (d *db) atEvent(id, statement string) {
	d.t.Helper()
	d.do(fmt.Sprintf(`create function fail() returns trigger language plpgsql as $$
		begin if new.id = '%s' then %s; end if; return new; end $$`, id, statement),
		`create trigger fail before insert on events for each row execute function fail()`)
}

// fourCases are events of four cases; the third is the one at which a record fails.
const fourCases = `{"id":"a1","case":"C1","type":"referral.received","at":"2026-08-03"}
{"id":"a2","case":"C1","type":"referral.recieved","at":"2026-08-03"}
{"id":"b1","case":"C2","type":"referral.received","at":"2026-08-03"}
{"id":"c1","case":"C3","type":"referral.received","at":"2026-08-03"}
{"id":"d1","case":"C4","type":"referral.received","at":"2026-08-03"}
{"id":"d2","case":"C4","type":"cp_plan.started","at":"2026-08-10"}
`

// failures are what Postgres may answer instead of doing what it was asked to.
var failures = []struct {
	name string
	code string // SQLSTATE
	want string // in the reason
	url  string // added to the record's address
	// alone: it may be a matter of the third case, and the fourth is recorded.
	alone bool
	// first lets the first case fail, third the third; both return what ends the trouble.
	first, third func(*db) (mend func())
}{
	{
		"a standby", "25006", "takes no writes", "", false,
		func(d *db) func() {
			d.everywhere("set default_transaction_read_only = on")
			return func() { d.do("set transaction_read_only = off"); d.everywhere("reset default_transaction_read_only") }
		},
		at(`perform set_config('transaction_read_only', 'on', true)`),
	},
	{"a full disk", "53100", "disk is full", "", false, raisingFirst("53100"), raising("53100")},
	{"no memory", "53200", "out of memory", "", false, raisingFirst("53200"), raising("53200")},
	{"too many connections", "53300", "connections", "", false, raisingFirst("53300"), raising("53300")},
	{"a lock that is held", "55P03", "locked for too long", "&lock_timeout=1000", true, holdingAll, holdingThird},
	{"a statement that takes too long", "57014", "cancelled", "&statement_timeout=4000", true, holdingAll, holdingThird},
	{
		"a server that stops", "57P01", "starting, stopping", "", false,
		func(d *db) func() { d.atEvent("a1", terminate57); return d.mend },
		at(terminate57),
	},
	{
		"no permission", "42501", "may not do this", "", false,
		func(d *db) func() {
			d.everywhere("set role = pg_read_all_data")
			return func() { d.everywhere("reset role") }
		},
		raising("42501"),
	},
	{"a deadlock lost again and again", "40P01", "deadlock", "", false, raisingFirst("40P01"), raising("40P01")},
	{"transactions in the way", "40001", "other transactions", "", false, raisingFirst("40001"), raising("40001")},
	{"a broken connection", "08006", "connection broke", "", false, raisingFirst("08006"), raising("08006")},
	{"disorder", "XX000", "disorder", "", false, raisingFirst("XX000"), raising("XX000")},
	{"a disk that cannot be read", "58030", "operating system", "", false, raisingFirst("58030"), raising("58030")},
	{"what nobody has thought of", "0A000", "0A000", "", false, raisingFirst("0A000"), raising("0A000")},
}

const terminate57 = `perform pg_terminate_backend(pg_backend_pid())`

func (d *db) mend() { d.t.Helper(); d.do("drop trigger fail on events", "drop function fail()") }

func at(statement string) func(*db) func() {
	return func(d *db) func() { d.atEvent("c1", statement); return d.mend }
}

func raise(code string) string { return "raise exception 'it is so' using errcode = '" + code + "'" }

func raising(code string) func(*db) func() { return at(raise(code)) }

func raisingFirst(code string) func(*db) func() {
	return func(d *db) func() { d.atEvent("a1", raise(code)); return d.mend }
}

// holdingAll locks every case, held or to come.
func holdingAll(d *db) func() {
	d.do("begin", "lock table cases in access exclusive mode")
	return func() { d.do("rollback") }
}

// holdingThird locks the third case, which is there already.
func holdingThird(d *db) func() {
	d.do("begin", "select from cases where key = (select case_key from case_references where reference = 'C3') for update")
	return func() { d.do("rollback") }
}

func TestAFailureOfTheRecordIsNeverTakenForARefusal(t *testing.T) {
	t.Parallel()
	for _, f := range failures {
		t.Run(f.code+" "+f.name, func(t *testing.T) {
			t.Parallel()
			t.Run("at the first case", func(t *testing.T) {
				t.Parallel()
				url := pgtest.Database(t)
				mend := f.first(connect(t, url))
				r := starter(t, url+f.url, fourCases, "record", "-", "--json")
				got := r.lastLine(t)
				if r.code != exitFailed || !got.Failed || !strings.Contains(got.Reason, f.want) {
					t.Fatalf("exit code %d, %+v; expected 3 and a reason with %q", r.code, got, f.want)
				}
				if got.New+got.Known+len(got.Refused) != 0 || got.NotTried == nil || *got.NotTried != 6 {
					t.Errorf("expected six events that were not tried: %s", r.out)
				}
				mend()
				r = starter(t, url+f.url, fourCases, "record", "-", "--json")
				if got := r.lastLine(t); r.code != exitRefused || got.Failed || got.New != 5 || got.NotTried != nil {
					t.Errorf("the same again, once it is mended: exit code %d, %s%s", r.code, r.out, r.err)
				}
			})
			t.Run("in the middle of a file", func(t *testing.T) {
				t.Parallel()
				url := pgtest.Database(t)
				before := `{"id":"c0","case":"C3","type":"person.born","at":"2019-08-03"}`
				if r := starter(t, url, before, "record", "-"); r.code != exitDone {
					t.Fatal(r.err)
				}
				recorded, left := 2, 3
				if f.alone {
					recorded, left = 4, 1
				}
				mend := f.third(connect(t, url))
				r := starter(t, url+f.url, fourCases, "record", "-", "--json")
				got := r.lastLine(t)
				if r.code != exitFailed || !got.Failed || !strings.Contains(got.Reason, f.want) {
					t.Fatalf("exit code %d, %+v; expected 3 and a reason with %q", r.code, got, f.want)
				}
				if got.New != recorded || got.Known != 0 || len(got.Refused) != 1 || got.Refused[0].Event != "a2" || got.NotTried == nil || *got.NotTried != left {
					t.Errorf("expected %d new events, one refused and %d not tried: %s", recorded, left, r.out)
				}
				if !strings.Contains(r.err, "a2: ") || !strings.Contains(r.err, f.want) {
					t.Errorf("standard error names what was refused, and what failed: %s", r.err)
				}
				r = starter(t, url+f.url, fourCases, "record", "-")
				if r.code != exitFailed || !strings.Contains(r.out, fmt.Sprintf("0 events recorded, %d known already, 1 refused.", recorded)) ||
					!strings.Contains(r.out, "Not finished: "+map[int]string{1: "1 event was not tried", 3: "3 events were not tried"}[left]) {
					t.Errorf("in words: exit code %d, %s", r.code, r.out)
				}
				mend()
				r = starter(t, url+f.url, fourCases, "record", "-", "--json")
				if got := r.lastLine(t); r.code != exitRefused || got.Failed || got.New != left || got.Known != recorded || len(got.Refused) != 1 {
					t.Errorf("the same again, once it is mended: exit code %d, %s", r.code, r.out)
				}
			})
		})
	}
}

func TestALoadThatFailsSaysHowManyChildrenWereNotTried(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	d := connect(t, url)
	// The first fifty children are one transaction.
	d.do(`create function fail() returns trigger language plpgsql as $$
		begin if (select count(*) from cases) > 50 then `+raise("53100")+`; end if; return new; end $$`,
		`create trigger fail before insert on events for each row execute function fail()`)
	file := filepath.Join(t.TempDir(), "return.xml")
	if err := os.WriteFile(file, []byte(sixtyChildren()), 0o600); err != nil {
		t.Fatal(err)
	}
	r := starter(t, url, "", "import", "cin-census", file, "--json")
	// Of each child its birth, the referral, and what the source reports.
	if got := r.lastLine(t); r.code != exitFailed || !got.Failed || got.ChildrenNotTried != 10 || got.New != 50*3 {
		t.Errorf("exit code %d, %s%s", r.code, r.out, r.err)
	}
	r = starter(t, url, "", "import", "cin-census", file)
	if r.code != exitFailed || !strings.Contains(r.out, "Not finished: 10 of the 60 children in the return were not tried") {
		t.Errorf("in words: exit code %d, %s", r.code, r.out)
	}
	d.mend()
	r = starter(t, url, "", "import", "cin-census", file, "--json")
	if got := r.lastLine(t); r.code != exitDone || got.Failed || got.New != 10*3 || got.Known != 50*3 || got.ChildrenNotTried != 0 {
		t.Errorf("the same again, once it is mended: exit code %d, %s", r.code, r.out)
	}
}

func sixtyChildren() string {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><LEA>999</LEA><DateTime>2026-04-10T09:00:00</DateTime></Source></Header><Children>`)
	for n := range 60 {
		fmt.Fprintf(&s, `<Child><ChildIdentifiers><LAchildID>K%d</LAchildID><PersonBirthDate>2018-05-04</PersonBirthDate></ChildIdentifiers>
<CINdetails><CINreferralDate>2026-01-05</CINreferralDate></CINdetails></Child>`, n)
	}
	s.WriteString(`</Children></Message>`)
	return s.String()
}

func TestEveryCommandSaysThatARecordWhichIsAwayIsAFailure(t *testing.T) {
	t.Parallel()
	away := "postgres://longstop:secret@127.0.0.1:1/longstop?connect_timeout=2"
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	events, census := write("events.jsonl", fourCases), write("return.xml", sixtyChildren())
	people := write("people.csv", "worker,level\nW1,worker\n")
	overlay := write("overlay.yaml", "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: AS-01\n    editions:\n      - {local_limit: 10 working days, source: Anytown}\n")
	for _, args := range [][]string{
		{"record", events},
		{"record", "--backlog", events},
		{"import", "cin-census", census},
		{"import", "cin-census", census, "--dry-run"},
		{"import", "people", people},
		{"events", "C1"},
		{"correct", "a1", "--at", "2026-08-04", "--reason", "x"},
		{"void", "a1", "--reason", "x"},
		{"duties"},
		{"acknowledge", "n1", "--by", "M01", "--promise", "2026-12-01", "--note", "x"},
		{"adopt", "--overlay", overlay, "--reason", "x", "--by", "y"},
		{"what-if", "--overlay", overlay},
		{"rebuild"},
		{"check-clocks"},
		{"plan"},
		{"notices", "--from", "2026-08-01", "--to", "2026-08-31"},
		{"explain", "C1", "AS-01"},
	} {
		t.Run(strings.Join(args[:min(2, len(args))], " "), func(t *testing.T) {
			t.Parallel()
			r := starter(t, away, "", append(args, "--json")...)
			if got := r.lastLine(t); r.code != exitFailed || !got.Failed || !strings.Contains(got.Reason, "Postgres") {
				t.Errorf("exit code %d, %s", r.code, r.out)
			}
			if strings.Contains(r.out+r.err, "secret") || !strings.Contains(r.err, "starter: ") {
				t.Errorf("it said %s", r.err)
			}
		})
	}
	if r := starter(t, away, "", "migrate"); r.code != exitFailed {
		t.Errorf("migrate: exit code %d", r.code)
	}
}

func TestSignalsEndARecordingAtOnceWithTheTruthAboutIt(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			if r := starter(t, url, `{"id":"c0","case":"C3","type":"person.born","at":"2019-08-03"}`, "record", "-"); r.code != exitDone {
				t.Fatal(r.err)
			}
			holdingThird(connect(t, url))
			p := began(t, url, "record", "-", "--json")
			p.cmd.Stdin = strings.NewReader(fourCases)
			if err := p.cmd.Start(); err != nil {
				t.Fatal(err)
			}
			connect(t, url).await(`select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`)
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			// Whoever holds the lock never lets go, so it ends by the signal or not at all.
			r := p.end(t, p.cmd.Wait())
			got := r.lastLine(t)
			if r.code != exitFailed || !got.Failed || got.Reason != "interrupted" || got.New != 2 || len(got.Refused) != 1 ||
				got.NotTried == nil || *got.NotTried != 3 {
				t.Errorf("exit code %d, %s%s", r.code, r.out, r.err)
			}
		})
	}
}

// await asks again and again until the answer is yes.
func (d *db) await(question string) {
	d.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for yes := false; !yes; {
		if err := d.conn.QueryRow(d.t.Context(), question).Scan(&yes); err != nil {
			d.t.Fatal(err)
		}
		select {
		case <-again.C:
		case <-d.t.Context().Done():
			d.t.Fatal("it never came about: " + question)
		}
	}
}

func TestASignalEndsACommandThatWaitsForItsInput(t *testing.T) {
	t.Parallel()
	p := began(t, "postgres://127.0.0.1:1/longstop", "plan", "--events", "-", "--json")
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// More than a pipe holds: once it is written, the command reads.
	if _, err := in.Write(bytes.Repeat([]byte("\n"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r := p.end(t, p.cmd.Wait()) // the input stays open, so it ends by the signal or not at all
	if got := r.lastLine(t); r.code != exitFailed || !got.Failed || got.Reason != "interrupted" {
		t.Errorf("exit code %d, %s%s", r.code, r.out, r.err)
	}
}

func TestAnAdoptionThatFailsAfterItCameIntoForceSaysSo(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	if r := starter(t, url, fourCases, "record", "-"); r.code != exitRefused {
		t.Fatal(r.err)
	}
	d := connect(t, url)
	d.do(`create function fail() returns trigger language plpgsql as $$ begin `+raise("53100")+`; end $$`,
		`create trigger fail before insert on law_plans for each row execute function fail()`)
	overlay := filepath.Join(t.TempDir(), "overlay.yaml")
	text := "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: AS-01\n    editions:\n      - {local_limit: 10 working days, source: Anytown}\n"
	if err := os.WriteFile(overlay, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	type answer struct {
		Changed bool   `json:"changed"`
		Reason  string `json:"reason"`
		Cases   int    `json:"cases"`
		Failed  bool   `json:"failed"`
		Failure string `json:"failure"`
		Waiting int    `json:"cases_not_planned"`
	}
	adopt := func() (ran, answer) {
		t.Helper()
		r := starter(t, url, "", "adopt", "--overlay", overlay, "--reason", "agreed", "--by", "D. Director", "--json")
		var row answer
		if err := json.Unmarshal([]byte(r.out), &row); err != nil {
			t.Fatalf("%v: %s%s", err, r.out, r.err)
		}
		return r, row
	}
	if r, row := adopt(); r.code != exitFailed || !row.Changed || !row.Failed || row.Waiting != 4 ||
		row.Reason != "agreed" || !strings.Contains(row.Failure, "disk is full") {
		t.Errorf("exit code %d, %s", r.code, r.out)
	}
	d.do("drop trigger fail on law_plans")
	if r, row := adopt(); r.code != exitDone || row.Changed || row.Failed || row.Cases != 4 {
		t.Errorf("the same again: exit code %d, %s", r.code, r.out)
	}
}

func TestOneCaseThatIsLockedKeepsNoneOfTheOthersFromBeingRecorded(t *testing.T) {
	t.Parallel()
	var many strings.Builder // of more cases than are handed over at once
	for n := range 110 {
		fmt.Fprintf(&many, `{"id":"e%d","case":"C%d","type":"referral.received","at":"2026-08-03"}`+"\n", n, n)
	}
	census := filepath.Join(t.TempDir(), "return.xml")
	if err := os.WriteFile(census, []byte(strings.ReplaceAll(sixtyChildren(), "K3<", "C3<")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args             []string
		new, left, child int
	}{
		{[]string{"record", "-"}, 109, 1, 0},
		{[]string{"record", "--backlog", "-"}, 109, 1, 0},
		{[]string{"import", "cin-census", census}, 59 * 3, 0, 1},
	} {
		t.Run(strings.Join(tc.args[:2], " "), func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			if r := starter(t, url, `{"id":"c0","case":"C3","type":"person.born","at":"2019-08-03"}`, "record", "-"); r.code != exitDone {
				t.Fatal(r.err)
			}
			mend := holdingThird(connect(t, url))
			r := starter(t, url+"&lock_timeout=1000", many.String(), append(tc.args, "--json")...)
			got := r.lastLine(t)
			if r.code != exitFailed || !got.Failed || got.New != tc.new || got.ChildrenNotTried != tc.child || tc.left > 0 && *got.NotTried != tc.left {
				t.Errorf("exit code %d, %s%s", r.code, r.out, r.err)
			}
			mend()
			r = starter(t, url, many.String(), append(tc.args, "--json")...)
			if got := r.lastLine(t); r.code != exitDone || got.Failed || got.New != tc.left+3*tc.child || got.Known != tc.new {
				t.Errorf("the same again: exit code %d, %s%s", r.code, r.out, r.err)
			}
		})
	}
}
