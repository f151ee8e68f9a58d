package v1

import (
	"context"
	"errors"
	"net/http"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/calendar"
	"longstop/service"
	"longstop/web/server"
)

// tagSources orders the operations on what whole sources report.
const tagSources = "Sources"

// Attaching works every case of a source out twice, as what-if does, and as little of it is done at once.
const (
	attachedAtOnce = 1
	attachWithin   = 5 * time.Minute
)

// AttachOptions are the options of each change of what a source reports.
type AttachOptions struct {
	By                string `json:"by,omitempty" maxLength:"200" doc:"Who says so. Left out: the name of the key." example:"Data team"`
	DryRun            bool   `json:"dry_run,omitempty" doc:"Only say what it would do; nothing is written."`
	ConfirmUnreported bool   `json:"confirm_unreported,omitempty" doc:"Do it though timescales that run now would be followed no longer."`
}

func (o *AttachOptions) options(caller access.Caller, reason string) service.AttachOptions {
	by := o.By
	if by == "" {
		by = caller.Name
	}
	return service.AttachOptions{Reason: reason, By: by, DryRun: o.DryRun, ConfirmUnreported: o.ConfirmUnreported}
}

type attachRequest struct {
	Body struct {
		ID      string   `json:"id" minLength:"1" maxLength:"200" doc:"An id of your own for this statement. The same again under the same id changes nothing." example:"visits-2026"`
		Reports []string `json:"reports" minItems:"1" maxItems:"500" doc:"The event types that the source reports: all that it does." example:"[\"cp_visit.made\"]"`
		From    string   `json:"from" format:"date" doc:"The first day of which it reports them." example:"2026-11-01"`
		Until   string   `json:"until,omitempty" format:"date" doc:"The last. Left out: it is a live feed, without an end." example:"2027-03-31"`
		Backlog bool     `json:"backlog,omitempty" doc:"It tells of history: what it brings to light as overdue goes on one list for each manager."`
		Reason  string   `json:"reason,omitempty" maxLength:"2000" doc:"It is kept with the statement."`
		AttachOptions
	}
}

type detachRequest struct {
	Body struct {
		Attachment string `json:"attachment" minLength:"1" maxLength:"200" doc:"The statement, by the id that the record answered." example:"attached:a1b2c3d4:visits-2026"`
		Reason     string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why. It is kept." example:"The feed never held visits."`
		AttachOptions
	}
}

type attachAnswer struct{ Body *api.Attached }

type attachmentsAnswer struct{ Body []api.Attachment }

func registerAttachments(s *server.Server, d Deps) {
	server.Register(s, server.Operation{
		ID: "attach-source", Method: http.MethodPost, Path: "/v1/attachments", Tag: tagSources, Action: access.Attach, Within: attachWithin, AtOnce: attachedAtOnce,
		Answers: []*server.Kind{server.Conflict},
		Summary: "Say what the key's source reports", Description: attachDescription,
	}, d.attach)
	server.Register(s, server.Operation{
		ID: "void-attachment", Method: http.MethodPost, Path: "/v1/attachments:void", Tag: tagSources, Action: access.Attach, Within: attachWithin, AtOnce: attachedAtOnce,
		Answers: []*server.Kind{server.Unknown},
		Summary: "Take back a statement of what the key's source reports",
		Description: "Takes a statement back as a mistake: every case stands as if it had never been made. Where the source only stops to report, say the same types from " +
			"the same day with `until` instead. Only what stands can be taken back, once; the same again changes nothing. It answers as saying it does.",
	}, d.detach)
	server.Register(s, server.Operation{
		ID: "list-attachments", Method: http.MethodGet, Path: "/v1/attachments", Tag: tagSources, Action: access.Attach,
		Summary:     "What the key's source reports",
		Description: "The statements that stand about the key's source as a whole. Those of single cases (`source.attached`) are events of theirs.",
	}, func(ctx context.Context, _ *struct{}) (*attachmentsAnswer, error) {
		caller, _ := access.CallerFrom(ctx)
		rows, err := d.Service.Attachments(ctx, caller.Source)
		if err != nil {
			return nil, err
		}
		return &attachmentsAnswer{append([]api.Attachment{}, rows...)}, nil
	})
}

