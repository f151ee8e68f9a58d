package service

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/api"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

// DutyQuery picks duties; what is left out picks all.
type DutyQuery struct {
	Source, Case string
	Team, Worker string
	State        casework.State
	Ref          string // of a timescale
}

// Duties are duties that the record holds.
type Duties struct {
	Rows []api.Duty
	Pack *timescale.Pack // in force
	// UnknownTeam and UnknownWorker are what the query names and the record does not know, where nothing was found.
	UnknownTeam, UnknownWorker string
	// PutAside are the cases that could not be worked out: what is shown of them, if anything, is as it last was.
	PutAside []store.PutAside
	// RebuildDue reports whether an earlier release worked out what the record holds.
	RebuildDue bool
}

// Duties lists the duties that the record holds, as of now.
func (s *Service) Duties(ctx context.Context, q DutyQuery) (*Duties, error) {
	out := &Duties{}
	err := s.reads(ctx, func(u *use) (err error) {
		about, err := u.readsSome(ctx, q.Source, q.Case)
		if err != nil {
			return err
		}
		out.Pack = s.record.Book().Pack()
		if err := q.check(out.Pack); err != nil {
			return err
		}
		rows, err := s.record.Duties(ctx, q.filter())
		if err != nil {
			return err
		}
		out.Rows = api.DutiesOf(rows)
		return s.doubtDuties(ctx, q, about, out)
	})
	return out, err
}

func (q *DutyQuery) filter() store.DutyFilter {
	return store.DutyFilter{Source: q.Source, Case: q.Case, Team: q.Team, Worker: q.Worker, State: q.State, Ref: q.Ref}
}

// Page is which part of a list is asked for.
type Page struct {
	After string // the cursor with which the part before ended; "": the beginning
	Most  int    // how many rows, from 1; 0: as many as a page has
}

// The numbers of rows in a page.
const (
	pageRows     = 100 // where nobody says
	mostPageRows = 1000
)

// rows is how many rows are asked for, at most so many.
func (p Page) rows(most int) int {
	if p.Most <= 0 {
		return min(pageRows, most)
	}
	return min(p.Most, most)
}

// cursorOf makes a cursor of a list, which says after which row to go on. It is the row's key, which does not change, sealed:
// cursors stand in headers, which proxies log, and the id of a duty holds one that a source made, of a child's number perhaps.
func (s *Service) cursorOf(ctx context.Context, list string, key ...string) (string, error) {
	seal, err := s.cursorSeal(ctx)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(seal.Seal(nil, nil, []byte(strings.Join(key, "\x00")), []byte(list))), nil
}

// keyAfter returns the parts of the key that a page's cursor of a list holds: so many; "" each for the beginning.
func (s *Service) keyAfter(ctx context.Context, p Page, list string, parts int) ([]string, error) {
	if p.After == "" {
		return make([]string, parts), nil
	}
	sealed, broken := base64.RawURLEncoding.DecodeString(p.After)
	if broken == nil {
		seal, err := s.cursorSeal(ctx)
		if err != nil {
			return nil, err
		}
		var text []byte
		text, broken = seal.Open(nil, nil, sealed, []byte(list))
		if key := strings.Split(string(text), "\x00"); broken == nil && len(key) == parts {
			return key, nil
		}
	}
	return nil, misuse("after", "is not a cursor of this list: send the value of next in the answer before, as it is")
}

