package store

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Actor says who runs a program, for the audit. What Postgres knows by itself is the login.
type Actor struct {
	Command string // "record"; "" of a program without commands
	User    string // of the operating system, as the program sees it
	Host    string
}

// ThisProcess is who runs this process, as the machine knows them.
func ThisProcess(command string) Actor {
	who := Actor{Command: command, User: fmt.Sprintf("uid %d", os.Getuid())}
	// In a container the user often has no name.
	if u, err := user.Current(); err == nil && u.Username != "" {
		who.User = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		who.Host = host
	}
	return who
}

// Outcome is what a row of the audit says happened.
type Outcome string

// The outcomes. A program says that it began, read or ended; what was recorded and adopted
// the database notes by itself, in the transaction that writes it.
const (
	AuditBegan    Outcome = "began"
	AuditRead     Outcome = "read"
	AuditRecorded Outcome = "recorded"
	AuditAdopted  Outcome = "adopted"
	AuditDone     Outcome = "done"
	AuditRefused  Outcome = "refused" // something in the input was, and the rest was done
	AuditFailed   Outcome = "failed"
)

// Note adds to the audit that this program's run began, reads, or ended. caseKey is the case
// that it is about, "" where it is about none or many.
func (s *Store) Note(ctx context.Context, outcome Outcome, caseKey string) error {
	_, err := s.pool.Exec(ctx, `select note_run($1, $2)`, nullable(caseKey), string(outcome))
	if err != nil {
		return fmt.Errorf("noting in the audit what is done: %w", explain(err))
	}
	return nil
}

// AuditFilter picks rows of the audit; what is zero picks all.
type AuditFilter struct {
	CaseKey string
	Since   time.Time // wall time
}

// claim makes what the program says of itself part of each of its sessions, where the
// database finds it.
func (a Actor) claim(params map[string]string) {
	params["longstop.run"] = uuid.NewString()
	for name, said := range map[string]string{"command": a.Command, "os_user": a.User, "host": a.Host} {
		if said != "" {
			params["longstop."+name] = strings.ToValidUTF8(strings.ReplaceAll(said, "\x00", ""), "")
		}
	}
}

// AuditRow is a row of the audit. Times are wall times.
type AuditRow struct {
	At      time.Time
	Login   string
	User    string // as the program said
	Host    string // as the program said
	Command string
	Case    string // the reference that people are shown
	Outcome Outcome
	Events  int64  // of recorded: how many
	Run     string // the same in all rows of one run
}

// EachAudit hands over the rows of the audit, in the order in which they were written, until
// fn returns an error, which is returned.
func (s *Store) EachAudit(ctx context.Context, f AuditFilter, fn func(AuditRow) error) error {
	found, err := s.pool.Query(ctx, `
		select at, login, os_user, host, command,
			coalesce((select reference from case_references r where r.case_key = a.case_key order by n limit 1), ''),
			outcome, coalesce(events, 0), run
		from audit a
		where ($1::uuid is null or case_key = $1) and ($2::timestamptz is null or at >= $2)
		order by seq`, nullable(f.CaseKey), pointer(f.Since))
	if err != nil {
		return fmt.Errorf("reading the audit: %w", explain(err))
	}
	defer found.Close()
	for found.Next() {
		var r AuditRow
		if err := found.Scan(&r.At, &r.Login, &r.User, &r.Host, &r.Command, &r.Case, &r.Outcome, &r.Events, &r.Run); err != nil {
			return fmt.Errorf("reading the audit: %w", err)
		}
		r.At = r.At.UTC()
		if err := fn(r); err != nil {
			return err
		}
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("reading the audit: %w", explain(err))
	}
	return nil
}