const attachDescription = `Says from which day on the source of the key reports event types, in every case of it and in those that come later. A return does not tell of visits or core groups: their timescales stand still (unreported) until something says that they are reported. From then on they run, remind and alert.

Name everything that the source reports. A case to which nothing is attached is taken to report everything; once something is, what it does not name is followed no longer: where timescales run that would not be followed any more, it is refused with the code ` + "`clocks_unfollowed`" + `, unless ` + "`confirm_unreported`" + ` says that this is meant. The same types from the same day with another ` + "`until`" + ` end the earlier statement, or move its end. What stands already is not said twice: ` + "`changed`" + ` is false then.

It answers how many timescales of the source's cases are followed from now on, how many of these are overdue at once, and how many would be shown as late; with ` + "`dry_run`" + ` it writes nothing. 2xx means that the statement is committed and every case of the source waits to be planned by it; the workers do that behind the answer. One is made at a time: to another the answer is 429.`

func (d Deps) attach(ctx context.Context, in *attachRequest) (*attachAnswer, error) {
	b := &in.Body
	from, err := dayAt("/from", b.From)
	if err != nil {
		return nil, err
	}
	until, err := dayAt("/until", b.Until)
	if err != nil {
		return nil, err
	}
	caller, _ := access.CallerFrom(ctx)
	ctx, cancel := carried(ctx)
	defer cancel()
	done, err := d.Service.Attach(ctx, service.Attaching{
		Source: caller.Source, Reports: b.Reports, From: from, Until: until, Backlog: b.Backlog, ID: b.ID, AttachOptions: b.options(caller, b.Reason),
	})
	return attached(done, err)
}

func (d Deps) detach(ctx context.Context, in *detachRequest) (*attachAnswer, error) {
	b := &in.Body
	caller, _ := access.CallerFrom(ctx)
	ctx, cancel := carried(ctx)
	defer cancel()
	done, err := d.Service.Detach(ctx, service.Detaching{Attachment: b.Attachment, Source: caller.Source, AttachOptions: b.options(caller, b.Reason)})
	return attached(done, err)
}

// dayAt reads a date of a body; "" is the zero value.
func dayAt(pointer, text string) (calendar.Date, error) {
	when, ok := whenOf(text)
	if !ok || !when.Instant.IsZero() {
		return 0, wrongAt(pointer, "a date as 2026-11-16 between 1950 and 2199 is expected.")
	}
	return when.Day, nil
}

// attached is the answer, or why it was refused, without what the request said, but for a misspelt event type.
func attached(done *api.Attached, err error) (*attachAnswer, error) {
	var typed *service.Error
	if err == nil {
		return &attachAnswer{done}, nil
	}
	if !errors.As(err, &typed) {
		return nil, err
	}
	refuse := func(kind *server.Kind, text, pointer string) error {
		return kind.Problem(text, server.Error{Detail: text, Pointer: pointer, Code: string(typed.Code)})
	}
	switch typed.Code {
	case service.UnknownAttachment:
		return nil, refuse(server.Unknown, "No statement of that id stands about the source of this key.", "/attachment")
	case service.OtherAttachment:
		return nil, refuse(server.Conflict, "The record holds another statement under that id: give this one an id of its own.", "/id")
	case service.UnknownSource:
		return nil, refuse(server.Refused, "The record holds no case of the source of this key yet: hand in its events first.", "")
	case service.ClocksUnfollowed:
		return nil, refuse(server.Refused, sentence(typed.Text())+" Name those event types too, or set confirm_unreported; dry_run shows them. Nothing was written.", "")
	default:
		return nil, err
	}
}
