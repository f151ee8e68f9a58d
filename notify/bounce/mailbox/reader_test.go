package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/google/uuid"

	"longstop/internal/imaptest"
	"longstop/notify"
	"longstop/notify/bounce"
)

const (
	user     = imaptest.User
	password = imaptest.Password
)

func addresses(t *testing.T) *bounce.Addresses {
	t.Helper()
	a, err := bounce.NewAddresses(user, []byte("a key for tests alone"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// report is a delivery status notification about an attempt.
func report(t *testing.T, delivery string, attempt int) string {
	t.Helper()
	to := addresses(t).Of(delivery, attempt)
	return strings.ReplaceAll(`Return-Path: <>
To: `+to+`
From: MAILER-DAEMON@mx.partner.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.partner.example

Final-Recipient: rfc822; ada.example@partner.example
Action: failed
Status: 5.1.1
--b--
`, "\n", "\r\n")
}

const (
	answer    = "From: ada@council.example\r\nTo: bounces@council.example\r\nSubject: Re: Due\r\n\r\nI shall go on Wednesday.\r\n"
	autoreply = "From: ada@council.example\r\nTo: bounces@council.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nAway.\r\n"
)

// book keeps reports as the record would.
type book struct {
	mu      sync.Mutex
	kept    map[string]int
	unknown map[string]bool
	fail    func(notify.Report) error
}

func (b *book) Take(_ context.Context, r notify.Report) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if err := b.fail(r); err != nil {
			return err
		}
	}
	if b.unknown[r.Delivery] {
		return notify.ErrUnknown
	}
	if b.kept == nil {
		b.kept = map[string]int{}
	}
	b.kept[r.Delivery]++
	return nil
}

// post is a place where messages wait: the same tests go for each.
type post struct {
	put    func(text string)
	reader func(notify.Taker) *Reader // as after a start
	left   func() int
	taken  func() int
}

var posts = map[string]func(*testing.T) post{
	"imap":                 imapPost(ImplicitTLS, imaptest.WithTLS()),
	"imap with STARTTLS":   imapPost(StartTLS, imaptest.WithSTARTTLS()),
	"imap without MOVE":    imapPost(NoTLS, imaptest.WithCapabilities(imap.CapIMAP4rev1)),
	"imap without UIDPLUS": imapPost(NoTLS, imaptest.WithCapabilities(imap.CapIMAP4rev1, imap.CapMove)),
	"maildir":              maildirPost,
}

func imapPost(mode TLS, option imaptest.Option) func(*testing.T) post {
	return func(t *testing.T) post {
		t.Helper()
		return startIMAP(t, mode, option)
	}
}

func startIMAP(t *testing.T, mode TLS, option imaptest.Option) post {
	t.Helper()
	far := imaptest.Start(t, option)
	return post{
		put: func(text string) { far.Put(t, text) },
		reader: func(taker notify.Taker) *Reader {
			r, err := IMAP(IMAPConfig{Host: "127.0.0.1", Port: far.Port, Username: user, Password: password, TLS: mode, Roots: far.Roots}, addresses(t), taker)
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
		left: func() int { return far.Count("INBOX") }, taken: func() int { return far.Count("Longstop-taken") },
	}
}

func maildirPost(t *testing.T) post {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	count := func(pattern string) int {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	n := 0
	return post{
		put: func(text string) {
			n++
			name := filepath.Join(dir, "new", fmt.Sprintf("176449320%d.M1P2.mail", n))
			if n%2 == 0 { // a mail program has looked at it
				name = filepath.Join(dir, "cur", fmt.Sprintf("176449320%d.M1P2.mail:2,S", n))
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		reader: func(taker notify.Taker) *Reader {
			r, err := Maildir(dir, addresses(t), taker)
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
		left: func() int { return count("new/*") + count("cur/*") }, taken: func() int { return count(".Longstop-taken/cur/*") },
	}
}

// everywhere runs a test for each place where messages may wait.
func everywhere(t *testing.T, test func(t *testing.T, p post)) {
	t.Helper()
	for name, start := range posts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
}

func once(t *testing.T, r *Reader, want Counts) {
	t.Helper()
	if got, err := r.Once(t.Context()); err != nil || got != want {
		t.Errorf("got %+v, want %+v: %v", got, want, err)
	}
}

func TestReportsLeaveTheMailboxAndEverythingElseStays(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, p post) {
		t.Helper()
		first, second, foreign := uuid.NewString(), uuid.NewString(), uuid.NewString()
		b := &book{unknown: map[string]bool{foreign: true}}
		for _, text := range []string{answer, report(t, first, 1), autoreply, report(t, foreign, 1), report(t, second, 2)} {
			p.put(text)
		}
		r := p.reader(b)
		once(t, r, Counts{Taken: 2, Unknown: 1, AutoReplies: 1, Other: 1})
		if p.left() != 3 || p.taken() != 2 || b.kept[first] != 1 || b.kept[second] != 1 {
			t.Errorf("%d left, %d taken; kept %v", p.left(), p.taken(), b.kept)
		}
		p.put(report(t, first, 2))
		once(t, r, Counts{Taken: 1, Unknown: 1, AutoReplies: 1, Other: 1})
		once(t, r, Counts{Unknown: 1, AutoReplies: 1, Other: 1})
		once(t, p.reader(b), Counts{Unknown: 1, AutoReplies: 1, Other: 1})
		if p.left() != 3 || p.taken() != 3 {
			t.Errorf("%d left, %d taken", p.left(), p.taken())
		}
	})
}

func TestWhatTheRecordCannotTakeStaysUntilItCan(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, p post) {
		t.Helper()
		down := errors.New("the record is down")
		asked := 0
		b := &book{fail: func(notify.Report) error { asked++; return down }}
		for range 5 {
			p.put(report(t, uuid.NewString(), 1))
		}
		r := p.reader(b)
		if got, err := r.Once(t.Context()); !errors.Is(err, down) || got.Taken != 0 || got.Later != failuresInARow || asked != failuresInARow {
			t.Errorf("got %+v after %d: %v", got, asked, err)
		}
		busy := ""
		b.fail = func(r notify.Report) error {
			if busy == "" || busy == r.Delivery {
				busy = r.Delivery
				return notify.ErrNotYet
			}
			return nil
		}
		once(t, r, Counts{Taken: 4, Later: 1})
		b.fail = nil
		once(t, r, Counts{Taken: 1})
		if p.left() != 0 || p.taken() != 5 || len(b.kept) != 5 {
			t.Errorf("%d left, %d taken; kept %v", p.left(), p.taken(), b.kept)
		}
	})
}

// The reader is killed after the record has taken a report and before the message has left the mailbox.
func TestACrashBetweenTheRecordAndTheMailboxLosesNothing(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, p post) {
		t.Helper()
		delivery := uuid.NewString()
		ctx, kill := context.WithCancel(t.Context())
		b := &book{}
		b.fail = func(notify.Report) error { kill(); return nil }
		p.put(report(t, delivery, 1))
		if _, err := p.reader(b).Once(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if p.left() != 1 || b.kept[delivery] != 1 {
			t.Fatalf("%d left, kept %v", p.left(), b.kept)
		}
		b.fail = nil
		once(t, p.reader(b), Counts{Taken: 1})
		if p.left() != 0 || p.taken() != 1 || b.kept[delivery] != 2 {
			t.Errorf("%d left, %d taken; kept %v", p.left(), p.taken(), b.kept)
		}
	})
}

func TestALargeReportIsReadAsFarAsItIsNeeded(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, p post) {
		t.Helper()
		delivery := uuid.NewString()
		text, _, _ := strings.Cut(report(t, delivery, 1), "--b--")
		p.put(text + "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" + strings.Repeat("All work and no play.\r\n", 60_000) + "--b--\r\n")
		once(t, p.reader(&book{}), Counts{Taken: 1})
	})
}

func TestAMailboxThatCannotBeReadIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	p := startIMAP(t, ImplicitTLS, imaptest.WithTLS())
	r := p.reader(&book{})
	for name, change := range map[string]func(*IMAPConfig){
		"another password":          func(c *IMAPConfig) { c.Password = "wrong horse" },
		"a certificate of nobody's": func(c *IMAPConfig) { c.Roots = nil },
		"a folder that is missing":  func(c *IMAPConfig) { c.Folder = "Reports" },
		"no server there":           func(c *IMAPConfig) { c.Port = 1 },
	} {
		cfg := r.source.(*server).cfg
		change(&cfg)
		other, err := IMAP(cfg, addresses(t), &book{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = other.Once(t.Context())
		if err == nil || strings.Contains(err.Error(), "horse") || !strings.Contains(err.Error(), envIMAP) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneMessageComesFromAPipe(t *testing.T) {
	t.Parallel()
	delivery := uuid.NewString()
	b := &book{unknown: map[string]bool{}}
	if err := One(t.Context(), strings.NewReader(report(t, delivery, 1)), addresses(t), b); err != nil || b.kept[delivery] != 1 {
		t.Errorf("kept %v: %v", b.kept, err)
	}
	for _, text := range []string{answer, autoreply, "", strings.ReplaceAll(report(t, delivery, 1), "bounces+", "bounces+0")} {
		if err := One(t.Context(), bytes.NewBufferString(text), addresses(t), b); !errors.Is(err, ErrNotForUs) {
			t.Errorf("got %v", err)
		}
	}
	b.fail = func(notify.Report) error { return notify.ErrNotYet }
	if err := One(t.Context(), strings.NewReader(report(t, delivery, 1)), addresses(t), b); !errors.Is(err, notify.ErrNotYet) {
		t.Errorf("got %v", err)
	}
}

func TestAFolderThatIsNotAMaildirIsRefused(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if _, err := Maildir(dir, nil, &book{}); err == nil {
			t.Errorf("%s is taken", dir)
		}
	}
}
