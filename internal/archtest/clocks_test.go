package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pure are the packages whose functions depend on nothing but what is handed to them.
var pure = []string{"calendar", "timescale", "english", "casework", "organisation", "admission", "internal/names", "internal/jsonkeys", "pathway", "intake", "intake/cincensus", "intake/cloudevents", "intake/formats", "intake/people", "workflows", "pathway/attributes", "access", "notify/bounce", "notify/icalendar", "notify/markdown"}

// hidden are the ways in which package time reads the machine. workflowcheck does not
// flag Local and LoadLocation, and looks at workflows only.
var hidden = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local"}

func TestPurePackagesReadNoClock(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, name := range pure {
		p := packages[name]
		for _, file := range p.GoFiles {
			for _, use := range usesOfTime(t, filepath.Join(p.Dir, file)) {
				t.Errorf("%s uses %s: hand the instant in", name, use)
			}
		}
	}
}

// usesOfTime lists the uses of package time's clock and local zone in a file.
func usesOfTime(t *testing.T, path string) []string {
	t.Helper()
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var uses []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains(hidden, selector.Sel.Name) {
			return true
		}
		if on, ok := selector.X.(*ast.Ident); ok && on.Name == "time" {
			uses = append(uses, "time."+selector.Sel.Name+" at "+shorten(positions.Position(n.Pos())))
		}
		return true
	})
	return uses
}

func shorten(p token.Position) string {
	p.Filename = filepath.Base(p.Filename)
	return strings.TrimSpace(p.String())
}
