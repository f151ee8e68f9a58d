package teams

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/notify"
	"longstop/notify/channel/channeltest"
	"longstop/notify/setting"
)

// secretPath is what a workflow's address looks like after its host. Its percent signs are to arrive as
// they were written.
const secretPath = "/powerautomate/automations/direct/workflows/0a1b2c/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=S-ig_nature%3D"

var now = time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)

// workflow is a webhook of Power Automate: it takes one envelope and answers with 202.
type workflow struct {
	*httptest.Server
	envelope Envelope

	mu      sync.Mutex
	posted  []card
	raw     [][]byte
	uris    []string
	answers []func(http.ResponseWriter) // of the next requests; nil: break off after taking it
}

func start(t *testing.T, envelope Envelope) *workflow {
	t.Helper()
	w := &workflow{envelope: envelope}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	return w
}

func (w *workflow) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	w.mu.Lock()
	w.uris = append(w.uris, r.RequestURI)
	lose := false
	if len(w.answers) > 0 {
		answer := w.answers[0]
		w.answers = w.answers[1:]
		if answer != nil {
			w.mu.Unlock()
			answer(rw)
			return
		}
		lose = true
	}
	defer w.mu.Unlock()
	c, ok := w.open(body)
	if err != nil || !ok {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	w.posted, w.raw = append(w.posted, c), append(w.raw, body)
	if lose {
		panic(http.ErrAbortHandler)
	}
	rw.WriteHeader(http.StatusAccepted)
}

// open takes a card out of the envelope, as strictly as the templates do.
func (w *workflow) open(body []byte) (card, bool) {
	var c card
	if w.envelope == Card {
		return c, json.Unmarshal(body, &c) == nil && c.Type == "AdaptiveCard"
	}
	var m message
	if json.Unmarshal(body, &m) != nil || m.Type != "message" || len(m.Attachments) != 1 || !strings.Contains(string(body), `"contentUrl":null`) ||
		m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
		return c, false
	}
	return m.Attachments[0].Content, true
}

func (w *workflow) next(answer func(http.ResponseWriter)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers = append(w.answers, answer)
}

func status(code int, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

func channel(t *testing.T, w *workflow, change ...func(*Config)) *Channel {
	t.Helper()
	cfg := Config{URL: setting.Secret(w.URL + secretPath), Envelope: w.envelope, Hosts: []string{"127.0.0.1"}, Now: func() time.Time { return now }}
	for _, c := range change {
		c(&cfg)
	}
	ch, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func note() notify.Message {
	return notify.Message{
		ID: "n1@longstop", To: "ada.example@council.example", ToName: "Ada Example", Notice: "n1", Subject: "Due by Thu 3 Dec 2026: visit [n1]",
		Text: "Dear Ada Example,\n\nCase KX_1042\n- visit by *Thursday*\n",
	}
}

var bracketed = regexp.MustCompile(`\[(n\d+)\\\]`)

func TestTheChannelKeepsItsPromises(t *testing.T) {
	t.Parallel()
	for _, envelope := range []Envelope{Message, Card} {
		t.Run(string(envelope), func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, func(t *testing.T) channeltest.Pair {
				t.Helper()
				far := start(t, envelope)
				return channeltest.Pair{
					Channel: channel(t, far),
					Taken: func() []channeltest.Taken {
						far.mu.Lock()
						defer far.mu.Unlock()
						var taken []channeltest.Taken
						for _, c := range far.posted {
							taken = append(taken, channeltest.Taken{Notice: bracketed.FindStringSubmatch(c.Body[0].Text)[1]})
						}
						return taken
					},
					DelayNext: func() { far.next(status(http.StatusTooManyRequests)) },
					LoseNext:  func() { far.next(nil) },
					HangNext: func() (<-chan struct{}, func()) {
						reached, over := make(chan struct{}), make(chan struct{})
						far.next(func(http.ResponseWriter) {
							close(reached)
							<-over
						})
						return reached, sync.OnceFunc(func() { close(over) })
					},
				}
			})
		})
	}
}

func TestACardShowsTheTextAsItStandsWithoutNames(t *testing.T) {
	t.Parallel()
	far := start(t, Message)
	receipt, err := channel(t, far).Send(t.Context(), note())
	if err != nil || receipt != "202 handed over" {
		t.Fatalf("%q, %v", receipt, err)
	}
	var texts []string
	for _, block := range far.posted[0].Body {
		texts = append(texts, block.Text)
	}
	want := []string{`Due by Thu 3 Dec 2026: visit \[n1\]`, "Dear (name),", `Case KX\_1042`, `\- visit by \*Thursday\*`}
	if strings.Join(texts, "\n") != strings.Join(want, "\n") || far.posted[0].Version != "1.4" {
		t.Errorf("got %q", texts)
	}
	if all := strings.ToLower(string(far.raw[0])); strings.Contains(all, "ada example") || strings.Contains(all, "ada.example") {
		t.Errorf("the card names a person: %s", all)
	}
}

func TestTheAddressIsSentByteForByte(t *testing.T) {
	t.Parallel()
	far := start(t, Card)
	if _, err := channel(t, far).Send(t.Context(), note()); err != nil {
		t.Fatal(err)
	}
	if far.uris[0] != secretPath {
		t.Errorf("sent %s", far.uris[0])
	}
}

