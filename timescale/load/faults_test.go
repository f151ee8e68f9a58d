package load_test

import (
	"errors"
	"strings"
	"testing"

	"longstop/timescale/load"
)

// mini is a small pack without faults: tests spoil one thing in it.
const mini = `pack: A test
edition: "1"
language: 1
pathways: [Assessment, LookedAfter]
every_event: {inferred: flag}
events:
  - pathway: Assessment
    types:
      thing.started: {open: flag, outcome: [good, bad], note: text, on: date, names: list}
      thing.done: {}
  - pathway: LookedAfter
    types:
      care.started: {status: text}
      care.ended: {}
      visit.made: {seen: flag}
      review.held: {}
  - pathway: the case
    marks: true
    types:
      clock.extended: {until: required date}
      case.opened: {}
      case.closed: {}
case_opens: [case.opened]
case_ends: [case.closed]
periods:
  - name: care
    opens: [care.started]
    ends: [care.ended]
ladders:
  - name: days
    for: [{unit: working_days, from: 1}, {unit: days, from: 0}, {unit: months, from: 1}]
    rungs:
      - {at: -1wd, remind: worker}
      - {at: +1wd, escalate: team_manager}
  - name: hours
    for: [{unit: hours, from: 1}]
    rungs:
      - {at: 50%, remind: worker}
      - {at: +4h, escalate: [team_manager, service_manager]}
timescales:
  - ref: XX-01
    title: A thing
    todo: Do the thing.
    pathway: Assessment
    starts: [thing.started]
    met_by: [thing.done]
    editions:
      - limit: 10 working days
        status: statute
        source: An Act
  - ref: XX-02
    title: A visit
    todo: Visit.
    pathway: LookedAfter
    period: care
    starts:
      - {event: visit.made, where: {seen: true}, nth: 2 or later}
    met_by: [visit.made]
    extend: {event: clock.extended, most: 2 weeks, source: An Act}
    editions:
      - limits:
          - {limit: 1 week, when: {not_held_since: review.held}}
          - {limit: 6 weeks}
        status: regulation
        source: Regulations
`

func spoilt(t *testing.T, old, with string) []load.Fault {
	t.Helper()
	if !strings.Contains(mini, old) {
		t.Fatalf("the pack does not hold %q", old)
	}
	return faultsOf(t, load.File{Name: "mini.yaml", Text: strings.Replace(mini, old, with, 1)})
}

func faultsOf(t *testing.T, files ...load.File) []load.Fault {
	t.Helper()
	_, err := load.Files(files)
	if err == nil {
		return nil
	}
	var e *load.Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %T: %v", err, err)
	}
	return e.Faults
}

// expectOnly says that there is one fault, and that it reads as wanted.
func expectOnly(t *testing.T, faults []load.Fault, want string) {
	t.Helper()
	if len(faults) != 1 || !strings.HasPrefix(faults[0].String(), want) {
		lines := make([]string, len(faults))
		for i, f := range faults {
			lines[i] = f.String()
		}
		t.Errorf("got:\n%s\nwant only: %s…", strings.Join(lines, "\n"), want)
	}
}

func TestTheSmallPackIsSound(t *testing.T) {
	t.Parallel()
	for _, f := range faultsOf(t, load.File{Name: "mini.yaml", Text: mini}) {
		t.Error(f)
	}
}

