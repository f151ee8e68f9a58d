// Package govuknotify is the channel that sends notices by GOV.UK Notify: one channel for
// e-mail, one for text messages, each with a template of the council's in which our words stand.
//
// Each attempt has a reference of its own, so that a receipt tells which of them it is about.
// Notify does not recognise a repetition: after an attempt that may or may not have been
// taken, the channel asks by its reference before it sends again. No error, receipt or log holds
// the recipient, and what Notify answers, which repeats the whole message, is never kept.
package govuknotify

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"longstop/notify"
	"longstop/notify/markdown"
)

// Kind is what a channel sends.
type Kind string

// The kinds of message, in Notify's words.
const (
	Email Kind = "email"
	SMS   Kind = "sms"
)

const (
	// mostBytes of an e-mail, with a margin for what stands around it in the template: Notify
	// takes 2,000,000.
	mostBytes = 1_990_000
	// mostCharacters of a text message, with the same margin: Notify takes 918.
	mostCharacters = 800
)

// Channel sends messages of one kind. It is safe for concurrent use.
type Channel struct {
	cfg      Config
	kind     Kind
	template string
	client   *client
}

var _ notify.Bouncer = (*Channel)(nil)

// New makes the channel for a kind of message, which Config has a template for. It does not
// connect: see Check. The error is a *setting.Error.
func New(cfg Config, kind Kind) (*Channel, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(kind); err != nil {
		return nil, err
	}
	c := &Channel{cfg: cfg, kind: kind, template: cfg.EmailTemplate, client: newClient(cfg)}
	if kind == SMS {
		c.template = cfg.SMSTemplate
	}
	return c, nil
}

// Name is "govuknotify" for e-mail and "sms" for text messages.
func (c *Channel) Name() string {
	if c.kind == SMS {
		return "sms"
	}
	return "govuknotify"
}

// BounceKey is the reference of the attempt, which each receipt repeats.
func (*Channel) BounceKey(m notify.Message, _ string) string { return reference(m.Notice, m.Attempt) }

// reference names one attempt to Notify. It holds nothing about a person.
func reference(notice string, attempt int) string { return notice + "." + strconv.Itoa(attempt) }

// attemptOf takes a reference apart; ok is false for one that is not Longstop's.
func attemptOf(reference string) (notice string, attempt int, ok bool) {
	dot := strings.LastIndexByte(reference, '.')
	if dot < 1 {
		return "", 0, false
	}
	attempt, err := strconv.Atoi(reference[dot+1:])
	if err != nil || attempt < 0 || strconv.Itoa(attempt) != reference[dot+1:] {
		return "", 0, false
	}
	return reference[:dot], attempt, true
}

// Send hands one message to Notify and returns its id there. Where an earlier attempt with the
// same contents may have been taken, it asks Notify first, and sends only what Notify does not have.
//
// A *notify.PermanentError says that Notify refused the address or the number for good. Any other
// error is a *notify.TemporaryError. Sending ends when ctx is done, and Config.Timeout later at the
// latest.
func (c *Channel) Send(ctx context.Context, m notify.Message) (receipt string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	receipt, found, err := c.findEarlier(ctx, m)
	if found || err != nil {
		return receipt, err
	}
	body, err := c.compose(m)
	if err != nil {
		return "", err
	}
	var taken struct {
		ID string `json:"id"`
	}
	res := c.client.do(ctx, http.MethodPost, "/v2/notifications/"+string(c.kind), body, &taken)
	if res.err == nil && res.status == http.StatusCreated && taken.ID != "" {
		return "201 " + onlyID(taken.ID), nil
	}
	return "", c.explain(m.Notice, res)
}

// findEarlier asks Notify for the attempts that may or may not have been taken, the last one
// first. found: Notify has one that it has not given up.
func (c *Channel) findEarlier(ctx context.Context, m notify.Message) (receipt string, found bool, err error) {
	for i := len(m.Doubtful) - 1; i >= 0; i-- {
		item, has, res := c.client.find(ctx, reference(m.Notice, m.Doubtful[i]))
		if res.err != nil || res.status != http.StatusOK {
			failure := c.explain(m.Notice, res)
			if t := notify.Temporary(failure); t != nil {
				t.NotDelivered = false // the earlier attempt may have been
			}
			return "", false, failure
		}
		switch outcome := outcomeOf(item.Status); {
		case !has:
		case outcome == notify.FailedForGood:
			return "", false, &notify.PermanentError{Notice: m.Notice, Channel: c.Name(), Reason: item.Status}
		case outcome != notify.FailedForNow:
			return "200 " + onlyID(item.ID) + " (found: attempt " + strconv.Itoa(m.Doubtful[i]) + " had been taken)", true, nil
		}
	}
	return "", false, nil
}

