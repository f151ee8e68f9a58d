package cincensus

import (
	"regexp"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// header is the Header of a return.
type header struct {
	intake.Header
	year     string        // as written
	made     calendar.Date // the London day of the header's DateTime; zero where it has none
	encoding string        // the encoding of the file
	line     int           // of the reference date
}

// newPeriod returns the period of a return with a reference date, made on a day (zero: not
// known). It runs from the last 1 April before the reference date to that date.
func newPeriod(reference, made calendar.Date) intake.Period {
	from := calendar.NewDate(reference.Year(), time.April, 1)
	if from >= reference {
		from = calendar.NewDate(reference.Year()-1, time.April, 1)
	}
	until := reference
	if !made.IsZero() {
		until = min(until, made)
	}
	return intake.Period{From: from, To: reference, Until: until}
}

// collection is the name that a Children in Need census return gives itself. Other
// returns of the Department have a Message outside too.
const collection = "CIN"

// readHeader returns the header in the element of that name.
func readHeader(g *group, encoding string) (*header, error) {
	h := &header{encoding: encoding}
	for _, details := range g.within("CollectionDetails") {
		if name, _ := details.first("Collection"); name.text != "" && !strings.EqualFold(name.text, collection) {
			return h, intake.Broken(name.line, "its Collection is not CIN: this is another return")
		}
		if err := h.readReferenceDate(details); err != nil {
			return h, err
		}
		if year, _ := details.first("Year"); h.year == "" {
			h.year = year.text
		}
	}
	if h.ReferenceDate.IsZero() {
		return h, intake.Broken(g.line, "its header has no ReferenceDate: without it nobody knows what the return covers")
	}
	for _, source := range g.within("Source") {
		if err := h.readSource(source); err != nil {
			return h, err
		}
	}
	h.Period = newPeriod(h.ReferenceDate, h.made)
	if h.Period.Until < h.Period.From {
		return h, intake.Broken(g.line, "its DateTime says that it was made on %s, before its period begins on %s, so it can tell of nothing in it: "+
			"check its ReferenceDate and its DateTime", h.made, h.Period.From)
	}
	h.query(g.line)
	return h, nil
}

func (h *header) readReferenceDate(details *group) error {
	for _, l := range details.leaves {
		if l.name != elReferenceDate || l.text == "" {
			continue
		}
		day, err := calendar.ParseDate(l.text)
		switch {
		case err != nil:
			return intake.Broken(l.line, "its ReferenceDate is not a date: write it as YYYY-MM-DD, such as 2026-03-31")
		case casework.DateFault(day) != "":
			return intake.Broken(l.line, "its ReferenceDate is %s", casework.DateFault(day))
		case !h.ReferenceDate.IsZero() && h.ReferenceDate != day:
			return intake.Broken(l.line, "it has two different ReferenceDates: a file holds one return")
		}
		h.ReferenceDate, h.line = day, l.line
	}
	return nil
}

// untimely returns an [*intake.BrokenError] where a return cannot be loaded on a day. A council makes trial
// returns before the reference date, but not before the period begins; of those nobody knows which
// days they cover unless the header says when they were made.
func (h *header) untimely(today calendar.Date) error {
	switch {
	case h.Period.From > today:
		return intake.Broken(h.line, "its ReferenceDate, %s, is too far ahead: the period that it ends begins on %s, and today is %s; check the date",
			h.ReferenceDate, h.Period.From, today)
	case h.ReferenceDate > today && h.made.IsZero():
		return intake.Broken(h.line, "its ReferenceDate, %s, is to come, and its header has no DateTime: without it nobody knows which days it covers",
			h.ReferenceDate)
	case h.made > today && h.ReferenceDate > today:
		return intake.Broken(h.line, "its ReferenceDate, %s, is to come, and its DateTime, %s, as well: nobody knows which days it covers; check both",
			h.ReferenceDate, h.made)
	}
	return nil
}

func (h *header) readSource(source *group) error {
	if lea, _ := source.first("LEA"); h.Authority == "" {
		h.Authority = lea.text
	}
	for _, l := range source.leaves {
		if l.name != elMade || l.text == "" {
			continue
		}
		day, ok := dayOf(l.text)
		switch {
		case !ok:
			return intake.Broken(l.line, "its DateTime is not a date and time: write it as YYYY-MM-DDThh:mm:ss, such as 2026-04-10T09:00:00, "+
				"with Z or an offset such as +01:00 after it where it is not London's time")
		case casework.DateFault(day) != "":
			return intake.Broken(l.line, "its DateTime is %s", casework.DateFault(day))
		case h.made.IsZero():
			h.made = day
		}
	}
	return nil
}

// query reports what is odd about the header without making it useless.
func (h *header) query(line int) {
	year, month, day := h.ReferenceDate.Split()
	if month != time.March || day != 31 {
		h.Queries = append(h.Queries, intake.Query{
			Code: "100", Element: elReferenceDate, Line: line,
			Words: "is not a 31 March: the period is taken to run from 1 April before it",
		})
	}
	if h.year != "" && h.year != calendar.NewDate(year, time.March, 31).Format("2006") {
		h.Queries = append(h.Queries, intake.Query{
			Code: intake.CodeLayout, Element: "Year", Line: line,
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