func TestALongMessageIsCutAndSaysByHowMuch(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"KX-1042: by Sun 1 Nov 2026, 229 days late", strings.Repeat("ŵ", 3000), strings.Repeat("<&>", 300), "x"} {
		for _, lines := range []int{1, 20, 500, 1500} {
			m := note()
			m.Text = strings.Repeat(line+"\n", lines)
			body, err := compose(m, Message)
			if err != nil || len(body) > mostBytes {
				t.Fatalf("%d bytes, %v", len(body), err)
			}
			far := workflow{envelope: Message}
			c, ok := far.open(body)
			if !ok {
				t.Fatal("it is not a card")
			}
			said, shown := 0, len(c.Body)-1
			if last := c.Body[shown].Text; strings.HasPrefix(last, "…") {
				shown--
				if _, err := fmt.Sscanf(last, "… and %d more line", &said); err != nil {
					t.Fatal(err)
				}
			}
			if shown+said != lines || lines > 1 && shown == 0 {
				t.Errorf("%d lines shown, and %d more, of %d", shown, said, lines)
			}
		}
	}
}

func TestEachAnswerHasItsOwnConsequence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer       func(http.ResponseWriter)
		alarm, known bool
		after        time.Duration
	}{
		{status(429), false, true, 0},
		{status(429, "Retry-After", "90"), false, true, 90 * time.Second},
		{status(429, "Retry-After", now.Add(time.Minute).Format(http.TimeFormat)), false, true, time.Minute},
		{status(429, "Retry-After", "99999999"), false, true, mostWait},
		{status(429, "Retry-After", "-5"), false, true, 0},
		{status(502), false, false, 0},
		{status(503, "Retry-After", "5"), false, false, 5 * time.Second},
		{status(400), true, true, 0},
		{status(401), true, true, 0},
		{status(404), true, true, 0},
		{status(302, "Location", "/"), true, true, 0},
	} {
		far := start(t, Message)
		far.next(c.answer)
		_, err := channel(t, far).Send(t.Context(), note())
		f := notify.Temporary(err)
		if err == nil || errors.Is(err, notify.ErrRefused) || f.Alarm != c.alarm || f.NotDelivered != c.known || f.RetryAfter != c.after || !f.Everybody {
			t.Errorf("got %+v", f)
		}
		if strings.Contains(err.Error(), "sig=") || strings.Contains(err.Error(), "ada") {
			t.Errorf("the error says %v", err)
		}
	}
}

func TestNoErrorHoldsTheAddress(t *testing.T) {
	t.Parallel()
	far := start(t, Message)
	ch := channel(t, far)
	far.Close()
	_, err := ch.Send(t.Context(), note())
	if f := notify.Temporary(err); err == nil || !f.NotDelivered {
		t.Fatalf("got %v", err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if said := fmt.Sprintf("%v %+v %#v", e, e, ch.cfg); strings.Contains(said, "nature") {
			t.Errorf("it says %s", said)
		}
	}
}

func TestNoMoreCardsGoThanTeamsTakes(t *testing.T) {
	t.Parallel()
	far := start(t, Message)
	at := now
	ch := channel(t, far, func(c *Config) { c.Now = func() time.Time { return at } })
	for range burst {
		if _, err := ch.Send(t.Context(), note()); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		_, err := ch.Send(t.Context(), note())
		if f := notify.Temporary(err); err == nil || f.RetryAfter != every || !f.NotDelivered || f.Alarm {
			t.Fatalf("got %v", err)
		}
	}
	at = at.Add(every)
	if _, err := ch.Send(t.Context(), note()); err != nil || len(far.posted) != burst+1 {
		t.Errorf("%d cards, %v", len(far.posted), err)
	}
}

func TestASettingThatIsWrongIsNamedAndNotRepeated(t *testing.T) {
	t.Parallel()
	const good = "https://default0a1b.2c.environment.api.powerplatform.com" + secretPath
	for _, c := range []struct{ url, envelope, hosts, wrong string }{
		{good, "", "", ""},
		{good, "card", "", ""},
		{good, "message", "*.api.powerplatform.com, council.example", ""},
		{"https://hooks.council.example" + secretPath, "", "hooks.council.example", ""},
		{good, "post", "", envEnvelope},
		{"https://evilenvironment.api.powerplatform.com.example" + secretPath, "", "", envURL},
		{"https://prod-1.uksouth.logic.azure.com" + secretPath, "", "", envURL},
		{"http://default0a1b.2c.environment.api.powerplatform.com" + secretPath, "", "", envURL},
		{"https://a:b@x.environment.api.powerplatform.com" + secretPath, "", "", envURL},
		{good + "\x7f", "", "", envURL},
		{good[8:], "", "", envURL},
		{strings.Replace(good, "workflows", "work flows", 1), "", "", envURL},
	} {
		cfg, ok, err := ParseEnv(func(name string) string {
			return map[string]string{envURL: c.url, envEnvelope: c.envelope, envHosts: c.hosts}[name]
		})
		var wrong *setting.Error
		switch {
		case c.wrong == "" && (err != nil || !ok || string(cfg.URL) != c.url):
			t.Errorf("%s: %v", c.url, err)
		case c.wrong != "" && (ok || !errors.As(err, &wrong) || wrong.Setting != c.wrong || strings.Contains(err.Error(), "nature")):
			t.Errorf("%s, %s: %v", c.url, c.envelope, err)
		}
	}
	if _, ok, err := ParseEnv(func(string) string { return "" }); ok || err != nil {
		t.Errorf("without settings: %v, %v", ok, err)
	}
}
