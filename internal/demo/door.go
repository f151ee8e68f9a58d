package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"longstop/access"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/service"
	"longstop/store"
	"longstop/timescale"
)

// door is the API to one record, with a key of the demonstration's own.
type door struct {
	address string
	key     string
	file    string // where the key lies
}

// openRealDoor starts the API to the record of real time.
func (s *show) openRealDoor(ctx context.Context) error {
	record, err := s.openRecord(ctx, store.Options{URL: s.Database, Clock: casetime.Real(), Actor: store.ThisProcess("demo")})
	if err != nil {
		return err
	}
	defer record.Close()
	s.door, err = s.openDoor(ctx, record, "")
	return err
}

// openDoor starts the API to a record, and has a key for it.
func (s *show) openDoor(ctx context.Context, record *store.Store, suffix string, settings ...string) (*door, error) {
	name := strings.TrimSuffix("web-"+suffix, "-")
	d := &door{file: s.file(strings.TrimSuffix("key-"+suffix, "-"))}
	if err := d.findKey(ctx, service.New(record, nil, s)); err != nil {
		return nil, err
	}
	var err error
	d.address, err = s.startWeb(ctx, name, settings...)
	return d, err
}

// findKey takes the key of an earlier demonstration, where it is still good, or makes one.
func (d *door) findKey(ctx context.Context, uses *service.Service) error {
	kept, err := os.ReadFile(d.file)
	switch {
	case err == nil:
		caller, err := uses.Authenticate(ctx, strings.TrimSpace(string(kept)))
		if err == nil && caller.May(access.Changes) { // an earlier release's may not
			d.key = strings.TrimSpace(string(kept))
			return nil
		}
		if err != nil && !errors.Is(err, access.ErrUnknownKey) {
			return fmt.Errorf("looking up the demonstration's key: %w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the demonstration's key: %w", err)
	}
	made, err := uses.CreateKey(ctx, service.NewKey{
		Name: "the demonstration's case system", Owner: "the demonstration", Environment: "demo", Source: sourceOfStories,
		May: []string{string(access.Record), string(access.People), string(access.Read), string(access.Law), string(access.Acknowledge), string(access.Changes)},
	})
	if err != nil {
		return fmt.Errorf("making a key for the demonstration: %w", err)
	}
	d.key = made.Secret
	return os.WriteFile(d.file, []byte(d.key+"\n"), 0o600)
}

// Warn is for use cases: what they warn of is shown.
func (s *show) Warn(text string) { s.say("  warning: %s\n", text) }

// Begin is for use cases: how far they have come is not shown.
func (s *show) Begin(string, int) service.Progress { return unseen{} }

type unseen struct{}

// Add does nothing.
func (unseen) Add(int) {}

// Set does nothing.
func (unseen) Set(int, int) {}

// End does nothing.
func (unseen) End() {}

// cloudEvent is an event as a case system pushes it.
func cloudEvent(e *casework.Event) map[string]any {
	pushed := map[string]any{"specversion": "1.0", "id": e.ID, "source": sourceOfStories, "type": e.Type, "data": e.Data}
	for name, text := range map[string]string{"subject": e.Case, "episode": e.Episode, "corrects": e.Corrects, "voids": e.Voids, "by": e.By} {
		if text != "" {
			pushed[name] = text
		}
	}
	if e.Data == nil {
		pushed["data"] = casework.Data{}
	}
	if e.At.DayOnly() {
		pushed["at"] = e.At.Day.String()
	} else {
		pushed["time"] = e.At.Instant.Format(time.RFC3339)
	}
	return pushed
}

// push hands in an event, and returns why it was not taken.
func (d *door) push(ctx context.Context, e *casework.Event) error {
	body, err := json.Marshal(cloudEvent(e))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.address+"/v1/events", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.key)
	request.Header.Set("Content-Type", "application/cloudevents+json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("pushing an event to the API: %w", err)
	}
	text, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("pushing an event to the API: %w", err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("a story's %s was not accepted: %s: %s", e.Type, answer.Status, text)
	}
	return nil
}

// sayPush prints what would record that the thing was done which a case waits for.
func (s *show) sayPush(pack *timescale.Pack, of *store.DutyRow) {
	t := pack.Timescale(of.Ref)
	if t == nil || len(t.MetBy) == 0 {
		return
	}
	done := casework.Event{
		ID: "by-hand-1", Case: of.Case, Type: t.MetBy[0].Event, At: casework.OnDay(s.Day), Data: dataOf(t.MetBy[0].Where),
	}
	body, err := json.Marshal(cloudEvent(&done))
	if err != nil {
		return
	}
	s.say("\nPush what happened, as a case system does (%s/docs)\n", s.door.address)
	s.say("  curl --header \"Authorization: Bearer $(cat %s)\" --header 'Content-Type: application/cloudevents+json' \\\n    --data '%s' \\\n    %s/v1/events\n",
		s.door.file, body, s.door.address)
}

// dataOf returns data by which an event is one that a timescale asks for.
func dataOf(where []timescale.Test) casework.Data {
	data := casework.Data{}
	for _, test := range where {
		switch {
		case test.Flag != nil:
			data[test.Field] = *test.Flag
		case len(test.Words) > 0:
			data[test.Field] = test.Words[0]
		}
	}
	return data
}
