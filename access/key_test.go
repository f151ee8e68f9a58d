package access

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// drawn are random bytes as a test has them: each is the place at which it stands, and off more.
func drawn(off byte) *bytes.Reader {
	random := make([]byte, 64)
	for i := range random {
		random[i] = byte(i)*37 + off
	}
	return bytes.NewReader(random)
}

func newKey(t testing.TB, environment string, off byte) Key {
	t.Helper()
	k, err := NewKey(environment, drawn(off))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAKeyIsReadAsItWasMade(t *testing.T) {
	t.Parallel()
	made := newKey(t, "live", 1)
	text := made.Reveal()
	if !regexp.MustCompile(`^ls_live_[a-z2-7]{8}_[a-z2-7]{59}$`).MatchString(text) {
		t.Errorf("a key reads %s", text)
	}
	read, err := ParseKey(text)
	if err != nil || read != made {
		t.Errorf("read %v, %v", read, err)
	}
	if read.Environment != "live" || read.Label() != text[:16] || Label("live", read.ID) != read.Label() {
		t.Errorf("the label of %s is %s", text, read.Label())
	}
	digest := sha256.Sum256([]byte(text[17 : 17+52]))
	if !read.Digest().Equal(digest[:]) {
		t.Error("the digest is not that of the secret")
	}
	if other := newKey(t, "live", 2).Digest(); read.Digest().Equal(other[:]) || read.Digest().Equal(digest[:31]) || read.Digest().Equal(nil) {
		t.Error("another secret has the same digest")
	}
}

func TestAMistypedKeyIsNoKey(t *testing.T) {
	t.Parallel()
	text := newKey(t, "live", 1).Reveal()
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_-A "
	for i := range text {
		for _, c := range alphabet {
			if wrong := text[:i] + string(c) + text[i+1:]; wrong != text {
				refuses(t, wrong)
			}
		}
		refuses(t, text[:i])
		refuses(t, text[:i]+text[i+1:])
		if i > 0 && text[i] != text[i-1] {
			refuses(t, text[:i-1]+string(text[i])+string(text[i-1])+text[i+1:])
		}
	}
	for _, wrong := range []string{"", "_", "___", text + "a", " " + text, text + "\n", strings.ToUpper(text), "ls" + text, text + text, "xx" + text[2:]} {
		refuses(t, wrong)
	}
}

func refuses(t *testing.T, text string) {
	t.Helper()
	if k, err := ParseKey(text); !errors.Is(err, ErrMalformed) || k != (Key{}) {
		t.Errorf("%q is read as %v, %v", text, k, err)
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add(newKey(f, "live", 1).Reveal())
	f.Add("ls_live_aaaaaaaa_")
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := ParseKey(text); err == nil && k.Reveal() != text {
			t.Errorf("%q is read as %q", text, k.Reveal())
		}
	})
}

func TestAKeyThatIsPrintedKeepsItsSecret(t *testing.T) {
	t.Parallel()
	k := newKey(t, "test", 3)
	for _, text := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %q", k, k, k, k, k), fmt.Sprintf("%v", struct{ Key Key }{k})} {
		if strings.Contains(text, k.secret) || !strings.Contains(text, "ls_test_"+k.ID) {
			t.Errorf("it prints %s", text)
		}
	}
}

func TestAKeyIsFoundByItsIDByItsLabelAndWhole(t *testing.T) {
	t.Parallel()
	k := newKey(t, "live", 1)
	for _, text := range []string{k.ID, k.Label(), k.Reveal()} {
		if id, err := IDOf(text); id != k.ID || err != nil {
			t.Errorf("%s: %q, %v", text, id, err)
		}
	}
	for _, text := range []string{"", "ls_live", "ls_LIVE_" + k.ID, "xx_live_" + k.ID, k.ID + "a", strings.ToUpper(k.ID), k.Reveal() + "a"} {
		if id, err := IDOf(text); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %q, %v", text, id, err)
		}
	}
}

func TestAKeyIsNotMadeOfTooFewRandomBytesNorForAnEnvironmentThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if k, err := NewKey("live", bytes.NewReader(make([]byte, 36))); err == nil {
		t.Errorf("made %v of 36 bytes", k)
	}
	for _, name := range []string{"", "Live", "a_b", "a-b", "é", "abcdefghijklm"} {
		if k, err := NewKey(name, drawn(1)); err == nil {
			t.Errorf("made %v for %q", k, name)
		}
	}
}
