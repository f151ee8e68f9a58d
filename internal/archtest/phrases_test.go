package archtest

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// phrase is a turn that English does not have, or has not used for long, and what to write.
type phrase struct {
	pattern string // a space stands for any blanks, so that it is found over the end of a line
	but     string // matches of this are English after all; "": none
	write   string
}

// phrases lists what reads as translated. Each has been found in this repository.
var phrases = []phrase{
	{`where there (is|are) none`, ``, `"if there is none", "or nil", "if any"`},
	{`\w+ (is|are|was|were) none( \w+)?`, `(?i)^there | (of|other)$`, `what it is instead, or "there is no …": "that does not exist", "an invalid date"`},
	{`besides?`, ``, `"next to" for a place, "as well as", "other than" or "also" for an addition`},
	{`whom`, ``, `"who", or name the person: "the managers told", "who it went to"`},
	{`anew`, ``, `"again", "afresh" or "new"`},
	{`(is|are|be|was|were|been|being) said`, ``, `who says it: "reports", "prints", "the letter says", "is reported"`},
	{`of which (nothing|nobody|none)`, ``, `"that nothing …", "that nobody …"`},
	{`of whom (nothing|nobody|none)`, ``, `"that nothing …", "that nobody …"`},
	{`(it|what|that|which|this) (is|are|was|were) no \w+`, ` (longer|more|such|different|better|worse|earlier|later|less|fewer|one)$`, `"is not a …"`},
	{`says whether`, ``, `"reports whether"`},
	{`the one road`, ``, `what happens: "all case events are written here"`},
	{`nor could`, ``, `"and … could not be …"`},
	{`in the place of`, ``, `"instead of"`},
	{`thereof|therein|whereby|wherein|whereof|thereby|thereupon`, ``, `a plainer word`},
	{`not (known|told|shown) of`, ``, `"not known about"`},
}

// found is a phrase in a file.
type found struct {
	file, text string
	line       int
	phrase
}

func TestNothingReadsAsTranslated(t *testing.T) {
	t.Parallel()
	for _, f := range findPhrases(t) {
		t.Errorf("%s:%d: %q: write %s", f.file, f.line, f.text, f.write)
	}
}

// root is the folder of the repository.
const root = "../.."

// findPhrases returns the phrases in the comments, texts and documents of the repository. What is
// generated, recorded or kept as history is not looked at, nor are texts of others (testdata).
func findPhrases(t *testing.T) []found {
	t.Helper()
	var all []found
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		switch {
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || slices.Contains([]string{"bin", "testdata"}, d.Name())):
			return filepath.SkipDir
		case d.IsDir(), name == "CHANGELOG.md", name == "internal/archtest/phrases_test.go", strings.HasPrefix(name, "docs/law/") && name != "docs/law/left-out.md":
			return nil
		}
		for _, b := range blocksOf(t, path) {
			all = append(all, b.phrases(name)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// block is a text of a file and the line on which it begins.
type block struct {
	text string
	line int
}

// blocksOf returns the texts of a file that people read; none of a file of another kind.
func blocksOf(t *testing.T, path string) []block {
	t.Helper()
	kind := filepath.Ext(path)
	if kind != ".go" && kind != ".md" && kind != ".yaml" && kind != ".yml" && kind != ".txt" && filepath.Base(path) != "Makefile" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if kind == ".go" {
		return goBlocks(t, path, text)
	}
	return []block{{commentMarks.ReplaceAllString(string(text), ""), 1}}
}

// commentMarks are those of YAML, of a Makefile and of Go, which stand between the words of a
// sentence that goes over several lines.
var commentMarks = regexp.MustCompile(`(?m)^[ \t]*(#+|//)[ \t]?`)

// goBlocks returns the comments of a Go file, those on neighbouring lines together, and its texts.
func goBlocks(t *testing.T, path string, text []byte) []block {
	t.Helper()
	files := token.NewFileSet()
	file := files.AddFile(path, -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	var blocks []block
	last := 0 // the line on which the comment before ends
	for {
		pos, tok, lit := s.Scan()
		line := files.Position(pos).Line
		switch tok { //nolint:exhaustive // the other tokens are code
		case token.EOF:
			return blocks
		case token.COMMENT:
			lit = commentMarks.ReplaceAllString(lit, "")
			if last == line-1 && len(blocks) > 0 {
				b := &blocks[len(blocks)-1]
				b.text += "\n" + lit
			} else {
				blocks = append(blocks, block{lit, line})
			}
			last = line + strings.Count(lit, "\n")
		case token.STRING:
			value, err := strconv.Unquote(lit)
			if err != nil {
				t.Fatalf("%s:%d: %v", path, line, err)
			}
			blocks, last = append(blocks, block{value, line}), 0
		}
	}
}

var compiled = func() (list []*regexp.Regexp) {
	for _, p := range phrases {
		list = append(list, regexp.MustCompile(`(?i)\b(`+strings.ReplaceAll(p.pattern, " ", `\s+`)+`)\b`))
	}
	return list
}()

func (b block) phrases(file string) []found {
	var all []found
	for i, p := range phrases {
		for _, at := range compiled[i].FindAllStringIndex(b.text, -1) {
			text := strings.Join(strings.Fields(b.text[at[0]:at[1]]), " ")
			if p.but != "" && regexp.MustCompile(p.but).MatchString(text) {
				continue
			}
			all = append(all, found{file, text, b.line + strings.Count(b.text[:at[0]], "\n"), p})
		}
	}
	return all
}
