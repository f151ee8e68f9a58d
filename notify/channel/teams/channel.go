// Package teams is the channel that posts notices to a channel of Microsoft Teams, by the webhook of
// a Power Automate workflow.
//
// The far side says only that it has accepted a card: whether the flow then posts it, nobody learns.
// A receipt therefore says "handed over", and Teams is never to be the only way by which somebody
// is told of an escalation. Everybody in the channel reads the card, so it holds no names.
package teams

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"longstop/notify"
)

// The limits that the connectors before workflows had; for workflows none are published.
const (
	every = 36 * time.Second // a hundred an hour
	burst = 30
)

// mostWait bounds what is believed of a Retry-After.
const mostWait = 30 * time.Minute

// Channel posts cards to one channel of Teams. It is safe for concurrent use.
type Channel struct {
	cfg  Config
	http *http.Client
	pace *rate.Limiter
}

var _ notify.Channel = (*Channel)(nil)

// New makes the channel. It does not connect. The error is a *setting.Error.
func New(cfg Config) (*Channel, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Channel{
		cfg: cfg, pace: rate.NewLimiter(rate.Every(every), burst),
		http: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true},
			// A redirect would take the card to a host that nobody has allowed.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Name is "teams".
func (*Channel) Name() string { return "teams" }

// Send hands one card over. It does not wait when too many cards have gone: the error says for how
// long none may go. Every error is a *notify.TemporaryError: there is no recipient to refuse. None
// holds the address of the webhook, which is a secret.
func (c *Channel) Send(ctx context.Context, m notify.Message) (receipt string, err error) {
	if err := ctx.Err(); err != nil {
		return "", &notify.TemporaryError{Notice: m.Notice, Channel: c.Name(), Err: err, NotDelivered: true}
	}
	body, err := compose(m, c.cfg.Envelope)
	if err != nil {
		return "", &notify.TemporaryError{Notice: m.Notice, Channel: c.Name(), Err: err, Alarm: true, NotDelivered: true}
	}
	now := c.cfg.Now()
	turn := c.pace.ReserveN(now, 1)
	if wait := turn.DelayFrom(now); wait > 0 {
		turn.CancelAt(now)
		return "", &notify.TemporaryError{
			Notice: m.Notice, Channel: c.Name(), Everybody: true, NotDelivered: true, RetryAfter: wait,
			Err: errors.New("as many cards have gone as Teams takes in an hour"),
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	return c.post(ctx, m.Notice, body)
}

func (c *Channel) post(ctx context.Context, notice string, body []byte) (receipt string, err error) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, string(c.cfg.URL), bytes.NewReader(body))
	if err != nil {
		return "", &notify.TemporaryError{Notice: notice, Channel: c.Name(), Err: errAddress, Alarm: true, Everybody: true, NotDelivered: true}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "longstop")
	res, err := c.http.Do(req)
	if err != nil {
		return "", c.unanswered(notice, err, connected.Load())
	}
	defer res.Body.Close()                                      //nolint:errcheck // its status is all that counts
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) //nolint:errcheck // so that the connection can be used again
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return strconv.Itoa(res.StatusCode) + " handed over", nil
	}
	return "", c.refused(notice, res)
}

var errAddress = errors.New("the address of the webhook cannot be used; look at " + envURL)

// unanswered is the error of a card without an answer. net/http repeats the whole address, which is
// left out.
func (c *Channel) unanswered(notice string, err error, connected bool) error {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	t := &notify.TemporaryError{Notice: notice, Channel: c.Name(), Side: notify.Service, Everybody: true, NotDelivered: !connected}
	if errors.Is(err, context.Canceled) {
		t.Side = notify.Unknown
	}
	t.Err = fmt.Errorf("posting to Microsoft Teams: %w", err)
	return t
}

// refused is the error of an answer other than a success.
func (c *Channel) refused(notice string, res *http.Response) error {
	t := &notify.TemporaryError{Notice: notice, Channel: c.Name(), Side: notify.Service, Everybody: true}
	advice := ""
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		t.NotDelivered, t.RetryAfter = true, retryAfter(res.Header.Get("Retry-After"), c.cfg.Now())
	case res.StatusCode >= 500:
		t.RetryAfter = retryAfter(res.Header.Get("Retry-After"), c.cfg.Now())
	default:
		t.Side, t.Alarm, t.NotDelivered = notify.Account, true, true
		advice = "; does the workflow still run, may anyone trigger it, is " + envURL + " its address byte for byte, and does its template take " + envEnvelope + "=" + string(c.cfg.Envelope) + "?"
	}
	t.Err = fmt.Errorf("posting to Microsoft Teams: answered with %d%s", res.StatusCode, advice)
	return t
}

// retryAfter reads a Retry-After of seconds or of an instant; 0 where it says nothing that can be
// used.
func retryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, int(mostWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), mostWait)
}
