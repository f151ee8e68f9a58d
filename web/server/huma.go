package server

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Package huma makes its errors by two variables. What it would make of them repeats the request and shows the text
// of inner errors, so they are replaced for the whole program.
//
//nolint:gochecknoinits // the only way in
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		p := problemOfHuma(status, errs)
		r := recordOf(ctx.Context())
		p.Instance = "urn:uuid:" + r.id
		for i := range p.Errors {
			p.Errors[i].Pointer = knownPart(p.Errors[i].Pointer, r.properties)
		}
		return p
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return problemOfHuma(status, errs) }
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
}

// The codes of what the frame finds in a request.
const (
	UnknownParameter = "unknown_parameter"
	UnknownProperty  = "unknown_property"
)

// problemOfHuma returns the problem for what huma found wrong with a request.
func problemOfHuma(status int, errs []error) *Problem {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return problemOfInputs(errs)
	case http.StatusRequestEntityTooLarge:
		return TooLarge.Problem("The body is larger than this operation takes.")
	case http.StatusUnsupportedMediaType:
		return MediaType.Problem("The body has a format that this operation does not take.")
	case http.StatusNotAcceptable:
		return NotAcceptable.Problem("This operation does not answer in the format asked for.")
	case http.StatusRequestTimeout:
		return Slow.Problem("The body did not arrive in time.")
	default:
		return fault()
	}
}

// problemOfInputs tells parameters, which are in the address and headers, from what is in the body.
func problemOfInputs(errs []error) *Problem {
	var list []Error
	parameters := true
	for _, err := range errs {
		e := Error{Detail: "This cannot be read."}
		if d, ok := err.(huma.ErrorDetailer); ok {
			e = errorOfHuma(d.ErrorDetail())
		}
		parameters = parameters && (e.Parameter != "" || e.Header != "")
		list = append(list, e)
	}
	if len(list) == 0 {
		return Malformed.Problem("The request needs a body.")
	}
	kind, detail := Refused, "The body is not what this operation takes: "+list[0].Detail
	if parameters {
		kind, detail = BadParameter, "A parameter is missing or wrong: "+list[0].Detail
	}
	return kind.Problem(detail, list...)
}

// errorOfHuma returns what huma found in one place. Its value is a part of the request, and so may be the end of its
// text; neither is repeated.
func errorOfHuma(d *huma.ErrorDetail) Error {
	text, _, _ := strings.Cut(d.Message, ": ")
	if strings.HasPrefix(d.Message, "json:") {
		text = "a value of another type is expected"
	}
	e := Error{Detail: sentence(text)}
	in, rest, _ := strings.Cut(d.Location, ".")
	switch in {
	case "query", "path", "cookie":
		e.Parameter = rest
		if strings.HasPrefix(text, "unknown query parameter") {
			// Its name is the request's.
			e = Error{Detail: "A parameter in the address is unknown to this operation.", Parameter: "?", Code: UnknownParameter}
		}
	case "header":
		e.Header = rest
	default:
		if text == "unexpected property" {
			e.Detail, e.Code = "The object there has a property that this operation does not know.", UnknownProperty
		}
		e.Pointer = pointer(rest)
	}
	return e
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// pointer returns a path of huma's, such as items[3].at, as a JSON Pointer.
func pointer(path string) string {
	path = strings.Trim(index.ReplaceAllString(path, ".$1"), ".")
	if path == "" {
		return ""
	}
	return "/" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(path, "~", "~0"), "/", "~1"), ".", "/")
}

// knownPart cuts a pointer before the first name that no body of the API has: it is the request's own, and may be
// anything.
func knownPart(pointer string, properties map[string]bool) string {
	from := 0
	for from < len(pointer) {
		to := from + 1
		for to < len(pointer) && pointer[to] != '/' {
			to++
		}
		name := pointer[from+1 : to]
		if _, err := strconv.Atoi(name); err != nil && !properties[name] {
			break
		}
		from = to
	}
	return pointer[:from]
}