func TestEachFaultIsFoundOnceWithItsFileLineAndRule(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, with, want string }{
		// The file.
		{"an unknown key of the file", "every_event:", "any_event:", `mini.yaml:5: a file of a pack has no key "any_event": it may have calendars, case_ends,`},
		{"a key twice", "edition: \"1\"\n", "edition: \"1\"\nedition: \"2\"\n", `mini.yaml:3: this is not YAML: mapping key "edition" already defined`},
		{"a newer language", "language: 1", "language: 2", "mini.yaml:3: the file is written in version 2 of the rule language, this program understands 1: use a newer program"},
		{"a language that is no number", "language: 1", "language: latest", "mini.yaml:3: language is the version of the rule language, a number: write language: 1"},
		{"no language", "language: 1\n", "", "mini.yaml:1: no file of the pack says language"},
		{"no name", "pack: A test\n", "", "no file of the pack says pack"},
		{"an empty name", "pack: A test", `pack: ""`, "mini.yaml:1: pack is empty"},
		{"a name that is a list", "pack: A test", "pack: [A, test]", "mini.yaml:1: pack must be a text, and is a list"},
		{"no case_ends", "case_ends: [case.closed]\n", "", "mini.yaml:1: no file of the pack says case_ends"},
		{"a list that is none", "case_ends: [case.closed]", "case_ends: case.closed", "mini.yaml:24: case_ends must be a list, and is a single value"},

		// The vocabulary.
		{"a group of events without types", "case_opens:", "  - pathway: Assessment\ncase_opens:", "mini.yaml:23: a group of events needs pathway and types"},
		{"a group of events that is none", "events:\n", "events:\n  - care.started\n", "mini.yaml:7: a group of events must be a mapping, and is a single value"},
		{"types that are none", "case_opens:", "  - {pathway: Assessment, types: []}\ncase_opens:", "mini.yaml:23: types must be a mapping of event names"},
		{"an unknown pathway of events", "  - pathway: LookedAfter\n    types", "  - pathway: LookAfter\n    types", `mini.yaml:11: the pathway "LookAfter" is not known: it is one of the case, Assessment, LookedAfter`},
		{"a badly named event", "      review.held: {}\n", "      review.held: {}\n      Review: {}\n", "mini.yaml:17: Review: an event's name is thing.happened"},
		{"two events of one name", "      review.held: {}\n", "      review.held: {}\n      thing.done: {}\n", "mini.yaml:17: thing.done: two events have this name"},
		{"fields that are none", "review.held: {}", "review.held: seen", "mini.yaml:16: review.held: the event's fields must be a mapping"},
		{"a badly named field", "review.held: {}", "review.held: {Seen: flag}", `mini.yaml:16: review.held: the field "Seen": a name is in small letters`},
		{"an unknown kind of field", "review.held: {}", "review.held: {seen: boolean}", `mini.yaml:16: review.held: the kind "boolean" of seen is not known`},
		{"a kind that is a mapping", "review.held: {}", "review.held: {seen: {}}", "mini.yaml:16: review.held: the kind of seen must be a text, and is a mapping"},
		{"a field that may hold no words", "review.held: {}", "review.held: {outcome: []}", "mini.yaml:16: review.held: the field outcome may hold one of no words"},

		// Periods and ladders.
		{"two periods of one name", "ladders:\n", "  - {name: care, opens: [care.started], ends: [care.ended]}\nladders:\n", "mini.yaml:29: period care: two periods have this name"},
		{"a period without a name", "ladders:\n", "  - {opens: [care.started], ends: [care.ended]}\nladders:\n", "mini.yaml:29: a period needs a name"},
		{"a period that is none", "ladders:\n", "  - care\nladders:\n", "mini.yaml:29: a period must be a mapping"},
		{"a period that opens with an unknown event", "opens: [care.started]", "opens: [care.begun]", `mini.yaml:27: period care: the event "care.begun" is not in the vocabulary`},
		{"a cycle of periods", "    ends: [care.ended]\n", "    ends: [care.ended]\n    ends_with: care\n", "mini.yaml:26: period care: a cycle"},
		{"a ladder without rungs", "    rungs:\n      - {at: 50%, remind: worker}\n      - {at: +4h, escalate: [team_manager, service_manager]}\n", "", "mini.yaml:35: ladder hours: a ladder needs name and rungs"},
		{"a ladder that is none", "ladders:\n", "ladders:\n  - days\n", "mini.yaml:30: a ladder must be a mapping"},
		{"a band without a unit", "for: [{unit: hours, from: 1}]", "for: [{unit: hours, from: 1}, {from: 1}]", "mini.yaml:36: ladder hours: a band of limits needs unit and from"},
		{"a band in weeks", "{unit: days, from: 0}", "{unit: days, from: 0}, {unit: weeks, from: 1}", `mini.yaml:31: ladder days: the unit of a band "weeks" is not known`},
		{"a rung for nobody", "{at: -1wd, remind: worker}", "{at: -1wd}", "mini.yaml:33: ladder days: a rung goes to nobody"},
		{"a rung for no roles", "{at: -1wd, remind: worker}", "{at: -1wd, remind: []}", "mini.yaml:33: ladder days: a rung goes to no roles"},
		{"a rung without a moment", "{at: -1wd, remind: worker}", "{remind: worker}", "mini.yaml:33: ladder days: a rung needs at"},
		{"a rung whose moment is a list", "{at: -1wd, remind: worker}", "{at: [], remind: worker}", "mini.yaml:33: ladder days: at must be a text"},
		{"a rung in hours on a ladder in days", "{at: -1wd, remind: worker}", "{at: 50%, remind: worker}", `mini.yaml:33: ladder days: a rung at "50%"`},
		{"a rung in days on a ladder in hours", "{at: 50%, remind: worker}", "{at: -1wd, remind: worker}", `mini.yaml:38: ladder hours: a rung at "-1wd"`},
		{"a rung before the due instant by hours", "{at: +4h,", "{at: -4h,", `mini.yaml:39: ladder hours: a rung at "-4h"`},
		{"a rung at no number", "{at: -1wd, remind: worker}", "{at: wd, remind: worker}", `mini.yaml:33: ladder days: a rung at "wd"`},
		{"a rung at nothing but its unit on a ladder in hours", "{at: +4h,", "{at: h,", `mini.yaml:39: ladder hours: a rung at "h"`},
		{"an unknown role", "remind: worker}\n      - {at: +1wd", "remind: nurse}\n      - {at: +1wd", `mini.yaml:33: ladder days: the role "nurse" is not known: it is one of worker, team_manager, service_manager, head_of_service`},

		// The rules.
		{"a rule that is none", "timescales:\n", "timescales:\n  - XX-00\n", "mini.yaml:41: a timescale must be a mapping"},
		{"an unknown key of a rule", "    todo: Visit.\n", "    todo: Visit.\n    extends: true\n", `mini.yaml:54: XX-02: a timescale has no key "extends"`},
		{"an unknown pathway of a rule", "    pathway: LookedAfter\n    period", "    pathway: Care\n    period", `mini.yaml:54: XX-02: the pathway "Care" is not known`},
		{"an unknown period", "    period: care\n", "    period: cafe\n", `mini.yaml:55: XX-02: the period "cafe" is not known: did you mean care?`},
		{"an unknown event that nothing resembles", "starts: [thing.started]", "starts: [nonsense]", `mini.yaml:45: XX-01: the event "nonsense" is not in the vocabulary`},
		{"an unknown event that meets", "met_by: [thing.done]", "met_by: [thing.dome]", `mini.yaml:46: XX-01: the event "thing.dome" is not in the vocabulary: did you mean thing.done?`},
		{"an event that is a list", "met_by: [thing.done]", "met_by: [thing.done, [thing.done]]", "mini.yaml:46: XX-01: met_by must be a mapping, and is a list"},
		{"an event whose name is a list", "met_by: [thing.done]", "met_by: [{event: []}]", "mini.yaml:46: XX-01: an event must be a text, and is a list"},
		{"nothing that meets it", "met_by: [thing.done]", "met_by: []", "mini.yaml:41: XX-01: nothing can meet it"},
		{"a meeting without an event", "met_by: [thing.done]", "met_by: [{or_before: 3 months}]", "mini.yaml:46: XX-01: met_by names no event"},
		{"a missing title", "    title: A thing\n", "", "mini.yaml:41: XX-01: it has no title"},
		{"a missing source", "        source: An Act\n", "", "mini.yaml:48: XX-01: the edition has no source"},
		{"a missing status", "        status: statute\n", "", "mini.yaml:48: XX-01: the edition has no status"},
		{"an unknown status", "status: statute", "status: law", `mini.yaml:49: XX-01: the status "law" is not known`},
		{"an edition that is none", "    editions:\n      - limit: 10 working days\n", "    editions:\n      - 5 working days\n      - limit: 10 working days\n", "mini.yaml:48: XX-01: an edition must be a mapping"},
		{"a flag that is no flag", "    starts: [thing.started]", "    each: sometimes\n    starts: [thing.started]", "mini.yaml:45: XX-01: each must be true or false"},
		{"a date that is none", "      - limit: 10 working days\n", "      - limit: 10 working days\n        from: 2013-04-31\n", "mini.yaml:49: XX-01: from must be a date, YYYY-MM-DD"},
		{"editions that overlap", "    editions:\n      - limit: 10 working days\n", "    editions:\n      - {until: 2014-01-01, limit: 5 days, status: local, source: A}\n      - from: 2013-01-01\n        limit: 10 working days\n", "mini.yaml:49: XX-01: two editions are in force on 2013-01-01"},
		{"two rules of one ref", "ref: XX-02", "ref: XX-01", "mini.yaml:51: XX-01: two timescales have this ref, the other at mini.yaml:41"},
		{"a repeat from nowhere", "    starts: [thing.started]", "    repeat_from: yesterday\n    starts: [thing.started]", `mini.yaml:45: XX-01: repeat_from "yesterday" is not known: it is one of done, due, start`},
		{"a rule that shows open by nothing", "    starts: [thing.started]", "    shown_open_by: {where: {open: true}}\n    starts: [thing.started]", "mini.yaml:45: XX-01: where speaks of the data of an event, and there is no event"},
		{"an alarm without a role", "    editions:\n      - limit: 10 working days\n        status", "    drift: [{after: 3 months}]\n    editions:\n      - status", "mini.yaml:47: XX-01: an alarm needs after and role"},

		// Starts.
		{"a start of two kinds", "nth: 2 or later", "period_opens: true", "mini.yaml:57: XX-02: a start is either an event, period_opens: true or a birthday"},
		{"a start of no kind", "starts: [thing.started]", "starts: [{from: 2013-04-15}]", "mini.yaml:45: XX-01: a start is either an event, period_opens: true or a birthday"},
		{"nth that is no number", "nth: 2 or later", "nth: second", "mini.yaml:57: XX-02: nth must be a whole number from 1"},
		{"nth without a period", "starts: [thing.started]", "starts: [{event: thing.started, nth: 1}]", "mini.yaml:41: XX-01: nth (without nth_in) counts from the opening of the rule's period"},
		{"within nothing", "nth: 2 or later", "within: {}", "mini.yaml:57: XX-02: within needs from or before"},
		{"a period's facts without a period", "starts: [thing.started]", "starts: [{event: thing.started, period_where: {open: true}}]", "mini.yaml:45: XX-01: period_where speaks of the event that opened the rule's period"},
		{"a period's facts that its events do not have", "nth: 2 or later", "period_where: {seen: true}", "mini.yaml:57: XX-02: care.started has no field \"seen\": it has status, inferred"},

		{"a period's facts and an unknown period", "    period: care\n    starts:\n      - {event: visit.made, where: {seen: true}, nth: 2 or later}", "    period: cafe\n    starts:\n      - {event: visit.made, where: {seen: true}, period_where: {status: x}}", `mini.yaml:55: XX-02: the period "cafe" is not known: did you mean care?`},
		{"a period that is a list", "    period: care\n", "    period: care\n    ends_with: [[care]]\n", "mini.yaml:56: XX-02: a period must be a text, and is a list"},
		{"a pathway that is a list", "pathways: [Assessment, LookedAfter]", "pathways: [Assessment, LookedAfter, []]", "mini.yaml:4: a pathway must be a text"},
		{"a repeat that is a list", "    starts: [thing.started]", "    repeat_from: []\n    starts: [thing.started]", "mini.yaml:45: XX-01: repeat_from must be a text"},

		// Conditions.
		{"a field that the event does not have", "where: {seen: true}", "where: {alone: true}", `mini.yaml:57: XX-02: visit.made has no field "alone": it has seen, inferred`},
		{"a flag compared with a word", "where: {seen: true}", "where: {seen: often}", "mini.yaml:57: XX-02: the field seen is a flag"},
		{"conditions that are none", "where: {seen: true}", "where: seen", "mini.yaml:57: XX-02: where must be a mapping of fields"},
		{"no condition", "where: {seen: true}", "where: {}", "mini.yaml:57: XX-02: where must be a mapping of fields"},
		{"a word that the field never holds", "starts: [thing.started]", "starts: [{event: thing.started, where: {outcome: [good, middling]}}]", `mini.yaml:45: XX-01: the field outcome never holds "middling": it holds one of good, bad`},
		{"no words", "starts: [thing.started]", "starts: [{event: thing.started, where: {outcome: []}}]", "mini.yaml:45: XX-01: the field outcome is compared with no words"},
		{"a word that is a list", "starts: [thing.started]", "starts: [{event: thing.started, where: {outcome: [[good]]}}]", "mini.yaml:45: XX-01: what outcome must hold must be a text"},
		{"a date compared", "starts: [thing.started]", "starts: [{event: thing.started, where: {on: 2026-01-01}}]", "mini.yaml:45: XX-01: the field on is a date: a condition compares flags, words and texts only"},

		// Limits.
		{"an unknown unit", "limit: 10 working days", "limit: 10 fortnights", `mini.yaml:48: XX-01: the limit "10 fortnights": the unit "fortnights" is not known`},
		{"no unit", "limit: 10 working days", "limit: 10", `mini.yaml:48: XX-01: the limit "10": it has no unit: write 10 working days`},
		{"no number", "limit: 10 working days", "limit: ten working days", `mini.yaml:48: XX-01: the limit "ten working days": a limit begins with a whole number from 1 to 1000`},
		{"a limit of nothing", "limit: 10 working days", "limit: 0 working days", `mini.yaml:48: XX-01: the limit "0 working days": a limit begins`},
		{"a limit beyond reason", "limit: 10 working days", "limit: 100000000000 days", `mini.yaml:48: XX-01: the limit "100000000000 days": a limit begins`},
		{"a limit that is a list", "limit: 10 working days", "limit: [10 working days]", "mini.yaml:48: XX-01: a limit must be a text"},
		{"hours that begin with a day", "limit: 10 working days", "limit: 72 hours beginning with the day", `mini.yaml:48: XX-01: the limit "72 hours beginning with the day": hours run from an instant`},
		{"no limit", "      - limit: 10 working days\n        status", "      - status", "mini.yaml:48: XX-01: the edition has no limit"},
		{"a limit that no ladder covers", "{unit: working_days, from: 1}", "{unit: working_days, from: 11}", "mini.yaml:48: XX-01: no ladder covers a limit of 10 working days"},
		{"one of the limits without one", "- {limit: 6 weeks}", "- {when: {before_birthday: 5}}\n          - {limit: 6 weeks}", "mini.yaml:63: XX-02: one of the limits has no limit"},
		{"a birthday condition without a fallback", "limit: 10 working days", "limits: [{limit: 6 months, when: {before_birthday: 5}}]", "mini.yaml:48: XX-01: the last limit has a condition"},
		{"a birthday beyond reason", "- {limit: 6 weeks}", "- {limit: 6 weeks, when: {before_birthday: 99}}\n          - {limit: 6 weeks}", "mini.yaml:63: XX-02: before_birthday must be a whole number from 1 to 25"},
		{"a condition of nothing", "- {limit: 6 weeks}", "- {limit: 6 weeks, when: {}}\n          - {limit: 6 weeks}", "mini.yaml:63: XX-02: when holds no condition"},

		// Extensions.
		{"an extension by an event without a date", "{event: clock.extended,", "{event: review.held,", "mini.yaml:59: XX-02: the event review.held cannot extend: it has no date until"},
		{"an extension without a source", "most: 2 weeks, source: An Act}", "most: 2 weeks}", "mini.yaml:59: XX-02: extend needs event, most and source"},
		{"an extension that is none", "extend: {event: clock.extended, most: 2 weeks, source: An Act}", "extend: 2 weeks", "mini.yaml:59: XX-02: extend must be a mapping"},
		{"an extension counted from nowhere", "most: 2 weeks, source", "counted_from: today, most: 2 weeks, source", `mini.yaml:59: XX-02: counted_from "today" is not known: it is one of due, later of due and granted`},
		{"an extension by an unknown event", "{event: clock.extended,", "{event: clock.stretched,", `mini.yaml:59: XX-02: the event "clock.stretched" is not in the vocabulary`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, spoilt(t, tt.old, tt.with), tt.want)
		})
	}
}

