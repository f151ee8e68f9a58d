package endtoend_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/access"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/pathway"
	"longstop/store"
)

// The load: so many connections are open at once, the same number of each source.
const (
	connections = 50
	fewSources  = 5
)

// How long the load goes on at the least: `make test-load` sets a minute.
const (
	envSpan   = "LONGSTOP_LOAD_SPAN"
	shortSpan = 6 * time.Second
)

func spanOf(t testing.TB) time.Duration {
	t.Helper()
	setting := os.Getenv(envSpan)
	if setting == "" {
		return shortSpan
	}
	span, err := time.ParseDuration(setting)
	if err != nil {
		t.Fatalf("%s: %v; for example %s=60s", envSpan, err, envSpan)
	}
	return span
}

// underLoad is a site to which systems push events, each over a connection of its own.
type underLoad struct {
	*site
	web     *program
	address *place
	pulse   *pulse
	sources []string
	systems []*system
}

func TestWhateverDiesUnderLoadNoEventThatWasTakenIsLostOrRecordedTwice(t *testing.T) {
	t.Parallel()
	l := &underLoad{site: ownStack(t).newSite(t, pathway.Namespace), address: &place{}, pulse: &pulse{}}
	l.startWorker(t)
	l.open(t)
	enough := l.push(t)
	span, began := spanOf(t), casetime.WallNow()
	l.everybodyIsAnswered(t)
	for i, death := range []struct {
		of  string
		die func(*testing.T)
	}{{"Postgres", l.postgresDies}, {"Temporal", l.temporalDies}, {"web", l.webDies}} {
		goOn(t, began, span*time.Duration(i+1)/4)
		quiet := l.pulse.take()
		death.die(t)
		l.everybodyIsAnswered(t)
		t.Logf("%.1f s: %s was killed, and for at most %.1f s nobody was told 2xx (before: %.1f s). So far %s",
			time.Since(began).Seconds(), death.of, l.pulse.take().Seconds(), quiet.Seconds(), l.figures())
	}
	goOn(t, began, span)
	enough()
	taken, lasted := l.figures(), time.Since(began)
	t.Logf("in %.1f s: %s; %.0f events a second", lasted.Seconds(), taken, float64(taken.taken)/lasted.Seconds())
	if taken.unanswered == 0 || taken.unavailable == 0 {
		t.Errorf("%s: nothing was killed in the middle", taken)
	}

	l.waitForClocks(t)
	t.Logf("every clock runs %.1f s after it began", time.Since(began).Seconds())
	r := l.record(t)
	before := l.holds(t, r)
	l.sendAgain(t)
	if after := l.holds(t, r); after != before {
		t.Errorf("%d events became %d when some were sent again", before, after)
	}
	l.everyClockRuns(t, r)
}

// goOn lets the load go on until so much time has passed since it began. Nothing is expected to have happened by then.
func goOn(t testing.TB, began time.Time, passed time.Duration) {
	t.Helper()
	timer := time.NewTimer(passed - time.Since(began))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
		t.Fatal("the test is over")
	}
}

// open starts the API and tells the systems where it is, as whatever distributes requests would.
func (l *underLoad) open(t testing.TB) {
	t.Helper()
	l.web = l.startWeb(t)
	l.address.set(l.web.address())
}

