// Package load reads rule packs and overlays from YAML.
//
// It is strict: what it does not know it refuses, with the file, the line and the rule,
// and it reports every fault that it finds rather than the first. docs/rules.md says what a
// pack means, docs/rule-language.md how it is written. Conditions are data,
// not expressions: docs/decisions/0001-conditions-as-data.md says why.
package load

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"

	"longstop/timescale"
	"longstop/timescale/packs"
)

// Files loads a whole pack from its files, in whatever order they are named. The error is
// an [*Error] with every fault that was found.
func Files(files []File) (*timescale.Pack, error) {
	pack, found := build(files, nil)
	if err := found.asError(); err != nil {
		return nil, err
	}
	return pack, nil
}

// EmbeddedFiles returns the files of the pack that ships with this program. The list is the caller's own.
func EmbeddedFiles() []File { return slices.Clone(embeddedFiles()) }

var embeddedFiles = sync.OnceValue(func() []File {
	files, err := FS(packs.FS)
	if err != nil {
		panic("load: the embedded pack cannot be read: " + err.Error())
	}
	return files
})

// Embedded is the pack that ships with this program. It is read once and shared: nobody
// changes it. That it has no fault is tested, so it never panics in a program that was
// built from tested sources.
var Embedded = sync.OnceValue(func() *timescale.Pack {
	pack, err := Files(embeddedFiles())
	if err != nil {
		panic("load: the embedded pack is faulty:\n" + err.Error())
	}
	return pack
})

// source is a file of a pack that could be read as YAML.
type source struct {
	name string
	tree *value
}

// builder puts a pack together from its files.
type builder struct {
	files  []source
	newest int // the highest language that a file declares
	pack   *timescale.Pack
	known  *vocabulary
	header origin // where the pack's name stands
	found  faults
}

// build reads files into a pack. Where lend is given, the pathways, events, periods and
// ladders that the files do not define are those of lend, and they need no header.
func build(files []File, lend *timescale.Pack) (*timescale.Pack, faults) {
	hash := hashOf(files)
	b := &builder{pack: &timescale.Pack{
		Hash: hash, Base: hash, FieldPhrases: map[string]timescale.FieldPhrase{}, WordPhrases: map[string]string{},
	}, known: newVocabulary()}
	files = inOrder(files)
	checkNames(files, &b.found)
	for _, f := range files {
		b.open(f)
	}
	if len(b.found) > 0 {
		// The rest would only be told of what these files define and others use.
		return nil, b.found
	}
	if lend != nil {
		b.borrow(lend)
	}
	b.headers(lend != nil)
	b.vocabulary()
	b.pack.Pathways, b.pack.Events, b.pack.Periods = b.known.pathways, b.known.events, b.known.periods
	b.rules()
	b.sound()
	return b.pack, b.found
}

// open reads a file as YAML and checks that this program understands its language.
func (b *builder) open(f File) {
	tree, err := parse([]byte(f.Text))
	var m *syntaxError
	if errors.As(err, &m) {
		b.found.add(f.Name, m.line, "", "%s", m.reason)
		return
	}
	if !b.understands(f.Name, tree) {
		return
	}
	b.files = append(b.files, source{name: f.Name, tree: tree})
}

// understands looks at a file's language before anything else of it: a newer one may have
// keys that this program would call unknown.
func (b *builder) understands(name string, tree *value) bool {
	v := tree.get("language")
	if v == nil {
		return true
	}
	r := &reader{file: name, found: &b.found}
	if _, err := strconv.Atoi(v.text); err != nil {
		r.fault(v, "language is the version of the rule language, a number: write language: %d", timescale.Language)
		return false
	}
	n, ok := r.number(v, "language", 1, 1<<30)
	b.newest = max(b.newest, n)
	if n > timescale.Language {
		r.fault(v, "the file is written in version %d of the rule language, this program understands %d: use a newer program",
			n, timescale.Language)
	}
	return ok && n <= timescale.Language
}

// each calls read with the value of a key in every file that has it.
func (b *builder) each(key string, read func(*reader, *value)) {
	for _, f := range b.files {
		if v := f.tree.get(key); v != nil {
			read(b.reader(f), v)
		}
	}
}

func (b *builder) reader(f source) *reader {
	return &reader{file: f.name, known: b.known, found: &b.found}
}

// defined reports whether any file has a key.
func (b *builder) defined(key string) bool {
	return slices.ContainsFunc(b.files, func(f source) bool { return f.tree.get(key) != nil })
}

// borrow takes from another pack what these files do not define themselves.
func (b *builder) borrow(lend *timescale.Pack) {
	if !b.defined("events") {
		for _, e := range lend.Events {
			e.Fields = slices.Clone(e.Fields)
			b.known.add(e)
		}
	}
	borrowList(b, "pathways", &b.known.pathways, lend.Pathways)
	borrowList(b, "periods", &b.known.periods, lend.Periods)
	borrowList(b, "case_opens", &b.pack.CaseOpens, lend.CaseOpens)
	borrowList(b, "case_ends", &b.pack.CaseEnds, lend.CaseEnds)
	borrowList(b, "ladders", &b.pack.Ladders, lend.Ladders)
	borrowList(b, "calendars", &b.pack.Calendars, lend.Calendars)
	borrowList(b, "terms", &b.pack.Terms, lend.Terms)
	borrowList(b, "publications", &b.pack.Publications, lend.Publications)
	borrowMap(b, "field_phrases", &b.pack.FieldPhrases, lend.FieldPhrases)
	borrowMap(b, "word_phrases", &b.pack.WordPhrases, lend.WordPhrases)
}