// compose writes the request for a message.
func (c *Channel) compose(m notify.Message) (map[string]any, error) {
	request := map[string]any{"template_id": c.template, "reference": reference(m.Notice, m.Attempt)}
	if strings.TrimSpace(m.To) == "" {
		return nil, &notify.PermanentError{Notice: m.Notice, Channel: c.Name(), Reason: "there is no address on record"}
	}
	if c.kind == SMS {
		request["phone_number"] = m.To
		request["personalisation"] = map[string]string{"body": cut(short(m), mostCharacters)}
		if c.cfg.SMSSender != "" {
			request["sms_sender_id"] = c.cfg.SMSSender
		}
		return request, nil
	}
	subject, body := oneLine(m.Subject), markdown.Escape(m.Text)
	if len(subject)+len(body) > mostBytes {
		return nil, &notify.TemporaryError{
			Notice: m.Notice, Channel: c.Name(), Alarm: true, NotDelivered: true,
			Err: fmt.Errorf("the message has %d bytes, and Notify takes %d: this is a fault of the program", len(subject)+len(body), mostBytes),
		}
	}
	request["email_address"] = m.To
	request["personalisation"] = map[string]string{"subject": subject, "body": body}
	if c.cfg.ReplyTo != "" {
		request["email_reply_to_id"] = c.cfg.ReplyTo
	}
	return request, nil
}

func short(m notify.Message) string {
	if m.Short != "" {
		return m.Short
	}
	return oneLine(m.Subject)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cut shortens a text to so many characters, and shows that something is missing.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// onlyID keeps what a UUID has of what Notify calls an id, so that no answer can put words into
// the record.
func onlyID(id string) string {
	id = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(id))
	return id[:min(len(id), 36)]
}

// Check looks whether Notify takes the key and has a template that fits, and sends nothing. It is
// for the start of a service and its readiness. The error is a *notify.TemporaryError.
func (c *Channel) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, min(c.cfg.Timeout, 10*time.Second))
	defer cancel()
	var t template
	res := c.client.do(ctx, http.MethodGet, "/v2/template/"+c.template, nil, &t)
	switch {
	case res.err == nil && res.status == http.StatusNotFound:
		return c.wrongTemplate("Notify has no template of this id in the service of the key")
	case res.err != nil || res.status != http.StatusOK:
		return c.explain("", res)
	}
	if reason := t.unfit(c.kind); reason != "" {
		return c.wrongTemplate(reason)
	}
	return nil
}

func (c *Channel) wrongTemplate(reason string) error {
	return &notify.TemporaryError{
		Channel: c.Name(), Side: notify.Account, Alarm: true, Everybody: true, NotDelivered: true,
		Err: fmt.Errorf("%s: %s; look at %s", templateSetting(c.kind), reason, c.cfg.URL),
	}
}

// template is a template as Notify describes it.
type template struct {
	Type            string         `json:"type"`
	Subject         string         `json:"subject"`
	Body            string         `json:"body"`
	Personalisation map[string]any `json:"personalisation"`
}

// unfit says why messages of a kind cannot be sent with a template; "" where they can.
func (t *template) unfit(kind Kind) string {
	fold := strings.NewReplacer(" ", "", "_", "", "-", "")
	folded := func(s string) string { return strings.ToLower(fold.Replace(s)) }
	if t.Type != string(kind) {
		return "the template is not one for " + string(kind)
	}
	if !strings.Contains(folded(t.Body), "((body))") {
		return "the template's message must hold ((body))"
	}
	if kind == Email && !strings.Contains(folded(t.Subject), "((subject))") {
		return "the template's subject must hold ((subject))"
	}
	for name := range t.Personalisation {
		if n := folded(name); n != "body" && (n != "subject" || kind == SMS) {
			return "the template asks for more than Longstop fills in, which is ((body))" + map[Kind]string{Email: " and ((subject))"}[kind]
		}
	}
	return ""
}
