package casework_test

import (
	"cmp"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/casework"
	"longstop/intake/rows"
)

// stood writes each entry as a line: its id, what stood and since which minute, and "-" for voided.
func stood(events []casework.Event, knownAt time.Time) []string {
	var lines []string
	for _, h := range casework.Histories(events, knownAt) {
		line := h.First.Source + h.ID() + ":"
		for _, v := range h.Values {
			line += fmt.Sprintf(" %s@%d", v.ID, v.From.Minute())
		}
		if h.Voided() {
			line += " -"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func minute(n int) time.Time { return time.Date(2026, 1, 5, 10, n, 0, 0, time.UTC) }

// changes reads events one a word: id<target for a correction, id!target for a void, and the
// minute at which it was recorded after an @.
func changes(t testing.TB, words string) []casework.Event {
	t.Helper()
	var events []casework.Event
	for _, w := range strings.Fields(words) {
		e := casework.Event{Case: "C1", Type: "cp_visit.made"}
		name, at, _ := strings.Cut(w, "@")
		var m int
		if _, err := fmt.Sscan(at, &m); err != nil {
			t.Fatalf("%s: %v", w, err)
		}
		e.Recorded = minute(m)
		if id, target, ok := strings.Cut(name, "<"); ok {
			e.ID, e.Corrects = id, target
		} else if id, target, ok := strings.Cut(name, "!"); ok {
			e.ID, e.Voids = id, target
		} else {
			e.ID = name
		}
		e.Source, e.ID = source(e.ID)
		events = append(events, e)
	}
	return events
}

// source splits an id such as B.v1 into its source and itself.
func source(id string) (from, rest string) {
	if from, rest, ok := strings.Cut(id, "."); ok {
		return from, rest
	}
	return "", id
}

func TestTheChainDecidesWhatStands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, events, want string }{
		{"a correction of a correction, recorded one after the other", "v1@0 v2<v1@1 v3<v2@2", "v1: v1@0 v2@1 v3@2"},
		{"recorded at one instant, with ids in the order of the chain", "v1@0 v2<v1@1 v3<v2@1", "v1: v1@0 v3@1"},
		{"recorded at one instant, with ids against the order of the chain", "v3@1 v2<v3@1 v1<v2@1", "v3: v1@1"},
		{"in a file in the other order", "v3<v2@1 v2<v1@1 v1@1", "v1: v3@1"},
		{"numbers in ids are not what decides", "v@0 c9<v@1 c10<c9@1", "v: v@0 c10@1"},
		{"recorded before what it corrects, it stands from when that is known", "v1@0 v3<v2@1 v2<v1@5", "v1: v1@0 v3@5"},
		{"of two corrections of one event the last recorded stands", "v1@0 a<v1@2 b<v1@1", "v1: v1@0 b@1 a@2"},
		{"of two recorded at one instant the greater id stands", "v1@0 a<v1@1 b<v1@1", "v1: v1@0 b@1"},
		{"a branch that is corrected counts by its own end", "v1@0 a<v1@1 b<v1@2 a2<a@3", "v1: v1@0 a@1 b@2 a2@3"},
		{"an older end of a branch does not stand before a newer one", "v1@0 a<v1@1 b<v1@3 a2<a@2", "v1: v1@0 a@1 a2@2 b@3"},
		{"what supersedes the one that stands may have been recorded before the other end", "v1@0 a<v1@1 b<v1@3 b2<b@0", "v1: v1@0 a@1"},
		{"a void in the middle of a chain voids the entry", "v1@0 v2<v1@1 v3<v2@2 x!v2@3", "v1: v1@0 v2@1 v3@2 -"},
		{"a correction after a void changes nothing", "v1@0 x!v1@1 v2<v1@2", "v1: v1@0 -"},
		{"a void waits for what it voids", "v1@0 x!v2@1 v2<v1@4", "v1: v1@0 -"},
		{"a void at the instant of the recording: it never stood", "v1@1 x!v1@1", "v1: -"},
		{"a void of a void does not count", "v1@0 x!v1@2 y!x@3", "v1: v1@0 -"},
		{"a correction of what is not there has no entry", "v1@0 a<lost@1", "v1: v1@0"},
		{"a circle has no entry, nor what leads into it", "v1@0 a<b@1 b<a@1 c<a@2 d<d@2", "v1: v1@0"},
		{"ids are each source's own", "A.v1@0 B.v1@0 A.v2<v1@1 B.v2!v1@2", "Av1: v1@0 v2@1\nBv1: v1@0 -"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same(t, c.want, strings.Join(stood(changes(t, c.events), time.Time{}), "\n"))
		})
	}
}

