package outwards_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"longstop/internal/casetime"
	"longstop/outwards"
)

func TestOnlyPublicAddressesAndNamedNetworksAreCalled(t *testing.T) {
	t.Parallel()
	named, err := outwards.ParseNetworks("10.20.0.0/16, fd12:3456::/32")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"198.51.101.7": true, "2a00:1450:4009::1": true, "10.20.3.4": true, "fd12:3456::9": true, "::ffff:10.20.3.4": true,
		"10.21.3.4": false, "127.0.0.1": false, "::1": false, "::ffff:127.0.0.1": false, "192.168.1.1": false, "172.16.0.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false, "255.255.255.255": false, "fe80::1": false, "fc00::1": false,
		"::ffff:169.254.169.254": false, "64:ff9b::a9fe:a9fe": false, "2002:7f00:1::": false, "203.0.113.9": false, "ff02::1": false, "::127.0.0.1": false,
		"64:ff9b::a9fe:a9fe%eth0": false, "fec0::1%x": false, "::%lo": false, "2a00:1450:4009::1%eth0": false, "fd12:3456::9%eth0": false,
	} {
		if got := named.MayCall(address, false); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1": true, "::1": true, "::ffff:127.0.0.2": true, "192.168.1.1": false, "::1%lo": false} {
		if got := named.MayCall(address, true); got != want {
			t.Errorf("where the address says that it is this machine: %s: %t", address, got)
		}
	}
}

func TestAnAddressThatIsNotPublicIsRefusedWhenItIsCalled(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	var ids []string
	for i, url := range []string{"https://10.1.2.3/x", "https://169.254.169.254/latest", "https://[fe80::1]/", "https://[64:ff9b::7f00:1]/"} {
		ids = append(ids, w.add(fmt.Sprint(i), url))
	}
	w.add("public", in.URL)
	w.refer("a", "C1")
	w.round()
	for _, id := range ids {
		if h := w.hook(id); h.DownSince == nil || !strings.Contains(h.LastReason, "not public") {
			t.Errorf("%+v", h)
		}
	}
	_, taken := in.got()
	w.all(taken)
}

func TestAnAddressMustBeHTTPSUnlessItIsThisMachineOrNamed(t *testing.T) {
	t.Parallel()
	named, err := outwards.ParseNetworks("10.20.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]bool{
		"https://case-system.council.example/longstop": true, "https://10.20.1.1/x?sig=1": true, "http://127.0.0.1:8080/": true, "http://localhost/": true,
		"http://[::1]:9/": true, "http://10.20.1.1/": true,
		"http://10.21.1.1/": false, "http://case-system.council.example/": false, "ftp://case-system.council.example/": false, "case-system": false, "": false,
		"https://": false, "https://user:secret@case-system.council.example/": false, "https://case-system.council.example/#x": false,
		"https://[64:ff9b::a9fe:a9fe%25eth0]/": false, "https://[fec0::1%25x]/": false, "https://[::%25lo]/": false, "http://[::1%25lo]/": false,
		"http://localhost.council.example/": false, "https://a/" + strings.Repeat("x", 2000): false,
	} {
		err := named.CheckURL(url)
		if (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
	for _, text := range []string{"10.20.0.0", "x", "10.20.0.0/33"} {
		if _, err := outwards.ParseNetworks(text); err == nil {
			t.Errorf("%s is a network", text)
		}
	}
}

func TestAnAnswerSaysWhetherItIsAboutTheMessageOrTheReceiver(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]outwards.Verdict{
		200: outwards.Taken, 202: outwards.Taken, 204: outwards.Taken, 304: outwards.Down, 400: outwards.Refused, 401: outwards.Down, 403: outwards.Down,
		404: outwards.Down, 408: outwards.Down, 409: outwards.Refused, 410: outwards.Gone, 413: outwards.Refused, 422: outwards.Refused, 429: outwards.Down,
		500: outwards.Refused, 502: outwards.Down, 503: outwards.Down, 504: outwards.Down,
	} {
		in := newInbox(t)
		in.answers(status(code))
		now := func() time.Time { return time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC) }
		got := outwards.NewClient(nil, now).Send(t.Context(), in.URL, &outwards.Event{ID: "1-1"}, nil)
		if got.Verdict != want || (got.Reason == "") != (want == outwards.Taken) {
			t.Errorf("%d: %+v", code, got)
		}
	}
}

