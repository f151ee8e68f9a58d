package endtoend_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/sample"
	"longstop/internal/smtptest"
	"longstop/store"
)

// returnsDir and sampleDir are where the sample returns lie.
const (
	returnsDir = "../intake/cincensus/testdata"
	sampleDir  = "../internal/sample/testdata"
)

// sampleMorning is a time on the day for which the sample of our own was made: a Friday,
// after the notices of the morning.
var sampleMorning = time.Date(2026, time.November, 20, 10, 0, 0, 0, time.UTC)

// reconciled is what an import ends with.
type reconciled struct {
	Children        int   `json:"children"`
	ChildrenRefused int   `json:"children_refused"`
	ChildrenGone    int   `json:"children_gone"`
	New             int   `json:"events_new"`
	Corrections     int   `json:"events_corrected"`
	Voids           int   `json:"events_voided"`
	Known           int   `json:"events_known"`
	GaveWay         int   `json:"events_gave_way"`
	RowsRefused     []any `json:"rows_refused"`
	EventsRefused   []any `json:"events_refused"`
	Warnings        []any `json:"warnings"`
	Clocks          struct {
		Told int `json:"started_or_moved"`
	} `json:"clocks"`
}

// The returns of others hold no live case: they end years ago, and what they cannot tell
// is unreported. The numbers are those of their reviewed golden files; doubtful are the deaths
// after which the invented data goes on.
var othersReturns = []struct {
	name                                string
	children, events, refused, doubtful int
}{
	{"fake_CIN_data", 332, 2060, 23, 19},
	{"CIN_Census_2021", 1, 3, 14, 0},
	{"CIN_Census_2024", 2, 11, 10, 0},
	{"CIN_Census_2026", 2, 11, 15, 0},
	{"BAR_cin_2022", 1, 3, 14, 0},
}

