package textfile_test

import (
	"errors"
	"testing"

	"longstop/internal/textfile"
)

func TestAFileIsReadWithoutItsByteOrderMark(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   "",
		"a":                  "a",
		"\ufeff":             "",
		"\ufeff{\"a\":1}":    "{\"a\":1}",
		"\ufeff\ufeffa":      "\ufeffa", // one mark belongs before a text, another is part of it
		"Zoë":                "Zoë",
		"ab\x00":             "ab\x00",
		"\x00\x00 is no one": "\x00\x00 is no one",
	} {
		got, err := textfile.UTF8([]byte(text))
		if err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestUTF16IsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"little endian with its mark": "\xff\xfe{\x00}\x00",
		"big endian with its mark":    "\xfe\xff\x00{\x00}",
		"little endian":               "{\x00}\x00",
		"big endian":                  "\x00{\x00}",
		"nothing but a mark":          "\xff\xfe",
	} {
		if got, err := textfile.UTF8([]byte(text)); !errors.Is(err, textfile.ErrUTF16) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
