package endtoend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"longstop/admission"
	"longstop/api"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
)

// place is where the API answers just now.
type place struct {
	mu      sync.Mutex
	address string
}

func (p *place) set(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.address = address
}

func (p *place) get() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.address
}

// system is a case system that pushes events over one connection: what it is not told is taken it sends again.
type system struct {
	at          *place
	source, key string
	number      int // among those of its source, from 0
	client      *http.Client
	now         time.Time // before which everything happened

	made   int    // visits so far
	opened int    // cases so far
	left   int    // events that the last of these is still to get
	last   string // the id of its last visit
	taken  []casework.Event

	answered, created, events, known, unanswered, unavailable, tooMany atomic.Int64

	pulse *pulse
}

// pulse measures the longest time in which no request of any system was answered 2xx.
type pulse struct {
	mu      sync.Mutex
	last    time.Time // 2xx; zero before the first
	longest time.Duration
}

func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := casetime.WallNow()
	if !p.last.IsZero() {
		p.longest = max(p.longest, now.Sub(p.last))
	}
	p.last = now
}

// take returns the longest time, and begins again.
func (p *pulse) take() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	longest := p.longest
	p.longest = 0
	return longest
}

func newSystem(at *place, heard *pulse, source, key string, number int) *system {
	const patience = time.Minute
	return &system{
		at: at, pulse: heard, source: source, key: key, number: number, now: casetimetest.Now().Add(-time.Minute),
		client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 1}},
	}
}

func (s *system) String() string { return fmt.Sprintf("%s, connection %d", s.source, s.number+1) }

// figures are what systems were told.
type figures struct {
	pushes, created                  int64 // requests answered 2xx, those of them that were answered 201
	taken, known                     int64 // events in them, those of them that were known
	unanswered, unavailable, tooMany int64 // requests that were sent again, by why
}

func (s *system) told() figures {
	return figures{s.answered.Load(), s.created.Load(), s.events.Load(), s.known.Load(), s.unanswered.Load(), s.unavailable.Load(), s.tooMany.Load()}
}

func (f *figures) add(other figures) {
	f.pushes += other.pushes
	f.created += other.created
	f.taken += other.taken
	f.known += other.known
	f.unanswered += other.unanswered
	f.unavailable += other.unavailable
	f.tooMany += other.tooMany
}

func (f figures) String() string {
	return fmt.Sprintf("%d events taken, %d of them known; requests: 201 %d, 200 %d, 429 %d, 503 %d, no answer %d",
		f.taken, f.known, f.created, f.pushes-f.created, f.tooMany, f.unavailable, f.unanswered)
}

// mode is how CloudEvents are put into a request.
type mode int

const (
	structured mode = iota // one, as the body
	binary                 // one, in headers
	batched                // a list
)

// handIn is a request in the making.
type handIn struct {
	mode   mode
	events []casework.Event
}

const (
	atATime = 8  // events in a batch
	ofACase = 80 // events of a case, before the next
)

// sharedCase is the reference of the case about which every system of a source pushes.
const sharedCase = "SHARED"

// push pushes until stop is closed, and returns once everything that it sent is taken; or an answer that it must not
// be given.
func (s *system) push(ctx context.Context, stop <-chan struct{}) error {
	next := handIn{batched, []casework.Event{onAPlan(sharedCase, "shared-plan"), s.next()}}
	for n := 0; ; n++ {
		if err := s.handIn(ctx, next); err != nil {
			return err
		}
		select {
		case <-stop:
			return nil
		default:
		}
		next = handIn{mode(n % 3), []casework.Event{s.next()}}
		if next.mode == batched {
			for len(next.events) < atATime-1 {
				next.events = append(next.events, s.next())
			}
			next.events = append(next.events, s.visit(sharedCase))
		}
	}
}

// onAPlan is a child on a protection plan since eight days ago.
func onAPlan(ref, id string) casework.Event {
	return casework.Event{ID: id, Case: ref, Type: "cp_plan.started", At: daysAgo(8), Data: casework.Data{"category": "neglect"}}
}

// next is the next event of this system's own cases: a plan, then visits, each tenth of which puts the one before right.
func (s *system) next() casework.Event {
	const tenth = 10
	if s.left == 0 {
		s.opened, s.left = s.opened+1, ofACase-1
		return onAPlan(s.ownCase(), fmt.Sprintf("%d-plan-%d", s.number+1, s.opened))
	}
	before := s.last
	e := s.visit(s.ownCase())
	s.last = e.ID
	if s.left%tenth == 0 && s.left < ofACase-tenth {
		e.Corrects, e.Data = before, casework.Data{"seen": true, "seen_alone": true}
	}
	s.left--
	return e
}

