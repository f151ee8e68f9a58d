package casework_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/intake/rows"
)

func TestAFieldIsFilledWhereItHoldsAnything(t *testing.T) {
	t.Parallel()
	data := casework.Data{
		"text": "x", "empty": "", "yes": true, "no": false, "list": []any{"x"}, "names": []string{"x"}, "none": []any{}, "nobody": []string{},
	}
	for name, want := range map[string]bool{
		"text": true, "empty": false, "yes": true, "no": true, "list": true, "names": true, "none": false, "nobody": false, "absent": false,
	} {
		if got := data.Filled(name); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestAMomentIsADateOrAnInstantWithItsOffset(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "" if it is refused
		"2026-06-05":                        "2026-06-05",
		"2026-06-05T10:00:00+01:00":         "2026-06-05T09:00:00Z",
		"2026-06-05T10:00:00-00:00":         "2026-06-05T10:00:00Z",
		"2026-06-05T10:00:00+14:00":         "2026-06-04T20:00:00Z",
		"2026-06-05T10:00:00-12:00":         "2026-06-05T22:00:00Z",
		"2026-06-05T10:00:00.5Z":            "2026-06-05T10:00:00Z",
		"2026-06-05T10:00:00.999999999999Z": "2026-06-05T10:00:00Z",
		"2026-06-05t10:00:00z":              "2026-06-05T10:00:00Z", // RFC 3339 allows small letters
		"1965-06-05T10:00:00.9Z":            "1965-06-05T10:00:00Z", // cut off, not rounded towards 1970

		"2026-13-05":                 "",
		"2026-06-31":                 "",
		"2026-06-05 ":                "",
		"2026-06-05T10:00:00":        "",
		"2026-06-05T10:00Z":          "",
		"2026-06-05 10:00:00Z":       "",
		"2026-06-05T5:00:00Z":        "",
		"2026-06-05T10:00:00,5Z":     "",
		"2026-06-05T10:00:00.Z":      "",
		"2026-06-05T10:00:00.0":      "",
		"2026-06-05T10:00:00.0+":     "",
		"2026-06-05T10:00:00+14:01":  "",
		"2026-06-05T10:00:00-12:01":  "",
		"2026-06-05T10:00:00+23:59":  "",
		"2026-06-05T10:00:00-99:00":  "",
		"2026-06-05T10:00:00+01:60":  "",
		"2026-06-05T10:00:00+0100":   "",
		"2026-06-05T10:00:00+01":     "",
		"2026-06-05T10:00:00 +01:00": "",
		"2026-06-05T10:00:00Z ":      "",
		"2026-06-05T10:00:00ZZ":      "",
		"2026-06-05T24:00:00Z":       "",
		"2026-06-05T10:60:00Z":       "",
		"2016-12-31T23:59:60Z":       "",
		"2026-06-31T10:00:00Z":       "",
		"2026-6-05T10:00:00Z":        "",
		"+2026-06-05T10:00:00Z":      "",
		"12026-06-05T10:00:00Z":      "",
		"2026-06-05T1é:00:00Z":       "",
		"9999-12-31T23:59:59-01:00":  "", // in the year 10000
		"0001-01-01T00:00:00+01:00":  "", // in the year 0
		"tomorrow":                   "",
		"":                           "",
	} {
		w, err := casework.ParseWhen(text)
		if (err == nil) != (want != "") || err == nil && w.String() != want {
			t.Errorf("%s: %s, %v; want %q", text, w, err, want)
		}
	}
}

func TestAReasonSaysWhichPartOfAnInstantIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-06-05T24:00:00Z":      "hours run from 00 to 23",
		"2016-12-31T23:59:60Z":      "give a leap second as 59",
		"2026-06-31T10:00:00Z":      "June 2026 has days 01 to 30",
		"2026-06-05T10:00:00+14:01": "an offset from UTC that no place has: they run from -12:00 to +14:00",
		"2026-06-05T10:00:00-24:00": "they run from -12:00 to +14:00",
		"2026-06-05T10:00:00+01:60": "minutes (up to 59)",
		"2026-06-05T10:00:00,5Z":    "nor an instant with its offset",
		"2026-06-05T10:00:00":       "nor an instant with its offset",
	} {
		if _, err := casework.ParseWhen(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A number is kept as it is written out: with an exponent a few characters stand for hundreds.
func TestANumberOfMoreThanFifteenPlacesIsRefusedAtWhateverDepth(t *testing.T) {
	t.Parallel()
	for number, kept := range map[string]bool{
		"0": true, "-0": true, "0e999": true, "1.5e3": true, "999999999999999": true, "-1E14": true, "1e-15": true, "-1.5e-15": true,
		"1e15": false, "-1e15": false, "9007199254740993": false, "10000000000000000": false, "1e300": false, "-1E+300": false, "1e-16": false, "-1e-300": false, "5e-324": false,
	} {
		for _, around := range []string{"%s", "[1,%s]", `{"b":[{"c":%s}]}`} {
			line := `{"id":"e1","case":"C1","type":"referral.received","at":"2026-01-05","data":{"a":` + fmt.Sprintf(around, number) + `}}`
			var e casework.Event
			err := json.Unmarshal([]byte(line), &e)
			if (err == nil) != kept {
				t.Errorf("%s: %v", line, err)
			}
			if err != nil && !strings.Contains(err.Error(), "more than 15 places before or after its point") {
				t.Errorf("%s: the error is %v", line, err)
			}
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"2026-06-05", "2026-06-05T10:00:00.5+01:00", "0001-01-01T00:00:00Z", "2026-06-05T10:00:00.", "9999-12-31T23:59:59-23:59"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := casework.ParseWhen(s)
		if err != nil {
			return
		}
		if back, err := casework.ParseWhen(w.String()); err != nil || back != w || w.Day.IsZero() {
			t.Errorf("%q is %s, which reads back as %s, %v", s, w, back, err)
		}
	})
}

func TestBlanksAroundNamesMakeNoOtherCase(t *testing.T) {
	t.Parallel()
	accepted, reasons := readAndAccept(t, strings.Join([]string{
		`{"id":"l","case":"C1","type":"looked_after.started","at":"2026-11-02","episode":"L1"}`,
		`{"id":"pl","case":"\u00a0C1","type":"placement.started ","at":"2026-11-02","episode":"L1\u200b"}`,
		`{"id":" v\t","case":"C1 ","type":"lac_visit.made","at":"2026-11-05","episode":" L1","data":{"seen":true}}`,
		`{"id":"x","case":"C1","voids":"v "}`,
		`{"id":"w","case":"Rene\u0301e","type":"worker.allocated","at":"2026-11-02","by":" A  B ","data":{"worker":"W1 ","team":"\ufeffT1"}}`,
		`{"id":"w2","case":"Ren\u00e9e","type":"source.attached","at":"2026-11-02","data":{"name":"x","reports":[" cp_visit.made"]}}`,
	}, "\n"))
	if reasons != "" {
		t.Fatal(reasons)
	}
	cases := map[string]int{}
	for _, e := range accepted {
		cases[e.Case]++
		for _, s := range []string{e.ID, e.Case, e.Type, e.Episode, e.Voids, e.By, e.Data.Text("worker"), e.Data.Text("team")} {
			if strings.Trim(s, " \t\u00a0\u200b\ufeff") != s {
				t.Errorf("%q is kept as it was", s)
			}
		}
	}
	if want := map[string]int{"C1": 4, "Ren\u00e9e": 2}; !reflect.DeepEqual(cases, want) {
		t.Errorf("events by case %v, want %v", cases, want)
	}
}

// The same from Go code as from a file.
func TestWhatNobodySeesInANameIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	good := casework.Event{ID: "e1", Case: "C1", Type: "worker.allocated", At: casework.OnDay(day(t, "2026-01-05"))}
	for want, change := range map[string]func(e *casework.Event){
		`"case" holds U+200B (zero-width space) as its character 2`:          func(e *casework.Event) { e.Case = "C\u200b1" },
		`"episode" holds U+202E (right-to-left override) as its character 1`: func(e *casework.Event) { e.Episode = "\u202e1R" },
		`"by" holds U+FEFF (byte order mark) as its character 2`:             func(e *casework.Event) { e.By = "A\ufeffB" },
		`"source" holds U+0000 (null) as its character 2`:                    func(e *casework.Event) { e.Source = "s\x00x" },
		`"corrects" holds U+00AD (soft hyphen)`:                              func(e *casework.Event) { e.Corrects = "e\u00ad0" },
		`"voids" holds U+2060 (word joiner)`:                                 func(e *casework.Event) { e.Voids = "e\u20600" },
		`data.worker holds U+200E (left-to-right mark) as its character 1`:   func(e *casework.Event) { e.Data = casework.Data{"worker": "\u200eW1"} },
		`data.team is longer than 200 bytes`:                                 func(e *casework.Event) { e.Data = casework.Data{"team": strings.Repeat("x", 201)} },
		`data.reason holds U+001B (escape) as its character 3`:               func(e *casework.Event) { e.Data = casework.Data{"reason": "no\x1b[2J"} },
		`data.reports holds U+200C (zero-width non-joiner) as its character 12`: func(e *casework.Event) {
			e.Type, e.Data = "source.attached", casework.Data{"reports": []any{"cp_visit.ma\u200cde"}}
		},
		"": func(e *casework.Event) {
			e.Data = casework.Data{"worker": "W1", "reason": "first line\nsecond", "kept": "\x1b"}
		},
	} {
		e := good
		change(&e)
		_, refused := book.Accept([]casework.Event{e})
		got := ""
		if len(refused) > 0 {
			got = refused[0].Reason
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("refused with %q, want %q", got, want)
		}
		if strings.ContainsAny(got, "\u200b\u202e\ufeff\x00\x1b") {
			t.Errorf("%q repeats what nobody sees", got)
		}
	}
}

func TestARefusalKeepsToItsLine(t *testing.T) {
	t.Parallel()
	r := casework.Refusal{Event: "e\n1\x1b[2J", Reason: "why"}
	if got := r.Error(); got != `"e\n1\x1b[2J": why` {
		t.Errorf("got %s", got)
	}
}

func TestAnEventIsCleanedOnce(t *testing.T) {
	t.Parallel()
	e := tell(t, "e1 source.attached 2026-01-05T10:00:00Z name=x reports=[a,b]")[0]
	e.Data["reports"] = []any{" a", "b", 1.0}
	e.Data["note"] = "Rene\u0301e "
	e.At.Instant = e.At.Instant.Add(999)
	given := e.Data["note"]
	once := casework.Clean(e)
	if twice := casework.Clean(once); !reflect.DeepEqual(once, twice) {
		t.Errorf("cleaned %+v, then %+v", once, twice)
	}
	if e.Data["note"] != given {
		t.Error("what was handed in is changed")
	}
	if want := (casework.Data{"name": "x", "note": "Renée", "reports": []any{"a", "b", 1.0}}); !reflect.DeepEqual(once.Data, want) || once.At.Instant.Nanosecond() != 0 {
		t.Errorf("cleaned %+v", once)
	}
}

// read accepts the lines of a file of events, every one.
func read(t *testing.T, lines string) []casework.Event {
	t.Helper()
	events, refused, err := rows.Read(strings.NewReader(lines))
	if err != nil || len(refused) > 0 {
		t.Fatalf("refused %v: %v", refused, err)
	}
	events, refused = book.Accept(events)
	if len(refused) > 0 {
		t.Fatalf("refused %v", refused)
	}
	return events
}

// What is shown decides: fractions of a second are shown nowhere.
func TestAFractionOfASecondDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ lines, asOf, want string }{
		"72 hours after 10:00:00.999 are over at 10:00:00, and .9995 is that second": {
			lines: `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00.999Z"}
				{"id":"r","case":"C1","type":"return_interview.completed","at":"2026-06-04T10:00:00.9995Z"}`,
			asOf: "2026-06-05",
			want: `MI-01:m 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z met met=2026-06-04T10:00:00Z`,
		},
		"a second later is late": {
			lines: `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00.999Z"}
				{"id":"r","case":"C1","type":"return_interview.completed","at":"2026-06-04T10:00:01.000Z"}`,
			asOf: "2026-06-05",
			want: `MI-01:m 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z met_late met=2026-06-04T10:00:01Z`,
		},
		"what ends and what starts within one second go as at one instant: start first": {
			lines: `{"id":"p","case":"C1","type":"police_protection.started","at":"2026-06-01T10:00:00.900Z"}
				{"id":"e","case":"C1","type":"police_protection.ended","at":"2026-06-01T10:00:00.100Z"}`,
			asOf: "2026-06-05",
			want: `EM-01:p 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z met met=2026-06-01T10:00:00Z`,
		},
		"an instant in another zone, with a fraction": {
			lines: `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T11:00:00.5+01:00"}`,
			asOf:  "2026-06-04T10:00:00Z",
			want:  `MI-01:m 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z due_today`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := book.Fold(read(t, c.lines), casework.Moment{AsOf: instant(t, c.asOf)})
			same(t, c.want, dutyLines(plan, "MI-01", "EM-01"))
		})
	}
}

