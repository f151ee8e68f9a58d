package load

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"longstop/timescale"
)

// IsOverlay reports whether a file is a council's overlay rather than part of a pack: whether
// it has the key overlay. It is false for a file that cannot be read as YAML.
func IsOverlay(f File) bool {
	tree, err := parse([]byte(f.Text))
	return err == nil && tree.get("overlay") != nil
}

// headerLines are the lines that every overlay has.
var headerLines = map[string]string{"overlay": "overlay: Anytown County Council", "language": "language: 1"}

// exampleFrom stands in examples for the first day on which something holds.
const exampleFrom = "2027-01-04"

// ownNeeds are the keys that every timescale of a council's own has.
const ownNeeds = "title, todo, pathway, starts, met_by and editions"

// Overlay lays a council's own file over a pack: local limits alongside national ones, numbers
// where the pack has none of law, ladders, timescales of the council's own. The pack that
// it is laid over stays as it is. A limit of law is never loosened: an overlay that would
// is refused, as is any other fault, with every fault that was found.
func Overlay(base *timescale.Pack, file File) (*timescale.Pack, []Fault) {
	o := layOver(base, file)
	if len(o.found) > 0 {
		return nil, o.found
	}
	return o.pack, nil
}

func layOver(base *timescale.Pack, file File) *overlay {
	o := &overlay{base: base, pack: overlaid(base, file)}
	o.read(file)
	timescale.SortFaults(o.found)
	timescale.SortFaults(o.warned)
	return o
}

// overlaid is a copy of a pack that an overlay may change, under its own hash.
func overlaid(base *timescale.Pack, file File) *timescale.Pack {
	p := *base
	p.Timescales = slices.Clone(base.Timescales)
	p.Ladders = slices.Clone(base.Ladders)
	p.Calendars = slices.Clone(base.Calendars)
	p.Terms = slices.Clone(base.Terms)
	p.Hash, p.Overlays = chained(base.Hash, file), chained(base.Overlays, file)
	return &p
}

// chained is the hash of an overlay over what has a hash.
func chained(hash string, file File) string {
	sum := sha256.Sum256(append([]byte(hash+"\n"), Bundle([]File{file})...))
	return hex.EncodeToString(sum[:])
}

// overlay is one laying of a file over a pack.
type overlay struct {
	base, pack *timescale.Pack
	named      []string // the refs that the file has spoken of
	found      faults
	warned     faults // what is not a fault, and may not be meant
}

func (o *overlay) read(file File) {
	b := &builder{pack: o.pack, known: newVocabulary()}
	checkNames([]File{file}, &b.found)
	b.open(file)
	if o.found = b.found; len(o.found) > 0 {
		return
	}
	b.borrow(o.base)
	r := &reader{file: file.Name, known: b.known, found: &o.found}
	tree := b.files[0].tree
	r.mapping(tree, "an overlay", keys{
		"overlay":    r.textInto("overlay", &o.pack.Overlay),
		"language":   func(*value) {}, // read when the file was opened
		"timescales": func(v *value) { r.each(v, "timescales", func(v *value) { o.timescale(r, v) }) },
		"ladders":    func(v *value) { r.each(v, "ladders", func(v *value) { o.ladder(r, v) }) },
		"calendars":  func(v *value) { r.each(v, "calendars", func(v *value) { o.calendar(r, v) }) },
		"terms":      listOf(r, "terms", &o.pack.Terms, r.term),
	})
	for _, key := range []string{"overlay", "language"} {
		if tree.get(key) == nil {
			r.found.add(file.Name, 1, "", "the overlay does not say %s: add the line %s", key, headerLines[key])
		}
	}
	if len(o.found) == 0 {
		o.sound(file, b.known.origins)
		o.warnOfNothing(file, tree)
	}
}

// warnOfNothing warns of an overlay that says nothing of the pack beneath it.
func (o *overlay) warnOfNothing(file File, tree *value) {
	if tree.saysSomething() {
		return
	}
	o.warned.add(file.Name, 1, "", "the overlay changes nothing: it has no timescales, ladders, calendars or terms")
}

