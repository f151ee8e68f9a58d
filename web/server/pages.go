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

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"indented": indented, "anchor": anchor, "prose": prose, "shape": shapeOf, "presence": presence, "values": valuesOf,
}).ParseFS(pageFiles, "pages/*.html"))

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

// prose is a text of the description, of which what stands between grave accents is code; the address of a problem leads to its page.
func prose(text string) template.HTML {
	var html strings.Builder
	for i, part := range strings.Split(text, "`") {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		if strings.HasPrefix(part, "<code>/problems/") {
			part = `<a href="` + strings.TrimSuffix(strings.TrimPrefix(part, "<code>"), "</code>") + `">` + part + "</a>"
		}
		html.WriteString(part)
	}
	return template.HTML(html.String()) //nolint:gosec // each part is escaped
}

// shape is what a schema is, in a few words, and the schema that it names.
type shape struct{ Is, Ref string }

func shapeOf(s *huma.Schema) shape {
	switch {
	case s == nil:
		return shape{}
	case s.Ref != "":
		return shape{Ref: anchor(s.Ref)}
	case s.Type == huma.TypeArray && s.Items != nil:
		of := shapeOf(s.Items)
		if of.Ref == "" {
			return shape{Is: "list of " + of.Is}
		}
		return shape{"list of", of.Ref}
	case s.Type == huma.TypeString && s.Format != "":
		return shape{Is: s.Format}
	case s.Type == huma.TypeString:
		return shape{Is: "text"}
	default:
		return shape{Is: s.Type}
	}
}

// presence says that a property is needed in a request, which is closed, or always there in an answer; "" where it may be left out.
func presence(s *huma.Schema, property string) string {
	switch {
	case !slices.Contains(s.Required, property):
		return ""
	case s.AdditionalProperties == false:
		return ", needed"
	default:
		return ", always there"
	}
}

// valuesOf are the values that a property, or each of its list, can have, where they are listed.
func valuesOf(s *huma.Schema) []any {
	if s.Items != nil && s.Enum == nil {
		return s.Items.Enum
	}
	return s.Enum
}

// anchor is where on the page a schema stands that a reference names.
func anchor(ref string) string { return strings.TrimPrefix(ref, "#/components/schemas/") }
