package admission

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/casework"
)

func TestDataThatIsSeenToBeSmallCanBeStored(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"\x00", "<>&", "\u2028", strings.Repeat("\x01", maxData/6), strings.Repeat("a", maxData)}))
	value := rapid.OneOf(rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Map(text, func(s string) any { return s }),
		rapid.Map(rapid.SliceOf(text), func(l []string) any { return l }), rapid.Just(any(nil)), rapid.Just(any(1.5)))
	rapid.Check(t, func(t *rapid.T) {
		d := casework.Data(rapid.MapOf(text, value).Draw(t, "data"))
		if !isSmall(d) {
			return
		}
		written, err := json.Marshal(d)
		if err != nil || len(written) > maxData || strings.Contains(string(written), `\u0000`) {
			t.Fatalf("%d bytes, %v", len(written), err)
		}
	})
}

func TestWhatNearlyEveryEventHoldsIsSeenToBeSmall(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data casework.Data
		want bool
	}{
		"flags, a text and a list":       {casework.Data{"seen": true, "place": "home", "present": []string{"mother", "father"}}, true},
		"a text of a few thousand bytes": {casework.Data{"note": strings.Repeat("a", 10_000)}, true},
		"a text that may be too large":   {casework.Data{"note": strings.Repeat("a", 11_000)}, false},
		"U+0000 in a text":               {casework.Data{"note": "\x00"}, false},
		"U+0000 in a name":               {casework.Data{"\x00": true}, false},
		"U+0000 in a list":               {casework.Data{"present": []string{"mother", "\x00"}}, false},
		"a number":                       {casework.Data{"days": 3}, false},
	} {
		if got := isSmall(tc.data); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
