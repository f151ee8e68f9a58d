package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"
)

// statusCommand is `devstack status`.
type statusCommand struct {
	Dir  string `help:"The stack's folder." default:".devstack" type:"path"`
	JSON bool   `help:"Print JSON, for machines." name:"json"`
}

// Help is shown by `devstack status --help`.
func (c *statusCommand) Help() string { return "Example: devstack status --dir .devstack" }

// errNotAllRunning only carries the exit code: what does not run has been printed.
var errNotAllRunning = errors.New("not everything runs")

// partStatus is one line of the answer.
type partStatus struct {
	Part    string `json:"part"`
	Running bool   `json:"running"`
	Where   string `json:"where,omitempty"`
	PID     int    `json:"pid,omitempty"`
	Problem string `json:"problem,omitempty"`
}

// Run asks each part; it changes nothing.
func (c *statusCommand) Run(ctx context.Context, _ zerolog.Logger, stdout io.Writer) error {
	dir, err := existingDir(c.Dir)
	if err != nil {
		return err
	}
	statuses := statusOf(ctx, dir)
	if c.JSON {
		err = json.NewEncoder(stdout).Encode(statuses)
	} else {
		err = printStatuses(stdout, dir, statuses)
	}
	for _, status := range statuses {
		if !status.Running && err == nil {
			err = errNotAllRunning
		}
	}
	return err
}

// statusOf asks the parts that the env file names, or, without one, what the last start left behind.
func statusOf(ctx context.Context, dir stackDir) []partStatus {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	settings, err := readEnvFile(dir.envFile())
	if err != nil {
		settings = leftovers(dir)
	}
	statuses := []partStatus{
		devstackStatus(dir),
		asked("Postgres", settings[envDatabaseURL], number(settings[envPostgresPID]), func(where string) error { return pingURL(ctx, where) }),
		asked("Temporal", settings[envTemporal], 0, func(where string) error { return pingTemporal(ctx, where) }),
	}
	if _, err := readEnvFile(dir.envFile()); err == nil && settings[envUI] == "" {
		return statuses // started with --no-ui
	}
	return append(statuses, asked("Temporal UI", settings[envUI], 0, func(where string) error { return getPage(ctx, where) }))
}

// devstackStatus looks whether somebody holds the folder's lock.
func devstackStatus(dir stackDir) partStatus {
	if !isLocked(dir) {
		return partStatus{Part: "devstack", Problem: "not running"}
	}
	return partStatus{Part: "devstack", Running: true, PID: lockHolder(dir), Where: string(dir)}
}

// leftovers gives the settings of a Postgres that a killed devstack left running.
func leftovers(dir stackDir) map[string]string {
	where := recordedPlace(dir)
	if where == "" {
		where = place(dir.postgres())
	}
	found := readPidFile(where.data())
	password, err := os.ReadFile(dir.passwordFile())
	if err != nil || found.pid == 0 || !isPostmaster(found.pid, where.data()) {
		return nil
	}
	return map[string]string{
		envDatabaseURL: ownDatabase(found.port, string(password[:max(0, len(password)-1)])).String(),
		envPostgresPID: strconv.Itoa(found.pid),
	}
}

// asked asks one part whether it answers.
func asked(part, where string, pid int, ask func(string) error) partStatus {
	status := partStatus{Part: part, Where: where, PID: pid}
	if where == "" {
		status.Problem = "not running"
		return status
	}
	if db, err := givenDatabase(where); err == nil {
		status.Where = db.redacted()
	}
	if err := ask(where); err != nil {
		status.Problem = err.Error()
		return status
	}
	status.Running = true
	return status
}

func pingURL(ctx context.Context, url string) error {
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return connection.Close(ctx)
}

func pingTemporal(ctx context.Context, frontend string) error {
	service, err := client.DialContext(ctx, client.Options{HostPort: frontend, Namespace: mainNamespace, Logger: silence()})
	if err != nil {
		return err
	}
	defer service.Close()
	_, err = service.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

func printStatuses(to io.Writer, dir stackDir, statuses []partStatus) error {
	if _, err := fmt.Fprintf(to, "The stack in %s\n", dir); err != nil {
		return err
	}
	for _, s := range statuses {
		state, detail := "runs", s.Where
		if !s.Running {
			state, detail = "DOWN", s.Problem
		}
		if s.Running && s.PID != 0 {
			detail += fmt.Sprintf("  (process %d)", s.PID)
		}
		if _, err := fmt.Fprintf(to, "  %-12s %s  %s\n", s.Part, state, detail); err != nil {
			return err
		}
	}
	return nil
}
