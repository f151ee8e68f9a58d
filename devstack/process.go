package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// process is a running postmaster, our child or one that an earlier devstack left behind.
type process struct {
	pid    int
	exited <-chan struct{}
}

// processByPid watches a postmaster that is not our child: nobody tells us when it ends, so look.
func processByPid(pid int, dataDir string) process {
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		for isPostmaster(pid, dataDir) {
			<-time.After(100 * time.Millisecond)
		}
	}()
	return process{pid: pid, exited: exited}
}

// stopProcess stops a postmaster: SIGINT is its "fast shutdown" (open sessions are ended, a checkpoint is written).
// When that takes too long SIGQUIT ends it at once, and the next start recovers from the log; nothing that was
// committed is lost.
func stopProcess(running process) error {
	const patience = 20 * time.Second
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		select {
		case <-running.exited: // its number may belong to somebody else by now
			return nil
		default:
		}
		if err := syscall.Kill(running.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("cannot send %s to process %d: %w", signal, running.pid, err)
		}
		select {
		case <-running.exited:
			return nil
		case <-time.After(patience):
		}
	}
	return fmt.Errorf("process %d did not stop within %s of SIGINT and %[2]s of SIGQUIT: look at its log, then kill it by hand",
		running.pid, patience)
}

// pidFile is what Postgres writes in its data folder while it runs.
type pidFile struct{ pid, port int }

func pidFilePath(dataDir string) string { return filepath.Join(dataDir, "postmaster.pid") }

// readPidFile gives zeros when there is none. Its first line is the process id, the fourth the port.
func readPidFile(dataDir string) pidFile {
	file, err := os.Open(pidFilePath(dataDir))
	if err != nil {
		return pidFile{}
	}
	defer func() { ignore(file.Close()) }()
	var found pidFile
	lines := bufio.NewScanner(file)
	for line := 1; lines.Scan() && line <= 4; line++ {
		switch value := number(lines.Text()); line {
		case 1:
			found.pid = value
		case 4:
			found.port = value
		}
	}
	return found
}

// isPostmaster tells whether the process lives and works in the data folder. A process id alone proves nothing: after
// a crash or a reboot another program may have got it, and a dead process may linger as a zombie.
func isPostmaster(pid int, dataDir string) bool {
	if !haveProc() {
		return processExists(pid)
	}
	target, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && target == realPath(dataDir)
}

// processesIn lists the processes whose working folder is the data folder: the postmaster and all that it started.
func processesIn(dataDir string) []int {
	var found []int
	for _, link := range glob("/proc/[0-9]*/cwd") {
		if target, err := os.Readlink(link); err == nil && target == realPath(dataDir) {
			found = append(found, number(filepath.Base(filepath.Dir(link))))
		}
	}
	return found
}

// haveProc tells whether the system shows processes as files, as Linux does and macOS does not.
func haveProc() bool { return exists("/proc/self/cwd") }

func processExists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

func realPath(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	return path
}
