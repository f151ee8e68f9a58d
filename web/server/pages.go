package server

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Pages for people: what the API is, and what each problem means. They are made once, when the program starts, of
// HTML alone: no script, and nothing from elsewhere.

//go:embed pages
var pageFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"indented": indented, "anchor": anchor}).ParseFS(pageFiles, "pages/*.html"))

// pagePolicy lets a page use the style sheet of this program, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// addPages serves the description, a page to read it, and a page for each kind of problem. Operations are complete
// by then.
func (s *Server) addPages() {
	description, err := json.MarshalIndent(s.OpenAPI(), "", "  ")
	if err != nil {
		panic(fmt.Errorf("writing the description of the API: %w", err))
	}
	older, err := s.OpenAPI().Downgrade()
	if err != nil {
		panic(fmt.Errorf("writing the description of the API as OpenAPI 3.0: %w", err))
	}
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		panic(err)
	}
	const openAPI = "application/openapi+json"
	s.addPage("/openapi.json", openAPI, append(description, '\n'))
	s.addPage("/openapi-3.0.json", openAPI, append(older, '\n'))
	s.addPage("/docs", htmlType, page("docs.html", s.reference()))
	s.addPage("/docs/style.css", "text/css; charset=utf-8", style)
	s.addPage("/problems", htmlType, page("problems.html", Kinds()))
	for _, k := range Kinds() {
		s.addPage("/problems/"+k.Name, htmlType, page("problem.html", k))
	}
	s.mux.Handle("GET /{$}", http.RedirectHandler("/docs", http.StatusSeeOther))
}

const htmlType = "text/html; charset=utf-8"

func (s *Server) addPage(path, kind string, text []byte) {
	s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", s.started, bytes.NewReader(text))
	})
}

func page(name string, data any) []byte {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, name, data); err != nil {
		panic(fmt.Errorf("making the page %s: %w", name, err)) // the same at every start
	}
	return text.Bytes()
}

// reference is the description as the page has it.
type reference struct {
	*huma.OpenAPI
	Groups []group
}

// group is the operations on one subject.
type group struct {
	Tag, Description string
	Operations       []*huma.Operation
}

func (s *Server) reference() reference {
	byTag := map[string][]*huma.Operation{}
	for _, path := range s.OpenAPI().Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			tag := "Other"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], op)
		}
	}
	r := reference{OpenAPI: s.OpenAPI()}
	for _, tag := range s.OpenAPI().Tags {
		r.add(group{tag.Name, tag.Description, byTag[tag.Name]})
		delete(byTag, tag.Name)
	}
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		r.add(group{Tag: tag, Operations: byTag[tag]})
	}
	return r
}

// add adds the operations on one subject, in the order of their paths.
func (r *reference) add(g group) {
	slices.SortFunc(g.Operations, func(a, b *huma.Operation) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	r.Groups = append(r.Groups, g)
}

// indented writes a part of the description as JSON.
func indented(v any) (string, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return string(text), err
}

// anchor is where on the page a schema stands that a reference names.
func anchor(ref string) string { return strings.TrimPrefix(ref, "#/components/schemas/") }