func TestADutyOfHoursIsInTimeForTheWholeSecondThatIsShown(t *testing.T) {
	t.Parallel()
	d := book.Fold(accepted(t, "m missing.ended 2026-06-01T10:00:00Z"), casework.Moment{AsOf: instant(t, "2026-06-02")}).Duty("MI-01:m")
	due := instant(t, "2026-06-04T10:00:00Z")
	for after, want := range map[time.Duration]casework.State{
		0: casework.DueToday, 999 * time.Millisecond: casework.DueToday, time.Second: casework.Overdue,
	} {
		if got := d.State(due.Add(after)); got != want {
			t.Errorf("%s after it was due: %s, want %s", after, got, want)
		}
	}
}

// Recorded at 09:00:00 exactly counts for that morning, and so does what is shown as that.
func TestWhatWasRecordedWithinTheSecondOfNineCountsForThatMorning(t *testing.T) {
	t.Parallel()
	const referral = `{"id":"r","case":"C1","type":"referral.received","at":"2026-03-02","recorded":"2026-03-02T10:00:00Z"}` + "\n"
	decided := func(recorded string) string {
		return referral + `{"id":"d","case":"C1","type":"referral.decided","at":"2026-03-02","data":{"outcome":"nfa"},"recorded":"` + recorded + `"}`
	}
	// The decision is due on Tuesday 3 March: the worker is told on its morning unless it is known to be met. That of the
	// day before was missed: the referral was recorded at 10:00 of it.
	told := func(lines string) string {
		return noticesOf(book.Notices(read(t, lines), day(t, "2026-03-03"), day(t, "2026-03-03")), "FD-01")
	}
	same(t, "", told(decided("2026-03-03T09:00:00.999999Z")))
	same(t, "2026-03-03T09:00 FD-01 2026-03-03 0 worker reminder missed=-1wd", told(decided("2026-03-03T09:00:01Z")))
}

func TestTheSameEventWithAndWithoutAFractionIsOneEvent(t *testing.T) {
	t.Parallel()
	events := read(t, `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00.250Z","recorded":"2026-06-01T11:00:00.75Z"}
		{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00Z","recorded":"2026-06-01T11:00:00Z"}`)
	if len(events) != 1 {
		t.Fatalf("got %d events", len(events))
	}
	text, err := events[0].MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	same(t, `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00Z","recorded":"2026-06-01T11:00:00Z"}`, string(text))
}
