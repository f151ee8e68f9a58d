package v1

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
	"longstop/api"
	"longstop/intake"
	"longstop/intake/csc"
	"longstop/service"
	"longstop/web/server"
)

// tagLoads orders the operations by which many children come in at once.
const tagLoads = "Returns and feeds"

// mostFed bounds a body of the daily JSON, in bytes.
const mostFed = 8 << 20

// fed is a body of the daily JSON. What is in it is read by package csc.
type fed struct {
	Authority string `path:"la_code" pattern:"^[0-9]{3}$" patternDescription:"the three digits of the authority's code" doc:"The code of the authority whose children they are." example:"845"`
	Supplier  string `header:"SupplierKey" maxLength:"200" doc:"What senders send along with the key. It is taken and not looked at."`
	Confirm   bool   `query:"confirm_purge" doc:"Delete the children that are to be deleted, though they are more than a handful in a day."`
	RawBody   []byte `contentType:"application/json"`
}

type fedAnswer struct {
	Body []string `doc:"A receipt for each child, in order."`
}

type feedRefusalQuery struct {
	Settled bool   `query:"settled" doc:"Also what a later body has put right."`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most in one answer."`
	After   string `query:"after" maxLength:"1000" doc:"The value of next in the answer before, as it is. Left out: from the beginning."`
}

type feedRefusalAnswer struct{ Body *api.FeedRefusalPage }

// registerFeedRefusals adds what people read of what a sender is not told.
func registerFeedRefusals(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "list-feed-refusals", Method: http.MethodGet, Path: "/v1/feeds/refusals", Tag: tagLoads, Action: access.Feed, Or: []access.Action{access.Read},
		Summary: "What was refused of the daily JSON",
		Description: "What the daily JSON of the key's source brought and Longstop did not take, for a data team to put right where it was entered: of which child, where in its JSON, why, and under which receipt. " +
			"The values themselves are not shown. The sender does not get it.\n\n" +
			"A line stays until a later body has the element again and it can be taken, no longer has the item in a list that came whole, or deletes it. " +
			"What belongs to an item that was refused whole was not taken either: have the child sent whole again.",
	}, func(ctx context.Context, in *feedRefusalQuery) (*feedRefusalAnswer, error) {
		caller, _ := access.CallerFrom(ctx)
		if caller.Source == "" {
			return nil, server.NotAllowed.Problem("This list is of the key's own source, and the key has none. Ask for a key with the source of the feed.")
		}
		found, err := d.Service.FeedRefusals(ctx, caller.Source, in.Settled, service.Page{After: in.After, Most: in.Limit})
		if err != nil {
			return nil, err
		}
		return &feedRefusalAnswer{found}, nil
	})
}

func registerFeed(s *server.Server, d Deps) {
	const path = "/v1/children_social_care_data/{la_code}/children"
	server.Register(s, server.Operation{
		ID: "feed-children", Method: http.MethodPost, Path: path, Tag: tagLoads, Action: access.Feed, Never: []*server.Kind{server.Refused},
		Summary:  "Hand in the daily JSON of the children's social care data API",
		MaxBytes: mostFed, Within: pushWithin,
		Describe: func(op *huma.Operation) {
			op.SkipValidateBody = true // package csc does
			op.Security = append(op.Security, map[string][]string{server.TokenScheme: {}})
		},
		Description: "Takes what a council sends to the Department for Education each day, as it is sent: an array of 1 to 100 children, whole or the parts of each that " +
			"changed. A sender is pointed here by its settings: the address up to `/v1`, `/v1/token` as the address of tokens, the id of the key as the client id, and the key as the client secret. The key itself is taken too.\n\n" +
			"What a body leaves out stays as the record has it. An id that is missing from a list that came, a null, and `purge` take back. " +
			"The `purge` of more than a handful of children in a day is refused for these children, until it is sent with `confirm_purge=true`. " +
			"Bodies of one source take turns: one that has waited for a few seconds is answered 429. " +
			"Every array is answered 200 once the record holds what could be taken of it, with a receipt for each child in order; what was refused is listed at `/v1/feeds/refusals`, with the receipt of its child. " +
			"Sending the same again adds nothing.",
	}, func(ctx context.Context, in *fed) (*fedAnswer, error) {
		caller, _ := access.CallerFrom(ctx)
		ctx, cancel := carried(ctx)
		defer cancel()
		done, err := d.Service.Feed(ctx, service.Feeding{Source: caller.Source, Format: csc.Feed{Authority: in.Authority}, Open: opens(in.RawBody), ConfirmDeleted: in.Confirm})
		if err != nil {
			return nil, fedProblem(err)
		}
		return &fedAnswer{done.Receipts}, nil
	})
	least, most := 1, csc.MostChildren
	s.OpenAPI().Paths[path].Post.RequestBody.Content[typeJSON] = &huma.MediaType{
		Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: true, Description: "A child, whole or the parts that changed, in the shape of the Department's API. docs/csc-api.md says what becomes of each field.",
		}, MinItems: &least, MaxItems: &most},
	}
}

// wouldSilence says why a body was refused. How many timescales, and which, is in the log: a key for a feed reads nothing.
const wouldSilence = "Nothing of the body was taken: timescales that run now in cases of this source would be followed no longer, since the feed does not report what they wait for, " +
	"and nothing says that anything else does. Say first at /v1/attachments what else is reported of these cases; where nothing reports it any more, attach what the feed reports, with confirm_unreported. " +
	"Then send the body again."

// fedProblem answers a body that is refused whole by the statuses that senders know: 413 for too much, 400 for anything else.
func fedProblem(err error) error {
	var refused *service.Error
	if errors.As(err, &refused) && refused.Code == service.OtherAuthority {
		text := sentence("nothing of the body was taken: " + refused.Text())
		return server.NotAllowed.Problem(text, server.Error{Detail: text, Parameter: "la_code", Code: string(refused.Code)})
	}
	if errors.As(err, &refused) && refused.Code == service.ClocksUnfollowed {
		return server.NotAllowed.Problem(wouldSilence, server.Error{Detail: wouldSilence, Code: string(refused.Code)})
	}
	var broken *intake.BrokenError
	if !errors.As(err, &broken) {
		return err
	}
	kind := server.Malformed
	if errors.Is(err, csc.ErrTooMany) {
		kind = server.TooLarge
	}
	text := "Nothing of the body was taken: " + strings.TrimSuffix(broken.Reason, ".") + "."
	if broken.Line > 0 {
		text += " Look at line " + strconv.Itoa(broken.Line) + " of it."
	}
	return kind.Problem(text)
}

// opens opens a body at its beginning.
func opens(body []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
}
