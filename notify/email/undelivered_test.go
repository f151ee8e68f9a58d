package email

import (
	"errors"
	"testing"

	"longstop/notify/smtptest"
)

func TestAFailureSaysWhetherTheMessageMayHaveBeenDelivered(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fails       func(*smtptest.Server)
		undelivered bool
	}{
		"the recipient is refused for now": {func(s *smtptest.Server) { s.FailNext(451) }, true},
		"the whole message is refused for now": {func(s *smtptest.Server) {
			s.FailNextAt(smtptest.AtEnd, smtptest.Failure{Code: 452})
		}, true},
		"the server is not there":      {func(s *smtptest.Server) { s.Close() }, true},
		"the answer to it all is lost": {func(s *smtptest.Server) { s.DropNext() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t)
			tc.fails(server)
			_, err := channel(t, server, "").Send(t.Context(), message("n1"))
			temporary(t, err)
			var says interface{ Undelivered() bool }
			if !errors.As(err, &says) || says.Undelivered() != tc.undelivered {
				t.Errorf("%v says undelivered: %v", err, !tc.undelivered)
			}
		})
	}
}
