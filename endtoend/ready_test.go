package endtoend_test

import (
	"net/http"
	"strings"
	"testing"
)

// notReady says what a worker lacks; "" where it is ready, or would be with a mail server. Where it answers stands in its
// log, since the port is any free one.
func notReady(t testing.TB, p *process) string {
	t.Helper()
	_, rest, found := strings.Cut(text(p.log), `"health":"`)
	address, _, whole := strings.Cut(rest, `"`)
	if !found || !whole {
		return "its log does not say where it answers"
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/readyz?exclude=notices", http.NoBody)
	if err != nil {
		return err.Error()
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "it says " + answer.Status
	}
	return ""
}
