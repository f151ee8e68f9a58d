// Package v1 is the operations of the API, version 1: a file for each subject. An operation reads its parameters,
// calls a use case of package service, and answers with a struct of package api, the same that --json prints.
package v1

import (
	"longstop/service"
	"longstop/service/calendars"
	"longstop/web/server"
)

// Deps are what the operations need.
type Deps struct {
	Service *service.Service
	// Calendars are the calendars that people read by addresses of their own; nil: the council has none, and nothing is there.
	Calendars *calendars.Calendars
}

// Register adds every operation.
func Register(s *server.Server, d Deps) {
	s.Subject(tagEvents, "What happened, as a case system hands it in.")
	s.Subject(tagSources, "What a whole source reports, in all of its cases: what it would have shown, and does not, was not done.")
	s.Subject(tagCases, "How cases stand: what is due, why, and who was told. Questions are bodies, since the reference of a case is a child's, and addresses are logged on their way.")
	s.Subject(tagLaw, "The rules by which dates are worked out. Nothing here is about a case, but for what another law would change.")
	s.Subject(tagLoads, "Many children at once: a statutory return, or what a council sends to the Department for Education each day.")
	s.Subject(tagChanges, "What changed of timescales, to follow from a cursor on.")
	s.Subject(tagCalendars, "What somebody has to do, for their own calendar program. Such programs can show no key: the address holds a secret in its place.")
	registerEvents(s, d)
	registerAttachments(s, d)
	registerLaw(s, d)
	registerDuties(s, d)
	registerPlans(s, d)
	registerExplanations(s, d)
	registerNotices(s, d)
	registerChanges(s, d)
	registerCalendars(s, d)
	registerFeed(s, d)
	registerFeedRefusals(s, d)
	registerReturns(s, d)
	addWords(s)
	addExamples(s)
}
