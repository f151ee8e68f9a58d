package store

import (
	"strings"
	"testing"
	"time"
)

// answersOf reads "a- b+ c!": what a mail server answered from 09:00 on, one answer a minute,
// to addresses of a letter: refused (-), accepted (+), refused and forgiven (!). A dot is a
// minute without an answer.
func answersOf(t *testing.T, script string) (list []answer, last time.Time) {
	t.Helper()
	at := time.Date(2026, time.November, 25, 9, 0, 0, 0, time.UTC)
	for word := range strings.FieldsSeq(script) {
		if word != "." {
			list = append(list, answer{address: word[:1], at: at, accepted: word[1] == '+', forgiven: word[1] == '!'})
			last = at
		}
		at = at.Add(time.Minute)
	}
	return list, last
}

func TestWhatARefusalIsTakenFor(t *testing.T) {
	t.Parallel()
	dots := func(minutes int) string { return strings.Repeat(" .", minutes) }
	for name, tc := range map[string]struct {
		answers string // the last is the refusal that is judged
		want    belief
	}{
		"the first is not believed":                                             {"a-", notBelieved},
		"nor is it where a letter was accepted before it":                       {"b+ a-", notBelieved},
		"nor a second, with nothing in between":                                 {"a- a-", notBelieved},
		"nor with a letter to the same address in between":                      {"a- a+ a-", notBelieved},
		"a second is, with a letter to somebody else in between":                {"a- b+ a-", believed},
		"also where others were refused too":                                    {"a- c- d- b+ a-", believed},
		"after fourteen minutes it is not":                                      {"a-" + dots(13) + " a-", notBelieved},
		"after a quarter of an hour it is, though nobody was written to":        {"a-" + dots(14) + " a-", believedByTime},
		"also where three others are refused":                                   {"a- b- c- d-" + dots(11) + " a-", believedByTime},
		"five addresses and no letter in between: the server refuses everybody": {"a- b- c- d- e-", aboutServer},
		"the letter before does not count":                                      {"x+ a- b- c- d- e-", aboutServer},
		"one in between does":                                                   {"a- b- c- x+ d- e-", notBelieved},
		"five refusals of one address are one":                                  {"a- a- a- a- a-", notBelieved},
		"for less than a quarter of an hour":                                    {"a! b! c! d! e!" + dots(9) + " a-", aboutServer},
		"then the next role up is tried, whatever was forgiven":                 {"a! b! c! d! e!" + dots(10) + " a-", believedByTime},
		"what was forgiven is not held against the address":                     {"a! b! c! d! e! x+ a-", notBelieved},
		"but for a quarter of an hour":                                          {"a! b! c! d! e! x+" + dots(9) + " a-", believedByTime},
		"what was refused three hours ago is another trouble":                   {"a-" + dots(180) + " a-", notBelieved},
		"a letter between it and today's first is no evidence":                  {"a-" + dots(100) + " b+" + dots(100) + " a-", notBelieved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers, last := answersOf(t, tc.answers)
			if got := judge(answers[len(answers)-1].address, answers, last); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestSomebodyWithoutAnAddressIsUnreachableAtOnce(t *testing.T) {
	t.Parallel()
	if got := judge("", []answer{{address: "a"}}, time.Time{}); got != believed {
		t.Errorf("got %d", got)
	}
}
