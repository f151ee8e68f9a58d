package access

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"
)

// A token stands for a key for a short while, for programs that ask for one by OAuth 2 (client credentials) and cannot send a
// key itself. It reads
//
//	lst_<secret>
//
// where the secret is 256 random bits, of which the record keeps the SHA-256 alone.

// tokenPrefix begins every token, so that one is not taken for a key, and can be found where it should not be.
const tokenPrefix = "lst_"

// Token is a token that was issued.
type Token struct {
	Text  string
	Lasts time.Duration // from when it was issued
}

// NewToken makes the text of a token. random yields random bytes that nobody can guess.
func NewToken(random io.Reader) (string, error) {
	drawn := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return "", fmt.Errorf("drawing a token by lot: %w", err)
	}
	return tokenPrefix + encoding.EncodeToString(drawn), nil
}

// TokenDigest returns what the record keeps of a token; ok is false of a text that is not one.
func TokenDigest(text string) (d Digest, ok bool) {
	secret, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || !isEncoded(secret, secretLength, secretBytes) {
		return Digest{}, false
	}
	return sha256.Sum256([]byte(secret)), true
}
