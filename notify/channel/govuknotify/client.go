package govuknotify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// mostAnswer bounds what is read of an answer: a list repeats each message, of up to two megabytes.
const mostAnswer = 16 << 20

// client speaks to Notify.
type client struct {
	http            *http.Client
	base            string
	service, secret string
	now             func() time.Time
}

func newClient(cfg Config) *client {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: cfg.AtOnce, MaxIdleConnsPerHost: cfg.AtOnce,
		IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
	}
	service, secret := splitKey(string(cfg.APIKey))
	return &client{
		base: cfg.URL, service: service, secret: secret, now: cfg.Now,
		// A redirect would take the token elsewhere: none is followed.
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// result is how a request ended: an answer, or an error without one.
type result struct {
	status int
	kinds  []string // the errors that Notify names, such as "ValidationError"
	err    error    // holds no address; nil where Notify answered
	unsent bool     // with err: the request never left this machine
}

// do sends a request and reads the answer into a value, where it is a success.
func (c *client) do(ctx context.Context, method, path string, body, into any) result {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return result{err: errors.New("the request cannot be written; this is a fault of the program"), unsent: true}
		}
	}
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return result{err: errors.New("the address of Notify cannot be used"), unsent: true}
	}
	req.Header.Set("Authorization", "Bearer "+token(c.service, c.secret, c.now()))
	req.Header.Set("User-Agent", "longstop")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return result{err: plainCause(err), unsent: !connected.Load()}
	}
	defer res.Body.Close() //nolint:errcheck // all that is wanted has been read
	return read(res, into)
}

// plainCause is why there was no answer. net/http puts the whole address around it, which says more
// than a log needs.
func plainCause(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		return in.Err
	}
	return err
}

func read(res *http.Response, into any) result {
	r := result{status: res.StatusCode}
	text, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return result{status: res.StatusCode, err: fmt.Errorf("reading the answer: %w", err)}
	}
	if res.StatusCode < 300 {
		// The error would quote the answer.
		if json.Unmarshal(text, into) != nil {
			r.err = errors.New("the answer is not what Notify answers")
		}
		return r
	}
	var refused struct {
		Errors []struct {
			Error string `json:"error"`
		} `json:"errors"`
	}
	if json.Unmarshal(text, &refused) == nil {
		for _, e := range refused.Errors {
			r.kinds = append(r.kinds, e.Error)
		}
	}
	return r
}

// item is a message as Notify has it. Its words and its recipient are not read.
type item struct {
	ID        string `json:"id"`
	Reference string `json:"reference"`
	Status    string `json:"status"`
}

// find looks for the message of one reference; of several, the newest. Notify looks among the
// messages of the same type of key only.
func (c *client) find(ctx context.Context, reference string) (found item, ok bool, res result) {
	var list struct {
		Notifications []item `json:"notifications"`
	}
	res = c.do(ctx, http.MethodGet, "/v2/notifications?reference="+url.QueryEscape(reference), nil, &list)
	if res.err != nil || res.status != http.StatusOK {
		return item{}, false, res
	}
	for _, n := range list.Notifications {
		if n.Reference == reference {
			return n, true, res
		}
	}
	return item{}, false, res
}

// splitKey takes an API key apart: NAME-SERVICE-SECRET, of which the last two are UUIDs.
func splitKey(key string) (service, secret string) {
	const id = 36
	if len(key) < 2*id+1 {
		return "", ""
	}
	return key[len(key)-2*id-1 : len(key)-id-1], key[len(key)-id:]
}

// token is the JSON Web Token of one request (RFC 7519, HS256), good for half a minute.
func token(service, secret string, now time.Time) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	signed := part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(fmt.Sprintf(`{"iss":%q,"iat":%d}`, service, now.Unix()))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
