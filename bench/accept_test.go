package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/temporaltest"
	"longstop/notify/letter"
	"longstop/store"
	"longstop/timescale/load"
)

// What accepting one event may cost, in bare transactions that write the same rows.
const (
	limitAlone    = 2.0 // one after the other
	limitTogether = 1.5 // 100 at once
)

// together is how many events are under way at once.
const together = 100

// BenchmarkAccept records one event in each of many cases (A), and writes the same rows, in a copy of the database on
// the same server, by one pipelined transaction for each that looks at nothing (B).
func BenchmarkAccept(b *testing.B) {
	stack := temporaltest.Shared(b)
	a, bare := "accept_a", "accept_b"
	execute(b, stack.DatabaseURL, "create database "+a)
	ours := newAccepting(b, databaseURL(b, stack, a))
	execute(b, stack.DatabaseURL, "create database "+bare+" template "+a)
	ours.open(b)
	theirs := newBare(b, databaseURL(b, stack, bare))

	type way struct {
		name  string
		at    int
		limit float64
		a, b  []latencies
	}
	all := []*way{{name: "one after the other", at: 1, limit: limitAlone}, {name: fmt.Sprint(together, " at once"), at: together, limit: limitTogether}}
	for range *rounds {
		for _, w := range all {
			w.a = append(w.a, ours.next(b, w.at))
			w.b = append(w.b, theirs.write(b, w.at, ours.written(b, theirs)))
		}
	}
	for _, w := range all {
		figures.accepting(b, "accepting an event, "+w.name, w.limit, w.a, w.b)
	}
}

// latencies are what each of some things took, and all of them together.
type latencies struct {
	cost
	each []time.Duration
}

// timed does something for every number below n, several at once, and times each.
func timed(b *testing.B, n, several int, do func(i int) error) latencies {
	b.Helper()
	l := latencies{each: make([]time.Duration, n)}
	l.cost = measure(func() {
		each(b, n, several, func(i int) error {
			began := casetime.WallNow()
			err := do(i)
			l.each[i] = time.Since(began)
			return err
		})
	})
	return l
}

// quantile is of all rounds together.
func quantile(list []latencies, q float64) time.Duration {
	var all []time.Duration
	for _, l := range list {
		all = append(all, l.each...)
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(q*float64(len(all))))]
}

// accepting adds what accepting took: the median of single events where they come one after the other, and the time
// of all divided by their number where many come at once, since there each waits for the others; both with the 99th percentile.
func (t *table) accepting(b *testing.B, what string, most float64, ours, bare []latencies) {
	b.Helper()
	of := func(list []latencies) time.Duration {
		return middle(costs(list), func(c cost) time.Duration { return c.wall / time.Duration(len(list[0].each)) })
	}
	used := func(list []latencies) time.Duration {
		return middle(costs(list), func(c cost) time.Duration { return c.used.sum() })
	}
	shown := func(list []latencies) string {
		return fmt.Sprintf("%s (median %s, p99 %s)", precise(of(list)), precise(quantile(list, 0.5)), precise(quantile(list, 0.99)))
	}
	row := []string{what, shown(ours), shown(bare), fmt.Sprintf("%.2f", of(ours).Seconds()/of(bare).Seconds()), fmt.Sprint(most), "not known", fmt.Sprint(len(ours))}
	if spent := used(bare); spent > 0 {
		row[5] = fmt.Sprintf("%.2f", used(ours).Seconds()/spent.Seconds())
	}
	t.add(row...)
	for i := range ours {
		b.Logf("%s, round %d: Longstop %v %v, bare %v %v", what, i+1, ours[i].wall, ours[i].used, bare[i].wall, bare[i].used)
	}
}

func costs(list []latencies) []cost {
	all := make([]cost, len(list))
	for i := range list {
		all[i] = list[i].cost
	}
	return all
}

