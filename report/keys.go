package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"longstop/access"
	"longstop/api"
	"longstop/english"
	"longstop/store"
)

// NewKey shows a key that was made, this once.
func (p *Page) NewKey(k *api.NewKey) error {
	p.printf("%s for %s (%s) may: %s. It is good until %s.\n\n    %s\n\n", k.Label, k.Name, k.Owner, scope(&k.Key), english.Minute(k.Of.Expires), k.Secret)
	p.printf("It is shown this once.\n")
	if old := k.Replaces; old != nil {
		switch old.Of.State(old.At) {
		case store.KeyRevoked:
			p.printf("The old key, %s, is revoked.\n", old.Label)
		default:
			p.printf("The old key, %s, is good until %s.\n", old.Label, english.Minute(old.Of.Expires))
		}
	}
	return p.err
}

// scope is what a key is for, in words.
func scope(k *api.Key) string {
	text := access.Join(k.Of.Actions)
	if k.Source != "" {
		text += ", of the source " + k.Source
	}
	if k.Council != "" {
		text += ", while the overlay of " + k.Council + " is in force"
	}
	return text
}

// soon is how long before a key ends somebody should have begun to replace it.
const soon = 30 * 24 * time.Hour

// Keys lists keys, and names those that are in use and end soon.
func (p *Page) Keys(list []api.Key) error {
	if len(list) == 0 {
		p.printf("No key was ever made.\n")
		return p.err
	}
	rows := [][]string{{"KEY", "NAME", "OWNER", "MAY", "SOURCE", "COUNCIL", "STATE", "UNTIL", "LAST USED"}}
	var ending []string
	for i := range list {
		k := &list[i]
		rows = append(rows, []string{
			k.Label, k.Name, k.Owner, strings.Join(k.Actions, ","), cmp.Or(k.Source, "-"), cmp.Or(k.Council, "-"), k.State, english.Short(until(k.Of)), lastUsed(k.Of),
		})
		if k.Of.State(k.At) == store.KeyActive && k.Of.Expires.Sub(k.At) < soon {
			ending = append(ending, fmt.Sprintf("%s (%s)", k.Label, k.Name))
		}
	}
	p.table("", rows...)
	if len(ending) > 0 {
		p.paragraph(p.hints.after(fmt.Sprintf("Less than %d days are left of %s.", soon/(24*time.Hour), english.And(ending)), RotateKeys))
	}
	return p.err
}

// until is when a key ends, or ended.
func until(k *store.Key) time.Time {
	if !k.Revoked.IsZero() {
		return k.Revoked
	}
	return k.Expires
}

func lastUsed(k *store.Key) string {
	text := "never"
	if !k.LastUsed.IsZero() {
		text = english.Short(k.LastUsed)
	}
	if !k.LastRefused.IsZero() {
		text += ", refused " + english.Short(k.LastRefused)
	}
	return text
}

// RevokedKey says since when a key is revoked.
func (p *Page) RevokedKey(k *api.Key) error {
	p.printf("%s\n", p.hints.after(fmt.Sprintf("%s of %s (%s) is revoked, since %s: it is refused from now on.", k.Label, k.Name, k.Owner, english.Minute(k.Of.Revoked)), UsesOfKey))
	return p.err
}

// NewCalendar shows the address of a calendar that was made, this once.
func (p *Page) NewCalendar(c *api.NewCalendar) error {
	p.printf("Calendar %s of %s is good until %s.\n\n    %s\n\n", c.Calendar.Calendar, c.Person, english.Minute(c.Expires), c.Address)
	if !c.Whole {
		p.printf("Put the address at which people reach Longstop before it.\n")
	}
	p.printf("Whoever knows it reads the calendar. It is shown this once: give it to its person alone, who adds it to their calendar program as a subscription.\n")
	return p.err
}

// Calendars lists the addresses of calendars.
func (p *Page) Calendars(list []api.Calendar) error {
	if len(list) == 0 {
		p.printf("No address of a calendar was ever made.\n")
		return p.err
	}
	rows := [][]string{{"CALENDAR", "PERSON", "STATE", "UNTIL", "LAST READ"}}
	for i := range list {
		c := &list[i]
		end, read := c.Expires, "never"
		if c.Revoked != nil {
			end = *c.Revoked
		}
		if c.LastUsed != nil {
			read = english.Short(*c.LastUsed)
		}
		if c.LastRefused != nil {
			read += ", refused " + english.Short(*c.LastRefused)
		}
		rows = append(rows, []string{c.Calendar, c.Person, string(c.State), english.Short(end), read})
	}
	p.table("", rows...)
	return p.err
}

// RevokedCalendars says since when addresses are revoked.
func (p *Page) RevokedCalendars(list []api.Calendar) error {
	for i := range list {
		p.printf("Calendar %s of %s is revoked, since %s: it is refused from now on.\n", list[i].Calendar, list[i].Person, english.Minute(*list[i].Revoked))
	}
	return p.err
}
