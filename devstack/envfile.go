package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The settings that the stack hands to Longstop's programs, under the names that those read.
const (
	envDatabaseURL  = "LONGSTOP_DATABASE_URL"
	envTemporal     = "TEMPORAL_ADDRESS"
	envNamespace    = "TEMPORAL_NAMESPACE"
	envUI           = "LONGSTOP_TEMPORAL_UI"
	envStackDir     = "LONGSTOP_STACK_DIR"
	envPostgresPID  = "LONGSTOP_PG_PID"
	envDevstackPID  = "LONGSTOP_DEVSTACK_PID"
	safeInShellText = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,=?"
)

// setting is one line of the env file.
type setting struct{ name, value string }

// writeEnvFile writes KEY=VALUE lines in one step: whoever waits for the file never sees half of it.
func writeEnvFile(path string, settings []setting) error {
	var content strings.Builder
	for _, s := range settings {
		fmt.Fprintf(&content, "%s=%s\n", s.name, quoted(s.value))
	}
	return writeFileAtomically(path, []byte(content.String()), 0o600)
}

// quoted puts quotes only round a value that a shell would take apart (an own database URL with several options, say),
// because not every reader of such files removes them.
func quoted(value string) string {
	if strings.Trim(value, safeInShellText) == "" {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// readEnvFile reads what writeEnvFile wrote.
func readEnvFile(path string) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		name, value, found := strings.Cut(lines.Text(), "=")
		if !found || strings.HasPrefix(name, "#") {
			continue
		}
		if len(value) >= 2 && value[0] == '\'' {
			value = strings.ReplaceAll(value[1:len(value)-1], `'\''`, "'")
		}
		values[name] = value
	}
	return values, lines.Err()
}

// writeFileAtomically writes a file next to it and renames, so that a reader sees the old content or the new.
func writeFileAtomically(path string, content []byte, mode os.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	defer func() { ignore(os.Remove(file.Name())) }() // fails, as it should, once it is renamed
	if err := file.Chmod(mode); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if _, err := file.Write(content); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}
