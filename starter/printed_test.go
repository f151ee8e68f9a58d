package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"longstop/store"
)

// transcript is what commands print, one after another, on a record of the test's own.
type transcript struct {
	*council
	text strings.Builder
}

// run runs a command at a London date and time, and writes down its exit code, its output and what it says on
// standard error.
func (x *transcript) run(now, in string, args ...string) {
	x.Helper()
	r := x.tries(now, in, args...)
	fmt.Fprintf(&x.text, "$ starter %s\n", strings.Join(args, " "))
	x.lines("out", r.out)
	x.lines("err", r.err)
	fmt.Fprintf(&x.text, "exit %d\n\n", r.code)
}

// both runs a command as people read it, and as machines do.
func (x *transcript) both(now, in string, args ...string) {
	x.Helper()
	x.run(now, in, args...)
	x.run(now, in, append(args, "--json")...)
}

func (x *transcript) lines(stream, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(&x.text, "%s| %s\n", stream, strings.TrimSuffix(line, "\n"))
	}
}

// byChance is what differs from run to run, other than the ids: files of the test, the audit's wall times and who ran it.
var byChance = []struct {
	found *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`"at":"[^"]*","login":"[^"]*"(,"os_user":"[^"]*")?(,"host":"[^"]*")?`), `"at":"…","login":"…"`},
	{regexp.MustCompile(`(?m)^out\| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  \S+ +\S+ +`), "out| … "},
	{regexp.MustCompile(`(?m)^out\| WHEN +LOGIN +USER +`), "out| WHEN… "},
	{regexp.MustCompile(`attached-[0-9a-f]{12}`), "attached-…"},
	{regexp.MustCompile(`connecting to Temporal at .*?connection refused\\?"\)`), "connecting to Temporal at …"},
}

func (x *transcript) golden(name string) {
	x.Helper()
	got := regexp.MustCompile(`/\S*/`+x.Name()+`\S*/\d+/`).ReplaceAllString(x.text.String(), "DIR/")
	for _, c := range byChance {
		got = c.found.ReplaceAllString(got, c.shown)
	}
	got = recordedInOrder(withoutChance(got))
	path := filepath.Join("testdata", "printed", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			x.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		x.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		x.Errorf("%s (-golden +got)\n%s", path, diff)
	}
}

// recordedInOrder puts the rows of the audit that one run has written of several cases into the order of their
// references: a run records in the order of the cases' keys, which are drawn by lot.
func recordedInOrder(text string) string {
	lines := strings.Split(text, "\n")
	isOne := func(i int) bool {
		return strings.Contains(lines[i], `,"case":"`) && strings.Contains(lines[i], `"outcome":"recorded"`)
	}
	for i := 0; i < len(lines); i++ {
		from := i
		for i < len(lines) && isOne(i) {
			i++
		}
		slices.Sort(lines[from:i])
	}
	return strings.Join(lines, "\n")
}

const printedCases = `{"id":"p","case":"C1","type":"cp_plan.started","at":"2026-03-02"}
{"id":"v1","case":"C1","type":"cp_visit.made","at":"2026-03-20","data":{"seen":true}}
{"id":"v2","case":"C1","type":"cp_visit.made","at":"2026-04-07","data":{"seen":true}}
{"id":"w1","case":"C1","type":"worker.allocated","at":"2026-03-02","data":{"worker":"W01","team":"T1"}}
{"id":"w2","case":"C2","type":"worker.allocated","at":"2026-07-06","data":{"worker":"W01","team":"T1"}}
{"id":"w3","case":"K1","type":"worker.allocated","at":"2026-07-06","data":{"worker":"W01","team":"T1"}}
{"id":"s","case":"C2","type":"strategy_discussion.held","at":"2026-07-06","data":{"s47":true}}
{"id":"i","case":"C2","type":"icpc.held","at":"2026-07-28","data":{"outcome":"no_plan"}}
{"id":"o","case":"C2","type":"referral.received","at":"2026-10-26"}
{"id":"x","case":"C-11","type":"cp_visit.made","at":"2026-10-26","data":{"Seen":true}}
{"id":"y","case":"C1","type":"cp_visit.mad","at":"2026-10-26"}
{"id":"z","case":"C1"
`

