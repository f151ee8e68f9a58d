package rows_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"longstop/intake/rows"
)

func TestALineThatIsTooLongIsRefusedByItsNumberAndTheRestIsRead(t *testing.T) {
	t.Parallel()
	good := func(id string) string {
		return `{"id":"` + id + `","case":"C1","type":"referral.received","at":"2026-01-05"}`
	}
	padded := func(n int) string { // a line of n bytes
		line := good("e3")
		return line[:len(line)-1] + strings.Repeat(" ", n-len(line)) + "}"
	}
	for _, tt := range []struct {
		file      string
		ids, want string
	}{
		{good("e1") + "\n" + strings.Repeat("x", 1<<20+1) + "\n" + good("e2"), "e1 e2", "line 2: the line is longer than 1 MiB"},
		{good("e1") + "\n" + padded(1<<20) + "\n" + good("e2") + "\n", "e1 e3 e2", ""},
		{good("e1") + "\r\n" + padded(1<<20) + "\r\n" + good("e2"), "e1 e3 e2", ""},
		{good("e1") + "\n" + padded(1<<20+1) + "\n" + good("e2"), "e1 e2", "line 2: the line is longer than 1 MiB"},
		{good("e1") + "\n" + padded(5<<20) + "\n" + padded(3<<20), "e1", "line 2: the line is longer than 1 MiB: give one event a line, and keep documents where they are\nline 3: "},
		{padded(1<<20 + 1), "", "line 1: "},
		{strings.Repeat(padded(900_000)+"\n", 3) + "\n" + good("e2"), "e3 e3 e3 e2", ""},
		{good("e1") + "\n\n" + "{\"id\":\"e2\",\x00\n" + good("e2"), "e1 e2", "e2: it is not JSON, from character 12 on"},
		{good("e1") + "\n\xff{}\n" + good("e2"), "e1 e2", "line 2: the line is not UTF-8"},
		{"", "", ""},
		{"\n\r\n\n", "", ""},
		{"\ufeff" + good("e1"), "e1", ""},
	} {
		events, refused, err := rows.Read(strings.NewReader(tt.file))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for i := range events {
			ids = append(ids, events[i].ID)
		}
		reasons := ""
		for i := range refused {
			reasons += refused[i].Error() + "\n"
		}
		if strings.Join(ids, " ") != tt.ids || tt.want == "" && reasons != "" || !strings.Contains(reasons, tt.want) {
			t.Errorf("%.80q: read %v and refused %q, want %s and %q", tt.file, ids, reasons, tt.ids, tt.want)
		}
	}
}

func TestLinesAreNumberedAcrossTheParts(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for range 2500 {
		file.WriteString(`{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}` + "\n\n")
	}
	file.WriteString("x\n")
	events, refused, err := rows.Read(strings.NewReader(file.String()))
	if err != nil || len(events) != 2500 || len(refused) != 1 {
		t.Fatalf("%d events, refused %v, %v", len(events), refused, err)
	}
	for i, e := range events {
		if e.Line != 2*i+1 {
			t.Fatalf("the event %d stands in line %d, want %d", i, e.Line, 2*i+1)
		}
	}
	if refused[0].Line != 5001 {
		t.Errorf("line %d is refused", refused[0].Line)
	}
}

