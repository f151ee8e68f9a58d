package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/store"
)

// news reads the changes after a cursor, as "kind ref state due", and moves the cursor behind them.
func (r *record) news(after *store.Cursor) []string {
	r.t.Helper()
	var list []string
	for _, item := range r.items(after) {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", item.Kind, item.Ref, item.State, item.Due)))
	}
	return list
}

func (r *record) items(after *store.Cursor) (list []store.FeedItem) {
	r.t.Helper()
	for {
		page, err := r.Feed(r.t.Context(), *after, 7, true)
		if err != nil {
			r.t.Fatal(err)
		}
		list, *after = append(list, page.Items...), page.Next
		if !page.More {
			return list
		}
	}
}

func sameLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestWhatBecomesOfADutyIsToldOnceAndInOrder(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	var at store.Cursor
	opened := r.news(&at)
	if !slices.Contains(opened, "opened CP-10 running 2026-12-02") {
		t.Fatalf("opened: %v", opened)
	}
	r.tell("2026-11-25 09:00")
	sameLines(t, "a reminder to the worker", r.news(&at))

	r.setClock("2026-12-02 10:00")
	r.plan("C1", cp)
	sameLines(t, "on the day on which it is due", r.news(&at))
	r.setClock("2026-12-03 00:00")
	for range 3 { // the clock fires late, and twice
		r.plan("C1", cp)
	}
	equal(t, "overdue", strings.Join(onlyOf(r.news(&at), "CP-10"), ", "), "overdue CP-10 overdue 2026-12-02")

	equal(t, "told", strings.Join(r.tell("2026-12-03 09:00"), ", "), "M1 escalation +1wd")
	items := onlyItems(r.items(&at), "CP-10")
	if len(items) != 1 || items[0].Kind != store.DutyEscalated || items[0].Role != "team_manager" || items[0].Rung != "+1wd" ||
		items[0].Due != "2026-12-02" || items[0].Notice == "" {
		t.Fatalf("the escalation: %+v", items)
	}
	notice := items[0].Notice
	r.mustRecord(event("k1", "C1", "notice.acknowledged", "2026-12-03", "duty=CP-10:e1", "by=M1", "promise=2026-12-10", "notice="+notice))
	items = onlyItems(r.items(&at), "CP-10")
	if len(items) != 1 || items[0].Kind != store.DutyPromised || items[0].Until != "2026-12-10" || items[0].Notice != notice || items[0].State != casework.Overdue {
		t.Fatalf("the acknowledgement: %+v", items)
	}
	r.mustRecord(casework.Event{ID: "k2", Case: "C1", Voids: "k1"})
	equal(t, "taken back", strings.Join(onlyOf(r.news(&at), "CP-10"), ", "), "acknowledgement_withdrawn CP-10 overdue 2026-12-02")

	r.mustRecord(event("v1", "C1", "core_group.held", "2026-12-03"), event("rc", "C1", "cp_review.held", "2026-12-03"))
	r.news(&at)
	r.mustRecord(casework.Event{ID: "e1v", Case: "C1", Voids: "e1"})
	for _, line := range onlyOf(r.news(&at), "CP-10") {
		if !strings.HasPrefix(line, "withdrawn CP-10") {
			t.Errorf("after the start was taken back: %s", line)
		}
	}
}

// onlyOf picks the lines about a timescale.
func onlyOf(lines []string, ref string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Fields(line)[1] != ref })
}

func onlyItems(list []store.FeedItem, ref string) []store.FeedItem {
	return slices.DeleteFunc(slices.Clone(list), func(i store.FeedItem) bool { return i.Ref != ref })
}

func TestADutyThatMovesIntoThePastIsOverdueOnceForThatDate(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	var at store.Cursor
	r.news(&at)
	correct := func(id, day string) {
		t.Helper()
		e := event(id, "C1", "cp_plan.started", day)
		e.Corrects = "e1"
		r.mustRecord(e)
	}
	correct("c1", "2026-10-12")
	moved := onlyItems(r.items(&at), "CP-10")
	if len(moved) != 2 || moved[0].Kind != store.DutyMoved || moved[1].Kind != store.DutyOverdue {
		t.Fatalf("moved into the past: %+v", moved)
	}
	c := moved[1]
	if c.StateBefore != casework.Running || c.State != casework.Overdue || c.DueBefore != "2026-12-02" || c.Due != "2026-11-12" || c.Past != casework.PassedLocal {
		t.Errorf("the change: %+v", c)
	}
	r.plan("C1", cp)
	if _, err := r.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	sameLines(t, "looking at it again, and a rebuild", r.news(&at))
	correct("c2", "2026-10-13")
	sameLines(t, "another date of the past", onlyOf(r.news(&at), "CP-10"), "moved CP-10 overdue 2026-11-13", "overdue CP-10 overdue 2026-11-13")
	correct("c3", "2026-11-02")
	sameLines(t, "and back", onlyOf(r.news(&at), "CP-10"), "moved CP-10 running 2026-12-02")
}

