package load_test

import (
	"strings"
	"testing"

	"longstop/timescale/load"
)

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
	{"a limit from what is no date", oneLimit, edition("limit: {limit: 2 weeks before, from: note}"), `mini.yaml:48: XX-01: no event that starts the rule has a date "note"`},
	{"a limit from nowhere", oneLimit, edition("limit: {limit: 2 weeks before, from: []}"), "mini.yaml:48: XX-01: from must be a mapping, and is a list"},
	{"a limit from an empty date", oneLimit, edition(`limit: {limit: 2 weeks before, from: ""}`), "mini.yaml:48: XX-01: from is empty"},
	{"a limit from an event without a field", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.started}}"), "mini.yaml:48: XX-01: from names a date of the event that starts the duty, or has an event and a field"},
	{"a limit from a field that is no date", oneLimit, edition("limit: {limit: 2 weeks before, from: {event: thing.started, field: note}}"), `mini.yaml:48: XX-01: the event thing.started has no date "note"`},
	{"a limit from a birthday that is none", oneLimit, edition("limit: {limit: 2 weeks before, from: {birthday: 0}}"), "mini.yaml:48: XX-01: birthday must be a whole number from 1 to 25"},
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

	// What stands beside a limit, or in its place.
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
	{"no_limit that is no flag", oneLimit, edition("limit: 1 week\n        no_limit: perhaps"), "mini.yaml:49: XX-01: no_limit must be true or false"},
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
	{"of an age that is no mapping", oneStart, starts("{event: thing.started, aged: 4}"), "mini.yaml:45: XX-01: aged must be a mapping, and is a single value"},
	{"of an age that is none", oneStart, starts("{event: thing.started, aged: {from: old}}"), "mini.yaml:45: XX-01: from must be a whole number from 0 to 130"},
	{"of an age that nobody has", oneStart, starts("{event: thing.started, aged: {from: 17, before: 4}}"), "mini.yaml:41: XX-01: nobody is of an age from 17 and before 4"},
	{"on a birthday without a period", oneStart, starts("{birthday: 16}"), "mini.yaml:41: XX-01: a birthday counts from the opening of the rule's period, and it has none: name one"},
	{"on a birthday that is none", oneStart, starts("{birthday: 0}"), "mini.yaml:45: XX-01: birthday must be a whole number from 1 to 25"},
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
	{"fields that are no list", oneStart, starts("{event: thing.started, lacks: on}"), "mini.yaml:45: XX-01: has and lacks must be a list, and is a single value"},
	{"fields of no event", visitStart, "      - {period_opens: true, has: [status]}\n", "mini.yaml:57: XX-02: has speaks of the data of an event, and there is no event"},
	{"a start's limit from a date that it does not have", visitStart, "      - {event: visit.made, limit: {limit: 1 week, from: on}}\n", `mini.yaml:57: XX-02: no event that starts the rule has a date "on"`},

	// How an edition was checked.
	{"a check that is no mapping", oneLimit, oneLimit + "        checked: words\n", "mini.yaml:49: XX-01: checked must be a mapping, and is a single value"},
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
	{"a check beside the mark of earlier releases", oneLimit, oneLimit + "        unverified: true\n        checked: {read: none}\n", "mini.yaml:48: XX-01: checked says how the words are known: leave out unverified"},

	// The numbers that councils use.
	{"numbers of councils where law sets one", theLimit, theLimit + councils("{limit: 5 working days}"), "mini.yaml:48: XX-01: councils has the numbers to choose from where no law sets one, and the status is statute: leave it out"},
	{"numbers of councils that are no list", theLimit, localLimit + "        councils: 5 working days\n", "mini.yaml:51: XX-01: councils must be a list, and is a single value"},
	{"a number of councils that is none", theLimit, localLimit + councils("{who: Anytown}"), "mini.yaml:52: XX-01: a number of councils needs limit, or says with words in its place"},
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

	// Guidance that comes out anew.
	{"a publication that is none", "ladders:\n", "publications: [Guidance]\nladders:\n", "mini.yaml:29: a publication must be a mapping"},
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
	{"an alarm in months, as it used to be said", limitsOfTheRule, alarms("{months: 9, after: 9 months, role: team_manager}"), `mini.yaml:47: XX-01: an alarm has no key "months": it may have after, every, role`},

	// Periods.
	{"an end that is first by no flag", "    ends: [care.ended]\n", "    ends: [{event: care.ended, taken_first: perhaps}]\n", "mini.yaml:28: period care: taken_first must be true or false"},
	{"an end of nothing", "    ends: [care.ended]\n", "    ends: [{taken_first: true}]\n", "mini.yaml:28: period care: ends names no event"},
	{"an end with a key that it does not have", "    ends: [care.ended]\n", "    ends: [{event: care.ended, only_if_none: true}]\n", `mini.yaml:28: period care: ends has no key "only_if_none": it may have event, has, lacks, taken_first, where`},
	{"an end that lacks a field which its event does not have", "    ends: [care.ended]\n", "    ends: [{event: care.ended, lacks: [status]}]\n", `mini.yaml:28: period care: care.ended has no field "status"`},
	{"so long after a period that is not known", oneStart, starts("{event: thing.started, within: {from: 20 working days, in: caer}}"), `mini.yaml:45: XX-01: the period "caer" is not known`},
	{"so long after no period", oneStart, starts("{event: thing.started, within: {from: 20 working days}}"), "mini.yaml:41: XX-01: within (without in) counts from the opening of the rule's period, and it has none: name one"},
	{"within a period alone", oneStart, starts("{event: thing.started, within: {in: care}}"), "mini.yaml:45: XX-01: within needs from or before"},

	// What was put right.
	{"a correction that is none", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [it was wrong]\n", "mini.yaml:47: XX-01: a correction must be a mapping, and is a single value"},
	{"a correction without a day", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [{was: it gave two weeks}]\n", "mini.yaml:47: XX-01: a correction needs on, when it was put right, and was, what was wrong until then"},
	{"a correction that does not say of what", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [{on: 2026-11-29}]\n", "mini.yaml:47: XX-01: a correction needs on, when it was put right, and was, what was wrong until then"},
	{"a correction on no date", "    met_by: [thing.done]\n", "    met_by: [thing.done]\n    corrected: [{on: today, was: it gave two weeks}]\n", "mini.yaml:47: XX-01: on must be a date, YYYY-MM-DD"},
	{"a correction of a period without a day", "    ends: [care.ended]\n", "    ends: [care.ended]\n    corrected: [{was: it ended earlier}]\n", "mini.yaml:29: period care: a correction needs on, when it was put right, and was, what was wrong until then"},

	// Calendars and terms.
	{"a calendar that is none", "ladders:\n", "calendars: [school]\nladders:\n", "mini.yaml:29: a calendar must be a mapping"},
	{"a calendar without a name", "ladders:\n", "calendars: [{closed: []}]\nladders:\n", "mini.yaml:29: a calendar needs a name"},
	{"two calendars of one name", "ladders:\n", "calendars: [{name: school}, {name: school}]\nladders:\n", "mini.yaml:29: calendar school: two calendars have this name: remove one"},
	{"closed days without a reason", "ladders:\n", "calendars: [{name: school, closed: [{from: 2026-12-21, until: 2026-12-31}]}]\nladders:\n", "mini.yaml:29: calendar school: a stretch of closed days needs from, until (both are closed) and why"},
	{"closed days that are none", "ladders:\n", "calendars: [{name: school, closed: [Christmas]}]\nladders:\n", "mini.yaml:29: calendar school: a stretch of closed days must be a mapping"},
	{"closed days from no date", "ladders:\n", "calendars: [{name: school, closed: [{from: Christmas, until: 2026-12-31, why: A}]}]\nladders:\n", "mini.yaml:29: calendar school: from must be a date, YYYY-MM-DD"},
	{"closed days that end before they begin", "ladders:\n", "calendars: [{name: school, closed: [{from: 2026-12-21, until: 2026-12-20, why: A}]}]\nladders:\n", "mini.yaml:29: calendar school: closed from 2026-12-21 until 2026-12-20: the last day comes after the first, and at most 120 days after"},
	{"closed days for more than a summer", "ladders:\n", "calendars: [{name: school, closed: [{from: 2026-01-01, until: 2026-12-31, why: A}]}]\nladders:\n", "mini.yaml:29: calendar school: closed from 2026-01-01 until 2026-12-31"},
	{"a term that is none", "ladders:\n", "terms: [autumn]\nladders:\n", "mini.yaml:29: a term must be a mapping"},
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
