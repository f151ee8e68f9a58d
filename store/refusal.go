package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"longstop/organisation"
)

// A mail server that refuses an address may be right about the address, or wrong about every
// address: one that lost its directory answers "no such user" for everybody. So a refusal is
// believed only when the server is seen to serve others, and it is believed for a day.
const (
	// refusalLasts is how long a believed refusal makes an address unreachable.
	refusalLasts = 24 * time.Hour
	// believedAfter is how long an address must have been refused to be believed where no
	// letter to anybody else shows that the server works.
	believedAfter = 15 * time.Minute
	// refusesEverybody is how many different addresses, refused with no letter accepted in
	// between, show that the server refuses everybody.
	refusesEverybody = 5
	// refusalRun is how long ago refusals of an address still belong to the present trouble.
	refusalRun = 2 * time.Hour
)

// answer is what a mail server answered about an address.
type answer struct {
	address  string
	at       time.Time
	accepted bool
	forgiven bool // a refusal that was found to be about the server
}

// belief is what a refusal is taken for.
type belief int

const (
	notBelieved    belief = iota // yet: the same person is tried again
	believed                     // the address is unreachable; the server serves others
	believedByTime               // the address is unreachable; nothing shows that the server serves others
	aboutServer                  // the server refuses everybody, so nobody is unreachable
)

// judge says what the refusal of an address at an instant is taken for. answers are what the
// server answered before, with this refusal, in the order of time.
//
// Five leavers look like a server that refuses everybody, and no letter might ever show the
// difference, since the same five are tried again and again. So after believedAfter the next
// role up is tried on account of the time alone, whatever was forgiven meanwhile: who is
// accepted is told, and where nobody is up to the last level, all of it is forgiven again.
func judge(address string, answers []answer, now time.Time) belief {
	if address == "" { // no server was asked
		return believed
	}
	refused := map[string]bool{}
	for _, a := range slices.Backward(answers) {
		if a.accepted {
			break
		}
		refused[a.address] = true
	}
	first, unforgiven := firstOfRun(address, answers, now)
	everybody := len(refused) >= refusesEverybody
	for _, a := range answers {
		if a.accepted && a.address != address && !a.at.Before(unforgiven) && now.After(unforgiven) && !everybody {
			return believed
		}
	}
	switch {
	case now.Sub(first) >= believedAfter:
		return believedByTime
	case everybody:
		return aboutServer
	}
	return notBelieved
}

// firstOfRun is the first refusal of an address since a letter to it was accepted or it was
// long not tried, and the first of those since its refusals were last forgiven.
func firstOfRun(address string, answers []answer, now time.Time) (first, unforgiven time.Time) {
	first, unforgiven = now, now
	forgiven := false
	for _, a := range slices.Backward(answers) {
		if a.address != address {
			continue
		}
		if a.accepted || a.at.Before(now.Add(-refusalRun)) {
			break
		}
		first = a.at
		if forgiven = forgiven || a.forgiven; !forgiven {
			unforgiven = a.at
		}
	}
	return first, unforgiven
}

