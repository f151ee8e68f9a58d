package casework_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/intake/rows"
)

// readAndAccept returns what becomes of a file: the events that stand, and the reasons of the others.
func readAndAccept(t *testing.T, file string) (accepted []casework.Event, reasons string) {
	t.Helper()
	events, unread, err := rows.Read(strings.NewReader(file))
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
	for line, want := range map[string]string{ // what is refused; "" if it is accepted
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
