package v1

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/service"
	"longstop/web/server"
)

type noticeQuery struct {
	Body struct {
		OfCase
		Duty  string `json:"duty,omitempty" maxLength:"300" doc:"Only those about a duty, by its id." example:"CP-10:e17"`
		State string `json:"state,omitempty" words:"notice_state" doc:"Only those of which this became."`
		To    string `json:"to,omitempty" maxLength:"200" doc:"Only those to somebody, by staff reference." example:"M01"`
		Paged
	}
}

type noticeAnswer struct{ Body *api.NoticePage }

type acknowledgement struct {
	Body struct {
		ID     string `json:"id" minLength:"1" maxLength:"200" doc:"An id of your own for this promise. The same again under the same id changes nothing." example:"ack-2026-0017"`
		Notice string `json:"notice" format:"uuid" doc:"The notice, by the id at the end of its letter." example:"6f1dd3ae-7dec-41d0-8765-00a0c91e6bf6"`
		By     string `json:"by" minLength:"1" maxLength:"200" doc:"Who promises, by staff reference: a manager who was told of the duty or is above one who was, or who covers for one." example:"M01"`
		Until  string `json:"until" format:"date" doc:"The promised day, at most ten working days away." example:"2026-11-20"`
		Note   string `json:"note" minLength:"1" maxLength:"2000" doc:"What is being done." example:"The visit is booked for Thursday."`
	}
}

type acknowledged struct{ Body *api.Recorded }

func registerNotices(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "query-notices", Method: http.MethodPost, Path: "/v1/notices:query", Tag: tagCases, Action: access.Read, Answers: []*server.Kind{server.Unknown},
		Summary: "Notices, and what became of them",
		Description: "Who was told what about a duty, when, by which channel, and what became of the message: sent, bounced, refused, withdrawn because the duty was met, or " +
			"to nobody. The lists after a first load are among them (`kind` is `list`). The list comes in parts, in an order that does not change.",
	}, func(ctx context.Context, in *noticeQuery) (*noticeAnswer, error) {
		b := &in.Body
		found, err := d.Service.NoticePage(ctx, service.NoticeQuery{Source: b.Source, Case: b.Case, Duty: b.Duty, State: b.State, To: b.To}, b.page())
		if err != nil {
			return nil, inBody(err)
		}
		return &noticeAnswer{found}, nil
	})
	server.Register(s, server.Operation{
		ID: "acknowledge-notice", Method: http.MethodPost, Path: "/v1/notices:acknowledge", Tag: tagCases, Action: access.Acknowledge,
		Answers: []*server.Kind{server.Unknown, server.Conflict},
		Summary: "Acknowledge what is late",
		Description: "Records who promises to put something right by which day. Until the end of that day the alerts of the team manager and the service manager are held. " +
			"The worker who holds the case is refused, and so is whoever manages neither it nor anybody who was told. It is an event of the case, and stays in its record.",
	}, func(ctx context.Context, in *acknowledgement) (*acknowledged, error) {
		b := &in.Body
		until, err := calendar.ParseDate(b.Until)
		if err != nil {
			return nil, wrongAt("/until", "a day between 1950 and 2199 as 2026-11-20 is expected.")
		}
		caller, _ := access.CallerFrom(ctx)
		done, err := d.Service.Acknowledge(ctx, service.Promise{
			ID: b.ID, Notice: b.Notice, By: b.By, Until: until, Note: b.Note, Blind: !caller.May(access.Read),
		})
		if err != nil {
			return nil, refusedPromise(err)
		}
		return &acknowledged{done}, nil
	})
}

// refusedPromise returns why a promise was refused, without what the request said.
func refusedPromise(err error) error {
	var typed *service.Error
	if !errors.As(err, &typed) {
		return err
	}
	at := func(kind *server.Kind, text, pointer string) error {
		return kind.Problem(text, server.Error{Detail: text, Pointer: pointer, Code: string(typed.Code)})
	}
	switch {
	case typed.Code == service.UnknownNotice:
		return at(server.Unknown, "The record holds no notice of that id.", "/notice")
	case typed.Code == service.ListAcknowledged:
		return at(server.Refused, "That is the list of a first load: acknowledge a notice about one duty.", "/notice")
	case typed.Code == service.KnownOtherwise:
		return at(server.Conflict, "The record holds something else under that id: give this agreed date an id of its own.", "/id")
	case typed.Code == service.PromiseRefused:
		text := "The promise was refused: " + strings.TrimSuffix(inPromise.Replace(typed.Event.Reason), ".") + "."
		return server.Refused.Problem(text, server.Error{Detail: text, Pointer: promiseFields[typed.Event.Pointer], Code: typed.Event.Code})
	case typed.Field == "by":
		return at(server.Refused, "The record knows nobody of that reference who works here: give a staff reference.", "/by")
	default:
		text := "The promise cannot be recorded for that notice: its case goes by that reference no longer."
		return server.Refused.Problem(text, server.Error{Detail: text, Pointer: "/notice", Code: string(cmp.Or(typed.Code, service.UnknownCase))})
	}
}

// promiseFields are where in a request stands what the event of a promise is made of, by its place in the event.
var promiseFields = map[string]string{
	"/id": "/id", "/by": "/by", "/data/by": "/by", "/data/promise": "/until", "/data/note": "/note", "/data/notice": "/notice", "/data/duty": "/notice",
}

// inPromise puts the fields of a request for those of the event that it becomes.
var inPromise = strings.NewReplacer("data.by", "by", "data.promise", "until", "data.note", "note", "data.duty", "notice", "data.notice", "notice")
