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
		{"a language that is not a number", "language: 1", "language: latest", "mini.yaml:3: language is the version of the rule language, a number: write language: 1"},
		{"no language", "language: 1\n", "", "mini.yaml:1: no file of the pack says language"},
		{"no name", "pack: A test\n", "", "no file of the pack says pack"},
		{"an empty name", "pack: A test", `pack: ""`, "mini.yaml:1: pack is empty"},
		{"a name that is a list", "pack: A test", "pack: [A, test]", "mini.yaml:1: pack must be a text, and is a list"},
		{"no case_ends", "case_ends: [case.closed]\n", "", "mini.yaml:1: no file of the pack says case_ends"},
		{"not a list", "case_ends: [case.closed]", "case_ends: case.closed", "mini.yaml:24: case_ends must be a list, and is a single value"},

		// The vocabulary.
		{"a group of events without types", "case_opens:", "  - pathway: Assessment\ncase_opens:", "mini.yaml:23: a group of events needs pathway and types"},
		{"not a group of events", "events:\n", "events:\n  - care.started\n", "mini.yaml:7: a group of events must be a mapping, and is a single value"},
		{"types that are not a mapping", "case_opens:", "  - {pathway: Assessment, types: []}\ncase_opens:", "mini.yaml:23: types must be a mapping of event names"},
		{"an unknown pathway of events", "  - pathway: LookedAfter\n    types", "  - pathway: LookAfter\n    types", `mini.yaml:11: the pathway "LookAfter" is not known: it is one of the case, Assessment, LookedAfter`},
		{"a badly named event", "      review.held: {}\n", "      review.held: {}\n      Review: {}\n", "mini.yaml:17: Review: an event's name is thing.happened"},
		{"two events of one name", "      review.held: {}\n", "      review.held: {}\n      thing.done: {}\n", "mini.yaml:17: thing.done: two events have this name"},
		{"fields that are not a mapping", "review.held: {}", "review.held: seen", "mini.yaml:16: review.held: the event's fields must be a mapping"},
		{"a badly named field", "review.held: {}", "review.held: {Seen: flag}", `mini.yaml:16: review.held: the field "Seen": a name is in small letters`},
		{"an unknown kind of field", "review.held: {}", "review.held: {seen: boolean}", `mini.yaml:16: review.held: the kind "boolean" of seen is not known`},
		{"a kind that is a mapping", "review.held: {}", "review.held: {seen: {}}", "mini.yaml:16: review.held: the kind of seen must be a text, and is a mapping"},
		{"a field that may hold no words", "review.held: {}", "review.held: {outcome: []}", "mini.yaml:16: review.held: the field outcome may hold one of no words"},

		// What fields and their words say.
		{"phrases that are a list", "ladders:\n", "field_phrases: [seen]\nladders:\n", "mini.yaml:29: field_phrases must be a mapping of names to what they say, and is a list"},
		{"phrases of a field that no event has", "ladders:\n", "field_phrases: {sean: {phrase: a name}}\nladders:\n", `mini.yaml:29: no event has a field "sean": did you mean seen?`},
		{"phrases of a field that are a text", "ladders:\n", "field_phrases: {seen: the child}\nladders:\n", "mini.yaml:29: the phrases of a field must be a mapping, and is a single value"},
		{"an unknown key of a field's phrases", "ladders:\n", "field_phrases: {seen: {yes: the child is seen}}\nladders:\n", `mini.yaml:29: the phrases of a field has no key "yes": it may have does_not, holds, of, phrase`},
		{"a field without phrases", "ladders:\n", "field_phrases: {seen: {}}\nladders:\n", "mini.yaml:29: the field seen has no phrases: leave it out"},
		{"a flag with words only for where it holds", "ladders:\n", "field_phrases: {seen: {holds: the child is seen}}\nladders:\n", "mini.yaml:29: a flag has words for where it holds and for where it does not: give the field seen both holds and does_not"},
		{"the date of an event that there is not", "ladders:\n", "field_phrases: {on: {of: {thing.start: the day}}}\nladders:\n", `mini.yaml:29: the event "thing.start" is not in the vocabulary`},
		{"the date of an event that has none", "ladders:\n", "field_phrases: {on: {of: {thing.done: the day}}}\nladders:\n", `mini.yaml:29: the event thing.done has no field "on"`},
		{"a word without a phrase", "ladders:\n", "word_phrases: {good: \"\"}\nladders:\n", "mini.yaml:29: the phrase of good is empty"},

		// Periods and ladders.
		{"two periods of one name", "ladders:\n", "  - {name: care, opens: [care.started], ends: [care.ended]}\nladders:\n", "mini.yaml:29: period care: two periods have this name"},
		{"a period without a name", "ladders:\n", "  - {opens: [care.started], ends: [care.ended]}\nladders:\n", "mini.yaml:29: a period needs a name"},
		{"not a period", "ladders:\n", "  - care\nladders:\n", "mini.yaml:29: a period must be a mapping"},
		{"a period that opens with an unknown event", "opens: [care.started]", "opens: [care.begun]", `mini.yaml:27: period care: the event "care.begun" is not in the vocabulary`},
		{"a cycle of periods", "    ends: [care.ended]\n", "    ends: [care.ended]\n    ends_with: care\n", "mini.yaml:26: period care: a cycle"},
		{"a ladder without rungs", "    rungs:\n      - {at: 50%, remind: worker}\n      - {at: +4h, escalate: [team_manager, service_manager]}\n", "", "mini.yaml:35: ladder hours: a ladder needs name and rungs"},
		{"not a ladder", "ladders:\n", "ladders:\n  - days\n", "mini.yaml:30: a ladder must be a mapping"},
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
		{"an escalation to a part", "escalate: team_manager}\n", "escalate: reviewing_officer}\n", "mini.yaml:34: ladder days: nobody is escalated to as reviewing officer: a part of a case is reminded"},

		// The rules.
		{"not a rule", "timescales:\n", "timescales:\n  - XX-00\n", "mini.yaml:41: a timescale must be a mapping"},
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
		{"not an edition", "    editions:\n      - limit: 10 working days\n", "    editions:\n      - 5 working days\n      - limit: 10 working days\n", "mini.yaml:48: XX-01: an edition must be a mapping"},
		{"a flag that is neither true nor false", "    starts: [thing.started]", "    each: sometimes\n    starts: [thing.started]", "mini.yaml:45: XX-01: each must be true or false"},
		{"not a date", "      - limit: 10 working days\n", "      - limit: 10 working days\n        from: 2013-04-31\n", "mini.yaml:49: XX-01: from must be a date, YYYY-MM-DD"},
		{"editions that overlap", "    editions:\n      - limit: 10 working days\n", "    editions:\n      - {until: 2014-01-01, limit: 5 days, status: local, source: A}\n      - from: 2013-01-01\n        limit: 10 working days\n", "mini.yaml:49: XX-01: two editions are in force on 2013-01-01"},
		{"two rules of one ref", "ref: XX-02", "ref: XX-01", "mini.yaml:51: XX-01: two timescales have this ref, the other at mini.yaml:41"},
		{"a repeat from nowhere", "    starts: [thing.started]", "    repeat_from: yesterday\n    starts: [thing.started]", `mini.yaml:45: XX-01: repeat_from "yesterday" is not known: it is one of done, due, start`},
		{"a rule that shows open by nothing", "    starts: [thing.started]", "    shown_open_by: {where: {open: true}}\n    starts: [thing.started]", "mini.yaml:45: XX-01: where speaks of the data of an event, and there is no event"},
		{"an alarm without a role", "    editions:\n      - limit: 10 working days\n        status", "    drift: [{after: 3 months}]\n    editions:\n      - status", "mini.yaml:47: XX-01: an alarm needs after and role"},

		// Starts.
		{"a start of two kinds", "nth: 2 or later", "period_opens: true", "mini.yaml:57: XX-02: a start is either an event, period_opens: true or a birthday"},
		{"a start of no kind", "starts: [thing.started]", "starts: [{from: 2013-04-15}]", "mini.yaml:45: XX-01: a start is either an event, period_opens: true or a birthday"},
		{"nth that is not a number", "nth: 2 or later", "nth: second", "mini.yaml:57: XX-02: nth must be a whole number from 1"},
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
		{"conditions that are not a mapping", "where: {seen: true}", "where: seen", "mini.yaml:57: XX-02: where must be a mapping of fields"},
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
		{"not an extension", "extend: {event: clock.extended, most: 2 weeks, source: An Act}", "extend: 2 weeks", "mini.yaml:59: XX-02: extend must be a mapping"},
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
		{"two files have phrases of a field", []load.File{whole, file("yy.yaml", "field_phrases: {seen: {phrase: a}}\n"), file("zz.yaml", "field_phrases: {seen: {phrase: b}}\n")}, "zz.yaml:1: the field seen has phrases already: put them in one place"},
		{"two files have a phrase of a word", []load.File{whole, file("yy.yaml", "word_phrases: {good: a}\n"), file("zz.yaml", "word_phrases: {good: b}\n")}, "zz.yaml:1: the word good has a phrase already: put it in one place"},
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

