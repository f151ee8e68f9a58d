package casework_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"longstop/casework"
)

// refusing are the packages that refuse events.
var refusing = []string{".", "../admission", "../organisation", "../store"}

// keys are those of an event's line, in which something can be wrong.
var keys = []string{"id", "source", "case", "type", "at", "recorded", "episode", "corrects", "voids", "by", "data"}

// Each place that refuses an event names a kind of refusal, and where in the event it is. Warnings, which keep nothing from being recorded,
// are of no kind.
func TestEveryRefusalHasACodeAndAPlace(t *testing.T) {
	t.Parallel()
	found := 0
	for _, dir := range refusing {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			parsed, err := parser.ParseFile(fset, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range parsed.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok || f.Body == nil {
					continue
				}
				ast.Inspect(f.Body, func(n ast.Node) bool {
					if call, ok := n.(*ast.CallExpr); ok && looksAtRefusal(t, fset, f.Name.Name, call) {
						found++
					}
					return true
				})
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d places were found that refuse events", found)
	}
}

// looksAtRefusal reports whether a call refuses an event, and checks it.
func looksAtRefusal(t *testing.T, fset *token.FileSet, in string, call *ast.CallExpr) bool {
	t.Helper()
	var field, code ast.Expr
	switch fun := call.Fun.(type) {
	case *ast.Ident: // refuse(e, field, code, format, …)
		if fun.Name != "refuse" || len(call.Args) < 4 {
			return false
		}
		field, code = call.Args[1], call.Args[2]
	case *ast.SelectorExpr: // e.Refuse(field, code, reason)
		if fun.Sel.Name != "Refuse" || len(call.Args) != 3 {
			return false
		}
		field, code = call.Args[0], call.Args[1]
	default:
		return false
	}
	doubt := in == "Doubts" || in == "doubtfulKeys"
	if text, is := code.(*ast.BasicLit); is && (text.Value != `""` || !doubt) {
		t.Errorf("%s: the code of the refusal is a text: use a constant of package casework", fset.Position(call.Pos()))
	}
	if text, is := field.(*ast.BasicLit); is {
		name := strings.Trim(text.Value, `"`)
		top, _, _ := strings.Cut(name, ".")
		if name != "" && !slices.Contains(keys, top) {
			t.Errorf("%s: an event has no %q", fset.Position(call.Pos()), name)
		}
	}
	return true
}

func TestEveryCodeIsListedOnce(t *testing.T) {
	t.Parallel()
	sorted := slices.Sorted(slices.Values(casework.Codes))
	if len(slices.Compact(slices.Clone(sorted))) != len(sorted) {
		t.Errorf("a code is listed twice: %v", sorted)
	}
}
