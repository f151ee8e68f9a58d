package temporal_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"longstop/internal/casetime"
	"longstop/internal/temporal"
	"longstop/internal/temporaltest"
	"longstop/pathway"
	"longstop/workflows"
)

func TestMain(m *testing.M) { temporaltest.Main(m) }

// Each of the other namespaces of the stack belongs to one test.
const (
	namespaceOfVersions   = "other-1"
	namespaceOfTypes      = "other-2"
	namespaceOfOtherTypes = "other-3"
)

// startWorker starts a worker of a build that asks for the pathways, until it is stopped or the
// test ends.
func startWorker(t *testing.T, c client.Client, build string) (stop func()) {
	t.Helper()
	w := worker.New(c, pathway.TaskQueue, worker.Options{
		DisableRegistrationAliasing: true,
		DeploymentOptions: worker.DeploymentOptions{
			UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: pathway.Deployment, BuildID: build},
		},
	})
	workflows.Register(w)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(w.Stop)
	t.Cleanup(stop)
	return stop
}

func TestSearchAttributesAreRegisteredOnce(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	c := stack.Client(t, namespaceOfTypes)
	var together sync.WaitGroup
	for range 3 {
		together.Go(func() {
			if err := temporal.RegisterSearchAttributes(t.Context(), c, namespaceOfTypes); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
}

func TestASearchAttributeOfAnotherTypeIsNamed(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	c := stack.Client(t, namespaceOfOtherTypes)
	_, err := c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
		Namespace:        namespaceOfOtherTypes,
		SearchAttributes: map[string]enumspb.IndexedValueType{pathway.AttrRag: enumspb.INDEXED_VALUE_TYPE_BOOL},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Each part of the server reads its list again every few seconds.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := temporal.RegisterSearchAttributes(ctx, c, namespaceOfOtherTypes)
		if err != nil && strings.Contains(err.Error(), "the search attribute Rag is Bool") {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the wrong attribute is not refused: %v", err)
		case <-ticker.C:
		}
	}
}

func TestABuildBecomesCurrentOnlyWhereNoOtherRuns(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	c := stack.Client(t, namespaceOfVersions)
	clock := casetime.WallNow()
	stand := func(k *temporal.Candidate) temporal.Standing {
		t.Helper()
		k.Temporal, k.TakeOver, k.Now = c, temporal.WhenGone, func() time.Time { return clock }
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		standing, err := k.Stand(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return standing
	}
	stopOld := startWorker(t, c, "1.0")
	first, second := &temporal.Candidate{Build: "1.0"}, &temporal.Candidate{Build: "1.1"}
	if got := stand(first); got != (temporal.Standing{Current: "1.0", Made: true}) {
		t.Fatalf("the first build: %+v", got)
	}
	if got := stand(first); got != (temporal.Standing{Current: "1.0"}) {
		t.Fatalf("the first build again: %+v", got)
	}
	startWorker(t, c, "1.1")
	if got := stand(second); got != (temporal.Standing{Current: "1.0"}) {
		t.Fatalf("a second build while the first runs: %+v", got)
	}
	promoted := &temporal.Candidate{Build: "1.1", Promote: true}
	if got := stand(promoted); got != (temporal.Standing{Current: "1.1", Made: true}) {
		t.Fatalf("a second build that is promoted: %+v", got)
	}
	first.Promote = true
	if got := stand(first); got != (temporal.Standing{Current: "1.0", Made: true}) {
		t.Fatalf("going back: %+v", got)
	}

	stopOld()
	clock = clock.Add(time.Minute)
	if got := stand(second); got != (temporal.Standing{Current: "1.0"}) {
		t.Fatalf("at the first look: %+v", got)
	}
	// A worker asks once a minute. Until one of 1.1 has asked again, its entry in the list does
	// not show that the list is kept, so another is started, which asks at once.
	startWorker(t, c, "1.1")
	late, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		clock = clock.Add(time.Minute)
		got := stand(second)
		if got == (temporal.Standing{Current: "1.1", Made: true}) {
			return
		}
		select {
		case <-late.Done():
			t.Fatalf("once the current build has stopped: %+v", got)
		case <-ticker.C:
		}
	}
}

func TestAServerThatIsDownIsNamed(t *testing.T) {
	t.Parallel()
	_, err := temporal.Dial(t.Context(), client.Options{HostPort: "127.0.0.1:1", Logger: temporal.NewLogger(zerolog.Nop())})
	if !errors.Is(err, temporal.ErrUnreachable) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("%v", err)
	}
}
