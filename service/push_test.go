package service

import (
	"errors"
	"testing"

	"longstop/admission"
	"longstop/store"
)

func TestTheAuditSaysHowAPushEndedWhereItsEventsDoNot(t *testing.T) {
	t.Parallel()
	tried := store.Recorded{New: 1, Outcomes: []admission.Outcome{{}}}
	for name, c := range map[string]struct {
		done    store.Recorded
		refused bool
		err     error
		want    store.Outcome
	}{
		"all new":                        {tried, false, nil, ""},
		"all known":                      {store.Recorded{Known: 1}, false, nil, store.AuditDone},
		"some new, and some unreadable":  {tried, true, nil, store.AuditRefused},
		"nothing readable":               {store.Recorded{}, true, nil, store.AuditRefused},
		"the record away from the first": {store.Recorded{}, false, store.ErrUnreachable, ""},
		"the record away half way":       {tried, false, store.ErrUnreachable, store.AuditFailed},
		"failed":                         {store.Recorded{}, true, errors.New("a fault"), store.AuditFailed},
	} {
		if got := howPushed(&c.done, c.refused, c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
