package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"longstop/access"
	"longstop/service"
)

// soon is after how long a request that failed for a while may be sent again.
const soon = 5 * time.Second

// problemOf returns the problem that an operation's error is answered with. What the caller can mend is told to the
// caller; of everything else the caller gets the id under which the log has it.
func (s *Server) problemOf(ctx context.Context, err error) Detailed {
	var detailed Detailed
	if !errors.As(err, &detailed) {
		detailed = s.problemOfUse(ctx, err)
	}
	p := detailed.Details()
	p.Instance = instanceOf(ctx)
	if p.Status >= http.StatusInternalServerError {
		s.logFailure(ctx, err)
	}
	return detailed
}

// problemOfUse returns the problem for an error of a use case.
func (s *Server) problemOfUse(ctx context.Context, err error) *Problem {
	var typed *service.Error
	switch kind := service.KindOf(err); {
	case errors.Is(err, access.ErrOtherCouncil):
		return NotAllowed.Problem("The key is for another council than the one whose overlay is in force here.")
	case errors.As(err, &typed):
		return problemOfInput(typed)
	case errors.Is(err, service.ErrBusy):
		return TooMany.Problem("Another load of this source is under way. Nothing was done: send this one again once that has ended.").RetryAfter(soon)
	case kind == service.Refused:
		return Refused.Problem(sentence(err.Error()))
	case ctx.Err() != nil, service.Unavailable(err), errors.Is(err, context.DeadlineExceeded):
		return unavailable()
	default:
		return fault()
	}
}

func unavailable() *Problem {
	return Unavailable.Problem("The record does not answer in time. Sending the request again is safe.").RetryAfter(soon)
}

func fault() *Problem {
	return Fault.Problem("Something failed that should not. Sending the request again is safe; if it fails again, tell whoever runs Longstop the id in instance.")
}

// unknown are the codes of what the record or the law does not hold, with what the caller is told: the texts of the
// use cases repeat what was asked for.
var unknown = map[service.Code]string{
	service.UnknownCase:       "The record holds no case of that reference.",
	service.UnknownEvent:      "The record holds no event of that id.",
	service.UnknownTimescale:  "The rule pack has no timescale of that ref.",
	service.UnknownDuty:       "The case has no such timescale running.",
	service.UnknownAttachment: "The record holds no attachment of that id.",
}

// problemOfInput returns the problem for an input that was refused, or wrongly put.
func problemOfInput(e *service.Error) *Problem {
	if text, ok := unknown[e.Code]; ok {
		return Unknown.Problem(text, Error{Detail: text, Code: string(e.Code)})
	}
	kind := Refused
	if e.Kind == service.Usage {
		kind = BadParameter
	}
	p := kind.Problem(sentence(e.Text()))
	if e.Field != "" || e.Code != "" {
		p.Errors = []Error{{Detail: p.Detail, Parameter: e.Field, Code: string(e.Code)}}
	}
	return p
}

// sentence begins with a capital and ends with a full stop, as details do.
func sentence(text string) string {
	if text == "" {
		return text
	}
	if c := text[0]; c >= 'a' && c <= 'z' {
		text = string(c-'a'+'A') + text[1:]
	}
	switch text[len(text)-1] {
	case '.', '?', '!', '\n':
		return text
	}
	return text + "."
}

// logFailure writes down what the caller is not told.
func (s *Server) logFailure(ctx context.Context, err error) {
	var panicked *service.PanicError
	event := s.logOf(ctx).Error().Err(err)
	if errors.As(err, &panicked) {
		event = event.Bytes("stack", panicked.Stack)
	}
	event.Msg("a request failed")
}

// logOf returns the log of a request: what it writes is found by the request's id.
func (s *Server) logOf(ctx context.Context) *zerolog.Logger {
	r := recordOf(ctx)
	log := s.options.Log.With().Str("request", r.id).Str("route", r.route).Str("key", r.key).Logger()
	return &log
}

// refuse answers a request with a problem.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, p *Problem) {
	if err := p.write(w, r); err != nil {
		s.logGone(r, err)
	}
}

// logGone notes that an answer could not be written.
func (s *Server) logGone(r *http.Request, err error) {
	s.logOf(r.Context()).Debug().Err(err).Msg("whoever asked has gone")
}
