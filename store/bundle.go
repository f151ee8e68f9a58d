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

// Why something that is due is kept.
const (
	heldReason  = "this person has had enough letters about this case today: it is told in the morning"
	laterReason = "what it is told with goes at other hours: it is told when that would be"
)

// lettersOn counts the letters of a case that somebody got on a day, or that are under way.
func (f *caseFile) lettersOn(day calendar.Date, staff string) int {
	n := 0
	for _, d := range f.deliveries {
		if d.Holds == holdsTray { // the day's one message
			continue
		}
		arrived := d.State == stateSent || d.State == stateLogged && f.logOnly || d.unfinished()
		if d.Recipient == staff && (d.State == stateSending || d.SentAt != nil && arrived && today(*d.SentAt) == day) {
			n++
		}
	}
	return n
}

// hold takes out of what is due what would be one letter too many for one person on one day.
func (a *assessment) hold(l *law, f *caseFile) {
	had := map[string]int{}
	day := today(a.at)
	send := a.agenda.Send[:0:0]
	for _, n := range a.agenda.Send {
		to, ok := a.who.of(n.Role, n.Pathway, n.Ref)
		if _, counted := had[to.Staff]; ok && !counted {
			had[to.Staff] = f.lettersOn(day, to.Staff)
		}
		most := lettersADay
		switch inHours := ofHours(l.book, n); {
		case inHours && n.Kind != casework.Resolved && today(n.At) == day:
			send = append(send, n)
			continue
		case !inHours && f.trays: // it goes with the rest of the morning
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

// keeps returns why a notice that is due is kept for a later moment; "" where it is not.
func (a *assessment) keeps(key string) string {
	switch {
	case slices.ContainsFunc(a.held, func(n casework.Notice) bool { return n.Key() == key }):
		return heldReason
	case a.isLater(key):
		return laterReason
	}
	return ""
}

// claimWriter decides on the notices of one claim and collects what is to be written.
type claimWriter struct {
	s    *Store
	c    *lockedCase
	made *assessment
	due  map[string]bool // the ids of what is due now

	trays      map[string]*delivery // by their recipients
	touched    []*noticeRow
	deliveries []*delivery
	wide       bool // notices of other pathways changed with it
}

// claim keeps a verdict on a notice, and on what goes with it.
func (w *claimWriter) claim(row *noticeRow, v verdict) {
	freed := w.free(row)
	w.take(row, v)
	for _, companion := range []bool{false, true} { // the same step in its other roles, and then who is told with the worker
		for i := range w.c.file.notices {
			r := &w.c.file.notices[i]
			if r.ID != row.ID && r.Duty == row.Duty && w.due[r.ID] && isCompanion(r.Role) == companion {
				w.take(r, decide(w.c.file, w.made, r))
			}
		}
	}
	w.wide = w.wide || len(freed) > 0
	if v.state == stateClaimed && !row.in.gathers() {
		w.gather(row)
	}
}

// free takes out of the delivery that was begun for a notice what else it holds, each into a
// delivery of its own that stands as this one does: what was to go failed, and what was only
// logged stays so.
func (w *claimWriter) free(row *noticeRow) (freed []*noticeRow) {
	from := w.c.file.deliveries[row.ID]
	if from == nil {
		return nil
	}
	for i := range w.c.file.notices {
		r := &w.c.file.notices[i]
		if r.Delivery != row.ID || r.ID == row.ID {
			continue
		}
		d := w.s.own(w.c.file, r)
		d.State, d.Reason, d.ClaimedAt, d.Letter = from.State, from.Reason, from.ClaimedAt, nil
		d.Recipient, d.RecipientRole, d.Standing, d.Address = from.Recipient, from.RecipientRole, from.Standing, from.Address
		d.Claim++
		if from.unfinished() {
			d.State = stateFailed
			freed = append(freed, r)
		}
		r.Delivery, r.in = d.ID, d
		w.touch(r, d)
	}
	return freed
}

// take keeps a verdict on a notice: it is in a delivery of its own, or in none.
func (w *claimWriter) take(row *noticeRow, v verdict) {
	if v.state == stateClaimed && w.goesInTray(row) {
		w.leave(row, "it goes with what else is told that morning")
		w.intoTray(row, v.to)
		return
	}
	if v.state == stateClaimed {
		d := w.s.own(w.c.file, row)
		w.s.claimFor(d, v.to, w.c.dir, w.c.at)
		row.enclose(d, v.to.Why, w.c.at)
		w.touch(row, d)
		return
	}
	w.leave(row, v.reason)
	row.take(v, w.c.at)
	w.touch(row, nil)
}

// leave closes the delivery that was begun for a notice, if it is still to go.
func (w *claimWriter) leave(row *noticeRow, reason string) {
	if d := w.c.file.deliveries[row.ID]; d != nil && d.unfinished() {
		d.end(stateNotSent, reason, w.c.at)
		w.touch(row, d)
	}
}

func (w *claimWriter) touch(row *noticeRow, d *delivery) {
	if !slices.Contains(w.touched, row) {
		w.touched = append(w.touched, row)
	}
	if d != nil && !slices.Contains(w.deliveries, d) {
		w.deliveries = append(w.deliveries, d)
	}
}

// gather puts into the delivery of a claimed notice everything else that its recipient is to be
// told now, where that would be too many letters: what is due, and what was claimed before and
// is still to go, with what else is in its delivery.
func (w *claimWriter) gather(row *noticeRow) {
	others := w.sameRecipient(row)
	if w.c.file.lettersOn(today(w.c.at), row.recipient())+1+len(others) <= lettersApart {
		return
	}
	for len(others) > 0 {
		r := others[0]
		others = append(others[1:], w.free(r)...)
		v, ok := w.verdictOn(r)
		w.wide = w.wide || r.Pathway != row.Pathway
		switch {
		case ok && v.state == stateClaimed && v.to.Staff == row.recipient():
			w.leave(r, "it goes with another")
			r.enclose(row.in, v.to.Why, w.c.at)
			w.touch(r, nil)
		case v.state != "" && v.state != stateClaimed:
			w.take(r, v)
		}
	}
}

// sameRecipient are the notices that would go now to the recipient of a claimed one in letters
// of their own.
func (w *claimWriter) sameRecipient(row *noticeRow) []*noticeRow {
	var list []*noticeRow
	for i := range w.c.file.notices {
		r := &w.c.file.notices[i]
		if r.ID == row.ID || r.carried() || w.goesInTray(r) {
			continue
		}
		if v, ok := w.verdictOn(r); ok && v.state == stateClaimed && v.to.Staff == row.recipient() {
			list = append(list, r)
		}
	}
	return list
}

// verdictOn is what would be decided on a notice now; ok is false where it is not there to
// be decided on.
func (w *claimWriter) verdictOn(r *noticeRow) (v verdict, ok bool) {
	switch {
	case r.unfinished() && r.in.State != stateSending:
		return decideAgain(w.c.file, w.made, r), true
	case w.due[r.ID] && !r.reached():
		return decide(w.c.file, w.made, r), true
	}
	return verdict{}, false
}

// write writes the notices that were decided on, and their deliveries with what they say.
func (w *claimWriter) write(ctx context.Context, tx pgx.Tx) error {
	if err := w.findTrays(ctx, tx); err != nil {
		return err
	}
	if err := w.letters(); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, d := range w.deliveries {
		queueDelivery(batch, d)
	}
	for _, r := range w.touched {
		batch.Queue(`update notices set state = $2, reason = $3, settled = $4, claimed_at = $5, standing = $6, delivery = $7, letter = $8,
			missed = coalesce($9::text[], missed) where id = $1`,
			r.ID, r.State, r.Reason, r.Settled, r.ClaimedAt, r.Standing, nullable(r.Delivery), r.letter, r.Missed)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("claiming a notice: %w", err)
	}
	return nil
}

// letters writes what each claimed delivery says: the notice for which it was begun first.
func (w *claimWriter) letters() error {
	c := w.c
	situation := &casework.Situation{
		Reference: c.file.reference, Events: c.file.events, Book: c.law.book, Plan: w.made.agenda.Plan,
		Told: slices.Concat(w.made.told, w.made.agenda.Send), At: c.at,
	}
	held := map[string][]casework.Enclosed{}
	roles := map[string]string{}
	for _, r := range w.touched {
		if r.letter = nil; r.in == nil || r.in.State != stateClaimed && r.in.Holds != holdsTray {
			continue
		}
		n := casework.Enclosed{ID: r.ID, Notice: r.notice(), Why: r.Standing, Case: situation}
		c.describe(&n, r, w.made)
		if n.Notice.Kind == casework.Moved {
			n.DueBefore = dueToldBefore(c.file.notices, r)
		}
		if r.in.Holds == holdsTray {
			if err := w.s.composePart(r, c.at, n); err != nil {
				return err
			}
			continue
		}
		if r.ID == r.Delivery {
			roles[r.ID] = r.Role
			held[r.ID] = append([]casework.Enclosed{n}, held[r.ID]...)
		} else {
			held[r.Delivery] = append(held[r.Delivery], n)
		}
	}
	for _, d := range w.deliveries {
		if d.State != stateClaimed {
			continue
		}
		if err := w.s.compose(d, roles[d.ID], c.at, casework.Envelope{Notices: held[d.ID]}); err != nil {
			return err
		}
	}
	return nil
}

// compose keeps with a delivery what it says to somebody in a role.
func (s *Store) compose(d *delivery, role string, at time.Time, e casework.Envelope) (err error) {
	e.ID, e.Role, e.Why, e.Today = d.ID, timescale.Role(role), d.Standing, today(at)
	d.Letter, err = s.composer.Compose(&e)
	return err
}

// describe adds who holds the case, and what was told of the duty before.
func (c *lockedCase) describe(n *casework.Enclosed, r *noticeRow, made *assessment) {
	n.Worker = c.dir.NameOf(made.alloc.Worker)
	if t, ok := c.dir.Team(made.team); ok {
		n.Team = cmp.Or(t.Name, t.Ref)
	}
	for i := range slices.Backward(c.file.notices) {
		o := &c.file.notices[i]
		if o.ID == r.ID || o.Duty != r.Duty || o.State != stateEnclosed || o.in.State != stateSent || o.in.SentAt == nil {
			continue
		}
		n.Earlier = append(n.Earlier, casework.Earlier{
			On: today(*o.in.SentAt), Role: timescale.Role(o.Role), Kind: casework.Kind(o.Kind), To: c.dir.NameOf(o.in.Recipient),
		})
	}
	slices.SortStableFunc(n.Earlier, func(a, b casework.Earlier) int { return cmp.Compare(b.On, a.On) })
}

// composePart keeps with a notice in a tray what it says by itself.
func (s *Store) composePart(r *noticeRow, at time.Time, n casework.Enclosed) (err error) {
	e := casework.Envelope{ID: r.ID, Role: timescale.Role(r.Role), Why: r.Standing, Today: today(at), Notices: []casework.Enclosed{n}}
	r.letter, err = s.composer.Compose(&e)
	return err
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
