package endtoend_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/temporal"
	"longstop/internal/temporal/payloads"
	"longstop/notify/letter"
	"longstop/outwards"
	"longstop/store"
	"longstop/timescale/load"
)

// site is one council's Longstop on a stack: a namespace and a database of its own, and
// the settings that its programs run with.
type site struct {
	stack     *stack
	namespace string
	database  string   // its name
	mail      string   // LONGSTOP_SMTP_URL; "" for none
	clock     string   // LONGSTOP_DEMO_CLOCK; "" for the wall's
	keys      string   // LONGSTOP_PAYLOAD_KEYS_FILE; "" for none
	webhooks  string   // LONGSTOP_WEBHOOK_KEYS_FILE; "" for none
	more      []string // other settings, NAME=VALUE

	migrated  bool // see prepare
	processes []*process
}

// newSite makes a site with an empty database, and the roles of the programs. On failure the test shows the logs.
func (s *stack) newSite(t testing.TB, namespace string) *site {
	t.Helper()
	x := &site{stack: s, namespace: namespace, database: "site_" + strings.ReplaceAll(namespace, "-", "_")}
	t.Cleanup(func() {
		if t.Failed() {
			x.showLogs(t)
		}
	})
	conn, err := pgx.Connect(t.Context(), s.env["LONGSTOP_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "create database "+pgx.Identifier{x.database}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	x.makeRoles(t)
	return x
}

// The login of the programs of every site, in longstop_app.
const programsLogin = "site_programs"

var programsPassword = rand.Text()

// makeRoles does what deploy/roles.sql tells an administrator to do.
func (x *site) makeRoles(t testing.TB) {
	t.Helper()
	roles, err := os.ReadFile("../deploy/roles.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), x.ownersURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	// Sites are made at once, each with a database of its own, and share the cluster's logins.
	login := `do $$ begin
		create role ` + programsLogin + ` login password '` + programsPassword + `' in role longstop_app;
	exception when duplicate_object or unique_violation then
		null; -- another site has made it
	end $$`
	for _, sql := range []string{string(roles), login} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// prepare lets the owner migrate the record, before the first program of the site starts.
func (x *site) prepare(t testing.TB) {
	t.Helper()
	if x.migrated {
		return
	}
	x.migrated = true
	x.must(t, 0, "migrate")
}

// url is the address of the site's database with the rights of the programs.
func (x *site) url(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(x.ownersURL(t))
	if err != nil {
		t.Fatal("the stack's database address cannot be read")
	}
	u.User = url.UserPassword(programsLogin, programsPassword)
	return u.String()
}

// ownersURL is the address of the site's database with the rights of its owner.
func (x *site) ownersURL(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(x.stack.env["LONGSTOP_DATABASE_URL"])
	if err != nil {
		t.Fatal("the stack's database address cannot be read")
	}
	u.Path = "/" + x.database
	return u.String()
}

// env is the environment of the site's programs.
func (x *site) env(t testing.TB) []string {
	t.Helper()
	notices := "email"
	if x.mail == "" {
		notices = "log"
	}
	return append(append(plainEnv(),
		"LONGSTOP_NOTICES="+notices,
		"LONGSTOP_DATABASE_URL="+x.url(t),
		"LONGSTOP_MIGRATE_URL="+x.ownersURL(t),
		"TEMPORAL_ADDRESS="+x.stack.temporal(),
		"TEMPORAL_NAMESPACE="+x.namespace,
		"LONGSTOP_METRICS_ADDRESS=127.0.0.1:0",
		"LONGSTOP_WEB_ADDRESS=127.0.0.1:0",
		"LONGSTOP_WEB_METRICS_ADDRESS=127.0.0.1:0",
		"LONGSTOP_SMTP_URL="+x.mail,
		stage.Setting+"="+x.clock,
		payloads.Setting+"="+x.keys,
		outwards.SettingKeys+"="+x.webhooks,
	), x.more...)
}

// record is the site's record, to look at.
func (x *site) record(t testing.TB) *store.Store {
	t.Helper()
	clock := casetime.Real()
	if x.clock != "" {
		d, err := stage.Parse(x.clock)
		if err != nil {
			t.Fatal(err)
		}
		clock = d.Clock()
	}
	r, err := store.Open(t.Context(), store.Options{URL: x.url(t), Clock: clock, Log: zerolog.Nop(), Compiler: load.Compiler{}, Composer: letter.Composer{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// temporal is a client of the site's namespace.
func (x *site) temporal(t testing.TB) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{
		HostPort: x.stack.temporal(), Namespace: x.namespace, Logger: temporal.NewLogger(zerolog.Nop()),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// showLogs shows the ends of the logs. They hold no secret: the programs print none.
func (x *site) showLogs(t testing.TB) {
	t.Helper()
	const lines = 25
	for _, p := range x.processes[max(0, len(x.processes)-4):] {
		t.Logf("--- %s\n%s", p.name, tail(p.log, lines))
	}
	t.Logf("--- devstack\n%s", tail(x.stack.process.log, lines))
	for _, name := range []string{"postgres.log", "temporal.log"} {
		t.Logf("--- %s\n%s", name, tail(x.stack.dir+"/"+name, lines))
	}
}

// program is one of the site's that goes on until it is stopped, as it is at the end of the test. It is an error if it
// has ended by itself before.
type program struct {
	*process
	killed bool
}

// startWorker starts a worker and waits until it is ready, or would be with a mail server.
func (x *site) startWorker(t testing.TB) *program {
	t.Helper()
	return x.start(t, "worker", x.stack.work.worker, "?exclude=notices")
}

// start starts a program and waits until /readyz, asked with a query, says that it is ready.
func (x *site) start(t testing.TB, name, path, query string) *program {
	t.Helper()
	x.prepare(t)
	p, err := x.stack.work.launch(x.namespace+"-"+name, x.env(t), path)
	if err != nil {
		t.Fatal(err)
	}
	x.processes = append(x.processes, p)
	started := &program{process: p}
	t.Cleanup(func() { started.end(t) })
	until(t, "the "+name+" is ready", func() string {
		if p.ended() {
			t.Fatalf("%s ended with code %d: %s", p.name, p.code(), text(p.log))
		}
		return notReady(t, p, query)
	})
	return started
}

// end stops the program in order.
func (p *program) end(t testing.TB) {
	t.Helper()
	if p.killed {
		return
	}
	p.killed = true
	if p.ended() {
		t.Errorf("%s ended by itself with code %d", p.name, p.code())
		return
	}
	began := casetime.WallNow()
	if !p.stop() {
		t.Errorf("%s did not stop in %s", p.name, time.Since(began))
	} else if p.code() != 0 {
		t.Errorf("%s stopped with code %d", p.name, p.code())
	}
}

// kill ends the program as a power cut does.
func (p *program) kill() {
	p.killed = true
	p.process.kill()
}
