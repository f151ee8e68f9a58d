package load

import (
	"slices"

	"longstop/timescale"
)

// Check finds every fault of files that belong together: those of a pack, overlays, or
// both. None means that they could be adopted.
//
// Pack files need not be a whole pack: the pathways, events, periods and ladders that they
// do not define are those of the pack that ships with this program, and so is the pack
// beneath an overlay where the files do not name one of their own.
func Check(files []File) []Fault {
	found, _ := check(files)
	return found
}

// Warnings finds what is no fault of files that belong together, and may not be meant: a
// change of an overlay without its first day, which says anew of what is over, and a file that changes
// nothing.
func Warnings(files []File) []Fault {
	_, warned := check(files)
	return warned
}

func check(files []File) (all, warned []Fault) {
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
// it. A path that cannot be read is a fault too.
func CheckFiles(paths []string) (found, warned []Fault) {
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
		wrong, doubtful := check(files)
		found, warned = append(found, wrong...), doubtful
	}
	return found, warned
}
