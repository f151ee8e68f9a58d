package record

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"longstop/activities"
	"longstop/store"
)

func TestTheStoresErrorsHaveTheActivitiesNames(t *testing.T) {
	t.Parallel()
	if err := known(fmt.Errorf("claiming: %w", store.ErrUnknown)); !errors.Is(err, activities.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if err := known(store.ErrBusy); !errors.Is(err, activities.ErrBusy) {
		t.Errorf("%v", err)
	}
	if err := known(&store.ClockError{}); !errors.Is(err, activities.ErrClock) {
		t.Errorf("%v", err)
	}
	if err := known(context.Canceled); !errors.Is(err, context.Canceled) || errors.Is(err, activities.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if err := known(nil); err != nil {
		t.Errorf("%v", err)
	}
}

func TestOnlyWhatIsToBeSentHasAMessage(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]bool{"claimed": true, "failed": false, "carried": false, "sent": false, "not_sent": false, "undeliverable": false} {
		c, err := Record{}.claimed(store.Claimed{NoticeID: "n1", State: state, MessageID: "n1@longstop.invalid", Letter: []byte(`{"NoticeID": "n1"}`)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if string(c.State) != state || (c.Message.ID != "") != want {
			t.Errorf("%s: %+v", state, c)
		}
	}
}
