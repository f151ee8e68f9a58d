package v1_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"longstop/api"
	"longstop/intake/cloudevents"
	"longstop/pathway"
	"longstop/service"
	"longstop/timescale"
	v1 "longstop/web/v1"
)

var update = flag.Bool("update", false, "write docs/openapi.json, and the answers of its examples, again")

const descriptionFile = "../../docs/openapi.json"

// description is what the server describes, with a build that does not change.
func (d *door) description() []byte {
	d.Helper()
	answer := d.asks("GET", "/openapi.json", "")
	if answer.status != http.StatusOK {
		d.Fatalf("%d %s", answer.status, answer.text)
	}
	return []byte(answer.text)
}

// Clients are made from docs/openapi.json, and a reviewer sees by its difference what changes for them.
func TestTheDescriptionIsTheOneThatIsKept(t *testing.T) {
	t.Parallel()
	got := newDoor(t).description()
	if *update {
		if err := os.WriteFile(descriptionFile, got, 0o644); err != nil { //nolint:gosec // everybody may read it
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(descriptionFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, kept) {
		t.Error("docs/openapi.json is another: run make openapi and look at its difference")
	}
}

// schemas compiles schemas of a description, and the one of descriptions.
func schemas(tb testing.TB, description []byte) *jsonschema.Compiler {
	tb.Helper()
	meta, err := os.ReadFile(filepath.Join("testdata", "openapi-3.1.json"))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, text := range map[string][]byte{"https://spec.openapis.org/oas/3.1/schema/2026-08-03": meta, "openapi.json": description} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			tb.Fatal(err)
		}
		if err := c.AddResource(name, doc); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

func TestTheDescriptionIsOpenAPI(t *testing.T) {
	t.Parallel()
	text := newDoor(t).description()
	schema, err := schemas(t, text).Compile("https://spec.openapis.org/oas/3.1/schema/2026-08-03")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
}

// described is what of a description the tests look at.
type described struct {
	Tags  []struct{ Name, Description string }
	Paths map[string]map[string]struct {
		OperationID          string
		Tags                 []string
		Summary, Description string
		Parameters           []struct{ Name, In, Description string }
		RequestBody          struct {
			Content map[string]struct{ Schema *shape }
		}
		Responses map[string]struct {
			Description string
			Headers     map[string]*shape
			Content     map[string]struct{ Schema *shape }
		}
	}
	Components struct {
		Schemas map[string]*shape
		Headers map[string]struct{ Description string }
	}
}

// shape is a schema.
type shape struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Description          string
	Enum                 []any
	Properties           map[string]*shape
	Required             []string
	Items                *shape
	AdditionalProperties any
	MaxItems             int
}

func (d *door) described() (out described) {
	d.Helper()
	if err := json.Unmarshal(d.description(), &out); err != nil {
		d.Fatal(err)
	}
	return out
}

func TestEveryOperationIsDescribedAndHasAnExampleThatSucceeds(t *testing.T) {
	t.Parallel()
	list, err := v1.Examples()
	if err != nil {
		t.Fatal(err)
	}
	for path, methods := range newDoor(t).described().Paths {
		for method, op := range methods {
			if op.Summary == "" || op.Description == "" {
				t.Errorf("%s %s has no summary or no description", method, path)
			}
			if !slices.ContainsFunc(list, func(x v1.Example) bool { return x.Operation == op.OperationID && x.Status < 300 }) {
				t.Errorf("%s %s has no example in examples.json", method, path)
			}
		}
	}
}

// shownNotice is the id that the examples show of the notice that they are about.
const shownNotice = "6f1dd3ae-7dec-41d0-8765-00a0c91e6bf6"

// newExamples is a door to the record on which the examples are played, and the notice that they are about.
func newExamples(tb testing.TB) (d *door, notice string) {
	tb.Helper()
	d = newRead(tb)
	d.mustPush(batch(cloud("p5", "C5", "cp_plan.started", "2026-11-02", ""), cloud("w5", "C5", "worker.allocated", "2026-11-02", `{"worker":"W1"}`)))
	d.clock.Set(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))
	d.tell("C5", pathway.ChildProtection)
	sent := gets[api.NoticePage](d, "POST", "/v1/notices:query", `{"case":"C5","state":"sent"}`)
	i := slices.IndexFunc(sent.Notices, func(n api.Notice) bool { return n.To == "M1" })
	if i < 0 {
		tb.Fatalf("%+v", sent)
	}
	return d, sent.Notices[i].ID
}

