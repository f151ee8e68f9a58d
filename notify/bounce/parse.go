// Package bounce reads what mail servers report about messages that they had taken: delivery status
// notifications (RFC 3464, and 6533 for addresses that are not ASCII). It also makes the envelope
// addresses to which they are sent.
//
// It is pure: bytes in, reports out. Package mailbox, below, gets the bytes.
package bounce

import (
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"longstop/notify"
)

// Kind is what a message in the mailbox of reports is.
type Kind string

// Status: a delivery status notification. AutoReply: written by a machine on behalf of the recipient,
// who is away: the message has arrived. Other: anything else, a person's answer as a rule.
const (
	Status    Kind = "status"
	AutoReply Kind = "auto-reply"
	Other     Kind = "other"
)

// Mail is a message in the mailbox of reports.
type Mail struct {
	Kind       Kind
	To         []string    // the addresses that it may have been sent to
	MessageID  string      // of the message that it reports on, without brackets; "" where it does not tell
	Recipients []Recipient // of that message
}

// Recipient is what is reported about one recipient.
type Recipient struct {
	Address string // as the message was sent to, else where it was forwarded to; may be ""
	Action  string // "failed", "delayed", "delivered", "relayed" or "expanded"
	Status  string // RFC 3463, such as "5.1.1"; "" where it does not tell
}

// Parse reads a message. It takes whatever there is: what cannot be read is Other.
func Parse(raw []byte) Mail {
	text := raw
	if line, rest := cutLine(text); strings.HasPrefix(string(line), "From ") {
		text = rest // as a file of messages has it
	}
	outer := readPart(text)
	m := Mail{Kind: Other, To: addressesIn(outer.header, "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")}
	if status := find(outer, 0); status != nil {
		m.Kind = Status
		m.Recipients = recipients(status.content())
	}
	if len(m.Recipients) == 0 {
		m.Recipients = failedRecipients(outer.header)
	}
	switch {
	case len(m.Recipients) > 0:
		m.Kind = Status
	case m.Kind == Status: // a report that names nobody
		m.Kind = Other
	case isAutoReply(outer.header):
		m.Kind = AutoReply
	}
	if m.Kind == Status {
		m.about(outer)
	}
	return m
}

// deepest is how many parts within parts are looked into.
const deepest = 8

// find returns the part that machines read. Gateways put a report into another message to add their
// footer. What is returned of the message that the report is about is not looked into: it
// may hold anything.
func find(p part, depth int) *part {
	switch p.kind {
	case "message/delivery-status", "message/global-delivery-status":
		return &p
	case "message/rfc822", "message/global":
		return nil
	}
	if kind := p.params["report-type"]; p.kind == "multipart/report" && kind != "" &&
		!strings.EqualFold(kind, "delivery-status") && !strings.EqualFold(kind, "global-delivery-status") {
		return nil // that it was read, or was taken for spam
	}
	if depth == deepest {
		return nil
	}
	for _, inner := range p.parts() {
		if found := find(inner, depth+1); found != nil {
			return found
		}
	}
	return nil
}

// recipients reads the groups of fields of a report. The first is about the message as a rule, and
// each other one about a recipient; which is which is told by what they hold.
func recipients(text []byte) []Recipient {
	var list []Recipient
	for len(text) > 0 && len(list) < mostParts {
		var group fields
		group, text = splitHeader(text)
		if !group.has("Action") && !group.has("Final-Recipient") {
			continue
		}
		r := Recipient{
			Address: recipientAddress(group.get("Original-Recipient")), Action: firstWord(group.get("Action")),
			Status: statusIn(group.get("Status"), group.get("Diagnostic-Code")),
		}
		if r.Address == "" {
			r.Address = recipientAddress(group.get("Final-Recipient"))
		}
		if r.Action == "" {
			r.Action = actionOf(r.Status)
		}
		if r.Action != "" {
			list = append(list, r)
		}
	}
	return list
}

// actionOf is what a status means where no action is given.
func actionOf(status string) string {
	switch {
	case strings.HasPrefix(status, "5"):
		return "failed"
	case strings.HasPrefix(status, "4"):
		return "delayed"
	case strings.HasPrefix(status, "2"):
		return "delivered"
	}
	return ""
}

func firstWord(s string) string {
	word := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < 'a' || r > 'z' })
	if len(word) == 0 {
		return ""
	}
	switch word[0] {
	case "failed", "delayed", "delivered", "relayed", "expanded":
		return word[0]
	case "failure":
		return "failed"
	}
	return ""
}

// A status of RFC 3463, which is not part of an address of a machine.
var status = regexp.MustCompile(`(?:^|[^.\d])([245]\.\d{1,3}\.\d{1,3})(?:[^.\d]|\.[^\d]|\.?$)`)

// statusIn returns the status of a recipient. Where that says nothing more than that it failed, what
// the server answered may.
func statusIn(given, diagnostic string) string {
	code := ""
	if found := status.FindStringSubmatch(given); found != nil {
		code = found[1]
	}
	if code != "" && !strings.HasSuffix(code, ".0.0") {
		return code
	}
	if found := status.FindStringSubmatch(diagnostic); found != nil && (code == "" || found[1][0] == code[0]) {
		return found[1]
	}
	return code
}

var hexadecimal = regexp.MustCompile(`\\x\{([0-9A-Fa-f]{1,6})\}`)