// cursorSeal seals cursors, by a secret of the record: each program that serves it opens what another has sealed.
func (s *Service) cursorSeal(ctx context.Context) (cipher.AEAD, error) {
	secret, err := s.record.Secret(ctx)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("cursor"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// The lists that are read some at a time.
const listDuties, listCases, listNotices, listFeedRefusals = "duties", "cases", "notices", "feed refusals"

// DutyPage lists some of the duties that the record holds, as of now, in an order that does not change.
func (s *Service) DutyPage(ctx context.Context, q DutyQuery, p Page) (*api.DutyPage, error) {
	key, err := s.keyAfter(ctx, p, listDuties, 2)
	if err != nil {
		return nil, err
	}
	out := &api.DutyPage{}
	err = s.reads(ctx, func(u *use) error {
		about, err := u.readsSome(ctx, q.Source, q.Case)
		if err != nil {
			return err
		}
		if err := q.check(s.record.Book().Pack()); err != nil {
			return err
		}
		rows, more, err := s.record.DutiesAfter(ctx, q.filter(), store.DutyKey{Case: key[0], Duty: key[1]}, p.rows(mostPageRows))
		if err != nil {
			return err
		}
		out.Duties = api.DutiesOf(rows)
		if more {
			last := rows[len(rows)-1].Key()
			if out.Next, err = s.cursorOf(ctx, listDuties, last.Case, last.Duty); err != nil {
				return err
			}
		}
		if p.After != "" {
			return nil // what the whole list is to be taken with, its beginning says
		}
		doubts := &Duties{Rows: out.Duties}
		if err := s.doubtDuties(ctx, q, about, doubts); err != nil {
			return err
		}
		out.Warnings = doubts.warnings()
		return nil
	})
	return out, err
}

// warnings are what a reader of the duties must also know.
func (d *Duties) warnings() []api.Warning {
	var list []api.Warning
	if d.UnknownTeam != "" {
		list = append(list, api.Warning{Code: "unknown_team", Detail: "The record knows no team of that reference."})
	}
	if d.UnknownWorker != "" {
		list = append(list, api.Warning{Code: "unknown_worker", Detail: "The record knows no person of that reference."})
	}
	for i := range d.PutAside {
		p := &d.PutAside[i]
		list = append(list, api.Warning{
			Code: "case_not_worked_out", Case: p.Reference,
			Detail: fmt.Sprintf("This case could not be worked out since %s, and its timescales stand as they last were: %s", instantText(p.Since), p.Fault),
		})
	}
	if d.RebuildDue {
		list = append(list, api.Warning{
			Code: "rebuild_due", Detail: "An earlier release worked out what the record holds: whoever runs Longstop rebuilds it with 'starter rebuild'.",
		})
	}
	return list
}

// readsSome notes what is read: one case, whose key it returns, or many where none is named.
func (u *use) readsSome(ctx context.Context, source, ref string) (string, error) {
	if ref == "" {
		return "", u.readsCases(ctx)
	}
	return u.readsCase(ctx, source, ref)
}

// check refuses a query by which nothing could ever be found: a misspelled one must not read like good news.
func (q *DutyQuery) check(pack *timescale.Pack) error {
	if q.State != "" && !slices.Contains(casework.States, q.State) {
		names := make([]string, len(casework.States))
		for i, state := range casework.States {
			names[i] = string(state)
		}
		return misuse("state", "%s: it is one of %s", q.State, strings.Join(names, ", "))
	}
	if q.Ref != "" {
		if _, err := timescaleOf(pack, q.Ref); err != nil {
			return err
		}
	}
	return nil
}

// doubtDuties adds what a reader of the duties must also know; about is the key of the one case that is asked for.
func (s *Service) doubtDuties(ctx context.Context, q DutyQuery, about string, out *Duties) (err error) {
	if len(out.Rows) == 0 {
		if out.UnknownWorker, err = unknown(ctx, q.Worker, s.record.Employed); err != nil {
			return err
		}
		if out.UnknownTeam, err = unknown(ctx, q.Team, s.record.Team); err != nil {
			return err
		}
	}
	if out.PutAside, err = s.record.PutAsides(ctx); err != nil {
		return err
	}
	if about != "" {
		out.PutAside = slices.DeleteFunc(out.PutAside, func(p store.PutAside) bool { return p.CaseKey != about })
	}
	out.RebuildDue, err = s.record.RebuildDue(ctx)
	return err
}

// unknown returns a reference where the record does not know it, else "".
func unknown(ctx context.Context, ref string, knows func(context.Context, string) (bool, error)) (string, error) {
	if ref == "" {
		return "", nil
	}
	known, err := knows(ctx, ref)
	if err != nil || known {
		return "", err
	}
	return ref, nil
}

// Events returns what the record holds of a case, in the order of recording.
func (s *Service) Events(ctx context.Context, source, ref string) (events []casework.Event, err error) {
	err = s.reads(ctx, func(u *use) (err error) {
		if _, err := u.readsCase(ctx, source, ref); err != nil {
			return err
		}
		events, err = s.record.Events(ctx, source, ref)
		return unknownCase(err, ref)
	})
	return events, err
}

// AuditQuery picks rows of the audit.
type AuditQuery struct {
	Source, Case string    // "": all cases, and what is about none
	Key          string    // what was done by a key, and what happened to it: its id, its label, or the whole of it
	Since        time.Time // wall time; zero: from the beginning
}

// Audit hands over who ran what, oldest first. Reading the audit is itself noted.
func (s *Service) Audit(ctx context.Context, q AuditQuery, each func(api.AuditRow) error) error {
	filter := store.AuditFilter{Since: q.Since}
	if q.Key != "" {
		var err error
		if filter.Key, err = keyID(q.Key); err != nil {
			return err
		}
	}
	return s.reads(ctx, func(u *use) (err error) {
		if q.Case == "" {
			err = u.readsCases(ctx)
		} else {
			filter.CaseKey, err = u.readsCase(ctx, q.Source, q.Case)
		}
		if err != nil {
			return err
		}
		return s.record.EachAudit(ctx, filter, func(r store.AuditRow) error { return each(api.AuditRowOf(r)) })
	})
}

// AdoptedPack returns the rule pack in force on the record, with its overlay.
func (s *Service) AdoptedPack(ctx context.Context) (pack *timescale.Pack, err error) {
	err = s.reads(ctx, func(u *use) error {
		if s.record.Book() == nil {
			return store.ErrNotMigrated
		}
		pack = s.record.Book().Pack()
		return u.readsCases(ctx) // the audit notes the command, and no one case
	})
	return pack, err
}

// timescaleOf finds a timescale.
func timescaleOf(pack *timescale.Pack, ref string) (*timescale.Timescale, error) {
	if t := pack.Timescale(ref); t != nil {
		return t, nil
	}
	meant := ""
	if other := scaleOf(pack, ref); other != "" { // only the case of the letters is wrong
		meant = fmt.Sprintf(" (did you mean %s?)", other)
	}
	return nil, unknownTimescale(ref, meant)
}

func unknownTimescale(ref, meant string) error {
	return &Error{
		Kind: Refused, Code: UnknownTimescale, Meant: meant, err: fmt.Errorf("%s: the rule pack has no timescale with that ref", ref),
	}
}
