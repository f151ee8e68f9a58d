package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// alarm is the one timer of a run. It holds the absolute instant, so that it is armed
// again only when that has changed; its zero value is not armed.
type alarm struct {
	at     time.Time
	timer  workflow.Future
	cancel workflow.CancelFunc
}

// arm sets the alarm to a wall instant, with what the UI shows for the timer. The zero
// instant disarms it; an instant that has passed fires at once.
func (a *alarm) arm(ctx workflow.Context, at time.Time, summary string) {
	if a.timer != nil && a.at.Equal(at) {
		return
	}
	a.disarm()
	if at.IsZero() {
		return
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	remaining := max(0, at.Sub(workflow.Now(ctx)))
	a.timer = workflow.NewTimerWithOptions(timerCtx, remaining, workflow.TimerOptions{Summary: summary})
	a.at, a.cancel = at, cancel
}

func (a *alarm) disarm() {
	if a.timer != nil {
		a.cancel()
	}
	*a = alarm{}
}

// addTo makes a selector wait for the alarm too. Once it has fired it is not armed.
func (a *alarm) addTo(ctx workflow.Context, s workflow.Selector, fired func()) {
	if a.timer == nil {
		return
	}
	s.AddFuture(a.timer, func(f workflow.Future) {
		a.disarm()
		if f.Get(ctx, nil) == nil {
			fired()
		}
	})
}
