package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"longstop/activities"
	"longstop/notify"
	"longstop/pathway"
)

var next = pathway.Nudge{CaseKey: "k1", Pathway: pathway.Assessment, Revision: 8, Open: true}

func TestANotice(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		ledger  ledger
		post    []error
		outcome string
		sent    int
		calls   []string
	}{
		{
			"that is claimed is sent and noted",
			ledger{state: activities.Ready},
			nil, "sent", 1,
			[]string{"Claim", "Sending", "Sent post taken 1"},
		},
		{"that was sent is not sent again", ledger{state: activities.Sent}, nil, "sent", 0, []string{"Claim"}},
		{"that another letter says is not sent by itself", ledger{state: activities.Carried}, nil, "carried", 0, []string{"Claim"}},
		{"that a stop condition holds back is not sent", ledger{state: activities.NotSent}, nil, "not_sent", 0, []string{"Claim"}},
		{"that nobody can get is not sent", ledger{state: activities.Undeliverable}, nil, "undeliverable", 0, []string{"Claim"}},
		{
			"whose recipient is refused goes to the next role up",
			ledger{state: activities.Ready, routes: 2},
			[]error{refused, refused, nil},
			"sent", 1,
			[]string{"Claim", "Sending", "NotDelivered 550 5.1.1", "Sending", "NotDelivered 550 5.1.1", "Sending", "Sent post taken 1"},
		},
		{
			"that everybody refuses is undeliverable",
			ledger{state: activities.Ready, routes: 1},
			[]error{refused, refused},
			"undeliverable", 0,
			[]string{"Claim", "Sending", "NotDelivered 550 5.1.1", "Sending", "NotDelivered 550 5.1.1"},
		},
	}
	for _, tc := range cases {
		for _, name := range []string{string(pathway.NotifyWorker), string(pathway.EscalateToManager), string(pathway.SendList), string(pathway.SendTray)} {
			t.Run(tc.name+" by "+name, func(t *testing.T) {
				t.Parallel()
				l, p := tc.ledger, &post{errs: slices.Clone(tc.post)}
				l.next = next
				value, err := env(t, &l, p, nil).ExecuteActivity(name, pathway.Notice{Key: "x", CaseKey: "k1"})
				if err != nil {
					t.Fatal(err)
				}
				var got pathway.Sent
				if err := value.Get(&got); err != nil {
					t.Fatal(err)
				}
				if got.Outcome != tc.outcome || got.Next.Revision != next.Revision {
					t.Errorf("ended as %+v", got)
				}
				if len(p.sent) != tc.sent {
					t.Errorf("%d were sent", len(p.sent))
				}
				want := slices.Clone(tc.calls)
				switch name {
				case string(pathway.SendList):
					want[0] = "ClaimList"
				case string(pathway.SendTray):
					want[0] = "ClaimTray"
				}
				if !slices.Equal(l.calls, want) {
					t.Errorf("called %v, want %v", l.calls, want)
				}
			})
		}
	}
}

// failed runs one attempt that must fail, and returns its error.
func failed(t *testing.T, l *ledger, p *post) *temporal.ApplicationError {
	t.Helper()
	_, err := env(t, l, p, nil).ExecuteActivity(string(pathway.NotifyWorker), pathway.Notice{Key: "x", CaseKey: "k1"})
	var typed *temporal.ApplicationError
	if !errors.As(err, &typed) {
		t.Fatalf("ended with %v", err)
	}
	return typed
}

func TestAChannelThatFailsForNowIsTriedAgain(t *testing.T) {
	t.Parallel()
	dial := fmt.Errorf("post: %w", &net.OpError{Op: "dial", Net: "tcp", Err: errNetwork})
	for name, tc := range map[string]struct {
		err   error
		maybe bool
	}{
		"and may have delivered":             {errNetwork, true},
		"and was not reached":                {dial, false},
		"and says that it has not delivered": {certain{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{state: activities.Ready}
			err := failed(t, l, &post{errs: []error{tc.err}})
			if err.Type() != pathway.ErrTypeChannel || err.NonRetryable() {
				t.Errorf("%v of type %s", err, err.Type())
			}
			if want := []string{"Claim", "Sending", "SendFailed"}; !slices.Equal(l.calls, want) || l.maybe != tc.maybe {
				t.Errorf("called %v, maybe %v", l.calls, l.maybe)
			}
		})
	}
}

func TestAChannelLearnsWhichAttemptItIsAndWhichMayHaveBeenTaken(t *testing.T) {
	t.Parallel()
	l, p := &ledger{state: activities.Ready, doubtful: []int{1}}, &post{}
	if _, err := env(t, l, p, nil).ExecuteActivity(string(pathway.NotifyWorker), pathway.Notice{Key: "x", CaseKey: "k1"}); err != nil {
		t.Fatal(err)
	}
	if p.last.Attempt != attemptNumber || !slices.Equal(p.last.Doubtful, []int{1}) || len(p.sent) != 1 {
		t.Errorf("sent %+v", p.last)
	}
	l, p = &ledger{state: activities.Ready, fail: map[string]error{"Doubtful": errDatabase}}, &post{}
	err := failed(t, l, p)
	if want := []string{"Claim", "Sending", "SendFailed"}; err.Type() != pathway.ErrTypeRecord || !slices.Equal(l.calls, want) || l.maybe || len(p.sent) > 0 {
		t.Errorf("%v; called %v, maybe %v, sent %v", err, l.calls, l.maybe, p.sent)
	}
}

