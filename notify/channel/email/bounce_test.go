package email

import (
	"testing"

	"longstop/internal/smtptest"
	"longstop/notify/bounce"
)

func TestEachAttemptHasAnEnvelopeAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	addresses, err := bounce.NewAddresses("bounces@council.example", []byte("a key for tests alone"))
	if err != nil {
		t.Fatal(err)
	}
	server := smtptest.Start(t)
	ch := channel(t, server, "", func(c *Config) { c.Bounces = addresses })
	const delivery = "6f1d3a52-0c1e-4b0b-9f0a-2a3b4c5d6e7f"
	for attempt := 1; attempt <= 2; attempt++ {
		m := message(delivery)
		m.Attempt = attempt
		if _, err := ch.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		sent := server.Messages()[attempt-1]
		if d, n, ok := addresses.Read(sent.From); !ok || d != delivery || n != attempt {
			t.Errorf("%s names %s, attempt %d: %v", sent.From, d, n, ok)
		}
		if from := sent.Header.Get("From"); from != `"Longstop" <`+smtptest.Sender+`>` {
			t.Errorf("people read that it is from %s", from)
		}
	}
	send(t, ch, "n1") // no id of a delivery of the record's
	if from := server.Messages()[2].From; from != smtptest.Sender {
		t.Errorf("it is from %s", from)
	}
}
