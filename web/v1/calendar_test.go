package v1_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/service"
	"longstop/service/calendars"
	"longstop/store"
	"longstop/timescale/load"
	"longstop/web/server"
	v1 "longstop/web/v1"
)

// fetches asks for a calendar as a calendar program does.
func (d *door) fetches(c *api.NewCalendar, headers ...string) ask {
	d.Helper()
	r := httptest.NewRequest(http.MethodGet, c.Address, http.NoBody)
	r.Header.Set("Accept", "text/calendar, */*;q=0.1")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, "=")
		if name == "method" {
			r.Method = value
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return ask{w.Code, w.Header(), w.Body.String()}
}

// event is what a client library reads of an event.
type event struct{ uid, summary, start, end, sequence, stamp, description string }

// reads reads a calendar by a library that calendar programs use, by the summaries of its events.
func (d *door) reads(text string) map[string]event {
	d.Helper()
	read, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		d.Fatalf("%v\n%s", err, text)
	}
	events := map[string]event{}
	for _, e := range read.Events() {
		value := func(p ics.ComponentProperty) string {
			if found := e.GetProperty(p); found != nil {
				return found.Value
			}
			return ""
		}
		events[value(ics.ComponentPropertySummary)] = event{
			e.Id(), value(ics.ComponentPropertySummary), value(ics.ComponentPropertyDtStart), value(ics.ComponentPropertyDtEnd),
			value(ics.ComponentPropertySequence), value(ics.ComponentPropertyDtstamp), value(ics.ComponentPropertyDescription),
		}
	}
	if len(events) != len(read.Events()) {
		d.Fatalf("two events have one summary:\n%s", text)
	}
	return events
}

func (d *door) mustFetch(c *api.NewCalendar) map[string]event {
	d.Helper()
	a := d.fetches(c)
	if a.status != http.StatusOK {
		d.Fatalf("%d %s", a.status, a.text)
	}
	return d.reads(a.text)
}

// calendarOf makes the address of somebody's calendar.
func (d *door) calendarOf(person string) *api.NewCalendar {
	d.Helper()
	made, err := d.calendars.Create(d.Context(), calendars.New{Person: person})
	if err != nil {
		d.Fatal(err)
	}
	return made
}

// records records events of cases and people.
func (d *door) records(events ...casework.Event) {
	d.Helper()
	done, err := d.uses.Record(d.Context(), service.Recording{Source: source, Events: events})
	if err != nil || len(done.Refused) > 0 {
		d.Fatal(done, err)
	}
}

