package store

import (
	"bytes"
	"encoding/json"
	"strings"

	"longstop/calendar"
)

// The published bank holidays file, as far as it is read.
type (
	holidaysFile struct {
		England holidaysOf `json:"england-and-wales"`
	}
	holidaysOf struct {
		Division string    `json:"division"`
		Events   []holiday `json:"events"`
	}
	holiday struct {
		Title string `json:"title"`
		Date  string `json:"date"`
		Notes string `json:"notes"`
	}
)

// publishedFile writes a calendar in the shape that GOV.UK publishes, so that the calendar
// which ships with the program is kept like one that was adopted from a file.
func publishedFile(c *calendar.Calendar) []byte {
	file := holidaysFile{England: holidaysOf{Division: "england-and-wales"}}
	last := calendar.NewDate(c.LastYear(), 12, 31)
	for day := calendar.NewDate(c.FirstYear(), 1, 1); day <= last; day = day.AddDays(1) {
		name, ok := c.Holiday(day)
		if !ok {
			continue
		}
		title, substitute := strings.CutSuffix(name, " (substitute day)")
		h := holiday{Title: title, Date: day.String()}
		if substitute {
			h.Notes = "Substitute day"
		}
		file.England.Events = append(file.England.Events, h)
	}
	var out bytes.Buffer
	_ = json.NewEncoder(&out).Encode(file) //nolint:errcheck // strings and slices of them always encode, and a buffer takes every byte
	return out.Bytes()
}
