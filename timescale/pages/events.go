package pages

import (
	"strings"

	"longstop/timescale"
)

// phrase is an event in plain words: "a review conference is held". A name that no table
// has gives one by its parts: what it is about, and what happened.
func phrase(event string) string {
	if p := phrases[event]; p != "" {
		return p
	}
	thing, happened, _ := strings.Cut(event, ".")
	is, ok := happenings[happened]
	if !ok {
		is = "is " + spaced(happened)
	}
	if plural[thing] {
		is = severally(is)
	}
	noun := things[thing]
	if noun == "" {
		noun = "the " + spaced(thing)
	}
	if known[happened] {
		noun = definite(noun)
	}
	return noun + " " + is
}

// definite is a thing that has been spoken of: "the plan" for "a plan".
func definite(noun string) string {
	for _, article := range []string{"a ", "an "} {
		if rest, ok := strings.CutPrefix(noun, article); ok {
			return "the " + rest
		}
	}
	return noun
}

// severally is a verb of several things: "start", "are sent".
func severally(verb string) string {
	if rest, ok := strings.CutPrefix(verb, "is "); ok {
		return "are " + rest
	}
	return strings.TrimSuffix(verb, "s")
}

// spaced is a name as words, its abbreviations written out.
func spaced(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words {
		if full := abbreviations[w]; full != "" {
			words[i] = full
		}
	}
	return strings.Join(words, " ")
}

// periodName is what a period lasts with: "the child protection plan".
func periodName(period string) string {
	if p := periodWords[period]; p != "" {
		return p
	}
	return "the " + spaced(period)
}

// event is a match in words, with its name beside it: "a child protection visit is made
// (`cp_visit.made`) and the child is seen".
func event(m timescale.Match) string {
	s := phrase(m.Event) + code(m.Event)
	where := tests(m.Where, "it")
	if thing, _, _ := strings.Cut(m.Event, "."); plural[thing] {
		where = strings.ReplaceAll(where, "its ", "their ")
	}
	switch len(m.Where) {
	case 0:
		return s
	case 1:
		return s + " and " + where
	default:
		return s + ", where " + where
	}
}

func events(list []timescale.Match) []string {
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = event(m)
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
	return all(parts)
}

func test(t timescale.Test) string {
	switch {
	case t.Filled != nil && *t.Filled:
		return fieldNoun(t.Field) + " is recorded"
	case t.Filled != nil:
		return fieldNoun(t.Field) + " is not recorded"
	case t.Flag == nil:
		return fieldNoun(t.Field) + " is " + either(answersOf(t.Words))
	}
	words, ok := flags[t.Field]
	switch {
	case ok && *t.Flag:
		return words[0]
	case ok:
		return words[1]
	case *t.Flag:
		return spaced(t.Field) + ": yes"
	default:
		return spaced(t.Field) + ": no"
	}
}

func answersOf(words []string) []string {
	said := make([]string, len(words))
	for i, w := range words {
		said[i] = answers[w]
		if said[i] == "" {
			said[i] = spaced(w)
		}
	}
	return said
}

func fieldNoun(field string) string {
	if noun := fieldNouns[field]; noun != "" {
		return noun
	}
	return "its " + spaced(field)
}

