package server

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// readBody reads a request's body within the bounds of an operation, and puts what it has read in its place. JSON is
// checked as a whole before anything looks at it. An operation without a body takes none.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, op Operation, described *huma.Operation) *Problem {
	if described.RequestBody == nil {
		return noBody(r)
	}
	if problem := compressed(r); problem != nil {
		return problem
	}
	if r.ContentLength > op.MaxBytes {
		return tooLarge(w, op)
	}
	if r.ContentLength == 0 && !described.RequestBody.Required && len(r.Header.Values(headerContentType)) == 0 {
		return nil
	}
	kind, problem := mediaType(r, described)
	if problem != nil {
		return problem
	}
	r.Header.Set(headerContentType, kind) // huma knows it in small letters alone
	body, problem := s.readAll(w, r, op)
	if problem != nil {
		return problem
	}
	if isJSON(kind) && len(body) > 0 {
		if problem := checkJSON(body); problem != nil {
			return problem
		}
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return nil
}

const headerContentType = "Content-Type"

// compressed refuses a body that is compressed: what it becomes has no bound.
func compressed(r *http.Request) *Problem {
	if encoding := r.Header.Values("Content-Encoding"); len(encoding) > 1 || len(encoding) == 1 && !strings.EqualFold(encoding[0], "identity") {
		return MediaType.Problem("The body is compressed: send it as it is.").with(headerEncoding, "identity")
	}
	return nil
}

// noBody refuses a body where an operation takes none.
func noBody(r *http.Request) *Problem {
	if r.ContentLength != 0 {
		return Malformed.Problem("This operation takes no body: send none.")
	}
	return nil
}

func tooLarge(w http.ResponseWriter, op Operation) *Problem {
	w.Header().Set("Connection", "close") // the rest is not read
	return TooLarge.Problemf("The body has more than %d bytes, which is the most that this operation takes.", op.MaxBytes)
}

// mediaType returns the format of the body, in small letters and without parameters, or what is wrong with its Content-Type.
func mediaType(r *http.Request, described *huma.Operation) (kind string, problem *Problem) {
	kind, problem = contentType(r, takes(described))
	if problem == nil && !isTaken(described, kind) {
		problem = MediaType.Problem("The body has a format that this operation does not take.").At(Error{Detail: takes(described), Header: headerContentType})
	}
	return kind, problem
}

// contentType returns what the header Content-Type says that the body is, in small letters and without parameters; takes says
// what it may be.
func contentType(r *http.Request, takes string) (kind string, problem *Problem) {
	at := Error{Detail: takes, Header: headerContentType}
	sent := r.Header.Values(headerContentType)
	if len(sent) != 1 {
		return "", MediaType.Problem("The header Content-Type is needed once: it says what the body is.").At(at)
	}
	kind, parameters, err := mime.ParseMediaType(sent[0])
	if err != nil {
		return "", MediaType.Problem("The header Content-Type cannot be read.").At(at)
	}
	if charset, ok := parameters["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return "", MediaType.Problem("The header Content-Type names another encoding than UTF-8: send the body in UTF-8.").
			At(Error{Detail: "Only charset=utf-8 is taken.", Header: headerContentType})
	}
	return kind, nil
}

func isJSON(kind string) bool { return kind == "application/json" || strings.HasSuffix(kind, "+json") }

// isTaken reports whether an operation takes a format: by its name, or as one of those that are written in JSON.
func isTaken(described *huma.Operation, kind string) bool {
	content := described.RequestBody.Content
	_, named := content[kind]
	_, every := content["*/*"]
	_, inJSON := content["application/*+json"]
	return named || every || inJSON && strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
}

// takes names the formats that an operation takes.
func takes(described *huma.Operation) string {
	var kinds []string
	for kind := range described.RequestBody.Content {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return "This operation takes " + strings.Join(kinds, ", ") + "."
}

// readAll reads the body in the time that it has.
func (s *Server) readAll(w http.ResponseWriter, r *http.Request, op Operation) ([]byte, *Problem) {
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(s.options.Now().Add(op.BodyWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, Slow.Problem("The body could not be read.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, op.MaxBytes))
	if err == nil {
		// A deadline that passes while the operation works would end it. Where the body did not come it stays, so
		// that nobody waits for the rest.
		if err = control.SetReadDeadline(time.Time{}); errors.Is(err, http.ErrNotSupported) {
			err = nil
		}
	}
	var large *http.MaxBytesError
	var network net.Error
	switch {
	case err == nil:
		return body, nil
	case errors.As(err, &large):
		return nil, tooLarge(w, op)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		w.Header().Set("Connection", "close")
		return nil, Slow.Problemf("The body did not arrive within %v.", op.BodyWithin)
	default:
		w.Header().Set("Connection", "close")
		return nil, Malformed.Problem("The body broke off before its end.")
	}
}
