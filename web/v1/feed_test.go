package v1_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/api"
	"longstop/casework"
	"longstop/intake"
	"longstop/intake/formats"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/service"
	"longstop/store"
	"longstop/web/server"
	v1 "longstop/web/v1"
)

const feedPath = "/v1/children_social_care_data/845/children"

// departments returns the body of one of the Department's samples.
func departments(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "intake", "csc", "testdata", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	if name == "batch" {
		return string(text)
	}
	return "[" + string(text) + "]"
}

// receipt is what senders take apart at its two underscores.
var receipt = regexp.MustCompile(`^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d\.\d\d_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$`)

// feeds sends a body that is taken, and returns its receipts.
func (d *door) feeds(body string) (receipts []string) {
	d.Helper()
	var children []json.RawMessage
	if err := json.Unmarshal([]byte(body), &children); err != nil {
		d.Fatal(err)
	}
	receipts = gets[[]string](d, "POST", feedPath, body, "SupplierKey=any")
	if len(receipts) != len(children) {
		d.Errorf("%d receipts for %d children", len(receipts), len(children))
	}
	for i, r := range receipts {
		if !receipt.MatchString(r) || slices.Index(receipts, r) != i {
			d.Errorf("the receipt of child %d is %q", i+1, r)
		}
	}
	return receipts
}

// standing are the events of a case that stand, by day and type, without what a source says of itself.
func (d *door) standing(ref string) (list []string) {
	d.Helper()
	held, err := d.record.SourceEntries(d.Context(), source, []string{ref})
	if err != nil {
		d.Fatal(err)
	}
	for _, h := range casework.Histories(held[ref], time.Time{}) {
		if h.Voided() || h.First.Type == "source.attached" {
			continue
		}
		now := *h.First
		for _, r := range h.Revisions {
			if r.Became != nil {
				now = *r.Became
			}
		}
		list = append(list, now.At.Day.String()+" "+now.Type)
	}
	slices.Sort(list)
	return list
}

// rows returns the rows of a query on the record, each as a text.
func (d *door) rows(sql string) (list []string) {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close(d.Context())
	found, err := conn.Query(d.Context(), sql)
	if err == nil {
		list, err = pgx.CollectRows(found, pgx.RowTo[string])
	}
	if err != nil {
		d.Fatal(err)
	}
	return list
}

// does runs a statement as the database's owner.
func (d *door) does(sql string) {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close(d.Context())
	if _, err := conn.Exec(d.Context(), sql); err != nil {
		d.Fatal(err)
	}
}

