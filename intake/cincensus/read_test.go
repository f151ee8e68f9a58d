package cincensus

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"longstop/intake"
)

func sample(tb testing.TB, name string) []byte {
	tb.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

var samples = []string{"BAR_cin_2022.xml", "CIN_Census_2021.xml", "CIN_Census_2024.xml", "CIN_Census_2026.xml", "fake_CIN_data.xml"}

func TestCheckSaysWhatIsInASample(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, reference, from, until, lea string
		children                          int
	}{
		{"BAR_cin_2022.xml", "2022-03-31", "2021-04-01", "2022-03-31", "201", 1},
		{"CIN_Census_2021.xml", "2023-03-31", "2022-04-01", "2023-03-31", "201", 1},
		{"CIN_Census_2024.xml", "2024-03-31", "2023-04-01", "2023-05-23", "201", 2},
		{"CIN_Census_2026.xml", "2024-03-31", "2023-04-01", "2023-05-23", "201", 2},
		{"fake_CIN_data.xml", "2022-07-21", "2022-04-01", "2022-07-21", "975", 332},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			found, head, err := check(bytes.NewReader(sample(t, c.file)))
			if err != nil {
				t.Fatal(err)
			}
			p := found.Header.Period
			if found.Header.ReferenceDate != date(t, c.reference) || p.From != date(t, c.from) || p.To != date(t, c.reference) || p.Until != date(t, c.until) {
				t.Errorf("the header says %+v", found.Header)
			}
			if found.Children != c.children || len(found.References) != c.children || found.Header.Authority != c.lea || head.encoding != "UTF-8" {
				t.Errorf("it finds %d children, %d ids, authority %s, %s", found.Children, len(found.References), found.Header.Authority, head.encoding)
			}
			if len(found.Refused) > 0 || len(found.Unknown) > 0 || len(found.SHA256) != 64 {
				t.Errorf("it finds %v, %v, %s", found.Refused, found.Unknown, found.SHA256)
			}
		})
	}
}

