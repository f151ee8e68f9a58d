package organisation

import (
	"slices"

	"longstop/casework"
	"longstop/timescale"
)

// Qualification is what somebody is by training; "" where the record does not say.
type Qualification string

// The qualifications.
const (
	SocialWorker           Qualification = "social_worker"
	NewlyQualified         Qualification = "newly_qualified" // a social worker in the assessed year
	AlternativelyQualified Qualification = "alternatively_qualified"
	Clinician              Qualification = "clinician"
	AdultPractitioner      Qualification = "adult_practitioner"
	FamilyWorker           Qualification = "family_worker"
	Unqualified            Qualification = "none" // a coordinator, business support
)

// Qualifications lists the qualifications.
var Qualifications = []Qualification{
	SocialWorker, NewlyQualified, AlternativelyQualified, Clinician, AdultPractitioner, FamilyWorker, Unqualified,
}

// SocialWork reports whether somebody of this qualification may hold a case without a supervisor who
// is a social worker. Where the record does not say, they may: most people files do not.
func (q Qualification) SocialWork() bool { return q == "" || q == SocialWorker || q == NewlyQualified }

// Part is what somebody other than its holder does in a case.
type Part = timescale.Role

// The parts that this package treats by themselves.
const (
	CoWorker         Part = "co_worker" // does the same as the holder
	Supervisor       Part = "supervisor"
	ReviewingOfficer      = casework.ReviewingOfficer
	Chair                 = casework.Chair
	DutyTeam         Part = "duty_team"
)

// Parts lists the parts, as worker.allocated and practitioner.joined name them. The vocabulary of the
// rule pack lists the same.
var Parts = []Part{
	CoWorker, Supervisor, "enquiry_team", "hub", "clinician", "adult_practitioner", "child_practitioner",
	"domestic_abuse_practitioner", "domestic_abuse_officer", "recovery_worker", "mental_health_practitioner", "family_worker",
	ReviewingOfficer, Chair, "personal_adviser", "lado", "coordinator", DutyTeam,
}

// Kind is what kind of team a team is; "" where the record does not say.
type Kind string

// The kinds of team.
const (
	PlainTeam         Kind = "team"
	Unit              Kind = "unit"                // holds its cases together
	Service           Kind = "service"             // county-wide
	FrontDoor         Kind = "front_door"          // contact centre, MASH, first response
	Hub               Kind = "hub"                 // missing and exploited children
	EmergencyDutyTeam Kind = "emergency_duty_team" // works while the others do not
)

// Kinds lists the kinds of team.
var Kinds = []Kind{PlainTeam, Unit, Service, FrontDoor, Hub, EmergencyDutyTeam}

// holdsTogether reports whether a team of this kind is told as one, at its inbox, about a case that
// has been allocated to nobody in it.
func (k Kind) holdsTogether() bool {
	return slices.Contains([]Kind{Unit, FrontDoor, Hub, EmergencyDutyTeam}, k)
}
