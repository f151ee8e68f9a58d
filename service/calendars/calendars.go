// Package calendars is the use cases of people's calendars: a private address for each person, at which their calendar program reads
// what they have to do, for as long as they work here and nobody takes the address away.
//
// A calendar program fetches it when it likes, and nobody learns whether it was looked at: it never replaces a notice.
package calendars

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/english"
	"longstop/notify/icalendar"
	"longstop/organisation"
	"longstop/service"
	"longstop/store"
	"longstop/store/subscriptions"
)

// How long an address lasts: as keys do, and for the same reasons.
const (
	Lasts       = service.KeyLasts
	LastsAtMost = service.KeyLastsAtMost
)

// One program on each of somebody's few devices asks once an hour or so. One that asks more often than this has gone wrong.
const (
	perSecond = 5
	atOnce    = 4
)

// Calendars is the use cases. It is safe for concurrent use.
type Calendars struct {
	uses   *service.Service
	record *store.Store
	kept   *subscriptions.Subscriptions
}

// Of returns the use cases on a record.
func Of(uses *service.Service, record *store.Store) *Calendars {
	return &Calendars{uses, record, subscriptions.Of(record)}
}

// Address is where people reach the calendars, such as https://longstop.council.example; "" where that is not known.
type Address string

// ParseAddress reads such an address. What is fetched there is a child's reference, and the address itself is a secret: so it is
// https, but for a machine that asks itself.
func ParseAddress(text string) (Address, error) {
	if text == "" {
		return "", nil
	}
	at, err := url.Parse(text)
	if err == nil && (at.Host == "" || at.User != nil || at.RawQuery != "" || at.Fragment != "" || at.Scheme != "https" && (at.Scheme != "http" || !loopback(at.Hostname()))) {
		err = errors.New("it is https://, a host and perhaps a path")
	}
	if err != nil {
		return "", fmt.Errorf("%q is not an address at which calendars can be read: give one such as https://longstop.council.example", text)
	}
	return Address(strings.TrimRight(text, "/")), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Path is the address of a calendar below Address; secret is its secret, or what stands for one.
func Path(secret string) string { return "/v1/calendar/" + secret + "/duties.ics" }

// New is an address that is to be made.
type New struct {
	Person  string    // a staff reference
	Expires time.Time // wall time; zero: Lasts from now
	Address Address
}

// Create makes an address. It needs the rights of the database's owner. The answer alone holds it.
func (c *Calendars) Create(ctx context.Context, in New) (made *api.NewCalendar, err error) {
	switch {
	case in.Person == "":
		return nil, service.Usagef("the person is missing: give a staff reference")
	case organisation.IsInbox(in.Person):
		return nil, service.Usagef("%s is the inbox of a team, and a calendar is one person's: give a staff reference", in.Person)
	}
	err = c.uses.Writes(ctx, func() error {
		expires, err := c.expiry(ctx, in.Expires)
		if err != nil {
			return err
		}
		if err := c.checkPerson(ctx, in.Person); err != nil {
			return err
		}
		id, secret, err := access.NewCalendar(rand.Reader)
		if err != nil {
			return err
		}
		digest, _ := access.CalendarDigest(secret)
		kept, err := c.kept.Add(ctx, id, in.Person, expires, digest)
		made = &api.NewCalendar{Calendar: api.CalendarOf(&kept), Address: string(in.Address) + Path(secret), Whole: in.Address != ""}
		return err
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (c *Calendars) checkPerson(ctx context.Context, ref string) error {
	works, err := c.record.Employed(ctx, ref)
	if err == nil && !works {
		err = service.Refusef("%s: the record knows nobody of that reference who works here", ref)
	}
	return err
}

// expiry returns when an address that is made now expires.
func (c *Calendars) expiry(ctx context.Context, asked time.Time) (time.Time, error) {
	now, err := c.record.WallClock(ctx)
	switch {
	case err != nil:
		return time.Time{}, err
	case asked.IsZero():
		return now.Add(Lasts), nil
	case !asked.After(now):
		return time.Time{}, service.Misusef("expires", "%s is over", english.Minute(asked))
	case asked.Sub(now) > LastsAtMost:
		return time.Time{}, service.Misusef("expires", "%s is too far away: the address of a calendar lasts two years at most", english.Minute(asked))
	}
	return asked, nil
}

// List returns every address that was ever made for somebody, or for all where person is "", without its secret.
func (c *Calendars) List(ctx context.Context, person string) (list []api.Calendar, err error) {
	err = c.uses.Reads(ctx, func() error {
		found, err := c.kept.List(ctx, person)
		for i := range found {
			list = append(list, api.CalendarOf(&found[i]))
		}
		return err
	})
	return list, err
}

var secretIn = regexp.MustCompile(`lsc_[a-z2-7]{52}`)

// Revoke takes addresses away: that of an id, the one that was found somewhere, or all of a person. They are refused from the next
// request on. That one was revoked before is no refusal.
func (c *Calendars) Revoke(ctx context.Context, which, reason string) (list []api.Calendar, err error) {
	w := subscriptions.Wanted{Person: which}
	if digest, ok := access.CalendarDigest(secretIn.FindString(which)); ok {
		w = subscriptions.Wanted{Secret: &digest}
	}
	err = c.uses.Writes(ctx, func() error {
		var found []subscriptions.Calendar
		if access.IsCalendarID(which) {
			if found, err = c.kept.Revoke(ctx, subscriptions.Wanted{ID: which}, reason); err != nil {
				return err
			}
		}
		if len(found) == 0 {
			if found, err = c.kept.Revoke(ctx, w, reason); err != nil {
				return err
			}
		}
		if len(found) == 0 {
			return service.Refusef("nobody has a calendar by that id, address or staff reference that is not revoked") // it may be a secret: it is not repeated
		}
		for i := range found {
			list = append(list, api.CalendarOf(&found[i]))
		}
		return nil
	})
	return list, err
}

// Authenticate returns who asks by the secret of an address. The error is access.ErrUnknownKey where it is malformed, unknown, expired or
// revoked, or its person works here no more, and of every one where c is nil, since the council has no calendars; every other is a failure.
// Nothing is remembered of an earlier call.
func (c *Calendars) Authenticate(ctx context.Context, secret string) (access.Caller, error) {
	digest, ok := access.CalendarDigest(secret)
	if !ok || c == nil {
		return access.Caller{}, access.ErrUnknownKey
	}
	id, person, err := c.kept.Find(ctx, digest, c.record.Employed)
	if err != nil {
		return access.Caller{}, err
	}
	return access.Caller{Key: id, Name: "calendar of " + person, Person: person, PerSecond: perSecond, AtOnce: atOnce}, nil
}

// ContentType is what a calendar is served as.
const ContentType = icalendar.ContentType

// Feed is somebody's calendar.
type Feed struct {
	Text []byte
	Tag  string // changes with it, as the header ETag has it
}

// Feed returns the calendar of somebody: the same bytes for as long as nothing changes in it.
func (c *Calendars) Feed(ctx context.Context, person string) (feed Feed, err error) {
	err = c.uses.Reads(ctx, func() error {
		duties, err := c.record.DutiesOf(ctx, person)
		if err != nil {
			return err
		}
		cal := icalendar.Calendar{Name: "Longstop: due dates", Events: make([]icalendar.Event, len(duties))}
		for i := range duties {
			cal.Events[i] = eventOf(&duties[i])
		}
		feed.Text, err = cal.Encode()
		feed.Tag = icalendar.ETag(feed.Text)
		return err
	})
	return feed, err
}

// numbered is from when on versions of events are numbered, each by its second: an integer of iCalendar has 32 bits.
var numbered = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// eventOf is a duty as a calendar shows it. Nothing of it depends on when it is asked for. It names the child by its reference alone, as
// letters do: Google's and Microsoft's servers read it.
func eventOf(d *store.OwnDuty) icalendar.Event {
	return icalendar.Event{
		UID: d.Name, Date: d.DueDay(), Summary: d.Rule.Title + ": " + d.Reference, Description: describe(d),
		Changed: d.Dated, Sequence: int(d.Dated.Sub(numbered) / time.Second),
	}
}

func describe(d *store.OwnDuty) string {
	by := english.LongDay(d.DueDay())
	if !d.DueAt.IsZero() {
		by = english.Time(d.DueAt) + " on " + by
	}
	lines := []string{english.Sentence(d.Rule.Todo), "Due by " + by + " (" + d.Ref + ")."}
	switch {
	case !d.Edition.SetByLaw():
		lines = append(lines, "No law sets this limit: it is "+d.LocalWords()+".")
	case !d.LocalDue.IsZero():
		lines = append(lines, "The council's own limit is "+english.LongDay(d.LocalDue)+".")
	}
	if d.Provisional {
		lines = append(lines, "The date is provisional: the bank holidays that it depends on are not all published yet.")
	}
	return strings.Join(append(lines, "A calendar may be a day behind. What counts is what Longstop tells you by message."), "\n")
}