// shownCalendar is the secret that the examples show of the address of W1's calendar.
var shownCalendar = "lsc_" + strings.Repeat("a", 52)

// secretOfCalendar is what it is.
func (d *door) secretOfCalendar() string { return strings.Split(d.calendar.Address, "/")[3] }

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// cursors are what goes on after a row, whose key is drawn too; and the instants of the wall clock by which versions of events go.
var cursors = []struct {
	found *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`"next":"[A-Za-z0-9_-]+"`), `"next":"ZHV0aWVzADAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMABDUC0xMDpwMQ"`},
	{regexp.MustCompile(`DTSTAMP:\d{8}T\d{6}Z`), "DTSTAMP:20261202T173005Z"},
	{regexp.MustCompile(`LAST-MODIFIED:\d{8}T\d{6}Z`), "LAST-MODIFIED:20261202T173005Z"},
	{regexp.MustCompile(`SEQUENCE:\d+`), "SEQUENCE:29007005"},
	{regexp.MustCompile(`"cursor":"[0-9]+\.[0-9a-f]+"`), `"cursor":"1042.9f3ab2c1"`},
}

// shown is an answer without what differs from run to run: ids that are drawn, and cursors made of them.
func shown(text, notice string) string {
	text = strings.ReplaceAll(text, notice, shownNotice)
	for _, c := range cursors {
		text = c.found.ReplaceAllString(text, c.shown)
	}
	return anyID.ReplaceAllStringFunc(text, func(id string) string {
		if id == shownNotice {
			return id
		}
		return "00000000-0000-4000-8000-000000000000"
	})
}

// Each example is sent, in their order, to a server with a record of its own: what is answered is what the example
// says, and what the schema of the answer allows.
func TestEveryExampleIsAnsweredAsTheDescriptionSays(t *testing.T) {
	t.Parallel()
	d, notice := newExamples(t)
	text := d.description()
	compiler := schemas(t, text)
	where := map[string][2]string{}
	for path, methods := range d.described().Paths {
		for method, op := range methods {
			where[op.OperationID] = [2]string{method, path}
		}
	}
	list, err := v1.Examples()
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		x := &list[i]
		at := where[x.Operation]
		answer := d.play(x, at, notice)
		name := fmt.Sprintf("example %d, %s: %s", i+1, x.Operation, x.Summary)
		if answer.status != x.Status {
			t.Errorf("%s: %d %s", name, answer.status, answer.text)
			continue
		}
		kind, _, err := mime.ParseMediaType(answer.header.Get("Content-Type"))
		if err != nil || kind != x.AnswerFormat() {
			t.Errorf("%s: it is answered as %q", name, kind)
		}
		pointer := "openapi.json#/paths/" + escaped(at[1]) + "/" + at[0] + fmt.Sprintf("/responses/%d/content/", x.Status) + escaped(kind) + "/schema"
		schema, err := compiler.Compile(pointer)
		if err != nil {
			t.Errorf("%s: the description has no schema of the answer: %v", name, err)
			continue
		}
		value := answerValue(t, kind, shown(answer.text, notice))
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: the answer is not as described: %v", name, err)
		}
		switch {
		case len(answer.text) > 10_000 && x.Answer == nil: // it is long
		case *update:
			x.Answer = value
		case !reflect.DeepEqual(plain(t, value), plain(t, x.Answer)):
			t.Errorf("%s: it is answered with\n%s", name, answer.text)
		}
	}
	if *update {
		writeExamples(t, list)
	}
}

