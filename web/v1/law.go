package v1

import (
	"context"
	"net/http"

	"longstop/access"
	"longstop/api"
	"longstop/web/server"
)

// tagLaw orders the operations on rules in the description.
const tagLaw = "Law"

type lawAnswer struct{ Body api.Law }

func registerLaw(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "get-law", Method: http.MethodGet, Path: "/v1/law", Tag: tagLaw, Action: access.Law,
		Summary:     "The law in force",
		Description: "The rule pack that is in force on the record, the council's overlay over it, and the bank holidays by which working days are counted.",
	}, func(ctx context.Context, _ *struct{}) (*lawAnswer, error) {
		law, err := d.Service.LawInForce(ctx)
		if err != nil {
			return nil, err
		}
		return &lawAnswer{law}, nil
	})
}