func precise(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

// accepting are cases of which events are recorded, without Temporal.
type accepting struct {
	*cases
	url string
}

// newAccepting makes the cases, and closes the record again so that it can be copied.
func newAccepting(b *testing.B, url string) *accepting {
	b.Helper()
	today := casetimetest.Today()
	days := visitDays(today, 2**rounds+1)
	if len(days) < 2**rounds+1 {
		b.Fatalf("-rounds=%d is too many: a month has only so many visits", *rounds)
	}
	a := &accepting{cases: &cases{days: days}, url: url}
	a.open(b)
	if err := a.record.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := a.accept(b.Context(), -1); err != nil {
		b.Fatal(err)
	}
	each(b, *events, 16, func(i int) error { return a.accept(b.Context(), i) })
	a.next(b, together) // a first time, so that every statement is prepared and every page has been read
	conn := connect(b, url)
	if _, err := conn.Exec(b.Context(), `vacuum analyse`); err != nil {
		b.Fatal(err)
	}
	if err := conn.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	a.record.Close()
	return a
}

func (a *accepting) open(b *testing.B) {
	b.Helper()
	record, err := store.Open(b.Context(), store.Options{
		URL: a.url, Clock: casetime.Real(), Log: zerolog.Nop(), Compiler: load.Compiler{}, Composer: letter.Composer{}, MaxConns: acceptConns,
	})
	if err != nil {
		b.Fatal(err)
	}
	a.record = record
	b.Cleanup(record.Close)
}

// acceptConns is how many connections both sides have.
const acceptConns = 16

// accept records what a case has before it is measured; of -1 the people.
func (a *accepting) accept(ctx context.Context, i int) error {
	today := casetimetest.Today()
	list := staff(today)
	if i >= 0 {
		list = planned(i, today)
	}
	done, err := a.record.Record(ctx, source, list)
	if err == nil && len(done.Refused) > 0 {
		err = fmt.Errorf("refused: %w", &done.Refused[0])
	}
	return err
}

// next records the next visit of every case.
func (a *accepting) next(b *testing.B, at int) latencies {
	b.Helper()
	took := timed(b, *events, at, func(i int) error {
		done, err := a.record.Record(store.WithActor(b.Context(), requestBy(i)), source, []casework.Event{a.visit(i)})
		if err == nil && done.New != 1 {
			err = fmt.Errorf("recorded %+v", done)
		}
		return err
	})
	a.visits++
	return took
}

// requestBy is who records an event of a case: each is a request of its own, as over the network.
func requestBy(i int) store.Actor {
	return store.Actor{Command: "web", Request: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Key: "benchkey", KeyName: "a case system", Action: "record"}
}

// rows are what recording one event has written, by table.
type rows map[string][]map[string]json.RawMessage

// tables are those that recording an event writes to, in that order, each with its key. The audit is written by the
// database itself, for both sides.
var tables = []struct {
	name string
	key  []string
}{
	{"events", []string{"source", "id"}},
	{"duties", []string{"case_key", "duty"}},
	{"pathways", []string{"pathway", "case_key"}},
	{"outbox", []string{"case_key", "pathway"}},
	{"changes", []string{"mark"}},
	{"cases", []string{"key"}},
}

// written are the transactions that write what the last round wrote, one for each case.
func (a *accepting) written(b *testing.B, to *bare) []*pgx.Batch {
	b.Helper()
	list := make([]*pgx.Batch, *events)
	conn := connect(b, a.url)
	for i := range list {
		e := visit(i, a.visits-1, a.days[a.visits-1])
		var doc []byte
		if err := conn.QueryRow(b.Context(), `
			select jsonb_build_object('events', jsonb_build_array(to_jsonb(e) - 'seq'),
				'duties', (select jsonb_agg(to_jsonb(d)) from duties d where d.case_key = e.case_key and d.xmin = e.xmin),
				'pathways', (select jsonb_agg(to_jsonb(p)) from pathways p where p.case_key = e.case_key and p.xmin = e.xmin),
				'outbox', (select jsonb_agg(to_jsonb(o) - 'epoch') from outbox o where o.case_key = e.case_key and o.xmin = e.xmin),
				'changes', (select jsonb_agg(to_jsonb(g) - 'id' - 'n') from changes g where g.case_key = e.case_key and g.xmin = e.xmin),
				'cases', (select jsonb_agg(to_jsonb(c)) from cases c where c.key = e.case_key and c.xmin = e.xmin))
			from events e where e.source = $1 and e.id = $2`, source, e.ID).Scan(&doc); err != nil {
			b.Fatal(err)
		}
		var r rows
		if err := json.Unmarshal(doc, &r); err != nil {
			b.Fatal(err)
		}
		if len(r["events"]) != 1 || len(r["duties"]) < 2 || len(r["pathways"]) != 1 || len(r["outbox"]) != 1 || len(r["changes"]) != 1 || len(r["cases"]) != 1 {
			b.Fatalf("an event has written %s", doc)
		}
		list[i] = to.batch(b, requestBy(i), r)
	}
	return list
}

// bare is a copy of the database, to which rows are written as they are.
type bare struct {
	pool *pgxpool.Pool
}

func newBare(b *testing.B, url string) *bare {
	b.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = acceptConns
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return &bare{pool: pool}
}

// write writes the rows, one transaction and one round trip for each case.
func (p *bare) write(b *testing.B, at int, batches []*pgx.Batch) latencies {
	b.Helper()
	return timed(b, len(batches), at, func(i int) error { return p.pool.SendBatch(b.Context(), batches[i]).Close() })
}

// batch is the transaction that writes some rows: an insert of what is new, an update of what is there. The audit's row says
// the same of who does it.
func (p *bare) batch(b *testing.B, by store.Actor, r rows) *pgx.Batch {
	b.Helper()
	batch := &pgx.Batch{}
	batch.Queue("begin")
	batch.Queue(`select set_config('longstop.' || name, said, true) from unnest($1::text[], $2::text[]) as n(name, said)`,
		[]string{"command", "run", "key", "key_name", "action"}, []string{by.Command, by.Request, by.Key, by.KeyName, by.Action})
	for _, table := range tables {
		for _, row := range r[table.name] {
			sql, args := p.statement(b, table.name, table.key, row)
			batch.Queue(sql, args...)
		}
	}
	batch.Queue("commit")
	return batch
}

func (p *bare) statement(b *testing.B, table string, key []string, row map[string]json.RawMessage) (string, []any) {
	b.Helper()
	var columns, places, sets, where []string
	var args []any
	for _, column := range slices.Sorted(maps.Keys(row)) {
		args = append(args, plain(b, row[column]))
		place := fmt.Sprintf("$%d", len(args))
		columns, places = append(columns, column), append(places, place)
		if slices.Contains(key, column) {
			where = append(where, column+" = "+place)
		} else {
			sets = append(sets, column+" = "+place)
		}
	}
	var keys []any
	conditions := make([]string, len(key))
	for i, column := range key {
		keys = append(keys, plain(b, row[column]))
		conditions[i] = fmt.Sprintf("%s = $%d", column, i+1)
	}
	var there bool
	if err := p.pool.QueryRow(b.Context(), "select exists (select from "+table+" where "+strings.Join(conditions, " and ")+")", keys...).Scan(&there); err != nil {
		b.Fatal(err)
	}
	if there {
		return "update " + table + " set " + strings.Join(sets, ", ") + " where " + strings.Join(where, " and "), args
	}
	return "insert into " + table + " (" + strings.Join(columns, ", ") + ") values (" + strings.Join(places, ", ") + ")", args
}

// plain is a value as Postgres reads it from a text: what JSON has in quotes without them, an object as it is.
func plain(b *testing.B, v json.RawMessage) any {
	b.Helper()
	switch {
	case string(v) == "null":
		return nil
	case v[0] != '"':
		return string(v)
	}
	var text string
	if err := json.Unmarshal(v, &text); err != nil {
		b.Fatal(err)
	}
	return text
}
