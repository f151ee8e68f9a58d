package clocks_test

import (
	"testing"

	"longstop/internal/temporaltest"
)

func TestMain(m *testing.M) { temporaltest.Main(m) }
