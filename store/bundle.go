package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// However much a case has to say, nobody gets more than a few letters from it on one day:
// alarm 37 of 36 is read by nobody.
const (
	// lettersApart is how many letters of one case go to one person on one day before
	// everything that is due goes in one.
	lettersApart = 3
	// lettersADay is after how many letters of a day what is due is kept for the next morning.
	// Late escalations of limits in hours may be one more, and then wait for the next day. What
	// is told of a limit in hours on the day of its moment never waits: there are few of those,
	// and tomorrow the child may have no protection.
	lettersADay    = 4
	lettersInHours = lettersADay + 1
	// sendsAWake is how many notices one wake of a pathway sends. It then wakes again at once.
	sendsAWake = 20
)

const heldReason = "this person has had enough letters about this case today: it is told in the morning"

// lettersOn counts the letters of a case that somebody got on a day, or that are under way.
func (f *caseFile) lettersOn(day calendar.Date, staff string) int {
	n := 0
	for i := range f.notices {
		r := &f.notices[i]
		switch {
		case r.Recipient != staff || r.CarriedBy != "":
		case r.State == stateSending, r.SentAt != nil && r.reached() && today(*r.SentAt) == day:
			n++
		}
	}
	return n
}

// carried reports whether the letter of another notice, which is still to go, says a notice.
func (f *caseFile) carried(r *noticeRow) bool {
	if r.CarriedBy == "" || !r.unfinished() {
		return false
	}
	carrier := f.notice(r.CarriedBy)
	return carrier != nil && carrier.unfinished()
}

// hold takes out of what is due what would be one letter too many for one person on one day.
func (a *assessment) hold(l *law, dir *organisation.Directory, f *caseFile) {
	had := map[string]int{}
	day := today(a.at)
	send := a.agenda.Send[:0:0]
	for _, n := range a.agenda.Send {
		to, ok := dir.Route(n.Role, a.alloc, day, f.refused)
		if _, counted := had[to.Staff]; ok && !counted {
			had[to.Staff] = f.lettersOn(day, to.Staff)
		}
		most := lettersADay
		switch inHours := ofHours(l.book, n); {
		case inHours && n.Kind != casework.Resolved && today(n.At) == day:
			send = append(send, n)
			continue
		case inHours && n.Kind == casework.Escalation:
			most = lettersInHours
			a.heldInHours = a.heldInHours || ok && had[to.Staff] >= most
		}
		if ok && had[to.Staff] >= most {
			a.held = append(a.held, n)
			continue
		}
		send = append(send, n)
	}
	a.agenda.Send = send
}

// ofHours reports whether a notice is about a limit in hours.
func ofHours(book *casework.Book, n casework.Notice) bool {
	rule := book.Pack().Timescale(n.Ref)
	return rule != nil && rule.InHours()
}

// holds reports whether something of a pathway is kept for the morning.
func (a *assessment) holds(name string) bool {
	return slices.ContainsFunc(a.held, func(n casework.Notice) bool { return n.Pathway == name })
}

func (a *assessment) holdsKey(key string) bool {
	return slices.ContainsFunc(a.held, func(n casework.Notice) bool { return n.Key() == key })
}

// claimWriter decides on the notices of one claim and collects what is to be written.
type claimWriter struct {
	s    *Store
	c    *lockedCase
	made *assessment
	due  map[string]bool // the ids of what is due now

	touched []*noticeRow
	wide    bool // notices of other pathways changed with it
}

// claim keeps a verdict on a notice, and on what goes with it.
func (w *claimWriter) claim(row *noticeRow, v verdict) {
	freed := w.free(row)
	w.take(row, v)
	for i := range w.c.file.notices { // the same step in its other roles
		r := &w.c.file.notices[i]
		if r.ID != row.ID && r.Duty == row.Duty && w.due[r.ID] {
			w.take(r, decide(w.c.dir, w.c.file, w.made, r))
		}
	}
	w.wide = w.wide || len(freed) > 0
	if v.state == stateClaimed {
		w.gather(row)
	}
}

// free takes out of the letter of a notice what it carries, so that each is decided on again.
func (w *claimWriter) free(row *noticeRow) (freed []*noticeRow) {
	for i := range w.c.file.notices {
		r := &w.c.file.notices[i]
		if r.CarriedBy == row.ID && r.unfinished() {
			r.CarriedBy, r.State = "", stateFailed
			w.touch(r)
			freed = append(freed, r)
		}
	}
	row.Carries = 0
	return freed
}

func (w *claimWriter) take(row *noticeRow, v verdict) {
	row.take(v, w.c.dir, w.c.at)
	w.s.fixMessageID(row)
	w.touch(row)
}

func (w *claimWriter) touch(row *noticeRow) {
	if !slices.Contains(w.touched, row) {
		w.touched = append(w.touched, row)
	}
}

