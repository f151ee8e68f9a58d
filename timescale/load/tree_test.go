package load_test

import (
	"strings"
	"testing"

	"longstop/timescale/load"
)

func TestWhatIsNotPlainYAMLIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"an empty file", "", "x.yaml:1: the file is empty"},
		{"a file of comments", "# nothing\n", "x.yaml:1: the file is empty"},
		{"what is not YAML", "pack: [A\n", "x.yaml:1: this is not YAML: "},
		{"what is not UTF-8", "pack: \xff\n", "x.yaml:1: the text is not UTF-8"},
		{"UTF-16", "\xff\xfep\x00", `x.yaml:1: the file is saved as UTF-16 (Notepad and Excel call it "Unicode"): save it again as UTF-8`},
		{"an anchor", "language: 1\npack: &a A\n", "x.yaml:2: anchors (&) are not allowed"},
		{"an alias", "language: 1\npack: *a\n", "x.yaml:2: aliases (*) are not allowed"},
		{"a merge key", "language: 1\npathways: {<<: {}}\n", "x.yaml:2: merge keys (<<) are not allowed"},
		{"a tag", "language: 1\npack: !!str A\n", "x.yaml:2: tags (!) are not allowed"},
		{"a directive", "%YAML 1.2\n---\npack: A\n", "x.yaml:1: directives (%) are not allowed"},
		{"a complex key", "? pack\n: A\n", "x.yaml:1: complex keys (?) are not allowed"},
		{"a second document", "pack: A\n---\npack: B\n", "x.yaml:3: the file holds a second document"},
		{"another way to write true", "events: [{marks: True}]\n", `x.yaml:1: "True": write true or false`},
		{"brackets within brackets", "pack: " + strings.Repeat("[", 30) + "\n", "x.yaml:1: values are nested too deeply"},
		{"entries within entries", strings.Repeat("- ", 30) + "a\n", "x.yaml:1: values are nested too deeply"},
		{"a key too far to the right", "pack:\n" + strings.Repeat(" ", 100) + "a: b\n", "x.yaml:2: a key or an entry stands beyond column 80"},
		{"too many keys", strings.Repeat("a:\n", 10_001), "x.yaml:1: the file has 20002 words and marks; at most 20000 are read"},
		{"a file that is too large", "pack: " + strings.Repeat("a", load.MaxFile), "x.yaml:1: the file has 1048582 bytes; at most 1048576 are read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expectOnly(t, faultsOf(t, load.File{Name: "x.yaml", Text: tt.text}), tt.want)
		})
	}
}

func TestWaysOfWritingThatMakeNoDifference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		file string
	}{
		{"a byte order mark", "\ufeff" + mini},
		{"the line ends of Windows", strings.ReplaceAll(mini, "\n", "\r\n")},
		{"the marks of a document", "---\n" + mini + "...\n"},
		{"quoted texts", strings.NewReplacer("A thing", `"A thing"`, "10 working days", "'10 working days'").Replace(mini)},
		{"folded texts", strings.Replace(mini, "source: An Act", "source: >-\n          An\n          Act", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack, err := load.Files([]load.File{{Name: "mini.yaml", Text: tt.file}})
			if err != nil {
				t.Fatal(err)
			}
			rule := pack.Timescale("XX-01")
			if rule.Title != "A thing" || rule.Editions[0].Source != "An Act" || rule.LimitText() != "10 working days" {
				t.Errorf("got %+v", rule)
			}
		})
	}
}
