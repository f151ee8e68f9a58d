package clocks_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"longstop/clocks"
)

// loggedRecord counts how often it is asked, and fails the first time.
type loggedRecord struct{ asked int }

func (r *loggedRecord) WakeLogged(context.Context) (int, error) {
	if r.asked++; r.asked == 1 {
		return 0, errors.New("the database is down")
	}
	return 1, nil
}

func TestWhatWasOnlyLoggedIsLookedForEveryFiveMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, ended := &loggedRecord{}, make(chan struct{})
		go func() {
			defer close(ended)
			clocks.WakeLogged(ctx, r, zerolog.Nop())
		}()
		<-time.After(21 * time.Minute)
		cancel()
		<-ended
		if r.asked != 5 { // at once, and after 5, 10, 15 and 20 minutes
			t.Errorf("asked %d times", r.asked)
		}
	})
}
