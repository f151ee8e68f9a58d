package notifytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// skew is how far a token's time may be off, either way.
const skew = 30 * time.Second

// authenticate returns the key with which a request is signed.
func (s *Server) authenticate(r *http.Request) (key, *refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return key{}, &refusal{http.StatusUnauthorized, "AuthError", "Unauthorized: authentication token must be provided"} //nolint:misspell // Notify's words
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return key{}, forbidden("Invalid token: not a valid JSON web token")
	}
	var header struct{ Alg, Typ string }
	var claims struct {
		Iss string
		Iat *int64
	}
	if !decode(parts[0], &header) || !decode(parts[1], &claims) {
		return key{}, forbidden("Invalid token: not a valid JSON web token")
	}
	switch {
	case header.Alg != "HS256":
		return key{}, forbidden("Invalid token: algorithm used is not HS256")
	case claims.Iss == "":
		return key{}, forbidden("Invalid token: iss field not provided")
	case claims.Iat == nil:
		return key{}, forbidden("Invalid token: iat field not provided")
	case claims.Iss != s.service:
		return key{}, forbidden("Invalid token: service not found")
	}
	if off := s.now().Sub(time.Unix(*claims.Iat, 0)); off > skew || off < -skew {
		return key{}, forbidden("Error: Your system clock must be accurate to within 30 seconds")
	}
	return s.signer(parts)
}

func (s *Server) signer(parts []string) (key, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	for _, k := range s.keys {
		mac := hmac.New(sha256.New, []byte(k.secret))
		mac.Write([]byte(parts[0] + "." + parts[1]))
		if err != nil || !hmac.Equal(mac.Sum(nil), signature) {
			continue
		}
		if k.revoked {
			return key{}, forbidden("Invalid token: API key revoked")
		}
		return k, nil
	}
	return key{}, forbidden("Invalid token: API key not found")
}

func forbidden(words string) *refusal { return &refusal{http.StatusForbidden, "AuthError", words} }

func decode(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}
