package service

import (
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale/load"
)

// The date is Saturday 5 December 2026, the first working day after it Monday 7 December.
func TestAReceiptSaysToWhomHowAndWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC)
	sent := at.Add(2 * time.Second)
	const carys, text = "Carys Plover (team manager)", "Mon 7 Dec 2026 09:00 GMT  escalation to Carys Plover (team manager)"
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
		who    string
		notice store.NoticeRow
		want   string
	}{
		{"by e-mail", carys, escalation, text + ", 1 working day after the due date, Sat 5 Dec 2026. Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
		{"to the log", carys, with(func(n *store.NoticeRow) { n.State, n.Channel = "logged", "log" }), text + ", 1 working day after the due date, Sat 5 Dec 2026. " +
			"Kept in the record and the log, since no mail server was set; it reached nobody. Notice 6f1d."},
		{"and it came back", carys, with(func(n *store.NoticeRow) { n.State, n.Reason = "bounced", "550 5.1.1" }), text + ", 1 working day after the due date, " +
			"Sat 5 Dec 2026. It was sent and came back; it reached nobody: 550 5.1.1. Notice 6f1d."},
		{"in the letter of another", carys, with(func(n *store.NoticeRow) { n.With = 6 }), text + ", 1 working day after the due date, Sat 5 Dec 2026. " +
			"Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT, in one letter with 6 others. Notice 6f1d."},
		{"though it was decided not to", carys, with(func(n *store.NoticeRow) { n.Reason = "it went all the same: the duty is met" }), text +
			", 1 working day after the due date, Sat 5 Dec 2026. Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT: it went all the same: the duty is met. Notice 6f1d."},
		{"in doubt", carys, with(func(n *store.NoticeRow) { n.PerhapsTwice = true }), text + ", 1 working day after the due date, Sat 5 Dec 2026. " +
			"Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT, perhaps twice. Notice 6f1d."},
		{"to nobody", "", with(func(n *store.NoticeRow) {
			n.SentAt, n.State, n.Reason, n.To, n.ToName = nil, "undeliverable", "nobody: there is nobody to tell", "", ""
		}), "Mon 7 Dec 2026 09:00 GMT  escalation to the team manager, 1 working day after the due date, Sat 5 Dec 2026. " +
			"It could not be delivered: nobody: there is nobody to tell. Notice 6f1d."},
		{"withdrawn", carys, with(func(n *store.NoticeRow) { n.SentAt, n.State, n.Reason = nil, "not_sent", "the duty is met" }), text +
			", 1 working day after the due date, Sat 5 Dec 2026. Withdrawn before it was sent: the duty is met. Notice 6f1d."},
		{"refused for now", carys, with(func(n *store.NoticeRow) { n.SentAt, n.State, n.Reason = nil, "failed", "451" }), text +
			", 1 working day after the due date, Sat 5 Dec 2026. Not delivered yet, and tried again: 451. Notice 6f1d."},
		{"to the cover of one who is away", "Sam Green (service manager)", with(func(n *store.NoticeRow) { n.Standing = "cover" }), "Mon 7 Dec 2026 09:00 GMT  " +
			"escalation to Sam Green (service manager), who covers for the team manager, 1 working day after the due date, Sat 5 Dec 2026. " +
			"Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
		{"to the next role up", "Sam Green (service manager)", with(func(n *store.NoticeRow) { n.Standing = "nobody" }), "Mon 7 Dec 2026 09:00 GMT  " +
			"escalation to Sam Green (service manager), since nobody was there as team manager, 1 working day after the due date, Sat 5 Dec 2026. " +
			"Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
		{"that it is resolved", carys, with(func(n *store.NoticeRow) { n.Kind, n.Rung = "resolved", "" }), "Mon 7 Dec 2026 09:00 GMT  message to " +
			"Carys Plover (team manager) that nothing more is to be done. Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
		{"that the date moved", carys, with(func(n *store.NoticeRow) { n.Kind, n.Rung, n.Due = "moved", "", "2026-12-11" }), "Mon 7 Dec 2026 09:00 GMT  " +
			"message to Carys Plover (team manager) that it is now due on Fri 11 Dec 2026. Sent by e-mail on Mon 7 Dec 2026 09:00:02 GMT. Notice 6f1d."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := receipt(casework.NewBook(load.Embedded(), calendar.Published()), &tc.notice, tc.who).Text; got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}
