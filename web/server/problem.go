package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
)

// Kind is a kind of problem. Its name never changes once it has been released: programs decide by it.
type Kind struct {
	Name   string // the last part of its address, /problems/NAME
	Status int
	Title  string // the same for every problem of the kind
	Means  string // what happened, for the page
	Do     string // what to do about it, for the page
}

// The kinds of problems. Every answer that is not a success is one of these.
var (
	Malformed = &Kind{
		"malformed", http.StatusBadRequest, "The request cannot be read",
		"The body, the address or a header is not what its format asks for: not JSON, a key that stands twice in an object, text that is not UTF-8.",
		"Mend the program that sends it. Sent again as it is, it is answered the same.",
	}
	BadParameter = &Kind{
		"bad-parameter", http.StatusBadRequest, "A parameter is missing or wrong",
		"A parameter in the address or a header is unknown, missing, given twice, or has a value that it cannot have.",
		"Look at errors: each names the parameter and says what it takes.",
	}
	NotSignedIn = &Kind{
		"not-signed-in", http.StatusUnauthorized, "A valid key is needed",
		"The request came without a key, or with one that is malformed, unknown, expired or revoked. Which of these it is, is not told.",
		"Send the key as \"Authorization: Bearer KEY\". Whoever runs Longstop lists, makes and replaces keys with 'starter keys'.",
	}
	NotAllowed = &Kind{
		"not-allowed", http.StatusForbidden, "The key does not allow this",
		"The key is valid and does not allow the action that this operation needs, or is for another source or council.",
		"Ask whoever runs Longstop for a key that allows it.",
	}
	NotFound = &Kind{
		"not-found", http.StatusNotFound, "There is nothing at this address",
		"No operation has this address.",
		"Compare the address with the description at /docs. An address ends without a slash.",
	}
	Unknown = &Kind{
		"unknown", http.StatusNotFound, "The record does not hold this",
		"The request names a case, an event or something else that the record does not hold.",
		"Check the reference, and the source that it belongs to.",
	}
	MethodNotAllowed = &Kind{
		"method-not-allowed", http.StatusMethodNotAllowed, "This address does not take this method",
		"The address exists, and is asked for with another method.",
		"Use a method that the header Allow names.",
	}
	NotAcceptable = &Kind{
		"not-acceptable", http.StatusNotAcceptable, "There is no answer in the format asked for",
		"The header Accept allows no format in which this operation answers.",
		"Ask for application/json.",
	}
	Slow = &Kind{
		"slow", http.StatusRequestTimeout, "The request came too slowly",
		"The body did not arrive in time. Nothing of it was done.",
		"Send it again; send less at once if the connection is slow.",
	}
	Conflict = &Kind{
		"conflict", http.StatusConflict, "This is known with another content",
		"Something with this id has been taken before, with another content. What was taken stands.",
		"Give what is new an id of its own. To change what was taken, send a correction.",
	}
	CursorElsewhere = &Kind{
		"cursor-elsewhere", http.StatusConflict, "The cursor is not of this record",
		"The change at which the cursor stands is not in the record: it was restored from a copy, and what the cursor has seen was lost, or the cursor is another system's.",
		"Take the cursor of after=latest, read how everything stands, and go on from that cursor.",
	}
	CursorOld = &Kind{
		"cursor-old", http.StatusGone, "The cursor is too old",
		"Changes that come after the cursor are kept no more.",
		"Take the cursor of after=latest, read how everything stands, and go on from that cursor. Follow the changes more often than they are kept for: 90 days.",
	}
	TooLarge = &Kind{
		"too-large", http.StatusRequestEntityTooLarge, "The request is too large",
		"The body has more bytes, more values or more levels than this operation takes. Nothing of it was done.",
		"Send it in several requests.",
	}
	MediaType = &Kind{
		"media-type", http.StatusUnsupportedMediaType, "The body has a format that this operation does not take",
		"The header Content-Type is missing, names a format that this operation does not take, or names another encoding than UTF-8; or the body is compressed.",
		"Send what the description at /docs names, uncompressed, in UTF-8.",
	}
	Refused = &Kind{
		"refused", http.StatusUnprocessableEntity, "What was sent was refused",
		"The request can be read, and something in it cannot be: a date before another, an event that does not exist, a value out of its bounds.",
		"Look at detail and errors. Mend it and send it again: sent again as it is, it is refused again.",
	}
	TooMany = &Kind{
		"too-many", http.StatusTooManyRequests, "Too many requests",
		"More requests came with this key, for this operation, or with unknown keys from this address, than the limits allow. Nothing was done.",
		"Wait for as many seconds as the header Retry-After names, and send it again. Send events in batches.",
	}
	Fault = &Kind{
		"fault", http.StatusInternalServerError, "Longstop has a fault",
		"Something failed that should not. The log has the reason, under the id in instance.",
		"Sending it again is safe. If it fails again, tell whoever runs Longstop the id in instance.",
	}
	Unavailable = &Kind{
		"unavailable", http.StatusServiceUnavailable, "Longstop cannot do this at the moment",
		"The record does not answer, or the program is starting or stopping, or it did not end in time.",
		"Send it again after as many seconds as the header Retry-After names: that is safe.",
	}
)