func happened(id, ref, kind, at string, fields ...string) casework.Event {
	e := casework.Event{ID: id, Case: ref, Type: kind, Data: casework.Data{}}
	var err error
	if e.At, err = casework.ParseWhen(at); err != nil {
		panic(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		e.Data[name] = value
	}
	return e
}

func summaries(events map[string]event) []string { return slices.Sorted(maps.Keys(events)) }

func TestACalendarProgramReadsWhatItsPersonHasToDoAndSeesItMoveAndVanish(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.records(append(story(), happened("p5", "C5", "cp_plan.started", "2026-11-02"), happened("w5", "C5", "worker.allocated", "2026-11-02", "worker=W1"))...)
	own := d.calendarOf("W1")
	first := d.fetches(own)
	if first.status != http.StatusOK || first.header.Get("Content-Type") != "text/calendar; charset=utf-8" || first.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", first.status, first.header, first.text)
	}
	events := d.reads(first.text)
	t.Logf("%d events: %q", len(events), summaries(events))
	visit := onlyOf(t, events, "C5", "visit")
	if len(events) < 3 || visit.end != next(t, visit.start) || visit.uid == "" || strings.Contains(first.text, "Ada") {
		t.Errorf("%+v\n%s", events, first.text)
	}
	for summary := range events {
		if !strings.HasSuffix(summary, ": C1") && !strings.HasSuffix(summary, ": C5") && !strings.HasSuffix(summary, ": C2") {
			t.Errorf("%s is of a case that W1 does not hold", summary)
		}
	}
	// The same bytes, and the same without a body for whoever knows them.
	again := d.fetches(own)
	tag := first.header.Get("ETag")
	known := d.fetches(own, "If-None-Match="+tag)
	head := d.fetches(own, "method=HEAD")
	if again.text != first.text || tag == "" || known.status != http.StatusNotModified || known.text != "" || known.header.Get("ETag") != tag ||
		head.status != http.StatusOK || head.header.Get("ETag") != tag || head.header.Get("Content-Type") != first.header.Get("Content-Type") {
		t.Errorf("again %d; known %d %q %v; HEAD %d %v", again.status, known.status, known.text, known.header, head.status, head.header)
	}
	// It moves: the conference was on another day.
	d.records(casework.Event{ID: "p5c", Corrects: "p5", Case: "C5", Type: "cp_plan.started", At: casework.OnDay(calendar.NewDate(2026, 10, 29))})
	moved := onlyOf(t, d.mustFetch(own), "C5", "visit")
	if moved.uid != visit.uid || moved.start >= visit.start || number(t, moved.sequence) <= number(t, visit.sequence) || moved.stamp <= visit.stamp && moved.stamp != visit.stamp {
		t.Errorf("it was %+v and is %+v", visit, moved)
	}
	if changed := d.fetches(own, "If-None-Match="+tag); changed.status != http.StatusOK {
		t.Errorf("after a change it is answered %d", changed.status)
	}
	// It is done, and the next takes its place under a name of its own.
	made := happened("v5", "C5", "cp_visit.made", "2026-11-02")
	made.Data["seen"] = true
	d.records(made)
	for _, e := range d.mustFetch(own) {
		if e.uid == visit.uid {
			t.Errorf("what is done is still there: %+v", e)
		}
	}
	// The case goes to somebody else.
	d.records(happened("s9", "", "staff.appointed", "2020-01-01", "worker=W9", "name=Bo Example", "email=bo@example.org", "role=worker", "team=T1"),
		happened("w6", "C5", "worker.allocated", "2026-11-02", "worker=W9"))
	other := d.mustFetch(d.calendarOf("W9"))
	for summary := range d.mustFetch(own) {
		if strings.HasSuffix(summary, ": C5") {
			t.Errorf("W1 has %s still", summary)
		}
	}
	if len(other) == 0 {
		t.Error("W9 has nothing")
	}
}

