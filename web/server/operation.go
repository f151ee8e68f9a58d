package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"longstop/access"
)

// Operation describes an operation. What is not set has a default, but for ID, Method, Path, Summary and Action:
// without these Register panics, when the program starts.
type Operation struct {
	ID           string // for programs that are made from the description, such as "get-law"
	Method, Path string
	Summary      string // one line
	Description  string // Markdown
	Tag          string // what it is about, by which the description is ordered
	Action       access.Action
	Or           []access.Action // further actions of which one will do: then the operation decides what of the body each allows
	// Secret is of an operation whose address holds a secret, as {secret}, by which its caller is known in place of a key. It returns the
	// caller; its errors are those of Authenticator. No key is looked at: Action is what the audit notes, and no key is for it. Whoever
	// does not know the secret is told that nothing is there.
	Secret func(ctx context.Context, secret string) (access.Caller, error)

	Status     int           // of a success; 200
	AtOnce     int           // requests for it that are served at once, of all keys together; 0: as many as of all operations
	MaxBytes   int64         // of a body; 1 MiB
	BodyWithin time.Duration // how long a body may take to arrive; 15 s
	Within     time.Duration // how long the operation may take; 30 s
	Answers    []*Kind       // the kinds of problems that it answers with, other than those that every operation has
	Never      []*Kind       // those of every operation with which it does not answer

	// Describe adds to huma's own description, such as the formats of a body that it takes, examples, or further
	// answers.
	Describe func(*huma.Operation)
}

// The defaults of an operation.
const (
	maxBytes   = 1 << 20
	bodyWithin = 15 * time.Second
	within     = 30 * time.Second
)

// Register adds an operation. In is a struct with fields for parameters (path:"…", query:"…", header:"…") and a Body
// or a RawBody; Out one with a Body, and fields for headers (header:"…"). handle is called for a caller who may do
// the operation's action, with a body within its bounds; the caller is in its context (access.CallerFrom), which
// ends when the operation's time is up. Its error is answered as a problem: a *Problem, or what embeds one, as it
// is; an error of package service by its kind; every other as a fault, of which only the log has the text.
func Register[In, Out any](s *Server, op Operation, handle func(context.Context, *In) (*Out, error)) {
	op.check()
	if _, twice := s.actions[op.ID]; twice {
		panic(fmt.Sprintf("operation %s is registered twice", op.ID))
	}
	s.actions[op.ID] = op.Action
	h := op.huma()
	if h.Hidden { // the tests of keys go by the description
		panic(fmt.Sprintf("operation %s is hidden from the description", op.ID))
	}
	h.Middlewares = huma.Middlewares{s.admit(op)}
	huma.Register(s.api, h, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			problem := s.problemOf(ctx, err)
			if details := problem.Details(); details.Status == http.StatusForbidden {
				s.note(Doing(ctx, details.asked...), s.options.Denied)
			}
			return nil, problem
		}
		return out, nil
	})
	s.complete(&op)
}

func (op *Operation) check() {
	for name, missing := range map[string]bool{
		"an id": op.ID == "", "a method": op.Method == "", "a path": op.Path == "", "a summary": op.Summary == "", "an action that package access knows": !op.Action.Known() && op.Secret == nil,
	} {
		if missing {
			panic(fmt.Sprintf("operation %s %s %s needs %s", op.ID, op.Method, op.Path, name))
		}
	}
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	if op.MaxBytes == 0 {
		op.MaxBytes = maxBytes
	}
	if op.BodyWithin == 0 {
		op.BodyWithin = bodyWithin
	}
	if op.Within == 0 {
		op.Within = within
	}
}

// huma returns the operation as huma wants it. Bodies are read and bounded before huma sees them.
func (op *Operation) huma() huma.Operation {
	h := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description, DefaultStatus: op.Status,
		MaxBodyBytes: -1, BodyReadTimeout: -1,
		Security:   []map[string][]string{{keyScheme: {}}},
		Extensions: map[string]any{"x-action": string(op.Action)},
	}
	if len(op.Or) > 0 {
		h.Extensions["x-or"] = op.Or
	}
	if op.Secret != nil {
		h.Security, h.Extensions = []map[string][]string{}, map[string]any{"x-secret-in-address": true}
	}
	if op.Tag != "" {
		h.Tags = []string{op.Tag}
	}
	for _, k := range op.kinds() {
		h.Errors = append(h.Errors, k.Status)
	}
	if op.Describe != nil {
		op.Describe(&h)
	}
	return h
}

func takesBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// deny returns what somebody is answered who may not, and has that noted: why is that the key is another council's; nil
// for any other that may.
func (s *Server) deny(r *http.Request, caller access.Caller, op *Operation, why *Problem) *Problem {
	ctx := s.enter(access.WithCaller(r.Context(), caller), caller, op.action(caller))
	if why != nil {
		s.note(ctx, s.options.OtherCouncil)
		return why
	}
	if op.Secret != nil || caller.May(op.Action) || slices.ContainsFunc(op.Or, caller.May) {
		return nil
	}
	s.note(ctx, s.options.Denied)
	return NotAllowed.Problemf("This operation needs a key that allows %s, and this one does not.", op.actions())
}

// note has it noted that the caller of a context asked for what the key is not for.
func (s *Server) note(ctx context.Context, denied func(context.Context) error) {
	if denied == nil {
		return
	}
	if err := denied(ctx); err != nil {
		s.logFailure(ctx, err)
	}
}

// enter returns the context in which a caller does something.
func (s *Server) enter(ctx context.Context, caller access.Caller, a access.Action) context.Context {
	if s.options.Enter == nil {
		return ctx
	}
	return s.options.Enter(ctx, caller, a, RequestID(ctx))
}

// Doing returns the context in which a request does something else than what its operation is for: the audit names these
// actions instead. Without any it is the same context.
func Doing(ctx context.Context, actions ...access.Action) context.Context {
	enter := recordOf(ctx).enter
	if len(actions) == 0 || enter == nil {
		return ctx
	}
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = string(a)
	}
	return enter(ctx, access.Action(strings.Join(names, ",")))
}

// action is the one for which the caller may do the operation.
func (op *Operation) action(caller access.Caller) access.Action {
	for _, a := range op.Or {
		if !caller.May(op.Action) && caller.May(a) {
			return a
		}
	}
	return op.Action
}

// actions names the actions of which one will do.
func (op *Operation) actions() string {
	text := strconv.Quote(string(op.Action))
	for _, a := range op.Or {
		text += " or " + strconv.Quote(string(a))
	}
	return text
}

// admit is what comes before an operation: who asks, how often, whether they may, and what they send. In this order, so
// that nothing is read from somebody who may not, and a refusal, which is noted, counts as any other request.
func (s *Server) admit(op Operation) func(huma.Context, func(huma.Context)) {
	turns := newTurns(op.AtOnce)
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		var left leaving
		defer left.leave()
		caller, problem := s.let(w, r, &op, ctx.Operation(), turns, &left)
		if problem != nil {
			s.refuse(w, r, problem)
			return
		}
		inner, cancel := context.WithTimeout(access.WithCaller(ctx.Context(), caller), op.Within)
		defer cancel()
		recordOf(inner).enter = func(ctx context.Context, a access.Action) context.Context { return s.enter(ctx, caller, a) }
		next(huma.WithContext(ctx, s.enter(inner, caller, op.action(caller))))
	}
}

// let returns who makes a request, once it may be served; left gets what to call when it has been.
func (s *Server) let(w http.ResponseWriter, r *http.Request, op *Operation, described *huma.Operation, turns turns, left *leaving) (access.Caller, *Problem) {
	caller, why := s.callerOf(r, op)
	if why != nil && caller.Key == "" {
		return caller, why
	}
	leave, problem := s.gate.enter(caller, s.options.Now())
	if problem != nil {
		return caller, problem
	}
	left.add(leave)
	if problem := s.deny(r, caller, op, why); problem != nil {
		return caller, problem
	}
	if leave, problem = turns.take(); problem != nil {
		return caller, problem
	}
	left.add(leave)
	if described.RequestBody != nil {
		if leave, problem = s.gate.carry(r.ContentLength, op.MaxBytes); problem != nil {
			return caller, problem
		}
		left.add(leave)
	}
	return caller, s.readBody(w, r, *op, described)
}
