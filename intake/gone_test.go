package intake

import "testing"

func TestTooManyGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		gone, held int
		want       bool
	}{
		{"none of none", 0, 0, false},
		{"a tenth is not too many", 33, 330, false},
		{"one more than a tenth is", 34, 330, true},
		{"the only one is", 1, 1, true},
	} {
		if got := TooManyGone(c.gone, c.held); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
