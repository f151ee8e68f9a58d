package endtoend_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a program that runs next to the tests, in a process group of its own.
type process struct {
	name     string
	cmd      *exec.Cmd
	out, log string        // the files of its standard output and standard error
	done     chan struct{} // closed when it has ended
}

var processes atomic.Int64

// launch starts a program.
func (w *workspace) launch(name string, env []string, program string, args ...string) (*process, error) {
	base := filepath.Join(w.dir, fmt.Sprintf("%03d-%s", processes.Add(1), name))
	p := &process{name: name, cmd: exec.Command(program, args...), out: base + ".out", log: base + ".log", done: make(chan struct{})}
	out, err := os.Create(p.out)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, out, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	if err := w.note(p.cmd.Process.Pid); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in ProcessState
		_ = w.forget(p.cmd.Process.Pid)
		close(p.done)
	}()
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// kill ends it as a power cut does, and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // one that has ended is as dead
	<-p.done
}

// patience is how long a program may take to stop when it is asked to.
const patience = time.Minute

// stop asks it to end, kills it if it does not, and reports whether it ended by itself.
func (p *process) stop() bool {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // one that has ended need not be asked
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-p.done:
		return true
	case <-late.C:
		p.kill()
		return false
	}
}

// code is the exit code of one that has ended; -1 where a signal ended it.
func (p *process) code() int { return p.cmd.ProcessState.ExitCode() }

// text is what it has written to a file so far.
func text(file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// tail is the last lines of a file, long ones cut.
func tail(file string, lines int) string {
	const most = 400
	all := strings.Split(strings.TrimSpace(text(file)), "\n")
	all = all[max(0, len(all)-lines):]
	for i, line := range all {
		all[i] = line[:min(most, len(line))]
	}
	return strings.Join(all, "\n")
}