func TestACorrectionOfAnotherCasesEventIsNone(t *testing.T) {
	t.Parallel()
	events := changes(t, "v1@0 v2<v1@1")
	events[1].Case = "C2"
	same(t, "v1: v1@0", strings.Join(stood(events, time.Time{}), "\n"))
}

// The visit of a placement from 5 January, due within a week, by 12 January: v1 says the 12th, v2
// the 14th, v3 the 9th. v3 corrects v2, so the visit was made on the 9th, and the next is due six
// weeks after that, by 20 February. It was first recorded on the 12th, three days after it.
func TestAChainWithoutRecordingTimesStandsAsItsLastCorrection(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/chain-without-recorded.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for range 20 {
		rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		events, refused, err := rows.Read(strings.NewReader(strings.Join(lines, "\n")))
		if err != nil || len(refused) > 0 {
			t.Fatal(err, refused)
		}
		read, no := book.Accept(events)
		if len(no) > 0 {
			t.Fatal(no)
		}
		plan := book.Fold(read, casework.Moment{AsOf: instant(t, "2026-02-01")})
		same(t, `
			LA-14:pl 2026-01-05 2026-01-12 met met=2026-01-09 recorded_late=3
			LA-15:v1 2026-01-09 2026-02-20 running`, dutyLines(plan, "LA-14", "LA-15"))
	}
}

// stoodAt returns the event of an entry that was known to stand at an instant; nil if none was.
func stoodAt(h *casework.History, t time.Time) *casework.Event {
	for _, v := range h.Values {
		if !v.From.After(t) && (v.Until.IsZero() || t.Before(v.Until)) {
			return v.Event
		}
	}
	return nil
}

func TestAHistoryNamesWhatWasAndWhatBecame(t *testing.T) {
	t.Parallel()
	events := tell(t, `
		v1 cp_visit.made 2026-02-03 rec=2026-02-10T10:00:00Z
		v2 cp_visit.made 2026-02-04 correction_reason=diary corrects=v1 rec=2026-02-11T10:00:00Z
		v3 cp_visit.made 2026-02-05 corrects=v1 rec=2026-02-10T12:00:00Z
		v4 cp_visit.made 2026-02-02 corrects=v2 reason=return rec=2026-02-12T10:00:00Z
		x1 - - voids=v2 reason=wrong rec=2026-02-13T10:00:00Z
		v5 cp_visit.made 2026-02-05 corrects=v4 rec=2026-02-14T10:00:00Z`)
	events[1].By = "W01"
	h, ok := casework.HistoryOf(events, "v4", time.Time{})
	if !ok || h.ID() != "v1" || !h.Voided() || h.Stands() != nil || !h.IsVoid("x1") || h.IsVoid("v5") {
		t.Fatalf("%t %+v", ok, h)
	}
	name := func(e *casework.Event) string {
		if e == nil {
			return "-"
		}
		return e.ID
	}
	var lines []string
	for _, r := range h.Revisions {
		lines = append(lines, fmt.Sprintf("%s %s>%s %t %t by=%s why=%s", r.Event.ID, name(r.Was), name(r.Became), r.TookEffect(), r.IsVoid(), r.By(), r.Reason()))
	}
	same(t, `
		v3 v1>v3 true false by= why=
		v2 v3>v2 true false by=W01 why=diary
		v4 v2>v4 true false by= why=return
		x1 v4>- true true by= why=wrong
		v5 ->- false false by= why=`, strings.Join(lines, "\n"))
	for at, want := range map[string]string{
		"2026-02-10T09:59:59Z": "-", "2026-02-10T10:00:00Z": "v1", "2026-02-10T12:00:00Z": "v3", "2026-02-11T09:59:59Z": "v3",
		"2026-02-11T10:00:00Z": "v2", "2026-02-12T11:00:00Z": "v4", "2026-02-13T10:00:00Z": "-", "2026-03-01T10:00:00Z": "-",
	} {
		if got := name(stoodAt(&h, instant(t, at))); got != want {
			t.Errorf("at %s %s stood, want %s", at, got, want)
		}
	}
}

