package pages

// abbreviations are parts of names that are written out where no table has the whole name.
var abbreviations = map[string]string{
	"cin": "child in need", "cp": "child protection", "icpc": "initial conference", "lac": "looked-after child",
	"nfa": "no further action", "pf": "private fostering", "s47": "section 47",
}

// periodWords are what lasts from the opening of a period to its end. What is not here is
// "the" and its name.
var periodWords = map[string]string{
	"accommodation":        "the stay in that accommodation",
	"adoption":             "the adoption process",
	"assessed_year":        "the assessed year",
	"care":                 "the child's time in care",
	"care_order_at_home":   "the placement at home under a care order",
	"cin":                  "the child in need plan",
	"court":                "the court case",
	"early_help":           "the early help",
	"education_plan":       "the time with a personal education plan",
	"family_help":          "the family help plan",
	"former_relevant":      "the time in which a former relevant child is owed support",
	"foster_carer":         "the foster carer's approval",
	"living_arrangement":   "the living arrangements under somebody else",
	"home":                 "the time that the children's home is open",
	"in_secure":            "the stay in secure accommodation",
	"pf":                   "the private fostering",
	"pf_notified":          "the private fostering of which notice was given",
	"placed":               "the placement for adoption",
	"plan":                 "the child protection plan",
	"plan_from_conference": "the child protection plan",
	"pp":                   "the pre-proceedings period",
	"secure":               "the stay in secure accommodation without an order",
	"short_breaks":         "the series of short breaks",
	"unborn":               "the pregnancy",
	"unregulated":          "the stay in unregulated accommodation",
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
	"rag":          "its rating",
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
