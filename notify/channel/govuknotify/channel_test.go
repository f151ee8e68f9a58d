package govuknotify

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longstop/internal/notifytest"
	"longstop/notify"
	"longstop/notify/channel/channeltest"
	"longstop/notify/setting"
)

const (
	emailTemplate = "f33517ff-2a88-4f6e-b855-c550268ce08a"
	smsTemplate   = "0a35dd69-6cb1-45c0-a6a2-c7ed7f2c1d5c"
	address       = "ada.example@council.example"
	mobile        = "07700 900 123"
)

var now = time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

func start(t *testing.T, options ...notifytest.Option) *notifytest.Server {
	t.Helper()
	return notifytest.Start(t, append([]notifytest.Option{
		notifytest.WithClock(clock),
		notifytest.WithTemplate(notifytest.Template{ID: emailTemplate, Type: "email", Subject: "((subject))", Body: "((body))"}),
		notifytest.WithTemplate(notifytest.Template{ID: smsTemplate, Type: "sms", Body: "Longstop: ((body))"}),
	}, options...)...)
}

func channel(t *testing.T, server *notifytest.Server, kind Kind, change ...func(*Config)) *Channel {
	t.Helper()
	cfg := Config{
		URL: server.URL(), APIKey: setting.Secret(server.Key(notifytest.LiveKey)), EmailTemplate: emailTemplate, SMSTemplate: smsTemplate, Now: clock,
	}
	for _, c := range change {
		c(&cfg)
	}
	ch, err := New(cfg, kind)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func message(kind Kind, attempt int, doubtful ...int) notify.Message {
	to := address
	if kind == SMS {
		to = mobile
	}
	return notify.Message{
		ID: "n1@longstop.council.example", To: to, ToName: "Ada Example", Subject: "Due by Thu 3 Dec 2026: visit [n1]", Notice: "n1",
		Text: "To do by Thursday 3 December 2026: visit.\n\nReference: KX_10*42\n    # four spaces\n", Attempt: attempt, Doubtful: doubtful,
	}
}

func TestTheChannelKeepsItsPromises(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Email, SMS} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, func(t *testing.T) channeltest.Pair {
				t.Helper()
				server := start(t)
				pair := channeltest.Pair{
					Channel: channel(t, server, kind),
					Taken: func() []channeltest.Taken {
						var taken []channeltest.Taken
						for _, n := range server.Notifications() {
							notice, _, _ := attemptOf(n.Reference)
							taken = append(taken, channeltest.Taken{Notice: notice})
						}
						return taken
					},
					RefuseNext: server.RefuseNext, DelayNext: server.RateLimited, LoseNext: server.LoseNext, Asks: true,
					HangNext: func() (<-chan struct{}, func()) {
						hold := server.HoldNext()
						return hold.Reached(), hold.Release
					},
					Reported: func(m channeltest.Taken) string {
						for _, n := range server.Notifications() {
							if strings.HasPrefix(n.Reference, m.Notice+".") {
								return n.Reference
							}
						}
						return ""
					},
				}
				if kind == SMS {
					pair.To = "07700900456"
				}
				return pair
			})
		})
	}
}

func TestAnEmailArrivesAsPlainText(t *testing.T) {
	t.Parallel()
	server := start(t)
	receipt, err := channel(t, server, Email).Send(t.Context(), message(Email, 3))
	if err != nil {
		t.Fatal(err)
	}
	n := server.Notifications()[0]
	if n.Subject != message(Email, 3).Subject || n.To != address || n.Reference != "n1.3" || receipt != "201 "+n.ID {
		t.Errorf("got %+v, receipt %q", n, receipt)
	}
	if want := "To do by Thursday 3 December 2026: visit.\n\nReference: KX\\_10\\*42\n\u00a0\u00a0\u00a0\u00a0\\# four spaces\n"; n.Body != want {
		t.Errorf("got %q, want %q", n.Body, want)
	}
}

