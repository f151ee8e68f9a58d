package cincensus

import (
	"bufio"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// declaring is a return with a declaration and an id beyond ASCII.
func declaring(label string) string {
	text := message("2026-03-31", kid("Zoë’s", details(referral("2025-05-10"))))
	return strings.Replace(text, `encoding="UTF-8"`, label, 1)
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	latin := strings.Replace(declaring(`encoding='iso-8859-1'`), "’", "", 1)
	for _, c := range []struct{ name, file, encoding, id string }{
		{"UTF-8 declared", declaring(`encoding="utf-8"`), "UTF-8", "Zoë’s"},
		{"UTF-8 not declared", declaring(""), "UTF-8", "Zoë’s"},
		{"UTF-8 with a byte order mark", "\ufeff" + declaring(`encoding="UTF-8"`), "UTF-8", "Zoë’s"},
		{"ASCII", strings.NewReplacer("ë", "e", "’", "").Replace(declaring(`encoding="us-ascii"`)), "UTF-8", "Zoes"},
		{"ISO-8859-1", encoded(t, charmap.ISO8859_1, latin), "ISO-8859-1", "Zoës"},
		{"windows-1252", encoded(t, charmap.Windows1252, declaring(`encoding="Windows-1252" standalone="yes"`)), "windows-1252", "Zoë’s"},
		{"UTF-16, little end first", encoded(t, little, "\ufeff"+declaring(`encoding="UTF-16"`)), "UTF-16", "Zoë’s"},
		{"UTF-16, big end first", encoded(t, big, "\ufeff"+declaring(`encoding="utf-16"`)), "UTF-16", "Zoë’s"},
		{"UTF-16 without a mark", encoded(t, little, declaring(`encoding="UTF-16LE"`)), "UTF-16", "Zoë’s"},
		{"UTF-16, big end first, without a mark", encoded(t, big, declaring("")), "UTF-16", "Zoë’s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found, head, err := check(strings.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if head.encoding != c.encoding || found.References[0] != c.id {
				t.Errorf("it is read as %s: %q", head.encoding, found.References)
			}
		})
	}
}

func TestEncodingsThatAreRefused(t *testing.T) {
	t.Parallel()
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	sixteen := encoded(t, little, "\ufeff"+declaring(`encoding="UTF-16"`))
	for _, c := range []struct{ name, file, want string }{
		{"one that is not read", declaring(`encoding="EBCDIC-CP-GB"`), `line 1: it declares the encoding "EBCDIC-CP-GB", which is not read: UTF-8 is best`},
		{"one with a name of garbage", declaring("encoding=\"\x01é\""), `it declares the encoding "??"`},
		{"UTF-8 that is declared and is not", declaring(`encoding="UTF-8"`)[:200] + "\xe9" + declaring("")[200:], "it is not valid UTF-8"},
		{"UTF-16 that is declared and is not", declaring(`encoding="UTF-16"`), "it declares UTF-16 but its bytes are not"},
		{"UTF-8 that is declared and is UTF-16", encoded(t, little, "\ufeff"+declaring(`encoding="UTF-8"`)), "it declares UTF-8 but its bytes are not"},
		{"ISO-8859-1 after a mark of UTF-8", "\ufeff" + declaring(`encoding="ISO-8859-1"`), "it declares ISO-8859-1 but its bytes are not"},
		{"UTF-16 with half a character", strings.Replace(sixteen, "Z\x00", "\x00\xd8", 1), "not valid UTF-16"},
		{"UTF-16 that ends in the middle of one", sixteen + "\x20", "not valid UTF-16"},
		{"UTF-32", "\xff\xfe\x00\x00<\x00\x00\x00", "it is in UTF-32"},
		{"UTF-32 without a mark", "\x00\x00\x00<\x00\x00\x00M", "it is in UTF-32"},
		{"a declaration too far down", "<!--" + strings.Repeat(" ", headSize) + "-->" + declaring(`encoding="windows-1252"`), "does not stand where XML wants it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := refusedWhole(t, strings.NewReader(c.file)); !strings.Contains(got, c.want) {
				t.Errorf("it says %q, not %q", got, c.want)
			}
		})
	}
}

// The character that stands for what cannot be read may begin at the end of any buffer.
func TestReplacementsAreFoundWhereverTheyStand(t *testing.T) {
	t.Parallel()
	for n := range 4100 {
		text := strings.Repeat("a", n) + "\uFFFD" + "b"
		if n%257 != 0 && n < 4080 {
			continue
		}
		for _, room := range []int{1, 2, 3, 64, 8192} {
			dst := make([]byte, room)
			src, seen := []byte(text), 0
			for {
				nDst, nSrc, err := noReplacement{}.Transform(dst, src[seen:min(len(src), seen+room+4)], seen+room+4 >= len(src))
				seen += nSrc
				if err != nil && strings.Contains(err.Error(), "UTF-16") {
					break
				}
				if nSrc == 0 && room > 3 {
					t.Fatalf("stuck after %d of %d bytes", seen, len(src))
				}
				if nSrc == 0 {
					break // no room for three bytes: the caller gives more
				}
				if seen >= len(src) {
					t.Fatalf("%d letters before it, %d bytes of room: it was not found (%d)", n, room, nDst)
				}
			}
		}
	}
}

func TestBoundedReadsByteByByteUpToItsBound(t *testing.T) {
	t.Parallel()
	b := &bounded{text: bufio.NewReader(strings.NewReader(strings.Repeat("a", maxToken+1)))}
	if n, err := b.Read(nil); n != 0 || err != nil {
		t.Errorf("into nothing: %d, %v", n, err)
	}
	got := 0
	p := make([]byte, 64)
	for {
		n, err := b.Read(p)
		got += n
		if err != nil {
			break
		}
	}
	if got != maxToken {
		t.Errorf("%d bytes were read", got)
	}
}