// saysSomething reports whether a file holds more than single values and empty lists.
func (v *value) saysSomething() bool {
	return slices.ContainsFunc(v.entries, func(e entry) bool { return len(e.value.items) > 0 || len(e.value.entries) > 0 })
}

// calendar adds a calendar of the council's own to those of the pack, or replaces the one of the same name.
func (o *overlay) calendar(r *reader, v *value) {
	own, ok := r.calendar(v)
	if !ok {
		return
	}
	o.pack.Calendars = slices.DeleteFunc(o.pack.Calendars, func(c timescale.OwnCalendar) bool { return c.Name == own.Name })
	o.pack.Calendars = append(o.pack.Calendars, own)
}

// sound checks the pack that results. The one beneath was sound, so what is found is the
// overlay's doing.
func (o *overlay) sound(file File, origins map[string]origin) {
	sortRules(o.pack)
	for _, f := range o.pack.Faults() {
		if f.File == "" {
			at := origins[f.Rule]
			f.File, f.Line = cmp.Or(at.file, file.Name), cmp.Or(at.line, 1)
		}
		o.found = append(o.found, f)
	}
}

// timescale reads a change to a rule of the pack, or a rule of the council's own.
func (o *overlay) timescale(r *reader, v *value) {
	ref := strings.TrimSpace(v.textOf("ref"))
	r = r.within(ref)
	if slices.Contains(o.named, ref) && ref != "" {
		r.fault(v, "the overlay speaks of %s twice: put it in one place", ref)
		return
	}
	o.named = append(o.named, ref)
	i := slices.IndexFunc(o.pack.Timescales, func(t timescale.Timescale) bool { return t.Ref == ref })
	switch {
	case i >= 0:
		o.change(r, v, i)
	case v.kind == mapping && ref == "":
		r.fault(v, "a timescale has no ref: say which timescale of the pack this is about, as in ref: CP-10, in small letters; 'starter rules' lists them")
	case v.kind == mapping && v.get("starts") == nil && v.get("windows") == nil:
		meant := near(ref, o.refs())
		if meant == "" {
			meant = ": 'starter rules' lists them, and one of the council's own also needs " + ownNeeds
		}
		r.fault(v, "the pack has no timescale %q%s", ref, meant)
	default:
		o.own(r, v)
	}
}

func (o *overlay) refs() []string {
	refs := make([]string, len(o.base.Timescales))
	for i, t := range o.base.Timescales {
		refs[i] = t.Ref
	}
	return refs
}

// own adds a timescale of the council's own. Its limit is local, whatever its source.
func (o *overlay) own(r *reader, v *value) {
	t, ok := r.timescale(v)
	if !ok {
		return
	}
	for i := range t.Editions {
		e := &t.Editions[i]
		if e.Status != "" && e.Status != timescale.StatusLocal {
			r.found.add(r.file, e.Line, t.Ref, "a timescale of the council's own is local, and cannot have the status %s", e.Status)
		}
		e.Status = timescale.StatusLocal
	}
	markLocal(&t)
	for i := range t.Editions {
		t.Editions[i].Default = false
	}
	if len(t.Editions) > 0 && t.Editions[0].From.IsZero() {
		o.warnOfNoFrom(r, t.Editions[0].Line, "the first edition", wasNone)
	}
	o.pack.Timescales = append(o.pack.Timescales, t)
}

// warnOfNoFrom warns of what has no first day: it restates what is over.
// effect is what then becomes of the past.
func (o *overlay) warnOfNoFrom(r *reader, line int, what, effect string) {
	o.warned.add(r.file, line, r.rule, "%s has no from, so it holds for all that is over too: %s. "+
		"Add the first day on which it holds, as in from: %s", what, effect, exampleFrom)
}

// What a change without its first day does to the past.
const (
	wasInTime = "what was in time may be shown as late"
	wasThere  = "what was done, missed or is still owed is shown no longer"
	wasNone   = "what nobody had to do then is shown as owed, and as late"
)
