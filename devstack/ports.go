package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"time"
)

// loopback is the only address that anything here listens on: the stack has no transport encryption.
const loopback = "127.0.0.1"

// The ports that people know. Postgres has 5433 and not 5432, which a system's own Postgres often holds; the UI has the
// port of the Temporal command line's own development server.
const (
	defaultPostgresPort = 5433
	defaultTemporalPort = 7233
	defaultUIPort       = 8233
)

// ports is every port of the stack. The first three are for people, the others only for the server's own services.
type ports struct {
	Postgres int `json:"postgres"`
	Temporal int `json:"temporal"`
	UI       int `json:"ui"`
	HTTP     int `json:"temporal_http"`
	History  int `json:"temporal_history"`
	Matching int `json:"temporal_matching"`
	Worker   int `json:"temporal_worker"`
}

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// portChooser decides on ports one by one, so that no two parts get the same.
type portChooser struct {
	isFree    func(port int) bool
	ephemeral bool // take any free port instead of the well-known ones
	taken     map[int]bool
	notes     []string
}

func newPortChooser(ephemeral bool) *portChooser {
	return &portChooser{isFree: portIsFree, ephemeral: ephemeral, taken: map[int]bool{}}
}

// errPortTaken means that a port was asked for by number and something else listens there.
var errPortTaken = errors.New("the port is taken")

// forPart chooses a port that people see: the one asked for (or nothing), else last time's, else the well-known
// one, else any free one. A change that a person may stumble over is noted.
func (c *portChooser) forPart(part, flag string, asked, last, wellKnown int) (int, error) {
	if asked != 0 {
		if !c.free(asked) {
			return 0, fmt.Errorf("%s: %w: something else listens on %s: stop it, or give another --%s",
				part, errPortTaken, address(asked), flag)
		}
		return c.take(asked), nil
	}
	if last != 0 && c.free(last) {
		return c.take(last), nil
	}
	if !c.ephemeral && c.free(wellKnown) {
		if last != 0 {
			c.note("%s: port %d, used last time, is taken by something else; using %d", part, last, wellKnown)
		}
		return c.take(wellKnown), nil
	}
	chosen, err := c.anyFree(part)
	if err == nil && !c.ephemeral {
		c.note("%s: port %d is taken by something else; using %d", part, wellKnown, chosen)
	}
	return chosen, err
}

// forService chooses a port that nobody needs to know.
func (c *portChooser) forService(last int) (int, error) {
	if last != 0 && c.free(last) {
		return c.take(last), nil
	}
	return c.anyFree("Temporal's inner services")
}

// anyFree looks for a free port at random between 20000 and 29999. It stays clear of the range from which systems
// number outgoing connections (32768 and up), where one of our own connections could take the port before its
// listener does.
func (c *portChooser) anyFree(part string) (int, error) {
	const low, count, tries = 20000, 10000, 500
	for range tries {
		if port := low + rand.IntN(count); c.free(port) {
			return c.take(port), nil
		}
	}
	return 0, fmt.Errorf("%s: no free port found between %d and %d: is something holding them all?", part, low, low+count-1)
}

func (c *portChooser) free(port int) bool { return !c.taken[port] && c.isFree(port) }

func (c *portChooser) take(port int) int {
	c.taken[port] = true
	return port
}

func (c *portChooser) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// portIsFree listens and dials: on some systems listening succeeds although another program listens on all addresses.
func portIsFree(port int) bool {
	listener, err := net.Listen("tcp", address(port))
	if err != nil {
		return false
	}
	ignore(listener.Close())
	connection, err := net.DialTimeout("tcp", address(port), 200*time.Millisecond)
	if err == nil {
		ignore(connection.Close())
	}
	return err != nil
}

// loadPorts reads last time's ports. A missing or spoiled file means that there was no last time.
func loadPorts(dir stackDir) (ports, error) {
	content, err := os.ReadFile(dir.portsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return ports{}, nil
	}
	if err != nil {
		return ports{}, err
	}
	var last ports
	if err := json.Unmarshal(content, &last); err != nil {
		return ports{}, fmt.Errorf("%s is spoiled (%w): ports are chosen again", dir.portsFile(), err)
	}
	return last, nil
}

func savePorts(dir stackDir, chosen ports) error {
	content, err := json.MarshalIndent(chosen, "", "  ")
	if err != nil {
		return err
	}
	return writeFileAtomically(dir.portsFile(), append(content, '\n'), 0o600)
}
