package casework

import (
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// OnlyOnceBorn is for the test that each is in the vocabulary.
var OnlyOnceBorn = onlyOnceBorn

// AgendaInFolds returns an agenda, and how many folds it took, of the case or of one timescale.
func AgendaInFolds(b *Book, events []Event, told []Notice, now time.Time) (ag *Agenda, folds int) {
	r := newLadderRun(b.inForceFrom(now), events, told)
	ag = r.agenda(told, now)
	return ag, r.folds
}

// Origins returns where the ladders of a case's duties are counted from at an instant, one a line.
func Origins(b *Book, events []Event, told []Notice, t time.Time) (lines []string) {
	r := newLadderRun(b.inForceFrom(t), events, told)
	for _, d := range r.planAt(t).Duties {
		lines = append(lines, fmt.Sprint(d.ID, " ", r.originOf(&d, t)))
	}
	return lines
}

// OriginsFromLog returns the same as Origins once so many folds were made that it is looked up how
// each duty stood when.
func OriginsFromLog(b *Book, events []Event, told []Notice, t time.Time) (lines []string) {
	r := newLadderRun(b.inForceFrom(t), events, told)
	r.until, r.folds = t, foldsApart+1
	for _, d := range r.planAt(t).Duties {
		lines = append(lines, fmt.Sprint(d.ID, " ", r.originOf(&d, t)))
	}
	return lines
}

// OriginsByScan returns the same as Origins in the plainest way: the whole case is folded at each
// instant at which anything was recorded.
func OriginsByScan(b *Book, events []Event, told []Notice, t time.Time) (lines []string) {
	r := newLadderRun(b.inForceFrom(t), events, told)
	for _, d := range r.planAt(t).Duties {
		lines = append(lines, fmt.Sprint(d.ID, " ", r.scannedOrigin(&d, t)))
	}
	return lines
}

func (r *ladderRun) scannedOrigin(d *Duty, t time.Time) origin {
	o, from := r.scannedOriginOfDate(d, t), d.Started.Start()
	switch {
	case !d.Due.IsZero():
		from = morning(d.Due)
	case !d.DueAt.IsZero():
		from = d.DueAt
	}
	if !t.After(from) {
		return o
	}
	again := r.scannedAgain(d, from, t)
	if again.IsZero() {
		return o
	}
	day := r.dayFrom(d, again)
	if o.moved && o.day > day {
		day = o.day
	}
	return origin{moved: true, day: day, known: again, again: true, inTurn: true}
}

func (r *ladderRun) scannedOriginOfDate(d *Duty, t time.Time) origin {
	if d.Due.IsZero() {
		return r.originOfBacklog(d)
	}
	due := morning(d.Due)
	if !t.After(due) || r.scannedKnew(d, due, t) {
		return origin{}
	}
	for _, learned := range r.dateChanges(d, due, t) {
		if r.scannedKnew(d, learned, t) {
			return origin{moved: true, day: r.dayFrom(d, learned), known: learned, inTurn: true}
		}
	}
	return origin{}
}

// scannedAgain looks at the duty whenever its ladder may have been climbed and anything may have
// been learned, from the last time backwards.
func (r *ladderRun) scannedAgain(d *Duty, from, t time.Time) time.Time {
	turns := r.dateChanges(d, from, t)
	for _, turn := range slices.Backward(turns) {
		look := r.lookBefore(d, turn)
		if look.Before(from) {
			look = from
		}
		if then := r.scanned(d, look); then != nil && hasLadder(then, look) || then == nil && r.scanned(d, from) == nil {
			continue
		}
		for _, at := range turns {
			if then := r.scanned(d, at); at.After(look) && then != nil && hasLadder(then, at) {
				return at
			}
		}
	}
	return time.Time{}
}

// scanned returns the duty as it was known at an instant. Nothing of any fold is kept but what stands:
// what was recorded later is left out by hand.
func (r *ladderRun) scanned(d *Duty, at time.Time) *Duty {
	known := slices.DeleteFunc(slices.Clone(r.events), func(e Event) bool { return e.Recorded.After(at) })
	return r.book.inForce(at).Fold(known, At(at)).Duty(d.ID)
}

func (r *ladderRun) scannedKnew(d *Duty, earlier, t time.Time) bool {
	same := r.countLearned(earlier) == r.countLearned(t) && d.takenOverOn() <= calendar.DateOf(earlier)
	if same || r.notices.about(d.ID).namedAt(earlier, d.DueText()) {
		return true
	}
	then := r.scanned(d, earlier)
	return then != nil && then.Due == d.Due
}

// WithMost returns a book by which a case has at most so many duties.
func WithMost(b *Book, duties int) *Book {
	small := *b
	small.maxDuties = duties
	return &small
}

// WithActsApart returns a book by which so many events that act on duties are each judged by a fold of
// their case, before one fold is made that goes on.
func WithActsApart(b *Book, count int) *Book {
	other := *b
	other.actsApart = count
	return &other
}

// ActsInFolds judges events that act on duties, one after the other, and returns how many are allowed
// and how many folds of their case were begun for it.
func ActsInFolds(b *Book, accepted, acts []Event) (allowed, folds int) {
	j := actJudge{book: b}
	for _, e := range acts {
		if j.allowed(accepted, e) == nil {
			accepted = append(accepted, e)
			j.accept(e)
			allowed++
		}
	}
	return allowed, j.folds
}

// AtMost returns the number of duties that some events of a case cannot exceed.
func AtMost(b *Book, events []Event, now time.Time) int { return b.mostDuties(events, now) }

// Unfolded compares, at each instant at which a case changes, the duties of the fold that goes on with
// those of folding the case from the beginning. It returns the first instant at which they differ,
// with both; "" if they never do.
func Unfolded(b *Book, events []Event) (at time.Time, got, want string) {
	u := newIncrementalFold(newLadderRun(b, events, nil))
	for next := u.next(); !next.IsZero(); next = u.next() {
		if next.Year() > 2040 {
			break
		}
		plan, _ := u.advance(next)
		var duties []*openDuty
		for _, f := range u.rules {
			list := slices.Clone(f.duties)
			slices.SortFunc(list, byStart)
			duties = append(duties, list...)
		}
		got, want = "", ""
		for _, d := range duties {
			got += dutyLine(&d.Duty)
			if found := plan.Duty(d.ID); found != &d.Duty {
				got += "which is not found by its id\n"
			}
		}
		whole := b.inForce(next).Fold(events, At(next))
		for i := range whole.Duties {
			want += dutyLine(&whole.Duties[i])
		}
		if got != want || plan.TooMany != whole.TooMany || len(u.duties) != len(whole.Duties) {
			return next, got, want
		}
	}
	return at, "", ""
}

// dutyLine returns all that a duty says; whether it was unreported matters only while it is open.
func dutyLine(d *Duty) string {
	x := *d
	if !x.Open() {
		x.NotReported, x.NotReportedWhy, x.ReportedUntil = false, "", 0
	}
	edition := slices.IndexFunc(x.Rule.Editions, func(e timescale.Edition) bool { return &e == x.Edition || e.From == x.Edition.From })
	limit := ""
	if x.Limit != nil {
		limit = x.Limit.String()
	}
	x.Rule, x.Edition, x.Limit = nil, nil, nil
	for i := range x.Moves {
		x.Moves = slices.Clone(x.Moves)
		x.Moves[i].Replaced = nil
	}
	return fmt.Sprintf("%+v edition %d limit %s\n", x, edition, limit)
}
