package mailbox

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"longstop/notify/setting"
)

const key = "0123456789abcdef0123456789abcdef"

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestTheSettingsOfTheMailboxAreRead(t *testing.T) {
	t.Parallel()
	cfg, ok, err := ParseEnv(env(envAddress, user, envKey, key, envIMAP, "imap://bounces@council.example@mail.council.example?folder=Reports", envPassword, password))
	if err != nil || !ok || cfg.Addresses == nil {
		t.Fatalf("%v, %v", ok, err)
	}
	got := *cfg.IMAP
	got.Roots = nil
	want := IMAPConfig{
		Host: "mail.council.example", Port: 143, Username: user, Password: password, TLS: StartTLS, Folder: "Reports", Taken: "Longstop-taken", Timeout: DefaultTimeout,
	}
	if got != want || strings.Contains(fmt.Sprintf("%v %+v %#v", got, cfg, cfg), "horse") {
		t.Errorf("got %+v", got)
	}
	if cfg, ok, err := ParseEnv(env(envMaildir, "/var/mail/bounces")); err != nil || !ok || cfg.Maildir == "" || cfg.IMAP != nil || cfg.Addresses != nil {
		t.Errorf("%+v, %v, %v", cfg, ok, err)
	}
	if _, ok, err := ParseEnv(env()); ok || err != nil {
		t.Errorf("without settings: %v, %v", ok, err)
	}
}

func TestAWrongSettingOfTheMailboxIsNamedAndNotRepeated(t *testing.T) {
	t.Parallel()
	const good = "imaps://horse@mail.council.example"
	for _, c := range []struct {
		setting string
		pairs   []string
	}{
		{envAddress, []string{envKey, key}},
		{envAddress, []string{envKey, key, envAddress, "horse"}},
		{envKey, []string{envAddress, user}},
		{envKey, []string{envAddress, user, envKey, "horse"}},
		{envKey + "_FILE", []string{envAddress, user, envKey + "_FILE", "/horse"}},
		{envIMAP, []string{envPassword, "horse"}},
		{envIMAP, []string{envIMAP, "https://horse", envPassword, "x"}},
		{envIMAP, []string{envIMAP, "imaps://bounces:horse@mail.council.example"}},
		{envIMAP, []string{envIMAP, good + "?horse=1", envPassword, "x"}},
		{envIMAP, []string{envIMAP, good + ":0", envPassword, "x"}},
		{envIMAP, []string{envIMAP, good + "?tls=none", envPassword, "x"}},
		{envIMAP, []string{envIMAP, good + "?folder=A&taken=a", envPassword, "x"}},
		{envIMAP, []string{envIMAP, "imaps://mail.council.example", envPassword, "horse"}},
		{envPassword, []string{envIMAP, good}},
		{envMaildir, []string{envIMAP, good, envPassword, "x", envMaildir, "/horse"}},
	} {
		_, ok, err := ParseEnv(env(c.pairs...))
		var wrong *setting.Error
		if ok || !errors.As(err, &wrong) || wrong.Setting != c.setting || wrong.Example == "" || strings.Contains(err.Error(), "horse") {
			t.Errorf("%v: %v, %v", c.pairs, ok, err)
		}
	}
}
