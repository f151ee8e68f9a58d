package cincensus

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// node is one element of a return that a test writes.
type node struct {
	name string
	text string
	kids []node
}

func el(name, text string) node         { return node{name: name, text: text} }
func in(name string, kids ...node) node { return node{name: name, kids: kids} }
func details(kids ...node) node         { return in("CINdetails", kids...) }
func referral(day string) node          { return el(elReferral, day) }
func closure(day string) node           { return el(elClosure, day) }
func conference(day string) node        { return el(elConference, day) }
func section47(start string, kids ...node) node {
	return in("Section47", append([]node{el(elEnquiry, start)}, kids...)...)
}

func assessed(start, end string) node {
	return in("Assessments", el(elAssessmentStart, start), el(elAssessmentEnd, end))
}

func protected(start, end string, reviews ...string) node {
	var list []node
	for _, day := range reviews {
		list = append(list, el(elReview, day))
	}
	return in("ChildProtectionPlans", el(elPlanStart, start), el(elPlanEnd, end), el(elCategory, "NEG"), in("Reviews", list...))
}

func kid(id string, episodes ...node) node {
	return in("Child", append([]node{in("ChildIdentifiers", el(elChildID, id), el(elBorn, "2015-06-01"))}, episodes...)...)
}

func unborn(id, expected string, episodes ...node) node {
	return in("Child", append([]node{in("ChildIdentifiers", el(elChildID, id), el(elExpected, expected))}, episodes...)...)
}

func headerOf(reference string) node {
	return in("Header", in("CollectionDetails", el("Collection", "CIN"), el("Year", reference[:4]), el(elReferenceDate, reference)),
		in("Source", el("LEA", "873")))
}

func message(reference string, children ...node) string {
	return write(in("Message", headerOf(reference), in("Children", children...)))
}

func write(n node) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	n.write(&b)
	return b.String()
}

func (n node) write(b *strings.Builder) {
	fmt.Fprintf(b, "<%s>%s", n.name, n.text)
	if len(n.kids) > 0 {
		b.WriteString("\n")
	}
	for _, kid := range n.kids {
		kid.write(b)
	}
	fmt.Fprintf(b, "</%s>\n", n.name)
}

// shuffled is the same element with everything inside it in another order.
func (n node) shuffled(random *rand.Rand) node {
	kids := make([]node, len(n.kids))
	for i, at := range random.Perm(len(n.kids)) {
		kids[i] = n.kids[at].shuffled(random)
	}
	n.kids = kids
	return n
}

func date(tb testing.TB, s string) calendar.Date {
	tb.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func children(t fataler, text string) (intake.Header, []intake.Child) {
	t.Helper()
	var list []intake.Child
	checked, _, err := check(strings.NewReader(text))
	if err != nil {
		t.Fatalf("checking the return: %v", err)
	}
	header, err := read(strings.NewReader(text), options{checked: checked}, func(c intake.Child) error {
		list = append(list, c)
		return nil
	})
	if err != nil {
		t.Fatalf("reading the return: %v", err)
	}
	return header, list
}

// ledger stands for the record of one source: what was recorded for each child.
type ledger struct {
	held  map[string][]casework.Event
	last  map[string]intake.Compared // what the last load came to
	loads int
}

const source = "cin-census"

var formats = intake.Formats{Census{}}

// ofPeriod reports whether what is recorded of a child from source is of a period.
func ofPeriod(period intake.Period, held []casework.Event) bool {
	return intake.Load{Format: Census{}, Source: source, Period: period}.OfPeriod(held)
}

// entriesOf are the rows that stand, without what is inferred from them.
func entriesOf(held []casework.Event) []*intake.Entry {
	r := intake.ReadRecord(layout, held)
	list := slices.Clone(r.Person)
	for _, e := range r.Episodes {
		if e.Opening != nil {
			list = append(list, e.Opening)
		}
		list = append(list, e.Rows...)
	}
	return slices.DeleteFunc(list, func(e *intake.Entry) bool { return e.Voided })
}

// dataWords writes data in one form.
func dataWords(data casework.Data) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(data)) {
		fmt.Fprintf(&b, "%s=%v;", key, data[key])
	}
	return b.String()
}

// toRecord is what has to be recorded of a child so that the record says what a return says.
func toRecord(period intake.Period, held []casework.Event, child intake.Child, day calendar.Date) []casework.Event {
	return intake.Load{Format: Census{}, Source: source, Period: period, Day: day}.Compare(held, child).Events
}

func (l *ledger) today() calendar.Date {
	first, _ := calendar.ParseDate("2026-11-02")
	return first.AddDays(l.loads)
}

// load records a return and gives what was new, by child.
func (l *ledger) load(t fataler, text string) map[string][]casework.Event {
	t.Helper()
	if l.held == nil {
		l.held = map[string][]casework.Event{}
	}
	l.loads++
	l.last = map[string]intake.Compared{}
	header, list := children(t, text)
	load := intake.Load{Format: Census{}, Source: source, Period: header.Period, Day: l.today(), Authority: header.Authority}
	found := map[string][]casework.Event{}
	here := map[string]bool{}
	for _, c := range list {
		here[c.Reference] = true
		if c.Reference != "" {
			l.last[c.Reference] = load.Compare(l.held[c.Reference], c)
		}
	}
	for reference, held := range l.held {
		if !here[reference] {
			l.last[reference] = load.Absent(held)
		}
	}
	for reference, compared := range l.last {
		found[reference] = compared.Events
		l.record(reference, compared.Events...)
	}
	return found
}

// record appends events with a recording time of their own.
func (l *ledger) record(reference string, events ...casework.Event) {
	for i, e := range events {
		e.Case = reference
		e.Recorded = l.today().At(12, 0).Add(time.Duration(i) * time.Millisecond)
		events[i] = e
	}
	l.held[reference] = append(l.held[reference], events...)
}

// lines are events in short form: what a test says about them.
func lines(events []casework.Event) []string {
	var list []string
	for _, e := range events {
		if e.Type == intake.TypeSource {
			continue
		}
		list = append(list, short(e))
	}
	return list
}

func short(e casework.Event) string {
	if e.Voids != "" {
		return "void " + e.Type
	}
	text := fmt.Sprintf("%s %s", e.At, e.Type)
	if e.Corrects != "" {
		text = "correct to " + text
	}
	if e.Episode != "" {
		text += " " + e.Episode
	}
	data := intake.StatedData(e)
	for _, key := range []string{"inferred", "open", "reassessment", "s47"} {
		if data.Flag(key) {
			text += " " + key
		}
		delete(data, key)
	}
	for _, key := range []string{"outcome", "category", "reason", "date"} {
		if data.Text(key) != "" {
			text += " " + key + "=" + data.Text(key)
		}
		delete(data, key)
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		text += " " + key + "=" + fmt.Sprint(data[key])
	}
	return text
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func sortedStrings(list []string) []string { return slices.Sorted(slices.Values(list)) }
