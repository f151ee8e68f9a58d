package notifytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The limits of a message.
const (
	MostBytes      = 2_000_000 // of an e-mail, rendered
	MostCharacters = 918       // of a text
)

// request is the body of a message to send.
type request struct {
	EmailAddress    *string        `json:"email_address"`
	PhoneNumber     *string        `json:"phone_number"`
	TemplateID      *string        `json:"template_id"`
	Personalisation map[string]any `json:"personalisation"`
	Reference       *string        `json:"reference"`
	ReplyTo         *string        `json:"email_reply_to_id"`
	Sender          *string        `json:"sms_sender_id"`
	Unsubscribe     *string        `json:"one_click_unsubscribe_url"`
	Sanitise        []string       `json:"sanitise_content_for"`
}

var properties = map[string][]string{
	"email": {"email_address", "template_id", "personalisation", "reference", "email_reply_to_id", "one_click_unsubscribe_url", "sanitise_content_for"},
	"sms":   {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id"},
}

// send takes a message: the checks are in Notify's order.
func (s *Server) send(w http.ResponseWriter, r *http.Request, kind string) {
	k, no := s.authenticate(r)
	if no != nil {
		refuse(w, no)
		return
	}
	plan := s.next()
	if plan.hold != nil && !plan.taken && !plan.hold.wait(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	if plan.refusal != nil {
		refuse(w, plan.refusal)
		return
	}
	n, no := s.take(r, k, kind)
	switch {
	case no != nil:
		refuse(w, no)
	case plan.lose, plan.taken && !plan.hold.wait(r.Context()):
		panic(http.ErrAbortHandler)
	case plan.after != 0: // stored, and then something broke
		refuse(w, &refusal{plan.after, "Exception", "Internal server error"})
	default:
		answer(w, http.StatusCreated, s.sent(n))
	}
}

func (s *Server) take(r *http.Request, k key, kind string) (*Notification, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	today := s.now().UTC().Format("2006-01-02") + kind
	if s.perDay > 0 && s.accepted[today] >= s.perDay && k.kind != TestKey {
		return nil, &refusal{http.StatusTooManyRequests, "TooManyRequestsError", fmt.Sprintf("Exceeded send limits (%s: %d) for today", kind, s.perDay)}
	}
	req, no := parse(r.Body, kind)
	if no != nil {
		return nil, no
	}
	to := *req.to(kind)
	if !slices.Contains(s.kinds, kind) {
		return nil, bad("Service is not allowed to send " + kind + " messages")
	}
	n := &Notification{ID: uuid.NewString(), Type: kind, To: to, Key: k.kind, Status: "created", CreatedAt: s.now(), TemplateID: *req.TemplateID}
	if req.Reference != nil {
		n.Reference = *req.Reference
	}
	if no := s.render(n, req); no != nil {
		return nil, no
	}
	switch {
	case req.ReplyTo != nil && !slices.Contains(s.replyTos, *req.ReplyTo):
		return nil, bad("email_reply_to_id " + *req.ReplyTo + " does not exist in database")
	case k.kind == TeamKey && !slices.Contains(s.team, to):
		return nil, bad("Can’t send to this recipient using a team-only API key")
	case kind == "email" && len(n.Subject)+len(n.Body) > MostBytes:
		return nil, bad("Your message is too long. Emails cannot be longer than 2000000 bytes.")
	case kind == "sms" && utf8.RuneCountInString(n.Body) > MostCharacters:
		return nil, bad("Your message is too long. Text messages cannot be longer than 918 characters.")
	}
	s.accepted[today]++
	if !isSmoke(to) {
		s.stored = append(s.stored, n)
		s.queueReceipt(n)
	}
	return n, nil
}

func bad(words string) *refusal { return &refusal{http.StatusBadRequest, "BadRequestError", words} }

func invalid(words string) *refusal {
	return &refusal{http.StatusBadRequest, "ValidationError", words}
}

func (r *request) to(kind string) *string {
	if kind == "sms" {
		return r.PhoneNumber
	}
	return r.EmailAddress
}

func parse(body io.Reader, kind string) (*request, *refusal) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, bad("Invalid JSON supplied in POST data")
	}
	var names map[string]json.RawMessage
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, bad("Invalid JSON supplied in POST data")
	}
	for name := range names {
		if !slices.Contains(properties[kind], name) {
			return nil, invalid("Additional properties are not allowed (" + name + " was unexpected)")
		}
	}
	var req request
	if err := json.Unmarshal(text, &req); err != nil {
		return nil, invalid("a property is not of the right type")
	}
	return &req, req.check(kind)
}

func (r *request) check(kind string) *refusal {
	to := r.to(kind)
	switch {
	case to == nil && kind == "email":
		return invalid("email_address is a required property")
	case to == nil:
		return invalid("phone_number is a required property")
	case r.TemplateID == nil:
		return invalid("template_id is a required property")
	case uuid.Validate(*r.TemplateID) != nil:
		return invalid("template_id is not a valid UUID")
	case r.Reference != nil && utf8.RuneCountInString(*r.Reference) > 1000:
		return invalid("reference " + "is too long")
	case r.ReplyTo != nil && uuid.Validate(*r.ReplyTo) != nil:
		return invalid("email_reply_to_id is not a valid UUID")
	case r.Sender != nil && uuid.Validate(*r.Sender) != nil:
		return invalid("sms_sender_id is not a valid UUID")
	case r.Unsubscribe != nil && !strings.HasPrefix(*r.Unsubscribe, "https://"):
		return invalid("one_click_unsubscribe_url is not a valid https url")
	case kind == "email" && !isEmail(*to):
		return invalid("email_address Not a valid email address")
	case kind == "sms" && !isNumber(*to):
		return invalid("phone_number Not a UK mobile number")
	}
	return nil
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && strings.Contains(s[strings.LastIndex(s, "@"):], ".")
}

var number = regexp.MustCompile(`^(?:\+44|44|0)7\d{9}$`)

func isNumber(s string) bool {
	return number.MatchString(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(s))
}

// The addresses and numbers that every key may write to: 201, and nothing is stored.
var smoke = []string{
	"simulate-delivered@notifications.service.gov.uk", "simulate-delivered-2@notifications.service.gov.uk",
	"simulate-delivered-3@notifications.service.gov.uk", "07700900000", "07700900111", "07700900222",
}

func isSmoke(to string) bool { return slices.Contains(smoke, to) }

func (s *Server) sent(n *Notification) map[string]any {
	content := map[string]any{"body": n.Body}
	body := map[string]any{
		"id": n.ID, "reference": orNull(n.Reference), "uri": s.URL() + "/v2/notifications/" + n.ID, "scheduled_for": nil, "content": content,
		"template": map[string]any{"id": n.TemplateID, "version": 1, "uri": s.URL() + "/v2/template/" + n.TemplateID},
	}
	if n.Type == "sms" {
		content["from_number"] = "GOVUK"
		return body
	}
	content["subject"], content["from_email"], content["one_click_unsubscribe_url"] = n.Subject, "longstop@notifications.service.gov.uk", nil
	body["sanitised_content"] = map[string]any{}
	return body
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
