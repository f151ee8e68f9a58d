package endtoend_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// together is how many of these tests run at once: they wait more than they compute.
const together = "8"

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	flag.Parse()
	if err := flag.Set("test.parallel", together); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code = m.Run()
	if err := finish(); err != nil {
		fmt.Fprintln(os.Stderr, "after the tests:", err)
		return max(code, 1)
	}
	return code
}

// finish stops what the tests shared.
func finish() error {
	if shared.stack != nil {
		shared.stack.stop()
	}
	if work.space == nil {
		return nil
	}
	return work.space.close()
}