func TestTheRecordLearnsWhichOfSeveralChannelsTookAMessage(t *testing.T) {
	t.Parallel()
	l := &ledger{state: activities.Ready}
	if _, err := env(t, l, carrier{&post{}}, nil).ExecuteActivity(string(pathway.NotifyWorker), pathway.Notice{Key: "x", CaseKey: "k1"}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Claim", "Sending", "Sent second taken 1"}; !slices.Equal(l.calls, want) {
		t.Errorf("called %v, want %v", l.calls, want)
	}
}

func TestAChannelThatSaysForHowLongItTakesNothingIsNotAskedBefore(t *testing.T) {
	t.Parallel()
	paused := &notify.TemporaryError{Err: errNetwork, NotDelivered: true, RetryAfter: 4 * time.Minute}
	l := &ledger{state: activities.Ready}
	err := failed(t, l, &post{errs: []error{paused}})
	if err.Type() != pathway.ErrTypeChannel || err.NonRetryable() || err.NextRetryDelay() != 4*time.Minute || l.maybe {
		t.Errorf("%v of type %s, again in %s, maybe %v", err, err.Type(), err.NextRetryDelay(), l.maybe)
	}
}

func TestARefusalThatIsNotBelievedIsTriedAgainInAMinute(t *testing.T) {
	t.Parallel()
	l := &ledger{state: activities.Ready, doubts: true}
	err := failed(t, l, &post{errs: []error{refused}})
	if err.Type() != pathway.ErrTypeRefused || err.NonRetryable() || err.NextRetryDelay() != time.Minute {
		t.Errorf("%v of type %s, again in %s", err, err.Type(), err.NextRetryDelay())
	}
	if want := []string{"Claim", "Sending", "NotDelivered 550 5.1.1"}; !slices.Equal(l.calls, want) {
		t.Errorf("called %v", l.calls)
	}
}

func TestWhatGoesToTheLogIsNotedAsLogged(t *testing.T) {
	t.Parallel()
	l := &ledger{state: activities.Ready, next: next}
	value, err := env(t, l, &post{name: "log"}, nil).ExecuteActivity(string(pathway.NotifyWorker), pathway.Notice{Key: "x", CaseKey: "k1"})
	if err != nil {
		t.Fatal(err)
	}
	var got pathway.Sent
	if err := value.Get(&got); err != nil || got.Outcome != "logged" {
		t.Errorf("%+v, %v", got, err)
	}
	if want := []string{"Claim", "Sending", "Logged attempt 2"}; !slices.Equal(l.calls, want) {
		t.Errorf("called %v", l.calls)
	}
}

type certain struct{}

func (certain) Error() string     { return "refused before anything was handed over" }
func (certain) Undelivered() bool { return true }

func TestWhatTheChannelTookIsNotedByTheNextAttemptAndNotSentAgain(t *testing.T) {
	t.Parallel()
	l, p := &ledger{state: activities.Ready, next: next, fail: map[string]error{"Sent post taken 1": errDatabase}}, &post{}
	first := env(t, l, p, nil)
	var left converter.EncodedValues
	first.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) { left = details })
	notice := pathway.Notice{Key: "x", CaseKey: "k1"}
	if _, err := first.ExecuteActivity(string(pathway.NotifyWorker), notice); err == nil {
		t.Fatal("the first attempt could not note it and said nothing")
	}
	var heartbeat json.RawMessage
	if left == nil {
		t.Fatal("the first attempt left nothing")
	}
	if err := left.Get(&heartbeat); err != nil {
		t.Fatal(err)
	}
	other := &post{name: "log"} // of another worker: what the first one's channel took was sent
	value, err := env(t, l, other, heartbeat).ExecuteActivity(string(pathway.NotifyWorker), notice)
	if err != nil {
		t.Fatal(err)
	}
	var got pathway.Sent
	if err := value.Get(&got); err != nil || got.Outcome != "sent" {
		t.Errorf("%+v, %v", got, err)
	}
	if len(p.sent) != 1 || len(other.sent) != 0 || l.calls[len(l.calls)-1] != "Sent post taken 1" {
		t.Errorf("it was sent %d times; called %v", len(p.sent)+len(other.sent), l.calls)
	}
}