// What commands print is what scripts and people rely on: all of it, to the byte. Whoever changes it on purpose
// runs this test with -update and reads the difference.
func TestWhatEveryCommandPrints(t *testing.T) {
	x := &transcript{council: newCouncil(t, "2026-11-02 09:30")}
	overlay := x.file("anytown.yaml", "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: CP-10\n    editions:\n      - {limit: 10 working days, source: Anytown}\n")
	faulty := x.file("faulty.yaml", "overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: CP-99\n    editions:\n      - {local_limit: 10 working das, source: Anytown}\n")
	events := x.file("events.jsonl", printedCases)
	first, second := x.file("return.xml", councilReturn("2026-01-12")), x.file("again.xml", councilReturn("2026-01-14"))

	// Without any service.
	const now = "2026-11-02 10:00"
	x.both(now, "", "due", "CP-03", "2026-12-19")
	x.both(now, "", "due", "CP-99", "2026-12-19")
	x.both(now, "", "plan", "--events", events, "--as-of", "2026-11-02")
	x.run(now, "", "plan", "--events", events, "--as-of", "2026-11-02", "--json", "--not-counted")
	x.both(now, "", "notices", "--events", events, "--from", "2026-03-01", "--to", "2026-04-30")
	x.both(now, "", "explain", "--events", events, "C1", "CP-10")
	x.both(now, "", "explain", "--events", events, "C1")
	x.both(now, "", "explain", "--events", events, "CP-08")
	x.run(now, "", "rules", "CP-10")
	x.both(now, "", "rules", "CP-1O")
	x.both(now, "", "rules", "--stale", "--as-of", "2028-06-01")
	x.both(now, "", "check", overlay)
	x.both(now, "", "check", faulty)
	x.both(now, "", "what-if", "--overlay", overlay, "--events", events, "--as-of", "2026-11-02")
	x.run(now, "", "what-if", "--overlay", overlay, "--events", events, "--as-of", "2026-11-02", "--list")
	x.both(now, "", "what-if", "--overlay", faulty, "--events", events)

	// Recording.
	x.run("2026-11-02 10:00", councilPeople, "record", "-", "--json")
	x.both("2026-11-02 10:10", "", "record", events)
	x.both("2026-11-02 10:20", `{"id":"h1","case":"C7","type":"strategy_discussion.held","at":"2026-01-05","source":"old","data":{"s47":true}}`, "record", "--backlog", "--source", "old", "-")
	x.both("2026-11-02 10:25", `{"id":"h2","case":"C8","type":"referral.received","at":"2026-01-05","source":"older"}`, "record", "--backlog", "--source", "old", "-")
	x.run("2026-11-02 10:30", "", "import", "cin-census", first, "--dry-run", "--json")
	x.run("2026-11-02 10:30", "", "import", "cin-census", first)
	x.both("2026-11-02 10:31", "", "import", "cin-census", second)
	x.both("2026-11-02 10:40", "", "correct", "v1", "--at", "2026-03-23", "--reason", "the diary says Monday")
	x.both("2026-11-02 10:40", "", "correct", "v1", "--set", "saw=true", "--reason", "x")
	x.both("2026-11-02 10:40", "", "correct", "nothing", "--at", "2026-03-23", "--reason", "x")
	x.both("2026-11-02 10:40", "", "correct", "v1", "--reason", "x")
	x.run("2026-11-02 10:45", "", "void", "v2", "--reason", "the sister's", "--json")
	x.run("2026-11-02 10:45", "", "void", "v2", "--reason", "again")
	x.both("2026-11-02 10:50", "", "events", "C1")
	x.both("2026-11-02 10:50", "", "events", "C9")

	// What the record holds.
	x.morning("2026-11-10 09:00")
	x.both("2026-11-10 10:00", "", "duties")
	x.both("2026-11-10 10:00", "", "duties", "--team", "T9")
	x.both("2026-11-10 10:00", "", "duties", "--state", "late")
	x.both("2026-11-10 10:00", "", "plan", "--as-of", "2026-11-10")
	x.run("2026-11-10 10:00", "", "notices", "--from", "2026-11-01", "--to", "2026-11-30", "--json")
	x.both("2026-11-10 10:00", "", "explain", "C1", "CP-10")
	x.both("2026-11-10 10:00", "", "explain", "CP-10")
	x.both("2026-11-10 10:00", "", "acknowledge", x.notice(x.noticed(), "service_manager"), "--by", "S01", "--promise", "2026-11-18", "--note", "visit booked")
	x.both("2026-11-10 10:00", "", "acknowledge", x.notice(x.noticed(), "service_manager"), "--by", "M09", "--promise", "2026-11-18", "--note", "visit booked")
	x.both("2026-11-10 10:00", "", "acknowledge", "00000000-0000-4000-8000-000000000000", "--by", "S01", "--promise", "2026-11-18", "--note", "visit booked")

	// Law and sources.
	x.both("2026-11-11 10:00", "", "what-if", "--overlay", overlay)
	x.both("2026-11-11 10:00", "", "what-if")
	x.both("2026-11-11 10:00", "", "adopt", "--overlay", overlay, "--reason", "agreed by the board", "--by", "D. Director")
	x.run("2026-11-11 10:00", "", "adopt", "--overlay", overlay, "--reason", "agreed by the board", "--by", "D. Director", "--restate-the-past", "--confirm-overdue", "--json")
	x.run("2026-11-11 10:00", "", "adopt", "--overlay", "none", "--reason", "taken back", "--by", "D. Director", "--restate-the-past", "--confirm-overdue")
	x.both("2026-11-11 10:00", "", "adopt", "--overlay", faulty, "--reason", "x", "--by", "x")
	x.both("2026-11-11 11:00", "", "attach", "--reports", "cin_visit.made,referral.received", "--from", "2026-11-01", "--dry-run")
	x.both("2026-11-11 11:00", "", "attach", "--reports", "cin_visit.made,referral.received", "--from", "2026-11-01")
	x.run("2026-11-11 11:00", "", "attach", "--reports", "cin_visit.made,referral.received", "--from", "2026-11-01", "--by", "D. Data", "--confirm-unreported", "--id", "feed-1")
	x.both("2026-11-11 11:00", "", "attach", "--list")
	x.both("2026-11-11 11:00", "", "attach", "--void", "feed-1", "--reason", "a mistake", "--dry-run")
	x.run("2026-11-11 11:00", "", "attach", "--void", "feed-1", "--reason", "a mistake", "--json")
	x.both("2026-11-11 11:00", "", "attach", "--void", "feed-2", "--reason", "a mistake")

	// Running it.
	x.both("2026-11-12 10:00", "", "rebuild")
	x.both("2026-11-12 10:00", "", "check-clocks")
	x.both("2026-11-12 10:00", "", "retry-undeliverable", "--since", "2026-11-01", "--dry-run")
	x.both("2026-11-12 10:00", "", "retry-undeliverable", "--since", "2026-11-01")
	x.run("2026-11-12 10:00", "", "audit", "C1")
	x.run("2026-11-12 10:00", "", "audit", "--since", "2026-11-01", "--json")
	x.run("2026-11-12 10:00", "", "audit", "C9")
	x.golden("every_command.txt")
}

// noticed is the duty that a service manager was told of last.
func (x *transcript) noticed() string {
	x.Helper()
	list, err := x.store.Notices(x.Context(), store.NoticeFilter{})
	if err != nil {
		x.Fatal(err)
	}
	duty := ""
	for i := range list {
		if list[i].Role == "service_manager" && list[i].Case == "C1" {
			duty = list[i].Duty
		}
	}
	return duty
}
