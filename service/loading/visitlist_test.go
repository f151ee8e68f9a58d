package loading_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// visitList is a second, small format, invented for the tests of the seam: visits to children on child
// protection plans, one a row, a child's rows anywhere in the file.
//
//	visits,999,2025-04-01,2026-03-31
//	child,born,visited,seen
//	V1,2018-05-04,2026-01-05,yes
type visitList struct{}

var visitLayout = &intake.Layout{
	Prefix: "visit-", Order: intake.Rank("person.born", "cp_visit.made", intake.TypeSource),
	Born: "born", Private: map[string]bool{"born": true},
}

func (visitList) Name() string                                { return "visit-list" }
func (visitList) Layout() *intake.Layout                      { return visitLayout }
func (visitList) Reports() []string                           { return []string{"cp_visit.made"} }
func (visitList) Gone(l intake.Load, r *intake.Record) bool   { return r.OfPeriod(l) }
func (visitList) GivesWay(inferred, real casework.Event) bool { return false } // it infers nothing

// visitRow is one row; cells are child, born, visited and seen.
type visitRow struct {
	line  int
	cells []string
}

func (visitList) rows(r io.Reader) (head []string, rows []visitRow, sha256Hex string, err error) {
	digest := sha256.New()
	in := csv.NewReader(io.TeeReader(r, digest))
	in.FieldsPerRecord = -1
	for {
		cells, err := in.Read()
		line := 0
		if err == nil {
			line, _ = in.FieldPos(0)
		}
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return head, rows, hex.EncodeToString(digest.Sum(nil)), nil
		case errors.As(err, &malformed):
			return nil, nil, "", intake.Broken(malformed.Line, "a quotation mark stands in the wrong place: this is not a list of visits, or it is damaged")
		case err != nil:
			return nil, nil, "", err
		case head == nil && len(cells) == 4 && cells[0] == "visits":
			head = cells
		case head == nil:
			return nil, nil, "", intake.Broken(line, "it does not begin with visits, authority, from, to: this is not a list of visits")
		case line == 2 && !slices.Equal(cells, []string{"child", "born", "visited", "seen"}):
			return nil, nil, "", intake.Broken(line, "its headings are not child, born, visited, seen")
		case len(cells) != 4:
			return nil, nil, "", intake.Broken(line, "a row of %d cells, not 4: the file is cut off or damaged", len(cells))
		case line > 2:
			rows = append(rows, visitRow{line, cells})
		}
	}
}

// children puts the rows of each child together, in the order in which the children first come.
func (visitList) children(rows []visitRow) [][]visitRow {
	var list [][]visitRow
	at := map[string]int{}
	for _, row := range rows {
		i, known := at[row.cells[0]]
		if !known || row.cells[0] == "" {
			i, list = len(list), append(list, nil)
			at[row.cells[0]] = i
		}
		list[i] = append(list[i], row)
	}
	return list
}

func (f visitList) Check(r io.Reader, today calendar.Date) (*intake.Contents, error) {
	head, rows, sum, err := f.rows(r)
	if err != nil {
		return nil, err
	}
	from, fromErr := calendar.ParseDate(head[2])
	to, toErr := calendar.ParseDate(head[3])
	if errors.Join(fromErr, toErr) != nil || from > today || len(rows) == 0 {
		return nil, intake.Broken(1, "it has no period that has begun, or no visits")
	}
	period := intake.Period{From: from, To: to, Until: min(to, today)}
	found := &intake.Contents{Header: intake.Header{Authority: head[1], ReferenceDate: to, Period: period}, SHA256: sum}
	var children intake.Children
	for _, of := range f.children(rows) {
		if id, refusal := children.Next(of[0].cells[0], "child", of[0].line, [32]byte{}, ""); refusal != nil {
			found.Refused = append(found.Refused, *refusal)
		} else {
			found.References = append(found.References, id)
		}
	}
	found.Children, found.Unnamed = children.Count, children.Unnamed
	return found, nil
}

func (f visitList) Read(r io.Reader, checked *intake.Contents, today calendar.Date, each func(intake.Child) error) error {
	_, rows, sum, err := f.rows(r)
	if err != nil {
		return err
	}
	var children intake.Children
	for _, of := range f.children(rows) {
		id, refusal := children.Next(of[0].cells[0], "child", of[0].line, [32]byte{}, "")
		child := intake.Child{Place: children.Count, Line: of[0].line, Reference: id}
		if refusal != nil {
			child.Refused = []intake.Refusal{*refusal}
		} else {
			child.Statement = f.says(&child, of, checked.Header.Period, today)
		}
		if err := each(child); err != nil {
			return err
		}
	}
	return checked.Changed(sum)
}

func (visitList) says(child *intake.Child, of []visitRow, period intake.Period, today calendar.Date) intake.Rows {
	faults := intake.Faults{Child: child, Layout: visitLayout, Period: period, Today: today}
	says := intake.Rows{Refused: intake.RefusedRows{}}
	add := func(element, eventType, text string, line int, data casework.Data) {
		d := faults.Date(element, text, line)
		if faults.TooLate(&d); d.Refused {
			says.Refused.Note(element, line)
		}
		says.Facts = append(says.Facts, &intake.Fact{Element: element, Type: eventType, Day: d.Day, Data: data})
	}
	add("born", "person.born", of[0].cells[1], of[0].line, nil)
	for _, row := range of {
		add("visited", "cp_visit.made", row.cells[2], row.line, casework.Data{"seen": strings.EqualFold(row.cells[3], "yes")})
	}
	return says
}
