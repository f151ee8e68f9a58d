package v1

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"longstop/web/server"
)

// The examples of the description, which are requests that a test sends, one after another, and what was answered.
//
//go:embed examples.json
var examples []byte

// Example is a request and its answer, as the description shows them.
type Example struct {
	Operation string            `json:"operation"` // its id
	Summary   string            `json:"summary"`
	Path      map[string]string `json:"path,omitempty"`
	Query     map[string]string `json:"query,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
	Format    string            `json:"format,omitempty"` // of the body; "" is JSON
	Body      any               `json:"body,omitempty"`   // JSON, or a text in another format
	Status    int               `json:"status"`
	// Answer is what is answered: JSON, or a text in another format. It is left out where it is long.
	Answer any `json:"answer,omitempty"`
}

// Examples returns the examples of the description, in the order in which they can be sent.
func Examples() ([]Example, error) {
	var list []Example
	err := json.Unmarshal(examples, &list)
	return list, err
}

// addExamples adds the examples to the description. Those of an operation that is not registered, or that it does not
// describe, are a fault of the program, which is found when it starts.
func addExamples(s *server.Server) {
	list, err := Examples()
	if err != nil {
		panic(fmt.Errorf("reading the examples of the API: %w", err))
	}
	described := operationsOf(s.OpenAPI())
	for i := range list {
		x := &list[i]
		op := described[x.Operation]
		if op == nil {
			panic("an example is of operation " + x.Operation + ", which is not there")
		}
		name := fmt.Sprintf("example-%02d", i+1)
		if x.Body != nil && op.RequestBody != nil && x.Status < http.StatusBadRequest { // what is refused is no example to follow
			addExample(op.RequestBody.Content[x.BodyFormat()], name, x.Summary, x.Body)
		}
		if answer := op.Responses[strconv.Itoa(x.Status)]; answer != nil && x.Answer != nil {
			addExample(answer.Content[x.AnswerFormat()], name, x.Summary, x.Answer)
		}
	}
}

func addExample(to *huma.MediaType, name, summary string, value any) {
	if to == nil {
		panic("example " + name + " has a format that its operation does not describe")
	}
	if to.Examples == nil {
		to.Examples = map[string]*huma.Example{}
	}
	to.Examples[name] = &huma.Example{Summary: summary, Value: value}
}

// BodyFormat is the media type of the request's body.
func (x *Example) BodyFormat() string {
	if x.Format == "" {
		return typeJSON
	}
	return x.Format
}

// AnswerFormat is the media type of the answer.
func (x *Example) AnswerFormat() string {
	switch {
	case x.Status >= 400:
		return "application/problem+json"
	case x.Headers["Accept"] == typeCSV:
		return typeCSV
	case x.Operation == getCalendar:
		return typeCalendar
	default:
		return typeJSON
	}
}

// operationsOf are the operations of a description, by their ids.
func operationsOf(description *huma.OpenAPI) map[string]*huma.Operation {
	found := map[string]*huma.Operation{}
	for _, item := range description.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				found[op.OperationID] = op
			}
		}
	}
	return found
}
