package store

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Actor says who does something, for the audit: the program, and where it acts for a system that asks it by a key,
// that request. What Postgres knows by itself is the login.
type Actor struct {
	Command string // "record"; "" of a program without commands
	User    string // of the operating system, as the program sees it
	Host    string

	Request      string // the id of a request; "" of a program
	Key, KeyName string // the id and the name of the key by which it was made
	Action       string // what the key is used for
}

type actorKey struct{}

// acting is an actor in a context.
type acting struct {
	said map[string]string // by the names of settings, without what is left out
}

// WithActor returns a context in which what is written to the audit is that actor's, for one request: by Note, and by
// the triggers of the transactions that are run with it. What the actor leaves out is as Options.Actor has it. A
// transaction begins with it in the same round trip, and Postgres forgets it when the transaction ends, so that whoever
// has the connection next is not taken for it.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, &acting{said: a.said()})
}

// ofNobody returns a context in which the program itself acts.
func ofNobody(ctx context.Context) context.Context {
	return context.WithValue(ctx, actorKey{}, (*acting)(nil))
}

// beginning are the statements that begin a transaction of theirs; nil: of the program itself.
func (a *acting) beginning() []*pgx.QueuedQuery {
	b := &pgx.Batch{}
	b.Queue("begin")
	if a != nil {
		names := slices.Sorted(maps.Keys(a.said))
		texts := make([]string, len(names))
		for i, name := range names {
			texts[i] = a.said[name]
		}
		queueSaying(b, names, texts)
	}
	return b.QueuedQueries
}

// queueSaying queues that the session says of itself, up to the end of the transaction, who acts in it.
func queueSaying(b *pgx.Batch, names, texts []string) {
	b.Queue(`select set_config('longstop.' || name, said, true) from unnest($1::text[], $2::text[]) as n(name, said)`, names, texts)
}

// InRequest reports whether a context is that of one request: see WithActor.
func InRequest(ctx context.Context) bool { return actingIn(ctx) != nil }

func actingIn(ctx context.Context) *acting {
	a, _ := ctx.Value(actorKey{}).(*acting)
	return a
}

// said is what an actor says of itself, by the names of settings.
func (a Actor) said() map[string]string {
	said := map[string]string{}
	for name, text := range map[string]string{
		"command": a.Command, "os_user": a.User, "host": a.Host, "run": a.Request, "key": a.Key, "key_name": a.KeyName, "action": a.Action,
	} {
		if text != "" {
			said[name] = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
		}
	}
	return said
}

// quoted is a text as SQL, however the session reads backslashes.
func quoted(text string) string { return `E'` + escapes.Replace(text) + `'` }

var escapes = strings.NewReplacer(`\`, `\\`, `'`, `''`)

// begin is the text that begins a transaction of theirs.
func (a *acting) begin() string {
	text := "begin"
	for _, name := range slices.Sorted(maps.Keys(a.said)) {
		text += "; set local longstop." + name + " = " + quoted(a.said[name])
	}
	return text
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
	AuditDenied   Outcome = "denied" // a key was used for what it is not for
	// What the database notes of a key itself.
	AuditCreated  Outcome = "created"
	AuditReplaced Outcome = "replaced"
	AuditRevoked  Outcome = "revoked"
	AuditIssued   Outcome = "issued"   // a token that stands for it was
	AuditRejected Outcome = "rejected" // it was shown when it was no longer good; once an hour at most
	// What the database notes of a webhook; Action names it.
	AuditWebhookAdded    Outcome = "webhook_added"
	AuditWebhookChanged  Outcome = "webhook_changed"
	AuditWebhookPaused   Outcome = "webhook_paused"
	AuditWebhookResumed  Outcome = "webhook_resumed"
	AuditWebhookDisabled Outcome = "webhook_disabled"
	AuditWebhookRotated  Outcome = "webhook_rotated"
	AuditWebhookRemoved  Outcome = "webhook_removed"
)

// Note adds to the audit that this program's run, or the request of the context, began, reads, ended or was denied. caseKey is
// the case that it is about, "" where it is about none or many.
func (s *Store) Note(ctx context.Context, outcome Outcome, caseKey string) error {
	said := map[string]string{}
	if a := actingIn(ctx); a != nil {
		said = a.said
	}
	_, err := s.pool.Exec(ctx, `select note_use($1, $2, $3)`, nullable(caseKey), string(outcome), said)
	if err != nil {
		return fmt.Errorf("noting in the audit what is done: %w", explain(err))
	}
	return nil
}

// AuditFilter picks rows of the audit; what is zero picks all.
type AuditFilter struct {
	CaseKey string
	Key     string    // its id
	Since   time.Time // wall time
}

// claim makes what the program says of itself part of each of its sessions, where the
// database finds it.
func (a Actor) claim(params map[string]string) {
	a.Request = uuid.NewString()
	for name, said := range a.said() {
		params["longstop."+name] = said
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
	Run     string // the same in all rows of one run, or of one request
	Key     string // the id of the key by which it was done, or to which it happened
	KeyName string
	Action  string // what the key was used for; or which webhook it is about
}

// EachAudit hands over the rows of the audit, in the order in which they were written, until
// fn returns an error, which is returned.
func (s *Store) EachAudit(ctx context.Context, f AuditFilter, fn func(AuditRow) error) error {
	found, err := s.pool.Query(ctx, `
		select at, login, os_user, host, command,
			coalesce((select reference from case_references r where r.case_key = a.case_key order by n limit 1), ''),
			outcome, coalesce(events, 0), run, coalesce(key, ''), coalesce(key_name, ''), coalesce(action, '')
		from audit a
		where ($1::uuid is null or case_key = $1) and ($2::timestamptz is null or at >= $2) and ($3::text is null or key = $3)
		order by seq`, nullable(f.CaseKey), pointer(f.Since), nullable(f.Key))
	if err != nil {
		return fmt.Errorf("reading the audit: %w", explain(err))
	}
	defer found.Close()
	for found.Next() {
		var r AuditRow
		err := found.Scan(&r.At, &r.Login, &r.User, &r.Host, &r.Command, &r.Case, &r.Outcome, &r.Events, &r.Run,
			&r.Key, &r.KeyName, &r.Action)
		if err != nil {
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