func TestWhatIsMetAndReopenedIsTold(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	var at store.Cursor
	r.news(&at)
	r.setClock("2026-11-03 10:00")
	r.mustRecord(event("e2", "C1", "referral.decided", "2026-11-03", "outcome=nfa"))
	met := r.news(&at)
	if !slices.ContainsFunc(met, func(l string) bool { return strings.HasPrefix(l, "met ") }) {
		t.Fatalf("met: %v", met)
	}
	r.mustRecord(casework.Event{ID: "e3", Case: "C1", Voids: "e2"})
	reopened := r.news(&at)
	if !slices.ContainsFunc(reopened, func(l string) bool { return strings.HasPrefix(l, "reopened ") }) {
		t.Fatalf("reopened: %v", reopened)
	}
	again := r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	equal(t, "known", again.Known, 1)
	sameLines(t, "what is recorded again", r.news(&at))
}

func TestAnItemNamesNothingThatASourceMade(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("child-4711", "C1", "referral.received", "2026-11-02"))
	page, err := r.Feed(t.Context(), store.Cursor{}, 1, false)
	if err != nil || len(page.Items) != 1 {
		t.Fatal(page, err)
	}
	item := page.Items[0]
	equal(t, "its case", item.CaseKey, r.key("C1"))
	equal(t, "the reference, without asking for it", item.Case, "")
	for _, made := range []string{item.DutyKey, item.ID, item.Cursor.String()} {
		if strings.Contains(made, "4711") || strings.Contains(made, "C1") {
			t.Errorf("%q names what a source made", made)
		}
	}
	var at store.Cursor
	if all := r.items(&at); all[0].Case != "C1" || all[0].DutyKey != item.DutyKey || all[0].ID != item.ID {
		t.Errorf("read once more: %+v", all[0])
	}
	other := newRecord(t, "2026-11-02 10:00")
	other.mustRecord(event("child-4711", "C1", "referral.received", "2026-11-02"))
	if all := other.items(new(store.Cursor)); all[0].DutyKey == item.DutyKey {
		t.Error("another record names it the same: it could be worked out")
	}
}

