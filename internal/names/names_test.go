package names_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"longstop/internal/names"
)

func TestBlanksAroundANameAreNoneOfIt(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"C1":                         "C1",
		" C1":                        "C1",
		"C1 \t\r\n":                  "C1",
		"\u00a0C1\u2003\u3000":       "C1", // no-break, em and ideographic space
		"\ufeffC1\u200b \u200d":      "C1", // byte order mark, zero-width space and joiner
		"C 1":                        "C 1",
		"C\u00a01":                   "C 1",
		"C  1":                       "C  1",
		"":                           "",
		" \u200b ":                   "",
		"Rene\u0301e":                "Ren\u00e9e",
		"Ren\u00e9e":                 "Ren\u00e9e",
		"\u212b":                     "\u00c5", // the sign of the ångström is the letter
		"C1\xff":                     "C1\ufffd",
		"\u200eC1":                   "\u200eC1", // no blank: it is refused
		"\u0301C1":                   "\u0301C1",
		"A\u2000B":                   "A B",
		strings.Repeat(" ", 5) + "x": "x",
	} {
		if got := names.Clean(given); got != want {
			t.Errorf("%q is cleaned to %q, want %q", given, got, want)
		}
	}
}

func TestWhatNobodySeesIsAFaultOfAName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"C1":           "",
		"Zoë O’Brien":  "",
		"Łukasz-Żak 3": "",
		"नमस्ते":       "",
		"C\u200b1":     "holds U+200B (zero-width space) as its character 2, which nobody sees: take it out",
		"é\u202eC1":    "U+202E (right-to-left override) as its character 2",
		"\u200eC1":     "U+200E (left-to-right mark) as its character 1",
		"C1\u2066":     "U+2066 as its character 3",
		"C\ufeff1":     "byte order mark",
		"C\n1":         "line break",
		"C\x001":       "U+0000 (null)",
		"C\x7f1":       "U+007F",
		"C\u00ad1":     "soft hyphen",
		"C\u20281":     "line separator",
		"C\u034f1":     "U+034F", // combining grapheme joiner
		"C\u31641":     "U+3164", // Hangul filler
		"C\ufe0f1":     "U+FE0F", // variation selector
		"C\U000e00411": "U+E0041",
		"C\ufffd1":     "replacement of a damaged character",
	} {
		if got := names.Fault(name); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestATextMayHaveLinesButNothingThatForgesIt(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]bool{
		"seen at school,\r\n\tand at home": false,
		"judge 👩\u200d⚖\ufe0f sat":         false,
		"می\u200cخواهم":                    false,
		"\x1b[2Jgone":                      true,
		"a\x00b":                           true,
		"by \u202egnoL adA":                true,
	} {
		if got := names.TextFault(text); (got != "") != wrong {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestTheNameThatSomebodyMayHaveMeant(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, known string
		want        string
	}{
		{"C1042", "C-1042 C-1043 X9", "C-1042"},
		{"c-1042", "C-1042", "C-1042"},
		{"C-1024", "C-1042 C-2042", "C-1042"}, // swapped
		{"C-10422", "C-1042 C-9999", "C-1042"},
		{"W9", "W09 W10", "W09"},
		{"W9", "W8 W1 W2 W3", ""}, // as near to four
		{"W9", "W8 W7", "W7 W8"},
		{"Seen", "seen seen_alone", "seen"},
		{"sene", "seen seen_alone", "seen"},
		{"seen_alnoe", "seen seen_alone", "seen_alone"},
		{"colour", "seen seen_alone", ""},
		{"x", "y z", ""},
		{"X", "x", "x"},
		{"", "a", ""},
		{"C-1042", "C-1042", ""}, // it is known
		{"reassesment", "reassessment open", "reassessment"},
		{"élan12", "elan12", "elan12"},
	} {
		got := names.Near(tt.name, slices.Values(strings.Fields(tt.known)))
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s among %s: %v, want %s", tt.name, tt.known, got, tt.want)
		}
	}
	if got := names.DidYouMean("W9", slices.Values([]string{"W09"})); got != " Did you mean W09?" {
		t.Errorf("got %q", got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add(" C1\u200b")
	f.Add("\u0301 \u00a0e\u0301\ufeff")
	f.Add("\xff\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		once := names.Clean(s)
		if twice := names.Clean(once); twice != once || !utf8.ValidString(once) {
			t.Errorf("%q is cleaned to %q, then to %q", s, once, twice)
		}
		if got := names.Clean(" \u200b" + once + "\u00a0"); got != once {
			t.Errorf("blanks around %q make %q of it", once, got)
		}
		names.Fault(s)
		names.TextFault(s)
	})
}

func BenchmarkNearAmongAHundredThousand(b *testing.B) {
	known := make([]string, 100_000)
	for i := range known {
		known[i] = fmt.Sprintf("C-%07d", i*7)
	}
	for b.Loop() {
		names.Near("C-00O1234", slices.Values(known))
	}
}
