package access

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// The address of a calendar holds a secret, since most calendar programs can show nothing else. It reads
//
//	lsc_<secret>
//
// as a token does, with a beginning of its own, so that one that lies about can be found and is not taken for a key.
const calendarPrefix = "lsc_"

// Calendar is what the address of a calendar is for. It is not among Actions: no key may be allowed it, and whoever knows such an
// address may do nothing else.
const Calendar Action = "calendar"

// NewCalendar makes the secret of a calendar's address, and the id by which people speak of it. random yields random bytes that
// nobody can guess.
func NewCalendar(random io.Reader) (id, secret string, err error) {
	drawn := make([]byte, idBytes+secretBytes)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return "", "", fmt.Errorf("drawing the address of a calendar by lot: %w", err)
	}
	return encoding.EncodeToString(drawn[:idBytes]), calendarPrefix + encoding.EncodeToString(drawn[idBytes:]), nil
}

// CalendarDigest returns what the record keeps of the secret of a calendar's address; ok is false of a text that is not one.
func CalendarDigest(text string) (d Digest, ok bool) {
	secret, ok := strings.CutPrefix(text, calendarPrefix)
	ok = ok && isEncoded(secret, secretLength, secretBytes)
	return sha256.Sum256([]byte(secret)), ok
}

// IsCalendarID reports whether a text is the id of a calendar.
func IsCalendarID(text string) bool { return isEncoded(text, idLength, idBytes) }