// A reader that goes on from its cursor while many write misses nothing, meets nothing twice, and finds each case in
// the order of its revisions.
func TestAReaderOfTheFeedMissesNothingWhileManyWrite(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", func(o *store.Options) { o.MaxConns = 12 })
	const writers, each = 8, 12
	var done atomic.Bool
	var writing, reading sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(w)))
			for i := range each {
				ref := fmt.Sprint("C", random.IntN(5)) // they meet in the same cases
				e := event(fmt.Sprintf("w%d-%d", w, i), ref, "referral.received", fmt.Sprintf("2026-10-%02d", 1+random.IntN(28)))
				if _, err := r.Record(t.Context(), source, []casework.Event{e}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	readers := make([][]store.FeedItem, 3)
	for i := range readers {
		reading.Go(func() {
			var at store.Cursor
			for last := false; ; last = done.Load() {
				page, err := r.Feed(t.Context(), at, 5, false)
				if err != nil {
					t.Error(err)
					return
				}
				readers[i], at = append(readers[i], page.Items...), page.Next
				if last && !page.More {
					return
				}
			}
		})
	}
	writing.Wait()
	if _, err := r.PlaceChanges(t.Context()); err != nil { // a reader may leave it to another
		t.Error(err)
	}
	done.Store(true)
	reading.Wait()
	want := r.column(`select sum(n)::text from changes`)[0]
	for _, items := range readers {
		equal(t, "changes", fmt.Sprint(len(items)), want)
		revisions := map[string]int64{}
		for i, item := range items {
			equal(t, "place", item.Cursor.Position, int64(i+1))
			if item.Revision < revisions[item.CaseKey] {
				t.Errorf("revision %d after %d", item.Revision, revisions[item.CaseKey])
			}
			revisions[item.CaseKey] = item.Revision
		}
	}
}

// What is written first and committed last comes after what was read meanwhile.
func TestAChangeThatCommitsLateComesLater(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	held, release := r.holdAdmission("C2") // its change has its number and is not committed
	var at store.Cursor
	r.mustRecord(event("e3", "C3", "referral.received", "2026-11-02"))
	before := r.items(&at)
	release()
	if err := <-held; err != nil {
		t.Fatal(err)
	}
	after := r.items(&at)
	if len(before) == 0 || len(after) == 0 || slices.ContainsFunc(before, func(i store.FeedItem) bool { return i.Case == "C2" }) || after[0].Case != "C2" {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// holdAdmission writes a change of a case in a transaction that commits when release is called.
func (r *record) holdAdmission(ref string) (held <-chan error, release func()) {
	r.t.Helper()
	r.mustRecord(event("h1", ref, "worker.allocated", "2026-11-02", "worker=W1"))
	conn, err := pgx.Connect(r.t.Context(), r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(r.t.Context())); err != nil {
			r.t.Error(err)
		}
	})
	tx, err := conn.Begin(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := tx.Exec(r.t.Context(), `insert into changes (case_key, revision, known, law, what)
		values ($1, 9, now(), 'x', '[{"kind":"opened","duty":"CP-10:h1","ref":"CP-10"}]')`, r.key(ref)); err != nil {
		r.t.Fatal(err)
	}
	ended, letGo := make(chan error, 1), make(chan struct{})
	go func() {
		<-letGo
		ended <- tx.Commit(context.WithoutCancel(r.t.Context()))
	}()
	return ended, func() { close(letGo) }
}

func TestACursorOfAnotherLifeOfTheRecordIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	var at store.Cursor
	r.items(&at)
	copied := at
	// The copy is of here: what comes now is lost with the restore, and others take its places.
	r.mustRecord(event("e2", "C2", "referral.received", "2026-11-02"), event("e3", "C3", "referral.received", "2026-11-02"))
	r.items(&at)
	for _, sql := range []string{`delete from changes where position > $1`, `update feed set last = $1`} {
		if err := r.exec(sql, copied.Position); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Feed(t.Context(), at, 10, false); !errors.Is(err, store.ErrCursorElsewhere) {
		t.Errorf("a cursor beyond the end: %v", err)
	}
	r.mustRecord(event("e4", "C4", "referral.received", "2026-11-02"), event("e5", "C5", "referral.received", "2026-11-02"))
	if _, err := r.Feed(t.Context(), at, 10, false); !errors.Is(err, store.ErrCursorElsewhere) {
		t.Errorf("a cursor whose place another change has: %v", err)
	}
	if page, err := r.Feed(t.Context(), copied, 100, false); err != nil || len(page.Items) == 0 || page.Items[0].Cursor.Position != copied.Position+1 {
		t.Errorf("a cursor from before the copy: %+v, %v", page, err)
	}
}

func TestOldChangesGoAndTheLastOneStays(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	var early, late store.Cursor
	r.items(&early)
	r.mustRecord(event("e2", "C2", "referral.received", "2026-11-02"))
	late = early
	r.items(&late)
	if n, err := r.PruneChanges(t.Context(), casetime.WallNow().Add(-time.Hour)); err != nil || n != 0 {
		t.Fatalf("nothing is old: %d, %v", n, err)
	}
	if n, err := r.PruneChanges(t.Context(), casetime.WallNow().Add(time.Hour)); err != nil || n != 1 {
		t.Fatalf("deleted: %d, %v", n, err)
	}
	if _, err := r.Feed(t.Context(), early, 10, false); !errors.Is(err, store.ErrCursorOld) {
		t.Errorf("a cursor of what is deleted: %v", err)
	}
	page, err := r.Feed(t.Context(), late, 10, false)
	if err != nil || len(page.Items) != 0 || page.Next != late {
		t.Errorf("a cursor at the end: %+v, %v", page, err)
	}
	r.mustRecord(event("e3", "C3", "referral.received", "2026-11-02"))
	if next := r.items(&late); len(next) == 0 || next[0].Case != "C3" {
		t.Errorf("what comes next: %+v", next)
	}
	if end, err := r.FeedEnd(t.Context()); err != nil || end != late {
		t.Errorf("the end: %v, %v", end, err)
	}
}

// Nobody changes anything for as long as changes are kept, and then somebody does.
func TestAReaderWhoStandsAtTheLastChangeBeforeAQuietTimeMissedNothing(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	var first store.Cursor
	r.items(&first)
	r.mustRecord(event("e2", "C2", "referral.received", "2026-11-02"))
	last := first
	r.items(&last)
	if err := r.exec(`update changes set written = '2020-01-01'`); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("e3", "C3", "referral.received", "2026-11-02"))
	if _, err := r.PlaceChanges(t.Context()); err != nil {
		t.Fatal(err)
	}
	for want := 1; want >= 0; want-- { // the second time there is nothing more to delete
		if n, err := r.PruneChanges(t.Context(), time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC)); err != nil || n != want {
			t.Fatalf("deleted: %d instead of %d, %v", n, want, err)
		}
	}
	if next := r.items(&last); len(next) == 0 || next[0].Case != "C3" {
		t.Errorf("who had read everything: %+v", next)
	}
	if _, err := r.Feed(t.Context(), first, 10, false); !errors.Is(err, store.ErrCursorOld) {
		t.Errorf("who had not: %v", err)
	}
}

