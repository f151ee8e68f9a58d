package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
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
	Listed       []api.PlannedDuty // nil where duties are explained
	Plan         *casework.Plan    // of the case
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
// adds to each what is also known; it may be nil.
func (w *wanted) answer(plan *casework.Plan, e *casework.Explainer, book *casework.Book, more func(*casework.Explanation)) (*Answer, error) {
	a := &Answer{Case: w.ref, Plan: plan}
	if w.duty == "" && w.scale == "" {
		a.Listed = (&Plans{[]*casework.Plan{plan}, plan.AsOf}).Rows()
		if w.pathway != "" {
			a.Listed = slices.DeleteFunc(a.Listed, func(r api.PlannedDuty) bool { return r.Pathway != w.pathway })
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
				found = append(found, Candidate{Case: d.Case, Row: api.PlannedDutyOf(d.Row(m.AsOf)), Edition: d.Edition})
			}
		}
	}
	return w, w.only(found, calendar.DateOf(m.AsOf))
}

// Candidate is a duty that may be meant, in a case.
type Candidate struct {
	Case    string // its reference
	Row     api.PlannedDuty
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
		return w, false, severalCases(text, len(found))
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
		return w, false, Refusef("%s: %s", id, severalNotices(list))
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
			row := api.PlannedDutyOf(r.DutyRow)
			found = append(found, Candidate{Case: r.Case, Row: row, Edition: EditionOf(pack, &row), key: r.CaseKey})
		}
	}
	return w, w.only(found, calendar.DateOf(o.Now))
}

// EditionOf returns the edition that governs a duty of the record, which is that of its start; nil where the pack has
// no such timescale any more.
func EditionOf(pack *timescale.Pack, r *api.PlannedDuty) *timescale.Edition {
	started, err := casework.ParseWhen(r.Started)
	if rule := pack.Timescale(r.Ref); rule != nil && err == nil {
		return rule.EditionOn(started.Day)
	}
	return nil
}

// explainedNotices returns what was sent about a duty, in order: the notices as they were sent, and the lists
// on which it stood.
func explainedNotices(x *store.Explained, d *casework.Explanation) []casework.ExplainedNotice {
	var list []casework.ExplainedNotice
	for i := range x.Notices {
		if n := &x.Notices[i]; n.Duty == d.Duty {
			list = append(list, receipt(x.Book, n, x.Name(n.To, calendar.DateOf(n.At))))
		}
	}
	for i := range x.Listed {
		if l := &x.Listed[i]; stoodOn(l, d) {
			list = append(list, listReceipt(l, x.Name(l.To, calendar.DateOf(l.At))))
		}
	}
	slices.SortStableFunc(list, func(a, b casework.ExplainedNotice) int { return cmp.Compare(a.At, b.At) })
	return list
}

// stoodOn reports whether a duty is the one on a list. A list of an earlier release does not say
// which of a timescale's duties it means: then it is the one that had the date.
func stoodOn(l *store.Listed, d *casework.Explanation) bool {
	if l.Duty != "" {
		return l.Duty == d.Duty
	}
	had := d.DueDate == l.ListedDue || slices.ContainsFunc(d.Changes, func(c casework.FactChange) bool { return c.DueBefore == l.ListedDue })
	return l.Ref == d.Ref && had
}

// explainedNotice is a notice of the record without its words.
func explainedNotice(n *store.NoticeRow) casework.ExplainedNotice {
	t := casework.ExplainedNotice{
		At: instantText(n.At), Kind: n.Kind, Rung: n.Rung, Role: timescale.Role(n.Role), Due: n.Due, ID: n.ID, To: n.To,
		State: n.State, Channel: n.Channel, Reason: n.Reason,
	}
	if n.SentAt != nil {
		t.SentAt = instantText(*n.SentAt)
	}
	return t
}

// receipt is "Mon 7 Dec 2026 09:00 GMT  escalation to Carys Plover (team manager), 1 working day
// after the due date, Sat 5 Dec 2026. Sent by e-mail on …. Notice 6f1d….".
func receipt(b *casework.Book, n *store.NoticeRow, name string) casework.ExplainedNotice {
	t := explainedNotice(n)
	t.Name = name
	said := casework.Notice{
		At: n.At, Duty: n.Duty, Ref: n.Ref, Due: n.Due, Rung: n.Rung, Role: timescale.Role(n.Role), Kind: casework.Kind(n.Kind), Missed: n.Missed,
	}
	t.Text = fmt.Sprintf("%s  %s. %s Notice %s.", english.Minute(n.At), b.NoticeWords(&said, addressee(n, t.Name)), delivery(n), n.ID)
	return t
}

