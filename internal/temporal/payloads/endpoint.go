package payloads

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// mostPayloads bounds a request, in bytes: more than a page of the UI shows.
const mostPayloads = 16 << 20

// Endpoint opens payloads for a Temporal UI: its codec endpoint. It answers POST …/decode
// from one origin, that of the UI, and only to who shows the token, which a proxy adds once
// it knows who is asking. It never seals, so nobody can forge a payload with it.
func Endpoint(options client.Options, origin, token string) http.Handler {
	open := converter.NewPayloadCodecHTTPHandler(&codec{keys: UsedBy(options), namespace: options.Namespace})
	want := sha256.Sum256([]byte("Bearer " + token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if r.Header.Get("Origin") != origin {
			http.Error(w, "this origin may not ask", http.StatusForbidden)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Namespace")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		switch {
		case token == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1:
			http.Error(w, "a token is missing or wrong", http.StatusUnauthorized)
		case r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/decode"):
			http.NotFound(w, r)
		default:
			w.Header().Set("Cache-Control", "no-store")
			r.Body = http.MaxBytesReader(w, r.Body, mostPayloads)
			open.ServeHTTP(w, r)
		}
	})
}