// play sends the request of an example.
func (d *door) play(x *v1.Example, at [2]string, notice string) ask {
	d.Helper()
	path := at[1]
	for name, value := range x.Path {
		value = strings.ReplaceAll(value, shownCalendar, d.secretOfCalendar())
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	query := url.Values{}
	for name, value := range x.Query {
		query.Set(name, value)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	headers := []string{}
	for _, name := range slices.Sorted(maps.Keys(x.Headers)) {
		headers = append(headers, name+"="+x.Headers[name])
	}
	body := ""
	if x.Body != nil {
		text, isText := x.Body.(string)
		if !isText {
			written, err := json.Marshal(x.Body)
			if err != nil {
				d.Fatal(err)
			}
			text = string(written)
		}
		body = strings.ReplaceAll(text, shownNotice, notice)
		headers = append(headers, "Content-Type="+x.BodyFormat())
	}
	return d.asks(strings.ToUpper(cmp.Or(at[0], "GET")), path, body, headers...)
}

func escaped(part string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
}

// answerValue is an answer as a value: JSON, or a text.
func answerValue(t *testing.T, kind, text string) any {
	t.Helper()
	if !strings.HasSuffix(kind, "json") {
		return text
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// plain is a value as package json reads it.
func plain(t *testing.T, value any) (out any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func writeExamples(t *testing.T, list []v1.Example) {
	t.Helper()
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(list); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("examples.json", text.Bytes(), 0o644); err != nil { //nolint:gosec // everybody may read it
		t.Fatal(err)
	}
}

// Whoever writes a client has the description alone.
func TestEverythingInTheDescriptionIsDescribed(t *testing.T) {
	t.Parallel()
	all := newDoor(t).described()
	lacks := func(format string, args ...any) { t.Errorf(format+" is not described", args...) }
	subjects := map[string]bool{}
	for _, tag := range all.Tags {
		if subjects[tag.Name] = true; tag.Description == "" {
			lacks("the subject %s", tag.Name)
		}
	}
	for name, header := range all.Components.Headers {
		if header.Description == "" {
			lacks("the header %s", name)
		}
	}
	for path, methods := range all.Paths {
		for method, op := range methods {
			if len(op.Tags) != 1 || !subjects[op.Tags[0]] {
				lacks("the subject %v of %s %s", op.Tags, method, path)
			}
			for _, p := range op.Parameters {
				if p.Description == "" {
					lacks("the parameter %s of %s %s", p.Name, method, path)
				}
			}
			for status, answer := range op.Responses {
				if answer.Description == "" || answer.Description == "OK" {
					lacks("the answer %s of %s %s", status, method, path)
				}
				for name, header := range answer.Headers {
					if header.Description == "" && header.Ref == "" {
						lacks("the header %s of %s %s", name, method, path)
					}
				}
			}
		}
	}
	for name, schema := range all.Components.Schemas {
		for key, property := range schema.Properties {
			if property.Description == "" {
				lacks("%s.%s", name, key)
			}
		}
	}
}

// closedNames are what fields are called whose values are always of a closed list.
var closedNames = []string{
	"state", "state_before", "state_after", "outcome", "kind", "role", "status", "read", "change", "past", "code", "severity", "about", "action",
}

func TestEveryFieldOfAClosedListHasItsValues(t *testing.T) {
	t.Parallel()
	all := newDoor(t).described()
	for name, schema := range all.Components.Schemas {
		for key, property := range schema.Properties {
			rule := name == "LoadedRow" && key == "code" // the Department's
			is := property.Type == "string" && slices.Contains(closedNames, key) && !rule
			if is && len(property.Enum) == 0 {
				t.Errorf("%s.%s has no list of its values", name, key)
			}
		}
	}
}

// A constant that is added to a closed type must not be left out of its list.
func TestEveryClosedListIsWhole(t *testing.T) {
	t.Parallel()
	closed := maps.Clone(api.Closed)
	for _, c := range service.Codes {
		closed[reflect.TypeFor[service.Code]()] = append(closed[reflect.TypeFor[service.Code]()], string(c))
	}
	for typ, values := range closed {
		var constants []any
		dir := filepath.Join("..", "..", strings.TrimPrefix(typ.PkgPath(), "longstop/"))
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				constants = append(constants, constantsOf(t, file, typ.Name())...)
			}
		}
		for _, c := range constants {
			if !slices.Contains(values, c) {
				t.Errorf("the list of %s lacks %q", typ, c)
			}
		}
		// The parts that people have in a case are words of the packs and of organisation, not constants of this type.
		if len(constants) != len(values) && typ != reflect.TypeFor[timescale.Role]() {
			t.Errorf("%s has the constants %q and the list %q", typ, constants, values)
		}
	}
}

// constantsOf are the texts of the constants that a file declares of a type.
func constantsOf(t *testing.T, file, typ string) (values []any) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		name, isName := spec.Type.(*ast.Ident)
		text, isText := spec.Values[0].(*ast.BasicLit)
		if isName && isText && name.Name == typ && text.Kind == token.STRING {
			values = append(values, strings.Trim(text.Value, `"`))
		}
		return true
	})
	return values
}

