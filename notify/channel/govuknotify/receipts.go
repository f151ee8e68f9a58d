package govuknotify

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"longstop/notify"
	"longstop/notify/setting"
)

// outcomeOf is a status of Notify's as what became of the message. created, sending and pending are
// on their way.
func outcomeOf(status string) notify.Outcome {
	switch status {
	case "delivered", "sent": // sent: a text message abroad, of which no more is heard
		return notify.Delivered
	case "permanent-failure":
		return notify.FailedForGood
	case "temporary-failure", "technical-failure", "failed":
		return notify.FailedForNow
	}
	return notify.Delayed
}

// isFinal reports whether Notify says nothing more of a message in this state.
func isFinal(status string) bool { return outcomeOf(status) != notify.Delayed }

// report returns what Notify says of a message; ok is false where the message is not Longstop's, or
// Notify has no such status.
func report(reference, status, kind string) (r notify.Report, ok bool) {
	notice, attempt, ok := attemptOf(reference)
	if !ok || !isStatus(status) {
		return notify.Report{}, false
	}
	channel := "govuknotify"
	if kind == string(SMS) {
		channel = "sms"
	}
	return notify.Report{Delivery: notice, Attempt: attempt, Channel: channel, Outcome: outcomeOf(status), Reason: status}, true
}

func isStatus(s string) bool {
	switch s {
	case "created", "sending", "pending", "sent", "delivered", "permanent-failure", "temporary-failure", "technical-failure", "failed":
		return true
	}
	return false
}

// mostReceipt is more than a receipt ever has.
const mostReceipt = 64 << 10

// takeWithin is less than the five seconds that Notify waits.
const takeWithin = 4 * time.Second

// Receipts returns the handler that takes Notify's receipts, which show a token. It answers so that
// Notify sends again what could not be kept, and nothing else: 204 for what is kept and for what is
// not Longstop's, 503 while it cannot be kept. Notify gives a receipt up after any other answer, so
// those are for requests that are not Notify's.
func Receipts(token setting.Secret, taker notify.Taker, log zerolog.Logger) http.Handler {
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(shown))
		switch {
		case token == "" || !is || subtle.ConstantTimeCompare(got[:], want[:]) != 1:
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method != http.MethodPost:
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			w.WriteHeader(takeReceipt(r, http.MaxBytesReader(w, r.Body, mostReceipt), taker, log))
		}
	})
}

// takeReceipt hands one receipt on, and returns the status to answer with.
func takeReceipt(r *http.Request, body interface{ Read([]byte) (int, error) }, taker notify.Taker, log zerolog.Logger) int {
	ctx, cancel := context.WithTimeout(r.Context(), takeWithin)
	defer cancel()
	var receipt struct {
		Reference string `json:"reference"`
		Status    string `json:"status"`
		Type      string `json:"notification_type"`
	}
	// The error would quote the body, which names a person.
	if json.NewDecoder(body).Decode(&receipt) != nil {
		log.Warn().Msg("what was sent as a receipt of Notify's is not one")
		return http.StatusBadRequest
	}
	reported, ours := report(receipt.Reference, receipt.Status, receipt.Type)
	if !ours {
		return http.StatusNoContent // of another program of the same service
	}
	switch err := taker.Take(ctx, reported); {
	case err == nil, errors.Is(err, notify.ErrUnknown):
		return http.StatusNoContent
	default:
		log.Warn().Err(err).Str("notice", reported.Delivery).Msg("a receipt of Notify's could not be kept: Notify is asked to send it again")
		return http.StatusServiceUnavailable
	}
}

// Awaited is an attempt that no report has come about.
type Awaited struct {
	Notice  string
	Attempt int
}

// Ask asks Notify what became of attempts for which no receipt has come, and hands on what it
// answers. It ends at the first failure, of Notify or of the record, and returns how many attempts
// have ended; the rest is asked for the next time. What Notify no longer knows, after a week as a rule, is
// reported as failed for now with the reason "unknown": nobody will ever say that it arrived.
func (c *Channel) Ask(ctx context.Context, awaited []Awaited, taker notify.Taker) (ended int, err error) {
	for _, a := range awaited {
		found, has, res := c.client.find(ctx, reference(a.Notice, a.Attempt))
		if res.err != nil || res.status != http.StatusOK {
			return ended, c.explain(a.Notice, res)
		}
		r := notify.Report{Delivery: a.Notice, Attempt: a.Attempt, Channel: c.Name(), Outcome: notify.FailedForNow, Reason: "unknown"}
		if has {
			if !isFinal(found.Status) || !isStatus(found.Status) {
				continue
			}
			r.Outcome, r.Reason = outcomeOf(found.Status), found.Status
		}
		switch err := taker.Take(ctx, r); {
		case err == nil, errors.Is(err, notify.ErrUnknown):
			ended++
		case errors.Is(err, notify.ErrNotYet): // the next time
		default:
			return ended, err
		}
	}
	return ended, nil
}
