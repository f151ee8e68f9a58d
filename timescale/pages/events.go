package pages

import (
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// phrase is an event in plain words: "a review conference is held".
func (b *book) phrase(event string) string { return english.Event(b.pack, event) }

// periodName is what a period lasts with: "the child protection plan".
func (b *book) periodName(period string) string { return english.Period(b.pack, period) }

// event is a match in words, followed by its name: "a child protection visit is made
// (`cp_visit.made`) and the child is seen".
func (b *book) event(m timescale.Match) string {
	s := b.phrase(m.Event) + code(m.Event)
	where := tests(m.Where, "it")
	switch len(m.Where) {
	case 0:
		return s
	case 1:
		return s + " and " + where
	default:
		return s + ", where " + where
	}
}

func (b *book) events(list []timescale.Match) []string {
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = b.event(m)
	}
	return words
}

// tests is what must hold of an event, or of a period, whose noun it names once.
func tests(list []timescale.Test, subject string) string {
	parts := make([]string, len(list))
	for i, t := range list {
		parts[i] = test(t)
		if strings.Contains(parts[i], "{it}") {
			parts[i] = strings.ReplaceAll(parts[i], "{it}", subject)
			subject = "it"
		}
	}
	return english.And(parts)
}

func test(t timescale.Test) string {
	switch {
	case t.Filled != nil && *t.Filled:
		return fieldNoun(t.Field) + " is recorded"
	case t.Filled != nil:
		return fieldNoun(t.Field) + " is not recorded"
	case t.Flag == nil:
		return fieldNoun(t.Field) + " is " + english.Or(answersOf(t.Words))
	}
	words, ok := flags[t.Field]
	switch {
	case ok && *t.Flag:
		return words[0]
	case ok:
		return words[1]
	case *t.Flag:
		return english.Name(t.Field) + ": yes"
	default:
		return english.Name(t.Field) + ": no"
	}
}

func answersOf(words []string) []string {
	said := make([]string, len(words))
	for i, w := range words {
		said[i] = answers[w]
		if said[i] == "" {
			said[i] = english.Name(w)
		}
	}
	return said
}

func fieldNoun(field string) string {
	if noun := fieldNouns[field]; noun != "" {
		return noun
	}
	return "the " + english.Name(field)
}

// flags are facts of an event in words, where they hold and where they do not. {it} is the
// event, or the period that it opened.
var flags = map[string][2]string{
	"accommodation":      {"{it} is of the accommodation, under regulation 7(3)", "{it} is not of the accommodation"},
	"alone":              {"the child is seen alone", "the child is not seen alone"},
	"before_assessment":  {"the parent has not been assessed yet", "the parent has been assessed before"},
	"initial":            {"{it} is the initial one", "{it} is not the initial one"},
	"interim_order":      {"the child is under an interim care order", "the child is not under an interim care order"},
	"living_with_parent": {"the child lives with the parent", "the child does not live with the parent"},
	"long_term":          {"{it} is long-term", "{it} is not long-term"},
	"open":               {"{it} is reported as still open", "{it} is not reported as still open"},
	"outside_terms":      {"{it} is outside the carer's terms of approval", "{it} is within the carer's terms of approval"},
	"provided":           {"the council provides it", "the council does not provide it"},
	"reassessment":       {"{it} is a reassessment", "{it} is not a reassessment"},
	"regulation24":       {"{it} is with a connected person who is approved for the time being", "{it} is not with a connected person who is approved for the time being"},
	"relevant":           {"the young person is a relevant child", "the young person is not a relevant child"},
	"relinquished":       {"the child is a relinquished baby", "the child is not a relinquished baby"},
	"remand":             {"the child is on remand", "the child is not on remand"},
	"renewal":            {"{it} renews an order", "{it} does not renew an order"},
	"review":             {"{it} is a review conference", "{it} is not a review conference"},
	"s47":                {"section 47 enquiries are initiated", "section 47 enquiries are not initiated"},
	"section37":          {"{it} is made on a section 37 direction", "{it} is not made on a section 37 direction"},
	"seen":               {"the child is seen", "the child is not seen"},
	"seen_alone":         {"the child is seen alone", "the child is not seen alone"},
	"to_18":              {"{it} is meant to last until the child is 18", "{it} is not meant to last until the child is 18"},
	"unannounced":        {"{it} is unannounced", "{it} is announced"},
	"unregulated":        {"{it} is unregulated", "{it} is not unregulated"},
	"urgent":             {"{it} is urgent", "{it} is not urgent"},
	"youth_detention":    {"it is to youth detention accommodation", "it is not to youth detention accommodation"},
	"with_parent":        {"{it} is with a parent", "{it} is not with a parent"},
	"without_notice":     {"no notice could be given before", "notice could be given before"},
}

// fieldNouns are what a field of an event holds.
var fieldNouns = map[string]string{
	"hearing":      "the hearing",
	"home_since":   "since when the child has lived there",
	"due":          "the date by which it is due",
	"for":          "the date for which it is set",
	"legal_status": "the legal status",
	"matter":       "the matter",
	"owner":        "an owner",
	"provided":     "who provides it",
	"rag":          "the rating",
	"review_by":    "the date by which it is to be reviewed",
	"until":        "the date until which it lasts",
}

// dates are the dates of events that limits count from.
var dates = map[string]string{
	"adoption.placed home_since":                  "the day since which the child has lived with them",
	"action.agreed due":                           "the date that was agreed",
	"conference.arranged for":                     "the day of the conference",
	"deprivation_of_liberty.authorised review_by": "the date that the court has set",
	"epo.granted until":                           "the day on which the order ends",
	"hearing.listed for":                          "the day of the hearing",
	"person.born date":                            "the date of birth",
	"person.expected date":                        "the expected date of birth",
	"private_fostering.proposed for":              "the day on which it is to begin",
	"section37.directed due":                      "the date that the court has set",
	"section7.directed due":                       "the date that the court has set",
	"section47.review_set for":                    "the day that was set",
	"secure_order.made until":                     "the day on which the order ends",
	"supervision_order.made until":                "the day on which the order ends",
}

// answers are the words that a field may hold, where they are not said as they are spelt.
var answers = map[string]string{
	"assessment":          "an assessment",
	"strategy_discussion": "a strategy discussion",
	"approval":            "whether the adopters are approved",
	"cin":                 "child in need",
	"cmh":                 "the case management hearing",
	"fcmh":                "the further case management hearing",
	"icpc":                "an initial child protection conference",
	"information":         "information and advice",
	"irh":                 "the issues resolution hearing",
	"match":               "the match",
	"nfa":                 "no further action",
	"no_plan":             "no plan",
	"plan":                "a plan",
	"pre_proceedings":     "pre-proceedings",
	"should_be_placed":    "whether the child should be placed for adoption",
}
