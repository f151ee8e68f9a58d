package cincensus

import (
	"regexp"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// Header says which return a file is.
type Header struct {
	Year          string        // as written
	LEA           string        // the authority's number, as written
	ReferenceDate calendar.Date // item N00603
	Made          calendar.Date // the London day of the header's DateTime; zero where it has none
	Encoding      string        // the encoding of the file
	Period        Period
	line          int     // of the reference date
	Queries       []Query // what is odd about the header itself
}

// Period is the stretch of time that a return tells of.
type Period struct {
	From  calendar.Date // 1 April before the reference date
	To    calendar.Date // the reference date
	Until calendar.Date // the last day that the return covers: To, or the day it was made where that is earlier
}

// NewPeriod is the period of a return with a reference date, made on a day (zero: not
// known). It runs from the last 1 April before the reference date to that date.
func NewPeriod(reference, made calendar.Date) Period {
	from := calendar.NewDate(reference.Year(), time.April, 1)
	if from >= reference {
		from = calendar.NewDate(reference.Year()-1, time.April, 1)
	}
	until := reference
	if !made.IsZero() {
		until = min(until, made)
	}
	return Period{From: from, To: reference, Until: until}
}

// Holds says whether a day lies in the period.
func (p Period) Holds(d calendar.Date) bool { return p.From <= d && d <= p.To }

// collection is the name that a Children in Need census return gives itself. Other
// returns of the Department have a Message outside too.
const collection = "CIN"

// readHeader makes a Header of the element of that name.
func readHeader(g *group, encoding string) (Header, error) {
	h := Header{Encoding: encoding}
	for _, details := range g.within("CollectionDetails") {
		if name, _ := details.first("Collection"); name.text != "" && !strings.EqualFold(name.text, collection) {
			return h, broken(name.line, "its Collection is not CIN: this is another return")
		}
		if err := h.readReferenceDate(details); err != nil {
			return h, err
		}
		if year, _ := details.first("Year"); h.Year == "" {
			h.Year = year.text
		}
	}
	if h.ReferenceDate.IsZero() {
		return h, broken(g.line, "its header has no ReferenceDate: without it nobody knows what the return covers")
	}
	for _, source := range g.within("Source") {
		if err := h.readSource(source); err != nil {
			return h, err
		}
	}
	h.Period = NewPeriod(h.ReferenceDate, h.Made)
	if h.Period.Until < h.Period.From {
		return h, broken(g.line, "its DateTime says that it was made on %s, before its period begins on %s, so it can tell of nothing in it: "+
			"check its ReferenceDate and its DateTime", h.Made, h.Period.From)
	}
	h.query(g.line)
	return h, nil
}

func (h *Header) readReferenceDate(details *group) error {
	for _, l := range details.leaves {
		if l.name != elReferenceDate || l.text == "" {
			continue
		}
		day, err := calendar.ParseDate(l.text)
		switch {
		case err != nil:
			return broken(l.line, "its ReferenceDate is no date: write it as YYYY-MM-DD, such as 2026-03-31")
		case casework.DateFault(day) != "":
			return broken(l.line, "its ReferenceDate is %s", casework.DateFault(day))
		case !h.ReferenceDate.IsZero() && h.ReferenceDate != day:
			return broken(l.line, "it has two different ReferenceDates: a file holds one return")
		}
		h.ReferenceDate, h.line = day, l.line
	}
	return nil
}

// Untimely returns a [*BrokenError] where a return cannot be loaded on a day. A council makes trial
// returns before the reference date, but not before the period begins; of those nobody knows which
// days they cover unless the header says when they were made.
func (h *Header) Untimely(today calendar.Date) error {
	switch {
	case h.Period.From > today:
		return broken(h.line, "its ReferenceDate, %s, is too far ahead: the period that it ends begins on %s, and today is %s; check the date",
			h.ReferenceDate, h.Period.From, today)
	case h.ReferenceDate > today && h.Made.IsZero():
		return broken(h.line, "its ReferenceDate, %s, is to come, and its header has no DateTime: without it nobody knows which days it covers",
			h.ReferenceDate)
	case h.Made > today && h.ReferenceDate > today:
		return broken(h.line, "its ReferenceDate, %s, is to come, and its DateTime, %s, as well: nobody knows which days it covers; check both",
			h.ReferenceDate, h.Made)
	}
	return nil
}

func (h *Header) readSource(source *group) error {
	if lea, _ := source.first("LEA"); h.LEA == "" {
		h.LEA = lea.text
	}
	for _, l := range source.leaves {
		if l.name != elMade || l.text == "" {
			continue
		}
		day, ok := dayOf(l.text)
		switch {
		case !ok:
			return broken(l.line, "its DateTime is no date and time: write it as YYYY-MM-DDThh:mm:ss, such as 2026-04-10T09:00:00, "+
				"with Z or an offset such as +01:00 after it where it is not London's time")
		case casework.DateFault(day) != "":
			return broken(l.line, "its DateTime is %s", casework.DateFault(day))
		case h.Made.IsZero():
			h.Made = day
		}
	}
	return nil
}

// query reports what is odd about the header without making it useless.
func (h *Header) query(line int) {
	year, month, day := h.ReferenceDate.Split()
	if month != time.March || day != 31 {
		h.Queries = append(h.Queries, Query{
			Code: "100", Element: elReferenceDate, Line: line,
			Words: "is not a 31 March: the period is taken to run from 1 April before it",
		})
	}
	if h.Year != "" && h.Year != calendar.NewDate(year, time.March, 31).Format("2006") {
		h.Queries = append(h.Queries, Query{
			Code: CodeLayout, Element: "Year", Line: line,
			Words: "is not the year of the reference date; the reference date counts",
		})
	}
}

// madeForm is a date and time of XML: local, or with its offset from UTC.
var madeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$`)

// dayOf is the London day of a date and time of XML: one without an offset is London's own.
func dayOf(s string) (calendar.Date, bool) {
	form := madeForm.FindStringSubmatch(s)
	if form == nil {
		return 0, false
	}
	if form[1] == "" {
		_, err := casework.ParseWhen(s + "Z") // only to see that there is such a time
		day, dayErr := calendar.ParseDate(s[:len("2026-01-02")])
		return day, err == nil && dayErr == nil
	}
	when, err := casework.ParseWhen(s)
	return when.Day, err == nil
}