// refusedWhole makes sure that a file is refused by both passes with a reason, and gives it.
func refusedWhole(t *testing.T, file io.ReadSeeker) string {
	t.Helper()
	_, _, err := check(file)
	var known *intake.BrokenError
	if !errors.As(err, &known) {
		t.Fatalf("the check says %v", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	_, second := read(file, options{}, func(intake.Child) error { return nil })
	if second == nil || !errors.As(second, &known) {
		t.Errorf("the check says %v but reading says %v", err, second)
	}
	return err.Error()
}

func TestABrokenFileIsRefusedWhole(t *testing.T) {
	t.Parallel()
	good := message("2026-03-31", kid("K", details(referral("2025-05-10"))))
	swap := func(old, to string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(good, old, to, 1)
	}
	deep := strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)
	for _, c := range []struct{ name, file, want string }{
		{"an empty file", "", "the file is empty"},
		{"blanks", " \n\t ", "the file is empty"},
		{"no XML", "LAchildID,CINreferralDate\nK,2025-05-10\n", "line 1: it is not XML: text stands before the first element"},
		{"only a comment", "<!-- nothing -->", "it holds no XML"},
		{"a workbook", "PK\x03\x04\x14\x00\x06\x00", "XML does not allow"},
		{"another root", "<Census></Census>", "outermost element is not Message"},
		{"an end that does not fit", swap("</CINdetails>", "</CINdetail>"), "line 21, column 13: the end tag </CINdetail> does not fit the tag that it closes: <CINdetails> of line 19 is open;"},
		{"an unclosed tag", swap("<CINreferralDate>2025", "<CINreferralDate 2025"), "line 20, column 28: it is not well-formed XML inside <CINdetails> of line 19:"},
		{"a bare ampersand", swap("<LEA>873", "<LEA>Barking & Dagenham"), "line 10, column 15: an & that begins no character"},
		{"an unknown entity", swap("<LEA>873", "<LEA>&council;"), "line 10, column 15: an & that begins no character"},
		{"a DOCTYPE", swap("<Message>", "<!DOCTYPE Message>\n<Message>"), "line 2: it holds a DOCTYPE"},
		{
			"an entity bomb", swap("<Message>", `<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">`+"\n"+`<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`+"\n<Message>"),
			"it holds a DOCTYPE",
		},
		{"an entity from a file", swap("<Message>", `<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message>`), "it holds a DOCTYPE"},
		{"a declaration of XML 1.1", swap(`version="1.0"`, `version="1.1"`), "the XML declaration"},
		{"bytes that are not UTF-8", swap("<LEA>873", "<LEA>Caf\xe9"), "line 10: it is not valid UTF-8"},
		{"a zero byte", swap("<LEA>873", "<LEA>\x00"), "line 10, column 7: a character that XML does not allow"},
		{"no header", write(in("Message", in("Children", kid("K", details(referral("2025-05-10")))))), "no Header"},
		{"no reference date", swap("<ReferenceDate>2026-03-31</ReferenceDate>", ""), "line 3: its header has no ReferenceDate"},
		{"an empty reference date", swap("2026-03-31</ReferenceDate>", "</ReferenceDate>"), "its header has no ReferenceDate"},
		{"a reference date that is not a date", swap("2026-03-31</ReferenceDate>", "31/03/2026</ReferenceDate>"), "line 7: its ReferenceDate is not a date"},
		{"made before its period begins", strings.Replace(swap("2026-03-31</ReferenceDate>", "2026-03-31</ReferenceDate>"), "</CollectionDetails>", "</CollectionDetails><Source><DateTime>2025-03-31T10:00:00</DateTime></Source>", 1), "made on 2025-03-31, before its period begins on 2025-04-01"},
		{"two reference dates", swap("</CollectionDetails>", "<ReferenceDate>2025-03-31</ReferenceDate></CollectionDetails>"), "two different ReferenceDates"},
		{"two headers", swap("</Header>", "</Header><Header><CollectionDetails><ReferenceDate>2025-03-31</ReferenceDate></CollectionDetails></Header>"), "two headers"},
		{"another collection", swap(">CIN<", ">CLA<"), "line 5: its Collection is not CIN"},
		{"no child", message("2026-03-31"), "it holds no Child"},
		{"something after the end", good + "<Message></Message>", "something follows the end"},
		{"text after the end", good + "and so on", "something follows the end"},
		{"a file that is cut off", good[:strings.Index(good, "</CINdetails>")], "the file is cut off, while <CINdetails> of line 19 is open: export it again"},
		{"absurd nesting", swap("<LEA>", deep+"<LEA>"), "more than 32 elements inside one another"},
		{"a text of an element beyond all measure", swap("<LEA>", "<LEA>"+strings.Repeat("8", maxText)), "the text of LEA is longer than"},
		{"a text between comments beyond all measure", swap("<LEA>", "<LEA>"+strings.Repeat(strings.Repeat("8", 1000)+"<!-- -->", 20)), "the text of LEA is longer than"},
		{"a tag beyond all measure", swap("<LEA>", "<LEA a='"+strings.Repeat("8", maxToken)+"'>"), "a text, tag or comment of more than"},
		{"a DOCTYPE beyond all measure", swap("<Message>", "<!DOCTYPE "+strings.Repeat("m", maxToken)+"><Message>"), "a text, tag or comment of more than"},
		{"an element that is cut off inside another", swap("<LEA>873</LEA>", "<LEA>873<b>"), "line 11, column 10: the end tag </Source> does not fit the tag that it closes: <b> of line 10 is open;"},
		{"a DOCTYPE in the middle", swap("<LEA>873", "<LEA><!DOCTYPE m>873"), "it holds a DOCTYPE"},
		{"a child beyond all measure", swap("<CINreferralDate>", strings.Repeat("<CINclosureDate/>", maxRows)+"<CINreferralDate>"), "more than 5000 elements in one CINdetails"},
		{"episodes beyond all measure", swap("<CINdetails>", strings.Repeat("<CINdetails/>", maxAlike)+"<CINdetails>"), "more than 200 groups in one Child"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.name == "no child" {
				_, _, err := check(strings.NewReader(c.file))
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("it says %v", err)
				}
				return
			}
			if got := refusedWhole(t, strings.NewReader(c.file)); !strings.Contains(got, c.want) {
				t.Errorf("it says %q, not %q", got, c.want)
			}
		})
	}
}