func TestAReasonThatIsOnlyRepeatedIsNotTheCorrections(t *testing.T) {
	t.Parallel()
	events := tell(t, `
		c1 case.closed 2026-02-03 reason=RC3 rec=2026-02-10T10:00:00Z
		c2 case.closed 2026-02-04 reason=RC3 corrects=c1 rec=2026-02-11T10:00:00Z`)
	h, _ := casework.HistoryOf(events, "c1", time.Time{})
	if why := h.Revisions[0].Reason(); why != "" {
		t.Errorf("the reason is %q", why)
	}
}

// chain draws some events that change each other in every way, also in ways that are refused when
// they are recorded: targets that are not there, circles, and two sources with the same ids.
func chain(t *rapid.T) []casework.Event {
	n := rapid.IntRange(1, 14).Draw(t, "events")
	var events []casework.Event
	for i := range n {
		e := casework.Event{
			ID: fmt.Sprintf("e%d", i/2), Source: []string{"A", "B"}[i%2], Case: "C1", Type: "cp_visit.made",
			Recorded: minute(rapid.IntRange(0, 5).Draw(t, "recorded")),
		}
		target := fmt.Sprintf("e%d", rapid.IntRange(0, (n+1)/2).Draw(t, "target"))
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0, 1:
		case 2:
			e.Voids = target
		default:
			e.Corrects = target
		}
		events = append(events, e)
	}
	return rapid.Permutation(events).Draw(t, "order")
}

// plainly resolves events as the rules say it, without any thrift: what nothing supersedes is
// looked for among all that leads to an entry's first event.
func plainly(events []casework.Event, knownAt time.Time) []string {
	known := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool {
		return !knownAt.IsZero() && e.Recorded.After(knownAt)
	})
	find := func(source, id string) *casework.Event {
		for i := range known {
			if known[i].Source == source && known[i].ID == id {
				return &known[i]
			}
		}
		return nil
	}
	firstOf := func(e *casework.Event) *casework.Event { // of an event that voids nothing
		for range known {
			switch {
			case e == nil || e.Voids != "":
				return nil
			case e.Corrects == "":
				return e
			}
			e = find(e.Source, e.Corrects)
		}
		return nil
	}
	var lines []string
	for i := range known {
		first := &known[i]
		if first.Corrects != "" || first.Voids != "" {
			continue
		}
		var stands *casework.Event
		voided := false
		for j := range known {
			e := &known[j]
			if target := find(e.Source, e.Voids); e.Voids != "" && target != nil && firstOf(target) == first {
				voided = true
			}
			superseded := slices.ContainsFunc(known, func(x casework.Event) bool { return x.Source == e.Source && x.Corrects == e.ID })
			if firstOf(e) != first || superseded {
				continue
			}
			if stands == nil || cmp.Or(stands.Recorded.Compare(e.Recorded), cmp.Compare(stands.ID, e.ID)) < 0 {
				stands = e
			}
		}
		line := first.Source + first.ID + ":" + stands.ID
		if voided {
			line = first.Source + first.ID + ":-"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// standing writes what stands of each entry.
func standing(events []casework.Event, knownAt time.Time) []string {
	var lines []string
	for _, h := range casework.Histories(events, knownAt) {
		id := "-"
		if e := h.Stands(); e != nil {
			id = e.ID
		}
		lines = append(lines, h.First.Source+h.ID()+":"+id)
	}
	slices.Sort(lines)
	return lines
}

func TestWhatStandsIsWhatTheRulesSayPlainly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := chain(t)
		for m := -1; m <= 5; m++ {
			knownAt := time.Time{}
			if m >= 0 {
				knownAt = minute(m)
			}
			if want, got := plainly(events, knownAt), standing(events, knownAt); !slices.Equal(want, got) {
				t.Fatalf("known at %v\nwant %v\ngot  %v", knownAt, want, got)
			}
		}
	})
}

func TestWhatStandsDoesNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := chain(t)
		other := rapid.Permutation(events).Draw(t, "other order")
		if x, y := stood(events, time.Time{}), stood(other, time.Time{}); !slices.Equal(x, y) {
			t.Fatalf("%v\n%v", x, y)
		}
	})
}

