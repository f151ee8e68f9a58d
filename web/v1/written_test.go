package v1_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// content is what the tables of a record hold: the sum of each. To add up every table after each request is what took
// longest of a request, so triggers of the test's own note which tables are written, and those alone are added up again.
type content struct {
	conn *pgx.Conn
	sums map[string]string // by table
	seen int64             // how far the notes have been read
}

// aside are the tables that are written by whoever asks, whatever is answered: who did, and when a key or the address of a calendar last came.
var aside = []string{"audit", "api_keys", "calendars", "goose_db_version"}

// noting makes the triggers. What is refused and taken back leaves no note: a note is written by the same transaction.
const noting = `
	create schema noted;
	create table noted.writes (seq bigint generated always as identity primary key, name text not null);
	create function noted.write() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
	begin
		if exists (select from written) then
			insert into noted.writes (name) values (tg_table_name);
		end if;
		return null;
	end
	$$;
	do $$
	declare
		name text;
		what text;
	begin
		for name in select tablename from pg_tables where schemaname = 'public' loop
			foreach what in array array['insert', 'update', 'delete'] loop
				execute format('create trigger noted_%s after %s on public.%I referencing %s table as written for each statement execute function noted.write()',
					what, what, name, case what when 'delete' then 'old' else 'new' end);
			end loop;
		end loop;
	end
	$$`

// newContent has the writes of a database noted from now on.
func newContent(tb testing.TB, url string) *content {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close(context.Background()) })
	if _, err := conn.Exec(tb.Context(), noting); err != nil {
		tb.Fatal(err)
	}
	found, err := conn.Query(tb.Context(), `select tablename::text from pg_tables where schemaname = 'public' and not tablename = any($1)`, aside)
	if err != nil {
		tb.Fatal(err)
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil || len(names) < 20 {
		tb.Fatal(names, err)
	}
	c := &content{conn: conn}
	c.sums = c.sumsOf(tb, names)
	return c
}

// sumsOf adds up tables.
func (c *content) sumsOf(tb testing.TB, names []string) map[string]string {
	tb.Helper()
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("select '%s', count(*), coalesce(md5(string_agg(h, '' order by h)), '') from (select md5(t::text) h from public.%s t) x", name, name)
	}
	found, err := c.conn.Query(tb.Context(), strings.Join(parts, " union all "))
	if err != nil {
		tb.Fatal(err)
	}
	sums := map[string]string{}
	var name, sum string
	var n int
	if _, err := pgx.ForEachRow(found, []any{&name, &n, &sum}, func() error {
		sums[name] = fmt.Sprintf("%d rows, %s", n, sum)
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	return sums
}

// changed returns the tables that hold something else than when it was last asked, in order.
func (c *content) changed(tb testing.TB) (names []string) {
	tb.Helper()
	found, err := c.conn.Query(tb.Context(), `select name, max(seq) from noted.writes where seq > $1 group by name`, c.seen)
	if err != nil {
		tb.Fatal(err)
	}
	var written []string
	var name string
	var seq int64
	if _, err := pgx.ForEachRow(found, []any{&name, &seq}, func() error {
		c.seen = max(c.seen, seq)
		if !slices.Contains(aside, name) {
			written = append(written, name)
		}
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	if len(written) == 0 {
		return nil
	}
	for name, sum := range c.sumsOf(tb, written) {
		if c.sums[name] != sum {
			names = append(names, name)
			c.sums[name] = sum
		}
	}
	slices.Sort(names)
	return names
}

// A write that changes nothing is not one.
func TestContentSeesEachTableThatHoldsSomethingElse(t *testing.T) {
	t.Parallel()
	d := newRead(t)
	c := newContent(t, d.url)
	all := maps.Clone(c.sums)
	for _, step := range []struct {
		do   func()
		want []string
	}{
		{func() {}, nil},
		{func() { d.does(`update sources set name = name`) }, nil},
		{func() { d.does(`insert into sources (name) values ('another')`) }, []string{"sources"}},
		{func() { d.does(`delete from sources where name = 'another'`) }, []string{"sources"}},
		{func() {
			d.does(`begin; insert into sources (name) values ('another'); delete from sources where name = 'another'; commit`)
		}, nil},
		{func() { d.does(`begin; insert into sources (name) values ('another'); rollback`) }, nil},
		{func() { d.asks("POST", "/v1/duties:query", `{"case":"C1"}`) }, nil}, // the audit alone
	} {
		step.do()
		if got := c.changed(t); !slices.Equal(got, step.want) {
			t.Errorf("it says that %q were changed, want %q", got, step.want)
		}
	}
	d.mustPush(cloud("v9", "C1", "cp_visit.made", "2026-10-30", `{"seen":true}`))
	names := c.changed(t)
	if !slices.Contains(names, "events") || !slices.Contains(names, "duties") {
		t.Errorf("after a push it says that %q were changed", names)
	}
	// Nothing was missed: every sum is as it is when all are added up.
	now := c.sumsOf(t, slices.Collect(maps.Keys(all)))
	if !maps.Equal(now, c.sums) {
		t.Errorf("it has %v, and the record holds %v", c.sums, now)
	}
}
