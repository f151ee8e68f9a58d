package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// version is that of the API in its description. Within it, operations, fields and words are only added.
const version = "1"

const description = `Longstop keeps the statutory clocks of children's social care. A case system, an integration engine or a council's own scripts push here what happened, and read what is due.

Every request carries a key: Authorization: Bearer KEY. An answer that is not a success is a problem (RFC 9457), and its type is the address of a page that says what to do. 2xx always means that all of it is committed; sending again is always safe.

Within /v1, operations, fields of answers and words may be added, and nothing is removed or renamed: ignore what you do not know. What a request holds has to be as described: a property that is not known is refused.`

// keyScheme is what the description calls the way in which a key is sent.
const keyScheme = "key"

// TokenScheme is what the description calls the way of a token instead of a key, which every operation takes.
const TokenScheme = "token"

const keyDescription = "A key of Longstop's, sent as Authorization: Bearer KEY. Whoever runs Longstop makes it with 'starter keys create': for one source, some actions and a time, and can revoke it at once. " +
	"x-action of an operation is the action that its key has to allow; where x-or names others, one of them is enough. Without a valid key the answer is 401, with one that does not allow the action 403."

// config is huma's, without what it adds unasked: pages that load scripts from elsewhere, $schema in every answer,
// and addresses for the description, which has one of our own.
func (s *Server) config() huma.Config {
	c := huma.DefaultConfig("Longstop", version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	c.Info.Description = description
	c.Info.License = &huma.License{Name: "MIT", URL: "https://spdx.org/licenses/MIT.html"}
	if s.options.Build != "" {
		c.Info.Extensions = map[string]any{"x-build": s.options.Build}
	}
	c.Servers = []*huma.Server{{URL: "/", Description: "Your council's Longstop: paths follow the address at which it listens, such as https://longstop.example."}}
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.Headers = describedHeaders()
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		keyScheme: {Type: "http", Scheme: "bearer", BearerFormat: "ls_<environment>_<id>_<secret>", Description: keyDescription},
	}
	if s.options.Issuer != nil {
		c.Components.SecuritySchemes[TokenScheme] = &huma.SecurityScheme{
			Type: "oauth2", Description: "For programs that ask for a token first: the client id is the id of a key, the client secret the key itself. " +
				"A token lasts an hour, and never longer than its key. Scopes are not looked at: a token may do what its key may.",
			Flows: &huma.OAuthFlows{ClientCredentials: &huma.OAuthFlow{TokenURL: tokenPath, Scopes: map[string]string{}}},
		}
	}
	return c
}

// schemaNames are what schemas are called that would say less under the names of their types.
var schemaNames = map[string]string{
	"Error":   "ProblemError",
	"Refusal": "EventRemark",
	"Change":  "WhatIfChange",
}

func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	return cmp.Or(schemaNames[name], name)
}

// The headers of answers, apart from those that HTTP itself gives every answer.
const (
	headerRequest  = "X-Request-Id"
	headerRetry    = "Retry-After"
	headerSignIn   = "WWW-Authenticate"
	headerEncoding = "Accept-Encoding"
)

func describedHeaders() map[string]*huma.Header {
	text := func(what string, example any) *huma.Header {
		return &huma.Header{Description: what, Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{example}}}
	}
	wait := text("After how many seconds to send the request again, which is safe.", 5)
	wait.Schema.Type = huma.TypeInteger
	request := text("The id of the request, under which the log has what became of it.", "f81d4fae-7dec-41d0-8765-00a0c91e6bf6")
	request.Schema.Format = "uuid"
	return map[string]*huma.Header{
		headerRequest:  request,
		headerRetry:    wait,
		headerSignIn:   text("How to send a key.", `Bearer realm="longstop"`),
		headerEncoding: text("Where the body came compressed: the encodings that are taken.", "identity"),
	}
}