func TestASupersededEventStandsNeverAgainAndAVoidIsForEver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := chain(t)
		for _, h := range casework.Histories(events, time.Time{}) {
			superseded, voided := map[*casework.Event]bool{}, false
			for _, r := range h.Revisions {
				if r.Became != nil && (superseded[r.Became] || voided) {
					t.Fatalf("%s stands again after %s", r.Became.ID, r.Event.ID)
				}
				if r.Event.Corrects != "" && r.Was != nil && r.Was.ID == r.Event.Corrects {
					superseded[r.Was] = true
				}
				voided = voided || r.IsVoid()
			}
			if voided != h.Voided() {
				t.Fatalf("%s: voided %t", h.ID(), h.Voided())
			}
		}
	})
}

// What is recorded later takes nothing away from what was known before: what stood at an instant,
// seen from today, is what stood when only what was recorded by then was there.
func TestWhatStoodIsWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := chain(t)
		today := casework.Histories(events, time.Time{})
		for m := range 6 {
			at := minute(m)
			by := slices.DeleteFunc(slices.Clone(events), func(e casework.Event) bool { return e.Recorded.After(at) })
			if x, y := standing(by, time.Time{}), standing(events, at); !slices.Equal(x, y) {
				t.Fatalf("at %d\nonly what was recorded %v\nknown at               %v", m, x, y)
			}
			then := standing(events, at)
			var now []string
			for _, h := range today {
				if h.First.Recorded.After(at) {
					continue
				}
				id := "-"
				if e := stoodAt(&h, at); e != nil {
					id = e.ID
				}
				now = append(now, h.First.Source+h.ID()+":"+id)
			}
			slices.Sort(now)
			if !slices.Equal(then, now) {
				t.Fatalf("at %d\nknown then %v\nseen today %v", m, then, now)
			}
		}
	})
}

func TestValuesFollowEachOtherWithoutAGap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, h := range casework.Histories(chain(t), time.Time{}) {
			for i, v := range h.Values {
				switch last := i == len(h.Values)-1; {
				case i == 0 && !v.From.Equal(h.First.Recorded) && v.Event == h.First:
					t.Fatalf("%s stands from %v", v.ID, v.From)
				case last && h.Voided() == v.Until.IsZero():
					t.Fatalf("the last value of %s stands until %v", h.ID(), v.Until)
				case !last && (!v.Until.After(v.From) || !v.Until.Equal(h.Values[i+1].From)):
					t.Fatalf("%s stands from %v until %v, then %v", v.ID, v.From, v.Until, h.Values[i+1].From)
				}
			}
		}
	})
}

// BenchmarkResolvingChains resolves one entry of n events, of which each corrects the one before.
func BenchmarkResolvingChains(b *testing.B) {
	for _, n := range []int{1000, 4000} {
		events := make([]casework.Event, n)
		for i := range events {
			events[i] = casework.Event{ID: fmt.Sprintf("e%d", i), Case: "C1", Type: "cp_visit.made", Recorded: minute(i%60).AddDate(0, 0, i/60)}
			if i > 0 {
				events[i].Corrects = events[i-1].ID
			}
		}
		rand.Shuffle(n, func(i, j int) { events[i], events[j] = events[j], events[i] })
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if h := casework.Histories(events, time.Time{}); len(h) != 1 || len(h[0].Revisions) != n-1 {
					b.Fatal("the chain is not whole")
				}
			}
		})
	}
}

// The referral is voided on Friday 9 January at ten.
const voidedReferral = `
	e1 referral.received 2026-01-05 rec=2026-01-05T10:00:00Z
	c1 referral.received 2026-01-06 corrects=e1 rec=2026-01-06T10:00:00Z
	x1 - - voids=e1 rec=2026-01-09T10:00:00Z
`

var changesOfTheVoided = []struct{ name, events, want string }{
	{
		"a correction of what was voided before", "c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-09T10:00:01Z",
		"c2: the event that it corrects was voided on Fri 9 Jan 2026: record the event again, with an id of its own",
	},
	{
		"a correction of its correction", "c2 referral.received 2026-01-07 corrects=c1 rec=2026-01-12T10:00:00Z",
		"c2: the event that it corrects was voided on Fri 9 Jan 2026: record the event again, with an id of its own",
	},
	{
		"a second void", "x2 - - voids=c1 rec=2026-01-12T10:00:00Z",
		"x2: the event that it voids was voided already, on Fri 9 Jan 2026: leave this void out",
	},
	{
		"what hangs on such a correction",
		"c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-12T10:00:00Z\nc3 referral.received 2026-01-08 corrects=c2 rec=2026-01-13T10:00:00Z",
		"c2: the event that it corrects was voided on Fri 9 Jan 2026: record the event again, with an id of its own\n" +
			"c3: the event that it corrects was voided on Fri 9 Jan 2026: record the event again, with an id of its own",
	},
	{"a correction recorded before the void, whatever the order of the lines", "c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-09T09:59:59Z", ""},
	{"a correction recorded together with the void", "c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-09T10:00:00Z", ""},
	{"a void recorded together with the void", "x2 - - voids=c1 rec=2026-01-09T10:00:00Z", ""},
	{"the void once more", "x1 - - voids=e1 rec=2026-01-09T10:00:00Z", ""},
	{"the event again", "e2 referral.received 2026-01-05 rec=2026-01-12T10:00:00Z", ""},
}

