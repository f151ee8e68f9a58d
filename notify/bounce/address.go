package bounce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"net/mail"
	"strings"

	"github.com/google/uuid"
)

const (
	// macBytes of the check at the end of an address: 80 bits, which nobody guesses by sending mail.
	macBytes = 10
	// payloadBytes are the delivery's id and the number of the attempt.
	payloadBytes = 16 + 2
	// mostLocal is the longest local part of an address (RFC 5321, section 4.5.3.1.1).
	mostLocal = 64
	// leastKey is the shortest key.
	leastKey = 16
)

// encoding has digits and lower-case letters only: mail servers may change the case of an address.
var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// Addresses makes the envelope address of each attempt, bounces+ID@council.example, to which mail
// servers report what became of it, and recognises it again. The id is opaque and holds a check by
// a key, so that nobody who has not had a message can report on it.
type Addresses struct {
	local, domain string
	key           []byte
}

// NewAddresses makes them of a mailbox, which must take mail for every address with a plus and an id before its
// @, and of a key.
func NewAddresses(mailbox string, key []byte) (*Addresses, error) {
	a, err := mail.ParseAddress(mailbox)
	if err != nil || a.Address != mailbox {
		return nil, errors.New("it is not an e-mail address")
	}
	local, domain, _ := strings.Cut(mailbox, "@")
	switch {
	case strings.ContainsAny(local, "+\" "):
		return nil, errors.New("its part before the @ must be plain and without a plus")
	case len(local)+1+encoding.EncodedLen(payloadBytes+macBytes) > mostLocal:
		return nil, errors.New("its part before the @ is too long: at most 18 characters, since an id follows")
	case len(key) < leastKey:
		return nil, errors.New("the key is too short: at least 16 bytes, better 32 from a generator of random bytes")
	}
	return &Addresses{local: strings.ToLower(local), domain: strings.ToLower(domain), key: key}, nil
}

// Of returns the envelope address of an attempt to send a delivery; "" where the delivery's id is not a
// UUID or the attempt's number is out of range.
func (a *Addresses) Of(delivery string, attempt int) string {
	id, err := uuid.Parse(delivery)
	if err != nil || attempt < 0 || attempt > 0xffff {
		return ""
	}
	payload := binary.BigEndian.AppendUint16(id[:], uint16(attempt))
	return a.local + "+" + encoding.EncodeToString(append(payload, a.mac(payload)...)) + "@" + a.domain
}

// Read returns the delivery and the attempt of an envelope address; ok is false for any address that Of has
// not made with the same key.
func (a *Addresses) Read(address string) (delivery string, attempt int, ok bool) {
	local, domain, has := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	name, id, plus := strings.Cut(local, "+")
	if !has || !plus || name != a.local || domain != a.domain {
		return "", 0, false
	}
	text, err := encoding.DecodeString(id)
	if err != nil || len(text) != payloadBytes+macBytes {
		return "", 0, false
	}
	payload, mac := text[:payloadBytes], text[payloadBytes:]
	if !hmac.Equal(mac, a.mac(payload)) {
		return "", 0, false
	}
	return uuid.UUID(payload[:16]).String(), int(binary.BigEndian.Uint16(payload[16:])), true
}

func (a *Addresses) mac(payload []byte) []byte {
	h := hmac.New(sha256.New, a.key)
	h.Write([]byte("envelope address 1\x00"))
	h.Write(payload)
	return h.Sum(nil)[:macBytes]
}
