package outwards_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"longstop/internal/casetime"
	"longstop/store"
	"longstop/store/receivers"
)

// closedPort is a port of this machine at which connections are refused, and which nobody else can take: its socket has a
// name and does not listen. opened starts to listen.
func closedPort(t *testing.T) (address string, opened func() net.Listener) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	socket := os.NewFile(uintptr(fd), "a port")
	t.Cleanup(func() { socket.Close() })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port), func() net.Listener {
		t.Helper()
		if err := syscall.Listen(fd, 128); err != nil {
			t.Fatal(err)
		}
		listener, err := net.FileListener(socket)
		if err != nil {
			t.Fatal(err)
		}
		return listener
	}
}

// goesOn lets so many minutes pass. Every fifth brings something new in each case.
func (w *world) goesOn(what string, minutes int, cases ...string) {
	w.Helper()
	for minute := range minutes {
		if minute%5 == 0 {
			w.refer(fmt.Sprint(what, minute), cases...)
		}
		w.round()
		w.pass(time.Minute)
	}
}

// firsts are the messages that a receiver has kept, without those of an id that it had already: what docs/webhooks.md
// tells it to do.
func firsts(kept []message) (once []message) {
	seen := map[string]bool{}
	for _, m := range kept {
		if !seen[m.id] {
			seen[m.id] = true
			once = append(once, m)
		}
	}
	return once
}

func TestHoweverAReceiverIsDownForAnHourItGetsEverythingInOrderWithinMinutesOfItsReturn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Client.AnswerWithin(200 * time.Millisecond)
	address, opened := closedPort(t)
	id := w.add("case system", "http://"+address)
	cases := []string{"C1", "C2", "C3"}

	w.goesOn("closed", 20, cases...)
	if h := w.hook(id); h.DownSince == nil || h.LastReason != "no connection" {
		t.Errorf("while its port is closed: %+v", h)
	}
	in := &inbox{Server: &httptest.Server{Listener: opened()}}
	in.Config = &http.Server{Handler: in}
	in.Start()
	t.Cleanup(in.Close)
	in.answers(status(http.StatusInternalServerError))
	w.goesOn("fails", 25, cases...)
	if h := w.hook(id); h.DownSince == nil || h.LastReason != "it answered 500" {
		t.Errorf("while it fails: %+v", h)
	}
	var hung []message // it keeps the message, and hangs before it has said so
	in.answers(func(_ http.ResponseWriter, r *http.Request, m message) {
		in.mu.Lock()
		hung = append(hung, m)
		in.mu.Unlock()
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	w.goesOn("hangs", 15, cases...)
	if h := w.hook(id); h.DownSince == nil || !strings.Contains(h.LastReason, "no answer within") || h.Aside != 0 {
		t.Errorf("while it hangs: %+v", h)
	}
	if calls, taken := in.got(); len(taken) != 0 || len(hung) == 0 || calls > 40 {
		t.Errorf("within the hour it was called %d times, kept %d and took %d", calls, len(hung), len(taken))
	}

	in.answers(taking)
	back := w.now()
	for w.hook(id).Waiting > 0 && w.now().Sub(back) < 12*time.Hour {
		w.round()
		w.pass(time.Minute)
	}
	_, taken := in.got()
	once := firsts(slices.Concat(hung, taken))
	w.all(once)
	if len(taken)+len(hung) == len(once) {
		t.Error("nothing came twice, so it is not seen that this is noticed")
	}
	if took := w.now().Sub(back); took > 40*time.Minute {
		t.Errorf("the last came %v after it was back", took)
	}
	for _, m := range once {
		if err := verified(w.secret(id, 1), m); err != nil {
			t.Errorf("%s: %v", m.id, err)
		}
	}
	if h := w.hook(id); h.DownSince != nil || h.State != receivers.Active || h.Aside != 0 {
		t.Errorf("once it is back: %+v", h)
	}
}

func TestAReceiverThatAnsweredAnHourWithFailuresIsToldTheRestWithinMinutes(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	in.answers(status(http.StatusInternalServerError))
	w.goesOn("fails", 60, "C1", "C2")
	if h := w.hook(id); h.DownSince == nil || h.Aside != 0 {
		t.Errorf("while it fails: %+v", h)
	}
	in.answers(taking)
	back := w.now()
	for w.hook(id).Waiting > 0 && w.now().Sub(back) < 12*time.Hour {
		w.round()
		w.pass(time.Minute)
	}
	_, taken := in.got()
	w.all(taken)
	if took := w.now().Sub(back); took > 10*time.Minute {
		t.Errorf("the last came %v after it was back", took)
	}
}

// The library of Standard Webhooks for JavaScript is fetched by npm as the lock file in testdata/sdk has it, each module by
// its checksum; nothing of it is kept in the repository, and none of its scripts is run.
func TestTheLibraryForJavaScriptTakesWhatIsSignedAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed, so the library for JavaScript cannot be tried here: install nodejs and npm", program)
		}
	}
	w, in := newWorld(t), newInbox(t)
	w.wall = casetime.WallNow() // the library goes by the machine's clock
	id := w.add("case system", in.URL)
	w.refer("a", "C1", "C2")
	w.round()
	if n, err := w.owner.Rotate(t.Context(), id, "k1", w.now(), w.now().Add(time.Hour)); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	w.refer("b", "C1", "C2")
	w.round()
	_, taken := in.got()
	w.all(taken)

	var lines bytes.Buffer
	line := func(secret string, m message) {
		headers := map[string]string{}
		for name := range m.header {
			headers[strings.ToLower(name)] = m.header.Get(name)
		}
		if err := json.NewEncoder(&lines).Encode(map[string]any{"secret": secret, "body": string(m.body), "headers": headers}); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range taken {
		line(w.secret(id, 1), m)
	}
	last := taken[len(taken)-1]
	if !strings.Contains(last.header.Get("webhook-signature"), " ") {
		t.Fatalf("two sign while one is replaced: %s", last.header.Get("webhook-signature"))
	}
	line(w.secret(id, 2), last)

	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "verify.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "sdk", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fetch := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	fetch.Dir = dir
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Fatalf("npm could not fetch the library: %v\n%s", err, out)
	}
	verify := exec.CommandContext(t.Context(), "node", "verify.js")
	verify.Dir, verify.Stdin = dir, &lines
	out, err := verify.CombinedOutput()
	if got, want := strings.TrimSpace(string(out)), fmt.Sprint(len(taken)+1); err != nil || got != want {
		t.Errorf("it took %s of %s messages: %v", got, want, err)
	}
}

