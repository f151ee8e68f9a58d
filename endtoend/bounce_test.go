package endtoend_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"longstop/internal/imaptest"
	"longstop/internal/smtptest"
	"longstop/store"
)

// The mail server takes a letter, and reports later that the mailbox is gone. Somebody has answered, too.
func TestWhatAMailServerReportsLaterIsToldToTheTeamManager(t *testing.T) {
	t.Parallel()
	m := &mailed{site: sharedStack(t).newSite(t, nsBounces), mail: smtptest.Start(t)}
	box := imaptest.Start(t)
	m.site.mail = m.mail.URL()
	m.more = []string{
		"LONGSTOP_BOUNCES_ADDRESS=" + imaptest.User, "LONGSTOP_BOUNCES_KEY=0123456789abcdef0123456789abcdef",
		fmt.Sprintf("LONGSTOP_BOUNCES_IMAP_URL=imap://%s@127.0.0.1:%d?tls=none", imaptest.User, box.Port), "LONGSTOP_BOUNCES_IMAP_PASSWORD=" + imaptest.Password,
	}
	m.startWorker(t)
	m.r = m.record(t)
	m.must(t, 0, "record", written(t, append(managers(), appointed("W1", "worker"))...))
	n := m.tell(t, "CLOSED", "W1")
	first := m.messageOf(t, n)
	if !strings.HasPrefix(first.From, "bounces+") {
		t.Fatalf("it was sent from %s", first.From)
	}
	box.Put(t, "From: "+address("W1")+"\r\nTo: "+first.From+"\r\nSubject: Re: Due\r\nIn-Reply-To: <"+first.ID+">\r\n\r\nOn Wednesday.\r\n")
	box.Put(t, strings.ReplaceAll(`Return-Path: <>
To: `+first.From+`
From: MAILER-DAEMON@mx.council.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.council.example

Final-Recipient: rfc822; `+address("W1")+`
Action: failed
Status: 5.1.1
--b--
`, "\n", "\r\n"))
	until(t, "the team manager is told", func() string {
		list := notices(t, m.r, store.NoticeFilter{Case: "CLOSED"})
		if len(list) == 1 && list[0].State == "sent" && list[0].To == "TM1" {
			return ""
		}
		return fmt.Sprintf("%v", states(list))
	})
	until(t, "the report has left the mailbox, and the answer has not", func() string {
		if left, taken := box.Count("INBOX"), box.Count("Longstop-taken"); left != 1 || taken != 1 {
			return fmt.Sprintf("%d left, %d taken", left, taken)
		}
		return ""
	})
	n = over(t, m.r, "CLOSED")
	if n.Standing != "refused" || n.Attempts != 2 || n.PerhapsTwice {
		t.Errorf("it went as %q, after %d attempts", n.Standing, n.Attempts)
	}
	last := m.mail.Messages()[len(m.mail.Messages())-1]
	if last.From == first.From || last.ID != first.ID || !slices.Equal(last.To, []string{address("TM1")}) {
		t.Errorf("the second letter is from %s, to %v, with the id %s", last.From, last.To, last.ID)
	}
}
