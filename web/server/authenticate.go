package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"longstop/access"
)

// mostKey is how long a key can be.
const mostKey = 200

// callerOf returns who makes a request of an operation, or why that is not known. With a key of another council it returns both.
func (s *Server) callerOf(r *http.Request, op *Operation) (access.Caller, *Problem) {
	if op.Secret != nil {
		return s.identify(r, r.PathValue("secret"), op.Secret, nothingThere)
	}
	key, ok := bearer(r.Header)
	if !ok {
		return access.Caller{}, notSignedIn()
	}
	return s.signIn(r, key, notSignedIn)
}

// signIn returns whose a key is, or why that is not known: unknown makes the answer to one that is not valid. With a key of
// another council it returns both.
func (s *Server) signIn(r *http.Request, key string, unknown func() *Problem) (access.Caller, *Problem) {
	return s.identify(r, key, s.options.Authenticator.Authenticate, unknown)
}

// identify returns the caller that a key or a secret stands for, as find says, or why that is not known. It says the same, unknown, of one that is
// malformed, unknown, expired or revoked.
func (s *Server) identify(r *http.Request, shown string, find func(context.Context, string) (access.Caller, error), unknown func() *Problem) (access.Caller, *Problem) {
	from := s.gate.addressOf(r)
	if problem := s.gate.hold(from, shown, s.options.Now()); problem != nil {
		return access.Caller{}, problem
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	caller, err := find(ctx, shown)
	switch {
	case errors.Is(err, access.ErrUnknownKey):
		s.gate.failed(from, shown, s.options.Now())
		return access.Caller{}, unknown()
	case errors.Is(err, access.ErrOtherCouncil):
		recordOf(r.Context()).key = caller.Key
		return caller, s.problemOf(ctx, err).Details()
	case err != nil:
		s.logFailure(ctx, err)
		return access.Caller{}, unavailable()
	}
	s.gate.signedIn(caller.Key, shown)
	recordOf(r.Context()).key = caller.Key
	return caller, nil
}

// nothingThere is what whoever does not know a secret is answered, whatever the reason.
func nothingThere() *Problem { return Unknown.Problem("Nothing is there.") }

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

// tokenPath is where a program changes a key for a token that stands for it, by OAuth 2 (RFC 6749, client credentials): senders
// of the Department for Education's API cannot send a key itself.
const tokenPath = "/v1/token"

// mostForm bounds the form by which a token is asked for, in bytes.
const mostForm = 8 << 10

// issued is a token as OAuth 2 has it.
type issued struct {
	Token   string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int    `json:"expires_in"`
	Scope   string `json:"scope"`
}

// tokenProblem is a problem, and what OAuth 2 says of it.
type tokenProblem struct {
	*Problem

	Code        string `json:"error"`
	Description string `json:"error_description"`
}

// token answers a program that asks for a token.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	answer, code, problem := s.issue(w, r)
	if problem != nil {
		if err := problem.writeAs(w, r, &tokenProblem{problem, code, problem.Detail}); err != nil {
			s.logGone(r, err)
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Pragma", "no-cache")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.logGone(r, err)
	}
}

// The errors of OAuth 2. The last is not one of its own: it has none for a server that cannot answer now.
const (
	invalidRequest   = "invalid_request"
	invalidClient    = "invalid_client"
	unsupportedGrant = "unsupported_grant_type"
	otherCouncil     = "unauthorized_client" //nolint:misspell // as the protocol spells it
	temporary        = "temporarily_unavailable"
)

// issue returns a token, or the error of OAuth 2 and the problem.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) (answer issued, code string, problem *Problem) {
	form, problem := s.readForm(w, r)
	if problem != nil {
		return answer, invalidRequest, problem
	}
	if form.Get("grant_type") != "client_credentials" {
		return answer, unsupportedGrant, BadParameter.Problem("The form needs grant_type=client_credentials: no other grant is given.")
	}
	id, key, problem := client(r, form)
	if problem != nil {
		return answer, invalidRequest, problem
	}
	answer, problem = s.issueTo(r, id, key)
	return answer, errorOf(problem), problem
}

// errorOf is what OAuth 2 calls the problem of a client; "" of nil.
func errorOf(problem *Problem) string {
	switch {
	case problem == nil:
		return ""
	case problem.Status == http.StatusUnauthorized:
		return invalidClient
	case problem.Status == http.StatusForbidden:
		return otherCouncil
	default:
		return temporary
	}
}