// What has no line's end is read through a buffer, not held. (The test runs alone: it counts what
// the program takes.)
func TestALineWithoutEndTakesNoRoom(t *testing.T) {
	const length = 64 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, refused, err := rows.Read(io.LimitReader(endless{}, length))
	runtime.ReadMemStats(&after)
	if err != nil || len(refused) != 1 || refused[0].Line != 1 {
		t.Fatalf("refused %v, %v", refused, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > length/4 {
		t.Errorf("it took %d MB", took>>20)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestAFileThatIsSomethingElseIsNamed(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"\x1f\x8b\x08\x00rest":            "gzip",
		"PK\x03\x04rest":                  "a ZIP archive or a spreadsheet",
		"\xff\xfe{\x00\"\x00":             "UTF-16",
		"\xfe\xff\x00{\x00\"":             "UTF-16",
		"{\x00\"\x00i\x00":                "UTF-16",
		"<?xml version=\"1.0\"?><Message": "starter import",
	} {
		_, _, err := rows.Read(strings.NewReader(file))
		if !errors.Is(err, rows.ErrNotEvents) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestAFileOfEventsIsReadAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	good := `{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`
	events, refused, err := rows.Read(strings.NewReader("\ufeff" + good + "\r\n\xff\xfe\n" + good[:40] + "\n[]\n{}\n"))
	if err != nil || len(events) != 1 || len(refused) != 4 {
		t.Fatalf("%d events, refused %v, %v", len(events), refused, err)
	}
	for i, want := range []string{"line 2: the line is not UTF-8", "e1: the JSON object is cut off", "line 4: ", "line 5: it has no id"} {
		if got := refused[i].Error(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	broken := errors.New("the disc is gone")
	if _, _, err := rows.Read(io.MultiReader(strings.NewReader(good+"\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("a read error: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A large file is parsed in parts side by side: what comes out stands in its order.
func TestALargeFileOfEventsIsReadInItsOrder(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for i := range 5_000 {
		if i%1_000 == 17 {
			fmt.Fprintf(&file, `{"id":"e%d","case":"C1","type":"referral.received","at":"2026-01-05"} and more`+"\n", i)
			continue
		}
		fmt.Fprintf(&file, `{"id":"e%d","case":"C1","type":"referral.received","at":"2026-01-05"}`+"\n", i)
	}
	events, refused, err := rows.Read(strings.NewReader(file.String()))
	if err != nil || len(events) != 4_995 || len(refused) != 5 {
		t.Fatalf("read %d, refused %d: %v", len(events), len(refused), err)
	}
	at := 0
	for _, e := range events {
		if at%1_000 == 17 {
			at++
		}
		if want := fmt.Sprintf("e%d", at); e.ID != want {
			t.Fatalf("got %s, want %s", e.ID, want)
		}
		at++
	}
	for i, r := range refused {
		if want := fmt.Sprintf("e%d: it is not JSON, from character", i*1_000+17); !strings.HasPrefix(r.Error(), want) {
			t.Errorf("got %q, want %q", r.Error(), want)
		}
	}
}

func TestLinesThatAreNotEventsAreRefusedWithTheirIDs(t *testing.T) {
	t.Parallel()
	file := strings.Join([]string{
		`{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`,
		``,
		`{"id":"e2","case":"C1","type":"referral.received","at":"2026-02-30"}`,
		`{"id":"e3","case":"C1","type":"referral.received","at":"2026-01-05T10:00:00"}`,
		`{"id":"e4","case":"C1","epsiode":"R1","type":"referral.received","at":"2026-01-05"}`,
		`{"id":"e5","case":"C1","type":"referral.received","at":5}`,
		`not json`,
		`{"id":"e6","case":"C1","type":"referral.received","at":"2026-01-05","recorded":"yesterday"}`,
		`{"id":"e7","case":"C1","type":"referral.received","at":"2026-06-05T10:00:00+01:00","recorded":"2026-06-05T09:30:00Z"}`,
	}, "\n")
	events, refused, err := rows.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var ids, reasons []string
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	for _, r := range refused {
		reasons = append(reasons, r.Error())
	}
	if got := strings.Join(ids, " "); got != "e1 e7" {
		t.Errorf("read %s", got)
	}
	for i, want := range []string{"e2: at:", "e3: at:", `e4: unknown key "epsiode"`, "e5: at holds a number", "line 7: ", "e6: recorded:"} {
		if i >= len(reasons) || !strings.HasPrefix(reasons[i], want) {
			t.Fatalf("refused %q, want the %dth to begin with %q", reasons, i+1, want)
		}
	}
	if got := events[0].Recorded; !got.IsZero() {
		t.Errorf("recorded left out is left open: got %v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05"}`)
	f.Add(`{"id":"e1","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","data":{"seen":true},"corrects":"e0"}`)
	f.Add("\ufeff{}\n{\"id\":1}\n[")
	f.Add(`{"id":" e1","case":"C\u00a01 ","type":"epo.granted","at":"2026-01-05T10:00:00.5+01:00","data":{"until":"2026-01-13","reason":"a\nb"}}`)
	f.Add("\x1f\x8b{}\n")
	f.Fuzz(func(t *testing.T, file string) {
		events, refused, err := rows.Read(strings.NewReader(file))
		if err != nil {
			return
		}
		if lines := strings.Count(file, "\n") + 1; len(events)+len(refused) > lines {
			t.Fatalf("%d events and %d refusals in %d lines", len(events), len(refused), lines)
		}
		var again strings.Builder
		for i := range events {
			if events[i].ID == "" || events[i].Line == 0 {
				t.Fatalf("read %+v", events[i])
			}
			text, err := events[i].MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			again.Write(append(text, '\n'))
		}
		back, refused, err := rows.Read(strings.NewReader(again.String()))
		if err != nil || len(refused) > 0 || len(back) != len(events) {
			t.Fatalf("%d of %d events were read back, refused %v, %v, of\n%s", len(back), len(events), refused, err, again.String())
		}
	})
}
