package clocks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"

	"longstop/internal/temporal"
	"longstop/pathway"
)

// Trays is where the record keeps what people are told in a morning.
type Trays interface {
	// FindTrays returns the trays that are to be sent now, and whether others wait.
	FindTrays(ctx context.Context) (pathway.TraysFound, error)
}

// PostEvery is how often the record is asked whether it owes a message, where its clock is the wall's.
const PostEvery = 20 * time.Second

// SendPost sees that a post is under way while the record owes anybody a message, until the context ends: at whatever hour,
// after an outage, and where there is no schedule since the clock of the record is not the wall's. It asks every so often.
func SendPost(ctx context.Context, trays Trays, c Starter, every time.Duration, log zerolog.Logger) {
	loop(ctx, log, rhythm{every, listsRest, listsWithin}, func(ctx context.Context) error {
		found, err := trays.FindTrays(ctx)
		if err == nil && len(found.Ready) > 0 {
			err = startPost(ctx, c)
		}
		if err != nil {
			log.Error().Err(err).Msg("messages of this morning wait")
		}
		return err
	})
}

// postSummary says in the Temporal UI what a post is.
const postSummary = "one message for each person who is to be told something"

func startPost(ctx context.Context, c Starter) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       pathway.WorkflowID(pathway.Post, "owed"),
		TaskQueue:                pathway.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            postSummary,
	}, pathway.Post, pathway.PostState{})
	if err != nil {
		return fmt.Errorf("starting the post: %w", temporal.Explain(err))
	}
	return nil
}

// PostSchedule is the id of the schedule that starts the post.
const PostSchedule = "longstop-post"

// Of the schedule: a post that was missed for less than this is made up for, once; what is owed later is the record's to
// find. Within it falls a morning's maintenance, and not the day after.
const postCatchup = 4 * time.Hour

// Schedules is what keeping a schedule needs of a Temporal client.
type Schedules interface {
	ScheduleClient() client.ScheduleClient
}

const (
	scheduleEvery  = time.Hour
	scheduleRest   = 10 * time.Minute
	scheduleWithin = time.Minute
)

// KeepPost makes sure of the schedule at once and then every hour, until the context ends. What is owed is sent meanwhile all
// the same: see SendPost.
func KeepPost(ctx context.Context, c Schedules, log zerolog.Logger) {
	loop(ctx, log, rhythm{scheduleEvery, scheduleRest, scheduleWithin}, func(ctx context.Context) error {
		err := EnsurePost(ctx, c)
		if err != nil {
			log.Warn().Err(err).Msg("the schedule of the morning's messages could not be made sure of: they go all the same")
		}
		return err
	})
}

// EnsurePost makes sure of the schedule that starts the post at 09:00 London time from Monday to Friday, and puts it right where
// it differs. On a bank holiday a post finds nothing to send and ends. A pause that an operator has made stays.
func EnsurePost(ctx context.Context, c Schedules) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: PostSchedule, Spec: postSpec(), Action: postAction(),
		Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: postCatchup,
	})
	if errors.Is(err, sdk.ErrScheduleAlreadyRunning) {
		err = c.ScheduleClient().GetHandle(ctx, PostSchedule).Update(ctx, client.ScheduleUpdateOptions{
			DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
				s := in.Description.Schedule
				spec := postSpec()
				s.Spec, s.Action = &spec, postAction()
				s.Policy.Overlap, s.Policy.CatchupWindow = enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, postCatchup
				return &client.ScheduleUpdate{Schedule: &s}, nil
			},
		})
	}
	if err != nil {
		return fmt.Errorf("making sure of the schedule of the post: %w", temporal.Explain(err))
	}
	return nil
}

func postSpec() client.ScheduleSpec {
	return client.ScheduleSpec{
		Calendars: []client.ScheduleCalendarSpec{{
			Hour: []client.ScheduleRange{{Start: 9}}, DayOfWeek: []client.ScheduleRange{{Start: 1, End: 5}},
			Comment: "09:00 in London, Monday to Friday",
		}},
		TimeZoneName: "Europe/London",
	}
}

func postAction() *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: pathway.WorkflowID(pathway.Post, "morning"), Workflow: pathway.Post, Args: []any{pathway.PostState{}},
		TaskQueue: pathway.TaskQueue, StaticSummary: postSummary,
	}
}

// Lists is where the record keeps the lists that managers are owed after a first load.
type Lists interface {
	// OwedLists returns the ids of the lists whose morning has come and that are still to be sent.
	OwedLists(ctx context.Context) ([]string, error)
}

// Starter is what starting a workflow needs of a Temporal client.
type Starter interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

const (
	listsEvery = 20 * time.Second
	listsRest  = 10 * time.Minute
	// listsWithin is enough for every manager of a county.
	listsWithin = 5 * time.Minute
)

// SendLists sees that a workflow delivers each list that is owed, until the context ends.
// The workflow's id is the list's: two workers never deliver the same one at once.
func SendLists(ctx context.Context, lists Lists, c Starter, log zerolog.Logger) {
	loop(ctx, log, rhythm{listsEvery, listsRest, listsWithin}, func(ctx context.Context) error {
		ids, err := lists.OwedLists(ctx)
		for i := 0; err == nil && i < len(ids); i++ {
			err = startList(ctx, c, ids[i])
		}
		if err != nil {
			log.Error().Err(err).Msg("lists owed to managers wait")
		}
		return err
	})
}

func startList(ctx context.Context, c Starter, id string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       pathway.WorkflowID(pathway.BacklogList, id),
		TaskQueue:                pathway.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            "the list a manager is owed after a first load",
	}, pathway.BacklogList, pathway.ListRequest{ID: id})
	if err != nil {
		return fmt.Errorf("starting the delivery of a list: %w", temporal.Explain(err))
	}
	return nil
}
