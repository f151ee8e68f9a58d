package email

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/smtptest"
)

// secret is a password that must appear nowhere.
const secret = "hunter2-is-secret"

func env(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettingsThatAreRight(t *testing.T) {
	t.Parallel()
	base := Config{Host: "mail.example", Port: 587, From: "a@council.example", FromName: "Longstop", TLS: StartTLS, HELO: "council.example", Timeout: DefaultTimeout, Connections: 2}
	for name, c := range map[string]struct {
		env  func(string) string
		want Config
	}{
		"only a host and a sender": {env(envURL, "smtp://mail.example?from=a@council.example"), base},
		"smtps": {
			env(envURL, "smtps://mail.example?from=a@council.example"),
			func() Config { c := base; c.TLS, c.Port = ImplicitTLS, 465; return c }(),
		},
		"every option": {
			env(envURL, " smtp://user@mail.example:2525/?tls=tls&from=x@y.example&helo=me&timeout=5s&connections=3&per_minute=30\n", envFrom, "The clocks <c@council.example>", envPassword, secret),
			Config{
				Host: "mail.example", Port: 2525, From: "c@council.example", FromName: "The clocks", Username: "user", Password: secret,
				TLS: ImplicitTLS, HELO: "me", Timeout: 5 * time.Second, Connections: 3, PerMinute: 30,
			},
		},
		"a user who is an address, a password in a file": {
			env(envURL, "smtp://user%40council.example@mail.example?from=a@council.example", envPasswordFile, file(t, secret+"\n")),
			func() Config { c := base; c.Username, c.Password = "user@council.example", secret; return c }(),
		},
		"this machine, without TLS": {
			env(envURL, "smtp://user@[::1]:1025?tls=none&from=a@council.example", envPassword, secret),
			func() Config {
				c := base
				c.Host, c.Port, c.TLS, c.Username, c.Password = "::1", 1025, NoTLS, "user", secret
				return c
			}(),
		},
		"another machine, without TLS or password": {
			env(envURL, "smtp://mail.example?tls=none&cleartext=yes&from=a@council.example"),
			func() Config { c := base; c.TLS, c.Cleartext = NoTLS, true; return c }(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok, err := ParseEnv(c.env)
			if err != nil || !ok {
				t.Fatalf("ok %v, error %v", ok, err)
			}
			if got != c.want || got.Password != c.want.Password {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestNoMailServerIsNoMistake(t *testing.T) {
	t.Parallel()
	if _, ok, err := ParseEnv(env(envFrom, "a@council.example")); ok || err != nil {
		t.Errorf("ok %v, error %v", ok, err)
	}
}

func TestWrongSettingsAreSaidByNameWithAnExampleAndWithoutTheirValue(t *testing.T) {
	t.Parallel()
	const sound = "smtp://mail.example?from=a@council.example"
	noCertificate, empty := file(t, "no certificate"), file(t, "\n")
	for name, c := range map[string]struct {
		env     func(string) string
		setting string
		reason  string
	}{
		"a password but no server":           {env(envPassword, secret), envURL, "not named"},
		"no address":                         {env(envURL, "mail.example:587"), envURL, "of the form"},
		"not readable":                       {env(envURL, "smtp://u:"+secret+"@mail.example:x%%"), envURL, "of the form"},
		"another scheme":                     {env(envURL, "https://mail.example"), envURL, "must begin with"},
		"a password in the address":          {env(envURL, "smtp://u:"+secret+"@mail.example"), envURL, envPasswordFile},
		"a path":                             {env(envURL, "smtp://mail.example/"+secret), envURL, "only options"},
		"no host":                            {env(envURL, "smtp://user@:25?from=a@council.example"), envURL, "no mail server"},
		"port 0":                             {env(envURL, "smtp://mail.example:0"), envURL, "port"},
		"a port too high":                    {env(envURL, "smtp://mail.example:70000?from=a@council.example"), envURL, "port"},
		"an unknown option":                  {env(envURL, "smtp://mail.example?pass="+secret), envURL, "the options are"},
		"an option twice":                    {env(envURL, "smtp://mail.example?tls=none&tls=tls"), envURL, "twice"},
		"options that cannot be read":        {env(envURL, "smtp://mail.example?tls=%zz"), envURL, "cannot be read"},
		"unknown tls":                        {env(envURL, sound+"&tls=maybe"), envURL, "starttls, tls or none"},
		"smtps and starttls":                 {env(envURL, "smtps://mail.example?tls=starttls"), envURL, "smtps:// means"},
		"an invalid timeout":                 {env(envURL, sound+"&timeout=soon"), envURL, "length of time"},
		"a timeout of nothing":               {env(envURL, sound+"&timeout=0s"), envURL, "length of time"},
		"no connections":                     {env(envURL, sound+"&connections=0"), envURL, "connections must be"},
		"too many connections":               {env(envURL, sound+"&connections=100"), envURL, "from 1 to 20"},
		"an invalid pace":                    {env(envURL, sound+"&per_minute=slow"), envURL, "per_minute must be"},
		"a helo of two words":                {env(envURL, sound+"&helo=a%20b"), envURL, "one word"},
		"no sender":                          {env(envURL, "smtp://mail.example"), envFrom, "nobody is named"},
		"an invalid sender":                  {env(envURL, sound, envFrom, "the clocks"), envFrom, "not an e-mail address"},
		"an invalid from":                    {env(envURL, "smtp://mail.example?from=clocks"), envURL, "not an e-mail address"},
		"a user without a password":          {env(envURL, "smtp://u@mail.example?from=a@council.example"), envPassword, "no password"},
		"a password without a user":          {env(envURL, sound, envPassword, secret), envURL, "no user"},
		"a password twice":                   {env(envURL, sound, envPassword, secret, envPasswordFile, "x"), envPassword, "keep one"},
		"a password file that is missing":    {env(envURL, sound, envPasswordFile, "/nowhere/"+secret), envPasswordFile, "no such file"},
		"a password file with a bad name":    {env(envURL, sound, envPasswordFile, secret+"\x00"), envPasswordFile, "cannot be read"},
		"a password file without any":        {env(envURL, sound, envPasswordFile, empty), envPasswordFile, "empty"},
		"certificates that are missing":      {env(envURL, sound, envCAFile, "/nowhere"), envCAFile, "no such file"},
		"invalid certificates":               {env(envURL, sound, envCAFile, noCertificate), envCAFile, "no certificate"},
		"letters in the clear over a net":    {env(envURL, "smtp://mail.example?tls=none&from=a@council.example"), envURL, "cleartext=yes"},
		"half a word for the clear":          {env(envURL, "smtp://mail.example?tls=none&cleartext=1&from=a@council.example"), envURL, "only be yes"},
		"a password in the clear, allowed":   {env(envURL, "smtp://u@mail.example?tls=none&cleartext=yes&from=a@council.example", envPassword, secret), envURL, "without TLS"},
		"a password in the clear over a net": {env(envURL, "smtp://u@mail.example?tls=none&from=a@council.example", envPassword, secret), envURL, "without TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ok, err := ParseEnv(c.env)
			var wrong *SettingError
			if ok || !errors.As(err, &wrong) {
				t.Fatalf("ok %v, error %v", ok, err)
			}
			if wrong.Setting != c.setting || !strings.Contains(wrong.Reason, c.reason) || wrong.Example == "" {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error gives a secret away, or is no line: %v", err)
			}
		})
	}
}

func TestAnExampleIsARightSetting(t *testing.T) {
	t.Parallel()
	value := func(setting string) string {
		_, v, _ := strings.Cut(examples[setting], "=")
		return strings.Trim(v, "'")
	}
	cfg, ok, err := ParseEnv(env(envURL, value(envURL), envFrom, value(envFrom), envPassword, secret))
	if err != nil || !ok || cfg.Username != "longstop" || cfg.Port != 587 {
		t.Errorf("got %v, %v, %v", cfg, ok, err)
	}
}

func TestCertificatesAreReadFromAFile(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.WithSTARTTLS())
	cfg, _, err := ParseEnv(env(envURL, server.URL(), envCAFile, file(t, string(server.CertPEM()))))
	if err != nil || cfg.Roots == nil {
		t.Fatalf("got %v, %v", cfg, err)
	}
	channel, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := channel.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestThePasswordIsNeverPrinted(t *testing.T) {
	t.Parallel()
	cfg := Config{Host: "mail.example", Port: 587, From: "a@council.example", Username: "u", Password: secret}
	var logged bytes.Buffer
	log := zerolog.New(&logged)
	log.Info().EmbedObject(cfg).Interface("again", cfg).Msg("mail")
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for name, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", cfg), "%+v": fmt.Sprintf("%+v", cfg), "%#v": fmt.Sprintf("%#v", cfg), "%s": fmt.Sprintf("%s", cfg),
		"in a struct": fmt.Sprintf("%+v %#v", struct{ C Config }{cfg}, []any{&cfg}), "alone": fmt.Sprintf("%v %s %#v %q", cfg.Password, cfg.Password, cfg.Password, cfg.Password),
		"JSON": string(asJSON), "the log": logged.String(),
	} {
		if strings.Contains(printed, secret) {
			t.Errorf("%s prints the password: %s", name, printed)
		}
		if !strings.Contains(printed, "set") {
			t.Errorf("%s does not say that there is one: %s", name, printed)
		}
	}
	if got := Secret("").String(); got != "none" {
		t.Errorf("no password is %q", got)
	}
}

func TestMessagesInTheClearToAnotherMachineAreNoticed(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{"mail.example": true, "10.0.0.1": true, "LOCALHOST": false, "127.1.2.3": false, "::1": false} {
		if got := (Config{Host: host, TLS: NoTLS}).InTheClear(); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
	if (Config{Host: "mail.example", TLS: StartTLS}).InTheClear() {
		t.Error("with TLS it is not in the clear")
	}
}

func TestNewRefusesWhatParseEnvRefuses(t *testing.T) {
	t.Parallel()
	var wrong *SettingError
	for name, cfg := range map[string]Config{
		"nothing":            {},
		"a bad sender":       {Host: "mail.example", From: "no address"},
		"a negative timeout": {Host: "mail.example", From: "a@council.example", Timeout: -1},
	} {
		if _, err := New(cfg); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseEnv(f *testing.F) {
	for _, s := range []string{
		"smtp://user@host:587?tls=starttls&from=longstop@council.example", "smtps://host", "smtp://u:p@h", "smtp://[::1]:25?tls=none",
		"smtp://%41@h?from=%22a%22%20%3Ca@b.c%3E&timeout=1h&helo=x", "://", "smtp:opaque", "smtp://h?from=a@b%0d%0aBcc:x@y",
	} {
		f.Add(s, "pass")
	}
	f.Fuzz(func(t *testing.T, raw, password string) {
		cfg, ok, err := ParseEnv(env(envURL, raw, envPassword, password))
		if err != nil {
			var wrong *SettingError
			if ok || !errors.As(err, &wrong) || wrong.Example == "" || strings.ContainsAny(wrong.Reason, "\r\n") {
				t.Fatalf("a poor error: %v", err)
			}
			return
		}
		if !ok {
			return
		}
		if _, err := New(cfg); err != nil {
			t.Fatalf("what was parsed is refused: %v", err)
		}
		if strings.ContainsAny(cfg.From+cfg.Host+cfg.HELO, "\r\n") || cfg.Port < 1 || cfg.Timeout <= 0 {
			t.Fatalf("unsound settings: %v", cfg)
		}
	})
}
