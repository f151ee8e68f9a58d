package report

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"longstop/api"
	"longstop/casework"
	"longstop/service"
	"longstop/store"
	"longstop/timescale/load"
)

// answers have, together, a place for every hint.
var answers = map[string]func(*Page) error{
	"a comparison": func(p *Page) error {
		return p.WhatIf(&api.WhatIf{
			AsOf: "2026-11-02T10:00:00Z", RestatesThePast: true, ConfirmOverdue: true,
			Pasts: []api.PastRow{{Ref: "CP-10", Past: casework.Past{InTimeToLate: 2}}},
		}, false)
	},
	"an adoption": func(p *Page) error {
		law := api.Law{Pack: "England"}
		return p.Adoption(&api.Adoption{
			Changed: true, By: "D. Director", Reason: "agreed", Planned: true, Law: &law, Before: &law, PutAside: 1, Timescales: []api.TallyRow{{Ref: "CP-10", Title: "A visit"}},
		})
	},
	"an adoption that is refused": func(p *Page) error {
		refused := &service.UnconfirmedError{AdoptionRefused: api.AdoptionRefused{Needs: []string{api.RestateThePast, api.ConfirmOverdue}}}
		for _, line := range p.hints.Unconfirmed(refused) {
			p.printf("%s\n", line)
		}
		return p.err
	},
	"a correction that changes much": func(p *Page) error {
		changed := make([]api.CaseDutyChange, changesShown+1)
		return p.Recorded(&api.Recorded{Changed: &changed})
	},
	"no attachment": func(p *Page) error { return p.Attachments(nil) },
	"the rules": func(p *Page) error {
		rows, err := service.Rules(load.Embedded(), "")
		return errors.Join(err, p.Rules(load.Embedded(), rows))
	},
	"what a council has to set": func(p *Page) error { return p.Unset(load.Embedded(), service.Unset(load.Embedded())) },
	"a load": func(p *Page) error {
		return p.Imported(&service.Imported{Loaded: &api.Loaded{
			Queries: []api.LoadedRow{{Child: 1, Line: 3}}, TakenBack: []api.ChildRows{{Child: 1, Line: 3, Rows: []api.HeldRow{{Element: "CPPstartDate"}}}},
		}}, false, false)
	},
	"mended recording times": func(p *Page) error {
		return p.Mended(&api.Mended{Cases: []api.RecordedAhead{{Reference: "C1", LastRecorded: time.Date(2027, 11, 2, 9, 0, 0, 0, time.UTC)}}})
	},
	"keys": func(p *Page) error { return p.Keys([]api.Key{endingKey()}) },
	"a key that was made instead of another": func(p *Page) error {
		old := endingKey()
		return p.NewKey(&api.NewKey{Key: endingKey(), Secret: "ls_live_…", Replaces: &old})
	},
	"a revoked key": func(p *Page) error {
		k := endingKey()
		return p.RevokedKey(&k)
	},
}

// endingKey is a key of which a day is left.
func endingKey() api.Key {
	at := time.Date(2027, 11, 2, 9, 0, 0, 0, time.UTC)
	return api.KeyOf(&store.Key{ID: "abcd2345", Environment: "live", Name: "case system", Owner: "Data team", Expires: at.AddDate(0, 0, 1)}, at)
}

// lastHint is the last of the constants.
const lastHint = RebuildAfterMend

func TestEveryHintHasAPlaceInAnAnswer(t *testing.T) {
	t.Parallel()
	hints := Hints{}
	for h := range lastHint + 1 {
		hints[h] = fmt.Sprintf("<hint %d>", h)
	}
	var out bytes.Buffer
	for name, print := range answers {
		if err := print(New(&out, hints)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for h, text := range hints {
		if !strings.Contains(out.String(), text) {
			t.Errorf("no answer says hint %d", h)
		}
	}
}

var commandOrFlag = regexp.MustCompile(`starter|(^|[^-])--[a-z]`)

func TestAnAnswerWithoutHintsNamesNoCommandAndLeavesNoGap(t *testing.T) {
	t.Parallel()
	for name, print := range answers {
		var out bytes.Buffer
		if err := print(New(&out, nil)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSuffix(line, "\n"); commandOrFlag.MatchString(line) || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: %q", name, line)
			}
		}
		if strings.Contains(out.String(), "\n\n\n") {
			t.Errorf("%s has an empty paragraph:\n%s", name, out.String())
		}
	}
}

// full is a writer that takes some bytes and no more.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWhatCannotBeWrittenIsAnErrorOfEveryAnswer(t *testing.T) {
	t.Parallel()
	for name, print := range answers {
		for _, room := range []int{0, 20} {
			if err := print(New(&full{left: room}, nil)); !errors.Is(err, errFull) {
				t.Errorf("%s, with room for %d bytes: %v", name, room, err)
			}
		}
	}
}
