package notify

import (
	"errors"
	"fmt"
	"testing"
)

func TestAPermanentErrorIsFoundAndHoldsNoAddress(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("sending: %w", &PermanentError{Notice: "n1", Channel: "email", Reason: "550 5.1.1"})
	var refused *PermanentError
	if !errors.Is(err, ErrRefused) || !errors.As(err, &refused) || refused.Notice != "n1" {
		t.Errorf("a refusal is not recognised: %v", err)
	}
	if want := "sending: notice n1: email: the recipient was refused for good (550 5.1.1); correct the address on the staff record"; err.Error() != want {
		t.Errorf("got %q", err)
	}
	if errors.Is(errors.New("busy"), ErrRefused) {
		t.Error("every error is a refusal")
	}
}

func TestALogSaysWhoseTroubleAFailureIs(t *testing.T) {
	t.Parallel()
	for side, want := range map[Side]string{
		Unknown: "unknown", Service: "the mail server's", Account: "our account's", RecipientSide: "the recipient's",
	} {
		if got := side.String(); got != want {
			t.Errorf("%q is %q, want %q", string(side), got, want)
		}
	}
}
