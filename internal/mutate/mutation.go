package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutation is one change of a file: the bytes from one offset to another are replaced.
type mutation struct {
	path       string
	line       int
	from, to   int
	text       string // instead of those bytes
	kind       string // "condition negated"
	was        string // the bytes, in one line
	afterwards string // the text, in one line
}

// String names the place of the change and what it does.
func (m *mutation) String() string {
	if m.text == "" {
		return fmt.Sprintf("%s:%d: %s: %s", m.path, m.line, m.kind, m.was)
	}
	return fmt.Sprintf("%s:%d: %s: %s -> %s", m.path, m.line, m.kind, m.was, m.afterwards)
}

// apply returns the text of the file with the change.
func (m *mutation) apply(source []byte) []byte {
	return slices.Concat(source[:m.from], []byte(m.text), source[m.to:])
}

// mutations returns every change that can be made to the files of a folder that are compiled here, tests
// aside, in the order of the files and lines.
func mutations(dir string) ([]mutation, error) {
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the package: %w", err)
	}
	var all []mutation
	for _, name := range pkg.GoFiles {
		path := filepath.Join(dir, name)
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		list, err := mutationsOf(path, source)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// mutationsOf returns the changes that can be made to one file.
func mutationsOf(path string, source []byte) ([]mutation, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{path: path, source: source, file: positions.File(file.Pos())}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			f.function(fn.Type, fn.Body)
		}
	}
	slices.SortStableFunc(f.found, func(a, b mutation) int { return a.from - b.from })
	return f.found, nil
}

// finder collects the changes that can be made to one file.
type finder struct {
	path   string
	source []byte
	file   *token.File
	found  []mutation
}

// replace notes that a node can be replaced by a text.
func (f *finder) replace(kind string, from, to token.Pos, text string) {
	m := mutation{path: f.path, line: f.file.Line(from), from: f.file.Offset(from), to: f.file.Offset(to), text: text, kind: kind}
	m.was, m.afterwards = oneLine(string(f.source[m.from:m.to])), oneLine(text)
	f.found = append(f.found, m)
}

func (f *finder) textOf(n ast.Node) string {
	return string(f.source[f.file.Offset(n.Pos()):f.file.Offset(n.End())])
}

// longest is how much of a line is shown.
const longest = 100

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// function looks through a function, whose literals have results of their own.
func (f *finder) function(kind *ast.FuncType, body *ast.BlockStmt) {
	zeros := f.zeros(kind)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			f.function(n.Type, n.Body)
			return false
		case *ast.IfStmt:
			f.negate(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				f.negate(n.Cond)
			}
		case *ast.SwitchStmt:
			f.cases(n)
		case *ast.ReturnStmt:
			f.result(n, zeros)
		case *ast.ExprStmt:
			f.replace("statement dropped", n.Pos(), n.End(), "")
		case *ast.IncDecStmt:
			f.replace("statement dropped", n.Pos(), n.End(), "")
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				f.replace("statement dropped", n.Pos(), n.End(), "")
			}
		case *ast.BinaryExpr:
			f.operator(n)
		case *ast.BasicLit:
			f.number(n)
		}
		return true
	})
}

func (f *finder) negate(condition ast.Expr) {
	f.replace("condition negated", condition.Pos(), condition.End(), "!("+f.textOf(condition)+")")
}

// cases negates the conditions of a switch without a tag.
func (f *finder) cases(s *ast.SwitchStmt) {
	if s.Tag != nil {
		return
	}
	for _, c := range s.Body.List {
		if clause, ok := c.(*ast.CaseClause); ok {
			for _, condition := range clause.List {
				f.negate(condition)
			}
		}
	}
}

// zeros returns the zero values of a function's results as Go; "" if it has none.
func (f *finder) zeros(kind *ast.FuncType) string {
	if kind.Results == nil {
		return ""
	}
	var list []string
	for _, field := range kind.Results.List {
		for range max(1, len(field.Names)) {
			list = append(list, "*new("+f.textOf(field.Type)+")")
		}
	}
	return strings.Join(list, ", ")
}

// result lets a return give zeros, unless it does.
func (f *finder) result(r *ast.ReturnStmt, zeros string) {
	isZero := func(x ast.Expr) bool { return slices.Contains([]string{"nil", "false", "0", `""`}, f.textOf(x)) }
	if len(r.Results) == 0 || !slices.ContainsFunc(r.Results, func(x ast.Expr) bool { return !isZero(x) }) {
		return
	}
	f.replace("zero returned", r.Results[0].Pos(), r.Results[len(r.Results)-1].End(), zeros)
}

// swapped is what each operator is replaced by.
var swapped = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD,
}

func (f *finder) operator(x *ast.BinaryExpr) {
	if other, ok := swapped[x.Op]; ok {
		f.replace("operator swapped", x.OpPos, x.OpPos+token.Pos(len(x.Op.String())), other.String())
	}
}

// number adds one to a whole number, and takes one from it.
func (f *finder) number(x *ast.BasicLit) {
	n, err := strconv.Atoi(x.Value)
	if x.Kind != token.INT || err != nil {
		return
	}
	f.replace("one more", x.Pos(), x.End(), strconv.Itoa(n+1))
	f.replace("one less", x.Pos(), x.End(), strconv.Itoa(n-1))
}