// phrases are the events whose name does not say it well in two parts.
var phrases = map[string]string{
	"accommodation.moved":                   "the care leaver moves to other accommodation",
	"adm.decided":                           "the agency decision maker decides",
	"adm.referred":                          "the case is referred to the agency decision maker",
	"adopter.approved":                      "the adopters are approved",
	"adopter.withdrawn":                     "the adopters withdraw",
	"adopter_interest.decided":              "a registration of interest in adopting is accepted or refused",
	"adopter_interest.registered":           "an interest in adopting is registered",
	"adopter_stage2.requested":              "the adopters ask for stage two of their assessment",
	"adoption.authorised":                   "adoption is authorised, by placement order or consent",
	"adoption.disrupted":                    "the adoption is disrupted, and the child is back with the agency",
	"adoption.ended":                        "the adoption ends, with the order or without",
	"adoption.placed":                       "the child is placed for adoption",
	"allegation.concluded":                  "the enquiries into an allegation are concluded",
	"allegation.made":                       "the employer or agency knows of an allegation",
	"allegation.referred":                   "an allegation is referred to the designated officer",
	"assessment.checkpoint":                 "a checkpoint of the assessment is recorded",
	"assessment.child_seen":                 "the child is seen for the assessment",
	"baby.discharged":                       "the baby leaves hospital",
	"care_leaver.contacted":                 "there is contact with the care leaver",
	"care_leaver.turned_21":                 "the care leaver turns 21",
	"care_order.made":                       "a care order is made",
	"case.closed":                           "the case is closed",
	"case.opened":                           "the case is opened",
	"case.transferred":                      "the case is transferred to another council",
	"ceasing.approved":                      "the decision to cease looking after the child is approved",
	"ceasing.proposed":                      "it is proposed to cease looking after the child",
	"child_death.notified":                  "a child's death is notified to the child death review partners",
	"clock.extended":                        "an extension is recorded with its reason and who authorised it",
	"clock.paused":                          "a clock is paused",
	"closure.agreed":                        "it is agreed to close the case",
	"complaint_grounds.arose":               "the grounds of a complaint arise",
	"complaint_panel.answered":              "the council answers the report of the complaint's review panel",
	"complaint_panel.reported":              "the complaint's review panel reports",
	"complaint_panel.requested":             "a review panel on the complaint is requested",
	"conference_report.shared":              "the conference report is shared with the parents",
	"connected_person.approved":             "a connected person is approved as a foster carer",
	"connected_person.extended_for_review":  "the temporary approval is extended until the outcome of a review is known",
	"connected_person.review_concluded":     "the review of the refusal to approve the connected person is concluded",
	"adopter_stage1.notified":               "the applicants are told the decision on stage one",
	"fostering_adm.referred":                "the decision maker has the fostering panel's recommendation and the final minutes",
	"iro_contact.inappropriate":             "the reviewing officer finds it inappropriate to speak with the child",
	"iro_contact.refused":                   "the child refuses to speak with the reviewing officer",
	"private_fostering.found":               "the council finds a private fostering arrangement of which nobody has given notice",
	"connected_person.temporarily_approved": "a connected person is approved for the time being",
	"court_timetable.extended":              "the court extends its timetable",
	"detention.started":                     "a former looked-after child is detained",
	"detention.ended":                       "the detention ends",
	"early_help.accepted":                   "early help is accepted",
	"education.proposed":                    "a young person who was looked after says that they want to go on with education or training",
	"eligible.became":                       "the child becomes an eligible child",
	"family.linked":                         "the case is linked to a family",
	"fewer_visits.agreed":                   "the child agrees to fewer visits",
	"fewer_visits.withdrawn":                "the child's agreement to fewer visits is withdrawn",
	"fgdm.held":                             "a family group decision-making meeting is held",
	"former_relevant.became":                "the young person becomes a former relevant child",
	"foster_carer.ended":                    "the foster carer's approval ends",
	"fostering.decided":                     "the decision on the fostering recommendation is made",
	"harm.suspected":                        "there is reasonable cause to suspect significant harm",
	"health_placement.ended":                "the stay with health or education ends",
	"health_placement.notified":             "notice of the stay with health or education is received",
	"health_placement.started":              "health or education begins to accommodate the child",
	"home_incident.notified":                "a serious event in the home is notified",
	"icpc.not_required":                     "it is recorded that no initial child protection conference is needed",
	"independent_person.visited":            "the independent person visits the home",
	"independent_visitor.ended":             "the independent visitor's appointment ends",
	"independent_visitor.visited":           "the independent visitor visits the child",
	"iro_contact.made":                      "the independent reviewing officer speaks with the child",
	"lac_review.required":                   "a review of the looked-after child is asked for before its time",
	"lac_review_decisions.answered":         "the decisions of the review are agreed to or disputed",
	"leaving_care.ended":                    "the council's duties to the care leaver end",
	"living_arrangement.started":            "somebody else becomes responsible for where the child lives",
	"living_arrangement.changed":            "the living arrangements under somebody else change",
	"living_arrangement.ended":              "the living arrangements under somebody else end",
	"looked_after.ended":                    "the child stops being looked after",
	"looked_after.started":                  "the child becomes looked after",
	"missing.ended":                         "the missing child is found or returns",
	"missing.started":                       "the child goes missing",
	"notice.acknowledged":                   "a manager answers an escalation",
	"parent_placement.decided":              "the placement with the parent is confirmed or ended",
	"person.born":                           "the child is born",
	"person.died":                           "the child dies",
	"person.expected":                       "the expected date of a birth becomes known",
	"placement.notified":                    "notice of the placement is given",
	"placement_termination.notified":        "notice of the end of the placement is given",
	"private_fostering.changed":             "something about the private fostering changes",
	"private_fostering.notified":            "the council is notified of private fostering",
	"private_fostering.proposed":            "private fostering is planned",
	"private_fostering_change.notified":     "the council is notified of a change in the private fostering",
	"proceedings.applied":                   "the council applies for a care or supervision order",
	"relevant.became":                       "the young person becomes a relevant child",
	"school_place.lost":                     "the child loses their school place",
	"school_place.started":                  "the child starts at a school",
	"section37.directed":                    "the court directs an investigation under section 37",
	"section37.reported":                    "the council reports to the court under section 37",
	"section47.authorised":                  "the outcome of section 47 enquiries is authorised",
	"section47.review_set":                  "a day is set to look again at a decision not to apply for an order",
	"section47.reviewed":                    "the review of a decision not to apply for an order begins",
	"section7.directed":                     "the court directs a section 7 report",
	"serious_incident.notified":             "a serious incident is notified to the national panel",
	"special_guardianship.notified":         "notice of an application for special guardianship is received",
	"transfer_in.notified":                  "the council is told that a child on a plan has moved here",
	"visit.requested":                       "the child or the carer asks for a visit",
	"worker.allocated":                      "a worker is allocated",
}

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

