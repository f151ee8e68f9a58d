package store_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/api"
	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/store"
)

// migrated is a record of the last release before deliveries, with notices in every state, brought up
// to date. It was made by that release.
func migrated(t *testing.T) *record {
	t.Helper()
	file, err := os.Open("testdata/record-of-0019.sql.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	dump, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	r := &record{t: t, clock: pgtest.NewClock(london("2026-12-10 09:11")), url: pgtest.Empty(t)}
	conn, err := pgx.Connect(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.PgConn().Exec(t.Context(), string(dump)).ReadAll(); err != nil {
		t.Fatalf("restoring the record: %v", err)
	}
	owner := pgtest.OpenAs(t, store.Options{URL: r.url, Clock: r.clock})
	if err := owner.Migrate(t.Context()); err != nil {
		t.Fatalf("migrating: %v", err)
	}
	r.Store = r.open(func(o *store.Options) { o.MessageDomain = "council.example" })
	return r
}

func readJSON[T any](t *testing.T, path string) (got T) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// asTold is a notice as commands show it.
func asTold(t *testing.T, n api.Notice) string {
	t.Helper()
	text, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sameTold(t *testing.T, what string, got []store.NoticeRow, want []api.Notice) {
	t.Helper()
	is := map[string]string{}
	for _, n := range got {
		is[n.ID+n.Duty] = asTold(t, api.NoticeOf(&n))
	}
	for _, n := range want {
		if was := asTold(t, n); is[n.ID+n.Duty] != was {
			t.Errorf("%s: was %s\nand is %s", what, was, is[n.ID+n.Duty])
		}
	}
	equal(t, what+": how many", len(got), len(want))
}

func TestARecordOfTheLastReleaseTellsWhatItTold(t *testing.T) {
	t.Parallel()
	r := migrated(t)
	got, err := r.Notices(t.Context(), store.NoticeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	sameTold(t, "notices", got, readJSON[[]api.Notice](t, "testdata/notices-of-0019.json"))

	type explained struct {
		Told   map[string]map[string][]api.Notice
		Listed map[string]map[string][]api.Notice
	}
	want := readJSON[explained](t, "testdata/explained-of-0019.json")
	for ref, moments := range want.Told {
		for known, told := range moments {
			sameTold(t, ref+" as known at "+known, r.explainedAt(ref, known).Notices, told)
		}
	}
	for ref, moments := range want.Listed {
		for known, listed := range moments {
			var got []store.NoticeRow
			for _, l := range r.explainedAt(ref, known).Listed {
				got = append(got, l.NoticeRow)
			}
			sameTold(t, "list with "+ref+" as known at "+known, got, listed)
		}
	}
}

// explainedAt explains a case with what was known at an instant; "": now.
func (r *record) explainedAt(ref, known string) *store.Explained {
	r.t.Helper()
	from := source
	if strings.HasPrefix(ref, "L-") {
		from = "returns"
	}
	key, err := r.CaseKey(r.t.Context(), from, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	m := casework.Moment{AsOf: london("2026-12-10 09:11")}
	if known != "" {
		m.KnownAt = london(known)
	}
	x, err := r.Explain(r.t.Context(), key, m)
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func TestTheNoticesOfTheLastReleaseGoOnAsTheyStood(t *testing.T) {
	t.Parallel()
	r := migrated(t)
	before := map[string]api.Notice{}
	for _, n := range readJSON[[]api.Notice](t, "testdata/notices-of-0019.json") {
		before[n.ID] = n
	}
	sent := map[string]int{}
	for _, ref := range []string{
		"DUE", "CLAIMED", "SENDING", "SENT", "LOGGED", "FAILED", "MAYBE", "REFUSED", "RETRIED", "ROUTED",
		"K-CLAIMED", "K-SENDING", "K-SENT", "K-FAILED", "K-MAYBE", "K-STOPPED", "K-LOGGED", "NOTSENT", "NOTSENT2", "ALLTHESAME", "UNDEL",
	} {
		key := r.key(ref)
		for _, n := range r.openOf(ref) {
			planned, err := r.Plan(t.Context(), key, n.Pathway)
			if err != nil {
				t.Fatal(ref, err)
			}
			for _, due := range planned.Send {
				c := r.claim(due)
				if c.State != "claimed" {
					continue
				}
				was, had := before[c.NoticeID]
				maybe := had && was.PerhapsTwice && was.To == c.To.Staff || was.State == "sending"
				equal(t, ref+": marked perhaps twice", c.PerhapsTwice, maybe)
				if had && was.Attempts > 0 {
					equal(t, ref+": Message-ID", c.MessageID, was.MessageID)
				}
				for _, l := range said(t, c).Letters {
					sent[l.NoticeID]++
				}
				r.sending(c)
				r.sent(c)
			}
		}
	}
	for id, n := range before {
		switch again := sent[id]; {
		case n.Kind == "list":
		case n.State == "sent" && again > 0:
			t.Errorf("%s %s was sent, and is sent again", n.Case, id)
		case again > 1:
			t.Errorf("%s %s (%s) is sent %d times", n.Case, id, n.State, again)
		}
	}
	now, err := r.Notices(t.Context(), store.NoticeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range now {
		if slices.Contains([]string{"claimed", "sending", "failed"}, before[n.ID].State) && n.Kind != "list" && n.State != "sent" && n.State != "not_sent" {
			t.Errorf("%s %s was %s, and is %s in the end", n.Case, n.ID, before[n.ID].State, n.State)
		}
	}
	for _, ref := range []string{"K-CLAIMED", "K-SENDING", "K-FAILED", "K-MAYBE"} {
		for _, n := range now {
			if n.Case == ref && before[n.ID].ID != "" && sent[n.ID] != 1 {
				t.Errorf("%s: a notice of five in one letter is sent %d times", ref, sent[n.ID])
			}
		}
	}
	for _, n := range before { // what was only logged reached nobody: a later step of the duty makes up for it
		toldSince := func(o store.NoticeRow) bool { return o.Duty == n.Duty && o.Case == n.Case && sent[o.ID] == 1 }
		if n.State == "logged" && n.Kind != "list" && !slices.ContainsFunc(now, toldSince) {
			t.Errorf("%s %s was only logged, and nobody is told", n.Case, n.ID)
		}
	}
}

func TestTheListsOfTheLastReleaseAreSentOnce(t *testing.T) {
	t.Parallel()
	r := migrated(t)
	{
		owed := map[string]bool{}
		for _, id := range r.owedLists() {
			owed[id] = true
		}
		for _, n := range readJSON[[]api.Notice](t, "testdata/notices-of-0019.json") {
			if n.Kind != "list" {
				continue
			}
			over := n.State == "sent" || n.State == "not_sent" || n.State == "undeliverable"
			equal(t, n.State+" list is owed", owed[n.ID], !over)
			if over {
				continue
			}
			c, err := r.ClaimList(t.Context(), n.ID)
			if err != nil || c.State != "claimed" {
				t.Fatalf("a %s list: %+v, %v", n.State, c, err)
			}
			equal(t, n.State+" list is marked perhaps twice", c.PerhapsTwice, n.PerhapsTwice || n.State == "sending")
			equal(t, "rows", len(said(t, c).Rows) > 0, true)
			r.sending(c)
			r.sent(c)
		}
	}
	equal(t, "lists owed after that", len(r.owedLists()), 0)
}

func TestTheAuditOfARecordOfBeforeIsKeptAndGoesOnWithKeys(t *testing.T) {
	t.Parallel()
	r := migrated(t)
	before := r.doneBy(store.AuditFilter{})
	if len(before) == 0 {
		t.Fatal("the record of before has no audit")
	}
	if err := r.Note(request(t.Context(), 1), store.AuditRead, ""); err != nil {
		t.Fatal(err)
	}
	after := r.doneBy(store.AuditFilter{})
	if want := append(before, `web|request-1|key-1|O'Brien \ system 1|record||read`); !slices.Equal(after, want) {
		t.Errorf("the audit: %q, want %q", after, want)
	}
}
