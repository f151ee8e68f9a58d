package load

import (
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/timescale"
)

// Check finds every fault of files that belong together: those of a pack, overlays, or
// both. None means that they could be adopted.
//
// Pack files need not be a whole pack: the pathways, events, periods and ladders that they
// do not define are those of the pack that ships with this program, and so is the pack
// beneath an overlay where the files do not name one of their own.
func Check(files []File) []Fault {
	found, _ := check(files, 0)
	return found
}

// Warnings finds what is not a fault of files that belong together, and may not be meant: a
// change of an overlay without its first day, which restates what is over, and a file that changes
// nothing; and, where a day is given, each check of the law of these files that is stale on it.
func Warnings(files []File, day calendar.Date) []Fault {
	_, warned := check(files, day)
	return warned
}

// check finds faults and warnings; on no day nothing is stale.
func check(files []File, day calendar.Date) (all, warned []Fault) {
	var pack, overlays []File
	var found faults
	for _, f := range files {
		switch {
		case IsOverlay(f):
			overlays = append(overlays, f)
		case changesRules(f):
			found.add(f.Name, 1, "", "the file does not say overlay, and changes timescales of the pack: add the line %s", headerLines["overlay"])
		default:
			pack = append(pack, f)
		}
	}
	for _, f := range pack {
		if tree, err := parse([]byte(f.Text)); err == nil && tree.get("pack") == nil && !tree.saysSomething() {
			warned = append(warned, Fault{File: f.Name, Line: 1, Reason: "the file changes nothing: it has no timescales, ladders, calendars or terms; " +
				"an overlay begins with the line " + headerLines["overlay"]})
		}
	}
	base, lend := Embedded(), lendTo(pack)
	if len(pack) > 0 {
		own, wrong := build(pack, lend)
		found = append(found, wrong...)
		if len(wrong) == 0 {
			warned = append(warned, staleIn(own, day)...)
		}
		if lend == nil {
			base = own
		}
		if lend == nil && len(wrong) > 0 {
			overlays = nil // what lies over a faulty pack cannot be judged
		}
	}
	for _, f := range overlays {
		o := layOver(base, f)
		found = append(found, o.found...)
		if len(o.found) == 0 { // else it is to be mended first
			warned = append(warned, o.warned...)
		}
	}
	timescale.SortFaults(found)
	timescale.SortFaults(warned)
	return found, warned
}

// staleIn warns of the checks of a pack that are to be made again.
func staleIn(pack *timescale.Pack, day calendar.Date) []Fault {
	var warned faults
	for _, s := range pack.Stale(day) {
		warned.add(s.Rule.File, s.Edition.Line, s.Rule.Ref, "its source was last checked on %s, and %s: check it again, and put what was read and the day into checked",
			s.Edition.Checked.On, s.Why)
	}
	return warned
}

// changesRules reports whether a file without a header speaks of timescales of the pack that
// ships as an overlay does: it does not say what they are.
func changesRules(f File) bool {
	tree, err := parse([]byte(f.Text))
	if err != nil || tree.get("pack") != nil || tree.get("timescales") == nil {
		return false
	}
	return slices.ContainsFunc(tree.get("timescales").items, func(v *value) bool {
		return v.get("title") == nil && v.get("starts") == nil && Embedded().Timescale(v.textOf("ref")) != nil
	})
}

// lendTo is the pack that files lean on: none where one of them has a pack's header, which
// makes them a whole one.
func lendTo(files []File) *timescale.Pack {
	for _, f := range files {
		if tree, err := parse([]byte(f.Text)); err == nil && tree.get("pack") != nil {
			return nil
		}
	}
	return Embedded()
}

// CheckFiles is [Check] and [Warnings] for files of the machine; a folder stands for every .yaml file in
// it. A path that cannot be read is a fault too. The day is that on which checks of the law may be stale.
func CheckFiles(paths []string, day calendar.Date) (found, warned []Fault) {
	var unread faults
	var files []File
	for _, p := range paths {
		read, err := Paths(p)
		if err != nil {
			unread.add(p, 0, "", "%s", err)
			continue
		}
		files = append(files, read...)
	}
	found = unread
	if len(files) > 0 {
		wrong, doubtful := check(files, day)
		found, warned = append(found, wrong...), doubtful
	}
	return found, warned
}

// Fault is one thing that is wrong with a file: see [timescale.Fault].
type Fault = timescale.Fault

// Error is every fault of a pack that was refused, in the order of file and line.
type Error struct{ Faults []Fault }

// Error is one line for each fault.
func (e *Error) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// faults collects what is wrong.
type faults []Fault

func (f *faults) add(file string, line int, rule, format string, args ...any) {
	*f = append(*f, Fault{File: file, Line: line, Rule: rule, Reason: fmt.Sprintf(format, args...)})
}

// asError is nil where nothing is wrong.
func (f faults) asError() error {
	if len(f) == 0 {
		return nil
	}
	timescale.SortFaults(f)
	return &Error{Faults: f}
}