func borrowList[T any](b *builder, key string, into *[]T, lent []T) {
	if !b.defined(key) {
		*into = slices.Clone(lent)
	}
}

func borrowMap[T any](b *builder, key string, into *map[string]T, lent map[string]T) {
	if !b.defined(key) {
		*into = maps.Clone(lent)
	}
}

// fileKeys are the keys of a pack's file. They are read one after another over all the
// files, not file by file: rules may stand before the events that they speak of.
var fileKeys = []string{
	"pack", "edition", "language", "pathways", "every_event", "events", "periods",
	"case_opens", "case_ends", "ladders", "calendars", "terms", "publications", "timescales",
	"field_phrases", "word_phrases",
}

// headers reads the pack's name, edition and pathways, which stand in one of its files.
func (b *builder) headers(partial bool) {
	known := keys{}
	for _, k := range fileKeys {
		known[k] = func(*value) {}
	}
	for _, f := range b.files {
		b.reader(f).mapping(f.tree, "a file of a pack", known)
	}
	b.once("pack", func(r *reader, v *value) {
		b.pack.Name, _ = r.text(v, "pack")
		b.header = origin{file: r.file, line: v.line}
	})
	b.once("edition", func(r *reader, v *value) { b.pack.Edition, _ = r.text(v, "edition") })
	b.once("pathways", func(r *reader, v *value) {
		listOf(r, "pathways", &b.known.pathways, func(v *value) (string, bool) { return r.text(v, "a pathway") })(v)
	})
	b.pack.Language = max(b.newest, 1)
	if partial {
		return
	}
	for _, key := range []string{"pack", "edition", "language", "pathways", "events", "case_opens", "case_ends", "ladders"} {
		if !b.defined(key) {
			b.found.add(b.header.file, b.header.line, "", "no file of the pack says %s", key)
		}
	}
}

// once reads a key that only one file of the pack may have.
func (b *builder) once(key string, read func(*reader, *value)) {
	first := ""
	b.each(key, func(r *reader, v *value) {
		if first != "" {
			r.fault(v, "%s stands in %s already: a pack says it once", key, first)
			return
		}
		first = r.file
		read(r, v)
	})
}

// vocabulary reads what the rules speak of.
func (b *builder) vocabulary() {
	b.each("every_event", (*reader).everyEvent)
	b.each("events", (*reader).events)
	b.known.complete()
	b.each("field_phrases", func(r *reader, v *value) { r.fieldPhrases(v, b.pack.FieldPhrases) })
	b.each("word_phrases", func(r *reader, v *value) { r.wordPhrases(v, b.pack.WordPhrases) })
	b.each("periods", (*reader).periods)
	readLists(b, "case_opens", &b.pack.CaseOpens, (*reader).event)
	readLists(b, "case_ends", &b.pack.CaseEnds, (*reader).event)
	readLists(b, "ladders", &b.pack.Ladders, (*reader).ladder)
	readLists(b, "calendars", &b.pack.Calendars, (*reader).calendar)
	readLists(b, "publications", &b.pack.Publications, (*reader).publication)
	readLists(b, "terms", &b.pack.Terms, (*reader).term)
}

// readLists reads the lists that files have under a key, one after another.
func readLists[T any](b *builder, key string, into *[]T, read func(*reader, *value) (T, bool)) {
	b.each(key, func(r *reader, v *value) {
		listOf(r, key, into, func(v *value) (T, bool) { return read(r, v) })(v)
	})
}

// rules reads the timescales, in the order of the pathways.
func (b *builder) rules() {
	readLists(b, "timescales", &b.pack.Timescales, (*reader).timescale)
	for i := range b.pack.Timescales {
		markLocal(&b.pack.Timescales[i])
	}
	sortRules(b.pack)
}

// markLocal: a limit whose status is local is one that no law sets. Where the rule is in
// force without an overlay it is a default, until one sets or confirms it.
func markLocal(t *timescale.Timescale) {
	for i := range t.Editions {
		e := &t.Editions[i]
		e.Local = e.Status == timescale.StatusLocal && len(t.Drift) == 0
		e.Default = e.Local && t.Off == ""
	}
}

func sortRules(p *timescale.Pack) {
	slices.SortStableFunc(p.Timescales, func(a, b timescale.Timescale) int {
		return cmp.Compare(slices.Index(p.Pathways, a.Pathway), slices.Index(p.Pathways, b.Pathway))
	})
}

// sound checks the pack as a whole, and says where what it finds stands.
func (b *builder) sound() {
	for _, f := range b.pack.Faults() {
		if f.File == "" {
			at, ok := b.known.origins[f.Rule]
			if !ok {
				at = b.header // a period or ladder that was borrowed
			}
			f.File, f.Line = at.file, at.line
		}
		b.found = append(b.found, f)
	}
}
