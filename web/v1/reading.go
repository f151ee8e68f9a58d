package v1

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
	"longstop/api"
	"longstop/casework"
	"longstop/service"
	"longstop/web/server"
)

// tagCases orders the operations that read cases.
const tagCases = "Cases"

// What is asked of a case goes in a body, and so do cursors: an address stands in the logs of every proxy between, and
// the reference of a case is a child's. See docs/decisions/0048.

// OfCase names cases.
type OfCase struct {
	Case   string `json:"case,omitempty" maxLength:"200" doc:"The reference of one case, as a source or people call it." example:"C1"`
	Source string `json:"source,omitempty" maxLength:"200" doc:"Whose reference it is, where two sources use the same." example:"case-system"`
}

// Seen is the moment at which cases are looked at.
type Seen struct {
	AsOf    string `json:"as_of,omitempty" maxLength:"40" doc:"A date (YYYY-MM-DD, the end of that day in London) or an instant (RFC 3339): nothing that happened later is seen. Left out: now." example:"2026-11-16"`
	KnownAt string `json:"known_at,omitempty" maxLength:"40" doc:"A date or an instant: nothing that was recorded later is seen. Left out: everything is." example:"2026-11-16T09:00:00Z"`
}

func (v *Seen) view() (out service.View, err error) {
	if out.AsOf, err = whenAt("/as_of", v.AsOf); err != nil {
		return out, err
	}
	out.KnownAt, err = whenAt("/known_at", v.KnownAt)
	return out, err
}

// Paged is which part of a list is asked for.
type Paged struct {
	Limit int    `json:"limit,omitempty" minimum:"1" maximum:"1000" doc:"How many at most in one answer. Left out: 100." example:"100"`
	After string `json:"after,omitempty" maxLength:"1000" doc:"The value of next in the answer before, as it is. Left out: from the beginning."`
}

func (p *Paged) page() service.Page { return service.Page{After: p.After, Most: p.Limit} }

// The years in which a date lies that is asked about: another is taken for a slip.
const firstYear, lastYear = 1950, 2199

const whenExpected = "a date as 2026-11-16, or an instant as 2026-11-16T09:00:00Z, between 1950 and 2199 is expected."

// whenOf reads a date or an instant; "" is the zero value.
func whenOf(text string) (when casework.When, ok bool) {
	if text == "" {
		return when, true
	}
	when, err := casework.ParseWhen(text)
	if err != nil {
		return when, false
	}
	year, _, _ := when.Day.Split()
	return when, firstYear <= year && year <= lastYear
}

// whenAt reads a date or an instant of a body.
func whenAt(pointer, text string) (casework.When, error) {
	when, ok := whenOf(text)
	if !ok {
		return when, wrongAt(pointer, whenExpected)
	}
	return when, nil
}

// whenIn reads a date or an instant of the address.
func whenIn(parameter, text string) (casework.When, error) {
	when, ok := whenOf(text)
	if !ok {
		return when, server.BadParameter.Problem("The parameter "+parameter+" cannot be used: "+whenExpected, server.Error{Detail: "Here " + whenExpected, Parameter: parameter})
	}
	return when, nil
}

// wrongAt is the problem of one place of a body.
func wrongAt(pointer, expected string) *server.Problem {
	return server.Refused.Problem("The value at "+pointer+" of the body cannot be used: "+expected, server.Error{Detail: "Here " + expected, Pointer: pointer, Code: string(casework.CodeForm)})
}

// inBody returns an error of a use case whose input came in a body: its fields are places there, and nothing of the
// request is repeated.
func inBody(err error) error {
	var typed *service.Error
	var duty *service.DutyError
	switch {
	case errors.As(err, &duty):
		return server.Unknown.Problem("The case has no such timescale.", server.Error{Detail: "The case has no such timescale.", Code: string(service.UnknownDuty)})
	case !errors.As(err, &typed):
		return err
	case typed.Code == service.SeveralCases:
		return server.Refused.Problem("Several cases are named so: give the source, or the whole key.", server.Error{Detail: "This names several cases.", Pointer: "/case", Code: string(typed.Code)})
	case typed.Field == "as-of":
		return wrongAt("/as_of", "no case is open for 30 years, and this lies further ahead.")
	case typed.Field != "":
		pointer := "/" + strings.ReplaceAll(typed.Field, "-", "_")
		return server.Refused.Problem("The value at "+pointer+" of the body cannot be used.", server.Error{Detail: "This cannot be used.", Pointer: pointer, Code: string(typed.Code)})
	default:
		return err
	}
}