func (d *door) stands(ref string, want ...string) {
	d.Helper()
	slices.Sort(want)
	if got := d.standing(ref); !slices.Equal(got, want) {
		d.Errorf("of %s there stands\n  %s\nwant\n  %s", ref, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// everyField are the events of the Department's sample that has every field, as docs/csc-api.md says.
var everyField = []string{
	"2007-06-14 person.born", "2022-06-14 sdq.completed",
	"2022-06-14 referral.received", "2022-06-14 referral.decided", "2022-06-14 assessment.started", "2022-06-14 assessment.completed",
	"2022-06-14 cin_plan.started", "2023-06-14 cin_plan.ended",
	"2022-06-14 strategy_discussion.held", "2022-06-14 icpc.held", "2022-09-01 section47.completed", "2022-09-01 icpc.held",
	"2022-09-01 cp_plan.started", "2023-09-01 cp_plan.ended",
	"2022-06-14 looked_after.started", "2022-06-14 placement.started", "2023-03-01 placement.ended", "2023-03-01 looked_after.ended",
	"2022-06-14 adm.decided", "2023-01-15 adm.decided", "2023-03-20 adoption.placed", "2024-02-01 care_leaver.contacted",
	"2023-09-01 case.closed",
}

func TestTheDepartmentsSamplesAreTakenAsThePageSays(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.feeds(departments(t, "batch"))
	d.stands("Child0034", everyField...)
	d.stands("Child2234", "2004-09-23 person.born", "2005-02-11 referral.received", "2005-02-11 referral.decided", "2022-06-14 assessment.started",
		"2022-06-14 assessment.completed", "2011-02-10 looked_after.started", "2011-02-10 placement.started", "2021-11-11 placement.ended",
		"2021-11-11 looked_after.ended", "2024-08-11 care_leaver.contacted")
	d.stands("Child3234", "2005-10-10 person.born", "2006-03-01 referral.received", "2006-03-01 referral.decided", "2021-06-14 assessment.started",
		"2021-06-14 assessment.completed", "2024-09-11 care_leaver.contacted")
	d.stands("Child4234", "2006-05-05 person.born", "2007-01-15 referral.received", "2024-07-11 care_leaver.contacted")
	d.stands("Child5234", "2005-03-15 person.born", "2010-06-01 referral.received")
	held := d.everything()
	d.feeds(departments(t, "batch"))
	if again := d.everything(); again != held {
		t.Errorf("sent again: %s instead of %s", again, held)
	}
}

func TestAPartTakesNothingBackAndADeletionTakesBackWhatTheFeedTold(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.feeds(departments(t, "sample_4_previous"))
	d.mustPush(cloud("own", "Child5234", "cp_visit.made", "2026-10-20", `{"seen":true}`))
	told := []string{"2005-03-15 person.born", "2010-06-01 referral.received", "2026-10-20 cp_visit.made"}
	d.stands("Child5234", told...)
	d.feeds(departments(t, "sample_4_partial"))
	d.stands("Child5234", told...)
	// A part with something new: the assessment is laid over what was sent before.
	d.feeds(`[{"la_child_id": "Child5234", "child_details": {"date_of_birth": "2005-03-15", "purge": false}, "social_care_episodes": [{
		"social_care_episode_id": "43423", "purge": false, "child_and_family_assessments": [
			{"child_and_family_assessment_id": "A1", "start_date": "2026-10-01", "purge": false}]}]}]`)
	d.stands("Child5234", append(told, "2010-06-01 referral.decided", "2026-10-01 assessment.started")...)
	// What began before the days of which the feed tells stays, and that is all there is of this child; of another it is nothing.
	d.feeds(departments(t, "sample_4_delete"))
	d.stands("Child5234", append(told, "2010-06-01 referral.decided", "2026-10-01 assessment.started")...)
	const young = `[{"la_child_id": "K1", "child_details": {"date_of_birth": "2015-02-03"}, "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-01"}]}]`
	d.feeds(young)
	d.mustPush(cloud("other", "K1", "cp_visit.made", "2026-10-20", `{"seen":true}`))
	for range 2 {
		d.feeds(`[{"la_child_id": "K1", "mis_child_id": "M1", "purge": true}]`)
		d.stands("K1", "2026-10-20 cp_visit.made")
	}
	d.feeds(young)
	d.stands("K1", "2015-02-03 person.born", "2026-10-01 referral.received", "2026-10-20 cp_visit.made")
}

func TestTheDeletionOfAChildThatNobodyKnowsOpensNoCase(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.feeds(departments(t, "sample_4_delete"))
	if got := d.rows(`select 'case' from cases union all select 'event' from events union all select 'load' from loads`); len(got) > 0 {
		t.Errorf("the record holds %q", got)
	}
}

func TestAChildsFirstBodyIsABacklogAndLaterOnesAreNot(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	loads := func() []string {
		return d.rows(`select kind || case when backlog then ' backlog' else '' end || ' ' || cases || case when completed is null then ' open' else '' end
			from loads order by began, kind desc`)
	}
	d.feeds(departments(t, "sample_4_previous"))
	want := []string{"csc-api-first backlog 1"}
	if got := loads(); !slices.Equal(got, want) {
		t.Errorf("loads: %q", got)
	}
	d.clock.Set(d.clock.Now().Add(24 * time.Hour))
	// One child is new, of the other something is.
	d.feeds(`[{"la_child_id": "K1", "child_details": {"date_of_birth": "2015-02-03"}, "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-01-05"}]},
		{"la_child_id": "Child5234", "social_care_episodes": [{"social_care_episode_id": "43423", "closure_date": "2026-10-30", "closure_reason": "RC1"}]}]`)
	want = append(want, "csc-api-first backlog 1", "csc-api 1")
	if got := loads(); !slices.Equal(got, want) {
		t.Errorf("loads: %q", got)
	}
	if got := d.rows(`select c.reference from load_overdue o join case_references c using (case_key)`); slices.Contains(got, "Child5234") {
		t.Errorf("what is overdue by a backlog: %q", got)
	}
	d.feeds(departments(t, "sample_4_previous")) // nothing new
	if got := loads(); !slices.Equal(got, want) {
		t.Errorf("loads after nothing new: %q", got)
	}
}

// hears is a door whose log and warnings are kept.
type hears struct {
	*door
	log      *bytes.Buffer
	warnings *[]string
}

type hearing struct {
	screen
	warnings *[]string
}

func (h hearing) Warn(text string) { *h.warnings = append(*h.warnings, text) }

func newHears(t *testing.T) *hears {
	t.Helper()
	h := &hears{door: newDoor(t), log: &bytes.Buffer{}, warnings: &[]string{}}
	h.uses = service.New(h.record, h.workflows, hearing{screen{t}, h.warnings})
	s := server.New(server.Options{Authenticator: keys{}, Now: casetime.WallNow, Build: "test", Log: zerolog.New(h.log)})
	v1.Register(s, v1.Deps{Service: h.uses})
	h.Handler = s.Handler()
	return h
}

// Only what is at fault is refused: the sender is answered 200 with a receipt for each child, in order, and the log says
// under its receipt what was refused of which.
func TestWhatIsRefusedOfAChildKeepsNoOtherFromBeingTakenAndNoIDIsLogged(t *testing.T) {
	t.Parallel()
	h := newHears(t)
	receipts := h.feeds(`[
		{"la_child_id": "Child9001", "mis_child_id": "MIS9001", "child_details": {"first_name": "Nora", "surname": "Nameless", "date_of_birth": "2016-07-08", "unique_pupil_number": "UPN9001", "postcode": "ZZ9 9ZZ"},
		 "social_care_episodes": [{"social_care_episode_id": "EPI9001", "referral_date": "2026-10-05"}]},
		{"mis_child_id": "MIS9002", "child_details": {"first_name": "Owen", "date_of_birth": "2017-08-09"}},
		{"la_child_id": "Child9003", "child_details": {"date_of_birth": "31/12/2017"}, "social_care_episodes": [{"social_care_episode_id": "EPI9003", "referral_date": "2026-10-06", "closure_date": "2026-12-24"}]},
		"Child9004"]`)
	h.stands("Child9001", "2016-07-08 person.born", "2026-10-05 referral.received")
	h.stands("Child9003", "2026-10-06 referral.received")
	text := strings.Join(*h.warnings, "\n")
	for n, want := range map[int][]string{0: nil, 1: {"la_child_id"}, 2: {"child_details.date_of_birth", "social_care_episodes[1].closure_date"}, 3: {"la_child_id"}} {
		for _, element := range want {
			if !regexp.MustCompile(regexp.QuoteMeta(receipts[n]) + ": .*" + regexp.QuoteMeta(element)).MatchString(text) {
				t.Errorf("nothing says of child %d that its %s was refused:\n%s", n+1, element, text)
			}
		}
		if refused := strings.Contains(text, receipts[n]); refused != (len(want) > 0) {
			t.Errorf("child %d is in what was refused: %v", n+1, refused)
		}
	}
	logged := h.log.String() + text
	if !strings.Contains(h.log.String(), `"route":"POST /v1/children_social_care_data/{la_code}/children"`) || !strings.Contains(h.log.String(), `"status":200`) {
		t.Errorf("the access log: %s", h.log)
	}
	for _, private := range []string{"Child900", "MIS900", "EPI900", "UPN900", "Nora", "Owen", "Nameless", "2016-07-08", "2017", "ZZ9", "31/12"} {
		if strings.Contains(logged, private) {
			t.Errorf("%q stands in the log:\n%s", private, logged)
		}
	}
}

// A body is a transaction for each child. What broke off in the middle is committed up to there and answered as a failure;
// the same body again does the rest, and nothing is recorded twice.
func TestABodyThatBrokeOffInTheMiddleIsSentAgainAndNothingIsTwice(t *testing.T) {
	t.Parallel()
	whole := newDoor(t)
	whole.feeds(departments(t, "batch"))
	const held = `select reference || ' ' || type || ' ' || coalesce(at_day::text, at_instant::text, '') from events join case_references using (case_key) order by 1`
	for name, broken := range map[string]string{
		"with some children":             `create trigger breaks before insert on events for each row when (new.type = 'assessment.completed') execute function breaks()`,
		"before the load is known whole": `create trigger breaks before update on loads for each row when (new.completed is not null) execute function breaks()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t)
			d.does(`create function breaks() returns trigger language plpgsql as $$ begin raise exception 'the test breaks it off'; end $$`)
			d.does(broken)
			if a := d.asks("POST", feedPath, departments(t, "batch")); a.status < http.StatusInternalServerError || strings.Contains(a.text, "the test breaks") {
				t.Errorf("it is answered %d %s", a.status, a.text)
			}
			if part := d.rows(held); len(part) == 0 {
				t.Error("nothing was committed before it broke off: the test shows nothing")
			}
			d.does(`drop function breaks() cascade`)
			d.feeds(departments(t, "batch"))
			if got, want := d.rows(held), whole.rows(held); !slices.Equal(got, want) {
				t.Errorf("the record holds\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
			if got := d.rows(`select kind from loads where completed is null`); len(got) > 0 {
				t.Errorf("loads that are open: %q", got)
			}
		})
	}
}

// A sender takes 413 for too much and 400 for anything else that is wrong with a body, and gives up: it sends nothing of it again.
func TestABodyThatIsNotAnArrayOfOneToAHundredChildrenIsRefusedWhole(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	many := "[" + strings.Repeat(`{"la_child_id": "K1"},`, 100) + `{"la_child_id": "K2"}]`
	for body, want := range map[string]int{
		`{}`: http.StatusBadRequest, `[]`: http.StatusBadRequest, `"x"`: http.StatusBadRequest, `[{}`: http.StatusBadRequest, `[{}] []`: http.StatusBadRequest,
		`[{"la_child_id": "K1", "la_child_id": "K2"}]`: http.StatusBadRequest,
		many:                                   http.StatusRequestEntityTooLarge,
		"[" + strings.Repeat(" ", 8<<20) + "]": http.StatusRequestEntityTooLarge,
	} {
		a := d.asks("POST", feedPath, body)
		if a.status != want || a.header.Get("Content-Type") != "application/problem+json" || strings.Contains(a.text, "K1") {
			t.Errorf("%.40s: %d %s", body, a.status, a.text)
		}
		if strings.HasPrefix(body, "[{}") && !strings.Contains(a.text, "line 1") {
			t.Errorf("%.40s is not told where: %s", body, a.text)
		}
		if regexp.MustCompile(`\[\d+\]`).MatchString(a.text) { // by which senders know the child at fault
			t.Errorf("%.40s names one child: %s", body, a.text)
		}
	}
	for _, code := range []string{"84", "abc", "8450"} {
		if a := d.asks("POST", "/v1/children_social_care_data/"+code+"/children", departments(t, "sample_4")); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
			t.Errorf("the authority %s: %d %s", code, a.status, a.text)
		}
	}
	if got := d.rows(`select 'event' from events`); len(got) > 0 {
		t.Errorf("%d events", len(got))
	}
}

// refusals are what the feeds of a key's source were refused, by case, place and element.
func (d *door) refusals(query string, headers ...string) map[string]api.FeedRefusal {
	d.Helper()
	found := map[string]api.FeedRefusal{}
	for after, first := "", true; first || after != ""; first = false {
		page := gets[api.FeedRefusalPage](d, "GET", "/v1/feeds/refusals?limit=1&"+query+"&after="+after, "", headers...)
		for _, r := range page.Refusals {
			found[r.Case+" "+r.Place+" "+r.Element] = r
		}
		after = page.Next
	}
	return found
}

// refuses checks which refusals stand, by case, place and element.
func (d *door) refuses(want ...string) map[string]api.FeedRefusal {
	d.Helper()
	found := d.refusals("")
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, want) {
		d.Errorf("there stands\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	return found
}

const faulty = `[
	{"la_child_id": "K1", "child_details": {"date_of_birth": "31/12/2017"}, "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-05",
		"child_in_need_plans": [{"child_in_need_plan_id": "P/1", "start_date": "2026-10-06", "end_date": "2026-12-24"}, {"start_date": "2026-10-07"}],
		"section_47_assessments": [{"section_47_assessment_id": "S1", "start_date": "2026-10-06"}, {"section_47_assessment_id": "S2", "end_date": "2026-10-08"}]}]},
	{"la_child_id": "K2", "social_care_episodes": [{"social_care_episode_id": "E2", "referral_date": "2026-10-05"}]},
	{"mis_child_id": "M3", "child_details": {"date_of_birth": "2016-02-03"}},
	"nobody"]`

func TestWhatIsRefusedOfAChildIsListedByItsPlaceUntilALaterBodyPutsItRight(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	receipts := d.feeds(faulty)
	const (
		plansOf = "K1 /social_care_episodes/E1/child_in_need_plans"
		born    = "K1 /child_details date_of_birth"
		ends    = plansOf + "/P~11 end_date"
		noID    = plansOf + " child_in_need_plan_id"
		enquiry = "K1 /social_care_episodes/E1/section_47_assessments/S2 section_47_assessment_id"
		nobodys = " /mis_child_id/M3 la_child_id"
		nobody  = "  la_child_id"
	)
	first := d.refuses(born, ends, noID, enquiry, nobodys, nobody)
	for key, child := range map[string]int{born: 0, ends: 0, noID: 0, enquiry: 0, nobodys: 2, nobody: 3} {
		if r := first[key]; r.Receipt != receipts[child] || r.Reason == "" || r.First != "2026-11-02T10:00:00Z" || r.Last != r.First || r.Settled != "" {
			t.Errorf("%s: %+v", key, r)
		}
		for _, value := range []string{"31/12", "2026-12-24", "2026-10", "2016"} {
			if strings.Contains(first[key].Reason, value) {
				t.Errorf("%s shows what was sent: %s", key, first[key].Reason)
			}
		}
	}

	d.clock.Set(d.clock.Now().Add(24 * time.Hour))
	receipts = d.feeds(faulty)
	again := d.refuses(born, ends, noID, enquiry, nobodys, nobody)
	if r := again[ends]; r.Receipt != receipts[0] || r.First != first[ends].First || r.Last != "2026-11-03T10:00:00Z" {
		t.Errorf("the same body again: %+v", r)
	}

	// What says nothing of them leaves them as they are.
	d.feeds(`[{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "child_and_family_assessments": [{"child_and_family_assessment_id": "A1", "start_date": "2026-10-06"}]}]},
		{"la_child_id": "K2", "child_details": {"date_of_birth": "2015-02-03"}}]`)
	d.refuses(born, ends, noID, enquiry, nobodys, nobody)
	// One comes again, and is right; another comes again, and is wrong.
	d.feeds(`[{"la_child_id": "K1", "child_details": {"date_of_birth": "tomorrow"}, "social_care_episodes": [{"social_care_episode_id": "E1",
		"child_in_need_plans": [{"child_in_need_plan_id": "P/1", "end_date": "2026-10-30"}]}]}]`)
	d.refuses(born, enquiry, nobodys, nobody)
	// One is gone from a list that came whole, one is null, and a child has got an id.
	d.feeds(`[{"la_child_id": "K1", "child_details": {"date_of_birth": null}, "social_care_episodes": [{"social_care_episode_id": "E1", "section_47_assessments": [{"section_47_assessment_id": "S1"}]}]},
		{"la_child_id": "K3", "mis_child_id": "M3", "child_details": {"date_of_birth": "2016-02-03"}}]`)
	d.refuses(nobody)
	all := d.refusals("settled=true")
	if len(all) != len(first) || all[ends].Settled == "" || all[nobody].Settled != "" {
		t.Errorf("settled too: %+v", all)
	}

	// Refused again after it was in order, it stands since then.
	d.clock.Set(d.clock.Now().Add(24 * time.Hour))
	d.feeds(faulty)
	if r := d.refuses(born, ends, noID, enquiry, nobodys, nobody)[ends]; r.First != "2026-11-04T10:00:00Z" {
		t.Errorf("refused again: %+v", r)
	}
}

func TestADeletionSettlesWhatWasRefusedOfWhatIsDeleted(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.feeds(`[{"la_child_id": "K1", "child_details": {"date_of_birth": "x"}, "social_care_episodes": [
		{"social_care_episode_id": "E1", "referral_date": "2026-10-05", "closure_date": "2026-10-04x"},
		{"social_care_episode_id": "E10", "referral_date": "x"}]}]`)
	const born, closed, unknown, referred = "K1 /child_details date_of_birth", "K1 /social_care_episodes/E1 closure_date",
		"K1 /social_care_episodes/E10 social_care_episode_id", "K1 /social_care_episodes/E10 referral_date"
	d.refuses(born, closed, unknown, referred)
	d.feeds(`[{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "purge": true}, {"social_care_episode_id": "E10"}]}]`)
	d.refuses(born, unknown, referred)
	d.feeds(`[{"la_child_id": "K1", "purge": true}]`)
	d.refuses()
}

// kindsOfRefusals are children with one field each that is of another kind than expected, its place, and what puts it right. EPISODE begins an episode.
var kindsOfRefusals = []struct{ faulty, place, right string }{
	{`"child_details": "x"`, ` child_details`, `"child_details": {}`},
	{`"child_details": [1]`, ` child_details`, `"child_details": null`},
	{`"child_details": {"purge": "perhaps"}`, `/child_details purge`, `"child_details": {"date_of_birth": "2016-02-03"}`},
	{`"child_details": {"date_of_birth": {}}`, `/child_details date_of_birth`, `"child_details": {"date_of_birth": "2016-02-03"}`},
	{`"health_and_wellbeing": 1`, ` health_and_wellbeing`, `"health_and_wellbeing": {}`},
	{`"health_and_wellbeing": {"sdq_assessments": "x"}`, `/health_and_wellbeing sdq_assessments`, `"health_and_wellbeing": {"sdq_assessments": []}`},
	{`"health_and_wellbeing": {"sdq_assessments": [{"date": "x"}]}`, `/health_and_wellbeing/sdq_assessments date`, `"health_and_wellbeing": {"sdq_assessments": [{"date": "2026-10-06"}]}`},
	{`"purge": "perhaps"`, ` purge`, `"child_details": null`},
	{`"social_care_episodes": {}`, ` social_care_episodes`, `"social_care_episodes": []`},
	{`"social_care_episodes": [7]`, ` social_care_episodes`, `"social_care_episodes": []`},
	{`EPISODE "purge": 7}]`, `/social_care_episodes/E1 purge`, `EPISODE "purge": false}]`},
	{`EPISODE "adoption": "none"}]`, `/social_care_episodes/E1 adoption`, `EPISODE "adoption": {}}]`},
	{`EPISODE "adoption": {"matched_date": "x"}}]`, `/social_care_episodes/E1/adoption matched_date`, `EPISODE "adoption": {"matched_date": null}}]`},
	{`EPISODE "adoption": {"matched_date": "x"}}]`, `/social_care_episodes/E1/adoption matched_date`, `EPISODE "adoption": {"purge": true}}]`},
	{`EPISODE "care_leavers": []}]`, `/social_care_episodes/E1 care_leavers`, `EPISODE "care_leavers": {"contact_date": "2026-10-07"}}]`},
	{`EPISODE "care_leavers": {"contact_date": 1}}]`, `/social_care_episodes/E1/care_leavers contact_date`, `EPISODE "care_leavers": {"contact_date": "2026-10-07"}}]`},
	{`EPISODE "referral_no_further_action_flag": "perhaps"}]`, `/social_care_episodes/E1 referral_no_further_action_flag`, `EPISODE "referral_no_further_action_flag": "N"}]`},
	{`EPISODE "closure_reason": {}}]`, `/social_care_episodes/E1 closure_reason`, `EPISODE "closure_reason": "RC1"}]`},
	{`EPISODE "closure_date": false}]`, `/social_care_episodes/E1 closure_date`, `EPISODE "closure_date": "2026-10-30"}]`},
	{`EPISODE "section_47_assessments": "x"}]`, `/social_care_episodes/E1 section_47_assessments`, `EPISODE "section_47_assessments": []}]`},
	{
		`EPISODE "section_47_assessments": [{"section_47_assessment_id": "S1", "start_date": "2026-10-06", "icpc_required_flag": "perhaps"}]}]`, `/social_care_episodes/E1/section_47_assessments/S1 icpc_required_flag`,
		`EPISODE "section_47_assessments": [{"section_47_assessment_id": "S1", "icpc_required_flag": true}]}]`,
	},
	{
		`EPISODE "section_47_assessments": [{"section_47_assessment_id": "S1", "start_date": "2026-10-06", "purge": "perhaps"}]}]`, `/social_care_episodes/E1/section_47_assessments/S1 purge`,
		`EPISODE "section_47_assessments": []}]`,
	},
	{
		`EPISODE "child_looked_after_placements": [{"child_looked_after_placement_id": "P1", "start_date": "2026-10-06", "start_reason": ["S"]}]}]`, `/social_care_episodes/E1/child_looked_after_placements/P1 start_reason`,
		`EPISODE "child_looked_after_placements": [{"child_looked_after_placement_id": "P1", "start_date": "2026-10-06", "start_reason": "S"}]}]`,
	},
	{
		`EPISODE "child_looked_after_placements": [{"child_looked_after_placement_id": "P1", "start_date": "2026-10-06", "end_reason": "` + strings.Repeat("x", 61) + `"}]}]`, `/social_care_episodes/E1/child_looked_after_placements/P1 end_reason`,
		`EPISODE "purge": true}]`,
	},
}

func TestAFieldOfEveryKindThatIsRefusedIsListedUntilItIsPutRight(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	body := func(of func(i int) string) string {
		children := make([]string, len(kindsOfRefusals))
		for i := range children {
			children[i] = fmt.Sprintf(`{"la_child_id": "K%d", %s}`, i, strings.ReplaceAll(of(i), "EPISODE",
				`"social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-05", `))
		}
		return "[" + strings.Join(children, ",\n") + "]"
	}
	var want []string
	for i, c := range kindsOfRefusals {
		want = append(want, fmt.Sprintf("K%d %s", i, c.place))
	}
	d.feeds(body(func(i int) string { return kindsOfRefusals[i].faulty }))
	for place, r := range d.refuses(want...) {
		if strings.Contains(r.Reason, "perhaps") || strings.Contains(r.Reason, "xxx") {
			t.Errorf("%s shows what was sent: %s", place, r.Reason)
		}
	}
	// A body that says nothing of them puts nothing right, but for the deletion of a child who is there all the same; neither
	// does the same fault again.
	d.feeds(body(func(int) string { return `"mis_child_id": "M"` }))
	d.refuses(slices.DeleteFunc(slices.Clone(want), func(place string) bool { return strings.HasSuffix(place, "  purge") })...)
	d.feeds(body(func(i int) string { return kindsOfRefusals[i].faulty }))
	d.refuses(want...)
	d.feeds(body(func(i int) string { return kindsOfRefusals[i].right }))
	d.refuses()
}

// Of one place there is one line, whatever the id of the item holds, and of a child at most some hundreds: a body can hold a
// hundred thousand faults.
func TestABodyFullOfFaultsIsListedWithinBounds(t *testing.T) {
	t.Parallel()
	h := newHears(t)
	var plans []string
	for i := range 20_000 {
		plans = append(plans, fmt.Sprintf(`{"child_in_need_plan_id":"P%d"}`, i))
	}
	h.feeds(`[{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-05", "child_in_need_plans": [` + strings.Join(plans, ",") + `]}]},
		{"la_child_id": "K2", "social_care_episodes": [{"social_care_episode_id": "E/~\u202e1", "referral_date": "x"}]}]`)
	rows := h.rows(`select reference || ' ' || count(*) from feed_refusals group by reference order by 1`)
	if !slices.Equal(rows, []string{"K1 501", "K2 2"}) {
		t.Errorf("listed are %q", rows)
	}
	if n := len(*h.warnings); n > 510 {
		t.Errorf("%d lines are logged", n)
	}
	// The rest of a child is heard of once it is mended.
	h.feeds(`[{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "child_in_need_plans": []}]}, {"la_child_id": "K2", "social_care_episodes": []}]`)
	h.refuses()
}

func TestWhatTwoSourcesAreRefusedOfOneReferenceIsKeptApart(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	k := keyedOver(t, d)
	sends := func(of, date string) {
		key := k.key([]access.Action{access.Feed}, func(in *service.NewKey) { in.Source = of })
		body := `[{"la_child_id": "K1", "child_details": {"date_of_birth": "` + date + `"}}]`
		r := httptest.NewRequest(http.MethodPost, feedPath, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if status, text := k.asks(r, key.Secret); status != http.StatusOK {
			t.Fatalf("%s: %d %v", of, status, text)
		}
	}
	stands := func(want ...string) {
		t.Helper()
		got := d.rows(`select source || ' ' || reference from feed_refusals where settled_at is null order by 1`)
		if !slices.Equal(got, want) {
			t.Errorf("there stands %q, want %q", got, want)
		}
	}
	sends("one", "x")
	sends("other", "x")
	stands("one K1", "other K1")
	sends("other", "2016-02-03")
	stands("one K1")
}

// Two copies of a child in a body that differ are refused, unless one of them is the same as the other.
func TestACopyOfAChildThatDiffersStandsUntilTheChildComesOnce(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	const one, other = `{"la_child_id": "K1", "child_details": {"date_of_birth": "2016-02-03"}}`, `{"la_child_id": "K1", "child_details": {"date_of_birth": "2016-02-04"}}`
	d.feeds("[" + one + "," + one + "]")
	d.refuses()
	d.feeds("[" + one + "," + other + "]")
	d.refuses("K1  la_child_id")
	d.feeds("[" + one + "]")
	d.refuses()
}

func TestTheLogNamesUnknownFieldsOnceForABody(t *testing.T) {
	t.Parallel()
	h := newHears(t)
	receipts := h.feeds(`[{"la_child_id": "K1", "favourite_colour": 1, "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-05", "endDate": "2026-10-06", "Nora Nameless": 1}]},
		{"la_child_id": "K2", "favourite_colour": 2, "A123456789012": true}]`)
	var said []string
	for _, w := range *h.warnings {
		if strings.Contains(w, "not known to have") {
			said = append(said, w)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], receipts[0]) || !strings.Contains(said[0], "child.favourite_colour, social_care_episodes.endDate, 2 more") {
		t.Errorf("%q", said)
	}
}

func TestOnlyAKeyOfTheSourceSeesWhatItsFeedWasRefused(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.feeds(`[{"la_child_id": "K1", "child_details": {"date_of_birth": "x"}}]`)
	if got := d.refusals("", "Authorization=Bearer key.read"); len(got) != 1 {
		t.Errorf("a key that reads: %+v", got)
	}
	k := keyedOver(t, d)
	for source, want := range map[string]int{source: 1, "another": 0} {
		key := k.key([]access.Action{access.Feed}, func(in *service.NewKey) { in.Source = source })
		r := httptest.NewRequest(http.MethodGet, "/v1/feeds/refusals?settled=true", http.NoBody)
		r.Header.Set("Authorization", "Bearer "+key.Secret)
		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)
		var page api.FeedRefusalPage
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK || len(page.Refusals) != want {
			t.Errorf("%s: %d %s %v", source, w.Code, w.Body, err)
		}
	}
	none := k.key([]access.Action{access.Read}, func(in *service.NewKey) { in.Source = "" })
	if status, _ := k.asks(httptest.NewRequest(http.MethodGet, "/v1/feeds/refusals", http.NoBody), none.Secret); status != http.StatusForbidden {
		t.Errorf("a key without a source: %d", status)
	}
}

// What could not be written down is answered as a failure, so the body is sent again, and it is then.
func TestWhatARefusalIsNotWrittenDownOfIsSentAgain(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.does(`create function breaks() returns trigger language plpgsql as $$ begin raise exception 'the test breaks it off'; end $$;
		create trigger breaks before insert on feed_refusals for each row execute function breaks()`)
	if a := d.asks("POST", feedPath, faulty); a.status < http.StatusInternalServerError {
		t.Errorf("it is answered %d %s", a.status, a.text)
	}
	d.does(`drop function breaks() cascade`)
	d.feeds(faulty)
	if got := d.refusals(""); len(got) != 6 {
		t.Errorf("%+v", got)
	}
}

func TestAFeedIsTakenWhileTemporalIsAway(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.workflows.away = true
	d.feeds(`[{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-05", "child_and_family_assessments": [
		{"child_and_family_assessment_id": "A1", "start_date": "2026-10-06"}]}]}]`)
	d.stands("K1", "2026-10-05 referral.received", "2026-10-05 referral.decided", "2026-10-06 assessment.started")
	if got := d.rows(`select pathway from outbox`); len(got) == 0 {
		t.Error("nothing waits for the clocks")
	}
}

// What the feed says that it reports stands next to what others say of the same cases under the same source: neither takes
// anything from the other.
func TestWhatTheFeedReportsStandsNextToWhatOthersOfItsSourceReport(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	attached := func() []string {
		return d.rows(`select e.data->>'name' || ' ' || (e.data->>'from') || ' ' || coalesce(e.data->>'until', 'on') || ' ' || jsonb_array_length(e.data->'reports')
			from events e where type = 'source.attached' and voids is null order by 1`)
	}
	d.feeds(departments(t, "sample_4_previous"))
	d.mustPush(cloud("says", "Child5234", "source.attached", "2026-10-01", `{"name":"case-system","reports":["cp_visit.made"],"from":"2026-10-01"}`))
	census := strings.NewReplacer("K8", "Child5234", "2015-02-03", "2005-03-15").Replace(aReturn(1))
	if a := d.asks("POST", returnPath, census, "Content-Type=application/xml"); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.text)
	}
	before := attached()
	if len(before) != 3 || !slices.ContainsFunc(before, func(s string) bool { return strings.HasPrefix(s, "case-system 2024-04-01 on ") }) {
		t.Errorf("it is attached: %q", before)
	}
	for _, body := range []string{"sample_4_partial", "sample_4_previous", "sample_4"} {
		d.feeds(departments(t, body))
	}
	d.asks("POST", returnPath, census, "Content-Type=application/xml")
	if after := attached(); !slices.Equal(before, after) {
		t.Errorf("it was attached %q, and is %q", before, after)
	}
}

func TestTheAuditHasWhoHandedInABodyAndWhatItWrote(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	key := k.key([]access.Action{access.Feed, access.Return})
	r := httptest.NewRequest(http.MethodPost, feedPath, strings.NewReader(departments(t, "batch")))
	r.Header.Set("Content-Type", "application/json")
	if status, _ := k.asks(r, key.Secret); status != http.StatusOK {
		t.Fatal(status)
	}
	// The first is of which authority it is.
	want := []string{"began feed", "recorded feed", "recorded feed", "recorded feed", "recorded feed", "recorded feed", "recorded feed", "done feed"}
	if got := k.noted(key.Key.Key); !slices.Equal(got, want) {
		t.Errorf("of the feed: %q", got)
	}
	r = httptest.NewRequest(http.MethodPost, returnPath, strings.NewReader(aReturn(2)))
	r.Header.Set("Content-Type", "application/xml")
	if status, _ := k.asks(r, key.Secret); status != http.StatusOK {
		t.Fatal(status)
	}
	want = append(want, "began return", "recorded return", "recorded return", "done return")
	if got := k.noted(key.Key.Key); !slices.Equal(got, want) {
		t.Errorf("of both: %q", got)
	}
}

const returnPath = "/v1/returns/cin-census"

// aReturn is a census return of some children, K8 and on.
func aReturn(children int) string {
	var text strings.Builder
	text.WriteString(`<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>` +
		`<Source><SourceLevel>L</SourceLevel><LEA>845</LEA><DateTime>2026-04-10T09:00:00</DateTime></Source></Header><Children>`)
	for i := range children {
		fmt.Fprintf(&text, `<Child><ChildIdentifiers><LAchildID>K%d</LAchildID><PersonBirthDate>2015-02-03</PersonBirthDate></ChildIdentifiers>`+
			`<CINdetails><CINreferralDate>2026-02-02</CINreferralDate><ReferralNFA>0</ReferralNFA><Assessments><AssessmentActualStartDate>2026-03-02</AssessmentActualStartDate></Assessments></CINdetails></Child>`, 8+i)
	}
	text.WriteString(`</Children></Message>`)
	return text.String()
}

// loaded is the reconciliation of a return, or why it was refused.
type loaded struct {
	New            int  `json:"events_new"`
	Voided         int  `json:"events_voided"`
	DryRun         bool `json:"dry_run"`
	Reconciliation *struct {
		Asks     []string `json:"asks_to_be_confirmed"`
		New      int      `json:"events_new"`
		Voided   int      `json:"events_voided"`
		GoneKids int      `json:"children_gone"`
	} `json:"reconciliation"`
}

func (d *door) uploads(query, body string, want int) (out loaded) {
	d.Helper()
	a := d.asks("POST", returnPath+query, body, "Content-Type=application/xml")
	if a.status != want {
		d.Errorf("%q is answered %d %s", query, a.status, a.text)
	}
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		d.Fatal(err)
	}
	return out
}

// everything counts the rows of every table of the record that a load could write to.
func (d *door) everything() string {
	d.Helper()
	return strings.Join(d.rows(`select t || ' ' || n from (select 'cases' t, count(*) n from cases union all select 'events', count(*) from events
		union all select 'loads', count(*) from loads union all select 'duties', count(*) from duties union all select 'outbox', count(*) from outbox
		union all select 'changes', count(*) from changes union all select 'sources', count(*) from sources) r order by 1`), ", ")
}

func TestADryRunOfAReturnWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	before := d.everything()
	if got := d.uploads("?dry_run=true", aReturn(3), http.StatusOK); !got.DryRun || got.New == 0 {
		t.Errorf("%+v", got)
	}
	if after := d.everything(); after != before {
		t.Errorf("before: %s; after: %s", before, after)
	}
	d.uploads("", aReturn(20), http.StatusOK)
	before = d.everything()
	d.uploads("?dry_run=true&confirm_gone=true", aReturn(1), http.StatusOK)
	if after := d.everything(); after != before {
		t.Errorf("before: %s; after: %s", before, after)
	}
}

func TestAReturnThatTakesManyBackIsRefusedUntilItIsConfirmed(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.uploads("", aReturn(20), http.StatusOK)
	before := d.everything()
	asked := d.uploads("", aReturn(5), http.StatusUnprocessableEntity)
	if asked.Reconciliation == nil || len(asked.Reconciliation.Asks) == 0 || !strings.Contains(asked.Reconciliation.Asks[0], "15 of the 20") {
		t.Errorf("it asks %+v", asked.Reconciliation)
	}
	if after := d.everything(); after != before {
		t.Errorf("it asks, and has written: before %s; after %s", before, after)
	}
	if done := d.uploads("?confirm_gone=true", aReturn(5), http.StatusOK); done.Voided == 0 {
		t.Errorf("confirmed: %+v", done)
	}
	d.stands("K20", "2015-02-03 person.born") // that a child was born is not taken back
	d.stands("K8", "2015-02-03 person.born", "2026-02-02 referral.received", "2026-02-02 referral.decided", "2026-03-02 assessment.started")
}

func TestAReturnIsTakenWhileTemporalIsAway(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.workflows.away = true
	d.clock.Set(time.Date(2026, 3, 31, 11, 0, 0, 0, time.UTC)) // later a return of this period tells of nothing
	if got := d.uploads("", strings.ReplaceAll(aReturn(3), "2026-04-10T", "2026-03-31T"), http.StatusOK); got.New == 0 {
		t.Errorf("%+v", got)
	}
	if got := d.rows(`select pathway from outbox`); len(got) == 0 {
		t.Error("nothing waits for the clocks")
	}
	d.stands("K8", "2015-02-03 person.born", "2026-02-02 referral.received", "2026-02-02 referral.decided", "2026-03-02 assessment.started")
}

// Senders give up after 30 seconds: this is what a hundred children take, each with everything that the Department's sample has.
func BenchmarkAHundredChildrenForTheFirstTime(b *testing.B) {
	one := strings.TrimSuffix(strings.TrimPrefix(departments(b, "sample_0_every_field"), "["), "]")
	for range b.N {
		b.StopTimer()
		d := newDoor(b)
		children := make([]string, 100)
		for i := range children {
			children[i] = strings.ReplaceAll(one, "Child0034", fmt.Sprintf("K%d", i))
		}
		body := "[" + strings.Join(children, ",") + "]"
		b.StartTimer()
		d.feeds(body)
	}
}

// Two authorities give one id to two children.
func TestAChildOfAnotherAuthorityIsNeverLaidOverAChildOfTheFirst(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.feeds(`[{"la_child_id": "123", "child_details": {"date_of_birth": "2015-02-03"}, "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-01-05"}]}]`)
	held := d.everything()
	const another = `[{"la_child_id": "123", "child_details": {"date_of_birth": "2012-09-09"}, "social_care_episodes": [{"social_care_episode_id": "F1", "referral_date": "2026-10-05"}]}]`
	a := d.asks("POST", "/v1/children_social_care_data/846/children", another)
	if a.status != http.StatusForbidden || !strings.Contains(a.text, "authority 845") || !strings.Contains(a.text, "starter feed") || !strings.Contains(a.text, `"other_authority"`) {
		t.Errorf("it is answered %d %s", a.status, a.text)
	}
	d.stands("123", "2015-02-03 person.born", "2026-01-05 referral.received")
	if now := d.everything(); now != held {
		t.Errorf("the record held %s, and holds %s", held, now)
	}
}

func TestAMistypedFirstAuthorityIsMendedAndWhatItBroughtIsCorrectedFromThenOn(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	const mistyped = "/v1/children_social_care_data/854/children"
	body := func(referred string) string {
		return `[{"la_child_id": "123", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "` + referred + `"}]}]`
	}
	gets[[]string](d, "POST", mistyped, body("2026-10-05"), "SupplierKey=any")
	if a := d.asks("POST", feedPath, body("2026-10-06")); a.status != http.StatusForbidden {
		t.Fatalf("%d %s", a.status, a.text)
	}
	moved, err := d.uses.MoveFeed(t.Context(), service.FeedMove{Source: source, Kind: "csc-api", Authority: "845", Reason: "the code was mistyped", By: "Data team"})
	if err != nil || moved.Was != "854" || !moved.Changed {
		t.Fatalf("%+v, %v", moved, err)
	}
	d.feeds(body("2026-10-06"))
	d.stands("123", "2026-10-06 referral.received")
	if a := d.asks("POST", mistyped, body("2026-10-07")); a.status != http.StatusForbidden {
		t.Errorf("under the mistyped code: %d %s", a.status, a.text)
	}
	want := []string{"845", "854"}
	if got := d.rows(`select distinct data->>'authority' from events where type = 'source.attached' order by 1`); !slices.Equal(got, want) {
		t.Errorf("the case says that it is of %q, want %q", got, want)
	}
	again, err := d.uses.MoveFeed(t.Context(), service.FeedMove{Source: source, Kind: "csc-api", Authority: "845", Reason: "again"})
	if err != nil || again.Changed {
		t.Errorf("said again: %+v, %v", again, err)
	}
	list, err := d.uses.Feeds(t.Context())
	if err != nil || len(list) != 1 || list[0].Authority != "845" || list[0].By != "Data team" || list[0].Reason != "the code was mistyped" {
		t.Errorf("it is listed as %+v, %v", list, err)
	}
}

func TestABodyThatIsRefusedDoesNotSayWhoseTheFeedIs(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for _, body := range []string{`{}`, `[{"la_child_id": "123", "purge": true}]`} {
		d.asks("POST", "/v1/children_social_care_data/854/children", body)
	}
	d.feeds(departments(t, "sample_4"))
}

func TestWhoseAFeedIsCannotBeSaidOfASourceThatNobodyKnowsNorByACodeThatIsNone(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for want, m := range map[service.Kind]service.FeedMove{
		service.Refused: {Source: "nobodys", Kind: "csc-api", Authority: "845", Reason: "why"},
		service.Usage:   {Source: source, Kind: "csc-api", Authority: "84x", Reason: "why"},
	} {
		if moved, err := d.uses.MoveFeed(t.Context(), m); service.KindOf(err) != want || moved != nil {
			t.Errorf("%+v: %+v, %v", m, moved, err)
		}
	}
}

func TestALoadWhileAnotherOfItsSourceRunsIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for _, load := range []struct{ path, kind, mediaType, body string }{
		{feedPath, "csc-api", "application/json", departments(t, "sample_4_previous")}, {returnPath, "cin-census", "application/xml", aReturn(2)},
	} {
		path, kind := load.path, load.kind
		held := d.everything()
		err := d.record.InTurn(t.Context(), source, kind, 0, func(context.Context) error {
			a := d.asks("POST", path, load.body, "Content-Type="+load.mediaType)
			if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.text, "send this one again") {
				t.Errorf("%s: %d %v %s", path, a.status, a.header, a.text)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if now := d.everything(); now != held {
			t.Errorf("%s: the record holds %s instead of %s", path, now, held)
		}
	}
	d.feeds(departments(t, "sample_4_previous"))
}

// Two web programs, and the same bodies to both at once: as when a sender that gave up waiting sends again.
func TestTheSameBodiesToTwoProgramsAtOnceAreRecordedOnce(t *testing.T) {
	t.Parallel()
	one := newDoor(t)
	two := *one
	two.record = pgtest.OpenAs(t, store.Options{URL: one.url, Clock: one.clock, GivesWay: formats.GivesWay, MakeWay: intake.MakeWay})
	two.uses = service.New(two.record, two.workflows, screen{t})
	s := server.New(server.Options{
		Authenticator: keys{}, Enter: enter, Log: logOf(t), Now: casetime.WallNow, Limits: server.Limits{PerSecond: 1 << 20, AtOnce: 1 << 10, AllAtOnce: 1 << 10},
	})
	v1.Register(s, v1.Deps{Service: two.uses})
	two.Handler = s.Handler()

	var children []string
	for i := range 20 {
		children = append(children, fmt.Sprintf(`{"la_child_id": "K%d", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-03-05"},
			{"social_care_episode_id": "E2", "referral_date": "2026-04-07", "child_protection_plans": [{"child_protection_plan_id": "P1", "start_date": "2026-05-01"}]}]}`, i))
	}
	bodies := []string{"[" + strings.Join(children, ",") + "]", strings.ReplaceAll("["+strings.Join(children, ",")+"]", "2026-05-01", "2026-05-04")}
	alone := newDoor(t)
	for _, body := range bodies {
		alone.feeds(body)
		var at sync.WaitGroup
		for _, d := range []*door{one, &two, one, &two} {
			at.Go(func() {
				for {
					a := d.asks("POST", feedPath, body)
					if a.status == http.StatusTooManyRequests {
						continue
					}
					if a.status != http.StatusOK {
						t.Errorf("%d %s", a.status, a.text)
					}
					return
				}
			})
		}
		at.Wait()
	}
	const held = `select reference || ' ' || type || ' ' || coalesce(episode, '') || ' ' || at_day || ' ' || id from events join case_references using (case_key) order by 1`
	if got, want := one.rows(held), alone.rows(held); !slices.Equal(got, want) {
		t.Errorf("the record holds\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// What is pushed under the feed's source without an attachment is taken to be reported until something is attached; the feed's
// first body of such a child would attach the feed alone.
func TestAFeedSilencesNothingThatRunsUntilSomebodySaysWhatElseIsReported(t *testing.T) {
	t.Parallel()
	const body = `[{"la_child_id": "K2", "social_care_episodes": [{"social_care_episode_id": "E2", "referral_date": "2026-10-01"}]},
		{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-10-01"}]}]`
	for name, attach := range map[string]string{
		"what is pushed": `{"id": "a1", "reports": ["cp_plan.started", "cp_visit.made"], "from": "2026-09-01", "reason": "the case system pushes them", "confirm_unreported": true}`,
		"the feed alone": `{"id": "a1", "reports": ["cp_plan.started", "referral.received"], "from": "2026-09-01", "reason": "nothing is pushed any more", "confirm_unreported": true}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t)
			d.mustPush(cloud("p1", "K1", "cp_plan.started", "2026-10-20", `{}`))
			held := d.everything()
			a := d.asks("POST", feedPath, body)
			if a.status != http.StatusForbidden || !strings.Contains(a.text, `"clocks_unfollowed"`) || !strings.Contains(a.text, "/v1/attachments") || strings.Contains(a.text, "K1") {
				t.Fatalf("%d %s", a.status, a.text)
			}
			if now := d.everything(); now != held {
				t.Errorf("the record holds %s instead of %s", now, held)
			}
			if a := d.asks("POST", "/v1/attachments", attach); a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.text)
			}
			if _, err := d.record.PlanQueued(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.feeds(body)
			d.stands("K1", "2026-10-01 referral.received", "2026-10-20 cp_plan.started")
			d.stands("K2", "2026-10-01 referral.received")
			plan, _, err := d.record.FoldWith(t.Context(), source, "K1", nil, d.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(plan.Duties, func(x casework.Duty) bool { return x.Ref == "CP-10" && x.Open() })
			if i < 0 || (plan.Duties[i].State(plan.AsOf) != casework.Unreported) != (name == "what is pushed") {
				t.Errorf("%+v", plan.Duties)
			}
		})
	}
}