func TestATruncatedFileIsRefusedWhole(t *testing.T) {
	t.Parallel()
	small := strings.Replace(message("2026-03-31", kid("K", details(referral("2025-05-10"), protected("2025-05-12", "", "2025-08-01")))),
		"<Children>", "<Children><!-- a note --><![CDATA[stray]]>", 1)
	for _, c := range []struct {
		name  string
		whole []byte
		step  int // bytes from one cut to the next
	}{
		{"a small one", []byte(small), 1},
		{"CIN_Census_2026.xml", sample(t, "CIN_Census_2026.xml"), 11},
		{"fake_CIN_data.xml", sample(t, "fake_CIN_data.xml"), 39_989},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			whole := bytes.TrimSpace(c.whole)
			for n := 0; n < len(whole); n += c.step {
				_, _, err := check(bytes.NewReader(whole[:n]))
				var known *intake.BrokenError
				if !errors.As(err, &known) {
					t.Fatalf("cut off after %d bytes: %v", n, err)
				}
			}
			if _, _, err := check(bytes.NewReader(whole)); err != nil {
				t.Fatalf("without its last blanks: %v", err)
			}
		})
	}
}

// endless gives the same byte for ever.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'a'
	}
	e.left -= n
	return n, nil
}

func TestAHundredMegabytesOfTextTakeNoMemory(t *testing.T) {
	const size = 100 << 20
	for _, start := range []string{
		"<Message><Header><Source><LEA>", "<Message><Children><Child><ChildIdentifiers><UPN>", "<Message>", "<!-- ", "<!DOCTYPE ", "<Message a='", "",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := check(io.MultiReader(strings.NewReader(start), &endless{left: size}))
		runtime.ReadMemStats(&after)
		var known *intake.BrokenError
		if !errors.As(err, &known) {
			t.Errorf("%s…: %v", start, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
			t.Errorf("%s…: %d bytes were allocated", start, used)
		}
	}
}

func TestADiskThatFailsIsNoBrokenFile(t *testing.T) {
	t.Parallel()
	failing := errors.New("the disk is gone")
	good := message("2026-03-31", kid("K", details(referral("2025-05-10"))))
	for _, n := range []int{0, 200, 400} {
		_, _, err := check(io.MultiReader(strings.NewReader(good[:n]), iotest.ErrReader(failing)))
		var known *intake.BrokenError
		if !errors.Is(err, failing) || errors.As(err, &known) {
			t.Errorf("after %d bytes: %v", n, err)
		}
		_, err = read(io.MultiReader(strings.NewReader(good[:n]), iotest.ErrReader(failing)), options{}, func(intake.Child) error { return nil })
		if !errors.Is(err, failing) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

func TestWhatTheLayoutDoesNotKnowIsPassedOverAndCounted(t *testing.T) {
	t.Parallel()
	text := `<?xml version="1.0"?>
<!-- made by hand -->
<c:Message xmlns:c="urn:cin" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:cin cin.xsd">
  stray <Note>before</Note>
  <Header><Content/><CollectionDetails><ReferenceDate><!-- here -->2026-03<b/>-31</ReferenceDate></CollectionDetails></Header>
  <Children> stray <Family/>
    <c:Child> stray
      <CINdetails><ReferralNFA>FALSE</ReferralNFA><Note><CPPstartDate>2025-06-01</CPPstartDate></Note>
        <ChildProtectionPlans><Reviews><CPPreviewDate>2025-08-01</CPPreviewDate></Reviews><Reviews><CPPreviewDate>2025-10-01</CPPreviewDate></Reviews><CPPstartDate>2025-05-10</CPPstartDate></ChildProtectionPlans>
        <CINreferralDate><![CDATA[2025-05-10]]></CINreferralDate></CINdetails>
      <ChildIdentifiers><UPNunknown>UN3</UPNunknown>PersonBirthDate<PersonBirthDate>2015-06-01</PersonBirthDate><LAchildID>K</LAchildID></ChildIdentifiers>
    </c:Child>
  </Children>
</c:Message>
<!-- the end -->`
	found, _, err := check(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if found.Header.ReferenceDate != date(t, "2026-03-31") {
		t.Errorf("the reference date is %s", found.Header.ReferenceDate)
	}
	var got []string
	for _, u := range found.Unknown {
		got = append(got, strings.Repeat(u.Element, u.Count)+" in "+u.Inside)
		if u.Line == 0 {
			t.Errorf("%s has no line", u.Element)
		}
	}
	same(t, got, []string{"NoteNote in Message", "Content in Header", "Family in Children", "b in ReferenceDate"})
	var l ledger
	same(t, lines(l.load(t, text)["K"]), []string{
		"2015-06-01 person.born", "2025-05-10 referral.received R1", "2025-05-10 referral.decided R1 inferred outcome=assessment",
		"2025-05-10 icpc.held R1 inferred outcome=plan", "2025-05-10 cp_plan.started R1", "2025-08-01 cp_review.held R1", "2025-10-01 cp_review.held R1",
	})
}

func TestAHeaderAfterTheChildrenNeedsTheCheck(t *testing.T) {
	t.Parallel()
	text := write(in("Message", in("Children", kid("K", details(referral("2025-05-10")))), headerOf("2026-03-31")))
	count := func(intake.Child) error { return nil }
	if _, err := read(strings.NewReader(text), options{}, count); err == nil || !strings.Contains(err.Error(), "check the file first") {
		t.Errorf("reading alone says %v", err)
	}
	if _, err := read(strings.NewReader("<Message/>"), options{}, count); err == nil || !strings.Contains(err.Error(), "no Header") {
		t.Errorf("reading nothing says %v", err)
	}
	found, _, err := check(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	header, err := read(strings.NewReader(text), options{checked: found}, func(c intake.Child) error { n++; return nil })
	if err != nil || n != 1 || header.ReferenceDate != date(t, "2026-03-31") {
		t.Errorf("reading what was checked gives %d children, %+v, %v", n, header, err)
	}
}

func TestAFileThatChangesWhileItIsLoadedIsNoticed(t *testing.T) {
	t.Parallel()
	found, _, err := check(strings.NewReader(message("2026-03-31", kid("K", details(referral("2025-05-10"))))))
	if err != nil {
		t.Fatal(err)
	}
	other := message("2026-03-31", kid("K", details(referral("2025-05-11"))))
	if _, err := read(strings.NewReader(other), options{checked: found}, func(intake.Child) error { return nil }); err == nil || !strings.Contains(err.Error(), "changed while it was loaded") {
		t.Errorf("it says %v", err)
	}
}

func TestADateTimeOfAnotherFormIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	of := func(made string) string {
		return strings.Replace(message("2026-03-31", kid("K", details(referral("2025-05-10")))), "</LEA>", "</LEA>\n<DateTime>"+made+"</DateTime>", 1)
	}
	for _, made := range []string{
		"yesterday", "20 March 2026", "20/03/2026 10:00", "20260320T100000",
		"2026-03-20", "2026-03-20T10:00", "2026-03-20 10:00:00", "2026-03-20T9:00:00", "2026-03-20T09:00:00,5", "2026-03-20T09:00:00.",
		"2026-03-20t09:00:00", "2026-03-20T09:00:00z", "2026-03-20T09:00:00+0100", "2026-03-20T09:00:00+01", "2026-03-20T09:00:00 Z",
		"2026-03-20T24:00:00", "2026-03-20T09:60:00", "2026-03-20T09:00:60", "2026-02-30T09:00:00", "2026-03-20T09:00:00+14:01", "2026-03-20T09:00:00-12:01",
	} {
		// The LEA stands in line 10 of the file.
		_, _, err := check(strings.NewReader(of(made)))
		var broken *intake.BrokenError
		if !errors.As(err, &broken) || !strings.Contains(err.Error(), "line 11: its DateTime is not a date and time: write it as YYYY-MM-DDThh:mm:ss") {
			t.Errorf("%s: %v", made, err)
		}
	}
	for _, made := range []string{"2026-03-20T09:00:00", "2026-03-20T09:00:00.25", "2026-03-20T09:00:00Z", "2026-03-20T09:00:00.1+01:00", "2026-03-20T20:00:00+14:00", ""} {
		_, head, err := check(strings.NewReader(of(made)))
		if err != nil {
			t.Fatalf("%q: %v", made, err)
		}
		if want := "2026-03-20"; made != "" && head.made.String() != want || made == "" && !head.made.IsZero() {
			t.Errorf("%q: made on %s", made, head.made)
		}
	}
}

func TestWhatTheCallerReturnsComesBack(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	if _, err := read(bytes.NewReader(sample(t, "fake_CIN_data.xml")), options{}, func(intake.Child) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("it says %v", err)
	}
}

func TestHeaderQueries(t *testing.T) {
	t.Parallel()
	with := func(year, reference, made string) intake.Header {
		h, err := read(strings.NewReader(write(in("Message", in("Header", in("CollectionDetails", el("Year", year), el(elReferenceDate, reference)),
			in("Source", el("DateTime", made)), in("Source", el("DateTime", "2025-06-01T00:00:00"))), in("Children", kid("K"))))), options{}, func(intake.Child) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for _, c := range []struct {
		name                  string
		year, reference, made string
		until                 string
		queries               []string
	}{
		{"a return made after its reference date", "2026", "2026-03-31", "2026-05-20T10:00:00", "2026-03-31", nil},
		{"a return made before it", "2026", "2026-03-31", "2026-02-20T10:00:00.5", "2026-02-20", nil},
		{"made on a London day that is another in UTC", "2026", "2026-07-31", "2026-07-30T23:30:00Z", "2026-07-31", []string{"100"}},
		{"made at a moment with an offset", "2026", "2026-03-31", "2026-03-20T00:30:00+02:00", "2026-03-19", nil},
		{"of another year", "2025", "2026-03-31", "", "2025-06-01", []string{"layout"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := with(c.year, c.reference, c.made)
			var codes []string
			for _, q := range h.Queries {
				codes = append(codes, q.Code)
				if !strings.HasPrefix(q.String(), "header, line ") {
					t.Errorf("it reads %q", q)
				}
			}
			if h.Period.Until != date(t, c.until) {
				t.Errorf("it covers days until %s", h.Period.Until)
			}
			same(t, codes, c.queries)
		})
	}
}

func TestPeriodRunsFromFirstAprilBeforeTheReferenceDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reference, from string }{
		{"2026-03-31", "2025-04-01"}, {"2022-07-21", "2022-04-01"}, {"2026-04-02", "2026-04-01"}, {"2026-04-01", "2025-04-01"}, {"2026-01-01", "2025-04-01"},
	} {
		if p := newPeriod(date(t, c.reference), 0); p.From != date(t, c.from) || p.To != date(t, c.reference) || p.Until != p.To {
			t.Errorf("the period to %s is %+v", c.reference, p)
		}
	}
}
