package nudge_test

import (
	"testing"

	"longstop/nudge/stacktest"
)

func TestMain(m *testing.M) { stacktest.Main(m) }
