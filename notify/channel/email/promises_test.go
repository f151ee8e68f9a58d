package email

import (
	"testing"

	"longstop/internal/smtptest"
	"longstop/notify/channel/channeltest"
)

func TestTheChannelKeepsItsPromises(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, func(t *testing.T) channeltest.Pair {
		t.Helper()
		server := smtptest.Start(t)
		return channeltest.Pair{
			Channel: channel(t, server, ""),
			Taken: func() []channeltest.Taken {
				var taken []channeltest.Taken
				for _, m := range server.Messages() {
					taken = append(taken, channeltest.Taken{Notice: m.Header.Get("X-Longstop-Notice"), ID: m.ID})
				}
				return taken
			},
			RefuseNext: func() { server.FailNext(550) },
			DelayNext:  func() { server.FailNext(451) },
			LoseNext:   server.DropNext,
			HangNext: func() (<-chan struct{}, func()) {
				hold := server.HoldNext()
				return hold.Reached(), hold.Abandon
			},
			Reported: func(m channeltest.Taken) string { return m.ID },
		}
	})
}