func TestAChangeOfWhatWasVoidedBeforeIsRefusedInAFile(t *testing.T) {
	t.Parallel()
	for _, c := range changesOfTheVoided {
		for _, lines := range []string{voidedReferral + c.events, c.events + "\n" + voidedReferral} {
			_, refused := book.Accept(tell(t, lines))
			same(t, c.want, refusalLines(refused))
		}
	}
}

func TestAChangeOfWhatWasVoidedBeforeIsRefusedByARecord(t *testing.T) {
	t.Parallel()
	for _, c := range changesOfTheVoided {
		judging := book.Judging(accepted(t, voidedReferral))
		history := accepted(t, voidedReferral)
		var atOnce, single []casework.Refusal
		for _, e := range tell(t, c.events) {
			if r := judging.Check(e); r != nil {
				atOnce = append(atOnce, *r)
			} else {
				judging.Accept(e)
			}
			if r := book.Check(history, e); r != nil {
				single = append(single, *r)
			}
		}
		// What depends on a correction that was refused names one that the record does not hold.
		want := strings.Replace(c.want, "c3: the event that it corrects was voided on Fri 9 Jan 2026: record the event again, with an id of its own",
			"c3: the event that it corrects or voids does not exist (or was refused): check its id", 1)
		same(t, want, refusalLines(atOnce))
		same(t, want, refusalLines(single))
	}
}

func TestWhatIsVoidedInABatchIsKnownToTheRestOfIt(t *testing.T) {
	t.Parallel()
	judging := book.Judging(nil)
	for _, e := range tell(t, voidedReferral) {
		if r := judging.Check(e); r != nil {
			t.Fatal(r.Error())
		}
		judging.Accept(e)
	}
	r := judging.Check(tell(t, "c2 referral.received 2026-01-07 corrects=c1 rec=2026-01-09T10:00:01Z")[0])
	if r == nil || r.Reason != "the event that it corrects was voided on Fri 9 Jan 2026: record the event again, with an id of its own" {
		t.Errorf("%v", r)
	}
}

// A record may hold such a correction from before they were refused.
func TestACorrectionOfWhatWasVoidedChangesNothingAndIsListed(t *testing.T) {
	t.Parallel()
	events := tell(t, voidedReferral+`
		c2 referral.received 2026-01-07 corrects=e1 rec=2026-01-12T10:00:00Z
		x2 - - voids=e1 rec=2026-01-13T10:00:00Z
		c3 referral.received 2026-02-01 corrects=c2 rec=2026-02-01T10:00:00Z`)
	plan := book.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-20")})
	same(t, "", dutyLines(plan))
	same(t, "e1: the event that it corrects had been voided, on Fri 9 Jan 2026: it changes nothing", whatCameToNothing(plan))
	if plan.NotCounted[0].Event != "c2" {
		t.Errorf("%+v", plan.NotCounted[0])
	}
	same(t, "", whatCameToNothing(book.Fold(events, casework.At(instant(t, "2026-01-10")))))
}

func refusalLines(refused []casework.Refusal) string {
	lines := make([]string, len(refused))
	for i := range refused {
		lines[i] = refused[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Corrections, voids and the two times: rules.md, section 3. A case is folded as of an
// instant with what was known at another; without it everything is known.
func TestTwoTimes(t *testing.T) {
	t.Parallel()
	for _, c := range twoTimesCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := casework.Moment{AsOf: instant(t, c.asOf)}
			if c.knownAt != "" {
				m.KnownAt = instant(t, c.knownAt)
			}
			same(t, c.want, dutyLines(book.Fold(accepted(t, c.events), m), c.refs...))
		})
	}
}

