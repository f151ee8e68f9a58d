package v1

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
	"longstop/api"
	"longstop/service"
	"longstop/web/server"
)

// tagLaw orders the operations on rules in the description.
const tagLaw = "Law"

// Kept is the head of a request for what changes seldom.
type Kept struct {
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000" doc:"The ETag of an earlier answer: where it is the same still, the answer is 304 without a body."`
}

// lasting is an answer that changes seldom.
type lasting struct {
	Status       int
	ETag         string `header:"ETag" doc:"Changes with the answer."`
	CacheControl string `header:"Cache-Control" doc:"It may be kept, and is asked about before it is used again."`
	Body         any
}

// unlessKnown is the answer with a value, or 304 where the request knows it.
func (k *Kept) unlessKnown(value any) (*lasting, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	answer := &lasting{http.StatusOK, `"` + hex.EncodeToString(sum[:16]) + `"`, "private, no-cache", value}
	if k.knows(answer.ETag) {
		answer.Status, answer.Body = http.StatusNotModified, []byte{}
	}
	return answer, nil
}

// knows reports whether the request knows the answer of an entity tag.
func (k *Kept) knows(tag string) bool {
	for known := range strings.SplitSeq(k.IfNoneMatch, ",") {
		if known = strings.TrimSpace(known); strings.TrimPrefix(known, "W/") == tag || known == "*" {
			return true
		}
	}
	return false
}

// describeLasting says what an answer that changes seldom looks like.
func describeLasting[T any](s *server.Server, example any) func(*huma.Operation) {
	success := describe[T](s, example)
	return func(op *huma.Operation) {
		success(op)
		op.Responses["304"] = known()
	}
}

// known describes an answer without a body.
func known() *huma.Response {
	return &huma.Response{Description: "It is what the request knows already.", Headers: map[string]*huma.Param{
		"ETag": {Description: "Changes with the answer.", Schema: &huma.Schema{Type: huma.TypeString}},
	}}
}

func registerLaw(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "get-law", Method: http.MethodGet, Path: "/v1/law", Tag: tagLaw, Action: access.Law,
		Summary:     "The law in force",
		Description: "The rule pack that is in force on the record, the council's overlay over it, and the bank holidays by which working days are counted.",
		Describe:    describeLasting[api.Law](s, nil),
	}, func(ctx context.Context, in *Kept) (*lasting, error) {
		law, err := d.Service.LawInForce(ctx)
		if err != nil {
			return nil, err
		}
		return in.unlessKnown(law)
	})
	registerRules(s, d)
	registerEventTypes(s, d)
	registerWhatIf(s, d)
}

type ruleQuery struct {
	Ref string `path:"ref" maxLength:"100" doc:"Of a timescale." example:"CP-10"`
	Kept
}

type dueQuery struct {
	Ref     string `path:"ref" maxLength:"100" doc:"Of a timescale." example:"CP-03"`
	Started string `query:"started" required:"true" minLength:"1" maxLength:"40" doc:"The day on which it started (YYYY-MM-DD); for a limit in hours perhaps the instant (RFC 3339)." example:"2026-12-19"`
	Kept
}

func registerRules(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "list-rules", Method: http.MethodGet, Path: "/v1/rules", Tag: tagLaw, Action: access.Law,
		Summary:     "The rules in force",
		Description: "Every timescale: what starts and meets it, its limit, its source and how the words of that are known, when it was in force, and who is told.",
		Describe:    describeLasting[[]api.Rule](s, nil),
	}, func(ctx context.Context, in *Kept) (*lasting, error) {
		rules, err := d.Service.RulesInForce(ctx, "")
		if err != nil {
			return nil, err
		}
		return in.unlessKnown(rules)
	})
	server.Register(s, server.Operation{
		ID: "get-rule", Method: http.MethodGet, Path: "/v1/rules/{ref}", Tag: tagLaw, Action: access.Law, Answers: []*server.Kind{server.Unknown},
		Summary:     "One rule in force",
		Description: "One timescale, as in the list of all.",
		Describe:    describeLasting[api.Rule](s, nil),
	}, func(ctx context.Context, in *ruleQuery) (*lasting, error) {
		rules, err := d.Service.RulesInForce(ctx, in.Ref)
		if err != nil {
			return nil, err
		}
		return in.unlessKnown(rules[0])
	})
	server.Register(s, server.Operation{
		ID: "get-due", Method: http.MethodGet, Path: "/v1/rules/{ref}/due", Tag: tagLaw, Action: access.Law, Answers: []*server.Kind{server.Unknown, server.Refused},
		Summary: "A due date, and how it was worked out",
		Description: "When a timescale falls due whose clock started on a day, and each day that was not counted. It knows no case: a timescale whose limit hangs on " +
			"more than the date is refused, and so is a day on which it was not in force.",
		Describe: describeLasting[api.Due](s, nil),
	}, func(ctx context.Context, in *dueQuery) (*lasting, error) {
		started, err := whenIn("started", in.Started)
		if err != nil {
			return nil, err
		}
		due, err := d.Service.DueDate(ctx, in.Ref, started)
		if err != nil {
			return nil, err
		}
		return in.unlessKnown(due)
	})
}

