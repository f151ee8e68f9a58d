package endtoend_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/sample"
	"longstop/pathway"
	"longstop/store"
)

// county is how many children are imported while something is killed, and inTheMiddle how
// many of them are in the record by then.
const (
	county      = 400
	inTheMiddle = 100
)

// undisturbed is the source under which the return is imported in peace.
const undisturbed = "undisturbed"

// killing is one thing that dies in the middle of an import, and how it comes back.
type killing struct {
	name   string // of the source under which the return is imported meanwhile
	kill   func(*testing.T, *scene)
	revive func(*testing.T, *scene)
	codes  []int // with which the import itself may end
}

// scene is what the killings take place in.
type scene struct {
	*site
	worker   *program
	importer *command
}

var killings = []killing{
	{
		name: "kills-the-worker",
		kill: func(_ *testing.T, s *scene) { s.worker.kill() },
		revive: func(t *testing.T, s *scene) {
			t.Helper()
			s.worker = s.startWorker(t)
		},
		codes: []int{0}, // an import does without a worker
	},
	{
		name: "kills-temporal",
		kill: func(_ *testing.T, s *scene) { s.stack.killTemporal() },
		revive: func(t *testing.T, s *scene) {
			t.Helper()
			recordsWhileTemporalIsDown(t, s)
			s.stack.up(t)
		},
		codes: []int{0}, // what is recorded is recorded; the nudges wait
	},
	{
		name: "kills-postgres",
		kill: func(t *testing.T, s *scene) {
			t.Helper()
			s.stack.killPostgres(t)
		},
		revive: func(*testing.T, *scene) {}, // devstack has started it again
		codes:  []int{0, 3},                 // 0: it was not asked while it was down
	},
	{
		name:   "kills-the-import",
		kill:   func(_ *testing.T, s *scene) { s.importer.kill() },
		revive: func(*testing.T, *scene) {},
		codes:  []int{-1},
	},
}

func TestWhateverDiesDuringAnImportNoClockIsLost(t *testing.T) {
	t.Parallel()
	s := &scene{site: ownStack(t).newSite(t, pathway.Namespace)}
	s.worker = s.startWorker(t)
	census := county400(t)
	began := casetime.WallNow()
	s.must(t, 0, "import", "cin-census", census, "--source", undisturbed)
	t.Logf("%s: %.1f s", undisturbed, time.Since(began).Seconds())
	r := s.record(t)
	for _, k := range killings {
		k.happens(t, s, r, census)
	}
	began = casetime.WallNow()
	s.waitForClocks(t)
	t.Logf("every clock runs %.1f s later", time.Since(began).Seconds())

	want := contents(t, r, undisturbed)
	for _, k := range killings {
		if got := contents(t, r, k.name); !slices.Equal(got, want) {
			t.Errorf("%s left %d events, and an import in peace %d; they differ in %v", k.name, len(got), len(want), differ(got, want))
		}
	}
	ids, temporal := wanted(t, r), s.temporal(t)
	until(t, "the workflows that run are those that the record wants", func() string {
		if got := running(t, temporal, s.namespace); !slices.Equal(got, ids) {
			return fmt.Sprintf("%d run, %d are wanted", len(got), len(ids))
		}
		return ""
	})
	recordedMeanwhileRuns(t, s.site, r)
}

// county400 is a return of today.
func county400(t testing.TB) string {
	t.Helper()
	made, err := sample.Make(sample.Options{Day: casetimetest.Today(), Children: county})
	if err != nil {
		t.Fatal(err)
	}
	var census bytes.Buffer
	if err := made.WriteReturn(&census); err != nil {
		t.Fatal(err)
	}
	return file(t, sample.ReturnFile, census.Bytes())
}

// happens imports the return, kills in the middle, and then imports it again until it is
// told that all is well.
func (k killing) happens(t *testing.T, s *scene, r *store.Store, census string) {
	t.Helper()
	began := casetime.WallNow()
	args := []string{"import", "cin-census", census, "--source", k.name}
	s.importer = s.begin(t, args...)
	until(t, "some children are in the record", func() string {
		if s.importer.ended() {
			t.Fatalf("%s: the import ended before: %s", k.name, s.importer.said())
		}
		if n := children(t, r, k.name); n < inTheMiddle {
			return fmt.Sprintf("%d are", n)
		}
		return ""
	})
	inside := !s.importer.ended()
	k.kill(t, s)
	k.revive(t, s)
	s.importer.wait(t)
	if !inside || !slices.Contains(k.codes, s.importer.code()) {
		t.Errorf("%s: exit code %d, expected %v; in the middle of the import: %v; it said %s", k.name, s.importer.code(), k.codes, inside, s.importer.said())
	}
	tries := 0
	until(t, "the same import again does the rest", func() string {
		tries++
		c := s.run(t, args...)
		switch c.code() {
		case 0:
			return ""
		case 3:
			return c.said()
		default:
			t.Fatalf("%s: exit code %d: %s", k.name, c.code(), c.said())
			return ""
		}
	})
	t.Logf("%s: exit code %d, then %d tries, %.1f s", k.name, s.importer.code(), tries, time.Since(began).Seconds())
}

// children is how many children of a source are in the record.
func children(t testing.TB, r *store.Store, source string) int {
	t.Helper()
	refs, err := r.SourceReferences(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	return len(refs)
}

// contents are the events and the duties of a source's cases, as text that is the same for
// every source.
func contents(t testing.TB, r *store.Store, source string) []string {
	t.Helper()
	lines := happened(events(t, r, source))
	if n := children(t, r, source); n != county {
		t.Errorf("%s: %d children", source, n)
	}
	duties, err := r.Duties(t.Context(), store.DutyFilter{})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	refs, err := r.SourceReferences(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range refs {
		key, err := r.CaseKey(t.Context(), source, ref)
		if err != nil {
			t.Fatal(err)
		}
		keys[key] = true
	}
	for i := range duties {
		if d := &duties[i]; keys[d.CaseKey] {
			lines = append(lines, fmt.Sprintf("%s owes %s from %s due %s: %s", d.Case, d.Ref, d.Started, d.Due, d.State))
		}
	}
	slices.Sort(lines)
	return lines
}

// differ are some lines that only one of two lists holds.
func differ(got, want []string) []string {
	var list []string
	for _, line := range got {
		if !slices.Contains(want, line) {
			list = append(list, "+ "+line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			list = append(list, "- "+line)
		}
	}
	const some = 10
	return list[:min(some, len(list))]
}

// meanwhile is a case that is recorded while Temporal is down.
const meanwhile = "MEANWHILE"

func recordsWhileTemporalIsDown(t *testing.T, s *scene) {
	t.Helper()
	c := s.must(t, 0, "record", written(t, casework.Event{
		ID: "m1", Case: meanwhile, Type: "police_protection.started", At: casework.AtInstant(casetimetest.Now().Add(-time.Hour).Truncate(time.Second)),
	}))
	if said := c.said(); !strings.Contains(said, "1 event recorded") || !strings.Contains(said, "1 nudge waits in the record until the worker program sends it") {
		t.Errorf("with Temporal down record says\n%s", said)
	}
}

// recordedMeanwhileRuns: nobody has nudged that case since, but the worker's sweep.
func recordedMeanwhileRuns(t *testing.T, x *site, r *store.Store) {
	t.Helper()
	key, err := r.CaseKey(t.Context(), "", meanwhile)
	if err != nil {
		t.Fatal(err)
	}
	if id := pathway.WorkflowID(pathway.EmergencyProtection, key); !slices.Contains(running(t, x.temporal(t), x.namespace), id) {
		t.Errorf("%s does not run", id)
	}
}
