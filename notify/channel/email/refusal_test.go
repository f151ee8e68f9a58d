package email

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"longstop/internal/smtptest"
	"longstop/notify"
)

// answer is what a mail server answers at a stage, and how it is to be read.
type answer struct {
	name    string
	stage   smtptest.Stage
	code    int
	text    string // all that follows the code
	refused bool   // the recipient, for good
	side    notify.Side
	alarm   bool
}

// Only an answer in so many words refuses a recipient for good. What concerns Longstop's
// account or the mail server is tried again: taken for a refusal, it would send every
// notice of a council to the wrong person.
var answers = []answer{
	// About us, though given at the same moments.
	{name: "Exchange Online: may not send as the sender", stage: smtptest.AtEnd, code: 554, text: "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", side: notify.Account, alarm: true},
	{name: "Exchange Online: may not send as the sender, in detail", stage: smtptest.AtEnd, code: 554, text: "5.2.252 SendAsDenied; longstop@council.example not allowed to send as clocks@council.example", side: notify.Account, alarm: true},
	{name: "Exchange Online: the sender's mailbox is full", stage: smtptest.AtEnd, code: 554, text: "5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException", side: notify.Unknown, alarm: true},
	{name: "Exchange Online: ten thousand recipients a day", stage: smtptest.AtEnd, code: 554, text: "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", side: notify.Account, alarm: true},
	{name: "Exchange Online: daily limit", stage: smtptest.AtRecipient, code: 550, text: "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", side: notify.Account, alarm: true},
	{name: "Exchange Online: three connections, no more", stage: smtptest.AtSender, code: 432, text: "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", side: notify.Account},
	{name: "Exchange Online: too many messages a minute", stage: smtptest.AtEnd, code: 432, text: "4.3.2 STOREDRV; Concurrent connections limit exceeded", side: notify.Account},
	{name: "Postfix: HELO is not fully qualified", stage: smtptest.AtRecipient, code: 504, text: "5.5.2 <3f9a0c7d21be>: Helo command rejected: need fully-qualified hostname", side: notify.Service, alarm: true},
	{name: "Exim: no relaying", stage: smtptest.AtRecipient, code: 550, text: "relay not permitted", side: notify.Unknown, alarm: true},
	{name: "the mail system's own trouble", stage: smtptest.AtRecipient, code: 554, text: "5.3.0 Other mail system problem", side: notify.Service, alarm: true},
	{name: "a loop", stage: smtptest.AtRecipient, code: 550, text: "5.4.6 Hop count exceeded", side: notify.Service, alarm: true},
	{name: "bad sequence of commands", stage: smtptest.AtRecipient, code: 554, text: "5.5.1 Error: no valid recipients", side: notify.Service, alarm: true},
	{name: "policy", stage: smtptest.AtRecipient, code: 550, text: "5.7.1 Unable to relay", side: notify.Account, alarm: true},
	{name: "policy, at the end", stage: smtptest.AtEnd, code: 550, text: "5.7.1 Message rejected as spam", side: notify.Account, alarm: true},
	{name: "Exchange Online: SMTP AUTH is off", stage: smtptest.AtRecipient, code: 535, text: "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant", side: notify.Account, alarm: true},
	{name: "sign in first", stage: smtptest.AtRecipient, code: 530, text: "5.7.57 Client not authenticated to send mail", side: notify.Account, alarm: true},
	{name: "sign in first, in the words of an address", stage: smtptest.AtRecipient, code: 530, text: "5.1.1 Authentication required", side: notify.Account, alarm: true},
	{name: "the sender's address", stage: smtptest.AtRecipient, code: 550, text: "5.1.8 Access denied, bad outbound sender", side: notify.Account, alarm: true},
	{name: "the sender's address is not one", stage: smtptest.AtRecipient, code: 553, text: "5.1.7 Sender address rejected", side: notify.Account, alarm: true},
	{name: "the sender's address, at the end", stage: smtptest.AtEnd, code: 550, text: "5.1.7 Bad sender", side: notify.Account, alarm: true},
	{name: "the sender is unknown", stage: smtptest.AtSender, code: 550, text: "5.1.1 User unknown", side: notify.Account, alarm: true},
	{name: "the sender is unknown, in other words", stage: smtptest.AtSender, code: 550, text: "5.1.0 Sender rejected", side: notify.Account, alarm: true},
	{name: "the sender, without a code", stage: smtptest.AtSender, code: 550, text: "rejected", side: notify.Account, alarm: true},
	{name: "the server is busy", stage: smtptest.AtSender, code: 451, text: "4.3.0 try later", side: notify.Service},
	{name: "the server is busy, without a code", stage: smtptest.AtSender, code: 451, text: "try later", side: notify.Service},

	// About the recipient, and final.
	{name: "no such mailbox", stage: smtptest.AtRecipient, code: 550, text: "5.1.1 User unknown", refused: true},
	{name: "no such domain", stage: smtptest.AtRecipient, code: 550, text: "5.1.2 Host unknown", refused: true},
	{name: "not an address", stage: smtptest.AtRecipient, code: 501, text: "5.1.3 Bad recipient address syntax", refused: true},
	{name: "the mailbox has moved", stage: smtptest.AtRecipient, code: 551, text: "5.1.6 Mailbox has moved, no forwarding address", refused: true},
	{name: "a domain that takes no mail", stage: smtptest.AtRecipient, code: 556, text: "5.1.10 Recipient address has null MX", refused: true},
	{name: "Exchange: not in the directory", stage: smtptest.AtRecipient, code: 550, text: "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", refused: true},
	{name: "Exchange Online: a leaver, at the edge", stage: smtptest.AtRecipient, code: 550, text: "5.4.1 Recipient address rejected: Access denied. AS(201806281) [LO1PEPF000022FA.GBRP265.PROD.OUTLOOK.COM]", refused: true},
	{name: "the mailbox is disabled", stage: smtptest.AtRecipient, code: 550, text: "5.2.1 Mailbox disabled, not accepting messages", refused: true},
	{name: "no such mailbox, said at the end", stage: smtptest.AtEnd, code: 550, text: "5.1.1 User unknown", refused: true},
	{name: "no such domain, said at the end", stage: smtptest.AtEnd, code: 550, text: "5.1.2 Host unknown", refused: true},
	{name: "not an address, said at the end", stage: smtptest.AtEnd, code: 501, text: "5.1.3 Bad address", refused: true},

	// About the recipient, perhaps, and not final.
	{name: "the recipient's mailbox is full", stage: smtptest.AtRecipient, code: 552, text: "5.2.2 Mailbox full", side: notify.RecipientSide, alarm: true},
	{name: "a mailbox is full, said at the end", stage: smtptest.AtEnd, code: 552, text: "5.2.2 Mailbox full", side: notify.Unknown, alarm: true},
	{name: "a mailbox is disabled, said at the end", stage: smtptest.AtEnd, code: 550, text: "5.2.1 Mailbox disabled", side: notify.Unknown, alarm: true},
	{name: "not in the directory, said at the end", stage: smtptest.AtEnd, code: 550, text: "5.1.10 RecipientNotFound", side: notify.RecipientSide, alarm: true},
	{name: "a host that does not answer", stage: smtptest.AtRecipient, code: 554, text: "5.4.1 No answer from host", side: notify.Service, alarm: true},
	{name: "a host that does not answer, said at the end", stage: smtptest.AtEnd, code: 550, text: "5.4.1 No answer from host", side: notify.Service, alarm: true},
	{name: "some mailbox trouble", stage: smtptest.AtRecipient, code: 550, text: "5.2.0 Mailbox trouble", side: notify.Unknown, alarm: true},
	{name: "some address trouble", stage: smtptest.AtRecipient, code: 550, text: "5.1.0 Address rejected", side: notify.Unknown, alarm: true},
	{name: "an address of more than one mailbox", stage: smtptest.AtRecipient, code: 550, text: "5.1.4 Ambiguous address", side: notify.RecipientSide, alarm: true},
	{name: "no words and no code", stage: smtptest.AtRecipient, code: 550, text: "", side: notify.Unknown, alarm: true},
	{name: "words only", stage: smtptest.AtRecipient, code: 553, text: "no such user here", side: notify.Unknown, alarm: true},
	{name: "the address in front of the code", stage: smtptest.AtRecipient, code: 550, text: "<" + address + ">: 5.1.1 User unknown", side: notify.Unknown, alarm: true},
	{name: "what is written is refused", stage: smtptest.AtEnd, code: 554, text: "5.6.0 Lone CR or LF in body", side: notify.Unknown, alarm: true},
	{name: "what is written is refused, without a code", stage: smtptest.AtEnd, code: 554, text: "Transaction failed", side: notify.Unknown, alarm: true},
	{name: "a syntax error", stage: smtptest.AtRecipient, code: 501, text: "Syntax error in parameters", side: notify.Service, alarm: true},
	{name: "bad sequence, in the words of an address", stage: smtptest.AtRecipient, code: 503, text: "5.1.1 RCPT first", side: notify.RecipientSide, alarm: true},

	// For now only.
	{name: "no such mailbox for now", stage: smtptest.AtRecipient, code: 450, text: "4.1.1 User unknown in local recipient table", side: notify.RecipientSide},
	{name: "for now by its code, for good by its detail", stage: smtptest.AtRecipient, code: 450, text: "5.1.1 User unknown", side: notify.RecipientSide},
	{name: "for good by its code, for now by its detail", stage: smtptest.AtRecipient, code: 550, text: "4.1.1 User unknown", side: notify.RecipientSide, alarm: true},
	{name: "greylisting", stage: smtptest.AtRecipient, code: 451, text: "4.7.1 Greylisting in action, please come back later", side: notify.Unknown},
	{name: "busy, without a code", stage: smtptest.AtRecipient, code: 451, text: "try again later", side: notify.Unknown},
	{name: "the recipient's mailbox is full for now", stage: smtptest.AtRecipient, code: 452, text: "4.2.2 Mailbox full", side: notify.RecipientSide},
	{name: "the server is going down", stage: smtptest.AtRecipient, code: 421, text: "4.3.2 Service shutting down", side: notify.Service},
	{name: "the server is going down, at the end", stage: smtptest.AtEnd, code: 421, text: "Service not available", side: notify.Service},
	{name: "no room", stage: smtptest.AtEnd, code: 452, text: "4.3.1 Insufficient system storage", side: notify.Service},

	// Odd ways of writing the same.
	{name: "two blanks", stage: smtptest.AtRecipient, code: 550, text: "  5.1.1   User unknown", refused: true},
	{name: "a tab", stage: smtptest.AtRecipient, code: 550, text: "\t5.1.1\tUser unknown", refused: true},
	{name: "a hash, as IronPort writes", stage: smtptest.AtRecipient, code: 550, text: "#5.1.1 User unknown", refused: true},
	{name: "the code alone", stage: smtptest.AtRecipient, code: 550, text: "5.1.1", refused: true},
	{name: "a colon after the code", stage: smtptest.AtRecipient, code: 550, text: "5.1.1: User unknown", refused: true},
	{name: "a full stop after the code", stage: smtptest.AtRecipient, code: 550, text: "5.1.1. User unknown", refused: true},
	{name: "an IP address where a code stands", stage: smtptest.AtRecipient, code: 550, text: "5.1.1.2 is on a blocklist", side: notify.Unknown, alarm: true},
	{name: "a longer code that begins alike", stage: smtptest.AtRecipient, code: 550, text: "5.1.100 whatever", side: notify.RecipientSide, alarm: true},
	{name: "a number that begins alike", stage: smtptest.AtRecipient, code: 550, text: "5.1.1000 whatever", side: notify.Unknown, alarm: true},
	{name: "several lines, as Gmail writes", stage: smtptest.AtRecipient, code: 550, text: "5.1.1 The email account that you tried to reach does not exist.\n5.1.1 Please try double-checking\n5.1.1  https://mail.example/?p=NoSuchUser", refused: true},
	{name: "several lines, the code on the last", stage: smtptest.AtRecipient, code: 550, text: "The account that you tried to reach\n5.1.1 does not exist", refused: true},
	{name: "several lines that contradict each other", stage: smtptest.AtRecipient, code: 550, text: "5.1.1 User unknown\n5.7.1 or you may not know", side: notify.Unknown, alarm: true},
	{name: "several lines about the sender", stage: smtptest.AtEnd, code: 554, text: "5.2.0 STOREDRV.Submission\n5.2.0 SendAsDenied for 5.1.1", side: notify.Account, alarm: true},
}

