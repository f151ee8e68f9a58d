package english

import "longstop/timescale"

// worker is who holds a case. Working Together has a social worker for a child who is looked
// after or in need of protection, and a lead practitioner, who need not be a social worker, for
// a child in need and in early help.
const worker = "social worker or lead practitioner"

// Role returns a role as people say it: "team manager". It takes the code of the role, which
// records hold as text too; an unknown role is returned as it is
// spelt, its _ as blanks.
func Role[R ~string](role R) string {
	if timescale.Role(role) == timescale.Worker {
		return worker
	}
	return Spaced(string(role))
}

// TheRole is [Role] with its article, and "the person responsible" for no role.
func TheRole[R ~string](role R) string {
	if role == "" {
		return "the person responsible"
	}
	return "the " + Role(role)
}
