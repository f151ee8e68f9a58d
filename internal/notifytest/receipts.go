package notifytest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// tries is how often a receipt is sent: once, and five times more, 300 seconds apart.
const tries = 6

// receipts are what waits to be sent to the service's callback.
type receipts struct {
	url, token string
	waiting    []*receipt
}

type receipt struct {
	body  []byte
	tries int
}

// CallBack sets where receipts go, and the token that they show.
func (s *Server) CallBack(url, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receipts.url, s.receipts.token = url, token
}

// The recipients whose messages fail with a TestKey.
var simulated = map[string]string{
	"temp-fail@simulator.notify": "temporary-failure", "07700900003": "temporary-failure",
	"perm-fail@simulator.notify": "permanent-failure", "07700900002": "permanent-failure",
}

// queueReceipt ends a message of a TestKey at once, as Notify simulates it. s.mu is held.
func (s *Server) queueReceipt(n *Notification) {
	if n.Key != TestKey {
		return
	}
	status := simulated[n.To]
	if status == "" {
		status = "delivered"
	}
	s.end(n, status)
}

// End gives a message its last status, and queues the receipt.
func (s *Server) End(id, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.stored {
		if n.ID == id {
			s.end(n, status)
		}
	}
}

// end is End. s.mu is held.
func (s *Server) end(n *Notification, status string) {
	at := s.now()
	n.Status, n.SentAt, n.CompletedAt = status, &at, &at
	//nolint:errcheck,errchkjson // strings and a number
	body, _ := json.Marshal(map[string]any{
		"id": n.ID, "reference": orNull(n.Reference), "to": n.To, "status": status, "created_at": stamp(n.CreatedAt), "completed_at": stamp(at),
		"sent_at": stamp(at), "notification_type": n.Type, "template_id": n.TemplateID, "template_version": 1,
	})
	s.receipts.waiting = append(s.receipts.waiting, &receipt{body: body})
}

// Redeliver queues all receipts of the past once more: Notify sends each at least once.
func (s *Server) Redeliver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range slices.Backward(slices.Clone(s.stored)) {
		if n.CompletedAt != nil {
			s.end(n, n.Status)
		}
	}
}

// SendReceipts sends each receipt that waits once, and returns how many wait for the next round,
// which Notify begins 300 seconds later. After an answer of 429 or 500 and more, or none, a receipt
// is sent again; after any other it is not.
func (s *Server) SendReceipts(ctx context.Context) (waiting int, err error) {
	s.mu.Lock()
	round, url, token := s.receipts.waiting, s.receipts.url, s.receipts.token
	s.receipts.waiting = nil
	s.mu.Unlock()
	var again []*receipt
	for _, r := range round {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(r.body))
		if err != nil {
			return 0, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		r.tries++
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			res.Body.Close() //nolint:errcheck // the status is all that counts
		}
		if (err != nil || res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500) && r.tries < tries {
			again = append(again, r)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receipts.waiting = append(again, s.receipts.waiting...)
	return len(s.receipts.waiting), nil
}