func TestAllFaultsAreFoundAtOnce(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("title: A thing", "titel: A thing", "limit: 10 working days", "limit: 10 wd", "seen: true", "sean: true").Replace(mini)
	faults := faultsOf(t, load.File{Name: "mini.yaml", Text: text})
	if len(faults) != 4 {
		t.Errorf("got %d faults: %v", len(faults), faults)
	}
	err := &load.Error{Faults: faults}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "mini.yaml:") {
		t.Errorf("the error does not say one fault a line: %q", err)
	}
}

func TestPiecesOfAPackThatDoNotFitTogether(t *testing.T) {
	t.Parallel()
	file := func(name, text string) load.File { return load.File{Name: name, Text: text} }
	whole := file("mini.yaml", mini)
	tests := []struct {
		name  string
		files []load.File
		want  string
	}{
		{"two files say the pack's name", []load.File{whole, file("zz.yaml", "pack: Another\n")}, "zz.yaml:1: pack stands in mini.yaml already"},
		{"two files have one name", []load.File{whole, file("mini.yaml", "language: 1\n")}, "mini.yaml: two files of the pack have this name"},
		{"a file's name holds a folder", []load.File{file("packs/mini.yaml", mini)}, "packs/mini.yaml: a file's name is one word without folders"},
		{"a file has no name", []load.File{file("", mini)}, "a file's name is one word"},
		{"a rule speaks of an event of no file", []load.File{whole, file("zz.yaml", "periods:\n  - {name: stay, opens: [stay.started], ends: [care.ended]}\n")}, `zz.yaml:2: period stay: the event "stay.started" is not in the vocabulary`},
		{"a file is a list", []load.File{whole, file("zz.yaml", "- XX-03\n")}, "zz.yaml:1: a file of a pack must be a mapping, and is a list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, faultsOf(t, tt.files...), tt.want)
		})
	}
}

func TestNoFilesAreNoPack(t *testing.T) {
	t.Parallel()
	if faults := faultsOf(t); len(faults) != 8 || faults[0].String() != "no file of the pack says pack" {
		t.Errorf("got %v", faults)
	}
}
