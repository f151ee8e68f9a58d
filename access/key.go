package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// A key reads
//
//	ls_<environment>_<id>_<secret><checksum>
//
// in lower-case letters and digits. The id is shown wherever the key is spoken of. The secret is 256 random bits, of which the
// record keeps the SHA-256 alone: at that length a slower digest adds nothing. The checksum tells a mistyped key from a wrong
// one without the record, and lets tools that look for leaked secrets be sure of what they have found.

// Prefix begins every key, so that one can be found where it should not be.
const Prefix = "ls"

// The lengths of the parts of a key, in characters, and of what is random, in bytes.
const (
	maxEnvironment = 12
	idBytes        = 5
	idLength       = 8
	secretBytes    = 32
	secretLength   = 52
	checksumLength = 7
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ErrMalformed is returned for a text that is not a key: mistyped, cut off, or something else.
var ErrMalformed = errors.New("it is not a key")

// Key is a key in its parts.
type Key struct {
	Environment string // which record it is for, in a word: "live", "test"
	ID          string
	secret      string
}

// Digest is the SHA-256 of a key's secret: what the record keeps of it.
type Digest [sha256.Size]byte

// NewKey makes a key. random yields random bytes that nobody can guess.
func NewKey(environment string, random io.Reader) (Key, error) {
	if err := CheckEnvironment(environment); err != nil {
		return Key{}, err
	}
	drawn := make([]byte, idBytes+secretBytes)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return Key{}, fmt.Errorf("drawing a key by lot: %w", err)
	}
	return Key{environment, encoding.EncodeToString(drawn[:idBytes]), encoding.EncodeToString(drawn[idBytes:])}, nil
}

// CheckEnvironment returns what is wrong with the name of an environment.
func CheckEnvironment(name string) error {
	ok := name != "" && len(name) <= maxEnvironment
	for _, c := range name {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9')
	}
	if !ok {
		return fmt.Errorf("%q: an environment is 1 to %d lower-case letters and digits, such as live or test", name, maxEnvironment)
	}
	return nil
}

// ParseKey reads a key. The error is ErrMalformed.
func ParseKey(text string) (Key, error) {
	parts := strings.Split(text, "_")
	if len(parts) != 4 || parts[0] != Prefix || CheckEnvironment(parts[1]) != nil || !isEncoded(parts[2], idLength, idBytes) ||
		len(parts[3]) != secretLength+checksumLength {
		return Key{}, ErrMalformed
	}
	k := Key{parts[1], parts[2], parts[3][:secretLength]}
	if !isEncoded(k.secret, secretLength, secretBytes) || parts[3][secretLength:] != k.checksum() {
		return Key{}, ErrMalformed
	}
	return k, nil
}

// IDOf returns the id of a key that is written as its id, as its label, or whole; ErrMalformed where it is none of them.
func IDOf(text string) (string, error) {
	if k, err := ParseKey(text); err == nil {
		return k.ID, nil
	}
	id := text
	if parts := strings.Split(text, "_"); len(parts) == 3 && parts[0] == Prefix && CheckEnvironment(parts[1]) == nil {
		id = parts[2]
	}
	if !isEncoded(id, idLength, idBytes) {
		return "", ErrMalformed
	}
	return id, nil
}

// IsOf reports whether a text is a whole key, and another names it, by its id or its label.
func IsOf(text, named string) bool {
	k, err := ParseKey(text)
	id, unnamed := IDOf(named)
	return err == nil && unnamed == nil && id == k.ID
}

// isEncoded reports whether a text is the one by which so many bytes are written.
func isEncoded(text string, length, bytes int) bool {
	if len(text) != length {
		return false
	}
	decoded, err := encoding.DecodeString(text)
	return err == nil && len(decoded) == bytes && encoding.EncodeToString(decoded) == text
}

// Label is the part of a key that may be shown: all of it but the secret.
func (k Key) Label() string { return Label(k.Environment, k.ID) }

// Label is how the key of an environment and an id is shown.
func Label(environment, id string) string { return Prefix + "_" + environment + "_" + id }

// Reveal returns the whole key. It is for whoever it was made for, once.
func (k Key) Reveal() string { return k.Label() + "_" + k.secret + k.checksum() }

// String is the label: a key that is printed by mistake keeps its secret.
func (k Key) String() string { return k.Label() }

// GoString is String, for %#v.
func (k Key) GoString() string { return k.Label() }

func (k Key) checksum() string {
	sum := crc32.ChecksumIEEE([]byte(k.Label() + "_" + k.secret))
	return encoding.EncodeToString([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

// Digest returns what the record keeps of the secret.
func (k Key) Digest() Digest { return sha256.Sum256([]byte(k.secret)) }

// Equal reports whether two digests are the same, in a time that says nothing of them.
func (d Digest) Equal(other []byte) bool { return subtle.ConstantTimeCompare(d[:], other) == 1 }