func TestATextMessageIsShortAndWhole(t *testing.T) {
	t.Parallel()
	server := start(t)
	ch := channel(t, server, SMS)
	long := message(SMS, 2)
	long.Short = strings.Repeat("ŵ", 3000)
	for _, m := range []notify.Message{message(SMS, 1), long} {
		if _, err := ch.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	first, second := server.Notifications()[0], server.Notifications()[1]
	if first.Body != "Longstop: Due by Thu 3 Dec 2026: visit [n1]" || first.To != mobile || first.Type != "sms" {
		t.Errorf("got %+v", first)
	}
	if runes := []rune(second.Body); len(runes) > notifytest.MostCharacters || runes[len(runes)-1] != '…' {
		t.Errorf("%d characters, of which the last is %c", len(runes), runes[len(runes)-1])
	}
}

// The token of a request, made by npm's jsonwebtoken 9.0.2 from the same key at the same second.
func TestTheTokenIsTheOneThatAnotherLibraryMakes(t *testing.T) {
	t.Parallel()
	const theirs = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiIyNjc4NWEwOS1hYjE2LTRlYjAtODQwNy1hMzc0OTdhNTc1MDYiLCJpYXQiOjE3NjQ0MTc2MDB9.xgpz0CP5RpnFLAwz0WwiwP4QJ62FNdpRj4puDDjGjiw"
	service, secret := splitKey("a name-with-hyphens-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0")
	got := token(service, secret, time.Unix(1764417600, 0))
	if got != theirs {
		t.Errorf("got %s, want %s", got, theirs)
	}
}

func TestEachAnswerHasItsOwnConsequence(t *testing.T) {
	t.Parallel()
	type outcome struct {
		refused, alarm, everybody, unknown bool
		side                               notify.Side
		after                              time.Duration
	}
	for _, c := range []struct {
		status int
		err    string
		want   outcome
	}{
		{400, "ValidationError", outcome{refused: true}},
		{400, "InvalidPhoneError", outcome{refused: true}},
		{400, "InvalidEmailError", outcome{refused: true}},
		{400, "BadRequestError", outcome{alarm: true, side: notify.Account}},
		{401, "AuthError", outcome{alarm: true, everybody: true, side: notify.Account}},
		{403, "AuthError", outcome{alarm: true, everybody: true, side: notify.Account}},
		{404, "NoResultFound", outcome{alarm: true, everybody: true, side: notify.Account}},
		{302, "Found", outcome{alarm: true, everybody: true, side: notify.Account}},
		{429, "RateLimitError", outcome{everybody: true, side: notify.Service, after: soon}},
		{429, "TooManyRequestsError", outcome{alarm: true, everybody: true, side: notify.Account, after: 15*time.Hour + time.Minute}},
		{500, "Exception", outcome{everybody: true, side: notify.Service, unknown: true}},
		{503, "Exception", outcome{everybody: true, side: notify.Service, unknown: true}},
		{504, "Exception", outcome{everybody: true, side: notify.Service, unknown: true}},
		{202, "Accepted", outcome{everybody: true, side: notify.Service, unknown: true}},
	} {
		t.Run(fmt.Sprint(c.status, c.err), func(t *testing.T) {
			t.Parallel()
			server := start(t)
			server.FailNext(c.status, c.err, "about "+address+" with the key")
			_, err := channel(t, server, Email).Send(t.Context(), message(Email, 1))
			if err == nil {
				t.Fatal("it was taken")
			}
			var got outcome
			if got.refused = errors.Is(err, notify.ErrRefused); !got.refused {
				f := notify.Temporary(err)
				got = outcome{alarm: f.Alarm, everybody: f.Everybody, unknown: !f.NotDelivered, side: f.Side, after: f.RetryAfter}
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v: %v", got, c.want, err)
			}
			if strings.Contains(err.Error(), "ada") || !strings.Contains(err.Error(), "n1") {
				t.Errorf("the error says %v", err)
			}
		})
	}
}

// Notify stores a message before it answers, and does not recognise a repetition.
func TestWhatNotifyTookIsFoundAndNotSentAgain(t *testing.T) {
	t.Parallel()
	server := start(t)
	ch := channel(t, server, Email)
	server.FailNextAfterTaking(http.StatusInternalServerError)
	if _, err := ch.Send(t.Context(), message(Email, 1)); err == nil {
		t.Fatal("the answer was 500")
	}
	receipt, err := ch.Send(t.Context(), message(Email, 3, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	all := server.Notifications()
	if len(all) != 1 || receipt != "200 "+all[0].ID+" (found: attempt 1 had been taken)" {
		t.Errorf("%d messages, receipt %q", len(all), receipt)
	}
}

func TestWhatNotifyNeverHadIsSentAgainUnderAReferenceOfItsOwn(t *testing.T) {
	t.Parallel()
	server := start(t)
	ch := channel(t, server, Email)
	server.FailNext(http.StatusServiceUnavailable, "Exception", "")
	if _, err := ch.Send(t.Context(), message(Email, 1)); err == nil {
		t.Fatal("the answer was 503")
	}
	if _, err := ch.Send(t.Context(), message(Email, 2, 1)); err != nil {
		t.Fatal(err)
	}
	if all := server.Notifications(); len(all) != 1 || all[0].Reference != "n1.2" {
		t.Errorf("got %+v", all)
	}
}

func TestNothingIsSentWhileNotifyCannotBeAsked(t *testing.T) {
	t.Parallel()
	server := start(t)
	ch := channel(t, server, Email)
	server.LoseNext()
	if _, err := ch.Send(t.Context(), message(Email, 1)); err == nil {
		t.Fatal("the answer was lost")
	}
	server.FailNextLook(http.StatusServiceUnavailable, "Exception")
	_, err := ch.Send(t.Context(), message(Email, 2, 1))
	if f := notify.Temporary(err); err == nil || f.NotDelivered {
		t.Fatalf("the first attempt may have been delivered: %v", err)
	}
	if n := len(server.Notifications()); n != 1 {
		t.Fatalf("%d messages", n)
	}
}

func TestAnEarlierAttemptThatFailedSinceIsJudgedByHow(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{"permanent-failure": "refused", "temporary-failure": "sent", "technical-failure": "sent", "delivered": "found", "sending": "found"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			ch := channel(t, server, Email)
			server.LoseNext()
			if _, err := ch.Send(t.Context(), message(Email, 1)); err == nil {
				t.Fatal("the answer was lost")
			}
			server.End(server.Notifications()[0].ID, status)
			receipt, err := ch.Send(t.Context(), message(Email, 2, 1))
			got := "sent"
			switch {
			case errors.Is(err, notify.ErrRefused):
				got = "refused"
			case err != nil:
				t.Fatal(err)
			case strings.Contains(receipt, "found"):
				got = "found"
			}
			if n := len(server.Notifications()); got != want || (got == "sent") != (n == 2) {
				t.Errorf("%s, with %d messages; want %s", got, n, want)
			}
		})
	}
}

func TestCheckFindsWhatWouldFailEveryMessage(t *testing.T) {
	t.Parallel()
	other := uuid.NewString()
	asksForMore := notifytest.WithTemplate(notifytest.Template{ID: other, Type: "email", Subject: "((subject))", Body: "((body)) ((team))"})
	for name, c := range map[string]struct {
		kind   Kind
		change func(*Config)
		says   string
	}{
		"nothing":                       {Email, func(*Config) {}, ""},
		"nothing, for texts":            {SMS, func(*Config) {}, ""},
		"a template that is not there":  {Email, func(c *Config) { c.EmailTemplate = uuid.NewString() }, "no template"},
		"a template of the other kind":  {Email, func(c *Config) { c.EmailTemplate = smsTemplate }, "not one for email"},
		"a template that asks for more": {Email, func(c *Config) { c.EmailTemplate = other }, "asks for more"},
		"a key of nobody's":             {Email, func(c *Config) { c.APIKey = setting.Secret("k-" + uuid.NewString() + "-" + uuid.NewString()) }, envKey},
		"a clock that is off":           {Email, func(c *Config) { c.Now = func() time.Time { return now.Add(31 * time.Second) } }, "clock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := channel(t, start(t, asksForMore), c.kind, c.change).Check(t.Context())
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestARevokedKeyIsAnAlarmAndWhatNeverLeftIsKnownNotToBeDelivered(t *testing.T) {
	t.Parallel()
	server := start(t)
	var key string
	ch := channel(t, server, Email, func(c *Config) { key = string(c.APIKey) })
	server.Revoke(key)
	_, err := ch.Send(t.Context(), message(Email, 1))
	if f := notify.Temporary(err); err == nil || !f.Alarm || strings.Contains(err.Error(), key[len(key)-36:]) {
		t.Errorf("got %v", err)
	}
	fresh := channel(t, server, Email) // a connection that waits may have carried it
	server.Close()
	_, err = fresh.Send(t.Context(), message(Email, 1))
	if f := notify.Temporary(err); err == nil || !f.NotDelivered || f.Alarm {
		t.Errorf("got %v", err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer first.Close()
	ch := channel(t, start(t), Email, func(c *Config) { c.URL = first.URL })
	if _, err := ch.Send(t.Context(), message(Email, 1)); err == nil || elsewhere > 0 {
		t.Errorf("%d requests went elsewhere: %v", elsewhere, err)
	}
}
