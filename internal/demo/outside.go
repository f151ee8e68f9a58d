package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"longstop/english"
	"longstop/outwards"
	"longstop/service"
)

// receiver stands for a system of the council's that is told of changes by a webhook. It keeps each message as a line of a
// file, and answers that it has. Unlike a real one it does not check who sent it: it listens on this machine alone, and ends
// with the demonstration.
type receiver struct {
	server  *http.Server
	address string
	file    string

	mu    sync.Mutex
	seen  map[string]bool // ids of messages: one may come twice
	kinds map[string]int  // how many of each type of event
}

func (s *show) startReceiver(ctx context.Context) (*receiver, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("a system that is told of changes: %w", err)
	}
	r := &receiver{
		address: "http://" + listener.Addr().String() + "/longstop", file: s.file("told-outside.jsonl"), seen: map[string]bool{}, kinds: map[string]int{},
	}
	if err := os.WriteFile(r.file, nil, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := r.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.Log.Error().Err(err).Msg("the system that is told of changes has stopped: what it is to be told waits")
		}
	}()
	return r, nil
}

// ServeHTTP keeps a message that it does not have yet.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	const most = 64 << 10
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, most))
	var event struct{ ID, Type string }
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		http.Error(w, "not an event", http.StatusBadRequest)
		return
	}
	if err := r.keep(event.ID, event.Type, body); err != nil {
		http.Error(w, "the event could not be kept", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) keep(id, kind string, body []byte) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[id] {
		return nil
	}
	f, err := os.OpenFile(r.file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(append(bytes.TrimSpace(body), '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		r.seen[id] = true
		r.kinds[kind]++
	}
	return err
}

// told says how many messages came, by kind: "9 messages: 4 opened, 3 met, 2 overdue".
func (r *receiver) told() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var parts []string
	for _, kind := range slices.SortedFunc(maps.Keys(r.kinds), func(a, b string) int { return r.kinds[b] - r.kinds[a] }) {
		words := strings.ReplaceAll(kind[strings.LastIndex(kind, ".")+1:], "_", " ")
		parts = append(parts, fmt.Sprintf("%d %s", r.kinds[kind], words))
	}
	return english.CountOf(len(r.seen), "message", "messages") + ": " + strings.Join(parts, ", ")
}

// webhookKeys makes the file from which the secrets of the stories' webhook are derived, new in each demonstration as
// their record is.
func (s *show) webhookKeys() (file string, keys *outwards.Keys, err error) {
	key := make([]byte, 32)
	rand.Read(key) // it never fails
	text := "demonstration " + base64.StdEncoding.EncodeToString(key) + "\n"
	file = s.file("webhook-keys")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", nil, fmt.Errorf("the keys of the demonstration's webhook: %w", err)
	}
	keys, err = outwards.ParseKeys(text)
	return file, keys, err
}

// tellOutside has a system of the council's told of what changes in the stories.
func (s *show) tellOutside(ctx context.Context, keys *outwards.Keys) (err error) {
	if s.receiver, err = s.startReceiver(ctx); err != nil {
		return err
	}
	_, err = service.New(s.story.record, nil, s).AddWebhook(ctx, service.NewWebhook{
		Name: "a council's dashboard", URL: s.receiver.address, Owner: "the demonstration",
	}, service.Outside{Keys: keys, Now: s.Now})
	return err
}

// sayOutside prints what a system outside was told of the stories, and what asks for the same.
func (s *show) sayOutside() {
	if s.receiver == nil {
		return
	}
	s.say("\nA system of the council's was told, by a signed webhook, of what changed on the fast clock\n  %s\n  They are kept in %s\n",
		s.receiver.told(), s.receiver.file)
	s.say("\nAsk what changed in the record, as such a system does from its last cursor\n  curl --header \"Authorization: Bearer $(cat %s)\" '%s/v1/changes?after=0&limit=5'\n",
		s.door.file, s.door.address)
}
