package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale"
)

// Question is what is to be explained.
type Question struct {
	// Of is a case and one of its timescales or duties; or a case, a duty, a notice or a timescale alone.
	Of     []string
	Source string // of the case; "" for any
	View
}

// Answer explains duties, or lists those of a case where only the case was named.
type Answer struct {
	Case         string // its reference
	Explanations []*casework.Explanation
	Listed       []casework.DutyRow // nil where duties are explained
	Plan         *casework.Plan     // of the case
}

// Explain explains duties of a file of events.
func (o Offline) Explain(cases *Cases, q Question) (*Answer, error) {
	m, err := o.momentOf(q)
	if err != nil {
		return nil, err
	}
	want, err := inFile(cases, q.Of, m)
	if err != nil {
		return nil, err
	}
	events := cases.of(want.ref)
	plan := cases.Book.Fold(events, m)
	return want.answer(plan, cases.Book.Explainer(plan, events, nil), cases.Book, nil)
}

// momentOf is the moment of a question: what was known at an instant is shown as of that instant, unless another is
// named.
func (o Offline) momentOf(q Question) (casework.Moment, error) {
	if q.AsOf.Day.IsZero() {
		q.AsOf = q.KnownAt
	}
	return o.moment(q.View)
}

// Explain explains duties that the record holds, with the notices that were sent and what adopted laws changed.
func (s *Service) Explain(ctx context.Context, q Question) (answer *Answer, err error) {
	err = s.reads(ctx, func(u *use) (err error) {
		answer, err = u.explain(ctx, q)
		return err
	})
	return answer, err
}

func (u *use) explain(ctx context.Context, q Question) (*Answer, error) {
	if u.record.Book() == nil {
		return nil, store.ErrNotMigrated
	}
	o, err := u.offline(ctx)
	if err != nil {
		return nil, err
	}
	m, err := o.momentOf(q)
	if err != nil {
		return nil, err
	}
	want, err := u.find(ctx, o, q)
	if err != nil {
		return nil, err
	}
	u.noted = true
	if err := u.record.Note(ctx, store.AuditRead, want.key); err != nil {
		return nil, err
	}
	x, err := u.record.Explain(ctx, want.key, m)
	if err != nil {
		return nil, unknownCase(err, want.ref)
	}
	e := x.Book.Explainer(x.Plan, x.Events, x.Told())
	e.Names, e.FromRecord, e.Law = x.Name, true, lawChanges(x.Book, x.Law)
	return want.answer(x.Plan, e, x.Book, func(d *casework.Explanation) {
		d.Notices = explainedNotices(x, d)
		if remark := lawOfLater(x); remark != "" {
			d.Remarks = append(d.Remarks, remark)
		}
	})
}

// wanted is what was asked for: duties of one case.
type wanted struct {
	key     string // of the case in the record; "" of a file
	ref     string // the case's reference
	duty    string // as it was typed; "" for all of the timescale, or of the case
	scale   string // the timescale's ref; "" for all
	pathway string // of a workflow's id; "" for all
}

// answer lists the duties of a case where only that was named, and explains those that were asked for otherwise. more
// adds to each what is known besides; it may be nil.
func (w *wanted) answer(plan *casework.Plan, e *casework.Explainer, book *casework.Book, more func(*casework.Explanation)) (*Answer, error) {
	a := &Answer{Case: w.ref, Plan: plan}
	if w.duty == "" && w.scale == "" {
		a.Listed = (&Plans{[]*casework.Plan{plan}, plan.AsOf}).Rows()
		if w.pathway != "" {
			a.Listed = slices.DeleteFunc(a.Listed, func(r casework.DutyRow) bool { return r.Pathway != w.pathway })
		}
		return a, nil
	}
	for i := range plan.Duties {
		if w.has(&plan.Duties[i]) {
			x := e.Explain(plan.Duties[i].ID)
			if more != nil {
				more(x)
			}
			a.Explanations = append(a.Explanations, x)
		}
	}
	if len(a.Explanations) == 0 {
		return nil, w.missing(plan, book.Pack())
	}
	return a, nil
}

func (w *wanted) has(d *casework.Duty) bool {
	if w.duty != "" {
		return strings.EqualFold(d.ID, w.duty)
	}
	return d.Ref == w.scale
}

