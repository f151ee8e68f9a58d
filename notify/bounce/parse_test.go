package bounce

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"longstop/notify"
)

const (
	delivery = "6f1d3a52-0c1e-4b0b-9f0a-2a3b4c5d6e7f"
	attempt  = 3
	original = delivery + "@council.example"
	ada      = "ada.example@partner.example"
)

func addresses(t testing.TB) *Addresses {
	t.Helper()
	a, err := NewAddresses("bounces@council.example", []byte("a key for tests alone"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// sample reads a message of testdata, with the envelope address of the attempt in it.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(text, []byte("VERPADDRESS"), []byte(addresses(t).Of(delivery, attempt)))
}

var samples = map[string]struct {
	kind       Kind
	recipients []Recipient
	unnamed    bool // it does not hold the original's Message-ID
	outcomes   []notify.Outcome
}{
	"postfix-failed-full":          {Status, []Recipient{{ada, "failed", "5.1.1"}}, false, []notify.Outcome{notify.FailedForGood}},
	"postfix-delayed-headers":      {Status, []Recipient{{ada, "delayed", "4.4.1"}}, false, []notify.Outcome{notify.Delayed}},
	"exchange-online":              {Status, []Recipient{{ada, "failed", "5.1.10"}}, false, []notify.Outcome{notify.FailedForGood}},
	"exim-report":                  {Status, []Recipient{{ada, "failed", "5.2.2"}}, false, []notify.Outcome{notify.FailedForNow}},
	"exim-plain":                   {Status, []Recipient{{ada, "failed", ""}}, true, []notify.Outcome{notify.FailedForNow}},
	"google":                       {Status, []Recipient{{ada, "failed", "5.1.1"}}, false, []notify.Outcome{notify.FailedForGood}},
	"gateway-nested":               {Status, []Recipient{{ada, "failed", "5.1.1"}}, false, []notify.Outcome{notify.FailedForGood}},
	"smtputf8":                     {Status, []Recipient{{"siân@partner.example", "failed", "5.2.1"}}, false, []notify.Outcome{notify.FailedForGood}},
	"delivered-and-relayed":        {Status, []Recipient{{ada, "delivered", "2.0.0"}, {ada, "relayed", "2.0.0"}}, true, []notify.Outcome{notify.Delivered}},
	"base64-expired":               {Status, []Recipient{{ada, "failed", "4.4.7"}}, false, []notify.Outcome{notify.FailedForNow}},
	"truncated":                    {Status, []Recipient{{ada, "failed", "5.1.1"}}, true, []notify.Outcome{notify.FailedForGood}},
	"out-of-office":                {kind: AutoReply},
	"read-receipt":                 {kind: Other},
	"answer":                       {kind: Other},
	"report-forwarded-by-a-person": {kind: Other},
}

func TestEachKindOfReportIsReadAsItsServerMeansIt(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) != len(samples) {
		t.Errorf("%d files, %d samples: %v", len(files), len(samples), err)
	}
	for name, want := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := sample(t, name)
			m := Parse(text)
			if m.Kind != want.kind || !slices.Equal(m.Recipients, want.recipients) {
				t.Errorf("got %s, %+v", m.Kind, m.Recipients)
			}
			id := original
			if want.unnamed || want.kind != Status {
				id = ""
			}
			if m.MessageID != id {
				t.Errorf("it is about %q, want %q", m.MessageID, id)
			}
			if got := outcomes(t, m.Reports(addresses(t)), attempt); !slices.Equal(got, want.outcomes) {
				t.Errorf("by its address: %v, want %v", got, want.outcomes)
			}
			if got := outcomes(t, m.Reports(nil), 0); !want.unnamed && !slices.Equal(got, want.outcomes) {
				t.Errorf("by the Message-ID: %v, want %v", got, want.outcomes)
			}
			crlf := Parse(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
			if inFile := Parse(append([]byte("From MAILER-DAEMON Mon Nov 30 09:00:03 2026\n"), text...)); !reflect.DeepEqual(crlf, m) || !reflect.DeepEqual(inFile, m) {
				t.Errorf("with CRLF: %+v\nfrom a file: %+v\nwithout: %+v", crlf, inFile, m)
			}
		})
	}
}

// outcomes checks what the reports are about.
func outcomes(t *testing.T, reports []notify.Report, attempt int) []notify.Outcome {
	t.Helper()
	var list []notify.Outcome
	for _, r := range reports {
		list = append(list, r.Outcome)
		if named := r.Delivery == delivery; named != (attempt > 0) || r.Attempt != attempt || r.Channel != "email" || r.Address == "" || r.Reason == "" || strings.Contains(r.Reason, " ") {
			t.Errorf("got %+v", r)
		}
	}
	return list
}