// pathwayNames are those that their spelling does not give.
var pathwayNames = map[string]string{
	"PreProceedings": "Pre-proceedings",
	"LookedAfter":    "Looked-after children",
	"ChildInNeed":    "Children in need",
	"Missing":        "Missing children",
}

// things are what events happen to, in words. What is not here is "the" and its name.
var things = map[string]string{
	"action":                    "an action",
	"adm_decision":              "the decision of the agency decision maker",
	"adopter_determination":     "the determination on the adopters",
	"adopter_enquiry":           "an enquiry about adopting",
	"adopter_information":       "information on adopting",
	"adopter_meeting":           "a meeting with people who ask about adopting",
	"adopter_representations":   "the adopters' representations",
	"adopter_review":            "a review of the adopters",
	"adopter_stage1":            "stage one of the adopters' assessment",
	"adopter_suitability":       "the adopters' suitability",
	"adoption_application":      "an application for an adoption order",
	"adoption_celebration":      "the adoption celebration",
	"adoption_consent":          "consent to the adoption",
	"adoption_notice":           "notice of a non-agency adoption",
	"adoption_panel":            "an adoption panel",
	"adoption_review":           "an adoption review",
	"adoption_visit":            "a visit to the child placed for adoption",
	"adult_needs_assessment":    "the assessment of needs as an adult",
	"advocates_meeting":         "an advocates' meeting",
	"allegation_meeting":        "a meeting on the allegation",
	"allegation_review":         "a review of the enquiries into the allegation",
	"assessed_year":             "a newly qualified worker's assessed year",
	"assessment":                "an assessment",
	"audit":                     "an audit",
	"audit_programme":           "a programme of audits",
	"carer_assessment":          "an assessment of a young or parent carer",
	"carer_terms":               "the carer's terms of approval",
	"carer_visit":               "a visit to the foster carer",
	"case_note":                 "a case note",
	"child_assessment_order":    "a child assessment order",
	"child_death":               "a child's death",
	"cin_plan":                  "a child in need plan",
	"cin_review":                "a child in need review",
	"cin_visit":                 "a child in need visit",
	"clock":                     "a clock",
	"cmh":                       "the case management hearing",
	"complaint":                 "a complaint",
	"complaint_panel":           "the complaint's review panel",
	"complaint_stage1":          "stage 1 of the complaint",
	"complaint_stage2":          "stage 2 of the complaint",
	"conference":                "a child protection conference",
	"conference_complaint":      "a complaint about a conference",
	"conference_decisions":      "the decisions of the conference",
	"conference_minutes":        "the minutes of the conference",
	"contact":                   "a contact",
	"contact_order":             "an order on contact",
	"core_assessment":           "a core assessment",
	"core_group":                "a core group",
	"cp_plan":                   "a child protection plan",
	"cp_review":                 "a child protection review conference",
	"cp_visit":                  "a child protection visit",
	"dental_check":              "a dental check",
	"deprivation_of_liberty":    "a deprivation of liberty",
	"detention_visit":           "a visit in detention",
	"early_help":                "early help",
	"discharge_meeting":         "a discharge planning meeting",
	"early_help_assessment":     "an early help assessment",
	"epo":                       "an emergency protection order",
	"family_contact":            "contact with the family",
	"family_help_plan":          "a family help plan",
	"fcmh":                      "the further case management hearing",
	"fgdm":                      "family group decision-making",
	"foster_carer":              "a foster carer",
	"foster_carer_review":       "a review of the foster carer",
	"fostering_application":     "an application to foster",
	"fostering_determination":   "the determination on the foster carer",
	"fostering_information":     "the information for stage one of fostering",
	"fostering_panel":           "a fostering panel",
	"fostering_representations": "the applicant's representations",
	"fostering_stage1":          "stage one of the fostering application",
	"health_assessment":         "a health assessment",
	"hearing":                   "a hearing",
	"home":                      "a children's home",
	"home_incident":             "a serious event in the home",
	"home_notice":               "a notice about the home",
	"icpc":                      "an initial child protection conference",
	"independent_visitor":       "an independent visitor",
	"initial_assessment":        "an initial assessment",
	"interim_order":             "an interim order",
	"irh":                       "the issues resolution hearing",
	"iro":                       "the independent reviewing officer",
	"lac_review":                "a review of the looked-after child",
	"lac_review_decisions":      "the decisions of the review",
	"lac_review_record":         "the record of the review",
	"lac_visit":                 "a visit to the looked-after child",
	"legal_planning":            "a legal planning meeting",
	"management_decision":       "a management decision",
	"missing_meeting":           "a missing strategy meeting",
	"needs_assessment":          "the needs assessment",
	"pa_visit":                  "a visit by the personal adviser",
	"parent_assessment":         "the assessment of the parent",
	"pep":                       "the personal education plan",
	"pf_visit":                  "a visit to the privately fostered child",
	"placement":                 "a placement",
	"police_protection":         "police protection",
	"practice_review":           "a local child safeguarding practice review",
	"pre_proceedings":           "pre-proceedings",
	"pre_proceedings_meeting":   "a pre-proceedings meeting",
	"pre_proceedings_review":    "a review of pre-proceedings",
	"private_fostering":         "private fostering",
	"proceedings":               "care or supervision proceedings",
	"quality_review":            "the review of the quality of care",
	"referral":                  "a referral",
	"remand":                    "a remand",
	"return_interview":          "an independent return interview",
	"sdq":                       "the strengths and difficulties questionnaire",
	"section20":                 "the accommodation under section 20",
	"section47":                 "section 47 enquiries",
	"section7":                  "a section 7 report",
	"secure_accommodation":      "secure accommodation",
	"secure_order":              "a secure accommodation order",
	"secure_review":             "a secure accommodation review",
	"serious_incident":          "a serious incident",
	"short_break":               "a short break",
	"short_break_review":        "a review of short breaks",
	"short_break_visit":         "a visit during short breaks",
	"short_breaks":              "the series of short breaks",
	"source":                    "a source of events",
	"special_guardianship":      "an application for special guardianship",
	"strategy_discussion":       "a strategy discussion",
	"supervision":               "supervision of the case",
	"supervision_order":         "a supervision order",
	"support":                   "support by a personal adviser",
	"team_around_family":        "a meeting of the team around the family",
	"thematic_audit":            "a thematic audit",
	"transfer_in_conference":    "a transfer-in conference",
	"transition_plan":           "the plan for staying put",
	"unit_meeting":              "a unit meeting on the case",
	"worker_supervision":        "supervision of the worker",
}

// plural are the things of which there are several.
var plural = map[string]bool{
	"adopter_representations": true, "annex_documents": true, "carer_terms": true, "conference_decisions": true,
	"conference_minutes": true, "fostering_representations": true, "lac_review_decisions": true,
	"pre_proceedings": true, "proceedings": true, "section47": true,
}

// happenings are what happens, where it is not "is" and its name.
var happenings = map[string]string{
	"attached":    "begins to report",
	"closed":      "closes",
	"decided":     "is decided on",
	"ended":       "ends",
	"handed_over": "is handed over",
	"known":       "becomes known",
	"made":        "is made",
	"opened":      "opens",
	"ruled_out":   "is ruled out",
	"started":     "starts",
}

// known are happenings of something that has been spoken of before.
var known = map[string]bool{
	"adjourned": true, "changed": true, "concluded": true, "ended": true, "extended": true, "resumed": true, "withdrawn": true,
}