// asksToken is what the audit says that a key was used for. It is not an action that a key is made for.
const asksToken access.Action = "token"

// issueTo returns a token for a key of an id. As with an operation, a key of another council that is refused is noted, and
// counts as any other request.
func (s *Server) issueTo(r *http.Request, id, key string) (answer issued, problem *Problem) {
	caller, why := s.signInAs(r, id, key)
	if why != nil && caller.Key == "" {
		return answer, why
	}
	leave, problem := s.gate.enter(caller, s.options.Now())
	if problem != nil {
		return answer, problem
	}
	defer leave()
	ctx, cancel := context.WithTimeout(access.WithCaller(r.Context(), caller), within)
	defer cancel()
	ctx = s.enter(ctx, caller, asksToken)
	if why != nil {
		s.note(ctx, s.options.OtherCouncil)
		return answer, why
	}
	token, err := s.options.Issuer.IssueToken(ctx, caller)
	switch {
	case errors.Is(err, access.ErrUnknownKey):
		return answer, unknownClient()
	case err != nil:
		s.logFailure(ctx, err)
		return answer, unavailable()
	}
	s.gate.signedIn(caller.Key, token.Text)
	return issued{token.Text, "Bearer", int(token.Lasts.Seconds()), strings.ReplaceAll(access.Join(caller.Actions), ",", "")}, nil
}

// signInAs is signIn with a key, which has to be the one of an id.
func (s *Server) signInAs(r *http.Request, id, key string) (access.Caller, *Problem) {
	if access.IsOf(key, id) {
		return s.signIn(r, key, unknownClient)
	}
	from := s.gate.addressOf(r)
	if problem := s.gate.hold(from, "", s.options.Now()); problem != nil {
		return access.Caller{}, problem
	}
	s.gate.failed(from, "", s.options.Now())
	return access.Caller{}, unknownClient()
}

func unknownClient() *Problem {
	return NotSignedIn.Problem("The client id is the id of a key, and the client secret that key: one of them is not valid.").
		with(headerSignIn, `Basic realm="longstop"`)
}

// readForm reads the form by which a token is asked for.
func (s *Server) readForm(w http.ResponseWriter, r *http.Request) (url.Values, *Problem) {
	if r.URL.RawQuery != "" {
		return nil, BadParameter.Problem("A key has no place in an address: send everything in the body, as a form.")
	}
	if problem := compressed(r); problem != nil {
		return nil, problem
	}
	const takes = "A token is asked for by a form: application/x-www-form-urlencoded."
	kind, problem := contentType(r, takes)
	if problem != nil {
		return nil, problem
	}
	if kind != "application/x-www-form-urlencoded" {
		return nil, MediaType.Problem(takes)
	}
	op := Operation{MaxBytes: mostForm, BodyWithin: s.gate.limits.FormWithin}
	if r.ContentLength > op.MaxBytes {
		return nil, tooLarge(w, op)
	}
	leave, problem := s.gate.readsForm(s.gate.addressOf(r), s.options.Now())
	if problem != nil {
		w.Header().Set("Connection", "close") // the form is not read
		return nil, problem
	}
	defer leave()
	body, problem := s.readAll(w, r, op)
	if problem != nil {
		return nil, problem
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, Malformed.Problem("The form cannot be read: write it as name=value, joined by &, and escape what is not a letter or digit.")
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, Malformed.Problem("A field stands twice in the form: send each once.")
		}
	}
	return form, nil
}

// client returns the client id and the secret, from the form or from the header of basic authentication, where both are escaped
// as in a form.
func client(r *http.Request, form url.Values) (id, secret string, problem *Problem) {
	id, secret, basic := r.BasicAuth()
	inForm := form.Has("client_secret")
	switch {
	case basic && inForm, len(r.Header.Values("Authorization")) > 1:
		return "", "", Malformed.Problem("The client secret came twice, in headers Authorization or in one and the form: send it once.")
	case basic:
		user, err := url.QueryUnescape(id)
		password, err2 := url.QueryUnescape(secret)
		if err != nil || err2 != nil {
			return "", "", Malformed.Problem("The header Authorization cannot be read.")
		}
		return user, password, nil
	case !inForm || !form.Has("client_id"):
		return "", "", BadParameter.Problem("The form needs client_id, the id of a key, and client_secret, the key itself.")
	}
	return form.Get("client_id"), form.Get("client_secret"), nil
}
