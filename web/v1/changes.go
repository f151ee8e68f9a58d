package v1

import (
	"context"
	"errors"
	"net/http"

	"longstop/access"
	"longstop/api"
	"longstop/service"
	"longstop/web/server"
)

// tagChanges orders the operations on what goes outwards in the description.
const tagChanges = "Changes"

type changesQuery struct {
	After   string `query:"after" maxLength:"60" doc:"The cursor of the last answer. Left out, or 0: everything that is kept. latest: nothing yet, and the cursor from which to go on." example:"1042.9f3ab2c1"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"At most so many changes."`
	Details bool   `query:"details" doc:"Also the reference of each case and the id of each duty. Needs the action read as well."`
}

type changesAnswer struct{ Body *api.Changes }

func registerChanges(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "list-changes", Method: http.MethodGet, Path: "/v1/changes", Tag: tagChanges, Action: access.Changes,
		Summary: "What changed",
		Description: "Every change of a timescale, in order: opened, moved, overdue, met and so on, and what was escalated and acknowledged. " +
			"Give back the cursor to go on: no change is missed, whatever commits at the same time, and those of one case come in the order of its revisions. " +
			"Changes are kept for 90 days.\n\n" +
			"To keep a picture of your own: take the cursor of `after=latest`, read how everything stands, then follow the changes.",
		Answers: []*server.Kind{server.CursorElsewhere, server.CursorOld},
	}, func(ctx context.Context, in *changesQuery) (*changesAnswer, error) {
		if caller, _ := access.CallerFrom(ctx); in.Details && !caller.May(access.Read) {
			return nil, server.NotAllowed.Problem("Details name cases: the key must allow the action \"read\" as well. Leave details out, or ask for such a key.").For(access.Read)
		}
		if in.Details {
			ctx = server.Doing(ctx, access.Read)
		}
		found, err := d.Service.Changes(ctx, service.ChangesQuery{After: in.After, Limit: in.Limit, Details: in.Details})
		if err != nil {
			return nil, cursorProblem(err)
		}
		return &changesAnswer{found}, nil
	})
}

// cursorProblem makes problems of their own of cursors that cannot be gone on from.
func cursorProblem(err error) error {
	var typed *service.Error
	if !errors.As(err, &typed) {
		return err
	}
	const next = " Take the cursor of after=latest, read how everything stands, then go on from that cursor."
	switch typed.Code {
	case service.CursorOld:
		return server.CursorOld.Problem("What came next after this cursor is kept no more."+next, server.Error{Detail: "It is too old.", Parameter: "after", Code: string(typed.Code)})
	case service.CursorElsewhere:
		return server.CursorElsewhere.Problem("The change at which this cursor stands is not in the record, which was perhaps restored from a copy."+next,
			server.Error{Detail: "It is of a record that is no more.", Parameter: "after", Code: string(typed.Code)})
	default:
		return err
	}
}