// Anybody can write to the mailbox.
func TestAForgedReportIsNoReport(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{
		"the mailbox itself":     "bounces@council.example",
		"an address of no key's": "bounces+" + strings.Repeat("0", 45) + "@council.example",
		"one of another key": func() string {
			other, err := NewAddresses("bounces@council.example", []byte("another key for tests"))
			if err != nil {
				t.Fatal(err)
			}
			return other.Of(delivery, attempt)
		}(),
		"one of another domain": strings.Replace(addresses(t).Of(delivery, attempt), "council", "partner", 1),
	} {
		forged := bytes.ReplaceAll(sample(t, "postfix-failed-full"), []byte(addresses(t).Of(delivery, attempt)), []byte(to))
		if got := Parse(forged).Reports(addresses(t)); len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnAddressNamesItsAttemptHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	a := addresses(t)
	for _, n := range []int{0, 1, 500, 65535} {
		address := a.Of(delivery, n)
		if local, _, _ := strings.Cut(address, "@"); len(local) > mostLocal {
			t.Errorf("%s is too long", address)
		}
		for _, written := range []string{address, strings.ToUpper(address), " " + address} {
			if d, got, ok := a.Read(written); !ok || d != delivery || got != n {
				t.Errorf("%s: %s, %d, %v", written, d, got, ok)
			}
		}
		local, domain, _ := strings.Cut(address, "@")
		for i := range local {
			changed := []byte(local)
			changed[i] = "ab"[btoi(changed[i] == 'a')]
			if _, _, ok := a.Read(string(changed) + "@" + domain); ok {
				t.Errorf("%s is taken for one of ours", changed)
			}
		}
	}
	for _, wrong := range []struct {
		id string
		n  int
	}{{"n1", 1}, {delivery, -1}, {delivery, 65536}} {
		if got := a.Of(wrong.id, wrong.n); got != "" {
			t.Errorf("%v: %s", wrong, got)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestAMailboxThatCannotCarryIdsIsRefused(t *testing.T) {
	t.Parallel()
	key := []byte("a key for tests alone")
	for mailbox, key := range map[string][]byte{
		"": key, "bounces": key, "bounces+x@council.example": key, "a-very-long-name-of-bounces@council.example": key,
		"Bounces <bounces@council.example>": key, "bounces@council.example": []byte("short"),
	} {
		if _, err := NewAddresses(mailbox, key); err == nil {
			t.Errorf("%q is taken", mailbox)
		}
	}
}

func TestTheStatusIsTheOneThatTellsMost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, diagnostic, want string }{
		{"5.1.1", "", "5.1.1"},
		{"5.1.1 (bad destination mailbox address)", "", "5.1.1"},
		{"5.0.0", "smtp; 550 5.1.1 no such user", "5.1.1"},
		{"5.0.0", "smtp; 450 4.2.1 later", "5.0.0"},
		{"5.0.0", "smtp; 550 host 5.1.1.9 refused", "5.0.0"},
		{"", "smtp; 550-5.1.1. Sorry", "5.1.1"},
		{"", "smtp; 550 5.1.1.", "5.1.1"},
		{"", "no such user", ""},
		{"4.4.7", "smtp; 550 5.1.1", "4.4.7"},
		{"9.9.9", "", ""},
	} {
		if got := statusIn(c.given, c.diagnostic); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.given, c.diagnostic, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for name := range samples {
		f.Add(sample(f, name))
	}
	a := addresses(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		if again := Parse(raw); !reflect.DeepEqual(again, m) {
			t.Fatal("it reads differently the second time")
		}
		if (m.Kind == Status) != (len(m.Recipients) > 0) || len(m.Recipients) > mostParts+1 {
			t.Fatalf("%s with %d recipients", m.Kind, len(m.Recipients))
		}
		for _, r := range slices.Concat(m.Reports(a), m.Reports(nil)) {
			if r.Outcome == "" || r.Reason == "" || len(r.Reason) > 20 || strings.ContainsAny(r.Reason+r.MessageID, "\r\n\t ") {
				t.Fatalf("got %+v", r)
			}
			if r.Delivery != "" && (r.Delivery != delivery || !bytes.Contains(bytes.ToLower(raw), []byte("bounces+"))) {
				t.Fatalf("forged: %+v", r)
			}
		}
	})
}
