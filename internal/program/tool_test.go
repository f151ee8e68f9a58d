package program

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"testing"
)

func TestAToolEndsWithACodeForWhatWentWrongAndPrintsItUnderItsName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  error
		code int
		text string
	}{
		{nil, Done, ""},
		{flag.ErrHelp, Done, ""},
		{Usagef("--day: missing"), Misused, "makesample: --day: missing\n"},
		{fmt.Errorf("the sample: %w", Usagef("--day: missing")), Misused, "makesample: the sample: --day: missing\n"},
		{errors.New("no space left"), Refused, "makesample: no space left\n"},
	} {
		var stderr bytes.Buffer
		if code := outcome("makesample", tc.err, &stderr); code != tc.code || stderr.String() != tc.text {
			t.Errorf("%v: exit code %d and %q, want %d and %q", tc.err, code, stderr.String(), tc.code, tc.text)
		}
	}
}
