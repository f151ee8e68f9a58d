package email

import (
	"strings"
	"testing"

	"longstop/internal/smtptest"
)

// RFC 6531: an address that is not ASCII, in either half, asks for SMTPUTF8. Any other must not: a server
// further on that lacks it would send the message back.
func TestOnlyAnAddressThatIsNotASCIIAsksTheServerForMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		asks     bool
	}{
		{smtptest.Sender, address, false},
		{smtptest.Sender, "ŵyn@council.example", true},
		{smtptest.Sender, "siân@council.example", true},
		{smtptest.Sender, "sian@cyngor-môn.example", true},
		{"clociau@cyngor-môn.example", address, true},
	} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			t.Parallel()
			port, said := scripted(t, []string{"SMTPUTF8"}, "550 5.1.8 no")
			ch, err := New(Config{Host: "127.0.0.1", Port: port, From: c.from, TLS: NoTLS})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = ch.Close() })
			m := message("n1")
			m.To = c.to
			if _, err := ch.Send(t.Context(), m); err == nil {
				t.Fatal("a message that was refused went")
			}
			<-said // EHLO
			if got := <-said; !strings.HasPrefix(got, "MAIL FROM:<"+c.from+">") || strings.HasSuffix(got, " SMTPUTF8") != c.asks {
				t.Errorf("the client says %q", got)
			}
		})
	}
}
