package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale"
)

// wanted is what 'explain' was asked for: duties of one case.
type wanted struct {
	key     string // of the case in the record; "" of a file
	ref     string // the case's reference
	duty    string // as it was typed; "" for all of the timescale, or of the case
	scale   string // the timescale's ref; "" for all
	pathway string // of a workflow's id; "" for all
}

// lists reports whether only the case was named, so that its duties are listed.
func (w *wanted) lists() bool { return w.duty == "" && w.scale == "" }

func (w *wanted) has(d *casework.Duty) bool {
	if w.duty != "" {
		return strings.EqualFold(d.ID, w.duty)
	}
	return d.Ref == w.scale
}

// none says that the case has nothing that was asked for, and what was perhaps meant.
func (w *wanted) none(plan *casework.Plan, book *casework.Book) error {
	asked := cmp.Or(w.duty, w.scale)
	if len(plan.Duties) == 0 {
		return refusef("%s: case %s has no duties", asked, w.ref)
	}
	var known []string
	for i := range plan.Duties {
		known = append(known, plan.Duties[i].ID)
		if w.duty == "" {
			known[i] = plan.Duties[i].Ref
		}
	}
	if w.duty == "" && book.Pack().Timescale(w.scale) == nil {
		return unknownScale(book.Pack(), w.scale)
	}
	return refusef("%s: case %s has no such duty: 'starter explain %s' lists those that it has%s", asked, w.ref, letter.ShellWord(w.ref), meant(asked, known))
}

func unknownScale(pack *timescale.Pack, ref string) error {
	var known []string
	for i := range pack.Timescales {
		known = append(known, pack.Timescales[i].Ref)
	}
	return refusef("%s: the rule pack has no timescale with that ref: 'starter rules' lists them%s", ref, meant(ref, known))
}

// meant is the end of a refusal that names what was perhaps meant; "" where nothing is near.
func meant(asked string, known []string) string {
	if near := names.Nearest(asked, known); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}

// dutyOrScale reads what names duties within a case: a timescale, or a duty by its name, in
// capital or small letters.
func (w *wanted) dutyOrScale(pack *timescale.Pack, text string) {
	if scale, _, isDuty := strings.Cut(text, ":"); isDuty && scaleOf(pack, scale) != "" {
		w.duty = text
		return
	}
	w.scale = cmp.Or(scaleOf(pack, text), text)
}

// scaleOf is the ref of a timescale, whatever the case of its letters; "" where the pack has none.
func scaleOf(pack *timescale.Pack, text string) string {
	for i := range pack.Timescales {
		if strings.EqualFold(pack.Timescales[i].Ref, text) {
			return pack.Timescales[i].Ref
		}
	}
	return ""
}

// inFile finds what was asked for in a file of events.
func inFile(from *casebook, asked []string, m casework.Moment) (wanted, error) {
	w := wanted{}
	for _, events := range from.cases {
		if ref := events[0].Case; ref == asked[0] || w.ref == "" && strings.EqualFold(ref, asked[0]) {
			w.ref = ref
		}
	}
	if w.ref != "" {
		if len(asked) == 2 {
			w.dutyOrScale(from.book.Pack(), asked[1])
		}
		return w, nil
	}
	if len(asked) == 2 {
		return w, refusef("%s: the file has no event of that case", asked[0])
	}
	w.dutyOrScale(from.book.Pack(), asked[0])
	if w.duty == "" && from.book.Pack().Timescale(w.scale) == nil {
		return w, refusef("%s: the file has no event of a case of that reference, and the rule pack no timescale of that ref", asked[0])
	}
	var found []candidate
	for _, events := range from.cases {
		plan := from.book.Fold(events, m)
		l := localsIn(plan)
		for i := range plan.Duties {
			if d := &plan.Duties[i]; w.has(d) {
				row := d.Row(m.AsOf)
				found = append(found, candidate{ref: d.Case, row: row, stands: l.state(&row)})
			}
		}
	}
	return w, w.only(found)
}

// candidate is a duty that may be meant, in a case.
type candidate struct {
	key, ref string
	row      casework.DutyRow
	stands   string // how the duty does, in words
}

// candidatesShown bounds how many cases are named where many could be meant.
const candidatesShown = 20