// missing refuses what the case has nothing of, and names what was perhaps meant.
func (w *wanted) missing(plan *casework.Plan, pack *timescale.Pack) error {
	asked := cmp.Or(w.duty, w.scale)
	if len(plan.Duties) == 0 {
		return Refusef("%s: case %s has no timescales", asked, w.ref)
	}
	if w.duty == "" && pack.Timescale(w.scale) == nil {
		return unknownScale(pack, w.scale)
	}
	known := make([]string, len(plan.Duties))
	for i := range plan.Duties {
		known[i] = plan.Duties[i].ID
		if w.duty == "" {
			known[i] = plan.Duties[i].Ref
		}
	}
	return refused(&DutyError{Asked: asked, Case: w.ref, Meant: meant(asked, known)})
}

// DutyError refuses a duty or timescale that a case does not have.
type DutyError struct {
	Asked, Case string
	Meant       string // see Error.Meant
}

func (e *DutyError) Error() string {
	return fmt.Sprintf("%s: case %s has no such timescale%s", e.Asked, e.Case, e.Meant)
}

func unknownScale(pack *timescale.Pack, ref string) error {
	var known []string
	for i := range pack.Timescales {
		known = append(known, pack.Timescales[i].Ref)
	}
	return unknownTimescale(ref, meant(ref, known))
}

// meant is the end of a refusal that names what was perhaps meant; "" where nothing is near.
func meant(asked string, known []string) string {
	if near := names.Nearest(asked, known); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}

// dutyOrScale reads what names duties within a case: a timescale, or a duty by its name, in capital or small letters.
func (w *wanted) dutyOrScale(pack *timescale.Pack, text string) {
	if scale, _, isDuty := strings.Cut(text, ":"); isDuty && scaleOf(pack, scale) != "" {
		w.duty = text
		return
	}
	w.scale = cmp.Or(scaleOf(pack, text), text)
}

// scaleOf is the ref of a timescale, whatever the case of its letters; "" where the pack does not have it.
func scaleOf(pack *timescale.Pack, text string) string {
	for i := range pack.Timescales {
		if strings.EqualFold(pack.Timescales[i].Ref, text) {
			return pack.Timescales[i].Ref
		}
	}
	return ""
}

// inFile finds what was asked for in a file of events.
func inFile(from *Cases, asked []string, m casework.Moment) (wanted, error) {
	w := wanted{}
	pack := from.Book.Pack()
	for _, events := range from.Cases {
		if ref := events[0].Case; ref == asked[0] || w.ref == "" && strings.EqualFold(ref, asked[0]) {
			w.ref = ref
		}
	}
	if w.ref != "" {
		if len(asked) == 2 {
			w.dutyOrScale(pack, asked[1])
		}
		return w, nil
	}
	if len(asked) == 2 {
		return w, Refusef("%s: the file has no event of that case", asked[0])
	}
	w.dutyOrScale(pack, asked[0])
	if w.duty == "" && pack.Timescale(w.scale) == nil {
		return w, Refusef("%s: the file has no event of a case of that reference, and the rule pack no timescale of that ref", asked[0])
	}
	var found []Candidate
	for _, events := range from.Cases {
		plan := from.Book.Fold(events, m)
		for i := range plan.Duties {
			if d := &plan.Duties[i]; w.has(d) {
				found = append(found, Candidate{Case: d.Case, Row: d.Row(m.AsOf), Edition: d.Edition})
			}
		}
	}
	return w, w.only(found, calendar.DateOf(m.AsOf))
}

// Candidate is a duty that may be meant, in a case.
type Candidate struct {
	Case    string // its reference
	Row     casework.DutyRow
	Edition *timescale.Edition // that governs the duty; nil where the pack has it no more

	key string
}

// CandidatesError refuses a duty or timescale that several cases have.
type CandidatesError struct {
	Asked string
	Found []Candidate // what is overdue first
	Today calendar.Date
}

func (e *CandidatesError) Error() string {
	return e.Asked + ": several cases have it: name the case too"
}

