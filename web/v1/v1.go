// Package v1 is the operations of the API, version 1: a file for each subject. An operation reads its parameters,
// calls a use case of package service, and answers with a struct of package api, the same that --json prints.
package v1

import (
	"longstop/service"
	"longstop/web/server"
)

// Deps are what the operations need.
type Deps struct {
	Service *service.Service
}

// Register adds every operation.
func Register(s *server.Server, d Deps) {
	registerEvents(s, d)
	registerAttachments(s, d)
	registerLaw(s, d)
	registerDuties(s, d)
	registerPlans(s, d)
	registerExplanations(s, d)
	registerNotices(s, d)
	registerChanges(s, d)
	registerFeed(s, d)
	registerReturns(s, d)
	addExamples(s)
}
