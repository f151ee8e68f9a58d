package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// errStopped: a program was stopped by a signal, as everything is by Ctrl-C.
var errStopped = errors.New("stopped")

// command runs one of this program's own commands, shown as a person would type it, with
// what it prints.
func (s *show) command(ctx context.Context, args ...string) error {
	s.say("\n$ starter %s\n", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, s.Starter, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out := &indented{to: s.Out, at: true}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return errStopped
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return nil // some rows were refused and named; the rest is recorded
	case err != nil:
		return fmt.Errorf("starter %s: %w", args[0], err)
	}
	return nil
}

// indented sets what a command prints apart from the narration.
type indented struct {
	to io.Writer
	at bool // at the start of a line
}

func (w *indented) Write(text []byte) (int, error) {
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if line == "" {
			continue
		}
		if w.at {
			line = "  " + line
		}
		if _, err := io.WriteString(w.to, line); err != nil {
			return 0, err
		}
		w.at = strings.HasSuffix(line, "\n")
	}
	return len(text), nil
}

// process is a worker, or the API, that the demonstration started.
type process struct {
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
	err  error
}

// startWorker starts a worker with settings of its own and waits until it is ready.
func (s *show) startWorker(ctx context.Context, name string, settings ...string) error {
	_, err := s.start(ctx, s.Worker, name, append(quietly, settings...)...)
	return err
}

// quietly are the settings of a demonstration's workers. Whatever mail server this terminal
// is set up for, a demonstration writes to nobody: that of the stories has a mail server of its own.
var quietly = []string{
	"LONGSTOP_METRICS_ADDRESS=127.0.0.1:0", "LONGSTOP_NOTICES=log",
	"LONGSTOP_SMTP_URL=", "LONGSTOP_SMTP_PASSWORD=", "LONGSTOP_SMTP_PASSWORD_FILE=",
}

// startWeb starts the API on this machine, and returns where it answers once it is ready.
func (s *show) startWeb(ctx context.Context, name string, settings ...string) (address string, err error) {
	p, err := s.start(ctx, s.Web, name, append(local, settings...)...)
	if err != nil {
		return "", err
	}
	return "http://" + logged(p.log.Name(), "address"), nil
}

// local are the settings of a demonstration's API: on any free port, for this machine alone.
var local = []string{
	"LONGSTOP_WEB_ADDRESS=127.0.0.1:0", "LONGSTOP_WEB_METRICS_ADDRESS=127.0.0.1:0", "LONGSTOP_WEB_TLS_CERT=", "LONGSTOP_WEB_TLS_KEY=",
	"LONGSTOP_WEB_CLEARTEXT_TRUSTED=false", "LONGSTOP_LOG_LEVEL=info",
}

// start starts a program and waits until it is ready. name is that of its log.
func (s *show) start(ctx context.Context, program, name string, settings ...string) (*process, error) {
	p, err := s.launch(program, name, settings)
	if err != nil {
		return nil, err
	}
	s.programs = append(s.programs, p)
	address, err := p.healthAddress(ctx)
	if err == nil {
		err = p.ready(ctx, address)
	}
	if err != nil {
		return nil, fmt.Errorf("%s did not become ready: %w; its log is %s", name, err, p.log.Name())
	}
	return p, nil
}

func (s *show) launch(program, name string, settings []string) (*process, error) {
	log, err := os.Create(s.file(name + ".log"))
	if err != nil {
		return nil, fmt.Errorf("the log of %s: %w", name, err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), settings...)
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own: Ctrl-C reaches the demonstration, which stops it in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w; build it with `make build`", name, err)
	}
	p := &process{cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// startWithin is how long a program may take to become ready: the first start of a
// namespace waits for its search attributes.
const startWithin = 90 * time.Second

// poll asks again and again until the answer is yes, the process ends, or time is up.
func (p *process) poll(ctx context.Context, what string, yes func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for !yes() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		case <-p.done:
			return fmt.Errorf("it ended: %w", p.err)
		case <-ticker.C:
		}
	}
	return nil
}

// healthAddress finds where a program answers, which it logs since the port is any free one.
func (p *process) healthAddress(ctx context.Context) (string, error) {
	address := ""
	err := p.poll(ctx, "its log names no address", func() bool {
		address = logged(p.log.Name(), "health")
		return address != ""
	})
	return address, err
}

// logged returns the first address that a program has logged under a name; "" if it has not yet.
func logged(log, name string) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return ""
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if _, rest, ok := strings.Cut(lines.Text(), `"`+name+`":"`); ok {
			address, _, _ := strings.Cut(rest, `"`)
			return address
		}
	}
	return ""
}

func (p *process) ready(ctx context.Context, address string) error {
	return p.poll(ctx, "it is not ready", func() bool {
		answer, err := http.Get("http://" + address + "/readyz?exclude=notices") // which reach nobody here
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
}

// stop asks the program to finish what it does, and waits for it.
func (p *process) stop() {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err == nil {
		<-p.done
	}
	if err := p.log.Close(); err != nil {
		p.err = errors.Join(p.err, err)
	}
}
