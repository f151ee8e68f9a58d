package casework_test

import (
	"fmt"
	"strings"
	"testing"

	"longstop/casework"
)

func TestAFieldIsFilledWhereItHoldsAnything(t *testing.T) {
	t.Parallel()
	data := casework.Data{
		"text": "x", "empty": "", "yes": true, "no": false, "list": []any{"x"}, "names": []string{"x"}, "none": []any{}, "nobody": []string{},
	}
	for name, want := range map[string]bool{
		"text": true, "empty": false, "yes": true, "no": true, "list": true, "names": true, "none": false, "nobody": false, "absent": false,
	} {
		if got := data.Filled(name); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

// A large file is parsed in parts side by side: what comes out stands in its order.
func TestALargeFileOfEventsIsReadInItsOrder(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for i := range 5_000 {
		if i%1_000 == 17 {
			fmt.Fprintf(&file, `{"id":"e%d","case":"C1","type":"referral.received","at":"2026-01-05"} and more`+"\n", i)
			continue
		}
		fmt.Fprintf(&file, `{"id":"e%d","case":"C1","type":"referral.received","at":"2026-01-05"}`+"\n", i)
	}
	events, refused, err := casework.ReadEvents(strings.NewReader(file.String()))
	if err != nil || len(events) != 4_995 || len(refused) != 5 {
		t.Fatalf("read %d, refused %d: %v", len(events), len(refused), err)
	}
	at := 0
	for _, e := range events {
		if at%1_000 == 17 {
			at++
		}
		if want := fmt.Sprintf("e%d", at); e.ID != want {
			t.Fatalf("got %s, want %s", e.ID, want)
		}
		at++
	}
	for i, r := range refused {
		if want := fmt.Sprintf("e%d: it is not JSON, from character", i*1_000+17); !strings.HasPrefix(r.Error(), want) {
			t.Errorf("got %q, want %q", r.Error(), want)
		}
	}
}
