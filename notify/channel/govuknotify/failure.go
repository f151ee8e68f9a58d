package govuknotify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"longstop/notify"
)

// The errors that Notify names. Its messages change; these and the status do not.
const (
	validationError      = "ValidationError"
	invalidPhoneError    = "InvalidPhoneError"
	invalidEmailError    = "InvalidEmailError"
	tooManyRequestsError = "TooManyRequestsError"
)

// soon is how long nothing is sent after too many requests in a minute: Notify names no time.
const soon = 10 * time.Second

// explain turns an answer other than a success, or no answer, into what the caller may see. It is a
// *notify.PermanentError where the recipient was refused for good, a *notify.TemporaryError
// otherwise.
func (c *Channel) explain(notice string, r result) error {
	if r.refusesRecipient() && notice != "" {
		return &notify.PermanentError{Notice: notice, Channel: c.Name(), Reason: r.code()}
	}
	t := &notify.TemporaryError{Notice: notice, Channel: c.Name(), Side: notify.Service, NotDelivered: true}
	advice := ""
	switch {
	case r.err != nil:
		t.NotDelivered, t.Everybody = r.unsent, true
		if errors.Is(r.err, context.Canceled) {
			t.Side = notify.Unknown // whoever sends has given up: nothing is known of Notify
		}
		advice = "; may this machine reach " + c.cfg.URL + "?"
		if !r.unsent {
			advice = "; it is not known whether it was taken: Notify is asked before it is sent again"
		}
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		t.Side, t.Alarm, t.Everybody = notify.Account, true, true
		advice = "; is the key in " + envKey + " revoked, and is this machine's clock right to 30 seconds?"
	case r.status == http.StatusTooManyRequests && slices.Contains(r.kinds, tooManyRequestsError):
		t.Side, t.Alarm, t.Everybody = notify.Account, true, true
		t.RetryAfter = untilTomorrow(c.cfg.Now())
		advice = "; the day's limit of this service at Notify is reached: it ends at midnight UTC, and Notify can raise it"
	case r.status == http.StatusTooManyRequests:
		t.Everybody, t.RetryAfter = true, soon
	case r.status == http.StatusBadRequest:
		t.Side, t.Alarm = notify.Account, true
		advice = "; Notify refuses the request, not the recipient: is " + templateSetting(c.kind) + " right, and is the service live and the key not one for the team only?"
	case r.status >= 500:
		t.Everybody, t.NotDelivered = true, false
		advice = "; it is not known whether it was taken: Notify is asked before it is sent again"
	case r.status < 300:
		t.Everybody, t.NotDelivered = true, false
		advice = "; is " + envURL + " the address of Notify?"
	default:
		t.Side, t.Alarm, t.Everybody = notify.Account, true, true
		advice = "; is " + envURL + " the address of Notify?"
	}
	cause := r.err
	if cause == nil {
		cause = errors.New(r.code())
	}
	t.Err = fmt.Errorf("GOV.UK Notify: %w%s", cause, advice)
	return t
}

// refusesRecipient reports whether the address or number was refused. Everything else in a request
// that Notify validates was checked when the settings were read.
func (r result) refusesRecipient() bool {
	return r.err == nil && r.status == http.StatusBadRequest && slices.ContainsFunc(r.kinds, func(kind string) bool {
		return kind == validationError || kind == invalidPhoneError || kind == invalidEmailError
	})
}

// code is the answer without Notify's words, which may repeat the request.
func (r result) code() string {
	code := fmt.Sprint(r.status)
	for _, kind := range r.kinds {
		if isWord(kind) {
			code += " " + kind
		}
	}
	return code
}

func isWord(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// untilTomorrow is how long it is to a minute after midnight UTC.
func untilTomorrow(now time.Time) time.Duration {
	now = now.UTC()
	return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 1, 0, 0, time.UTC).Sub(now)
}
