package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"longstop/internal/notifytest"
	"longstop/internal/smtptest"
	"longstop/notify"
)

const emailTemplate = "f33517ff-2a88-4f6e-b855-c550268ce08a"

func TestNoticesGoByGOVUKNotifyWhereItIsSetUp(t *testing.T) {
	server := notifytest.Start(t, notifytest.WithTemplate(notifytest.Template{ID: emailTemplate, Type: "email", Subject: "((subject))", Body: "((body))"}))
	s, log := withChannel(t.Context(), t, map[string]string{
		"LONGSTOP_NOTIFY_URL": server.URL(), "LONGSTOP_NOTIFY_API_KEY": server.Key(notifytest.LiveKey), "LONGSTOP_NOTIFY_EMAIL_TEMPLATE": emailTemplate,
	})
	if s.channel.notify == nil || s.channel.logOnly || !strings.Contains(log.String(), "by GOV.UK Notify") {
		t.Errorf("%+v; the log: %s", s.channel, log)
	}
	message := notify.Message{ID: "n1@council.example", To: "ada@council.example", Subject: "Due", Text: "Due.\n", Notice: "n1", Attempt: 1}
	if receipt, err := s.channel.Send(t.Context(), message); err != nil || !strings.HasPrefix(receipt, "201 ") {
		t.Errorf("%q, %v", receipt, err)
	}
	server.FailNext(http.StatusForbidden, "AuthError", "revoked")
	if _, err := s.channel.Send(t.Context(), message); !notify.Temporary(err).Alarm {
		t.Errorf("got %v", err)
	}
	for outcome, want := range map[string]float64{"taken": 1, "refused": 0, "failed": 1} {
		if got := s.metrics.value(t, "longstop_notices_total", "govuknotify", outcome); got != want {
			t.Errorf("%s: %v, want %v", outcome, got, want)
		}
	}
}

func TestTheChannelIsWhatTheSettingsSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		notices        string
		mail, byNotify bool
		order          string
		wrong          error
	}{
		{"", true, false, "email", nil},
		{"", false, true, "govuknotify", nil},
		{"", true, true, "", errNotifyToo},
		{"", false, false, "", errNoChannel},
		{"email", true, true, "email", nil},
		{"email", false, true, "", errNoMail},
		{"govuknotify", true, true, "govuknotify", nil},
		{"govuknotify", true, false, "", errNoNotify},
		{"email,govuknotify", true, true, "email,govuknotify", nil},
		{"govuknotify, email", true, true, "govuknotify,email", nil},
		{"email,govuknotify", true, false, "", errNoNotify},
		{"email,email", true, true, "", errNoticesUnknown},
		{"email,log", true, true, "", errNoticesUnknown},
		{"email,", true, true, "", errNoticesUnknown},
		{"log", false, false, "log", nil},
		{"log", true, false, "", errTwoChannels},
		{"log", false, true, "", errNotifyToLog},
		{"pigeon", true, true, "", errNoticesUnknown},
	} {
		if order, err := chooseChannels(c.notices, c.mail, c.byNotify); strings.Join(order, ",") != c.order || !errors.Is(err, c.wrong) {
			t.Errorf("%+v: %q, %v", c, order, err)
		}
	}
}

func TestWhileTheMailServerIsDownNoticesGoByGOVUKNotify(t *testing.T) {
	far := notifytest.Start(t, notifytest.WithTemplate(notifytest.Template{ID: emailTemplate, Type: "email", Subject: "((subject))", Body: "((body))"}))
	mail := smtptest.Start(t)
	s, _ := withChannel(t.Context(), t, map[string]string{
		"LONGSTOP_NOTICES": "email,govuknotify", "LONGSTOP_SMTP_URL": mail.URL(),
		"LONGSTOP_NOTIFY_URL": far.URL(), "LONGSTOP_NOTIFY_API_KEY": far.Key(notifytest.LiveKey), "LONGSTOP_NOTIFY_EMAIL_TEMPLATE": emailTemplate,
	})
	if s.channel.domain != "council.example" || len(s.channel.breakers) != 2 || s.channel.notify == nil {
		t.Errorf("the channel is %+v", s.channel)
	}
	send := func(notice string) string {
		m := notify.Message{ID: notice + "@council.example", To: "ada@council.example", Subject: "Due", Text: "Due.\n", Notice: notice, Attempt: 1}
		_, by, err := s.channel.Channel.(notify.Carrier).Carry(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return by
	}
	if by := send("n1"); by != "email" {
		t.Errorf("it went by %s", by)
	}
	if err := mail.Close(); err != nil {
		t.Fatal(err)
	}
	for _, notice := range []string{"n2", "n3", "n4", "n5"} {
		if by := send(notice); by != "govuknotify" {
			t.Errorf("it went by %s", by)
		}
	}
	if n := len(far.Notifications()); n != 4 {
		t.Errorf("%d messages went by GOV.UK Notify", n)
	}
	if said := s.channel.detail(); !strings.HasPrefix(said, "one way of sending is paused since 20") {
		t.Errorf("it reports %q", said)
	}
	if got := s.metrics.value(t, "longstop_sending_paused"); got != 0 {
		t.Errorf("longstop_sending_paused is %v", got)
	}
}