// sameAddress is an address in the form in which two are compared.
func sameAddress(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// answersBefore reads what the server answered in the last day, as far as judge needs it:
// of the letters that it accepted the latest to each address of the last hours, since only
// the latest counts.
func answersBefore(ctx context.Context, q querier, now time.Time) ([]answer, error) {
	type row struct {
		Address  string
		At       time.Time
		Accepted bool
		Forgiven bool
	}
	list, err := rows[row](ctx, q, "reading what the mail server refused", `
		select address, at, false as accepted, forgiven_at is not null as forgiven from refusals where at > $1 and address <> ''
		union all
		select lower(address), max(sent_at), true, false from deliveries
		where sent_at > $2 and state = 'sent' and channel <> 'log' group by 1
		union all
		(select lower(address), sent_at, true, false from deliveries
		where sent_at > $1 and state = 'sent' and channel <> 'log' order by sent_at desc limit 1)
		order by at, accepted`, now.Add(-refusalLasts), now.Add(-refusalRun))
	answers := make([]answer, len(list))
	for i, r := range list {
		answers[i] = answer{sameAddress(r.Address), r.At.UTC(), r.Accepted, r.Forgiven} // the database may lower ASCII alone
	}
	return answers, err
}

// noteRefusal keeps that a mail server refused the recipient of a delivery, and returns what
// that is taken for.
func noteRefusal(ctx context.Context, tx pgx.Tx, d *delivery, dir *organisation.Directory, reason string, now time.Time) (belief, error) {
	address := d.Address
	if d.Claim == 0 { // claimed by an earlier release, which did not keep it
		address = dir.Person(d.Recipient).Email
	}
	address = sameAddress(address)
	answers, err := answersBefore(ctx, tx, now)
	if err != nil {
		return notBelieved, err
	}
	is := judge(address, append(answers, answer{address: address, at: now}), now)
	var until *time.Time
	if is == believed || is == believedByTime {
		until = pointer(now.Add(refusalLasts))
	}
	_, err = tx.Exec(ctx, `
		insert into refusals (delivery, staff, address, at, reason, believed_until) values ($1, $2, $3, $4, left($5, 200), $6)`,
		d.ID, d.Recipient, address, now, reason, until)
	if err != nil {
		return notBelieved, fmt.Errorf("noting a refused address: %w", err)
	}
	return is, nil
}

// forgiveServer takes back the refusals since the last letter that the server accepted: they
// were about the server. What nobody could be told on their account is planned again.
func forgiveServer(ctx context.Context, tx pgx.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `
		with forgiven as (
			update refusals set forgiven_at = $1
			where forgiven_at is null and address <> '' and at > $2 and at >= coalesce((
				select max(sent_at) from deliveries where sent_at > $2 and state = 'sent' and channel <> 'log'), $2)
			returning address, believed_until)
		insert into replans (case_key, why)
		select distinct case_key, 'the mail server refused everybody' from notices
		where state = 'undeliverable' and exists (select from forgiven where believed_until is not null)
		on conflict do nothing`, now, now.Add(-refusalLasts))
	if err != nil {
		return fmt.Errorf("forgiving refusals: %w", err)
	}
	return nil
}

// refusal is a believed refusal of an address.
type refusal struct {
	Address       string
	BelievedUntil time.Time
}

// selectRefusals reads the refusals that are believed at an instant. selectLastRefusals reads
// those that are believed the longest, for a reader that does not know the time yet: somebody
// who is left out because there are so many is tried once more.
const (
	selectRefusals = `select address, max(believed_until) as believed_until from refusals
		where believed_until > $1 and forgiven_at is null group by address`
	selectLastRefusals = `select address, believed_until from refusals
		where believed_until is not null and forgiven_at is null order by believed_until desc limit 200`
)

// unreachableStaff are the staff whose address is refused at an instant, and the end of the first
// of those refusals; zero if there are none. Somebody whose address was changed since is
// not among them.
func unreachableStaff(dir *organisation.Directory, refusals []refusal, at time.Time) (staff []string, until time.Time) {
	refused := map[string]bool{}
	for _, r := range refusals {
		if !r.BelievedUntil.After(at) {
			continue
		}
		refused[r.Address] = true
		if until.IsZero() || r.BelievedUntil.Before(until) {
			until = r.BelievedUntil.UTC()
		}
	}
	if len(refused) == 0 {
		return nil, time.Time{}
	}
	for _, ref := range dir.Recipients() {
		if refused[sameAddress(dir.Person(ref).Email)] {
			staff = append(staff, ref)
		}
	}
	return staff, until
}

// refusedNow are the staff who cannot be reached at an instant.
func refusedNow(ctx context.Context, q querier, dir *organisation.Directory, at time.Time) ([]string, error) {
	list, err := rows[refusal](ctx, q, "reading which addresses are refused", selectRefusals, at)
	if err != nil {
		return nil, err
	}
	staff, _ := unreachableStaff(dir, list, at)
	return staff, nil
}

// readRefusals reads once more which addresses are refused, after a refusal was noted.
func (c *lockedCase) readRefusals(ctx context.Context, tx pgx.Tx) error {
	list, err := rows[refusal](ctx, tx, "reading which addresses are refused", selectRefusals, c.at)
	if err != nil {
		return err
	}
	c.file.refused, c.file.refusedUntil = unreachableStaff(c.dir, list, c.at)
	return nil
}
