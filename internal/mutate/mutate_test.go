package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/internal/program"
)

const source = `package small

// Least returns the lesser of two numbers.
func Least(a, b int) (least int) {
	if a < b {
		return a
	}
	calls++
	return b
}

var calls int

func late(days int) bool {
	switch {
	case days > 7 && days != 30:
		return true
	default:
		return false
	}
}

func literal() func() string { return func() string { return "x" } }
`

func TestEachKindOfChangeIsFoundAtItsPlace(t *testing.T) {
	t.Parallel()
	list, err := mutationsOf("small.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range list {
		got = append(got, list[i].String())
	}
	want := []string{
		"small.go:5: condition negated: a < b -> !(a < b)",
		"small.go:5: operator swapped: < -> <=",
		"small.go:6: zero returned: a -> *new(int)",
		"small.go:8: statement dropped: calls++",
		"small.go:9: zero returned: b -> *new(int)",
		"small.go:16: condition negated: days > 7 && days != 30 -> !(days > 7 && days != 30)",
		"small.go:16: operator swapped: > -> >=",
		"small.go:16: one more: 7 -> 8",
		"small.go:16: one less: 7 -> 6",
		"small.go:16: operator swapped: && -> ||",
		"small.go:16: operator swapped: != -> ==",
		"small.go:16: one more: 30 -> 31",
		"small.go:16: one less: 30 -> 29",
		"small.go:17: zero returned: true -> *new(bool)",
		`small.go:23: zero returned: func() string { return "x" } -> *new(func() string)`,
		`small.go:23: zero returned: "x" -> *new(string)`,
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("found\n%s\nwant\n%s", a, b)
	}
}

func TestAChangeReplacesItsBytesAlone(t *testing.T) {
	t.Parallel()
	list, err := mutationsOf("small.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		m := &list[i]
		changed := string(m.apply([]byte(source)))
		if changed == source || !strings.HasPrefix(changed, source[:m.from]) || !strings.HasSuffix(changed, source[m.to:]) ||
			len(changed) != len(source)-(m.to-m.from)+len(m.text) {
			t.Errorf("%s: made\n%s", m, changed)
		}
	}
}

// smallModule is a module with one package, whose test looks at the lesser of two numbers only.
func smallModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":   "module small\n\ngo 1.26\n",
		"small.go": source,
		"small_test.go": `package small

import "testing"

func TestLeast(t *testing.T) {
	if Least(1, 2) != 1 || Least(2, 1) != 1 {
		t.Error("not the lesser")
	}
}

func TestNothing(t *testing.T) {}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWhatNoTestNoticesIsListedAndTheFilesStayAsTheyAre(t *testing.T) {
	dir := smallModule(t)
	t.Chdir(dir)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-pkg", ".", "-n", "100", "-seed", "7"}, &out, &errs); code != program.Refused {
		t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
	for _, line := range []string{
		"killed   small.go:5: condition negated: a < b -> !(a < b)",
		"killed   small.go:9: zero returned: b -> *new(int)",
		"SURVIVED small.go:5: operator swapped: < -> <=", // the lesser of two equal numbers is either
		"SURVIVED small.go:8: statement dropped: calls++",
		"SURVIVED small.go:16: one more: 7 -> 8",
	} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("no line %q in\n%s", line, out.String())
		}
	}
	if text, err := os.ReadFile("small.go"); err != nil || string(text) != source {
		t.Errorf("the file was changed, or %v", err)
	}
	out.Reset()
	if code := run(t.Context(), []string{"-pkg", ".", "-n", "2", "-seed", "7", "-run", "Nothing"}, &out, &errs); code != program.Refused ||
		!strings.HasSuffix(out.String(), "0 of 2 changes to . were noticed (seed 7)\n") {
		t.Errorf("exit code %d, by tests that look at nothing:\n%s", code, out.String())
	}
}

func TestTestsThatFailAnywayAreNoMeasure(t *testing.T) {
	dir := smallModule(t)
	t.Chdir(dir)
	if err := os.WriteFile("failing_test.go", []byte("package small\n\nimport \"testing\"\n\nfunc TestFailing(t *testing.T) { t.Error(\"as ever\") }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-pkg", "."}, &out, &errs); code != program.Failed || !strings.Contains(errs.String(), "as ever") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}

func TestWrongUseIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want string }{
		{"", "-pkg is missing"},
		{"-pkg . -n 0", "-n 0: give a number from 1 up"},
		{"-pkg . more", `unexpected argument "more"`},
		{"-pkg . -seed x", "invalid value"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), strings.Fields(tt.args), &out, &errs); code != program.Misused || !strings.Contains(errs.String(), tt.want) {
			t.Errorf("%q: exit code %d: %s", tt.args, code, errs.String())
		}
	}
}
