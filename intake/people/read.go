package people

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"longstop/internal/jsonkeys"
	"longstop/internal/names"
	"longstop/internal/textfile"
)

// mostBytes bounds a file: a county has a few thousand people, and a row of one has some hundred bytes.
const mostBytes = 32 << 20

// ErrNotPeople is the error of a file that nobody can read as a list of people.
var ErrNotPeople = errors.New("not a list of people and teams")

// Read reads a file. Faulty rows are refused by line and column, and the others read; the error is that of
// reading, or wraps ErrNotPeople where nothing of the file may be used.
func Read(r io.Reader) (*File, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the list of people: %w", err)
	}
	if len(text) > mostBytes {
		return nil, fmt.Errorf("%w: it is larger than %d MiB", ErrNotPeople, mostBytes>>20)
	}
	if text, err = textfile.UTF8(text); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPeople, err)
	}
	if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		return nil, fmt.Errorf("%w: it is a spreadsheet or a ZIP archive: save it as CSV (UTF-8)", ErrNotPeople)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: line %d is not UTF-8: save the file as CSV UTF-8", ErrNotPeople, badLine(text))
	}
	f := &File{faulty: map[string]bool{}}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		f.readLines(text)
		return f, nil
	}
	return f, f.readTable(text)
}

// badLine returns the first line that is not UTF-8.
func badLine(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

// readTable reads CSV, separated by commas, semicolons or tabs.
func (f *File) readTable(text []byte) error {
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = separator(text)
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("%w: it has no line of column names: %w", ErrNotPeople, err)
	}
	for i, name := range header {
		header[i] = strings.ToLower(names.Clean(name))
		if err := checkColumn(header[i], header[:i]); err != nil {
			return err
		}
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil { // where a quote does not end, nobody knows what the rest is
			return fmt.Errorf("%w: %w", ErrNotPeople, err)
		}
		line, _ := in.FieldPos(0)
		f.readCells(line, header, cells)
	}
}

func separator(text []byte) rune {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	for _, c := range []rune{',', ';', '\t'} {
		if bytes.ContainsRune(first, c) {
			return c
		}
	}
	return ','
}

func checkColumn(name string, before []string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: a column has no name: the first line names the columns, as docs/people.md lists them", ErrNotPeople)
	case slices.Contains(before, name):
		return fmt.Errorf("%w: the column %s is there twice", ErrNotPeople, name)
	case !slices.Contains(Columns(), name):
		return fmt.Errorf("%w: unknown column %q: remove it, or name it as docs/people.md does.%s",
			ErrNotPeople, name, names.DidYouMean(name, slices.Values(Columns())))
	}
	return nil
}

func (f *File) readCells(line int, header, cells []string) {
	if !slices.ContainsFunc(cells, func(c string) bool { return names.Clean(c) != "" }) {
		return
	}
	if len(cells) != len(header) {
		f.Unnamed++
		f.Faults = append(f.Faults, Fault{line, "", fmt.Sprintf("it has %d fields and the first line names %d: check its quotes and separators", len(cells), len(header))})
		return
	}
	fields := make(map[string]any, len(header))
	for i, name := range header {
		cell := names.Clean(cells[i])
		if cell == "" && name != saysAbsence {
			continue
		}
		value, reason := valueOf(name, cell)
		if reason != "" {
			f.Unnamed++
			f.Faults = append(f.Faults, Fault{line, name, reason})
			return
		}
		fields[name] = value
	}
	f.add(line, fields)
}

// nothing is written where a row takes away what the record holds: an empty cell leaves it.
const nothing = "-"

// saysAbsence is the column by which a row speaks of absences, also where it is empty.
const saysAbsence = "absent"

// valueOf reads a cell: nil for one that takes away what the record holds.
func valueOf(column, text string) (value any, reason string) {
	if text == "" || text == nothing {
		return nil, ""
	}
	switch column {
	case "holds_cases":
		switch strings.ToLower(text) {
		case "yes", "y", "true", "1":
			return true, ""
		case "no", "n", "false", "0":
			return false, ""
		}
		return nil, "it must be yes or no"
	case "councils":
		return anyOf(split(text)), ""
	case "chain":
		var chain []any
		for _, step := range split(text) {
			level, staff, ok := strings.Cut(step, "=")
			if !ok {
				return nil, "each step of a chain is a level and who holds it, such as team_manager=M1; head_of_service=H1"
			}
			chain = append(chain, []any{strings.TrimSpace(level), strings.TrimSpace(staff)})
		}
		return chain, ""
	}
	return text, ""
}

func split(text string) []string {
	var list []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '|' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func anyOf(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

// readLines reads JSON lines.
func (f *File) readLines(text []byte) {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		fields, column, reason := readLine(line)
		if reason != "" {
			f.Unnamed++
			f.Faults = append(f.Faults, Fault{i + 1, column, reason})
			continue
		}
		f.add(i+1, fields)
	}
}

func readLine(line []byte) (fields map[string]any, column, reason string) {
	if jsonkeys.Depth(line) > 3 {
		return nil, "", "it is nested too deep: expected one JSON object a line with the fields of one row"
	}
	if err := json.Unmarshal(line, &fields); err != nil || fields == nil {
		return nil, "", "expected one JSON object a line with the fields of one row"
	}
	keys, twin := jsonkeys.Read(line)
	if twin != nil {
		return nil, "", "a field is there twice: remove one"
	}
	for _, name := range keys {
		if !slices.Contains(Columns(), name) {
			return nil, "", "it has a field that no row has; docs/people.md lists them." + names.DidYouMean(name, slices.Values(Columns()))
		}
		s, isText := fields[name].(string)
		switch s = names.Clean(s); {
		case isText && s == nothing:
			fields[name] = nil
		case isText && s != "":
			fields[name] = s
		case (isText || fields[name] == nil) && name != saysAbsence:
			delete(fields, name)
		case isText:
			fields[name] = nil
		}
		if _, isNumber := fields[name].(float64); isNumber {
			return nil, name, "it must be a text, in quotes"
		}
	}
	return fields, "", ""
}
