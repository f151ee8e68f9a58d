package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// dirLock keeps two commands from working on the same folder at once. The kernel drops it when the process dies, so
// a killed devstack never leaves a lock behind.
type dirLock struct{ file *os.File }

// errLocked is returned by lockDir when another devstack holds the folder.
var errLocked = errors.New("a devstack runs on this folder")

// lockDir takes the folder's lock and writes this process's id in it, or fails with errLocked naming the holder.
func lockDir(dir stackDir) (*dirLock, error) {
	file, err := os.OpenFile(dir.lockFile(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the lock: %w", err)
	}
	for try := 0; !tryLock(file, syscall.LOCK_EX); try++ {
		if try == 5 { // a mere `devstack status` lets go at once
			ignore(file.Close())
			return nil, fmt.Errorf("%w (process %d, folder %s): stop it first with Ctrl-C or `kill %[2]d`",
				errLocked, lockHolder(dir), dir)
		}
		<-time.After(20 * time.Millisecond)
	}
	if err := writeHolder(file); err != nil {
		ignore(file.Close())
		return nil, fmt.Errorf("cannot write the lock: %w", err)
	}
	return &dirLock{file: file}, nil
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(file, "%d\n", os.Getpid())
	return err
}

func tryLock(file *os.File, kind int) bool {
	return syscall.Flock(int(file.Fd()), kind|syscall.LOCK_NB) == nil
}

// isLocked tells whether a devstack runs on the folder, without getting in anybody's way.
func isLocked(dir stackDir) bool {
	file, err := os.Open(dir.lockFile())
	if err != nil {
		return false
	}
	defer func() { ignore(file.Close()) }()
	return !tryLock(file, syscall.LOCK_SH)
}

func (l *dirLock) release() { ignore(l.file.Close()) }

// lockHolder reads who wrote the lock; 0 when nobody can tell.
func lockHolder(dir stackDir) int {
	content, err := os.ReadFile(dir.lockFile())
	if err != nil {
		return 0
	}
	return number(string(content))
}
