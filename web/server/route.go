package server

import (
	"net/http"
	"net/url"
	"path"
	"unicode"
	"unicode/utf8"
)

// route hands a request to what serves its address. ServeMux answers what it does not know in its own words, and
// leads an address that is not written cleanly to another one; here the first is a problem, and the second unknown.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	problem := s.find(r)
	if problem == nil {
		s.mux.ServeHTTP(w, r)
		return
	}
	s.refuse(w, r, problem)
}

// find notes the route of a request, or returns why there is none.
func (s *Server) find(r *http.Request) *Problem {
	if escaped := r.URL.EscapedPath(); escaped != path.Clean("/"+escaped) || r.URL.Path == "" {
		return NotFound.Problem("No operation has this address.")
	}
	handler, pattern := s.mux.Handler(r)
	if pattern == "" {
		return unrouted(handler, r)
	}
	recordOf(r.Context()).route = pattern
	if !plain(r.URL.Path) {
		return Malformed.Problem("The address holds characters that are not text: control characters, or bytes that are not UTF-8.")
	}
	return checkQuery(r.URL.RawQuery)
}

// unrouted returns the problem for an address that nothing serves. handler is ServeMux's answer, which names the
// methods that the address takes.
func unrouted(handler http.Handler, r *http.Request) *Problem {
	var probe headerProbe
	handler.ServeHTTP(&probe, r)
	if allow := probe.Header().Get("Allow"); allow != "" {
		return MethodNotAllowed.Problem("This address does not take this method; the header Allow names those that it takes.").with("Allow", allow)
	}
	return NotFound.Problem("No operation has this address.")
}

// headerProbe takes an answer and keeps its header alone.
type headerProbe struct{ header http.Header }

// Header returns the header.
func (p *headerProbe) Header() http.Header {
	if p.header == nil {
		p.header = http.Header{}
	}
	return p.header
}

// Write takes the body and drops it.
func (p *headerProbe) Write(text []byte) (int, error) { return len(text), nil }

// WriteHeader does nothing.
func (p *headerProbe) WriteHeader(int) {}

// checkQuery returns what is wrong with a query as a whole. Which parameters there are is each operation's.
func checkQuery(raw string) *Problem {
	if raw == "" {
		return nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return Malformed.Problem("What follows the question mark of the address cannot be read: write it as name=value, joined by &, and escape what is not a letter or digit.")
	}
	for name, values := range query {
		if len(values) > 1 {
			return BadParameter.Problem("A parameter in the address is given twice: give each once.")
		}
		if !plain(name) || !plain(values[0]) {
			return Malformed.Problem("A parameter in the address holds characters that are not text: control characters, or bytes that are not UTF-8.")
		}
	}
	return nil
}

// plain reports whether a text is valid UTF-8 without control characters.
func plain(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, c := range text {
		if unicode.IsControl(c) {
			return false
		}
	}
	return true
}