// Within /v1 fields are added to answers, which no client may refuse; of a request nothing may be lost.
func TestAnswersAreOpenAndRequestsClosed(t *testing.T) {
	t.Parallel()
	all := newDoor(t).described()
	asked := map[string]bool{}
	var visit func(*shape)
	visit = func(s *shape) {
		if s == nil {
			return
		}
		if name, is := strings.CutPrefix(s.Ref, "#/components/schemas/"); is && !asked[name] {
			asked[name] = true
			visit(all.Components.Schemas[name])
		}
		visit(s.Items)
		for _, p := range s.Properties {
			visit(p)
		}
	}
	for path, methods := range all.Paths {
		for method, op := range methods {
			for kind, content := range op.RequestBody.Content {
				if content.Schema == nil || content.Schema.Type == nil && content.Schema.Ref == "" {
					t.Errorf("the body of %s %s as %s has no schema", method, path, kind)
				}
				visit(content.Schema)
			}
		}
	}
	for name, schema := range all.Components.Schemas {
		if closed := schema.AdditionalProperties == false; closed != asked[name] {
			t.Errorf("%s: closed is %v, and part of a request %v", name, closed, asked[name])
		}
	}
}

func TestTheEventOfTheDescriptionHasTheAttributesThatAreTaken(t *testing.T) {
	t.Parallel()
	event := newDoor(t).described().Components.Schemas["Event"]
	if event == nil {
		t.Fatal("the description has no Event")
	}
	taken, needed := cloudevents.Attributes()
	got := slices.DeleteFunc(slices.Collect(maps.Keys(event.Properties)), func(name string) bool { return name == "data" })
	slices.Sort(got)
	slices.Sort(taken)
	slices.Sort(needed)
	slices.Sort(event.Required)
	if !slices.Equal(got, taken) || !slices.Equal(event.Required, needed) {
		t.Errorf("it has %v and needs %v; taken are %v, and needed %v", got, event.Required, taken, needed)
	}
}

// Whoever reads the page sees code as code, what each field is, and where problems are explained.
func TestThePageReadsWell(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	page := d.asks("GET", "/docs", "").text
	outside := regexp.MustCompile(`(?s)<pre.*?</pre>`).ReplaceAllString(page, "")
	if i := strings.Index(outside, "`"); i >= 0 {
		t.Errorf("it shows a grave accent: %s", outside[max(0, i-60):min(len(outside), i+60)])
	}
	for _, want := range []string{
		`<dt><code>outcome</code> text, always there</dt>`, `<a href="/problems/conflict"><code>/problems/conflict</code></a>`, `list of <a href="#Event">Event</a>`,
		`<code>gave_way</code>`, `<dt><code>specversion</code> text, needed</dt>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %s", want)
		}
	}
}