// describe says what a success looks like, where the answer's type does not: as JSON of a type, and in other formats.
func describe[T any](s *server.Server, example any, others ...string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		content := map[string]*huma.MediaType{"application/json": {Schema: s.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, ""), Example: example}}
		for _, format := range others {
			content[format] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: content}}
	}
}

// describeProblem says that an operation that is registered answers some statuses with a problem that has fields of its own.
func describeProblem[T any](s *server.Server, operation string, statuses ...int) {
	op := operationsOf(s.OpenAPI())[operation]
	for _, status := range statuses {
		for _, content := range op.Responses[strconv.Itoa(status)].Content {
			content.Schema = s.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
		}
	}
}

type planQuery struct {
	Body struct {
		OfCase
		Seen
		Paged
	}
}

type planAnswer struct{ Body *api.PlanPage }

func registerPlans(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "query-plans", Method: http.MethodPost, Path: "/v1/plans:query", Tag: tagCases, Action: access.Read, Answers: []*server.Kind{server.Unknown},
		Summary: "Plans as of, and as known at, a moment",
		Description: "What follows from the events of one case, or of some of all cases, by the law in force: every timescale that ever ran, how it stands " +
			"at the moment, and what of the events did not count. Nothing is written, but that it was read. `limit` counts cases here, of which one answer has 100 at most.",
	}, func(ctx context.Context, in *planQuery) (*planAnswer, error) {
		view, err := in.Body.view()
		if err != nil {
			return nil, err
		}
		found, err := d.Service.PlanPage(ctx, service.PlanQuery{Source: in.Body.Source, Case: in.Body.Case, View: view}, in.Body.page())
		if err != nil {
			return nil, inBody(err)
		}
		return &planAnswer{found}, nil
	})
}

type explainQuery struct {
	Body struct {
		OfCase
		Duty   string `json:"duty,omitempty" maxLength:"300" doc:"One of the case's duties, by its id." example:"CP-10:e17"`
		Ref    string `json:"ref,omitempty" maxLength:"100" doc:"A timescale: every duty of it in the case is explained." example:"CP-10"`
		Notice string `json:"notice,omitempty" format:"uuid" doc:"In place of all these: a notice, by the id at the end of its letter." example:"6f1dd3ae-7dec-41d0-8765-00a0c91e6bf6"`
		Seen
	}
}

type explainAnswer struct{ Body api.Explanations }

func registerExplanations(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "query-explanations", Method: http.MethodPost, Path: "/v1/explanations:query", Tag: tagCases, Action: access.Read, Answers: []*server.Kind{server.Unknown},
		Summary: "How a date came about, and who was told",
		Description: "For each duty of a timescale in a case, or the one named: what started it and what counted, each day that did not, what changed the date and who " +
			"changed it, promises, and who was told what. In words that a practitioner, an inspector or a court can read, and as dates.",
	}, func(ctx context.Context, in *explainQuery) (*explainAnswer, error) {
		of, err := asked(in)
		if err != nil {
			return nil, err
		}
		view, err := in.Body.view()
		if err != nil {
			return nil, err
		}
		answer, err := d.Service.Explain(ctx, service.Question{Of: of, Source: in.Body.Source, View: view})
		if err != nil {
			return nil, inBody(err)
		}
		return &explainAnswer{api.Explanations{Case: answer.Case, Explanations: answer.Explanations}}, nil
	})
}

// asked is what is to be explained: a case with a duty or a timescale, or a notice.
func asked(in *explainQuery) ([]string, error) {
	b := &in.Body
	switch {
	case b.Notice != "" && b.Case+b.Duty+b.Ref == "":
		return []string{b.Notice}, nil
	case b.Notice == "" && b.Case != "" && (b.Duty == "") != (b.Ref == ""):
		return []string{b.Case, b.Duty + b.Ref}, nil
	default:
		return nil, server.Refused.Problem("Name a case and either one of its duties or a timescale; or a notice alone.")
	}
}