// Kinds lists every kind of problem, by name.
func Kinds() []*Kind {
	kinds := []*Kind{
		Malformed, BadParameter, NotSignedIn, NotAllowed, NotFound, Unknown, MethodNotAllowed, NotAcceptable, Slow, Conflict, CursorElsewhere, CursorOld, TooLarge,
		MediaType, Refused, TooMany, Fault, Unavailable,
	}
	slices.SortFunc(kinds, func(a, b *Kind) int { return a.Status - b.Status })
	return kinds
}

// Problem makes a problem of a kind: detail says in a sentence what is wrong and what to do. It repeats nothing of
// the request and tells nothing of the inside.
func (k *Kind) Problem(detail string, errors ...Error) *Problem {
	return &Problem{Type: "/problems/" + k.Name, Title: k.Title, Status: k.Status, Detail: detail, Errors: errors}
}

// Problemf is Problem with a format.
func (k *Kind) Problemf(format string, args ...any) *Problem {
	return k.Problem(fmt.Sprintf(format, args...))
}

// Error is one thing that is wrong with a request, and where.
type Error struct {
	Detail    string `json:"detail" doc:"What is wrong there, and what to do."`
	Pointer   string `json:"pointer,omitempty" doc:"Where in the body, as a JSON Pointer." example:"/data/seen"`
	Parameter string `json:"parameter,omitempty" doc:"Which parameter of the address." example:"as_of"`
	Header    string `json:"header,omitempty" doc:"Which header." example:"ce-time"`
	Code      string `json:"code,omitempty" doc:"A word for programs to decide by, where there is one. docs/api.md says what each means." example:"unknown_case" words:"problem_code"`
}

// Problem is every answer that is not a success (RFC 9457). It is an error, so that an operation returns it as one.
//
// An answer with more fields embeds it, and returns a pointer to itself.
type Problem struct {
	Type     string  `json:"type" format:"uri-reference" doc:"Which kind of problem: the address of a page about it, which does not change." example:"/problems/refused"`
	Title    string  `json:"title" doc:"What kind of problem it is, in a few words." example:"What was sent was refused"`
	Status   int     `json:"status" doc:"The HTTP status." example:"422"`
	Detail   string  `json:"detail" doc:"What is wrong this time, and what to do."`
	Instance string  `json:"instance" format:"uri" doc:"The id of the request, under which the log has more." example:"urn:uuid:f81d4fae-7dec-41d0-8765-00a0c91e6bf6"`
	Errors   []Error `json:"errors,omitempty" doc:"Each thing that is wrong, and where."`

	header http.Header
	asked  []access.Action // see For
}

// Detailed is an error that is answered as a problem, perhaps with fields of its own.
type Detailed interface {
	huma.StatusError
	// Details returns the fields that all problems have.
	Details() *Problem
}

var _ Detailed = (*Problem)(nil)

// Details returns the problem itself.
func (p *Problem) Details() *Problem { return p }

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problems, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// RetryAfter says when to send the request again, in whole seconds, and returns the problem.
func (p *Problem) RetryAfter(d time.Duration) *Problem {
	seconds := max(1, int((d+time.Second-1)/time.Second))
	return p.with(headerRetry, strconv.Itoa(seconds))
}

// At adds an error that says where something is wrong, and returns the problem.
func (p *Problem) At(e Error) *Problem {
	p.Errors = append(p.Errors, e)
	return p
}

// For says what was asked for by a request that is not allowed, where that is not the operation's own action, so that
// the audit names it; and returns the problem.
func (p *Problem) For(actions ...access.Action) *Problem {
	p.asked = actions
	return p
}

func (p *Problem) with(name, value string) *Problem {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Set(name, value)
	return p
}

// write answers a request with the problem, where no operation does.
func (p *Problem) write(w http.ResponseWriter, r *http.Request) error { return p.writeAs(w, r, p) }

// writeAs is write of something that embeds the problem.
func (p *Problem) writeAs(w http.ResponseWriter, r *http.Request, body any) error {
	p.Instance = instanceOf(r.Context())
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(p.Status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