const lateVisit = `
	p1 cp_plan.started 2026-01-05 rec=2026-01-05T10:00:00Z
	v1 cp_visit.made 2026-02-03 seen=true rec=2026-02-10T10:00:00Z`

const correctedTwice = `
	e1 referral.received 2026-01-05 rec=2026-01-05T10:00:00Z
	c1 referral.received 2026-01-07 corrects=e1 rec=2026-01-12T10:00:00Z
	c2 referral.received 2026-01-06 corrects=c1 rec=2026-01-14T10:00:00Z
	c3 referral.received 2026-01-08 corrects=e1 rec=2026-01-13T10:00:00Z
	x1 - 2026-01-16 voids=c3 rec=2026-01-16T10:00:00Z`

var twoTimesCases = []struct {
	name, events, asOf, knownAt, want string
	refs                              []string
}{
	{
		name: "when a first load's history was recorded nobody knows, so nobody recorded it late",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-03-01T10:00:00Z backlog
			v1 cp_visit.made 2026-02-03 seen=true rec=2026-03-01T10:00:00Z backlog`,
		asOf: "2026-03-01", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 local
			CP-10:v1 2026-02-03 2026-03-03 running local`,
	},
	{
		name:   "what was recorded later is not seen: the duty is overdue as far as was known",
		events: lateVisit, asOf: "2026-02-09", knownAt: "2026-02-09", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 overdue late=4 local`,
	},
	{
		name:   "with everything known it was met in time, as of the same day",
		events: lateVisit, asOf: "2026-02-09", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 recorded_late=7 local
			CP-10:v1 2026-02-03 2026-03-03 running local`,
	},
	{
		name:   "what was recorded at the very instant is known",
		events: lateVisit, asOf: "2026-02-10T10:00:00Z", knownAt: "2026-02-10T10:00:00Z", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 recorded_late=7 local
			CP-10:v1 2026-02-03 2026-03-03 running local`,
	},
	{
		name:   "a second before, it is not",
		events: lateVisit, asOf: "2026-02-10T10:00:00Z", knownAt: "2026-02-10T09:59:59Z", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 overdue late=5 local`,
	},
	{
		name:   "what happens after as of is not seen, also where it is known by then",
		events: lateVisit, asOf: "2026-02-02", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 running local`,
	},
	{
		name: "as of an instant: what is known by its day alone is seen from its start, an instant from itself",
		events: `
			e1 referral.received 2026-01-05 ep=A
			e2 referral.received 2026-01-05T15:00:00Z ep=B
			e3 referral.received 2026-01-05T15:00:01Z ep=C`,
		asOf: "2026-01-05T15:00:00Z", refs: []string{"AS-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 running ep=A
			AS-01:e2 2026-01-05 2026-03-09 running ep=B`,
	},
	{
		name: "a correction is in effect from the moment it is recorded", events: correctedTwice,
		asOf: "2026-01-12", knownAt: "2026-01-12T09:59:59Z", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 running`,
	},
	{
		name: "the first correction", events: correctedTwice,
		asOf: "2026-01-12", knownAt: "2026-01-12", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-07 2026-03-11 running`,
	},
	{
		name: "of several corrections the last recorded stands, whichever event of the entry it names", events: correctedTwice,
		asOf: "2026-01-13", knownAt: "2026-01-13", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-08 2026-03-12 running`,
	},
	{
		name: "a correction of a correction", events: correctedTwice,
		asOf: "2026-01-14", knownAt: "2026-01-14", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-06 2026-03-10 running`,
	},
	{
		name: "a void of any event of the entry takes all of it back", events: correctedTwice,
		asOf: "2026-01-16", knownAt: "2026-01-16", refs: []string{"AS-01"}, want: ``,
	},
	{
		name: "with everything known it is taken back from the beginning", events: correctedTwice,
		asOf: "2026-01-12", refs: []string{"AS-01"}, want: ``,
	},
	{
		name: "a correction that moves an event past as of: it has not happened yet",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.completed 2026-01-20
			c1 assessment.completed 2026-02-20 corrects=a1 rec=2026-03-01T10:00:00Z`,
		asOf: "2026-01-31", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 running`,
	},
	{
		name: "as of that day, and as far as was known then, it had happened where it was first said to",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.completed 2026-01-20
			c1 assessment.completed 2026-02-20 corrects=a1 rec=2026-03-01T10:00:00Z`,
		asOf: "2026-01-31", knownAt: "2026-01-31", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 met met=2026-01-20`,
	},
	{
		name: "a correction replaces the whole event: its data, episode and type",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			v1 cp_visit.made 2026-01-20 seen=true ep=P1
			c1 cp_visit.made 2026-01-20 corrects=v1 rec=2026-01-21T10:00:00Z ep=P1
			v2 cp_visit.made 2026-01-22 seen=true ep=P1
			c2 cp_review.held 2026-01-22 corrects=v2 rec=2026-01-23T10:00:00Z ep=P1`,
		asOf: "2026-01-23", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 running ep=P1 local`,
	},
	{
		name: "a visit recorded between two others changes what each of them met",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-26 seen=true
			v3 cp_visit.made 2026-03-16 seen=true
			v2 cp_visit.made 2026-02-20 seen=true rec=2026-03-20T10:00:00Z`,
		asOf: "2026-03-20", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-26 local
			CP-10:v1 2026-01-26 2026-02-26 met met=2026-02-20 recorded_late=28 local
			CP-10:v2 2026-02-20 2026-03-20 met met=2026-03-16 local
			CP-10:v3 2026-03-16 2026-04-16 running local`,
	},
	{
		name: "how late counts in London dates: recorded half past eleven at night in UTC is the next day in summer",
		events: `
			e1 referral.received 2026-06-01
			a1 assessment.completed 2026-06-10 rec=2026-06-10T23:30:00Z`,
		asOf: "2026-06-30", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-06-01 2026-08-03 met met=2026-06-10 recorded_late=1`,
	},
	{
		name: "a start that is recorded late makes no meeting late: what happened decides",
		events: `
			a1 assessment.completed 2026-03-09
			e1 referral.received 2026-01-05 rec=2026-06-01T10:00:00Z`,
		asOf: "2026-06-01", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 met met=2026-03-09`,
	},
	{
		name: "an end that is voided opens the duty again",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			x1 icpc.not_required 2026-01-12
			y1 - 2026-01-19 voids=x1`,
		asOf: "2026-01-27",
		want: `CP-03:s1 2026-01-05 2026-01-26 overdue late=1`,
	},
	{
		name: "the edition goes by the day of the start as it stands now",
		events: `
			e1 referral.received 2010-03-16
			c1 referral.received 2010-03-17 corrects=e1 rec=2010-04-01T10:00:00Z`,
		asOf: "2010-03-18", refs: []string{"AS-H1"}, // 7 working days on the 16th, 10 on the 17th
		want: `AS-H1:e1 2010-03-17 2010-03-31 running provisional`,
	},
	{
		name: "a change that is recorded before what it changes waits for it",
		events: `
			c1 referral.received 2026-01-06 corrects=e1 rec=2026-01-06T10:00:00Z
			e1 referral.received 2026-01-05 rec=2026-01-08T10:00:00Z`,
		asOf: "2026-01-09", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-06 2026-03-10 running`,
	},
	{
		name: "and is of no effect before it",
		events: `
			c1 referral.received 2026-01-06 corrects=e1 rec=2026-01-06T10:00:00Z
			e1 referral.received 2026-01-05 rec=2026-01-08T10:00:00Z`,
		asOf: "2026-01-07", knownAt: "2026-01-07", refs: []string{"AS-01"}, want: ``,
	},
}

func TestWhatStandsIsTheLastOfItsChainAndOfAVoidedEntryNothing(t *testing.T) {
	t.Parallel()
	events := tell(t, `
		a cp_visit.made 2026-01-08 seen=true
		b cp_visit.made 2026-01-09 seen=true
		a2 cp_visit.made 2026-01-07 seen=true corrects=a rec=2026-01-20T10:00:00Z
		x - 2026-01-21 voids=b`)
	var stands []string
	for id, e := range casework.Standing(events) {
		stands = append(stands, id+" "+e.ID)
	}
	same(t, `a a2`, strings.Join(stands, "\n"))
	for id, last := range map[string]string{"a": "a2", "b": "b"} {
		if h, ok := casework.HistoryOf(events, id, time.Time{}); !ok || h.Last().ID != last {
			t.Errorf("of %s %s stood last, want %s", id, h.Last().ID, last)
		}
	}
	for range casework.Standing(events[:2]) {
		break // whoever looks for one stops at it
	}
}
