package csc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

const today = "2024-06-03"

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func sample(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// record is what a record holds of one child.
type record struct {
	testing.TB
	events  []casework.Event
	day     calendar.Date
	refused []string // of the last body
	kept    []string
}

func newRecord(t testing.TB) *record {
	t.Helper()
	return &record{TB: t, day: day(t, today)}
}

// sends takes a body of one child, and returns the events that it adds.
func (r *record) sends(child string) []casework.Event {
	r.Helper()
	body := "[" + child + "]"
	found, err := Feed{"845"}.Check(strings.NewReader(body), r.day)
	if err != nil {
		r.Fatal(err)
	}
	load := intake.Load{Format: Feed{"845"}, Source: "feed", Period: found.Header.Period, Day: r.day, Authority: "845"}
	var fresh []casework.Event
	r.refused, r.kept = nil, nil
	err = Feed{"845"}.Read(strings.NewReader(body), found, r.day, func(c intake.Child) error {
		compared := load.Compare(r.events, c)
		fresh = append(fresh, compared.Events...)
		for _, f := range slices.Concat(c.Refused, compared.Refused) {
			r.refused = append(r.refused, f.Error())
		}
		for _, k := range compared.Kept {
			r.kept = append(r.kept, k.Element+": "+k.Why)
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	at := time.Date(2024, 6, 3, 9, 0, 0, 0, time.UTC).Add(time.Duration(len(r.events)) * time.Second)
	for i := range fresh {
		fresh[i] = casework.Clean(fresh[i]) // as the record keeps it
		fresh[i].Recorded = at
	}
	r.events = append(r.events, fresh...)
	return fresh
}

// adds checks what a body adds: new events by type and day, corrections and voids with a sign before.
func (r *record) adds(child string, want ...string) {
	r.Helper()
	var got []string
	for _, e := range r.sends(child) {
		sign := "+ "
		switch {
		case e.Type == intake.TypeSource:
			continue
		case e.Voids != "":
			got = append(got, "- "+e.Type)
			continue
		case e.Corrects != "":
			sign = "~ "
		}
		got = append(got, sign+e.Type+" "+e.At.Day.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.Errorf("it adds\n  %s\nwant\n  %s\nrefused: %q", strings.Join(got, "\n  "), strings.Join(want, "\n  "), r.refused)
	}
}

// standing are the events that stand, without what carries no meaning.
func (r *record) standing() []string {
	var list []string
	for _, h := range casework.Histories(r.events, time.Time{}) {
		if h.Voided() || h.First.Type == intake.TypeSource {
			continue
		}
		now := *h.First
		for _, v := range h.Revisions {
			if v.Became != nil {
				now = *v.Became
			}
		}
		data := intake.StatedData(now)
		delete(data, intake.FieldReason)
		text, err := json.Marshal(data)
		if err != nil {
			r.Fatal(err)
		}
		list = append(list, now.At.Day.String()+" "+now.Type+" "+string(text))
	}
	slices.Sort(list)
	return list
}

func TestEveryFieldOfTheSampleBecomesItsEvent(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.day = day(t, "2024-03-20")
	r.adds(sample(t, "sample_0_every_field.json"),
		"+ person.born 2007-06-14", "+ sdq.completed 2022-06-14",
		"+ referral.received 2022-06-14", "+ referral.decided 2022-06-14", "+ assessment.started 2022-06-14", "+ assessment.completed 2022-06-14",
		"+ cin_plan.started 2022-06-14", "+ cin_plan.ended 2023-06-14",
		"+ strategy_discussion.held 2022-06-14", "+ icpc.held 2022-06-14", "+ section47.completed 2022-09-01",
		"+ icpc.held 2022-09-01", // inferred: no conference within seven days of the plan
		"+ cp_plan.started 2022-09-01", "+ cp_plan.ended 2023-09-01",
		"+ looked_after.started 2022-06-14", "+ placement.started 2022-06-14", "+ placement.ended 2023-03-01", "+ looked_after.ended 2023-03-01",
		"+ adm.decided 2022-06-14", "+ adm.decided 2023-01-15", "+ adoption.placed 2023-03-20", "+ care_leaver.contacted 2024-02-01",
		"+ case.closed 2023-09-01")
	if len(r.refused) > 0 {
		t.Errorf("refused: %q", r.refused)
	}
	attached := r.events[slices.IndexFunc(r.events, func(e casework.Event) bool { return e.Type == intake.TypeSource })]
	if _, ends := attached.Data["until"]; ends || attached.Data.Text("from") != "2021-04-01" {
		t.Errorf("the feed reports %v", attached.Data)
	}
}

func TestEverySampleTwiceAddsNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"sample_0_every_field.json", "sample_1_new.json", "sample_2_error.json", "sample_3_previous.json", "sample_3.json", "sample_4_previous.json", "sample_4.json",
	} {
		r := newRecord(t)
		r.sends(sample(t, name))
		if again := r.sends(sample(t, name)); len(again) > 0 {
			t.Errorf("%s again adds %v", name, again)
		}
	}
}

// Else each day's body would take back what the day before had told, and tell it again.
func TestAnIdIsTheSameHoweverItsCharactersAreWritten(t *testing.T) {
	t.Parallel()
	for written, again := range map[string]string{
		`"e\u0301"`: `"\u00e9"`, `"\ufeffA7"`: `"A7"`, `"A7\u200b"`: `" A7 "`, `"A\u00a07"`: `"A 7"`, `7`: `"7"`,
	} {
		for _, place := range []string{"EPISODE", "ASSESSMENT"} {
			child := func(id string) string {
				return strings.NewReplacer("EPISODE", `"E7"`, "ASSESSMENT", `"A1"`).Replace(strings.Replace(`{"la_child_id":"K7","mis_child_id":"M7","purge":false,"social_care_episodes":[{
					"social_care_episode_id":EPISODE,"purge":false,"referral_date":"2024-05-01","referral_no_further_action_flag":false,
					"child_and_family_assessments":[{"child_and_family_assessment_id":ASSESSMENT,"purge":false,"start_date":"2024-05-02"}]}]}`, place, id, 1))
			}
			r := newRecord(t)
			r.adds(child(written), "+ referral.received 2024-05-01", "+ referral.decided 2024-05-01", "+ assessment.started 2024-05-02")
			r.adds(child(written))
			r.adds(child(again))
		}
	}
}

func TestThePartialThatTheSenderMakesTakesNothingBack(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(sample(t, "sample_4_previous.json"))
	before := r.standing()
	r.adds(sample(t, "sample_4_partial.json"))
	if after := r.standing(); !slices.Equal(before, after) {
		t.Errorf("before\n%s\nafter\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// attached is how many statements of what the feed reports of the child stand.
func (r *record) attached() (n int) {
	for _, h := range casework.Histories(r.events, time.Time{}) {
		if h.First.Type == intake.TypeSource && !h.Voided() {
			n++
		}
	}
	return n
}

const deletion = `{"la_child_id": "K1", "mis_child_id": "M1", "purge": true}`

func TestADeletionTakesBackAllThatTheFeedToldAndNothingElse(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(planned)
	told := r.standing()
	other := casework.Event{ID: "e1", Source: "feed", Case: "K1", Type: "cp_visit.made", At: casework.OnDay(r.day), Recorded: time.Date(2024, 6, 3, 9, 0, 0, 0, time.UTC)}
	r.events = append(r.events, other)
	r.sends(deletion)
	if got := r.standing(); len(got) != 1 || !strings.Contains(got[0], "cp_visit.made") || len(r.kept) > 0 {
		t.Errorf("there stands %q, kept %q", got, r.kept)
	}
	if got := r.attached(); got != 0 {
		t.Errorf("%d statements of what the feed reports of the child stand after its deletion", got)
	}
	if again := r.sends(deletion); len(again) > 0 {
		t.Errorf("the deletion again adds %v", again)
	}
	r.sends(planned)
	if got := r.standing(); len(got) != len(told)+1 {
		t.Errorf("sent again after its deletion, there stands %q", got)
	}
	if got := r.attached(); got != 1 {
		t.Errorf("%d statements of what the feed reports of the child stand after its return", got)
	}
}

const planned = `{"la_child_id": "K1", "child_details": {"date_of_birth": "2015-02-03"}, "social_care_episodes": [{
	"social_care_episode_id": "E1", "referral_date": "2024-01-10", "child_in_need_plans": [
		{"child_in_need_plan_id": "P1", "start_date": "2024-02-01", "end_date": "2024-03-01"},
		{"child_in_need_plan_id": "P2", "start_date": "2024-04-01"}]}]}`

func TestWhatABodyLeavesOutStaysAndWhatAListNoLongerHoldsGoes(t *testing.T) {
	t.Parallel()
	of := func(episode string) string { return `{"la_child_id": "K1", "social_care_episodes": [` + episode + `]}` }
	lists := func(items string) string {
		return of(`{"social_care_episode_id": "E1", "child_in_need_plans": [` + items + `]}`)
	}
	for _, c := range []struct {
		name, body string
		want       []string
		kept       int
	}{
		{name: "nothing but the child", body: `{"la_child_id": "K1"}`},
		{name: "the episode's id alone", body: of(`{"social_care_episode_id": "E1"}`)},
		{name: "both ids alone", body: lists(`{"child_in_need_plan_id": "P1", "purge": false}, {"child_in_need_plan_id": "P2"}`)},
		{name: "a new end next to an id alone", body: lists(`{"child_in_need_plan_id": "P1"}, {"child_in_need_plan_id": "P2", "end_date": "2024-05-01"}`), want: []string{"+ cin_plan.ended 2024-05-01"}},
		{name: "an id is gone", body: lists(`{"child_in_need_plan_id": "P1"}`), want: []string{"- cin_plan.started"}},
		{name: "an empty list", body: lists(``), want: []string{"- cin_plan.started", "- cin_plan.ended", "- cin_plan.started"}},
		{name: "a null list", body: of(`{"social_care_episode_id": "E1", "child_in_need_plans": null}`)},
		{name: "a null end", body: lists(`{"child_in_need_plan_id": "P1", "end_date": null}, {"child_in_need_plan_id": "P2"}`), want: []string{"- cin_plan.ended"}},
		{name: "a purged item", body: lists(`{"child_in_need_plan_id": "P1", "purge": true}, {"child_in_need_plan_id": "P2"}`), want: []string{"- cin_plan.started", "- cin_plan.ended"}},
		{name: "a corrected start", body: lists(`{"child_in_need_plan_id": "P1"}, {"child_in_need_plan_id": "P2", "start_date": "2024-04-02"}`), want: []string{"~ cin_plan.started 2024-04-02"}},
		{name: "an id that nobody knows, alone", body: lists(`{"child_in_need_plan_id": "P9"}`), kept: 3},
		{name: "an item without an id", body: lists(`{"start_date": "2024-04-01"}`), kept: 3},
		{name: "an end before the start", body: lists(`{"child_in_need_plan_id": "P1", "end_date": "2024-01-31"}, {"child_in_need_plan_id": "P2"}`)},
		{name: "a purged episode", body: of(`{"social_care_episode_id": "E1", "purge": true}`), want: []string{
			"- referral.received", "- referral.decided", "- cin_plan.started", "- cin_plan.ended", "- cin_plan.started",
		}},
		{name: "an episode is gone", body: of(`{"social_care_episode_id": "E2", "referral_date": "2024-05-01"}`), want: []string{
			"+ referral.received 2024-05-01", "- referral.received", "- referral.decided", "- cin_plan.started", "- cin_plan.ended", "- cin_plan.started",
		}},
		{name: "an episode that nobody knows", body: of(`{"social_care_episode_id": "E2"}`), kept: 4},
		{name: "tomorrow", body: lists(`{"child_in_need_plan_id": "P1"}, {"child_in_need_plan_id": "P2", "end_date": "2024-06-04"}`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(t)
			r.sends(planned)
			r.TB = t
			r.adds(c.body, c.want...)
			if len(r.kept) != c.kept {
				t.Errorf("kept: %q", r.kept)
			}
			if again := r.sends(c.body); len(again) > 0 {
				t.Errorf("again it adds %v", again)
			}
			if text := strings.Join(append(r.refused, r.kept...), "\n"); strings.Contains(text, "K1") || strings.Contains(text, "2015") {
				t.Errorf("who the child is stands in %s", text)
			}
		})
	}
}

func TestIdsThatChangeOvernightAreFoundByTheirDates(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.sends(planned)
	changed := strings.NewReplacer(`"E1"`, `"E71"`, `"P1"`, `"P71"`, `"P2"`, `"P72"`).Replace(planned)
	r.adds(changed, "~ referral.received 2024-01-10", "~ cin_plan.started 2024-02-01", "~ cin_plan.ended 2024-03-01", "~ cin_plan.started 2024-04-01")
	r.adds(changed)
	r.adds(`{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E71", "child_in_need_plans": [
		{"child_in_need_plan_id": "P71"}, {"child_in_need_plan_id": "P72", "start_date": "2024-04-03"}]}]}`, "~ cin_plan.started 2024-04-03")
}

func TestPlacementsThatFollowOnOneAnotherAreOnePeriod(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	placed := func(items string) string {
		return `{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2024-01-10", "child_looked_after_placements": [` + items + `]}]}`
	}
	first := `{"child_looked_after_placement_id": "1", "start_date": "2024-02-01", "start_reason": "S", "placement_type": "P1", "end_date": "2024-03-01", "end_reason": "X1"}`
	r.adds(placed(first), "+ referral.received 2024-01-10", "+ referral.decided 2024-01-10", "+ looked_after.started 2024-02-01", "+ placement.started 2024-02-01", "+ placement.ended 2024-03-01")
	r.adds(placed(`{"child_looked_after_placement_id": "1"}, {"child_looked_after_placement_id": "2", "start_date": "2024-03-01", "start_reason": "S"}`), "+ placement.started 2024-03-01")
	r.adds(placed(`{"child_looked_after_placement_id": "1"}, {"child_looked_after_placement_id": "2", "end_date": "2024-05-01", "end_reason": "E4A"}`),
		"+ placement.ended 2024-05-01", "+ looked_after.ended 2024-05-01")
}

func TestABodyThatIsNotAnArrayOfChildrenIsRefusedWhole(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", "[", "[{}", "[{}] x", "[]", "null", `"x"`, "[" + strings.Repeat(`{},`, MostChildren) + "{}]"} {
		var broken *intake.BrokenError
		if _, err := (Feed{}).Check(strings.NewReader(body), day(t, today)); !errors.As(err, &broken) {
			t.Errorf("%.20s: %v", body, err)
		}
	}
	found, err := Feed{}.Check(strings.NewReader(sample(t, "batch.json")), day(t, today))
	if err != nil || found.Children != 5 || len(found.References) != 5 || len(found.Unknown) > 0 {
		t.Errorf("the batch: %+v, %v", found, err)
	}
	found, err = Feed{}.Check(strings.NewReader(`[1, {}, {"la_child_id": "K1", "nickname": "x"}]`), day(t, today))
	if err != nil || found.Children != 3 || len(found.Refused) != 2 || len(found.Unknown) != 1 {
		t.Errorf("items that are not children: %+v, %v", found, err)
	}
}

// A child whose full record is drawn by lot, then changed, and sent in full and in part, by a sender that works out the
// difference as the Department's does: the record says the same as one to which only the last was sent in full.
func TestPartsBringTheRecordToWhereTheWholeDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		lot := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // by lot
		was := drawn(lot)
		is := changed(was, lot)
		r, whole := newRecord(t), newRecord(t)
		r.sends(text(t, was))
		if again := r.sends(text(t, was)); len(again) > 0 {
			t.Fatalf("seed %d: the whole again adds %v", seed, again)
		}
		r.sends(text(t, part(is, was)))
		if again := r.sends(text(t, part(is, was))); len(again) > 0 {
			t.Fatalf("seed %d: the part again adds %v", seed, again)
		}
		whole.sends(text(t, is))
		if got, want := r.standing(), whole.standing(); !slices.Equal(got, want) {
			t.Fatalf("seed %d: by parts\n%s\nas a whole\n%s\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"), text(t, part(is, was)))
		}
		if more := r.sends(text(t, is)); len(more) > 0 {
			t.Fatalf("seed %d: the whole after the part adds %v", seed, more)
		}
	}
}

func text(t *testing.T, o map[string]any) string {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// drawn is a child with one episode, whose items start ten days apart or more.
func drawn(lot *rand.Rand) map[string]any {
	e := map[string]any{"social_care_episode_id": "E1", "referral_date": "2023-01-10", flagNFA: false}
	for _, k := range kinds {
		var items []any
		for i := range lot.IntN(4) + 1 {
			start := calendar.NewDate(2023, time.February, 1).AddDays(40*i + lot.IntN(10))
			one := map[string]any{k.id: fmt.Sprint(k.list[:3], i), k.start: start.String(), k.end: start.AddDays(lot.IntN(20)).String()}
			if k == placements {
				one[textStartReason], one[textEndReason] = "S", "E4A"
			}
			items = append(items, one)
		}
		e[k.list] = items
	}
	return map[string]any{"la_child_id": "K1", "child_details": map[string]any{"date_of_birth": "2015-02-03"}, elEpisode: []any{e}}
}

// changed is a copy of a child in which dates move, items go and items come. A list keeps one item at least: the
// sender leaves a list that has become empty out.
func changed(was map[string]any, lot *rand.Rand) map[string]any {
	var is map[string]any
	raw, err := json.Marshal(was)
	if err == nil {
		err = json.Unmarshal(raw, &is)
	}
	if err != nil {
		panic(err)
	}
	e := is[elEpisode].([]any)[0].(map[string]any)
	for _, k := range kinds {
		items := e[k.list].([]any)
		one := items[lot.IntN(len(items))].(map[string]any)
		end, err := calendar.ParseDate(one[k.end].(string))
		if err != nil {
			panic(err)
		}
		switch lot.IntN(4) {
		case 0:
			one[k.end] = end.AddDays(1 + lot.IntN(5)).String()
		case 1:
			if len(items) > 1 {
				e[k.list] = slices.Delete(items, 0, 1)
			}
		case 2:
			e[k.list] = append(items, map[string]any{k.id: "new", k.start: "2024-02-01"})
		}
	}
	return is
}

// part is what is sent of a child that changed.
func part(is, was map[string]any) map[string]any {
	out := map[string]any{"la_child_id": is["la_child_id"], "child_details": is["child_details"]}
	if d := difference(is, was); d[elEpisode] != nil {
		out[elEpisode] = d[elEpisode]
	}
	return out
}

func difference(is, was map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range is {
		a, _ := json.Marshal(value)
		b, _ := json.Marshal(was[key])
		if bytes.Equal(a, b) {
			continue
		}
		list, isList := value.([]any)
		if !isList {
			out[key] = value
			continue
		}
		earlier, _ := was[key].([]any)
		var items []any
		for _, one := range list {
			items = append(items, itemDifference(one.(map[string]any), earlier))
		}
		out[key] = items
	}
	return out
}

func itemDifference(one map[string]any, earlier []any) any {
	for key, id := range one {
		if !strings.HasSuffix(key, "_id") {
			continue
		}
		for _, before := range earlier {
			if b := before.(map[string]any); b[key] == id {
				d := difference(one, b)
				d[key], d["purge"] = id, false
				return d
			}
		}
	}
	return one
}

func FuzzNoBodyBringsItDown(f *testing.F) {
	for _, name := range []string{"batch.json", "sample_4_partial.json", "sample_4_delete.json"} {
		f.Add(sample(f, name))
	}
	f.Add("[" + planned + "]")
	f.Fuzz(func(t *testing.T, body string) {
		on := day(t, today)
		found, err := Feed{}.Check(strings.NewReader(body), on)
		if err != nil {
			return
		}
		read := 0
		load := intake.Load{Format: Feed{}, Source: "feed", Period: found.Header.Period, Day: on}
		err = Feed{}.Read(strings.NewReader(body), found, on, func(c intake.Child) error {
			read++
			load.Compare(nil, c)
			return nil
		})
		if err != nil || read != found.Children {
			t.Errorf("%d of %d children: %v", read, found.Children, err)
		}
	})
}
