package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// becomeReady writes the env file, for which scripts wait.
func (s *stack) becomeReady() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
	return s.writeEnvFiles()
}

func (s *stack) writeEnvFiles() error {
	for _, path := range s.envFiles {
		if err := writeEnvFile(path, s.settings()); err != nil {
			return err
		}
	}
	return nil
}

// postgresRestarted corrects Postgres's process id in the env file.
func (s *stack) postgresRestarted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ready {
		return
	}
	if err := s.writeEnvFiles(); err != nil {
		s.log.Warn().Err(err).Msg("the env file names the process that died")
	}
}

func (s *stack) settings() []setting {
	settings := []setting{
		{envDatabaseURL, s.database.String()},
		{envTemporal, address(s.ports.Temporal)},
		{envNamespace, mainNamespace},
		{envStackDir, string(s.dir)},
	}
	if !s.options.NoUI {
		settings = append(settings, setting{envUI, uiURL(s.ports)})
	}
	if s.postgres != nil {
		settings = append(settings, setting{envPostgresPID, strconv.Itoa(s.postgres.current().pid)})
	}
	return append(settings, setting{envDevstackPID, strconv.Itoa(os.Getpid())})
}

// summary is what a person reads on the terminal once everything is ready.
func (s *stack) summary(took time.Duration) string {
	var text strings.Builder
	line := func(name, value string) { fmt.Fprintf(&text, "  %-12s%s\n", name, value) }
	fmt.Fprintf(&text, "Longstop's stack is ready (%.1f s). Ctrl-C stops it.\n", took.Seconds())
	if !s.options.NoUI {
		line("Temporal UI", uiURL(s.ports))
	}
	line("Temporal", address(s.ports.Temporal)+"  namespaces: "+strings.Join(s.namespaces(), ", "))
	line("Postgres", s.database.redacted())
	if s.postgres != nil && s.postgres.outside {
		line("", "its data: "+s.postgres.place.data()+" ("+s.postgres.user.String()+" cannot reach this folder)")
	}
	line("Settings", "set -a; . "+s.envFiles[len(s.envFiles)-1]+"; set +a")
	line("Logs", s.dir.file("*.log"))
	return text.String()
}
