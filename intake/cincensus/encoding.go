package cincensus

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"longstop/intake"
)

// The encodings in which a return is read.
const (
	nameUTF8   = "UTF-8"
	nameUTF16  = "UTF-16"
	nameLatin1 = "ISO-8859-1"
	name1252   = "windows-1252"
)

// labels are the names under which software declares them.
var labels = map[string]string{
	"utf-8": nameUTF8, "utf8": nameUTF8, "us-ascii": nameUTF8, "ascii": nameUTF8,
	"utf-16": nameUTF16, "utf-16le": nameUTF16, "utf-16be": nameUTF16,
	"iso-8859-1": nameLatin1, "iso_8859-1": nameLatin1, "latin1": nameLatin1, "latin-1": nameLatin1,
	"windows-1252": name1252, "cp1252": name1252,
}

const accepted = "UTF-8 is best; ISO-8859-1, windows-1252 and UTF-16 are read too"

// headSize is how much is looked at to find the encoding, in bytes.
const headSize = 1024

var declaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']{0,60})["']`)

// decode gives a file as UTF-8 text without a byte order mark, and the name of the
// encoding that it is in. A file whose first bytes and declaration disagree is refused,
// and so is an encoding that is not read. The text is checked while it is read: a byte
// that is none of the encoding's ends it with an error.
func decode(r io.Reader) (text io.Reader, name string, err error) {
	file := bufio.NewReaderSize(r, 4<<10)
	head, err := file.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", explain(err, position{line: 1}, nil)
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, "", intake.Broken(0, "the file is empty")
	}
	marked, mark, decoder := sniff(head)
	if decoder == nil {
		return nil, "", intake.Broken(1, "it is in UTF-32: %s", accepted)
	}
	if _, err := file.Discard(mark); err != nil {
		return nil, "", explain(err, position{line: 1}, nil)
	}
	// The declaration is plain ASCII: without its zero bytes UTF-16 reads the same.
	name, err = agree(marked, bytes.ReplaceAll(head[mark:], []byte{0}, nil))
	if err != nil {
		return nil, "", err
	}
	switch name {
	case nameLatin1:
		decoder = charmap.ISO8859_1.NewDecoder()
	case name1252:
		decoder = charmap.Windows1252.NewDecoder()
	}
	return transform.NewReader(file, decoder), name, nil
}

// sniff finds an encoding by the first bytes: a byte order mark and its length, or the
// zero bytes next to the first "<" of UTF-16. Everything else begins like ASCII, whatever
// is declared, and has no name yet. UTF-32 has no decoder here.
func sniff(head []byte) (name string, mark int, decoder transform.Transformer) {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case begins("\xff\xfe\x00\x00"), begins("\x00\x00\xfe\xff"), begins("<\x00\x00\x00"), begins("\x00\x00\x00<"):
		return "", 0, nil
	case begins("\xef\xbb\xbf"):
		return nameUTF8, 3, encoding.UTF8Validator
	case begins("\xff\xfe"):
		return nameUTF16, 2, utf16(unicode.LittleEndian)
	case begins("\xfe\xff"):
		return nameUTF16, 2, utf16(unicode.BigEndian)
	case begins("<\x00"):
		return nameUTF16, 0, utf16(unicode.LittleEndian)
	case begins("\x00<"):
		return nameUTF16, 0, utf16(unicode.BigEndian)
	default:
		return "", 0, encoding.UTF8Validator
	}
}

func utf16(order unicode.Endianness) transform.Transformer {
	return transform.Chain(unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder(), noReplacement{})
}

// agree names the encoding by what the bytes show and what the declaration says.
func agree(marked string, start []byte) (string, error) {
	found := declaration.FindSubmatch(start)
	if found == nil {
		if marked == "" {
			return nameUTF8, nil
		}
		return marked, nil
	}
	declared, ok := labels[strings.ToLower(string(found[1]))]
	switch {
	case !ok:
		return "", intake.Broken(1, "it declares the encoding %q, which is not read: %s", printable(found[1]), accepted)
	case marked != "" && declared != marked, marked == "" && declared == nameUTF16:
		return "", intake.Broken(1, "it declares %s but its bytes are not: save it again in the encoding that it declares", declared)
	}
	return declared, nil
}

func printable(label []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(label))
}

// noReplacement refuses the character that the UTF-16 decoder puts where it could not
// read one.
type noReplacement struct{ transform.NopResetter }

var replacement = []byte("\uFFFD")

func (noReplacement) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	n := min(len(dst), len(src))
	if at := bytes.Index(src[:n], replacement); at >= 0 {
		return copy(dst, src[:at]), at, intake.Broken(0, "a character that is not valid UTF-16: export the file again")
	}
	// The beginning of the character may be the end of what is here.
	keep := n
	if !atEOF || n < len(src) {
		keep = max(0, n-(len(replacement)-1))
	}
	copy(dst, src[:keep])
	switch {
	case keep == len(src):
		return keep, keep, nil
	case n < len(src):
		return keep, keep, transform.ErrShortDst
	default:
		return keep, keep, transform.ErrShortSrc
	}
}
