package district_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
)

// With trays nobody gets more than one message on a working day, but for limits in hours, and nothing is lost by it; nor by a day
// on which nothing runs.
func TestADistrictIsToldOnceAMorningAndNoStepIsLost(t *testing.T) { //nolint:tparallel // its lives are parallel, and compared when all are over
	t.Parallel()
	m := makeDistrict(t)
	lives := []struct {
		name          string
		trays, outage bool
	}{{"each by itself", false, false}, {"with trays", true, false}, {"with trays, and a day of outage", true, true}}
	runs := make([]*told, len(lives))
	t.Run("lives", func(t *testing.T) {
		for i, o := range lives {
			t.Run(o.name, func(t *testing.T) {
				t.Parallel()
				r := newRun(t, m, o.name, o.trays, o.outage)
				r.live()
				runs[i] = r.tell()
			})
		}
	})
	if t.Failed() {
		return
	}
	for _, w := range runs {
		w.t = t
		w.print()
	}
	plain := runs[0]
	if len(plain.notices) == 0 {
		t.Fatal("nobody is told anything: the district is too small")
	}
	for _, w := range runs[1:] {
		k := w.kept(plain)
		for _, n := range k.lost[:min(len(k.lost), 20)] {
			t.Errorf("%s: lost: %s %s due %s, %s %q to %s at %s", w.name, n.Ref, n.Duty, n.Due, n.Kind, n.Rung, n.Role, n.At)
		}
		if !w.outage && k.told != len(plain.notices) {
			t.Errorf("%s: without an outage %d of %d steps were told", w.name, k.told, len(plain.notices))
		}
		w.say("steps, of those that the run without trays told", fmt.Sprintf("%d told, %d named to a higher role, %d untrue after the outage, %d lost",
			k.told, k.higher, k.overtaken, len(k.lost)))
		for _, workers := range []bool{true, false} {
			if list := w.perDay(workers); len(list) > 0 && list[len(list)-1] > 1 {
				t.Errorf("%s: somebody got %d messages on one day", w.name, list[len(list)-1])
			}
		}
		if e := w.escalations(); e.left > 0 {
			t.Errorf("%s: %d escalations are neither answered nor go on", w.name, e.left)
		}
	}
}

// print prints the figures of a run.
func (w *told) print() {
	w.t.Helper()
	workers, managers := w.perDay(true), w.perDay(false)
	w.say("messages in all", fmt.Sprint(len(w.messages)))
	w.say("a worker's messages in a working day", spread(workers))
	w.say("a manager's messages in a working day", spread(managers))
	w.say("new items in a worker's message", spread(w.items(true)))
	w.say("new items in a manager's message", spread(w.items(false)))
	hours := 0
	for i := range w.messages {
		if w.messages[i].Hours {
			hours++
		}
	}
	w.say("messages of limits in hours, at once", fmt.Sprint(hours))
	in, missed := w.withManager()
	out := 0
	for _, n := range missed {
		out += n
	}
	w.say("late duties with a manager within a working day", fmt.Sprintf("%d of %d", in, in+out))
	for _, rule := range slices.Sorted(maps.Keys(missed)) {
		w.say("  not, by rule: "+rule, fmt.Sprint(missed[rule]))
	}
	e := w.escalations()
	w.say("escalations", fmt.Sprintf("%d answered, %d settled, %d gone higher, %d to go higher, %d with the head of service, %d left",
		e.answered, e.settled, e.climbed, e.toClimb, e.atTop, e.left))
	w.say("answers that the record refused", fmt.Sprint(w.refused))
}

func (w *told) say(what, figure string) {
	if *printed {
		fmt.Fprintf(os.Stdout, "%-34s %-50s %s\n", w.name, what, figure)
	}
}

// spread is the mean, median, 95th percentile and highest of sorted numbers.
func spread(list []int) string {
	if len(list) == 0 {
		return "none"
	}
	sum := 0
	for _, n := range list {
		sum += n
	}
	at := func(percent int) int { return list[min(len(list)-1, len(list)*percent/100)] }
	return fmt.Sprintf("mean %.2f, median %d, p95 %d, most %d (of %d)", float64(sum)/float64(len(list)), at(50), at(95), list[len(list)-1], len(list))
}
