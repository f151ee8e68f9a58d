package v1

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"longstop/access"
	"longstop/service/calendars"
	"longstop/web/server"
)

// tagCalendars orders what people's calendar programs read.
const tagCalendars = "Calendars"

const getCalendar = "get-calendar"

type calendarQuery struct {
	Secret string `path:"secret" maxLength:"100" doc:"The secret of the address, which 'starter calendar create' shows once." example:"lsc_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`
	Kept
}

type calendarAnswer struct {
	Status int
	Type   string `header:"Content-Type" hidden:"true"`
	ETag   string `header:"ETag" doc:"Changes with the answer."`
	Body   []byte
}

func registerCalendars(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: getCalendar, Method: http.MethodGet, Path: calendars.Path("{secret}"), Tag: tagCalendars, Action: access.Calendar,
		Secret: func(ctx context.Context, secret string) (access.Caller, error) {
			return d.Calendars.Authenticate(ctx, secret)
		},
		Summary: "Somebody's due dates, for their calendar program",
		Description: "An iCalendar (RFC 5545) with an event, for all of the day, on the date of each open timescale that is one person's own to do: in the cases that they hold, and in " +
			"those in which they have a part. One that moves keeps its `UID`; one that is met or ends is no longer there. " +
			"An event names the child by the case's reference alone. The same bytes come for as long as nothing changes. An address that is unknown, has expired, was revoked, or whose person " +
			"works here no more is answered 404, and so is every one where the council has not allowed calendars.",
		Describe: func(op *huma.Operation) {
			op.Responses = map[string]*huma.Response{
				"200": {Description: "OK", Content: map[string]*huma.MediaType{typeCalendar: {Schema: &huma.Schema{Type: huma.TypeString}}}},
				"304": known(),
			}
		},
	}, func(ctx context.Context, in *calendarQuery) (*calendarAnswer, error) {
		caller, _ := access.CallerFrom(ctx)
		feed, err := d.Calendars.Feed(ctx, caller.Person)
		if err != nil {
			return nil, err
		}
		answer := &calendarAnswer{Status: http.StatusOK, Type: calendars.ContentType, ETag: feed.Tag, Body: feed.Text}
		if in.knows(answer.ETag) {
			answer.Status, answer.Type, answer.Body = http.StatusNotModified, "", []byte{}
		}
		return answer, nil
	})
}

// typeCalendar is that of calendars as descriptions have it.
var typeCalendar, _, _ = strings.Cut(calendars.ContentType, ";")
