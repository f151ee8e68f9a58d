package server_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/internal/casetime"
	"longstop/web/server"
)

type entered struct{}

func TestAnOperationRunsInTheContextThatItsCallerEntersAndADenialIsNotedThere(t *testing.T) {
	t.Parallel()
	var ran, denied []any
	s := server.New(server.Options{
		Authenticator: callers, Log: zerolog.Nop(), Now: casetime.WallNow, Build: "test",
		Enter: func(ctx context.Context, c access.Caller, a access.Action, request string) context.Context {
			return context.WithValue(ctx, entered{}, []any{c.Key, a, request})
		},
		Denied: func(ctx context.Context) error {
			denied, _ = ctx.Value(entered{}).([]any)
			return nil
		},
	})
	server.Register(s, server.Operation{ID: "a", Method: "GET", Path: "/v1/a", Summary: "A", Action: access.Law}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		ran, _ = ctx.Value(entered{}).([]any)
		return nil, nil
	})
	h := s.Handler()
	answer := ask(t, h, request("GET", "/v1/a", "reader", ""))
	if want := []any{"k1", access.Law, answer.Header.Get("X-Request-Id")}; !slices.Equal(ran, want) || denied != nil {
		t.Errorf("it ran as %v, not %v; %v was denied", ran, want, denied)
	}
	ran = nil
	answer = ask(t, h, request("GET", "/v1/a", "records", ""))
	if want := []any{"k2", access.Law, answer.Header.Get("X-Request-Id")}; !slices.Equal(denied, want) || ran != nil || answer.StatusCode != 403 {
		t.Errorf("%d: %v was denied, not %v; %v ran", answer.StatusCode, denied, want, ran)
	}
}

func TestAnOperationWhoseTimeIsUpCanBeAskedAgain(t *testing.T) {
	t.Parallel()
	s := newServer(io.Discard)
	server.Register(s, server.Operation{
		ID: "a", Method: "GET", Path: "/v1/a", Summary: "A", Action: access.Law, Within: time.Millisecond,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	answer := ask(t, s.Handler(), request("GET", "/v1/a", "reader", ""))
	if answer.StatusCode != 503 || answer.Header.Get("Retry-After") != "5" || answer.problem.Type != "/problems/unavailable" {
		t.Errorf("%d %s", answer.StatusCode, answer.text)
	}
}

// A client that got a part of an answer must not take it for the whole.
func TestAnAnswerThatPanicsHalfWayIsBrokenOff(t *testing.T) {
	t.Parallel()
	s := newServer(io.Discard)
	type streamed struct{ Body func(huma.Context) }
	server.Register(s, server.Operation{ID: "a", Method: "GET", Path: "/v1/a", Summary: "A", Action: access.Law}, func(context.Context, *struct{}) (*streamed, error) {
		return &streamed{func(ctx huma.Context) {
			if _, err := io.WriteString(ctx.BodyWriter(), "half"); err != nil {
				t.Error(err)
			}
			panic("the rest cannot be read")
		}}, nil
	})
	served := httptest.NewServer(s.Handler())
	t.Cleanup(served.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, served.URL+"/v1/a", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer reader")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return // nothing of it was sent
	}
	text, err := io.ReadAll(answer.Body)
	if closeErr := answer.Body.Close(); err == nil || closeErr != nil {
		t.Errorf("it read %q as a whole answer, %v", text, closeErr)
	}
}

// What an answer shares with others, such as the law in force, is not changed by writing it.
func TestWritingAnAnswerChangesNothingThatOthersHold(t *testing.T) {
	t.Parallel()
	type row struct {
		Names []string          `json:"names"`
		By    map[string][]int  `json:"by"`
		Next  *row              `json:"next"`
		Any   any               `json:"any"`
		Left  []string          `json:"left,omitempty"`
		Raw   map[string]string `json:"-"`
	}
	shared := []row{{By: map[string][]int{"a": nil}, Next: &row{}, Any: []string(nil)}}
	s := newServer(io.Discard)
	server.Register(s, server.Operation{ID: "a", Method: "GET", Path: "/v1/a", Summary: "A", Action: access.Law}, func(context.Context, *struct{}) (*struct{ Body []row }, error) {
		return &struct{ Body []row }{shared}, nil
	})
	h := s.Handler()
	for range 2 {
		const want = `[{"names":[],"by":{"a":[]},"next":{"names":[],"by":null,"next":null,"any":null},"any":[]}]` + "\n"
		if answer := ask(t, h, request("GET", "/v1/a", "reader", "")); answer.text != want {
			t.Errorf("%s", answer.text)
		}
	}
	if shared[0].Names != nil || shared[0].By["a"] != nil || shared[0].Next.Names != nil {
		t.Errorf("%+v", shared[0])
	}
}
