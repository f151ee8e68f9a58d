package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

func TestAMomentIsADateOrAnInstantWithItsOffset(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "" where it is refused
		"2026-06-05":                        "2026-06-05",
		"2026-06-05T10:00:00+01:00":         "2026-06-05T09:00:00Z",
		"2026-06-05T10:00:00-00:00":         "2026-06-05T10:00:00Z",
		"2026-06-05T10:00:00+14:00":         "2026-06-04T20:00:00Z",
		"2026-06-05T10:00:00-12:00":         "2026-06-05T22:00:00Z",
		"2026-06-05T10:00:00.5Z":            "2026-06-05T10:00:00Z",
		"2026-06-05T10:00:00.999999999999Z": "2026-06-05T10:00:00Z",
		"2026-06-05t10:00:00z":              "2026-06-05T10:00:00Z", // RFC 3339 allows small letters
		"1965-06-05T10:00:00.9Z":            "1965-06-05T10:00:00Z", // cut off, not rounded towards 1970

		"2026-13-05":                 "",
		"2026-06-31":                 "",
		"2026-06-05 ":                "",
		"2026-06-05T10:00:00":        "",
		"2026-06-05T10:00Z":          "",
		"2026-06-05 10:00:00Z":       "",
		"2026-06-05T5:00:00Z":        "",
		"2026-06-05T10:00:00,5Z":     "",
		"2026-06-05T10:00:00.Z":      "",
		"2026-06-05T10:00:00.0":      "",
		"2026-06-05T10:00:00.0+":     "",
		"2026-06-05T10:00:00+14:01":  "",
		"2026-06-05T10:00:00-12:01":  "",
		"2026-06-05T10:00:00+23:59":  "",
		"2026-06-05T10:00:00-99:00":  "",
		"2026-06-05T10:00:00+01:60":  "",
		"2026-06-05T10:00:00+0100":   "",
		"2026-06-05T10:00:00+01":     "",
		"2026-06-05T10:00:00 +01:00": "",
		"2026-06-05T10:00:00Z ":      "",
		"2026-06-05T10:00:00ZZ":      "",
		"2026-06-05T24:00:00Z":       "",
		"2026-06-05T10:60:00Z":       "",
		"2016-12-31T23:59:60Z":       "",
		"2026-06-31T10:00:00Z":       "",
		"2026-6-05T10:00:00Z":        "",
		"+2026-06-05T10:00:00Z":      "",
		"12026-06-05T10:00:00Z":      "",
		"2026-06-05T1é:00:00Z":       "",
		"9999-12-31T23:59:59-01:00":  "", // in the year 10000
		"0001-01-01T00:00:00+01:00":  "", // in the year 0
		"tomorrow":                   "",
		"":                           "",
	} {
		w, err := casework.ParseWhen(text)
		if (err == nil) != (want != "") || err == nil && w.String() != want {
			t.Errorf("%s: %s, %v; want %q", text, w, err, want)
		}
	}
}

func TestAReasonSaysWhichPartOfAnInstantIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-06-05T24:00:00Z":      "hours run from 00 to 23",
		"2016-12-31T23:59:60Z":      "give a leap second as 59",
		"2026-06-31T10:00:00Z":      "June 2026 has days 01 to 30",
		"2026-06-05T10:00:00+14:01": "an offset from UTC that no place has: they run from -12:00 to +14:00",
		"2026-06-05T10:00:00-24:00": "they run from -12:00 to +14:00",
		"2026-06-05T10:00:00+01:60": "minutes (up to 59)",
		"2026-06-05T10:00:00,5Z":    "nor an instant with its offset",
		"2026-06-05T10:00:00":       "nor an instant with its offset",
	} {
		if _, err := casework.ParseWhen(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"2026-06-05", "2026-06-05T10:00:00.5+01:00", "0001-01-01T00:00:00Z", "2026-06-05T10:00:00.", "9999-12-31T23:59:59-23:59"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := casework.ParseWhen(s)
		if err != nil {
			return
		}
		if back, err := casework.ParseWhen(w.String()); err != nil || back != w || w.Day.IsZero() {
			t.Errorf("%q is %s, which reads back as %s, %v", s, w, back, err)
		}
	})
}
