package main

import (
	"testing"
	"time"

	"longstop/store"
)

func TestAReceiptSaysToWhomHowAndByWhichId(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC)
	sent := at.Add(2 * time.Second)
	escalation := store.NoticeRow{
		ID: "6f1d", At: at, Kind: "escalation", Rung: "+1wd", Role: "team_manager", Due: "2026-12-05", To: "M01", ToName: "Carys Plover",
		State: "sent", SentAt: &sent, Channel: "email",
	}
	with := func(change func(*store.NoticeRow)) store.NoticeRow {
		n := escalation
		change(&n)
		return n
	}
	for _, tc := range []struct {
		name   string
		notice store.NoticeRow
		want   string
	}{
		{"by e-mail", escalation, "Mon 7 Dec 2026 09:00  escalation +1wd, due Sat 5 Dec 2026, to the team manager, Carys Plover: " +
			"sent by email on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
		{"to the log", with(func(n *store.NoticeRow) { n.State, n.Channel = "logged", "log" }), "Mon 7 Dec 2026 09:00  escalation +1wd, due Sat 5 Dec 2026, " +
			"to the team manager, Carys Plover: kept in the record and the log, since no mail server is set; it reached nobody. Notice 6f1d."},
		{"in the letter of another", with(func(n *store.NoticeRow) { n.With = 6 }), "Mon 7 Dec 2026 09:00  escalation +1wd, due Sat 5 Dec 2026, " +
			"to the team manager, Carys Plover: sent by email on Mon 7 Dec 2026 09:00:02 GMT, in one letter with 6 others. Notice 6f1d."},
		{"though it was decided not to", with(func(n *store.NoticeRow) { n.Reason = "it went all the same: the duty is met" }), "Mon 7 Dec 2026 09:00  " +
			"escalation +1wd, due Sat 5 Dec 2026, to the team manager, Carys Plover: sent by email on Mon 7 Dec 2026 09:00:02 GMT, " +
			"it went all the same: the duty is met. Notice 6f1d."},
		{"in doubt", with(func(n *store.NoticeRow) { n.PerhapsTwice = true }), "Mon 7 Dec 2026 09:00  escalation +1wd, due Sat 5 Dec 2026, " +
			"to the team manager, Carys Plover: sent by email on Mon 7 Dec 2026 09:00:02 GMT, perhaps twice. Notice 6f1d."},
		{"to nobody", with(func(n *store.NoticeRow) {
			n.SentAt, n.State, n.Reason, n.To, n.ToName = nil, "undeliverable", "nobody", "", ""
		}), "Mon 7 Dec 2026 09:00  escalation +1wd, due Sat 5 Dec 2026, to the team manager: undeliverable, nobody. Notice 6f1d."},
		{"to the cover of one who is away", with(func(n *store.NoticeRow) { n.Standing = "cover" }), "Mon 7 Dec 2026 09:00  escalation +1wd, " +
			"due Sat 5 Dec 2026, to the team manager, Carys Plover (cover): sent by email on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
		{"that it is resolved", with(func(n *store.NoticeRow) { n.Kind, n.Rung, n.Due = "resolved", "", "" }), "Mon 7 Dec 2026 09:00  resolved " +
			"to the team manager, Carys Plover: sent by email on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := receipt(&tc.notice); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}
