package endtoend_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// notReady says what a program lacks on /readyz with a query; "" where it is ready.
func notReady(t testing.TB, p *process, query string) string {
	t.Helper()
	if status, said := readiness(t, p, query); status != http.StatusOK {
		return fmt.Sprintf("/readyz says %d %s", status, said)
	}
	return ""
}

// readiness is what a program says of itself on /readyz; 0 and why not where it says nothing. Where it answers stands in
// its log, since the port is any free one.
func readiness(t testing.TB, p *process, query string) (status int, said string) {
	t.Helper()
	address := logged(p, "health")
	if address == "" {
		return 0, "its log does not say where it answers"
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/readyz"+query, http.NoBody)
	if err != nil {
		return 0, err.Error()
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, strings.TrimSpace(string(body))
}

// logged is the first text that a program has logged in a field; "" where it has not yet.
func logged(p *process, field string) string {
	_, rest, found := strings.Cut(text(p.log), `"`+field+`":"`)
	value, _, whole := strings.Cut(rest, `"`)
	if !found || !whole {
		return ""
	}
	return value
}
