package bench_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is Linux's unit of processor time, wherever Go runs.
const tick = 10 * time.Millisecond

// use is processor time by program.
type use map[string]time.Duration

// spent is the processor time of this program and all that it has started: the stack, the
// workers, the importer. It is empty where there is no /proc. Where other programs are
// running it is a steadier measure than the time on the wall.
func spent() use {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	parents, times := map[int]int{}, map[int]time.Duration{}
	for _, name := range files {
		if pid, parent, used, ok := readStat(name); ok {
			parents[pid], times[pid] = parent, used
		}
	}
	by := use{}
	for pid, used := range times {
		if descends(pid, os.Getpid(), parents) {
			by[program(pid)] += used
		}
	}
	return by
}

// program names a process; of Postgres the database too.
func program(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	words := strings.Fields(strings.ReplaceAll(string(text), "\x00", " "))
	switch {
	case err != nil || len(words) == 0:
		return "?"
	case words[0] == "postgres:" && len(words) > 3:
		return "postgres " + words[3]
	case pid == os.Getpid():
		return "this program"
	default:
		return filepath.Base(words[0])
	}
}

func (u use) sum() time.Duration {
	var sum time.Duration
	for _, used := range u {
		sum += used
	}
	return sum
}

// since is what was used after an earlier look.
func (u use) since(earlier use) use {
	by := use{}
	for name, used := range u {
		if more := used - earlier[name]; more != 0 {
			by[name] = more
		}
	}
	return by
}

// readStat reads the times of a process and of its children that have ended; ok is false
// for one that has just gone.
func readStat(name string) (pid, parent int, used time.Duration, ok bool) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, 0, 0, false
	}
	before, after, _ := strings.Cut(string(text), " (")
	after = after[strings.LastIndexByte(after, ')')+1:] // the name may hold anything
	fields := strings.Fields(after)
	if len(fields) < 15 {
		return 0, 0, 0, false
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		ok = ok && err == nil
		return n
	}
	ok = true
	pid, parent = number(before), number(fields[1])
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		used += time.Duration(number(field)) * tick
	}
	return pid, parent, used, ok
}

func descends(pid, from int, parents map[int]int) bool {
	for range len(parents) {
		if pid == from {
			return true
		}
		parent, ok := parents[pid]
		if !ok {
			return false
		}
		pid = parent
	}
	return false
}
