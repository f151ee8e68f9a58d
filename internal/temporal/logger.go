package temporal

import (
	"fmt"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/log"
)

// Logger hands what the Temporal SDK and the workflows log to zerolog. Only the keys that
// are known to hold no personal data go through; what stands under another key is left
// out, and only the key is named.
type Logger struct {
	log  zerolog.Logger
	skip int
}

var (
	_ log.Logger                 = (*Logger)(nil)
	_ log.WithLogger             = (*Logger)(nil)
	_ log.WithSkipCallers        = (*Logger)(nil)
	_ zerolog.LogObjectMarshaler = pairs(nil)
)

// NewLogger adapts a logger.
func NewLogger(l zerolog.Logger) *Logger { return &Logger{log: l} }

// Debug logs at debug level.
func (l *Logger) Debug(msg string, keyvals ...any) { l.write(l.log.Debug(), msg, keyvals) }

// Info logs at info level.
func (l *Logger) Info(msg string, keyvals ...any) { l.write(l.log.Info(), msg, keyvals) }

// Warn logs at warn level.
func (l *Logger) Warn(msg string, keyvals ...any) { l.write(l.log.Warn(), msg, keyvals) }

// Error logs at error level.
func (l *Logger) Error(msg string, keyvals ...any) { l.write(l.log.Error(), msg, keyvals) }

// With returns a logger that adds the pairs to every line.
func (l *Logger) With(keyvals ...any) log.Logger {
	return &Logger{log: l.log.With().EmbedObject(pairs(keyvals)).Logger(), skip: l.skip}
}

// WithCallerSkip returns a logger whose lines name a caller that many frames further up.
func (l *Logger) WithCallerSkip(n int) log.Logger { return &Logger{log: l.log, skip: l.skip + n} }

func (l *Logger) write(e *zerolog.Event, msg string, keyvals []any) {
	const frames = 2 // write, and the method that the SDK called
	e.CallerSkipFrame(frames + l.skip).EmbedObject(pairs(keyvals)).Msg(msg)
}

// pairs are keys and values in turn.
type pairs []any

// MarshalZerologObject writes the pairs whose keys are known.
func (p pairs) MarshalZerologObject(e *zerolog.Event) {
	for i := 0; i+1 < len(p); i += 2 {
		key := fmt.Sprint(p[i])
		if !loggable[key] {
			e.Str(key, "left out")
			continue
		}
		if err, ok := p[i+1].(error); ok {
			e.AnErr(key, err)
			continue
		}
		e.Interface(key, p[i+1])
	}
}

// loggable are the SDK's own tags, and those of package workflows.
var loggable = set(
	"ActivityID", "ActivityType", "Attempt", "BuildID", "CachedPreviousStartedEventID", "ChildWorkflowID", "Error", "Duration",
	"EventID", "EventType", "LocalActivityType", "Namespace", "PanicError", "PanicStack", "PreviousStartedEventID",
	"QueryType", "RunID", "StackTrace", "TaskFirstEventID", "TaskQueue", "TaskStartedEventID", "TimerID", "UpdateID",
	"UpdateName", "WorkerID", "WorkerType", "WorkflowID", "WorkflowTaskDuration", "WorkflowType",
	"Case", "Faults", "Reason",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}
