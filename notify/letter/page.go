package letter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"longstop/english"
	"longstop/organisation"
	"longstop/timescale"
)

// Width is how long a line of a letter is at the most, where it can be broken.
const Width = 72

// page is a plain text in the making: paragraphs with an empty line between them.
type page struct{ b strings.Builder }

func (p *page) String() string { return p.b.String() }

// para adds a paragraph; an empty one is left out.
func (p *page) para(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	p.gap()
	p.wrap(text, "", "")
}

// field adds a line "Label: value" to the paragraph; an empty value is left out.
func (p *page) field(label, value string) {
	if value != "" {
		p.wrap(label+": "+value, "", "  ")
	}
}

// heading adds a line that stands above items.
func (p *page) heading(text string) {
	p.gap()
	p.wrap(text, "", "  ")
}

func (p *page) item(text string) { p.wrap(text, "- ", "  ") }

func (p *page) gap() {
	if p.b.Len() > 0 {
		p.b.WriteString("\n")
	}
}

// wrap breaks a text at spaces; a word that is longer than a line keeps a line of its own.
func (p *page) wrap(text, first, others string) {
	line, empty := first, true
	for _, word := range strings.FieldsFunc(text, breaks) {
		word = printable(word)
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > Width {
			p.b.WriteString(line + "\n")
			line, empty = others, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	p.b.WriteString(line + "\n")
}

// breaks is true for the spaces at which a line may end: not for a no-break space.
func breaks(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }

// oneLine is a text without line breaks and control characters, single spaces between
// its words: nothing that comes from a file can add a line to a letter or a header.
func oneLine(s string) string {
	words := strings.FieldsFunc(s, breaks)
	for i, w := range words {
		words[i] = printable(w)
	}
	return strings.Join(words, " ")
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u00a0' {
			return ' '
		}
		if unicode.In(r, unicode.Cc, unicode.Cf) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

const perhapsTwice = "You may have had this message before. Longstop was interrupted while it was being sent and cannot tell " +
	"whether it arrived."

func (p *page) twice(perhaps bool) {
	if perhaps {
		p.para(perhapsTwice)
	}
}

func (p *page) footer(notice, label, why, contact string) {
	p.b.WriteString("\n-- \n") // the mark of RFC 3676, section 4.3
	name := "Longstop notice"
	if notice != "" {
		name += " " + notice
	}
	if label != "" {
		name += " (" + label + ")"
	}
	p.wrap(name+". "+why+" "+replies(contact), "", "")
}

// because says why this person gets the letter.
func because(role timescale.Role, why organisation.Why) string {
	who := english.TheRole(role)
	switch why {
	case organisation.Cover:
		return "You get it as cover for " + who + "."
	case organisation.Vacant:
		return "You get it because there is no " + strings.TrimPrefix(who, "the ") + " to tell."
	case organisation.Refused:
		return "You get it because the message to " + who + " could not be delivered."
	case organisation.Acting:
		return "You get it because you act for " + who + ", whose post is vacant."
	case organisation.NoLevel:
		return "You get it because no " + strings.TrimPrefix(who, "the ") + " stands above the team."
	case organisation.OwnCase:
		return "You get it because " + who + " holds the case."
	case organisation.Alone:
		return "You get it as " + who + ", although you hold the case yourself: nobody else can be told who manages it."
	case organisation.NoPart:
		return "You get it because nobody is recorded as " + strings.TrimPrefix(who, "the ") + " in this case."
	case organisation.Together:
		return "You get it because your team holds the case together."
	case organisation.Supervises:
		return "You get it as supervisor of the social worker or lead practitioner who holds the case."
	case organisation.OnDuty:
		return "You get it because it concerns hours, and you are the team for them outside office hours."
	default:
		return "You get it as " + who + "."
	}
}