func TestAnErrorOfTheRecord(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		err      error
		kind     string
		final    bool
		contains string
	}{
		{"that it does not hold the notice is final", fmt.Errorf("claiming: %w", activities.ErrUnknown), pathway.ErrTypeUnknown, true, "rebuild"},
		{"that another attempt is at it passes", activities.ErrBusy, pathway.ErrTypeBusy, false, "another attempt"},
		{"of the database passes, and is not quoted", coded{}, pathway.ErrTypeRecord, false, "SQLSTATE 22P02"},
		{"that it took too long passes", context.DeadlineExceeded, pathway.ErrTypeRecord, false, "in time"},
		{"that it was cut off passes", context.Canceled, pathway.ErrTypeRecord, false, "stopping"},
		{"that nobody answered passes", &net.OpError{Op: "dial", Err: errNetwork}, pathway.ErrTypeRecord, false, "cannot be reached"},
		{"that has no name passes", errDatabase, pathway.ErrTypeRecord, false, "see the worker's log"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := failed(t, &ledger{state: activities.Ready, fail: map[string]error{"Claim": tc.err}}, &post{})
			if err.Type() != tc.kind || err.NonRetryable() != tc.final || !strings.Contains(err.Message(), tc.contains) {
				t.Errorf("%s: %q, final %v", err.Type(), err.Message(), err.NonRetryable())
			}
			if strings.Contains(err.Error(), "Ada") {
				t.Errorf("it quotes the record: %v", err)
			}
		})
	}
}

// coded is an error as a database's driver makes them, with a value in its words.
type coded struct{}

func (coded) Error() string    { return `invalid input syntax for type date: "Ada Example"` }
func (coded) SQLState() string { return "22P02" }

func TestEveryStepOfANoticeMayFail(t *testing.T) {
	t.Parallel()
	for step, p := range map[string]*post{
		"Claim": {}, "Sending": {}, "Sent post taken 1": {}, "NotDelivered 550 5.1.1": {errs: []error{refused}},
	} {
		err := failed(t, &ledger{state: activities.Ready, fail: map[string]error{step: errDatabase}}, p)
		if err.Type() != pathway.ErrTypeRecord {
			t.Errorf("%s: %v", step, err)
		}
	}
}

func TestANoticeThatIsRoutedForEverIsGivenUp(t *testing.T) {
	t.Parallel()
	refusals := make([]error, 100)
	for i := range refusals {
		refusals[i] = refused
	}
	err := failed(t, &ledger{state: activities.Ready, routes: 100}, &post{errs: refusals})
	if err.Type() != pathway.ErrTypeRoutes || !err.NonRetryable() {
		t.Errorf("%v of type %s", err, err.Type())
	}
}

func TestPlanDuties(t *testing.T) {
	t.Parallel()
	l := &ledger{next: next, fail: map[string]error{}}
	value, err := env(t, l, &post{}, nil).ExecuteActivity(string(pathway.PlanDuties), pathway.PlanRequest{CaseKey: "k1", Pathway: pathway.Assessment})
	if err != nil {
		t.Fatal(err)
	}
	var planned pathway.Planned
	if err := value.Get(&planned); err != nil || planned.Next.Revision != next.Revision {
		t.Errorf("%+v, %v", planned, err)
	}
	l.fail["Plan"] = activities.ErrUnknown
	_, err = env(t, l, &post{}, nil).ExecuteActivity(string(pathway.PlanDuties), pathway.PlanRequest{})
	var typed *temporal.ApplicationError
	if !errors.As(err, &typed) || typed.Type() != pathway.ErrTypeUnknown {
		t.Errorf("%v", err)
	}
}

func TestAFaultIsNotedInTheRecord(t *testing.T) {
	t.Parallel()
	l := &ledger{fail: map[string]error{}}
	report := pathway.FaultReport{CaseKey: "k1", Pathway: pathway.Assessment, Reason: "PlanDuties: RecordUnavailable"}
	if _, err := env(t, l, &post{}, nil).ExecuteActivity(string(pathway.ReportFault), report); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Faulted PlanDuties: RecordUnavailable"}; !slices.Equal(l.calls, want) {
		t.Errorf("called %v", l.calls)
	}
	l.fail["Faulted "+report.Reason] = errDatabase
	if _, err := env(t, l, &post{}, nil).ExecuteActivity(string(pathway.ReportFault), report); err == nil {
		t.Error("the error was swallowed")
	}
}

// The types of errors are in recorded histories and in retry policies.
func TestWhatIsNotRetried(t *testing.T) {
	t.Parallel()
	if got := pathway.NotRetried(); !slices.Equal(got, []string{"NotInRecord", "TooManyRoutes"}) {
		t.Errorf("%v", got)
	}
}

var _ notify.Channel = (*post)(nil)

func TestAnAttemptSaysThatItIsAtWorkWhileItDecidesOnATray(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		heard := make(chan struct{}, 1)
		l := &ledger{state: activities.NotSent, deciding: func() { <-heard }} // which ends once it was heard of
		e := env(t, l, &post{}, nil)
		e.SetOnActivityHeartbeatListener(func(*activity.Info, converter.EncodedValues) {
			select {
			case heard <- struct{}{}:
			default:
			}
		})
		value, err := e.ExecuteActivity(string(pathway.SendTray), pathway.TrayRequest{ID: "t1"})
		var sent pathway.Sent
		if err != nil || value.Get(&sent) != nil || sent.Outcome != string(activities.NotSent) {
			t.Errorf("%+v, %v", sent, err)
		}
	})
}