// onlyOf is the one event of a case whose summary holds a word.
func onlyOf(t *testing.T, events map[string]event, ref, word string) (found event) {
	t.Helper()
	n := 0
	for summary, e := range events {
		if strings.HasSuffix(summary, ": "+ref) && strings.Contains(strings.ToLower(summary), word) {
			found = e
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%d events of %s have the word %q: %q", n, ref, word, summaries(events))
	}
	return found
}

func next(t *testing.T, day string) string {
	t.Helper()
	at, err := time.Parse("20060102", day)
	if err != nil {
		t.Fatal(err)
	}
	return at.AddDate(0, 0, 1).Format("20060102")
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whoever has a part sees what the law in force has told to that part; a co-worker all that the worker does.
func TestWhoHasAPartInACaseSeesWhatIsForThatPart(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	overlay := "overlay: Anytown\nlanguage: 1\nladders:\n  - name: four to six weeks\n    rungs:\n      - {at: -5wd, remind: [worker, chair]}\n      - {at: 0, remind: worker}\n" +
		"      - {at: +1wd, escalate: team_manager}\n      - {at: +5wd, escalate: service_manager}\n      - {at: +10wd, escalate: head_of_service}\n"
	if _, err := d.record.Adopt(t.Context(), store.Law{Change: load.Change{Overlays: []load.File{{Name: "anytown.yaml", Text: overlay}}}, Reason: "the test's", By: "tests"}); err != nil {
		t.Fatal(err)
	}
	person := func(ref string) casework.Event {
		return happened("s-"+ref, "", "staff.appointed", "2020-01-01", "worker="+ref, "name="+ref+" Example", "email="+strings.ToLower(ref)+"@example.org", "role=worker", "team=T1")
	}
	d.records(append(story(), person("CH1"), person("CO1"), person("CL1"),
		happened("p5", "C5", "cp_plan.started", "2026-11-02"), happened("r5", "C5", "referral.received", "2026-11-02"),
		happened("w5", "C5", "worker.allocated", "2026-11-02", "worker=W1"), happened("ch", "C5", "chair.appointed", "2026-11-02", "worker=CH1"),
		happened("co", "C5", "practitioner.joined", "2026-11-02", "worker=CO1", "part=co_worker"),
		happened("cl", "C5", "practitioner.joined", "2026-11-02", "worker=CL1", "part=clinician"))...)
	worker, chair, co, clinician := d.mustFetch(d.calendarOf("W1")), d.mustFetch(d.calendarOf("CH1")), d.mustFetch(d.calendarOf("CO1")), d.mustFetch(d.calendarOf("CL1"))
	maps.DeleteFunc(worker, func(summary string, _ event) bool { return !strings.HasSuffix(summary, ": C5") })
	if !maps.Equal(co, worker) || len(worker) < 2 {
		t.Errorf("the co-worker has %q, and the worker %q", summaries(co), summaries(worker))
	}
	if len(chair) == 0 || len(chair) >= len(worker) {
		t.Errorf("the chair has %q", summaries(chair))
	}
	if len(clinician) != 0 {
		t.Errorf("the clinician has %q", summaries(clinician))
	}
	d.records(happened("col", "C5", "practitioner.left", "2026-11-02", "worker=CO1"), happened("ch2", "C5", "chair.appointed", "2026-11-02", "worker=CL1"))
	if left := d.mustFetch(d.calendarOf("CO1")); len(left) != 0 {
		t.Errorf("who has left the case has %q", summaries(left))
	}
	if after := d.mustFetch(d.calendarOf("CL1")); !maps.Equal(after, chair) {
		t.Errorf("the new chair has %q", summaries(after))
	}
	if _, err := d.uses.Record(t.Context(), service.Recording{Source: source, Events: []casework.Event{{ID: "ch2v", Voids: "ch2", Case: "C5", Data: casework.Data{"reason": "a slip"}}}}); err != nil {
		t.Fatal(err)
	}
	if again := d.mustFetch(d.calendarOf("CH1")); !maps.Equal(again, chair) {
		t.Errorf("the chair whose successor was a slip has %q", summaries(again))
	}
}

// No key has anything to do with it, and of an address that is not good nobody learns why.
func TestAnAddressOfACalendarIsForOneThingAloneAndEndsAtOnce(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	k.records(append(story(), happened("s8", "", "staff.appointed", "2020-01-01", "worker=W8", "name=Cy Example", "email=cy@example.org", "role=worker", "team=T1"))...)
	d := *k.door
	d.Handler = k.Handler
	if len(k.addresses) != 1 || k.addresses[0].path != calendars.Path("{secret}") || len(k.addresses[0].Security) != 0 || k.addresses[0].Security == nil {
		t.Fatalf("the operations whose address is a secret: %+v", k.addresses)
	}
	revoked, expired, leavers, good := d.calendarOf("W1"), d.calendarOf("W1"), d.calendarOf("W8"), d.calendarOf("W1")
	for what, c := range map[string]*api.NewCalendar{"revoked": revoked, "expired": expired, "a leaver's": leavers} {
		if a := d.fetches(c); a.status != http.StatusOK {
			t.Errorf("before it is %s: %d %s", what, a.status, a.text)
		}
	}
	if _, err := d.calendars.Revoke(t.Context(), revoked.Calendar.Calendar, "the test's"); err != nil {
		t.Fatal(err)
	}
	d.does(`update calendars set expires = clock_timestamp() where id = '` + expired.Calendar.Calendar + `'`)
	d.records(happened("l8", "", "staff.left", "2026-11-02", "worker=W8"))
	everything := k.key(access.Actions())
	guessed, _ := strings.CutSuffix(good.Address, "/duties.ics")
	answers := map[string]bool{}
	for what, c := range map[string]*api.NewCalendar{
		"revoked": revoked, "expired": expired, "a leaver's": leavers, "guessed": {Address: guessed[:len(guessed)-4] + "aaaa/duties.ics"},
		"an id": {Address: calendars.Path(good.Calendar.Calendar)}, "a key": {Address: calendars.Path(everything.Secret)}, "nothing like one": {Address: calendars.Path("x")},
	} {
		for _, headers := range [][]string{nil, {"Authorization=Bearer " + everything.Secret}, {"If-None-Match=*"}, {"method=HEAD"}} {
			a := d.fetches(c, headers...)
			id := a.header.Get("X-Request-Id")
			if a.status != http.StatusNotFound || a.header.Get("ETag") != "" || a.header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s: %d %v", what, a.status, a.header)
			}
			if len(headers) == 0 {
				answers[strings.ReplaceAll(a.text, id, "")] = true
			}
		}
	}
	if len(answers) != 1 {
		t.Errorf("why an address is not good can be told apart: %q", slices.Collect(maps.Keys(answers)))
	}
	// It is for nothing else.
	for _, o := range k.operations {
		if status, _ := k.asks(o.request(), strings.Split(good.Address, "/")[3]); status != http.StatusUnauthorized {
			t.Errorf("%s %s by the secret of a calendar: %d", o.method, o.path, status)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
		if a := d.fetches(good, "method="+method); a.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, a.status)
		}
	}
	if a := d.fetches(good); a.status != http.StatusOK {
		t.Errorf("the good one: %d %s", a.status, a.text)
	}
}