// listReceipt is a list on which a duty stood.
func listReceipt(l *store.Listed, name string) casework.ExplainedNotice {
	t := explainedNotice(&l.NoticeRow)
	t.Name, t.Due = name, l.ListedDue
	on := "this timescale was on it"
	if !l.Named {
		on = "this timescale was counted in it, and is not among the latest that it names"
	}
	t.Text = fmt.Sprintf("%s  list of what was overdue at the first load, to %s: %s, due %s. %s Notice %s.",
		english.Minute(l.At), addressee(&l.NoticeRow, t.Name), on, dueWords(l.ListedDue), delivery(&l.NoticeRow), l.ID)
	return t
}

// addressee is who got a notice, and why they where the rung names somebody else.
func addressee(n *store.NoticeRow, name string) string {
	role := english.TheRole(n.Role)
	who := cmp.Or(name, n.To)
	switch {
	case who == "":
		return role
	case n.Standing == "cover":
		return who + ", who covers for " + role
	case n.Standing == "nobody":
		return who + ", since nobody was there as " + strings.TrimPrefix(role, "the ")
	case n.Standing == "refused":
		return who + ", since " + role + " could not be reached"
	case n.Standing != "":
		return who + ", instead of " + role + " (" + n.Standing + ")"
	case name == "" || !strings.HasSuffix(name, "("+strings.TrimPrefix(role, "the ")+")"):
		return who + ", as " + strings.TrimPrefix(role, "the ")
	}
	return who
}

// delivery says what became of a notice, in a sentence.
func delivery(n *store.NoticeRow) string {
	words := ""
	switch n.State {
	case "sent":
		words = "Sent"
		if n.SentAt != nil {
			words = "Sent by " + channelWords(n.Channel) + " on " + english.Second(*n.SentAt)
		}
	case "logged":
		words = "Kept in the record and the log, since no mail server was set; it reached nobody"
	case "bounced":
		words = "It was sent and came back; it reached nobody"
	case "not_sent":
		words = "Withdrawn before it was sent"
	case "undeliverable":
		words = "It could not be delivered"
	case "failed":
		words = "Not delivered yet, and tried again"
	case "in_tray":
		words = "Goes with all that they are told that morning"
	case "due", "claimed", "sending":
		words = "About to be sent"
	default:
		words = n.State
	}
	if reason := english.Spaced(n.Reason); reason != "" {
		words += ": " + reason
	}
	if n.With > 0 {
		words += ", in one letter with " + english.Count(n.With, "other")
	}
	if n.PerhapsTwice {
		words += ", perhaps twice"
	}
	return strings.TrimRight(words, ". ") + "."
}

// channelWords is a channel as people call it.
func channelWords(channel string) string {
	switch channel {
	case "email":
		return "e-mail"
	case "govuknotify":
		return "e-mail by GOV.UK Notify"
	case "sms":
		return "text message"
	case "teams":
		return "Microsoft Teams"
	}
	return cmp.Or(channel, "an unknown channel")
}

// lawChanges returns what adopted laws changed about duties, by duty, with what they put right of the timescales.
func lawChanges(book *casework.Book, changes []store.LawChange) map[string][]casework.FactChange {
	found := map[string][]casework.FactChange{}
	for i := range changes {
		c := &changes[i]
		found[c.Duty] = append(found[c.Duty], casework.FactChange{
			At: instantText(c.At), Kind: casework.ChangeLaw, Type: lawPart(c), By: c.By, Why: c.Reason,
			DueBefore: c.DueBefore, DueAfter: c.DueAfter, LocalBefore: c.LocalBefore, LocalAfter: c.LocalAfter,
			Text: strings.TrimSpace(english.Minute(c.At) + "  " + lawChangeWords(c) + " " + casework.CorrectionWords(book.CorrectionsBy(c.On, c.Ref, c.Change))),
		})
	}
	return found
}

