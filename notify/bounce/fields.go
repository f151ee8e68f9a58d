package bounce

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"strings"
)

// fields are the header of a message or of a part of it, or a group of fields of a report. Mail servers
// are sloppy, and a report that cannot be read is one that nobody hears of: a line that is not a
// field is skipped.
type fields map[string][]string

func (f fields) get(name string) string {
	if values := f[textproto.CanonicalMIMEHeaderKey(name)]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func (f fields) has(name string) bool { return len(f[textproto.CanonicalMIMEHeaderKey(name)]) > 0 }

// longestField bounds a field that goes on over many lines.
const longestField = 10_000

// splitHeader reads fields up to the first empty line, and returns what follows it.
func splitHeader(text []byte) (f fields, body []byte) {
	f = fields{}
	last := ""
	for len(text) > 0 {
		var line []byte
		line, text = cutLine(text)
		switch trimmed := strings.TrimSpace(string(line)); {
		case trimmed == "":
			return f, text
		case (line[0] == ' ' || line[0] == '\t') && last != "":
			if values := f[last]; len(values[len(values)-1]) < longestField {
				values[len(values)-1] += " " + trimmed
			}
		default:
			name, value, ok := strings.Cut(trimmed, ":")
			if name = strings.TrimSpace(name); !ok || !isFieldName(name) {
				last = ""
				continue
			}
			last = textproto.CanonicalMIMEHeaderKey(name)
			f[last] = append(f[last], strings.TrimSpace(value))
		}
	}
	return f, nil
}

func isFieldName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }) < 0
}

// cutLine returns the first line without its end, and the rest.
func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

// part is a part of a message, of which the message itself is the outermost.
type part struct {
	kind   string // its media type, in lower case
	params map[string]string
	header fields
	body   []byte
}

var boundary = regexp.MustCompile(`(?i)boundary\s*=\s*"?([^";\r\n]+)`)

func readPart(text []byte) part {
	header, body := splitHeader(text)
	p := part{kind: "text/plain", header: header, body: body}
	content := header.get("Content-Type")
	if content == "" {
		return p
	}
	kind, params, err := mime.ParseMediaType(content)
	if err != nil { // a parameter is wrong or there twice: the rest will do
		kind, _, _ = strings.Cut(strings.ToLower(content), ";")
		kind, params = strings.TrimSpace(kind), map[string]string{}
		if found := boundary.FindStringSubmatch(content); found != nil {
			params["boundary"] = strings.TrimSpace(found[1])
		}
	}
	p.kind, p.params = kind, params
	return p
}

// mostParts bounds the parts of one message that are looked at.
const mostParts = 100

// parts splits a multipart body. One that ends before its last boundary, because a mail server cut
// it off, has the parts that are there.
func (p part) parts() []part {
	mark := p.params["boundary"]
	if mark == "" || !strings.HasPrefix(p.kind, "multipart/") {
		return nil
	}
	var list []part
	begin, open := 0, false
	for at := 0; at < len(p.body) && len(list) < mostParts; {
		line, rest := cutLine(p.body[at:])
		next := len(p.body) - len(rest)
		if is, last := isBoundary(line, mark); is {
			if open {
				list = append(list, readPart(p.body[begin:at]))
			}
			begin, open = next, !last
			if last {
				return list
			}
		}
		at = next
	}
	if open && len(list) < mostParts {
		list = append(list, readPart(p.body[begin:]))
	}
	return list
}

func isBoundary(line []byte, mark string) (is, last bool) {
	text := strings.TrimRight(string(line), " \t")
	rest, is := strings.CutPrefix(text, "--"+mark)
	return is && (rest == "" || rest == "--"), rest == "--"
}

// content is the body as it was before it was encoded for the way. What cannot be decoded ends there.
func (p part) content() []byte {
	var decoded io.Reader
	switch strings.ToLower(p.header.get("Content-Transfer-Encoding")) {
	case "base64":
		decoded = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(p.body))
	case "quoted-printable":
		decoded = quotedprintable.NewReader(bytes.NewReader(p.body))
	default:
		return p.body
	}
	text, _ := io.ReadAll(decoded) //nolint:errcheck // see above
	return text
}