// The lines of the small pack that these tests change.
const (
	oneLimit   = "      - limit: 10 working days\n"
	oneStart   = "    starts: [thing.started]\n"
	visitStart = "      - {event: visit.made, where: {seen: true}, nth: 2 or later}\n"
	laterLimit = "          - {limit: 6 weeks}\n"
)

func edition(is string) string { return "      - " + is + "\n" }

func starts(is string) string { return "    starts: [" + is + "]\n" }

// theLimit is the edition of the small pack's first rule, and localLimit is it where no law sets it.
const (
	theLimit   = oneLimit + "        status: statute\n        source: An Act\n"
	localLimit = oneLimit + "        status: local\n        source: An Act\n"
)

func councils(number string) string { return "        councils:\n          - " + number + "\n" }

func alarms(are string) string {
	return "    drift: [" + are + "]\n    editions:\n      - status"
}

func TestEachFaultOfTheAdditionsIsFoundOnceWithItsFileLineAndRule(t *testing.T) {
	t.Parallel()
	for _, tt := range additionFaults {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, spoilt(t, tt.old, tt.with), tt.want)
		})
	}
}

const limitsOfTheRule = "    editions:\n      - limit: 10 working days\n        status"

var additionFaults = []struct{ name, old, with, want string }{
	// Limits.
	{"hours before", oneLimit, edition("limit: 72 hours before"), `mini.yaml:48: XX-01: the limit "72 hours before": hours run from an instant, and neither begin with a day nor lie before one`},
	{"before, and beginning with the day", oneLimit, edition("limit: 2 weeks before beginning with the day"), `mini.yaml:48: XX-01: the limit "2 weeks before beginning with the day": what lies before a day does not begin with it`},
	{"the same day before", oneLimit, edition("limit: the same day before"), `mini.yaml:48: XX-01: the limit "the same day before": a limit begins with a whole number`},
	{"a rolling sum of working days", oneLimit, edition("limit: 3 working days in any 28 days"), `mini.yaml:48: XX-01: the limit "3 working days in any 28 days": a rolling sum is of hours in any so many days, or of days in any so many days, weeks, months or years`},
	{"a rolling sum of days in working days", oneLimit, edition("limit: 3 days in any 28 working days"), `mini.yaml:48: XX-01: the limit "3 days in any 28 working days": a rolling sum`},
	{"a rolling sum of days in hours", oneLimit, edition("limit: 1 day in any 48 hours"), `mini.yaml:48: XX-01: the limit "1 day in any 48 hours": a rolling sum`},
	{"a rolling sum of days that fill its month", oneLimit, edition("limit: 28 days in any 1 month"), `mini.yaml:48: XX-01: the limit "28 days in any 1 month": a rolling sum`},
	{"a rolling sum in more years than there are", oneLimit, edition("limit: 5 days in any 101 years"), `mini.yaml:48: XX-01: the limit "5 days in any 101 years": a rolling sum`},
	{"a rolling sum in no time", oneLimit, edition("limit: 5 days in any 0 years"), `mini.yaml:48: XX-01: the limit "5 days in any 0 years": a rolling sum`},
	{"a rolling sum of hours in weeks", oneLimit, edition("limit: 72 hours in any 4 weeks"), `mini.yaml:48: XX-01: the limit "72 hours in any 4 weeks": a rolling sum`},
	{"a rolling sum of no number", oneLimit, edition("limit: many hours in any 28 days"), `mini.yaml:48: XX-01: the limit "many hours in any 28 days": a rolling sum`},
	{"a rolling sum that fills its days", oneLimit, edition("limit: 72 hours in any 3 days"), `mini.yaml:48: XX-01: the limit "72 hours in any 3 days": a rolling sum`},
	{"a rolling sum without a period", oneLimit, edition("limit: 72 hours in any 28 days"), "mini.yaml:48: XX-01: a rolling sum adds up the times for which the rule's period was open: name a period and start with period_opens alone"},
	{"a rolling sum of days without a period", oneLimit, edition("limit: 3 days in any 28 days"), "mini.yaml:48: XX-01: a rolling sum adds up the times for which the rule's period was open: name a period and start with period_opens alone"},
	{"whether a limit in hours falls before a birthday", oneLimit, edition("limits: [{limit: 3 hours, when: {before_birthday: 5}}, 5 hours]"), "mini.yaml:48: XX-01: before_birthday asks on what day a limit falls: 3 hours is counted in hours or is a rolling sum, so leave it out"},
	{"a limit from a date that its start does not have", oneLimit, edition("limit: {limit: 2 weeks before, from: when}"), `mini.yaml:48: XX-01: no event that starts the rule has a date "when"`},
	{"a limit from what is not a date", oneLimit, edition("limit: {limit: 2 weeks before, from: note}"), `mini.yaml:48: XX-01: no event that starts the rule has a date "note"`},
	{"a limit from nowhere", oneLimit, edition("limit: {limit: 2 weeks before, from: []}"), "mini.yaml:48: XX-01: from must be a mapping, and is a list"},
	{"a limit from an empty date", oneLimit, edition(`limit: {limit: 2 weeks before, from: ""}`), "mini.yaml:48: XX-01: from is empty"},
	{"a limit from an event without a field", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.started}}"), "mini.yaml:48: XX-01: from names a date of the event that starts the duty, or has an event and a field"},
	{"a limit from a field that is not a date", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.started, field: note}}"), `mini.yaml:48: XX-01: the event thing.started has no date "note"`},
	{"a limit from the zeroth birthday", oneLimit, edition("limit: {limit: 2 weeks before, from: {birthday: 0}}"), "mini.yaml:48: XX-01: birthday must be a whole number from 1 to 25"},
	{"a limit from a birthday and an event", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.started, field: on, birthday: 16}}"), "mini.yaml:48: XX-01: from names a date of the event that starts the duty, or has an event and a field, or a birthday alone"},
	{"a limit from a birthday of an event", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.started, birthday: 16}}"), "mini.yaml:48: XX-01: from names a date of the event that starts the duty, or has an event and a field, or a birthday alone"},
	{"a limit from a birthday in words", oneLimit, edition("limit: {limit: 2 weeks before, from: {birthday: sixteenth}}"), "mini.yaml:48: XX-01: birthday must be a whole number from 1 to 25"},
	{"a limit from an unknown event", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.begun, field: on}}"), `mini.yaml:48: XX-01: the event "thing.begun" is not in the vocabulary`},
	{"hours from a date", oneLimit, edition("limit: {limit: 72 hours, from: on}"), "mini.yaml:48: XX-01: a limit in hours runs from an instant: it has no from"},
	{"a mapping without a limit", oneLimit, edition("limit: {from: on}"), "mini.yaml:48: XX-01: one of the limits has no limit"},
	{"a condition on the limit of an edition", oneLimit, edition("limit: {limit: 2 weeks, when: {before_birthday: 5}}"), `mini.yaml:48: XX-01: one of the limits has no key "when": it may have from, limit`},
	{"one of the limits that cannot be read", laterLimit, "          - 6 fortnights\n", `mini.yaml:63: XX-02: the limit "6 fortnights"`},
	{"two ways to say the limit", oneLimit, edition("limit: 1 week\n        earliest: [1 week, 2 weeks]"), "mini.yaml:48: XX-01: an edition has one of limit, limits and earliest"},
	{"the earliest of one", oneLimit, edition("earliest: [1 week]"), "mini.yaml:48: XX-01: earliest chooses among two limits or more"},
	{"the earliest of one that cannot be read", oneLimit, edition("earliest: [1 week, soon]"), `mini.yaml:48: XX-01: the limit "soon": a limit begins with a whole number`},
	{"the earliest of hours", oneLimit, edition("earliest: [24 hours, 72 hours]"), "mini.yaml:48: XX-01: the day that is the earliest of several counts, so none has a condition or is in hours"},

	// What stands alongside a limit, or in its place.
	{"owed before an unknown event", oneLimit, edition("by: thing.dome"), `mini.yaml:48: XX-01: the event "thing.dome" is not in the vocabulary: did you mean thing.done?`},
	{"owed before nothing", oneLimit, edition("by: {nth: 2}"), "mini.yaml:48: XX-01: by names no event"},
	{"owed before the zeroth", oneLimit, edition("by: {event: review.held, nth: 0}"), "mini.yaml:48: XX-01: nth must be a whole number from 1 to 1000"},
	{"owed before the second of no period", oneLimit, edition("by: {event: review.held, nth: 2}"), "mini.yaml:48: XX-01: nth in by counts from the opening of the rule's period"},
	{"owed before what ends it", "      - limits:\n          - {limit: 1 week, when: {not_held_since: review.held}}\n          - {limit: 6 weeks}\n", edition("by: care.ended"), "mini.yaml:61: XX-02: it is owed before care.ended, which also ends it: it would never be seen to be missed"},
	{"owed before the first of nothing", oneLimit, edition("by: []"), "mini.yaml:48: XX-01: by names no event"},
	{"owed before the first of several, of which one is unknown", oneLimit, edition("by: [thing.started, thing.dome]"), `mini.yaml:48: XX-01: the event "thing.dome" is not in the vocabulary`},
	{"owed before the first of several, of which one ends it", "      - limits:\n          - {limit: 1 week, when: {not_held_since: review.held}}\n          - {limit: 6 weeks}\n", edition("by: [review.held, care.ended]"), "mini.yaml:61: XX-02: it is owed before care.ended, which also ends it"},
	{"owed before the first of several, of which one is the second of no period", oneLimit, edition("by: [thing.started, {event: review.held, nth: 2}]"), "mini.yaml:48: XX-01: nth in by counts from the opening of the rule's period"},
	{"not before what cannot be read", oneLimit, edition("not_before: soon"), `mini.yaml:48: XX-01: the limit "soon"`},
	{"not before some hours", oneLimit, edition("not_before: 72 hours"), "mini.yaml:48: XX-01: not_before is a day, so it is not counted in hours"},
	{"no limit and a limit", oneLimit, edition("limit: 1 week\n        no_limit: true"), "mini.yaml:48: XX-01: it has no_limit and a limit: remove one"},
	{"no limit and something before which it is owed", oneLimit, edition("by: review.held\n        no_limit: true"), "mini.yaml:48: XX-01: it has no_limit and a limit: remove one"},
	{"no_limit that is not a flag", oneLimit, edition("limit: 1 week\n        no_limit: perhaps"), "mini.yaml:49: XX-01: no_limit must be true or false"},
	{"an edition that does something else to running duties", oneLimit, edition("limit: 1 week\n        running: stop"), `mini.yaml:49: XX-01: running "stop" is not known: it is one of keep, move`},
	{"an edition that moves running duties on no day", oneLimit, edition("limit: 1 week\n        running: move"), "mini.yaml:48: XX-01: running: move says what happens on the edition's from, and it has none"},

	// Rules.
	{"off for no reason", oneStart, "    off: \"\"\n" + oneStart, "mini.yaml:45: XX-01: off is empty"},
	{"an unknown ladder", oneStart, "    ladder: weeks\n" + oneStart, `mini.yaml:41: XX-01: the pack has no ladder "weeks"`},
	{"a ladder in hours for a limit in days", oneStart, "    ladder: hours\n" + oneStart, `mini.yaml:49: XX-01: the rungs of the ladder "hours" are not counted as a limit of 10 working days is`},
	{"an unknown calendar", oneStart, "    calendar: school\n" + oneStart, `mini.yaml:41: XX-01: the pack has no calendar "school"`},
	{"unknown windows", visitStart, visitStart + "    windows: weeks\n", `mini.yaml:58: XX-02: windows "weeks" is not known: it is one of calendar months, school terms`},
	{"windows of no period", oneStart, "    windows: calendar months\n", "mini.yaml:41: XX-01: windows follow each other while the rule's period is open, and it has none: name one"},
	{"windows with a start", visitStart + "    met_by: [visit.made]\n    extend: {event: clock.extended, most: 2 weeks, source: An Act}\n", visitStart + "    met_by: [visit.made]\n    windows: calendar months\n", "mini.yaml:51: XX-02: its windows start it and end with their last day: it has no starts, extend or pausable"},

	// Starts.
	{"preceded by nothing", oneStart, starts("{event: thing.started, preceded_by: {within: 1 year}}"), "mini.yaml:45: XX-01: preceded_by names no event"},
	{"preceded at any time", oneStart, starts("{event: thing.started, preceded_by: {event: thing.done}}"), "mini.yaml:45: XX-01: preceded_by needs within: in what time before"},
	{"preceded within what cannot be read", oneStart, starts("{event: thing.started, preceded_by: {event: thing.done, within: long}}"), `mini.yaml:45: XX-01: the limit "long"`},
	{"preceded within hours", oneStart, starts("{event: thing.started, preceded_by: {event: thing.done, within: 72 hours}}"), "mini.yaml:41: XX-01: or_before and within are lengths in days, weeks or months, not in hours and not backwards"},
	{"preceded never", oneStart, starts("{event: thing.started, preceded_by: {event: thing.done, times: 0, within: 1 year}}"), "mini.yaml:45: XX-01: times must be a whole number from 1 to 1000"},
	{"the same day as an unknown event", oneStart, starts("{event: thing.started, same_day: thing.dome}"), `mini.yaml:45: XX-01: the event "thing.dome" is not in the vocabulary`},
	{"of no age", oneStart, starts("{event: thing.started, aged: {}}"), "mini.yaml:45: XX-01: aged needs from or before"},
	{"of an age that is not a mapping", oneStart, starts("{event: thing.started, aged: 4}"), "mini.yaml:45: XX-01: aged must be a mapping, and is a single value"},
	{"of an age that is not a number", oneStart, starts("{event: thing.started, aged: {from: old}}"), "mini.yaml:45: XX-01: from must be a whole number from 0 to 130"},
	{"of an age that nobody has", oneStart, starts("{event: thing.started, aged: {from: 17, before: 4}}"), "mini.yaml:41: XX-01: nobody is of an age from 17 and before 4"},
	{"on a birthday without a period", oneStart, starts("{birthday: 16}"), "mini.yaml:41: XX-01: a birthday counts from the opening of the rule's period, and it has none: name one"},
	{"on the zeroth birthday", oneStart, starts("{birthday: 0}"), "mini.yaml:45: XX-01: birthday must be a whole number from 1 to 25"},
	{"on a birthday beyond those of care leavers", oneStart, starts("{birthday: 26}"), "mini.yaml:45: XX-01: birthday must be a whole number from 1 to 25"},
	{"on a birthday and with an event", visitStart, "      - {event: visit.made, birthday: 16}\n", "mini.yaml:57: XX-02: a start is either an event, period_opens: true or a birthday"},
	{"on a birthday and with the period", visitStart, "      - {period_opens: true, birthday: 16}\n", "mini.yaml:57: XX-02: a start is either an event, period_opens: true or a birthday"},
	{"on a birthday that holds something", visitStart, "      - {birthday: 16, where: {seen: true}}\n", "mini.yaml:57: XX-02: where speaks of the data of an event, and there is no event"},
	{"on the second of a birthday", visitStart, "      - {birthday: 16, nth: 2}\n", "mini.yaml:51: XX-02: a birthday comes once and at one age: a start on it has no nth, or_before or aged"},
	{"on a birthday at an age", visitStart, "      - {birthday: 16, aged: {from: 16}}\n", "mini.yaml:51: XX-02: a birthday comes once and at one age: a start on it has no nth, or_before or aged"},
	{"on a birthday before its period", visitStart, "      - {birthday: 16, or_before: 3 months}\n", "mini.yaml:51: XX-02: a birthday comes once and at one age: a start on it has no nth, or_before or aged"},
	{"on a birthday after the 18th", visitStart, "      - {birthday: 21}\n", "mini.yaml:51: XX-02: it never starts on the 21st birthday: the 18th ends it in every pathway but LeavingCare"},
	{"a field that the event does not have", oneStart, starts("{event: thing.started, has: [open, due]}"), `mini.yaml:45: XX-01: thing.started has no field "due": it has open, outcome, note, on, names, inferred`},
	{"a field that is a list", oneStart, starts("{event: thing.started, lacks: [[on]]}"), "mini.yaml:45: XX-01: a field must be a text, and is a list"},
	{"fields that are not a list", oneStart, starts("{event: thing.started, lacks: on}"), "mini.yaml:45: XX-01: has and lacks must be a list, and is a single value"},
	{"fields of no event", visitStart, "      - {period_opens: true, has: [status]}\n", "mini.yaml:57: XX-02: has speaks of the data of an event, and there is no event"},
	{"a start's limit from a date that it does not have", visitStart, "      - {event: visit.made, limit: {limit: 1 week, from: on}}\n", `mini.yaml:57: XX-02: no event that starts the rule has a date "on"`},

	// How an edition was checked.
	{"a check that is not a mapping", oneLimit, oneLimit + "        checked: words\n", "mini.yaml:49: XX-01: checked must be a mapping, and is a single value"},
	{"a check with an unknown key", oneLimit, oneLimit + "        checked: {read: none, by: A, on: 2026-01-05}\n", `mini.yaml:49: XX-01: checked has no key "by": it may have in, missing, on, read`},
	{"a check that does not say what was read", oneLimit, oneLimit + "        checked: {in: A, on: 2026-01-05}\n", "mini.yaml:49: XX-01: checked needs read, what was read, as in checked: {read: words,"},
	{"a check of no known reading", oneLimit, oneLimit + "        checked: {read: well, in: A, on: 2026-01-05}\n", `mini.yaml:49: XX-01: read "well" is not known: it is one of words, through, part, similar, none`},
	{"words that were read nowhere", oneLimit, oneLimit + "        checked: {read: words, on: 2026-01-05}\n", "mini.yaml:49: XX-01: checked needs in, where it was read or the secondary text, as in checked: {"},
	{"words that were never read", oneLimit, oneLimit + "        checked: {read: through, in: A}\n", "mini.yaml:49: XX-01: checked needs on, the day on which it was read, as in checked: {"},
	{"a part that was read nowhere", oneLimit, oneLimit + "        checked: {read: part, on: 2026-01-05}\n", "mini.yaml:49: XX-01: checked needs in,"},
	{"a similar text that was never read", oneLimit, oneLimit + "        checked: {read: similar, in: A}\n", "mini.yaml:49: XX-01: checked needs on,"},
	{"nothing read in a text", oneLimit, oneLimit + "        checked: {read: none, in: A}\n", "mini.yaml:49: XX-01: nothing was read, so there is nothing that it was read in or that is missing: leave out in and missing, or say what was read"},
	{"nothing read, and something missing", oneLimit, oneLimit + "        checked: {read: none, missing: A}\n", "mini.yaml:49: XX-01: nothing was read"},
	{"words read of which some are missing", oneLimit, oneLimit + "        checked: {read: words, in: A, missing: B, on: 2026-01-05}\n", "mini.yaml:49: XX-01: missing says what was not read, and read says that the words were: leave out missing, or say read: part or read: similar"},
	{"a check on no day", oneLimit, oneLimit + "        checked: {read: words, in: A, on: yesterday}\n", `mini.yaml:49: XX-01: on must be a date, YYYY-MM-DD`},
	{"a check of nothing", oneLimit, oneLimit + "        checked: {read: words, in: \"\", on: 2026-01-05}\n", `mini.yaml:49: XX-01: in is empty`},
	{"a check alongside the mark of earlier releases", oneLimit, oneLimit + "        unverified: true\n        checked: {read: none}\n", "mini.yaml:48: XX-01: checked says how the words are known: leave out unverified"},

	// The numbers that councils use.
	{"numbers of councils where law sets one", theLimit, theLimit + councils("{limit: 5 working days}"), "mini.yaml:48: XX-01: councils has the numbers to choose from where no law sets one, and the status is statute: leave it out"},
	{"numbers of councils that are not a list", theLimit, localLimit + "        councils: 5 working days\n", "mini.yaml:51: XX-01: councils must be a list, and is a single value"},
	{"not a number of councils", theLimit, localLimit + councils("{who: Anytown}"), "mini.yaml:52: XX-01: a number of councils needs limit, or says with words in its place"},
	{"a number of councils with an unknown key", theLimit, localLimit + councils("{number: 5}"), `mini.yaml:52: XX-01: a number of councils has no key "number": it may have limit, says, to, who`},
	{"a number of councils that cannot be read", theLimit, localLimit + councils("{limit: 5 wd}"), `mini.yaml:52: XX-01: the limit "5 wd": write 5 working days`},
	{"a range without a beginning", theLimit, localLimit + councils("{to: 5 working days, says: A}"), "mini.yaml:52: XX-01: to ends a range, and there is no limit that begins it: add limit"},
	{"a range that goes down", theLimit, localLimit + councils("{limit: 5 working days, to: 4 working days}"), "mini.yaml:48: XX-01: a range goes up in one unit, and this one from 5 working days to 4 working days: correct it, or make two entries"},
	{"a range in two units", theLimit, localLimit + councils("{limit: 5 working days, to: 2 weeks}"), "mini.yaml:48: XX-01: a range goes up in one unit"},
	{"a number of councils in hours for a rule in days", theLimit, localLimit + councils("{limit: 24 hours}"), "mini.yaml:48: XX-01: 24 hours is not counted as its own limit of 10 working days is, in hours or in days, forwards or backwards: put it into says, in words"},
	{"a number of councils before for a rule after", theLimit, localLimit + councils("{limit: 5 working days before}"), "mini.yaml:48: XX-01: 5 working days before is not counted as its own limit of 10 working days is"},
	{
		"a number of councils where there can be none", theLimit, strings.Replace(localLimit, "limit:", "not_before:", 1) + councils("{limit: 5 working days}"),
		"mini.yaml:48: XX-01: an overlay cannot give this rule a number: put 5 working days into says, in words",
	},

	// Guidance that comes out in new editions.
	{"not a publication", "ladders:\n", "publications: [Guidance]\nladders:\n", "mini.yaml:29: a publication must be a mapping"},
	{"a publication without a name", "ladders:\n", "publications: [{editions: [2026-03-18]}]\nladders:\n", "mini.yaml:29: a publication needs its name, as sources name it, and editions, the days on which it came out"},
	{"a publication that never came out", "ladders:\n", "publications: [{name: A}]\nladders:\n", "mini.yaml:29: a publication needs its name"},
	{"a publication without a day", "ladders:\n", "publications: [{name: A, editions: []}]\nladders:\n", "mini.yaml:29: a publication needs its name"},
	{"a publication of no day", "ladders:\n", "publications: [{name: A, editions: [spring]}]\nladders:\n", "mini.yaml:29: an edition must be a date, YYYY-MM-DD"},
	{"a publication out of order", "ladders:\n", "publications: [{name: A, editions: [2026-03-18, 2023-12-15]}]\nladders:\n", "mini.yaml:29: the editions are out of order: 2023-12-15 does not come after 2026-03-18"},
	{"a publication with an unknown key", "ladders:\n", "publications: [{name: A, editions: [2026-03-18], by: B}]\nladders:\n", `mini.yaml:29: a publication has no key "by": it may have editions, name`},

	// Extensions and alarms.
	{"a total that cannot be read", "most: 2 weeks, source", "most: 2 weeks, total: a year, source", `mini.yaml:59: XX-02: the limit "a year"`},
	{"a total in hours", "most: 2 weeks, source", "most: 2 weeks, total: 900 hours, source", "mini.yaml:51: XX-02: an extension is to a day after the start, so most and total are not counted in hours or backwards"},
	{"an extension by what lies before", "most: 2 weeks, source", "most: 2 weeks before, source", "mini.yaml:51: XX-02: an extension is to a day after the start"},
	{"an alarm in hours", limitsOfTheRule, alarms("{after: 48 hours, role: team_manager}"), "mini.yaml:41: XX-01: an alarm comes after days, weeks or months, and repeats in the same unit"},
	{"an alarm before", limitsOfTheRule, alarms("{after: 2 weeks before, role: team_manager}"), "mini.yaml:41: XX-01: an alarm comes after days, weeks or months, and repeats in the same unit"},
	{"an alarm that repeats in another unit", limitsOfTheRule, alarms("{after: 2 weeks, every: 1 month, role: team_manager}"), "mini.yaml:41: XX-01: an alarm comes after days, weeks or months, and repeats in the same unit"},
	{"an alarm that repeats without end on one day", limitsOfTheRule, alarms("{after: the same day, every: the same day, role: team_manager}"), "mini.yaml:41: XX-01: an alarm comes after days, weeks or months, and repeats in the same unit"},
	{"alarms out of order", limitsOfTheRule, alarms("{after: 2 months, role: team_manager}, {after: 6 weeks, role: service_manager}"), "mini.yaml:41: XX-01: the alarms are out of order"},
	{"an alarm in months, as it used to be written", limitsOfTheRule, alarms("{months: 9, after: 9 months, role: team_manager}"), `mini.yaml:47: XX-01: an alarm has no key "months": it may have after, every, role`},

	// Periods.
	{"an end that is first by no flag", "    ends: [care.ended]\n", "    ends: [{event: care.ended, taken_first: perhaps}]\n", "mini.yaml:28: period care: taken_first must be true or false"},
	{"an end of nothing", "    ends: [care.ended]\n", "    ends: [{taken_first: true}]\n", "mini.yaml:28: period care: ends names no event"},
	{"an end with a key that it does not have", "    ends: [care.ended]\n", "    ends: [{event: care.ended, only_if_none: true}]\n", `mini.yaml:28: period care: ends has no key "only_if_none": it may have event, has, lacks, taken_first, where`},
	{"an end that lacks a field which its event does not have", "    ends: [care.ended]\n", "    ends: [{event: care.ended, lacks: [status]}]\n", `mini.yaml:28: period care: care.ended has no field "status"`},
	{"so long after a period that is not known", oneStart, starts("{event: thing.started, within: {from: 20 working days, in: caer}}"), `mini.yaml:45: XX-01: the period "caer" is not known`},
	{"so long after no period", oneStart, starts("{event: thing.started, within: {from: 20 working days}}"), "mini.yaml:41: XX-01: within (without in) counts from the opening of the rule's period, and it has none: name one"},
	{"within a period alone", oneStart, starts("{event: thing.started, within: {in: care}}"), "mini.yaml:45: XX-01: within needs from or before"},

	// What was put right.
	{"not a correction", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [it was wrong]\n", "mini.yaml:47: XX-01: a correction must be a mapping, and is a single value"},
	{"a correction without a day", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [{was: it gave two weeks}]\n", "mini.yaml:47: XX-01: a correction needs on, when it was put right, and was, what was wrong until then"},
	{"a correction that does not say of what", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [{on: 2026-11-29}]\n", "mini.yaml:47: XX-01: a correction needs on, when it was put right, and was, what was wrong until then"},
	{"a correction on no date", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [{on: today, was: it gave two weeks}]\n", "mini.yaml:47: XX-01: on must be a date, YYYY-MM-DD"},
	{"a correction of a period without a day", "    ends: [care.ended]\n", "    ends: [care.ended]\n    corrected: [{was: it ended earlier}]\n", "mini.yaml:29: period care: a correction needs on, when it was put right, and was, what was wrong until then"},

	// Calendars and terms.
	{"not a calendar", "ladders:\n", "calendars: [school]\nladders:\n", "mini.yaml:29: a calendar must be a mapping"},
	{"a calendar without a name", "ladders:\n", "calendars: [{closed: []}]\nladders:\n", "mini.yaml:29: a calendar needs a name"},
	{"two calendars of one name", "ladders:\n", "calendars: [{name: school}, {name: school}]\nladders:\n", "mini.yaml:29: calendar school: two calendars have this name: remove one"},
	{"closed days without a reason", "ladders:\n", "calendars: [{name: school, closed: [{from: 2026-12-21, until: 2026-12-31}]}]\nladders:\n", "mini.yaml:29: calendar school: a stretch of closed days needs from, until (both are closed) and why"},
	{"closed days that are not mappings", "ladders:\n", "calendars: [{name: school, closed: [Christmas]}]\nladders:\n", "mini.yaml:29: calendar school: a stretch of closed days must be a mapping"},
	{"closed days from no date", "ladders:\n", "calendars: [{name: school, closed: [{from: Christmas, until: 2026-12-31, why: A}]}]\nladders:\n", "mini.yaml:29: calendar school: from must be a date, YYYY-MM-DD"},
	{"closed days that end before they begin", "ladders:\n", "calendars: [{name: school, closed: [{from: 2026-12-21, until: 2026-12-20, why: A}]}]\nladders:\n", "mini.yaml:29: calendar school: closed from 2026-12-21 until 2026-12-20: the last day comes after the first, and at most 120 days after"},
	{"closed days for more than a summer", "ladders:\n", "calendars: [{name: school, closed: [{from: 2026-01-01, until: 2026-12-31, why: A}]}]\nladders:\n", "mini.yaml:29: calendar school: closed from 2026-01-01 until 2026-12-31"},
	{"not a term", "ladders:\n", "terms: [autumn]\nladders:\n", "mini.yaml:29: a term must be a mapping"},
	{"a term without an end", "ladders:\n", "terms: [{name: autumn, from: 09-01}]\nladders:\n", "mini.yaml:29: a term needs name, from and until"},
	{"a term of a date and a day of every year", "ladders:\n", "terms: [{name: autumn, from: 2026-09-01, until: 12-31}]\nladders:\n", "mini.yaml:29: a term has two dates (2026-09-02), or two days of every year (09-01)"},
	{"a term that ends before it begins", "ladders:\n", "terms: [{name: autumn, from: 09-01, until: 08-31}]\nladders:\n", "mini.yaml:29: the term ends before it begins"},
}

func TestDaysOfATermThatAreInNoYear(t *testing.T) {
	t.Parallel()
	for _, day := range []string{"02-29", "13-01", "00-10", "04-31", "09-00", "ab-01", "09-0x", "2026-02-30", "autumn"} {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			faults := spoilt(t, "ladders:\n", "terms: [{name: autumn, from: "+day+", until: 12-31}]\nladders:\n")
			if len(faults) == 0 || !strings.HasPrefix(faults[0].Reason, `"`+day+`" is no day of every year`) &&
				faults[0].Reason != `a day of a term must be a date, YYYY-MM-DD, as in 2027-01-04, and is "`+day+`"` {
				t.Errorf("got %v", faults)
			}
		})
	}
}

// rollingIn is the small pack with a rolling sum in its second rule.
func rollingIn(limit string) string {
	text := strings.Replace(mini, "      - limits:\n          - {limit: 1 week, when: {not_held_since: review.held}}\n"+laterLimit, edition("limit: "+limit), 1)
	text = strings.Replace(text, visitStart, "      - {period_opens: true}\n", 1)
	return strings.Replace(text, "    extend: {event: clock.extended, most: 2 weeks, source: An Act}\n", "", 1)
}

func TestARollingSumIsNeitherExtendedNorPausedNorCountedFromADate(t *testing.T) {
	t.Parallel()
	const all = "a rolling sum counts all of the time for which the period was open: it is neither extended nor paused"
	with := func(limit, key string) string {
		return strings.Replace(rollingIn(limit), "    met_by: [visit.made]\n", "    met_by: [visit.made]\n    "+key+"\n", 1)
	}
	for _, tt := range []struct{ text, want string }{
		{with("10 days in any 1 month", "extend: {event: clock.extended, most: 2 weeks, source: An Act}"), "mini.yaml:61: XX-02: " + all},
		{with("10 days in any 1 month", "pausable: true"), "mini.yaml:61: XX-02: " + all},
		{with("72 hours in any 28 days", "pausable: true"), "mini.yaml:61: XX-02: " + all},
		{
			rollingIn("{limit: 10 days in any 1 month, from: {event: thing.started, field: on}}"),
			"mini.yaml:60: XX-02: a rolling sum runs from the opening of the rule's period: it has no from",
		},
	} {
		expectOnly(t, faultsOf(t, load.File{Name: "mini.yaml", Text: tt.text}), tt.want)
	}
	for _, limit := range []string{"10 days in any 1 month", "6 days in any 1 week", "13 days in any 2 weeks", "75 days in any 12 months", "364 days in any 1 year"} {
		if found := faultsOf(t, load.File{Name: "mini.yaml", Text: rollingIn(limit)}); len(found) > 0 {
			t.Errorf("%s: %v", limit, found)
		}
	}
}

func TestARollingSumStartsWithItsPeriodAlone(t *testing.T) {
	t.Parallel()
	sum := strings.Replace(mini, "      - limits:\n          - {limit: 1 week, when: {not_held_since: review.held}}\n"+laterLimit, edition("limit: 72 hours in any 28 days"), 1)
	sum = strings.Replace(sum, "    extend: {event: clock.extended, most: 2 weeks, source: An Act}\n", "", 1)
	one := strings.Replace(sum, visitStart, "      - {period_opens: true}\n", 1)
	if faults := faultsOf(t, load.File{Name: "mini.yaml", Text: one}); len(faults) > 0 {
		t.Errorf("alone: %v", faults)
	}
	two := strings.Replace(sum, visitStart, "      - {period_opens: true}\n"+visitStart, 1)
	expectOnly(t, faultsOf(t, load.File{Name: "mini.yaml", Text: two}), "mini.yaml:61: XX-02: a rolling sum adds up")
}