// ownCase is the reference of the case that is its turn. Other sources have the same, and the same ids.
func (s *system) ownCase() string { return fmt.Sprintf("CHILD-%d-%d", s.number+1, s.opened) }

// visit is a visit to a child at a second of its own.
func (s *system) visit(ref string) casework.Event {
	s.made++
	at := s.now.Add(-time.Duration(s.made) * time.Second)
	return casework.Event{ID: fmt.Sprintf("%d-%06d", s.number+1, s.made), Case: ref, Type: "cp_visit.made", At: casework.AtInstant(at), Data: casework.Data{"seen": true}}
}

// handIn sends a request again and again until it is answered 2xx.
func (s *system) handIn(ctx context.Context, h handIn) error {
	const pause = 100 * time.Millisecond // shorter than Retry-After: what is killed must bear that
	again := time.NewTicker(pause)
	defer again.Stop()
	for {
		answer, err := s.send(ctx, h)
		switch {
		case err != nil:
			s.unanswered.Add(1)
		case answer.status == http.StatusServiceUnavailable:
			s.unavailable.Add(1)
		case answer.status == http.StatusTooManyRequests:
			s.tooMany.Add(1)
		case answer.taken(h):
			s.taken = append(s.taken, h.events...)
			s.events.Add(int64(len(h.events)))
			s.known.Add(int64(answer.known))
			if answer.status == http.StatusCreated {
				s.created.Add(1)
			}
			s.answered.Add(1)
			s.pulse.beat()
			return nil
		default:
			return fmt.Errorf("%d events were answered %s", len(h.events), answer)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}

// answer is what a push was answered.
type answer struct {
	status       int
	items, known int // events that the record holds; those of them that it held
	text         string
}

func (a answer) String() string { return fmt.Sprintf("%d: %s", a.status, a.text) }

// taken reports whether a request is answered as one that is taken whole must be.
func (a answer) taken(h handIn) bool {
	want := http.StatusOK
	if h.mode != batched && a.known == 0 {
		want = http.StatusCreated
	}
	return a.status == want && a.items == len(h.events)
}

// send sends a request once. An answer that breaks off counts as no answer.
func (s *system) send(ctx context.Context, h handIn) (answer, error) {
	request, err := s.request(ctx, h)
	if err != nil {
		return answer{}, err
	}
	got, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: got.StatusCode, text: string(body)}
	var pushed api.Pushed
	if err := json.Unmarshal(body, &pushed); err != nil {
		return a, fmt.Errorf("%s: %w", a, err)
	}
	for i := range pushed.Items {
		if pushed.Items[i].Taken() {
			a.items++
		}
		if pushed.Items[i].Outcome == admission.Known {
			a.known++
		}
	}
	return a, nil
}

// request writes a request as any library of CloudEvents does.
func (s *system) request(ctx context.Context, h handIn) (*http.Request, error) {
	var body any
	header := http.Header{"Authorization": {"Bearer " + s.key}}
	switch h.mode {
	case structured:
		header.Set("Content-Type", "application/cloudevents+json")
		body = s.object(&h.events[0])
	case binary:
		header.Set("Content-Type", "application/json")
		for name, value := range s.attributes(&h.events[0]) {
			header.Set("ce-"+name, value)
		}
		body = h.events[0].Data
	case batched:
		header.Set("Content-Type", "application/cloudevents-batch+json")
		list := make([]map[string]any, len(h.events))
		for i := range h.events {
			list[i] = s.object(&h.events[i])
		}
		body = list
	}
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.at.get()+"/v1/events", bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header = header
	return request, nil
}

// object is an event as JSON has it.
func (s *system) object(e *casework.Event) map[string]any {
	o := map[string]any{"data": e.Data}
	for name, value := range s.attributes(e) {
		o[name] = value
	}
	return o
}

// attributes are those that say what an event is, but for its data.
func (s *system) attributes(e *casework.Event) map[string]string {
	a := map[string]string{"specversion": "1.0", "id": e.ID, "source": s.source, "type": e.Type, "subject": e.Case}
	if e.At.DayOnly() {
		a["at"] = e.At.String()
	} else {
		a["time"] = e.At.Instant.Format(time.RFC3339)
	}
	if e.Corrects != "" {
		a["corrects"] = e.Corrects
	}
	return a
}
