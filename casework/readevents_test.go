package casework_test

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"longstop/casework"
)

// readAndAccept is what becomes of a file: the events that stand, and what is said of the others.
func readAndAccept(t *testing.T, file string) (accepted []casework.Event, reasons string) {
	t.Helper()
	events, unread, err := casework.ReadEvents(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused := book.Accept(events)
	for _, r := range slices.Concat(unread, refused) {
		reasons += r.Error() + "\n"
	}
	return accepted, reasons
}

func TestAKeyThatStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{ // what is refused; "" where it is accepted
		`{"id":"e1","case":"C1","type":"referral.received","at":"2026-11-02","at":"2026-11-20"}`:                  `e1: the key "at" stands twice: leave one of them out`,
		`{"id":"e1","case":"C1","type":"referral.received","at":"2026-11-02","At":"2026-11-20"}`:                  `e1: the key "at" stands twice, once as "At"`,
		`{"id":"e1","case":"C1","type":"referral.received","at":"2026-11-02","\u0061t":"2026-11-20"}`:             `e1: the key "at" stands twice`,
		`{"id":"v1","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"seen":true},"data":{"x":1}}`:    `v1: the key "data" stands twice`,
		`{"id":"v1","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"seen":true,"seen":false}}`:      `v1: the key "seen" stands twice`,
		`{"id":"v1","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"seen":true,"Seen":false}}`:      `v1: the key "seen" stands twice, once as "Seen"`,
		`{"id":"v1","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"x":[{"y":{"z":1,"z":2}}]}}`:     `v1: the key "z" stands twice`,
		`{"id":"v1","case":"C1","type":"cp_visit.made","at":"2026-11-02","data":{"x":[{"y":1},{"y":1}],"y":"x"}}`: "",
		`{"id":"e1","case":"C1","type":"referral.received","At":"2026-11-02"}`:                                    `e1: unknown key "At": the keys are id, source, case, type, at, recorded, data, episode, corrects, voids, by. Did you mean at?`,
		`{"id":"e1","case":"C1","type":"referral.received","at":"2026-11-02","epsiode":"R1"}`:                     `Did you mean episode?`,
	} {
		accepted, reasons := readAndAccept(t, line)
		if !strings.Contains(reasons, want) || (len(accepted) == 1) != (want == "") {
			t.Errorf("%s\n\tsays %q, want %q", line, reasons, want)
		}
	}
}

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
		{strings.Repeat(padded(900_000)+"\n", 3) + "\n" + good("e2"), "e3 e2", ""},
		{good("e1") + "\n\n" + "{\"id\":\"e2\",\x00\n" + good("e2"), "e1 e2", "e2: it is not JSON, from character 12 on"},
		{good("e1") + "\n\xff{}\n" + good("e2"), "e1 e2", "line 2: the line is not UTF-8"},
		{"", "", ""},
		{"\n\r\n\n", "", ""},
		{"\ufeff" + good("e1"), "e1", ""},
	} {
		accepted, reasons := readAndAccept(t, tt.file)
		var ids []string
		for i := range accepted {
			ids = append(ids, accepted[i].ID)
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
	events, refused, err := casework.ReadEvents(strings.NewReader(file.String()))
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
	_, refused, err := casework.ReadEvents(io.LimitReader(endless{}, length))
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
		_, _, err := casework.ReadEvents(strings.NewReader(file))
		if !errors.Is(err, casework.ErrNotEvents) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestTheSameEventAgainWithoutWhenItWasRecordedIsTheSame(t *testing.T) {
	t.Parallel()
	const first = `{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","recorded":"2026-01-06T09:00:00Z","data":{"seen":true,"note":"x","n":1}}`
	for again, same := range map[string]bool{
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","data":{"seen":true,"note":"x","n":1}}`:                                                                                     true,
		` { "data":{ "n":1.0, "note":" x ", "seen":true }, "at":"2026-01-05T10:00:00.25+00:00", "type":"cp_visit.made", "case":" C1", "id":"a " }`:                                                            true,
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T11:00:00+01:00","recorded":"2026-01-06T10:00:00+01:00","by":"W1","data":{"seen":true,"seen_alone":false,"note":"x","n":1e0,"x":null}}`: true,
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","recorded":"2026-01-06T09:00:01Z","data":{"seen":true,"note":"x","n":1}}`:                                                   false,
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05","data":{"seen":true,"note":"x","n":1}}`:                                                                                               false,
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","data":{"seen":true,"seen_alone":true,"note":"x","n":1}}`:                                                                   false,
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","data":{"seen":true,"note":"x","n":2}}`:                                                                                     false,
		`{"id":"a","case":"C1","type":"cp_visit.made","at":"2026-01-05T10:00:00Z","data":{"seen":true,"n":1}}`:                                                                                                false,
	} {
		for _, file := range []string{first + "\n" + again, again + "\n" + first} {
			accepted, reasons := readAndAccept(t, file)
			if len(accepted) != 1 || (reasons == "") != same {
				t.Errorf("%s\n\taccepted %d, refused %q", file, len(accepted), reasons)
			}
			if same && accepted[0].Recorded.Format("15:04:05") != "09:00:00" {
				t.Errorf("%s\n\twas recorded %s", file, accepted[0].Recorded)
			}
		}
	}
}