func TestAPauseIsReadAsSecondsOrAsAnInstantAndIsADayAtMost(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "Mon, 02 Nov 2026 10:30:00 GMT": 30 * time.Minute, "": 0, "soon": 0, "-5": 0, "Mon, 02 Nov 2026 09:30:00 GMT": 0,
		"999999": 24 * time.Hour,
	} {
		in := newInbox(t)
		in.answers(func(w http.ResponseWriter, _ *http.Request, _ message) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		if got := outwards.NewClient(nil, func() time.Time { return at }).Send(t.Context(), in.URL, &outwards.Event{ID: "1-1"}, nil); got.After != want {
			t.Errorf("%q: %v", value, got.After)
		}
	}
}

func TestWhyThereWasNoAnswerNamesNothing(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	in.Close()
	c := outwards.NewClient(nil, casetime.WallNow)
	for _, url := range []string{in.URL + "?sig=secret", "https://nowhere.invalid/?sig=secret"} {
		got := c.Send(t.Context(), url, &outwards.Event{ID: "1-1"}, nil)
		if got.Verdict != outwards.Down || got.Reason == "" || strings.Contains(got.Reason, "secret") || strings.Contains(got.Reason, "invalid") {
			t.Errorf("%+v", got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := c.Send(ctx, in.URL, &outwards.Event{ID: "1-1"}, nil); got.Verdict != outwards.Down {
		t.Errorf("%+v", got)
	}
}

func TestKeysAreReadFromLinesAndNoErrorHoldsOne(t *testing.T) {
	t.Parallel()
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	keys, err := outwards.ParseKeys("# the newest first\n\n2026-11 " + key(1) + "\n2026-01\t" + key(2) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if id, err := keys.Newest(); err != nil || id != "2026-11" {
		t.Errorf("%s, %v", id, err)
	}
	secrets := map[string]bool{}
	for _, of := range []struct {
		key, webhook string
		n            int
	}{{"2026-11", "a", 1}, {"2026-11", "a", 2}, {"2026-11", "b", 1}, {"2026-01", "a", 1}} {
		s, err := keys.Secret(of.key, of.webhook, of.n)
		if err != nil || len(s) != 32 || !strings.HasPrefix(s.String(), "whsec_") || strings.Contains(fmt.Sprintf("%#v", s), s.String()) {
			t.Errorf("%+v: %v, %v", of, s, err)
		}
		secrets[s.String()] = true
	}
	if len(secrets) != 4 {
		t.Errorf("two secrets are one: %d", len(secrets))
	}
	if _, err := keys.Secret("2025-01", "a", 1); err == nil || !strings.Contains(err.Error(), "2025-01") {
		t.Errorf("a key that is not there: %v", err)
	}
	for text, line := range map[string]string{
		"k1 short": "line 1", "k1": "line 1", key(1): "line 1", "k1 " + key(1) + "\nk1 " + key(2): "line 2", "k 1 " + key(1): "line 1", "k1 " + key(1)[:40]: "line 1",
	} {
		if _, err := outwards.ParseKeys(text); err == nil || !strings.Contains(err.Error(), line) || strings.Contains(err.Error(), key(1)[:20]) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, none := range []string{"", "# nothing\n"} {
		if _, err := outwards.ParseKeys(none); !errors.Is(err, outwards.ErrNoKeys) {
			t.Errorf("%q: %v", none, err)
		}
	}
	var unset *outwards.Keys
	if _, err := unset.Newest(); !errors.Is(err, outwards.ErrNoKeys) {
		t.Errorf("no keys: %v", err)
	}
}
