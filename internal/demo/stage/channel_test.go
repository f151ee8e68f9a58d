package stage_test

import (
	"context"
	"strings"
	"testing"

	"longstop/internal/demo/stage"
	"longstop/notify"
)

// kept keeps the messages that it is handed.
type kept struct{ messages []notify.Message }

func (k *kept) Name() string { return "kept" }

func (k *kept) Send(_ context.Context, m notify.Message) (string, error) {
	k.messages = append(k.messages, m)
	return "taken", nil
}

func TestEveryMessageOfADemonstrationSaysThatItIsInvented(t *testing.T) {
	t.Parallel()
	k := &kept{}
	c := stage.Marked(k)
	receipt, err := c.Send(t.Context(), notify.Message{ID: "n1", To: "ada@council.example", Subject: "Overdue [n1]", Text: "Dear Ada\n"})
	if err != nil || receipt != "taken" || c.Name() != "kept" {
		t.Errorf("%q, %v, by %s", receipt, err, c.Name())
	}
	got := k.messages[0]
	if got.Subject != "[Demo] Overdue [n1]" || !strings.HasPrefix(got.Text, "This is a demonstration. Everything in it is invented.\n\nDear Ada\n") ||
		got.ID != "n1" || got.To != "ada@council.example" {
		t.Errorf("sent %+v", got)
	}
}