func TestWhatAReceiverCanNeverTakeIsNotPutAsideSoonerBecauseItTakesOthers(t *testing.T) {
	t.Parallel()
	w, in := newWorld(t), newInbox(t)
	id := w.add("case system", in.URL)
	never := []string{"P1", "P2", "P3", "P4", "P5", "P6"}
	w.refer("never", never...)
	in.answers(status(http.StatusUnprocessableEntity))
	w.round()
	poisoned := map[string]bool{}
	in.answers(func(rw http.ResponseWriter, _ *http.Request, m message) {
		if poisoned[m.event.Subject] {
			rw.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		rw.WriteHeader(http.StatusOK)
	})
	page, err := w.record.Feed(t.Context(), store.Cursor{}, 100, false)
	if err != nil {
		t.Fatal(err)
	}
	for i := range page.Items {
		poisoned[page.Items[i].CaseKey] = true
	}
	w.goesOn("others", 60, "C1", "C2")
	calls, taken := in.got()
	if h := w.hook(id); h.Aside != 0 || h.Waiting > len(page.Items)+4 {
		t.Errorf("after an hour: %+v", h)
	}
	// Each of them four times by its own schedule, and a few more to see whether the receiver is back.
	if refused := calls - len(taken); len(poisoned) != len(never) || refused < 4*len(never) || refused > 6*len(never) {
		t.Errorf("%d cases were refused %d times", len(poisoned), refused)
	}
}