func TestWithoutTheCouncilsLeaveNoCalendarIsThere(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.records(story()...)
	own := d.calendarOf("W1")
	s := server.New(server.Options{Authenticator: keys{}, Enter: enter, Log: logOf(t), Now: casetime.WallNow})
	v1.Register(s, v1.Deps{Service: d.uses})
	d.Handler = s.Handler()
	if a := d.fetches(own); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.text)
	}
}

func TestWhatIsLoggedMeasuredAuditedOrAnsweredOfACalendarDoesNotHoldItsSecret(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.records(story()...)
	own, dead := d.calendarOf("W1"), d.calendarOf("W1")
	if _, err := d.calendars.Revoke(t.Context(), dead.Address, ""); err != nil { // as it was found
		t.Fatal(err)
	}
	var log bytes.Buffer
	reader := metric.NewManualReader()
	s := server.New(server.Options{
		Authenticator: keys{}, Enter: enter, Log: zerolog.New(&log), Now: casetime.WallNow, Meter: metric.NewMeterProvider(metric.WithReader(reader)).Meter("t"),
	})
	v1.Register(s, v1.Deps{Service: d.uses, Calendars: d.calendars})
	d.Handler = s.Handler()
	answers := ""
	for _, c := range []*api.NewCalendar{own, dead} {
		secret := strings.Split(c.Address, "/")[3]
		for _, path := range []string{
			c.Address, c.Address + "?x=1", c.Address + "?x=%zz", c.Address + "/", strings.TrimSuffix(c.Address, "/duties.ics"), strings.ReplaceAll(c.Address, "duties", "other"), "/v1/calendar/%00" + secret + "/duties.ics",
		} {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				a := d.asks(method, path, "")
				answers += a.text + fmt.Sprint(a.header)
			}
		}
	}
	var measured metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &measured); err != nil {
		t.Fatal(err)
	}
	audit := ""
	reads := 0
	if err := d.record.EachAudit(t.Context(), store.AuditFilter{Key: own.Calendar.Calendar}, func(r store.AuditRow) error {
		audit += fmt.Sprintf("%+v", r)
		if r.Outcome == store.AuditRead && r.Action == "calendar" && r.KeyName == "calendar of W1" && r.Run != "" {
			reads++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if reads < 2 {
		t.Errorf("%d reads are on the audit: %s", reads, audit)
	}
	rows := strings.Join(d.rows(`select a::text from audit a union all select c::text from calendars c`), "\n")
	for where, text := range map[string]string{"the log": log.String(), "the metrics": fmt.Sprintf("%+v", measured), "the audit": audit + rows, "answers": answers} {
		for _, c := range []*api.NewCalendar{own, dead} {
			if secret := strings.TrimPrefix(strings.Split(c.Address, "/")[3], "lsc_"); strings.Contains(text, secret[:20]) || len(text) < 100 {
				t.Errorf("%s: %s", where, text)
			}
		}
	}
	if !strings.Contains(log.String(), `/v1/calendar/{secret}/duties.ics`) || !strings.Contains(log.String(), own.Calendar.Calendar) {
		t.Errorf("the log does not say which calendar was read: %s", log.String())
	}
}

// A program that guesses, and one that asks without end, are held.
func TestWhoGuessesAddressesAndWhoAsksWithoutEndHasToWait(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.records(story()...)
	now := casetime.WallNow() // it stands
	s := server.New(server.Options{Authenticator: keys{}, Enter: enter, Log: logOf(t), Now: func() time.Time { return now }})
	v1.Register(s, v1.Deps{Service: d.uses, Calendars: d.calendars})
	d.Handler = s.Handler()
	own := d.calendarOf("W1")
	from := func(address, path string) int {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		r.RemoteAddr = address + ":1234"
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("429 says not when to ask again")
		}
		return w.Code
	}
	if got := from("192.0.2.8", own.Address); got != http.StatusOK {
		t.Fatal(got)
	}
	tally := map[int]int{}
	for range 100 {
		tally[from("192.0.2.8", calendars.Path("lsc_"+strings.Repeat("b", 51)+"a"))]++
	}
	if tally[http.StatusNotFound] != 30 || tally[http.StatusTooManyRequests] != 70 {
		t.Errorf("guesses are answered %v", tally)
	}
	if got := from("192.0.2.8", own.Address); got != http.StatusOK {
		t.Errorf("a good address from behind the same proxy: %d", got)
	}
	tally = map[int]int{}
	for i := range 60 {
		tally[from(fmt.Sprintf("192.0.3.%d", i), own.Address)]++
	}
	if tally[http.StatusOK] != 8 || tally[http.StatusTooManyRequests] != 52 { // two were let through before
		t.Errorf("60 requests at once are answered %v", tally)
	}
}

// Mozilla's library, which Thunderbird has its calendars read by, is fetched by npm as the lock file in testdata/ical has it, each module by
// its checksum; nothing of it is kept in the repository, and none of its scripts is run.
func TestTheLibraryOfThunderbirdReadsACalendarThatMovesAndIsRevoked(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed, so the library for JavaScript cannot be tried here: install nodejs and npm", program)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "read.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "ical", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	d := newDoor(t)
	d.records(append(story(), happened("s7", "", "staff.appointed", "2020-01-01", "worker=W7", "name=Di Example", "email=di@example.org", "role=worker", "team=T1"),
		happened("p7", "Ŵ7;,\\7", "cp_plan.started", "2026-11-02"), happened("w7", "Ŵ7;,\\7", "worker.allocated", "2026-11-02", "worker=W7"))...)
	own := d.calendarOf("W7")
	web := httptest.NewServer(d)
	defer web.Close()
	seen := func() map[string]event {
		events := map[string]event{}
		for line := range strings.SplitSeq(run("node", "read.js", web.URL+own.Address), "\n") {
			if part := strings.Split(line, "\t"); len(part) == 4 {
				events[part[1]] = event{uid: part[0], summary: part[1], start: part[2], sequence: part[3]}
			}
		}
		return events
	}
	before := seen()
	ours := d.mustFetch(own)
	if len(before) == 0 || len(before) != len(ours) {
		t.Fatalf("it reads %+v", before)
	}
	for summary, e := range before {
		want, is := ours[summary]
		if !is || e.uid != want.uid || strings.ReplaceAll(e.start, "-", "") != want.start || !strings.HasSuffix(summary, `: Ŵ7;,\7`) {
			t.Errorf("it reads %+v, want %+v", e, want)
		}
	}
	d.records(casework.Event{ID: "p7c", Corrects: "p7", Case: "Ŵ7;,\\7", Type: "cp_plan.started", At: casework.OnDay(calendar.NewDate(2026, 10, 29))})
	moved := 0
	for summary, e := range seen() {
		if was := before[summary]; was.uid == e.uid && was.start != e.start && number(t, was.sequence) < number(t, e.sequence) {
			moved++
		}
	}
	if moved == 0 {
		t.Error("nothing has moved")
	}
	if _, err := d.calendars.Revoke(t.Context(), "W7", "the test's"); err != nil {
		t.Fatal(err)
	}
	if got := run("node", "read.js", web.URL+own.Address); got != "404" {
		t.Errorf("after it was revoked: %s", got)
	}
}