func TestReturnsAreLoadedOnceAndOnlyOpenCasesHaveAWorkflow(t *testing.T) {
	t.Parallel()
	s := sharedStack(t)
	if err := stage.MakeNamespace(t.Context(), client.Options{HostPort: s.temporal()}); err != nil {
		t.Fatal(err)
	}
	x := s.newSite(t, stage.Namespace)
	x.clock = stage.Clock{From: sampleMorning, At: casetime.WallNow(), Factor: 1}.String()
	mail := smtptest.Start(t)
	x.mail = mail.URL()
	r := x.record(t)

	x.must(t, 0, "record", filepath.Join(sampleDir, sample.PeopleFile))
	ours := filepath.Join(sampleDir, sample.ReturnFile)
	for _, again := range []bool{false, true} {
		loaded(t, x.must(t, 0, "import", "cin-census", ours, "--json"), again, 60, len(events(t, r, "case-system")), 0, 0)
	}
	overdue := overdueDuties(t, x)
	x.must(t, 0, "record", filepath.Join(sampleDir, sample.EventsFile))
	for _, f := range othersReturns {
		path := filepath.Join(returnsDir, f.name+".xml")
		for _, again := range []bool{false, true} {
			loaded(t, x.must(t, 1, "import", "cin-census", path, "--source", f.name, "--json"), again, f.children, f.events, f.refused, f.doubtful)
		}
		if got, want := happened(events(t, r, f.name)), happened(golden(t, f.name)); !slices.Equal(got, want) {
			t.Errorf("%s: the record holds\n%s\nand should hold\n%s", f.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	w := x.startWorker(t)
	onlyOpenCasesRun(t, x, r)
	nobodyIsToldYet(t, r, mail)
	for _, private := range []string{"SAMPLE-", "DfEX", "@example.org", "Ada Wren"} {
		if strings.Contains(text(w.log), private) {
			t.Errorf("the worker's log names %s", private)
		}
	}
	w.end(t)
	theMorningIsAsForetold(t, x, mail)
	eachManagerHasOneList(t, x, r, mail, overdue)
}

// loaded checks the reconciliation of a first import, or of the same again.
func loaded(t testing.TB, c *command, again bool, children, events, refused, doubtful int) {
	t.Helper()
	var got reconciled
	c.read(t, &got)
	fresh, known := events, 0
	if again {
		fresh, known, doubtful = 0, events, 0 // what is recorded is warned of, and this is not recorded again
	}
	if got.Children != children || got.New != fresh || got.Known != known || len(got.RowsRefused) != refused ||
		got.ChildrenRefused+got.ChildrenGone+got.Corrections+got.Voids+got.GaveWay+len(got.EventsRefused) > 0 {
		t.Errorf("starter %s: %+v; expected %d children, %d events new, %d known, %d rows refused",
			c.args, got, children, fresh, known, refused)
	}
	if again && got.Clocks.Told > 0 {
		t.Errorf("starter %s: %d clocks started or moved the second time", c.args, got.Clocks.Told)
	}
	if len(got.Warnings) != doubtful {
		t.Errorf("starter %s: %d warnings, expected %d: %v", c.args, len(got.Warnings), doubtful, got.Warnings)
	}
	if n := len(c.refused()); n != refused+doubtful {
		t.Errorf("starter %s: %d lines on standard error, expected %d:\n%s", c.args, n, refused+doubtful, text(c.log))
	}
}

// events are all that the record holds from a source.
func events(t testing.TB, r *store.Store, source string) []casework.Event {
	t.Helper()
	refs, err := r.SourceReferences(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	held, err := r.SourceEntries(t.Context(), source, refs)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(slices.Collect(maps.Values(held))...)
}

// golden are the events that a return becomes, as reviewed.
func golden(t testing.TB, name string) []casework.Event {
	t.Helper()
	var list []casework.Event
	for line := range strings.Lines(text(filepath.Join(returnsDir, "golden", name+".jsonl"))) {
		var e casework.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// happened says what happened in which case, without ids; when a source was attached is
// the day of the load, so that is left out.
func happened(list []casework.Event) []string {
	lines := make([]string, len(list))
	for i := range list {
		e := &list[i]
		when := e.At.String()
		if e.Type == "source.attached" {
			when = "at the load"
		}
		lines[i] = fmt.Sprintf("%s %s %s %s %v", e.Case, e.Type, when, e.Episode, e.Data["outcome"])
	}
	slices.Sort(lines)
	return lines
}

// onlyOpenCasesRun waits until the workflows that run are those that the record wants, and
// checks that no closed case ever had one.
func onlyOpenCasesRun(t testing.TB, x *site, r *store.Store) {
	t.Helper()
	x.waitForClocks(t)
	ids, temporal := wanted(t, r), x.temporal(t)
	until(t, "the workflows that run are those that the record wants", func() string {
		if got := running(t, temporal, x.namespace); !slices.Equal(got, ids) {
			return fmt.Sprintf("%d run, %d are wanted", len(got), len(ids))
		}
		return ""
	})
	sum, err := r.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ever := listed(t, temporal, x.namespace, "ExecutionStatus != 'Terminated'")
	if sum.OpenCases == 0 || sum.Cases-sum.OpenCases < 340 || len(ever) != len(ids) {
		t.Errorf("of %d cases %d are open; %d workflows were ever started for %d clocks", sum.Cases, sum.OpenCases, len(ever), len(ids))
	}
}

// nobodyIsToldYet: a first load writes to nobody, and the lists of what was overdue already wait
// for the next morning of a working day.
func nobodyIsToldYet(t testing.TB, r *store.Store, mail *smtptest.Server) {
	t.Helper()
	owed, err := r.OwedLists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if sent := mail.Messages(); len(owed) > 0 || len(sent) > 0 {
		t.Errorf("%d lists are owed and %d messages sent on the day of the load", len(owed), len(sent))
	}
}

// eachManagerHasOneList: of all that was loaded, each manager of a case in which something was
// overdue gets one list in the morning.
func eachManagerHasOneList(t testing.TB, x *site, r *store.Store, mail *smtptest.Server, overdue []overdueDuty) {
	t.Helper()
	lists := func() []store.NoticeRow {
		return slices.DeleteFunc(notices(t, r, store.NoticeFilter{}), func(n store.NoticeRow) bool { return n.Kind != "list" })
	}
	until(t, "every list is sent", func() string {
		got := lists()
		if len(got) == 0 || slices.ContainsFunc(got, func(n store.NoticeRow) bool { return n.State != "sent" && n.State != "not_sent" }) {
			return fmt.Sprintf("%v", states(got))
		}
		return ""
	})
	agree(t, notices(t, r, store.NoticeFilter{}), mail)
	told := map[string]int{}
	for _, n := range lists() {
		if n.Role == "worker" {
			t.Error("a list went to a worker")
		}
		if !n.At.Equal(monday.Add(2 * time.Minute)) {
			t.Errorf("a list was for %s", n.At)
		}
		if n.State == "sent" {
			told[n.To]++
		}
	}
	for _, m := range managersOf(t, x, overdue) {
		if told[m] != 1 {
			t.Errorf("manager %s got %d lists", m, told[m])
		}
		delete(told, m)
	}
	if len(told) > 0 {
		t.Errorf("lists went to %v, who have nothing overdue", told)
	}
}

// overdueDuty is a line of `duties --state overdue`.
type overdueDuty struct{ Case, Duty, Team string }

func overdueDuties(t testing.TB, x *site) []overdueDuty {
	t.Helper()
	var list []overdueDuty
	for line := range strings.Lines(text(x.must(t, 0, "duties", "--state", "overdue", "--json").out)) {
		var d overdueDuty
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		t.Fatal("nothing is overdue: the sample shows nothing")
	}
	return list
}

// managersOf are the managers of the teams that now hold some duties, as the people's file
// names them.
func managersOf(t testing.TB, x *site, duties []overdueDuty) []string {
	t.Helper()
	teams := map[string]casework.Data{}
	for line := range strings.Lines(text(filepath.Join(sampleDir, sample.PeopleFile))) {
		var e casework.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Type == "team.formed" {
			teams[e.Data.Text("team")] = e.Data
		}
	}
	managers := map[string]bool{}
	for _, now := range overdueDuties(t, x) {
		if !slices.ContainsFunc(duties, func(d overdueDuty) bool { return d.Case == now.Case && d.Duty == now.Duty }) {
			continue
		}
		for _, role := range []string{"team_manager", "service_manager", "head_of_service"} {
			managers[teams[now.Team].Text(role)] = true
		}
	}
	return slices.Sorted(maps.Keys(managers))
}