// recipientAddress reads "rfc822; ada@council.example" and what servers make of it.
func recipientAddress(field string) string {
	if kind, address, ok := strings.Cut(field, ";"); ok {
		field = address
		if strings.EqualFold(strings.TrimSpace(kind), "utf-8") {
			field = hexadecimal.ReplaceAllStringFunc(field, unhex)
		}
	}
	field = strings.Trim(strings.TrimSpace(field), "<>")
	if a, err := mail.ParseAddress(field); err == nil {
		return a.Address
	}
	return ""
}

func unhex(s string) string {
	var r rune
	for _, digit := range strings.ToLower(s[3 : len(s)-1]) {
		r = r<<4 | rune(strings.IndexRune("0123456789abcdef", digit))
	}
	return string(r)
}

// failedRecipients reads Exim's own field, which also stands in reports that are plain text.
func failedRecipients(header fields) []Recipient {
	var list []Recipient
	for _, value := range header["X-Failed-Recipients"] {
		for address := range strings.SplitSeq(value, ",") {
			if a := recipientAddress(address); a != "" && len(list) < mostParts {
				list = append(list, Recipient{Address: a, Action: "failed"})
			}
		}
	}
	return list
}

func isAutoReply(header fields) bool {
	submitted := strings.ToLower(header.get("Auto-Submitted"))
	precedence := strings.ToLower(header.get("Precedence"))
	return submitted != "" && !strings.HasPrefix(submitted, "no") || header.has("X-Autoreply") || header.has("X-Autorespond") ||
		precedence == "auto_reply"
}

// about finds the message that a report is about: in the header of it that is returned, which may
// be all of it, or in the fields that servers put next to it.
func (m *Mail) about(outer part) {
	if header, ok := returned(outer, 0); ok {
		m.MessageID = messageID(header.get("Message-ID"))
		m.To = append(m.To, addressesIn(header, "Return-Path")...)
	}
	if status := find(outer, 0); status != nil {
		for text := status.content(); len(text) > 0; {
			var group fields
			group, text = splitHeader(text)
			m.orID(group.get("X-Original-Message-ID"))
		}
	}
	m.orID(outer.header.get("In-Reply-To"))
	if all := strings.Fields(outer.header.get("References")); len(all) > 0 {
		m.orID(all[len(all)-1])
	}
}

func (m *Mail) orID(value string) {
	if m.MessageID == "" {
		m.MessageID = messageID(value)
	}
}

// returned is the header of the message that a report is about.
func returned(p part, depth int) (fields, bool) {
	switch p.kind {
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		header, _ := splitHeader(p.content())
		return header, depth > 0
	}
	if depth == deepest {
		return nil, false
	}
	for _, inner := range p.parts() {
		if header, ok := returned(inner, depth+1); ok {
			return header, true
		}
	}
	return nil, false
}

func messageID(value string) string {
	value = strings.TrimSpace(value)
	if i := strings.IndexByte(value, '<'); i >= 0 {
		value, _, _ = strings.Cut(value[i+1:], ">")
	}
	if !strings.Contains(value, "@") || strings.ContainsAny(value, " \t") {
		return ""
	}
	return value
}

// addressesIn returns the addresses in the fields of a header.
func addressesIn(header fields, names ...string) []string {
	var list []string
	for _, name := range names {
		for _, value := range header[textproto.CanonicalMIMEHeaderKey(name)] {
			if all, err := mail.ParseAddressList(value); err == nil {
				for _, a := range all {
					list = append(list, a.Address)
				}
				continue
			}
			list = append(list, strings.Trim(value, "<> "))
		}
	}
	return list
}

// wrongAddress are the statuses that say of an address that it is not one, or that its mailbox is
// closed. Others let a server give up too: a full mailbox, a rule, five days without an answer.
var wrongAddress = map[string]bool{
	"5.1.1": true, "5.1.2": true, "5.1.3": true, "5.1.6": true, "5.1.10": true, "5.2.1": true,
}

// Reports returns what a Status says, for the record. With addresses, only a message that was sent
// to one of them counts, since anybody can write to the mailbox; without, it is named by its
// Message-ID. It returns nothing for a message that nothing can be told about.
func (m Mail) Reports(addresses *Addresses) []notify.Report {
	if m.Kind != Status {
		return nil
	}
	about, ok := m.named(addresses)
	if !ok {
		return nil
	}
	var list []notify.Report
	for _, r := range m.Recipients {
		outcome, ok := r.outcome()
		if !ok {
			continue
		}
		report := about
		report.Address, report.Channel, report.Outcome, report.Reason = r.Address, "email", outcome, r.Status
		if report.Reason == "" {
			report.Reason = r.Action
		}
		list = append(list, report)
	}
	return list
}

func (m Mail) named(addresses *Addresses) (notify.Report, bool) {
	if addresses == nil {
		return notify.Report{MessageID: m.MessageID}, m.MessageID != ""
	}
	for _, to := range m.To {
		if delivery, attempt, ok := addresses.Read(to); ok {
			return notify.Report{Delivery: delivery, Attempt: attempt, MessageID: m.MessageID}, true
		}
	}
	return notify.Report{}, false
}

func (r Recipient) outcome() (notify.Outcome, bool) {
	switch {
	case r.Action == "failed" && wrongAddress[r.Status]:
		return notify.FailedForGood, true
	case r.Action == "failed":
		return notify.FailedForNow, true
	case r.Action == "delayed":
		return notify.Delayed, true
	case r.Action == "delivered":
		return notify.Delivered, true
	}
	return "", false // relayed or expanded: somebody else's server has it, and says no more
}