// push lets every system push until the function that it returns is called, which returns when each has been told that
// everything is taken.
func (l *underLoad) push(t testing.TB) (enough func()) {
	t.Helper()
	for n := range fewSources {
		source := fmt.Sprintf("system-%d", n+1)
		key := l.newKey(t, source, access.Record)
		l.sources = append(l.sources, source)
		for i := range connections / fewSources {
			l.systems = append(l.systems, newSystem(l.address, l.pulse, source, key, i))
		}
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	left := make(chan struct{}, connections)
	for _, s := range l.systems {
		go func() {
			defer func() { left <- struct{}{} }()
			if err := s.push(t.Context(), stop); err != nil {
				t.Errorf("%s: %v", s, err)
			}
		}()
	}
	go func() {
		defer close(ended)
		for range l.systems {
			<-left
		}
	}()
	t.Cleanup(func() { <-ended }) // by then the test's context has ended
	return func() {
		close(stop)
		reached(t, "every system is told that all of it is taken", ended)
	}
}

// everybodyIsAnswered waits until each system was told twice from now on that what it sent is taken: the second time it
// has begun to send after now.
func (l *underLoad) everybodyIsAnswered(t testing.TB) {
	t.Helper()
	before := make([]int64, len(l.systems))
	for i, s := range l.systems {
		before[i] = s.answered.Load()
	}
	until(t, "every system is told that its events are taken", func() string {
		waiting := 0
		for i, s := range l.systems {
			if s.answered.Load() < before[i]+2 {
				waiting++
			}
		}
		if waiting > 0 {
			return fmt.Sprintf("%d wait; %s", waiting, l.figures())
		}
		return ""
	})
}

func (l *underLoad) postgresDies(t *testing.T) {
	t.Helper()
	l.stack.killPostgres(t)
	l.isReady(t, "ready")
}

// temporalDies: nobody who pushes notices.
func (l *underLoad) temporalDies(t *testing.T) {
	t.Helper()
	before := l.figures()
	l.stack.killTemporal()
	l.isReady(t, "ready; Temporal does not answer")
	l.everybodyIsAnswered(t)
	during := l.figures()
	t.Logf("while Temporal was down %d events were taken", during.taken-before.taken)
	if during.unavailable != before.unavailable || during.unanswered != before.unanswered {
		t.Errorf("while Temporal was down: %s; before: %s", during, before)
	}
	l.stack.up(t)
	l.isReady(t, "ready")
}

func (l *underLoad) webDies(t *testing.T) {
	t.Helper()
	l.web.kill()
	l.open(t)
}

// isReady waits until the API says that it is, and what it does without.
func (l *underLoad) isReady(t testing.TB, want string) {
	t.Helper()
	until(t, "the API says "+want, func() string {
		status, said := readiness(t, l.web.process, "")
		if status == http.StatusOK && (said == want || strings.HasPrefix(said, want+":")) {
			return ""
		}
		return fmt.Sprintf("it says %d %s", status, said)
	})
}

// figures adds up what the systems were told.
func (l *underLoad) figures() figures {
	var sum figures
	for _, s := range l.systems {
		sum.add(s.told())
	}
	return sum
}

// holds compares the record with what the systems were told is taken, and returns how many events it holds.
func (l *underLoad) holds(t testing.TB, r *store.Store) (held int) {
	t.Helper()
	for _, source := range l.sources {
		sent := map[string]bool{} // what several systems sent is one event
		for _, s := range l.systems {
			if s.source == source {
				for i := range s.taken {
					sent[line(&s.taken[i])] = true
				}
			}
		}
		recorded := events(t, r, source)
		got := make([]string, len(recorded))
		for i := range recorded {
			got[i] = line(&recorded[i])
		}
		want := make([]string, 0, len(sent))
		for one := range sent {
			want = append(want, one)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s was told that %d events are taken, and the record holds %d; they differ in %v", source, len(want), len(got), differ(got, want))
		}
		held += len(got)
	}
	return held
}

// line is all that a system says of an event.
func line(e *casework.Event) string {
	return fmt.Sprintf("%s: %s %s %s %v corrects %q", e.ID, e.Case, e.Type, e.At, e.Data, e.Corrects)
}

// sendAgain sends what each system has sent at last once more, as one does that has lost the answer.
func (l *underLoad) sendAgain(t testing.TB) {
	t.Helper()
	for _, s := range l.systems {
		again, err := s.send(t.Context(), handIn{batched, s.taken[max(0, len(s.taken)-atATime):]})
		if err != nil || again.status != http.StatusOK || again.known != again.items {
			t.Errorf("%s sent its last events again: %+v, %v", s, again, err)
		}
	}
}

// everyClockRuns compares the workflows that run with the pathways that the record says are open.
func (l *underLoad) everyClockRuns(t testing.TB, r *store.Store) {
	t.Helper()
	ids, temporal := wanted(t, r), l.temporal(t)
	opened := len(l.sources) // the case that the systems of a source share
	for _, s := range l.systems {
		opened += s.opened
	}
	if len(ids) != opened {
		t.Errorf("%d pathways are open, and the systems have opened %d", len(ids), opened)
	}
	until(t, "the workflows that run are those that the record wants", func() string {
		if got := running(t, temporal, l.namespace); !slices.Equal(got, ids) {
			return fmt.Sprintf("%d run, %d are wanted", len(got), len(ids))
		}
		return ""
	})
	t.Logf("%d clocks run", len(ids))
}
