package stage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/internal/casetime"
	"longstop/internal/demo/stage"
	"longstop/internal/temporal"
	"longstop/internal/temporaltest"
	"longstop/pathway"
)

const (
	fast         = `{"from":"2026-11-02T08:00:00Z","at":"2026-11-21T10:00:00Z","factor":30000}`
	demoDatabase = "postgres://longstop@localhost/longstop_demo"
)

func TestMain(m *testing.M) { temporaltest.Main(m) }

func TestADemoClockSetting(t *testing.T) {
	t.Parallel()
	d, err := stage.Parse(fast)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := stage.Parse(d.String()); err != nil || again != d {
		t.Errorf("%s is read as %+v, %v", d, again, err)
	}
	if got := d.Clock().Wall(d.From.Add(30000 * time.Hour)); !got.Equal(d.At.Add(time.Hour)) {
		t.Errorf("after 30000 hours the wall shows %v", got)
	}
	for name, setting := range map[string]string{
		"no JSON": "fast", "no instant": `{"factor":10}`, "a slow clock": strings.Replace(fast, "30000", "0.5", 1),
		"an unknown field": strings.Replace(fast, "factor", "speed", 1),
	} {
		if _, err := stage.Parse(setting); err == nil || !strings.Contains(err.Error(), "for example LONGSTOP_DEMO_CLOCK=") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCaseTimeIsTheWallsUnlessADemonstrationSaysOtherwise(t *testing.T) {
	t.Parallel()
	wake := time.Date(2027, time.February, 16, 9, 0, 0, 0, time.UTC)
	clock, err := stage.CaseClock(t.Context(), "", nil, pathway.Namespace, "")
	if err != nil || !clock.Wall(wake).Equal(casetime.Real().Wall(wake)) {
		t.Errorf("%v, %v", clock, err)
	}
}

func TestAFastClockIsRefusedWhereAnythingIsNotMadeForIt(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	options := client.Options{HostPort: stack.Temporal, Logger: temporal.NewLogger(zerolog.Nop())}
	if err := stage.MakeNamespace(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if err := stage.MakeNamespace(t.Context(), options); err != nil {
		t.Fatalf("a second time: %v", err)
	}
	cases := []struct {
		name, namespace, database, want string
	}{
		{"all is made for it", stage.Namespace, demoDatabase, ""},
		{"the service's namespace", pathway.Namespace, demoDatabase, "it needs the namespace longstop-demo"},
		{"the service's database", stage.Namespace, "postgres://longstop@localhost/longstop", "whose name ends in _demo"},
		{"a database named after the question mark", stage.Namespace, demoDatabase + "?dbname=longstop", "whose name ends in _demo"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := stage.CaseClock(t.Context(), fast, stack.Client(t, tc.namespace), tc.namespace, tc.database)
			switch {
			case tc.want == "" && err != nil:
				t.Error(err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("%v", err)
			}
		})
	}
}
