package v1

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"longstop/api"
)

// dutyColumns are the columns of a table of duties: the names of their JSON, in its order.
var dutyColumns = []struct {
	name string
	cell func(*api.Duty) string
}{
	{"case", func(d *api.Duty) string { return d.Case }},
	{"duty", func(d *api.Duty) string { return d.Duty }},
	{"ref", func(d *api.Duty) string { return d.Ref }},
	{"pathway", func(d *api.Duty) string { return d.Pathway }},
	{"episode", func(d *api.Duty) string { return d.Episode }},
	{"started", func(d *api.Duty) string { return d.Started }},
	{"due", func(d *api.Duty) string { return d.Due }},
	{"local_due", func(d *api.Duty) string { return d.LocalDue }},
	{"local", func(d *api.Duty) string { return flag(d.Local) }},
	{"state", func(d *api.Duty) string { return string(d.State) }},
	{"met_on", func(d *api.Duty) string { return d.MetOn }},
	{"inferred", func(d *api.Duty) string { return flag(d.Inferred) }},
	{"ended_on", func(d *api.Duty) string { return d.EndedOn }},
	{"late_days", func(d *api.Duty) string { return number(d.LateDays) }},
	{"recorded_late_days", func(d *api.Duty) string { return number(d.RecordedLateDays) }},
	{"waiting_for", func(d *api.Duty) string { return d.WaitingFor }},
	{"provisional", func(d *api.Duty) string { return flag(d.Provisional) }},
	{"team", func(d *api.Duty) string { return d.Team }},
	{"worker", func(d *api.Duty) string { return d.Worker }},
	{"undeliverable", func(d *api.Duty) string { return d.Undeliverable }},
	{"fault", func(d *api.Duty) string { return d.Fault }},
}

// flag is true, or nothing: as in JSON, what is false is left out.
func flag(is bool) string {
	if !is {
		return ""
	}
	return "true"
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// dutyTable writes duties as CSV (RFC 4180), under the names of their columns.
func dutyTable(duties []api.Duty) ([]byte, error) {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	row := make([]string, len(dutyColumns))
	for i, c := range dutyColumns {
		row[i] = c.name
	}
	if err := w.Write(row); err != nil {
		return nil, err
	}
	for i := range duties {
		for j, c := range dutyColumns {
			row[j] = inertCell(c.cell(&duties[i]))
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return text.Bytes(), w.Error()
}

// inertCell is a text that no spreadsheet takes for a formula: one that begins as a formula may, after blanks too, gets
// an apostrophe before it. References of cases, teams and people are what a source says they are.
func inertCell(text string) string {
	if first := strings.TrimLeft(text, " \u00a0"); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") ||
		strings.HasPrefix(first, "＝") || strings.HasPrefix(first, "＋") || strings.HasPrefix(first, "－") || strings.HasPrefix(first, "＠") {
		return "'" + text
	}
	return text
}