// gather puts into the letter of a claimed notice everything else that its recipient is to be
// told now, where that would be too many letters: what is due, and what was claimed before and
// is still to go, with what that carries.
func (w *claimWriter) gather(row *noticeRow) {
	others := w.sameRecipient(row)
	if w.c.file.lettersOn(today(w.c.at), row.Recipient)+1+len(others) <= lettersApart {
		return
	}
	for len(others) > 0 {
		r := others[0]
		others = append(others[1:], w.free(r)...)
		v, ok := w.verdictOn(r)
		if !ok || v.state != stateClaimed || v.to.Staff != row.Recipient {
			if v.state != "" && v.state != stateClaimed {
				w.take(r, v)
			}
			w.wide = w.wide || r.Pathway != row.Pathway
			continue
		}
		w.take(r, v)
		r.CarriedBy = row.ID
		row.Carries++
		w.wide = w.wide || r.Pathway != row.Pathway
	}
}

// sameRecipient are the notices that would go now to the recipient of a claimed one in letters
// of their own.
func (w *claimWriter) sameRecipient(row *noticeRow) []*noticeRow {
	var list []*noticeRow
	for i := range w.c.file.notices {
		r := &w.c.file.notices[i]
		if r.ID == row.ID || w.c.file.carried(r) {
			continue
		}
		if v, ok := w.verdictOn(r); ok && v.state == stateClaimed && v.to.Staff == row.Recipient {
			list = append(list, r)
		}
	}
	return list
}

// verdictOn is what would be decided on a notice now; ok is false where it is not there to
// be decided on.
func (w *claimWriter) verdictOn(r *noticeRow) (v verdict, ok bool) {
	switch {
	case r.State == stateClaimed, r.State == stateFailed:
		return decideAgain(w.c.dir, w.c.file, w.made, r), true
	case w.due[r.ID] && !r.reached():
		return decide(w.c.dir, w.c.file, w.made, r), true
	}
	return verdict{}, false
}

// write writes the notices that were decided on, with their letters.
func (w *claimWriter) write(ctx context.Context, tx pgx.Tx) error {
	if err := w.letters(); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, r := range w.touched {
		batch.Queue(updateVerdict, r.verdictArguments()...)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("claiming a notice: %w", err)
	}
	return nil
}

// letters writes the letter of each claimed notice: its own, or of one that carries others
// the letter that says them all.
func (w *claimWriter) letters() error {
	c := w.c
	situation := &casework.Situation{
		Reference: c.file.reference, Events: c.file.events, Book: c.law.book, Plan: w.made.agenda.Plan,
		Told: slices.Concat(w.made.told, w.made.agenda.Send), At: c.at,
	}
	said := map[string][]casework.Enclosed{}
	for _, r := range w.touched {
		if r.State != stateClaimed {
			continue
		}
		own := casework.Enclosed{ID: r.ID, Notice: r.notice(), Why: r.Standing, Case: situation}
		if own.Notice.Kind == casework.Moved {
			own.DueBefore = dueToldBefore(c.file.notices, r)
		}
		if r.CarriedBy != "" {
			said[r.CarriedBy] = append(said[r.CarriedBy], own)
		}
		said[r.ID] = append([]casework.Enclosed{own}, said[r.ID]...)
	}
	for _, r := range w.touched {
		if r.State != stateClaimed {
			continue
		}
		if err := w.s.compose(r, c.at, casework.Envelope{Notices: said[r.ID]}); err != nil {
			return err
		}
	}
	return nil
}

// compose keeps with a notice or list what it says.
func (s *Store) compose(r *noticeRow, at time.Time, e casework.Envelope) (err error) {
	e.ID, e.Role, e.Why, e.Today = r.ID, timescale.Role(r.Role), r.Standing, today(at)
	r.Letter, err = s.composer.Compose(&e)
	return err
}

// dueToldBefore is the date that the role was last told before this notice.
func dueToldBefore(notices []noticeRow, row *noticeRow) string {
	var last *noticeRow
	for i := range notices {
		o := &notices[i]
		if o.ID == row.ID || o.Duty != row.Duty || o.Role != row.Role || o.Due == "" || !o.reached() {
			continue
		}
		if last == nil || o.NominalAt.After(last.NominalAt) {
			last = o
		}
	}
	if last == nil {
		return ""
	}
	return last.Due
}

// offered is a notice that Plan names to be sent.
type offered struct {
	casework.Notice
	id       string
	failed   bool
	attempts int
}

// tries is how often a notice was tried in vain.
func (o *offered) tries() int {
	if o.failed {
		return 1 + o.attempts
	}
	return 0
}

// compareTries puts what was not tried yet before what failed, so that nothing waits behind
// what cannot be sent.
func compareTries(a, b offered) int { return cmp.Compare(a.tries(), b.tries()) }

// compareStakes orders more than one wake can send, what matters most first: after the tries
// the most senior role, and the earliest due date.
func compareStakes(a, b offered) int {
	rank := func(o *offered) int { return -slices.Index(timescale.Roles, o.Role) }
	return cmp.Or(compareTries(a, b), cmp.Compare(rank(&a), rank(&b)), cmp.Compare(a.Due, b.Due), a.At.Compare(b.At),
		cmp.Compare(a.Key(), b.Key()))
}
