package v1

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/service"
	"longstop/web/server"
)

// mostReturned bounds a return that is uploaded, in bytes: a county's census has some 50 MB.
const mostReturned = 64 << 20

// returned is a return that is uploaded.
type returned struct {
	Format  string `path:"format" enum:"cin-census" doc:"What it is: cin-census is the Children in Need census, as XML." example:"cin-census"`
	DryRun  bool   `query:"dry_run" doc:"Read and compare, and write nothing."`
	Confirm bool   `query:"confirm_gone" doc:"Load it though it takes back, or moves, much of what the record holds."`
	RawBody []byte `contentType:"application/xml"`
}

type returnedAnswer struct{ Body *api.Loaded }

// returnProblem is why nothing of a return was written, with what it would have done where it asks to be confirmed.
type returnProblem struct {
	*server.Problem
	Reconciliation *api.Loaded `json:"reconciliation,omitempty" doc:"What the return would do, where it asks to be confirmed."`
}

func registerReturns(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "load-return", Method: http.MethodPost, Path: "/v1/returns/{format}", Tag: tagLoads, Action: access.Return,
		Summary: "Upload a statutory return", MaxBytes: mostReturned, Within: longest, BodyWithin: longest,
		Description: "Loads a return and answers with the reconciliation, the same that `starter import --json` prints. A faulty row is refused by the child's place in the file, " +
			"and the rest is loaded: look at `rows_refused`. A broken file is refused whole (422). So is one that takes back, or moves, much of what the record holds, until `confirm_gone` " +
			"says that it is meant: then `reconciliation` says what it would do. Loading the same return again adds nothing. Returns of one source take turns: one that has waited for a few seconds is answered 429.",
	}, func(ctx context.Context, in *returned) (*returnedAnswer, error) {
		caller, _ := access.CallerFrom(ctx)
		ctx, cancel := carried(ctx)
		defer cancel()
		done, err := d.Service.Import(ctx, service.Import{
			Source: caller.Source, Open: opens(in.RawBody), DryRun: in.DryRun, ConfirmGone: in.Confirm, Behind: true,
			Format: func(cal *calendar.Calendar) intake.Format { return cincensus.Census{Calendar: cal} },
		})
		switch {
		case done != nil && len(done.Asks) > 0:
			p := server.Refused.Problem("The return would take back, or move, much of what the record holds, and nothing was written: reconciliation says what. " +
				"Check that it is the right file and whole, and send it with confirm_gone=true if it is.")
			return nil, &returnProblem{p, done.Loaded}
		case err != nil && !errors.Is(err, service.ErrPartlyRefused):
			return nil, err
		}
		return &returnedAnswer{done.Loaded}, nil
	})
	operationsOf(s.OpenAPI())["load-return"].RequestBody.Content["application/xml"].Schema = &huma.Schema{
		Type: huma.TypeString, Description: "The file of the return, as it is sent to the Department.", MinLength: new(1),
	}
	describeProblem[returnProblem](s, "load-return", http.StatusUnprocessableEntity)
}