func TestAReaderOfTheFeedWaitsForNobodyWhoGivesPlaces(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	var at store.Cursor
	before := len(r.items(&at))
	r.mustRecord(event("e2", "C2", "referral.received", "2026-11-02"))
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	held, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), `select from feed for update`); err != nil {
		t.Fatal(err)
	}
	if page, err := r.Feed(t.Context(), store.Cursor{}, 100, false); err != nil || len(page.Items) != before {
		t.Errorf("while somebody gives places: %d changes instead of %d, %v", len(page.Items), before, err)
	}
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if next := r.items(&at); len(next) == 0 || next[0].Case != "C2" {
		t.Errorf("afterwards: %+v", next)
	}
}

func TestAWebhookThatIsRemovedWhileChangesGetTheirPlacesIsToldOfNothing(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	if err := r.exec(`insert into webhooks (id, name, url, owner, created) values (gen_random_uuid(), 'w', 'https://w.example/', 'o', now())`); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	removing, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := removing.Exec(t.Context(), `delete from webhooks`); err != nil {
		t.Fatal(err)
	}
	placed := make(chan error, 1)
	go func() {
		n, err := r.PlaceChanges(t.Context())
		if err == nil && n != 1 {
			err = fmt.Errorf("placed %d", n)
		}
		placed <- err
	}()
	for waits := "false"; waits != "true"; {
		waits = r.column(`select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')::text`)[0]
	}
	if err := removing.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-placed; err != nil {
		t.Error(err)
	}
	equal(t, "messages", r.column(`select count(*)::text from webhook_messages`)[0], "0")
}

func TestOnlyTheOwnerSaysWhoIsToldOfChangesAndTheAuditSaysThatItDid(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	owner, app, reader := session(t, r.url), session(t, pgtest.AsApp(t, r.url)), session(t, pgtest.AsReader(t, r.url))
	for _, sql := range []string{
		`insert into webhooks (id, name, url, owner, created) values (gen_random_uuid(), 'w', 'https://w.example/?sig=x', 'o', now())`,
		`update webhooks set url = 'https://other.example/'`, `update webhooks set kinds = '{met}'`, `update webhooks set backlog = true`,
		`update webhooks set owner = 'x'`, `update webhooks set name = 'v'`,
		`insert into webhook_secrets (webhook, n, key_id, made) select id, 2, 'k', now() from webhooks`,
		`update webhook_secrets set key_id = 'k2'`, `delete from webhook_secrets`, `delete from webhooks`,
	} {
		equal(t, sql, app(sql), insufficientPrivilege)
	}
	for _, sql := range []string{
		`insert into webhooks (id, name, url, owner, created) values (gen_random_uuid(), 'w', 'https://w.example/?sig=x', 'o', now())`,
		`insert into webhook_secrets (webhook, n, key_id, made) select id, n, 'k', now() from webhooks, generate_series(1, 2) as n`,
		`update webhooks set url = 'https://other.example/?sig=y'`,
	} {
		equal(t, sql, owner(sql), "")
	}
	for _, sql := range []string{
		`update webhooks set state = 'paused'`, `update webhooks set state = 'active'`, `update webhooks set state = 'disabled', reason = 'gone'`,
		`update webhooks set tries = tries + 1, last_failed = now()`,
	} {
		equal(t, sql, app(sql), "")
	}
	equal(t, "removing", owner(`delete from webhooks`), "")
	sameLines(t, "the audit", r.column(`select outcome || ' ' || action from audit where action like 'webhook %' order by seq`),
		"webhook_added webhook w", "webhook_rotated webhook w", "webhook_changed webhook w", "webhook_paused webhook w", "webhook_resumed webhook w",
		"webhook_disabled webhook w", "webhook_removed webhook w")
	equal(t, "what may be secret in an address, to who only reads", reader(`select url from webhooks`), insufficientPrivilege)
	equal(t, "the salt, to who only reads", reader(`select salt from feed`), insufficientPrivilege)
	equal(t, "the rest of an address", reader(`select address from webhooks`), "")
}

func TestACursorIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0", "12.0a1b2c3d"} {
		if c, err := store.ParseCursor(s); err != nil || c.String() != s {
			t.Errorf("%s: %v, %v", s, c, err)
		}
	}
	for _, s := range []string{"", "x", "-1.0a1b2c3d", "12", "12.0a", "0.0a1b2c3d", "12.0a1b2c3d4"} {
		if c, err := store.ParseCursor(s); err == nil {
			t.Errorf("%q is read as %v", s, c)
		}
	}
}

func TestAFirstLoadIsMarkedInTheFeed(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	id, backlog, err := r.BeginLoad(t.Context(), store.Load{Source: source, Kind: "test"})
	if err != nil || !backlog {
		t.Fatal(backlog, err)
	}
	if _, err := r.LoadCases(t.Context(), id, county(20)); err != nil {
		t.Fatal(err)
	}
	if err := r.CompleteLoad(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	equal(t, "rows, one for each case", r.column(`select count(*)::text from changes`)[0], "20")
	var at store.Cursor
	items := r.items(&at)
	equal(t, "duties opened", len(slices.DeleteFunc(slices.Clone(items), func(i store.FeedItem) bool { return i.Kind != store.DutyOpened })),
		len(r.column(`select duty from duties`)))
	for _, i := range items {
		equal(t, "of a first load", i.Backlog, true)
	}
	r.mustRecord(event("x1", "C00003", "cp_visit.made", "2026-10-30", "seen=true"))
	for _, i := range r.items(&at) {
		equal(t, "of a first load", i.Backlog, false)
	}
}

// An upgrade tells nobody of what stood before; what fell due since is told.
func TestARecordOfTheLastReleaseTellsOfWhatComesNow(t *testing.T) {
	t.Parallel()
	r := migrated(t)
	equal(t, "duties without a telling", r.column(`select (count(*) > 0)::text from duties where told is null`)[0], "true")
	if err := r.exec(`update feed set began = $1`, r.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	var at store.Cursor
	sameLines(t, "what stood before", r.news(&at))
	equal(t, "duties without a telling", r.column(`select (count(*) > 0)::text from duties where told is null`)[0], "false")

	again := migrated(t)
	if err := again.exec(`update feed set began = '2026-11-30'`); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	var since store.Cursor
	for _, i := range again.items(&since) {
		if i.Kind != store.DutyOverdue && i.Kind != store.DutyUnreported || i.Due < "2026-11-29" {
			t.Errorf("told after the upgrade: %+v", i)
		}
	}
	if since.Position == 0 {
		t.Error("nothing fell due in ten days")
	}
}

func TestACaseIsFoundByTheKeyThatItHasOutwards(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	key := r.items(new(store.Cursor))[0].CaseKey
	for _, of := range []string{"", source} {
		if got, err := r.CaseKey(t.Context(), of, key); err != nil || got != key {
			t.Errorf("of the source %q: %s, %v", of, got, err)
		}
	}
	if list, err := r.Duties(t.Context(), store.DutyFilter{Case: key}); err != nil || len(list) == 0 || list[0].Case != "C1" {
		t.Errorf("its duties: %+v, %v", list, err)
	}
	for _, none := range [][2]string{{"other", key}, {"", "00000000-0000-4000-8000-000000000000"}} {
		if _, err := r.CaseKey(t.Context(), none[0], none[1]); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%v: %v", none, err)
		}
	}
}
