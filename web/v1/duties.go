package v1

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2/negotiation"

	"longstop/access"
	"longstop/api"
	"longstop/casework"
	"longstop/service"
	"longstop/web/server"
)

type dutyQuery struct {
	Accept string `header:"Accept" hidden:"true"` // a description names it by the formats of answers
	Body   struct {
		OfCase
		Team   string         `json:"team,omitempty" maxLength:"200" doc:"Only the cases of a team." example:"T1"`
		Worker string         `json:"worker,omitempty" maxLength:"200" doc:"Only the cases of a social worker or lead practitioner, by staff reference." example:"W01"`
		State  casework.State `json:"state,omitempty" doc:"Only duties in a state."`
		Ref    string         `json:"ref,omitempty" maxLength:"100" doc:"Only those of a timescale." example:"CP-10"`
		Paged
	}
}

type dutyAnswer struct {
	Type     string `header:"Content-Type" hidden:"true"`
	Next     string `header:"Longstop-Next" doc:"Where the answer is a table: the cursor that the next part goes on after; absent of the last part."`
	Warnings string `header:"Longstop-Warnings" doc:"Where the answer is a table: the codes of the warnings that the answer in JSON has, each once, such as unknown_team, rebuild_due."`
	Body     any    // *api.DutyPage, or the bytes of a table
}

const (
	typeJSON = "application/json"
	typeCSV  = "text/csv"
)

func registerDuties(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "query-duties", Method: http.MethodPost, Path: "/v1/duties:query", Tag: tagCases, Action: access.Read, Answers: []*server.Kind{server.Unknown},
		Summary: "Duties as they stand now",
		Description: "Every timescale that ever ran, closed cases too, with the team and the worker who holds the case. The list comes in parts, in an order that does " +
			"not change: whoever goes on after `next` until there is none sees each duty that exists all the while once, whatever is recorded meanwhile. " +
			"With `Accept: text/csv` it is a table, in which a cell that a spreadsheet would take for a formula begins with an apostrophe; what JSON says as well as the duties " +
			"is in the headers `Longstop-Next` and `Longstop-Warnings`.",
		Describe: describe[api.DutyPage](s, nil, typeCSV),
	}, func(ctx context.Context, in *dutyQuery) (*dutyAnswer, error) {
		b := &in.Body
		found, err := d.Service.DutyPage(ctx, service.DutyQuery{
			Source: b.Source, Case: b.Case, Team: b.Team, Worker: b.Worker, State: b.State, Ref: b.Ref,
		}, b.page())
		if err != nil {
			return nil, inBody(err)
		}
		answer := &dutyAnswer{Body: found}
		if negotiation.SelectQValueFast(in.Accept, []string{typeJSON, typeCSV}) == typeCSV {
			answer.Type = typeCSV + "; charset=utf-8; header=present"
			answer.Next, answer.Warnings = found.Next, codesOf(found.Warnings)
			answer.Body, err = dutyTable(found.Duties)
		}
		return answer, err
	})
}

// codesOf are the codes of warnings, each once: they hold nothing of a case, as a header may not.
func codesOf(warnings []api.Warning) string {
	var codes []string
	for i := range warnings {
		if code := warnings[i].Code; !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return strings.Join(codes, ", ")
}