func registerEventTypes(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "list-event-types", Method: http.MethodGet, Path: "/v1/event-types", Tag: tagLaw, Action: access.Law,
		Summary: "The types of events",
		Description: "Every type that an event may have by the law in force: what it means, what its `data` may hold and has to, and which action a key needs to hand it in. " +
			"It is the vocabulary of docs/law/words.md, with the types of people and teams.",
		Describe: describeLasting[[]api.EventType](s, nil),
	}, func(ctx context.Context, in *Kept) (*lasting, error) {
		types, err := d.Service.EventTypes(ctx)
		if err != nil {
			return nil, err
		}
		return in.unlessKnown(types)
	})
}

type whatIfQuery struct {
	AsOf    string `query:"as_of" maxLength:"40" doc:"A date or an instant: as things stood then. Left out: now." example:"2026-11-16"`
	RawBody []byte `contentType:"application/yaml"`
}

type whatIfAnswer struct{ Body *api.WhatIf }

// faultsProblem is why an overlay cannot be used, with every fault of it.
type faultsProblem struct {
	*server.Problem
	Faults []api.Fault `json:"faults" doc:"Each fault: the line of the overlay, the rule it is about, and what is wrong."`
}

// comparedAtOnce is how many comparisons are made at once: each works out the whole record twice, and pushes go first.
const comparedAtOnce = 1

// longest is how long a comparison on a county's record may take.
const longest = 5 * time.Minute

func registerWhatIf(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "what-if", Method: http.MethodPost, Path: "/v1/law:what-if", Tag: tagLaw, Action: access.Law, Within: longest, AtOnce: comparedAtOnce,
		Summary: "What an overlay would change",
		Description: "Compares the law in force with what an overlay would make of it, in place of the council's own, on every case of the record: counts by team and " +
			"timescale, and, for a key that also allows `read`, each duty that differs (`changes` is empty otherwise). Nothing is written, but that it was read. " +
			"The body is the overlay's text (YAML). A faulty one is refused, and `faults` names each fault with its line. One comparison is made at a time: " +
			"to another the answer is 429.",
	}, func(ctx context.Context, in *whatIfQuery) (*whatIfAnswer, error) {
		as, err := whenIn("as_of", in.AsOf)
		if err != nil {
			return nil, err
		}
		caller, _ := access.CallerFrom(ctx)
		found, err := d.Service.WhatIfOverlay(ctx, string(in.RawBody), service.Comparison{AsOf: as, Named: caller.May(access.Read)})
		var law *service.LawError
		switch {
		case errors.As(err, &law):
			return nil, refusedOverlay(law)
		case err != nil:
			return nil, err
		}
		return &whatIfAnswer{found}, nil
	})
	describeProblem[faultsProblem](s, "what-if", http.StatusUnprocessableEntity)
	operationsOf(s.OpenAPI())["what-if"].RequestBody.Content["application/yaml"].Schema = &huma.Schema{
		Type: huma.TypeString, Description: "The text of the overlay, in YAML. docs/rule-language.md says what it may hold.", MinLength: new(1),
	}
}

func refusedOverlay(law *service.LawError) error {
	p := &faultsProblem{Problem: server.Refused.Problem("The overlay cannot be used: faults says what is wrong, and in which line.")}
	for _, f := range law.Faults {
		p.Faults = append(p.Faults, api.Fault{File: f.File, Line: f.Line, Rule: f.Rule, Reason: f.Reason})
	}
	return p
}
