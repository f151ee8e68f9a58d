package casework_test

import (
	"reflect"
	"strings"
	"testing"

	"longstop/casework"
)

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
