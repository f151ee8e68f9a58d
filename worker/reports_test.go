package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"longstop/internal/notifytest"
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
		how            string
		wrong          error
	}{
		{"", true, false, noticesByEmail, nil},
		{"", false, true, noticesByNotify, nil},
		{"", true, true, "", errNotifyToo},
		{"", false, false, "", errNoChannel},
		{"email", true, true, noticesByEmail, nil},
		{"email", false, true, "", errNoMail},
		{"govuknotify", true, true, noticesByNotify, nil},
		{"govuknotify", true, false, "", errNoNotify},
		{"log", false, false, noticesToLog, nil},
		{"log", true, false, "", errTwoChannels},
		{"log", false, true, "", errNotifyToLog},
		{"pigeon", true, true, "", errNoticesUnknown},
	} {
		if how, err := chooseChannel(c.notices, c.mail, c.byNotify); how != c.how || !errors.Is(err, c.wrong) {
			t.Errorf("%+v: %q, %v", c, how, err)
		}
	}
}