func TestWhichAnswersRefuseTheRecipient(t *testing.T) {
	t.Parallel()
	for _, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t)
			ch := channel(t, server, "")
			server.FailNextAt(a.stage, smtptest.Failure{Code: a.code, Text: a.text, Verbatim: true})
			_, err := ch.Send(t.Context(), message("n1"))
			private(t, err)
			a.check(t, err)
			send(t, ch, "n1") // trying again works
			if copies := server.Copies(); copies[message("n1").ID] != 1 {
				t.Errorf("copies: %v", copies)
			}
		})
	}
}

// RFC 5321 section 4.2.1: the first digit decides, whatever the others are.
func TestTheFirstDigitOfAnAnswerSaysWhetherItIsFinal(t *testing.T) {
	t.Parallel()
	for code := 400; code < 600; code++ {
		policy, sender := notify.Unknown, notify.Service
		if code >= 500 {
			policy, sender = notify.Account, notify.Account
		}
		r := replyError{code: code}
		if r.alarms() != (code >= 500) || r.sideOfPolicy(addressing) != policy || sideWithoutCode(code, naming) != sender {
			t.Errorf("%d: alarms %t, the policy is of %s, the sender of %s", code, r.alarms(), r.sideOfPolicy(addressing), sideWithoutCode(code, naming))
		}
	}
}

