package workflows

import "longstop/pathway"

// procedure is a pathway: the type of its workflow, and what an admin is told about it as
// well as its duties.
type procedure struct {
	workflow string   // its type
	title    string   // "child protection plan"
	steps    []string // in the order in which they are taken
	source   string   // the Act, regulations or guidance that it follows
}

// procedures are the pathways of a child's journey.
var procedures = []procedure{
	// FrontDoor follows a contact or referral from the day it is received until a decision on
	// what happens next is recorded (FD-01): an assessment, a strategy discussion, early help,
	// information, or nothing further. Each referral opens its own duty, so one run may hold
	// several; the run ends when the last of them is decided.
	{
		workflow: pathway.FrontDoor,
		title:    "front door",
		steps:    []string{"contact or referral received", "decision on the next step"},
		source:   "Working Together to Safeguard Children, chapter 3",
	},
	// Assessment follows the assessment of a child in need: from the referral, or the start of
	// a reassessment, until the manager has authorised the outcome (AS-01; before April 2013 the
	// initial and the core assessment, AS-H1 and AS-H2). The limit is a maximum and cannot be
	// extended: a recorded reason for an over-run moves nothing. A referral that leads to no
	// assessment ends it.
	{
		workflow: pathway.Assessment,
		title:    "assessment",
		steps:    []string{"referral", "child seen", "assessment completed and authorised"},
		source:   "Children Act 1989 s.17; Working Together to Safeguard Children, chapter 3",
	},
	// Section47 follows an enquiry into significant harm: from the strategy discussion that
	// decided on it until the initial child protection conference (CP-03), or until the enquiry
	// ends without one. A later strategy discussion does not start the limit again.
	{
		workflow: pathway.Section47,
		title:    "section 47 enquiry",
		steps:    []string{"strategy discussion", "enquiry", "initial child protection conference, or none needed"},
		source:   "Children Act 1989 s.47; Working Together to Safeguard Children, chapter 3",
	},
	// ChildProtection follows a child protection plan: the first core group after the initial
	// conference and those after it (CP-08, CP-09), the visits at which the child is seen
	// (CP-10), and the review conferences (CP-11, CP-12). It stays open for as long as the plan
	// does, through many visits and reviews, and warns of drift at nine months and after
	// (CP-13). What began with the conference ends with the plan.
	{
		workflow: pathway.ChildProtection,
		title:    "child protection plan",
		steps:    []string{"initial conference", "core groups", "visits, the child seen", "review conferences", "plan ended"},
		source:   "Children Act 1989 s.47; Working Together to Safeguard Children, chapter 3",
	},
	// ChildInNeed follows a child in need plan: the visits at which the child is seen (CN-02)
	// and the reviews of the plan (CN-03), until the plan ends. No national limit is set for
	// either: the numbers are the council's own.
	{
		workflow: pathway.ChildInNeed,
		title:    "child in need plan",
		steps:    []string{"plan", "visits, the child seen", "reviews", "plan ended"},
		source:   "Children Act 1989 s.17; Working Together to Safeguard Children, chapter 3",
	},
	// PreProceedings follows the stage before care proceedings in its steps: the letter before
	// proceedings (PL-02), the first meeting with the parents (PL-03), its reviews (PL-04), and
	// the stage as a whole (PL-05). Each step starts the clock of the next. The run ends
	// when the stage does: by stepping down, or by issuing proceedings, which CareProceedings
	// then follows.
	{
		workflow: pathway.PreProceedings,
		title:    "pre-proceedings",
		steps:    []string{"letter before proceedings", "first meeting", "reviews", "step down or issue"},
		source:   "Children Act 1989 statutory guidance on court orders and pre-proceedings; Public Law Working Group, best practice guidance",
	},
	// CareProceedings follows care and supervision proceedings from the day of issue until they
	// are concluded (CT-01). Only the court extends the period, each time by an extension that it
	// grants; the pathway then waits for the new date.
	{
		workflow: pathway.CareProceedings,
		title:    "care proceedings",
		steps:    []string{"issue", "case management hearing", "issues resolution hearing", "final order"},
		source:   "Children Act 1989 s.32; Family Procedure Rules PD12A",
	},
	// LookedAfter follows a child in the council's care: the care plan (LA-01), the
	// reviews (LA-06 to LA-08), the visits, which start again with every placement (LA-14 to LA-16,
	// LA-18, LA-19), health and education (LA-23, LA-24, LA-26), and the approval of a connected
	// person (LA-30). It may stay open from infancy to eighteen.
	{
		workflow: pathway.LookedAfter,
		title:    "looked-after child",
		steps:    []string{"care plan", "visits in each placement", "reviews", "health and education plans", "care ended"},
		source:   "Care Planning, Placement and Case Review (England) Regulations 2010",
	},
	// Adoption follows a child from the authority to place for adoption until the order, or
	// until the plan changes: the reviews before and after placing (AD-05, AD-06) and the visits
	// from the placement to its first review (AD-07). While it is open it takes the place of the
	// looked-after reviews, and once the child is placed of the visits too.
	{
		workflow: pathway.Adoption,
		title:    "adoption",
		steps:    []string{"authority to place", "reviews", "placed", "visits and reviews", "adoption order"},
		source:   "Adoption Agencies Regulations 2005",
	},
	// LeavingCare follows a young person from the day on which they become eligible: the needs
	// assessment, the pathway plan and its reviews, and the personal adviser's visits (LC-01 to
	// LC-06). It is the one pathway that goes on after the eighteenth birthday.
	{
		workflow: pathway.LeavingCare,
		title:    "leaving care",
		steps:    []string{"needs assessment", "pathway plan", "personal adviser's visits", "reviews"},
		source:   "Care Leavers (England) Regulations 2010; Children Act 1989 ss.23A to 24D",
	},
	// PrivateFostering follows a private fostering arrangement from the day the council is
	// told: the first visit (PF-02) and the regular ones, more often in the first year (PF-04)
	// than after it (PF-05), until the arrangement ends.
	{
		workflow: pathway.PrivateFostering,
		title:    "private fostering",
		steps:    []string{"notification", "first visit", "regular visits", "arrangement ended"},
		source:   "Children (Private Arrangements for Fostering) Regulations 2005",
	},
	// Fostering follows a foster carer from the application (FO-03) through the decisions
	// (FO-02, FO-04) to the yearly reviews (FO-01) and the visits of their supervising social
	// worker (FO-05), and an application for special guardianship (SG-01).
	{
		workflow: pathway.Fostering,
		title:    "fostering and special guardianship",
		steps:    []string{"application", "panel", "decision", "approval", "visits and yearly reviews", "approval ended"},
		source:   "Fostering Services (England) Regulations 2011; Children Act 1989, section 14A",
	},
	// Missing follows a child's return from going missing, until they have been offered an
	// interview with somebody independent and have had or declined it (MI-01). The clock starts
	// at the return, not at the report; every episode opens its own duty. It runs in hours.
	{
		workflow: pathway.Missing,
		title:    "return from missing",
		steps:    []string{"child found or returned", "independent return interview, or declined"},
		source:   "Statutory guidance on children who run away or go missing from home or care (2014)",
	},
	// EmergencyProtection follows a child in police protection, which ends after a number of
	// hours that no weekend or clock change lengthens and that cannot begin again (EM-01), and
	// emergency protection orders. Its notices go out at any hour of the day.
	{
		workflow: pathway.EmergencyProtection,
		title:    "emergency protection",
		steps:    []string{"police protection or order", "child released, accommodated or an order made"},
		source:   "Children Act 1989 ss.44 to 46",
	},
	// EarlyHelp follows a family that is helped before statutory services are needed: the
	// early help assessment (EH-01) and the reviews of the team around the family (EH-02). All
	// its limits are the council's own.
	{
		workflow: pathway.EarlyHelp,
		title:    "early help",
		steps:    []string{"assessment", "team around the family", "reviews"},
		source:   "Working Together to Safeguard Children, chapter 3; the council's own strategy",
	},
	// Oversight follows what managers owe to every case: the worker's recorded supervision
	// (SU-01), and the actions agreed there or in a unit meeting, each by its own date.
	{
		workflow: pathway.Oversight,
		title:    "management oversight",
		steps:    []string{"supervision", "actions agreed", "actions done"},
		source:   "LGA standards for employers of social workers in England, standard 5",
	},
}