// only takes the one case that has what was asked for without one; where several have it, they
// are named.
func (w *wanted) only(found []candidate) error {
	asked := cmp.Or(w.duty, w.scale)
	if len(found) == 0 {
		return refusef("%s: no case has a duty of that name: 'starter duties' lists the duties", asked)
	}
	one := !slices.ContainsFunc(found, func(c candidate) bool { return c.ref != found[0].ref || c.key != found[0].key })
	if one {
		w.key, w.ref = found[0].key, found[0].ref
		return nil
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(rank(a.row.State), rank(b.row.State)) })
	var lines []string
	for i := range found[:min(len(found), candidatesShown)] {
		c := &found[i]
		lines = append(lines, fmt.Sprintf("  starter explain %s %s  (%s)", letter.ShellWord(c.ref), letter.ShellWord(c.row.Duty), c.stands))
	}
	if more := len(found) - candidatesShown; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more: 'starter duties --ref %s' lists them", more, found[0].row.Ref))
	}
	return refusef("%s: several cases have it: name the case too\n%s", asked, strings.Join(lines, "\n"))
}

// rank orders candidates: what is overdue first, then what else is open.
func rank(s casework.State) int {
	switch s {
	case casework.Overdue:
		return 0
	case casework.DueToday:
		return 1
	case casework.Running, casework.Waiting, casework.Paused:
		return 2
	default:
		return 3
	}
}

// wanted finds what was asked for in the record, and notes in the audit what is read.
func (s *session) wanted(source string, asked []string) (wanted, error) {
	w, err := s.find(source, asked)
	if err != nil {
		return w, err
	}
	s.noted = true
	return w, s.record.Note(s.app.ctx, store.AuditRead, w.key)
}

func (s *session) find(source string, asked []string) (wanted, error) {
	w, known, err := s.findCase(source, asked[0])
	switch {
	case err != nil:
		return w, err
	case known && len(asked) == 2:
		w.dutyOrScale(s.record.Book().Pack(), asked[1])
		return w, nil
	case known:
		return w, nil
	case len(asked) == 2:
		return w, unknownCase(store.ErrUnknown, asked[0])
	}
	if w, known, err = s.findNoticed(asked[0]); known || err != nil {
		return w, err
	}
	return s.findAlone(source, asked[0])
}

// findCase finds a case by its reference, its key or the beginning of one, or by a workflow's id.
func (s *session) findCase(source, text string) (w wanted, known bool, err error) {
	name, key, isWorkflow := strings.Cut(text, "/")
	if isWorkflow && slices.Contains(pathway.All, name) {
		w.pathway, text = name, key
	}
	found, err := s.record.FindCases(s.app.ctx, source, text)
	if err != nil || len(found) == 0 {
		return wanted{}, false, err
	}
	if len(found) > 1 {
		return w, false, refusef("%s: %d cases are named so: give the source with --source, or more of the key", text, len(found))
	}
	w.key, w.ref = found[0].Key, found[0].Reference
	return w, true, nil
}

// findNoticed finds the duty of a notice by its id, or by the part of it in an e-mail's subject.
func (s *session) findNoticed(id string) (w wanted, known bool, err error) {
	list, err := s.record.FindNotices(s.app.ctx, id)
	switch {
	case err != nil || len(list) == 0:
		return w, false, err
	case len(list) > 1:
		return w, false, refusef("%s: %d notices begin so: give more of the id, which stands at the end of the letter", id, len(list))
	case list[0].CaseKey == "":
		return w, false, refusef("%s: it is the list of a first load, which names many duties: 'starter explain CASE REF' explains each", id)
	}
	return wanted{key: list[0].CaseKey, ref: list[0].Case, duty: list[0].Duty}, true, nil
}

// findAlone finds a duty or a timescale without its case, where only one case has it.
func (s *session) findAlone(source, text string) (wanted, error) {
	w := wanted{}
	pack := s.record.Book().Pack()
	w.dutyOrScale(pack, text)
	if w.duty == "" && pack.Timescale(w.scale) == nil {
		if strings.Contains(text, "-") && len(text) < 8 {
			return w, unknownScale(pack, text)
		}
		return w, unknownCase(store.ErrUnknown, text)
	}
	if err := s.readsCases(); err != nil {
		return w, err
	}
	scale, _, _ := strings.Cut(cmp.Or(w.scale, w.duty), ":")
	rows, err := s.record.Duties(s.app.ctx, store.DutyFilter{Source: source, Ref: scaleOf(pack, scale)})
	if err != nil {
		return w, err
	}
	l := localsOf(pack, calendar.DateOf(s.app.now()))
	var found []candidate
	for i := range rows {
		if r := &rows[i]; w.duty == "" || strings.EqualFold(r.Duty, w.duty) {
			found = append(found, candidate{key: r.CaseKey, ref: r.Case, row: r.DutyRow, stands: l.state(&r.DutyRow)})
		}
	}
	return w, w.only(found)
}

// ofPathway are the rows of one pathway.
func ofPathway(rows []casework.DutyRow, name string) []casework.DutyRow {
	return slices.DeleteFunc(rows, func(r casework.DutyRow) bool { return r.Pathway != name })
}
