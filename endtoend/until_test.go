package endtoend_test

import (
	"testing"
	"time"
)

// soon is how long anything may take that should take seconds: the tests may share two
// cores with a compiler.
const soon = 4 * time.Minute

// until asks again and again until there is nothing that is missing ("").
func until(t testing.TB, what string, missing func() string) {
	t.Helper()
	late := time.NewTimer(soon)
	defer late.Stop()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		last := missing()
		if last == "" {
			return
		}
		select {
		case <-late.C:
			t.Fatalf("%s: not within %s: %s", what, soon, last)
		case <-t.Context().Done():
			t.Fatalf("%s: the test is over: %s", what, last)
		case <-ticker.C:
		}
	}
}

// reached waits until a channel is closed.
func reached(t testing.TB, what string, signal <-chan struct{}) {
	t.Helper()
	late := time.NewTimer(soon)
	defer late.Stop()
	select {
	case <-signal:
	case <-late.C:
		t.Fatalf("%s: not within %s", what, soon)
	}
}
