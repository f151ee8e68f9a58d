package calendar

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"longstop/internal/textfile"
)

//go:embed bank-holidays.json
var publishedFile []byte

// Published returns the calendar of the embedded edition: the GOV.UK bank
// holidays of England and Wales. It is built once and shared.
func Published() *Calendar { return published() }

var published = sync.OnceValue(func() *Calendar { return mustParse(publishedFile) })

func mustParse(file []byte) *Calendar {
	c, err := Parse(bytes.NewReader(file))
	if err != nil {
		panic("calendar: the embedded bank holidays cannot be read: " + err.Error())
	}
	return c
}

const (
	division    = "england-and-wales"
	maxFile     = 4 << 20 // bytes; the real file has some tens of thousands
	maxTitle    = 120     // characters
	substituted = "Substitute day"
)

// Parse reads a bank holidays file in the shape GOV.UK publishes and makes a
// calendar of its England and Wales division; other divisions are ignored.
//
// A wrong calendar makes every clock wrong, so it is strict. A byte order mark is
// passed over. It refuses a file over 4 MiB, UTF-16, text that is not one JSON
// object, a missing or empty division, an entry without a title or a date, a
// date given twice, a year outside 1900 to 2199, and years with a gap or with
// fewer than the eight standing holidays, which is what a file cut short looks
// like. Errors about an entry name its place in the list, counted from 0.
func Parse(r io.Reader) (*Calendar, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("bank holidays: %w", err)
	}
	entries, err := entriesOf(text)
	if err != nil {
		return nil, fmt.Errorf("bank holidays: %w", err)
	}
	holidays := make([]holiday, 0, len(entries))
	at := make(map[Date]int, len(entries))
	for i, raw := range entries {
		h, err := parseEntry(raw)
		if err != nil {
			return nil, fmt.Errorf("bank holidays: entry %d: %w", i, err)
		}
		if first, ok := at[h.date]; ok {
			return nil, fmt.Errorf("bank holidays: entry %d: %s is already the date of entry %d", i, h.date, first)
		}
		at[h.date] = i
		holidays = append(holidays, h)
	}
	slices.SortFunc(holidays, func(a, b holiday) int { return cmp.Compare(a.date, b.date) })
	if err := checkYears(holidays); err != nil {
		return nil, fmt.Errorf("bank holidays: %w", err)
	}
	return newCalendar(holidays), nil
}

// entriesOf returns the entries of the England and Wales division as they stand.
func entriesOf(text []byte) ([]json.RawMessage, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("the file is larger than %d bytes", maxFile)
	}
	text, err := textfile.UTF8(text)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the file is empty")
	}
	var divisions map[string]json.RawMessage
	if err := json.Unmarshal(text, &divisions); err != nil {
		return nil, fmt.Errorf("the file is not a JSON object of divisions: %w", err)
	}
	raw, ok := divisions[division]
	if !ok {
		return nil, fmt.Errorf("the file has no division %q", division)
	}
	var d struct {
		Division string            `json:"division"`
		Events   []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fmt.Errorf("division %q: %w", division, err)
	}
	if d.Division != "" && d.Division != division {
		return nil, fmt.Errorf("division %q calls itself %s", division, excerpt(d.Division))
	}
	if len(d.Events) == 0 {
		return nil, fmt.Errorf("division %q has no events", division)
	}
	return d.Events, nil
}

func parseEntry(raw json.RawMessage) (holiday, error) {
	var e struct {
		Title string `json:"title"`
		Date  string `json:"date"`
		Notes string `json:"notes"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return holiday{}, err
	}
	title := strings.TrimSpace(e.Title)
	if title == "" {
		return holiday{}, errors.New("it has no title")
	}
	if utf8.RuneCountInString(title) > maxTitle || strings.ContainsFunc(title, unicode.IsControl) {
		return holiday{}, fmt.Errorf("title %s is longer than %d characters or has control characters", excerpt(title), maxTitle)
	}
	d, err := ParseDate(e.Date)
	if err != nil {
		return holiday{}, err
	}
	if d < tableFirst || d > tableLast {
		return holiday{}, fmt.Errorf("%s lies outside the years %d to %d", d, tableFirstYear, tableLastYear)
	}
	if e.Notes == substituted {
		title += substitute
	}
	return holiday{d, title}, nil
}

// checkYears refuses years that are missing between others, or incomplete. The
// holidays must be in order of date.
func checkYears(holidays []holiday) error {
	first := holidays[0].date.Year()
	perYear := make([]int, holidays[len(holidays)-1].date.Year()-first+1)
	for _, h := range holidays {
		perYear[h.date.Year()-first]++
	}
	for i, n := range perYear {
		if n == 0 {
			return fmt.Errorf("the year %d is missing between others", first+i)
		}
		if n < standingHolidays {
			return fmt.Errorf("the year %d has %d bank holidays, and a complete year at least %d", first+i, n, standingHolidays)
		}
	}
	return nil
}

// editionName names the edition after its years and the hash of its dates.
func editionName(first, last int, published []holiday) string {
	var dates bytes.Buffer
	for _, h := range published {
		dates.WriteString(h.date.String())
		dates.WriteByte('\n')
	}
	years := fmt.Sprint(first)
	if last != first {
		years = fmt.Sprintf("%d–%d", first, last)
	}
	sum := sha256.Sum256(dates.Bytes())
	return fmt.Sprintf("England and Wales bank holidays %s (%x)", years, sum[:4])
}
