package main

import (
	"errors"
	"net"
	"os"
	"testing"
)

// chooserWith has the ports given taken by other programs.
func chooserWith(taken ...int) *portChooser {
	c := newPortChooser(false)
	c.isFree = func(port int) bool {
		for _, other := range taken {
			if port == other {
				return false
			}
		}
		return true
	}
	return c
}

func TestPortForPart(t *testing.T) {
	const asked, last, wellKnown = 6000, 21000, 7233
	cases := []struct {
		name        string
		taken       []int
		asked, last int
		ephemeral   bool
		want        int // 0: any from the range of free ones
		notes       int
	}{
		{name: "the well-known one at the first start", want: wellKnown},
		{name: "last time's at the second", last: last, want: last},
		{name: "the one asked for before last time's", asked: asked, last: last, want: asked},
		{name: "any when the well-known one is taken, and says so", taken: []int{wellKnown}, notes: 1},
		{name: "the well-known one when last time's is taken, and says so", taken: []int{last}, last: last, want: wellKnown, notes: 1},
		{name: "any for tests, without a word", ephemeral: true},
		{name: "last time's for tests too", ephemeral: true, last: last, want: last},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			chooser := chooserWith(c.taken...)
			chooser.ephemeral = c.ephemeral
			got, err := chooser.forPart("Temporal", "temporal-port", c.asked, c.last, wellKnown)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want && (c.want != 0 || got < 20000 || got > 29999) {
				t.Errorf("got port %d, want %d", got, c.want)
			}
			if len(chooser.notes) != c.notes {
				t.Errorf("notes: %q", chooser.notes)
			}
		})
	}
}

// A port asked for by number is never exchanged for another in silence.
func TestAskedPortThatIsTakenIsRefused(t *testing.T) {
	_, err := chooserWith(6000).forPart("Temporal", "temporal-port", 6000, 0, 7233)
	if !errors.Is(err, errPortTaken) {
		t.Fatalf("got %v", err)
	}
}

// Two parts never get the same port, even when both remember it.
func TestNoPortTwice(t *testing.T) {
	chooser := chooserWith()
	first, _ := chooser.forService(21000)
	second, err := chooser.forService(21000)
	if err != nil || first == second {
		t.Fatalf("got %d and %d, %v", first, second, err)
	}
}

// A port on which something listens on all addresses is taken on ours too.
func TestPortIsFreeSeesOtherListeners(t *testing.T) {
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Skip("cannot listen here:", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if portIsFree(port) {
		t.Errorf("port %d seems free while something listens on it", port)
	}
	_ = listener.Close()
	if !portIsFree(port) {
		t.Errorf("port %d seems taken after the listener closed", port)
	}
}

// Ports survive a restart; a spoiled file is reported and does not stop the start.
func TestPortsAreRemembered(t *testing.T) {
	dir := stackDir(t.TempDir())
	want := ports{Postgres: 1, Temporal: 2, UI: 3, HTTP: 4, History: 5, Matching: 6, Worker: 7}
	if err := savePorts(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, err := loadPorts(dir); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := os.WriteFile(dir.portsFile(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := loadPorts(dir); err == nil || got != (ports{}) {
		t.Errorf("a spoiled file gave %+v, %v", got, err)
	}
}