// lawChangeWords says what an adoption did to a duty: "The date moved on … from … to …
// because the law changed: …".
func lawChangeWords(c *store.LawChange) string {
	on := english.Day(calendar.DateOf(c.At))
	if c.Past != nil && !c.Live {
		return pastChangeWords(c, on)
	}
	why := fmt.Sprintf("the law changed: %s, by %s, on %s.", strings.TrimRight(c.Reason, ". "), c.By, english.Day(calendar.DateOf(c.On)))
	switch c.Change {
	case casework.Appears:
		return fmt.Sprintf("It is owed since %s because %s", on, why)
	case casework.Goes:
		return fmt.Sprintf("It was owed no more from %s because %s", on, why)
	case casework.Moves:
		here := ""
		if c.LocalBefore != c.LocalAfter {
			here = fmt.Sprintf(", and the council's own from %s to %s,", dueWords(c.LocalBefore), dueWords(c.LocalAfter))
		}
		return fmt.Sprintf("The date moved on %s from %s to %s%s because %s", on, dueWords(c.DueBefore), dueWords(c.DueAfter), here, why)
	case casework.Local:
		return fmt.Sprintf("The council's own date moved on %s from %s to %s because %s", on, dueWords(c.LocalBefore), dueWords(c.LocalAfter), why)
	default:
		return fmt.Sprintf("On %s it went from %s to %s because %s", on, english.State(c.StateBefore), english.State(c.StateAfter), why)
	}
}

// lawPart is what of the law an adoption changed.
func lawPart(c *store.LawChange) string {
	switch {
	case c.CalendarChanged && c.RulesChanged:
		return "rules and bank holidays"
	case c.CalendarChanged:
		return "bank holidays"
	default:
		return "rules"
	}
}

// lawOfLater says of an explanation that it goes by a law which was adopted after its moment.
func lawOfLater(x *store.Explained) string {
	at := x.Plan.AsOf
	if !x.Plan.KnownAt.IsZero() && x.Plan.KnownAt.Before(at) {
		at = x.Plan.KnownAt
	}
	adopted := x.Book.Adopted()
	switch {
	case !adopted.After(at):
		return ""
	case x.LawUnread:
		return fmt.Sprintf("This release cannot read the rules of that day: it goes by those adopted on %s.", english.Day(calendar.DateOf(adopted)))
	case x.Plan.KnownAt.IsZero():
		return fmt.Sprintf("It goes by the rules and bank holidays adopted on %s, after that day; --known-at goes by those that were in force.", english.Day(calendar.DateOf(adopted)))
	}
	return ""
}

// pastChangeWords says what an adoption that was meant for the past too did to a duty that
// was over.
func pastChangeWords(c *store.LawChange, on string) string {
	why := fmt.Sprintf("%s adopted other %s for the past as well, on %s, because: %s.", c.By, lawPart(c), english.Day(calendar.DateOf(c.On)), strings.TrimRight(c.Reason, ". "))
	was, is := shownAs(c.StateBefore, c.DueBefore, c.LocalBefore), shownAs(c.StateAfter, c.DueAfter, c.LocalAfter)
	switch c.Change {
	case casework.Appears:
		return fmt.Sprintf("Until %s it was not shown. Since then it is shown as %s: %s", on, is, why)
	case casework.Goes:
		return fmt.Sprintf("Until %s it was shown as %s. Since then it is not shown: %s", on, was, why)
	default:
		return fmt.Sprintf("Until %s it was shown as %s. Since then it is shown as %s: %s", on, was, is, why)
	}
}

// shownAs is how a duty that is over stood, with its dates.
func shownAs(state casework.State, due, local string) string {
	words := english.State(state)
	if state == casework.Met {
		words = "done in timescale"
	}
	if due != "" {
		words += ", with the due date " + dueWords(due)
	}
	if local != "" {
		words += " and the council's own date " + dueWords(local)
	}
	return words
}

// dueWords is a due date or instant in words.
func dueWords(text string) string {
	when, err := casework.ParseWhen(text)
	switch {
	case text == "" || err != nil:
		return cmp.Or(text, "none")
	case when.DayOnly():
		return english.Day(when.Day)
	default:
		return english.Second(when.Instant)
	}
}

func instantText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