func (a *answer) check(t *testing.T, err error) {
	t.Helper()
	if says := fmt.Sprint(a.code); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "notice n1: email") {
		t.Fatalf("the error says too little: %v", err)
	}
	var refused *notify.PermanentError
	if errors.As(err, &refused) != a.refused {
		t.Fatalf("refused for good: %v, want %v: %v", !a.refused, a.refused, err)
	}
	if a.refused {
		if refused.Notice != "n1" || refused.Channel != "email" {
			t.Errorf("got %+v", refused)
		}
		return
	}
	got := notify.Temporary(err)
	if got.Side != a.side || got.Alarm != a.alarm || !got.NotDelivered || got.Everybody != (a.stage == smtptest.AtSender) {
		t.Errorf("got %s trouble, alarm %v, not delivered %v, everybody's %v; want %s, %v: %v",
			got.Side, got.Alarm, got.NotDelivered, got.Everybody, a.side, a.alarm, err)
	}
	if strings.Contains(err.Error(), "not known whether") {
		t.Errorf("the server has answered, so it is known: %v", err)
	}
}

// Some servers keep what they have to say of the recipient until DATA.
func TestAnAnswerAboutTheRecipientMayComeOnlyWhenTheMessageIsBegun(t *testing.T) {
	t.Parallel()
	for text, refused := range map[string]bool{
		"550 5.1.1 User unknown": true, "550 5.2.1 Mailbox disabled": false, "554 5.5.1 No valid recipients": false, "550 no": false,
	} {
		ch := channelTo(t, script(t, map[string]string{"DATA": text}))
		_, err := ch.Send(t.Context(), message("n1"))
		if errors.Is(err, notify.ErrRefused) != refused {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What comes before the recipient is named is never about the recipient.
func TestAnAnswerBeforeTheRecipientIsNamedRefusesNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		said map[string]string
		side notify.Side
		says string
	}{
		"at the greeting": {map[string]string{"": "554 5.1.1 No service for you"}, notify.Service, "554"},
		"at HELO": {
			map[string]string{"EHLO": "504 5.5.2 need fully-qualified hostname", "HELO": "504 5.5.2 need fully-qualified hostname"},
			notify.Service, "helo=",
		},
		"at the sender": {map[string]string{"MAIL": "550 5.1.1 User unknown"}, notify.Account, envFrom},
	} {
		ch := channelTo(t, script(t, c.said))
		_, err := ch.Send(t.Context(), message("n1"))
		temporary(t, err, c.says)
		if got := notify.Temporary(err); got.Side != c.side || !got.Everybody || !got.Alarm || !got.NotDelivered {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// An answer that cannot be read says nothing of the recipient.
func TestAnAnswerThatIsNotSMTPRefusesNobody(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"550", "550\t5.1.1 User unknown", "5.1.1 User unknown", "550:5.1.1 User unknown", ""} {
		ch := channelTo(t, script(t, map[string]string{"RCPT": text}))
		_, err := ch.Send(t.Context(), message("n1"))
		temporary(t, err, "not SMTP")
	}
}

func TestAFailureSaysWhetherTheMessageMayHaveBeenDelivered(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fails       func(*smtptest.Server)
		undelivered bool
	}{
		"the recipient is refused for now": {func(s *smtptest.Server) { s.FailNext(451) }, true},
		"the whole message is refused for now": {func(s *smtptest.Server) {
			s.FailNextAt(smtptest.AtEnd, smtptest.Failure{Code: 452})
		}, true},
		"the server is not there":      {func(s *smtptest.Server) { s.Close() }, true},
		"the answer to it all is lost": {func(s *smtptest.Server) { s.DropNext() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t)
			tc.fails(server)
			_, err := channel(t, server, "").Send(t.Context(), message("n1"))
			temporary(t, err)
			var says interface{ Undelivered() bool }
			if !errors.As(err, &says) || says.Undelivered() != tc.undelivered {
				t.Errorf("%v says undelivered: %v", err, !tc.undelivered)
			}
		})
	}
}