// headersOf are the described headers that answers of a status have.
func headersOf(status int) []string {
	names := []string{headerRequest}
	switch status {
	case http.StatusUnauthorized:
		names = append(names, headerSignIn)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		names = append(names, headerRetry)
	case http.StatusUnsupportedMediaType:
		names = append(names, headerEncoding)
	}
	return names
}

// Subject adds a subject by which the description is ordered, which operations name as their tag.
func (s *Server) Subject(tag, description string) {
	api := s.OpenAPI()
	api.Tags = append(api.Tags, &huma.Tag{Name: tag, Description: description})
}

// kinds are the kinds of problems that an operation answers with.
func (op *Operation) kinds() []*Kind {
	kinds := []*Kind{Malformed, BadParameter, NotSignedIn, NotAllowed, TooMany, Fault, Unavailable}
	if op.Secret != nil {
		kinds = []*Kind{Malformed, BadParameter, Unknown, TooMany, Fault, Unavailable}
	}
	if takesBody(op.Method) {
		kinds = append(kinds, Slow, TooLarge, MediaType, Refused)
	}
	for _, k := range op.Answers {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return slices.DeleteFunc(kinds, func(k *Kind) bool { return slices.Contains(op.Never, k) })
}

// complete says of an operation that is registered what the frame does: which problems it answers with, and with
// which headers. What huma thinks that it answers is left out.
func (s *Server) complete(op *Operation) {
	described := operationAt(s.OpenAPI(), op.Method, op.Path)
	for _, p := range described.Parameters {
		p.Schema.PatternDescription = "" // huma's own word, which no reader of a description knows; its messages are made by now
	}
	means := map[string][]string{}
	for _, k := range op.kinds() {
		status := strconv.Itoa(k.Status)
		means[status] = append(means[status], fmt.Sprintf("%s (`/problems/%s`).", k.Title, k.Name))
	}
	for _, text := range slices.Collect(maps.Keys(described.Responses)) {
		answer, status := described.Responses[text], statusOf(text)
		switch lines, given := means[text]; {
		case given:
			answer.Description = strings.Join(lines, " ")
		case status >= http.StatusBadRequest:
			delete(described.Responses, text)
			continue
		case answer.Description == http.StatusText(status):
			answer.Description = "What was asked for, or all of it is done."
		}
		if answer.Headers == nil {
			answer.Headers = map[string]*huma.Param{}
		}
		for _, header := range answer.Headers { // huma describes the schema
			if header.Schema != nil {
				header.Description, header.Schema.Description = cmp.Or(header.Description, header.Schema.Description), ""
			}
		}
		for _, name := range headersOf(status) {
			answer.Headers[name] = &huma.Header{Ref: "#/components/headers/" + name}
		}
	}
}

func statusOf(text string) int {
	status, err := strconv.Atoi(text)
	if err != nil {
		panic("an operation describes an answer without a status: " + text)
	}
	return status
}

// operationAt is an operation of a description; nil for none.
func operationAt(described *huma.OpenAPI, method, path string) *huma.Operation {
	item := described.Paths[path]
	if item == nil {
		return nil
	}
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[method]
}

// openAnswers lets answers have fields that the description does not know, since fields are added; what requests hold stays as
// it is, where an unknown property is refused.
func openAnswers(described *huma.OpenAPI) {
	schemas := described.Components.Schemas
	closed := map[string]bool{}
	var visit func(*huma.Schema)
	visit = func(schema *huma.Schema) {
		if schema == nil {
			return
		}
		if name := anchor(schema.Ref); name != "" && !closed[name] {
			closed[name] = true
			visit(schemas.Map()[name])
		}
		visit(schema.Items)
		for _, property := range schema.Properties {
			visit(property)
		}
	}
	for _, item := range described.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, content := range op.RequestBody.Content {
				visit(content.Schema)
			}
		}
	}
	for name, schema := range schemas.Map() {
		if !closed[name] && schema.AdditionalProperties == false {
			schema.AdditionalProperties = nil
		}
	}
}