// only takes the one case that has what was asked for without one; where several have it, they are the error.
func (w *wanted) only(found []Candidate, today calendar.Date) error {
	asked := cmp.Or(w.duty, w.scale)
	if len(found) == 0 {
		return refusef(UnknownDuty, "%s: no case has a timescale of that name", asked)
	}
	if !slices.ContainsFunc(found, func(c Candidate) bool { return c.Case != found[0].Case || c.key != found[0].key }) {
		w.key, w.ref = found[0].key, found[0].Case
		return nil
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return cmp.Compare(urgency(a.Row.State), urgency(b.Row.State)) })
	return refused(&CandidatesError{Asked: asked, Found: found, Today: today})
}

// urgency orders candidates: what is overdue first, then what else is open.
func urgency(s casework.State) int {
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

// find finds what was asked for in the record.
func (u *use) find(ctx context.Context, o Offline, q Question) (wanted, error) {
	w, known, err := u.findCase(ctx, q.Source, q.Of[0])
	switch {
	case err != nil:
		return w, err
	case known && len(q.Of) == 2:
		w.dutyOrScale(u.record.Book().Pack(), q.Of[1])
		return w, nil
	case known:
		return w, nil
	case len(q.Of) == 2:
		return w, unknownCase(store.ErrUnknown, q.Of[0])
	}
	if w, known, err = u.findNoticed(ctx, q.Of[0]); known || err != nil {
		return w, err
	}
	return u.findAlone(ctx, o, q.Source, q.Of[0])
}

// findCase finds a case by its reference, its key or the beginning of one, or by a workflow's id.
func (u *use) findCase(ctx context.Context, source, text string) (w wanted, known bool, err error) {
	name, key, isWorkflow := strings.Cut(text, "/")
	if isWorkflow && slices.Contains(pathway.All, name) {
		w.pathway, text = name, key
	}
	found, err := u.record.FindCases(ctx, source, text)
	if err != nil || len(found) == 0 {
		return wanted{}, false, err
	}
	if len(found) > 1 {
		return w, false, refusef(SeveralCases, "%s: %d cases are named so", text, len(found))
	}
	w.key, w.ref = found[0].Key, found[0].Reference
	return w, true, nil
}

// findNoticed finds the duty of a notice by its id, or by the part of it in an e-mail's subject.
func (u *use) findNoticed(ctx context.Context, id string) (w wanted, known bool, err error) {
	list, err := u.record.FindNotices(ctx, id)
	switch {
	case err != nil || len(list) == 0:
		return w, false, err
	case len(list) > 1:
		return w, false, Refusef("%s: %d notices begin so: give more of the id, which stands at the end of the letter", id, len(list))
	case list[0].CaseKey == "":
		return w, false, refusef(ListNotice, "%s: it is the list of a first load, which names many timescales", id)
	}
	return wanted{key: list[0].CaseKey, ref: list[0].Case, duty: list[0].Duty}, true, nil
}

// findAlone finds a duty or a timescale without its case, where only one case has it.
func (u *use) findAlone(ctx context.Context, o Offline, source, text string) (wanted, error) {
	w := wanted{}
	pack := u.record.Book().Pack()
	w.dutyOrScale(pack, text)
	if w.duty == "" && pack.Timescale(w.scale) == nil {
		if strings.Contains(text, "-") && len(text) < 8 {
			return w, unknownScale(pack, text)
		}
		return w, unknownCase(store.ErrUnknown, text)
	}
	if err := u.readsCases(ctx); err != nil {
		return w, err
	}
	scale, _, _ := strings.Cut(cmp.Or(w.scale, w.duty), ":")
	rows, err := u.record.Duties(ctx, store.DutyFilter{Source: source, Ref: scaleOf(pack, scale)})
	if err != nil {
		return w, err
	}
	var found []Candidate
	for i := range rows {
		if r := &rows[i]; w.duty == "" || strings.EqualFold(r.Duty, w.duty) {
			found = append(found, Candidate{Case: r.Case, Row: r.DutyRow, Edition: EditionOf(pack, &r.DutyRow), key: r.CaseKey})
		}
	}
	return w, w.only(found, calendar.DateOf(o.Now))
}

// EditionOf returns the edition that governs a duty of the record, which is that of its start; nil where the pack has
// no such timescale any more.
func EditionOf(pack *timescale.Pack, r *casework.DutyRow) *timescale.Edition {
	started, err := casework.ParseWhen(r.Started)
	if rule := pack.Timescale(r.Ref); rule != nil && err == nil {
		return rule.EditionOn(started.Day)
	}
	return nil
}
