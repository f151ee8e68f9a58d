package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"longstop/access"
)

// mostKey is how long a key can be.
const mostKey = 200

// authenticate returns who makes a request, or why that is not known. It says the same of a key that is missing,
// malformed, unknown, expired or revoked. With a key of another council it returns both.
func (s *Server) authenticate(r *http.Request) (access.Caller, *Problem) {
	key, ok := bearer(r.Header)
	if !ok {
		return access.Caller{}, notSignedIn()
	}
	from := s.gate.addressOf(r)
	if problem := s.gate.hold(from, key, s.options.Now()); problem != nil {
		return access.Caller{}, problem
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	caller, err := s.options.Authenticator.Authenticate(ctx, key)
	switch {
	case errors.Is(err, access.ErrUnknownKey):
		s.gate.signedIn(from, key, false, s.options.Now())
		return access.Caller{}, notSignedIn()
	case errors.Is(err, access.ErrOtherCouncil):
		recordOf(r.Context()).key = caller.Key
		return caller, s.problemOf(ctx, err).Details()
	case err != nil:
		s.logFailure(ctx, err)
		return access.Caller{}, unavailable()
	}
	s.gate.signedIn(from, key, true, s.options.Now())
	recordOf(r.Context()).key = caller.Key
	return caller, nil
}

func notSignedIn() *Problem {
	return NotSignedIn.Problem(`This needs a valid key, as "Authorization: Bearer KEY".`).with(headerSignIn, `Bearer realm="longstop"`)
}

// bearer returns the key that a request came with.
func bearer(h http.Header) (string, bool) {
	sent := h.Values("Authorization")
	if len(sent) != 1 {
		return "", false
	}
	scheme, key, ok := strings.Cut(sent[0], " ")
	return key, ok && strings.EqualFold(scheme, "Bearer") && key != "" && len(key) <= mostKey && !strings.ContainsAny(key, " ,\t")
}
