// Mutate measures tests: it changes one thing at a time in a package (negates a condition, swaps < and <=,
// drops a statement, returns a zero, adds or takes one), runs the tests, and lists the changes that no test
// noticed. The files of the work tree stay as they are: the go command reads each change from an overlay.
//
//	go run ./internal/mutate -pkg ./casework -n 30 -seed 1 -run 'Fold|Ladder' -tests './casework ./store'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"longstop/internal/program"
)

func main() {
	program.Main(func(ctx context.Context) int {
		if err := limitMemory(); err != nil {
			fmt.Fprintf(os.Stderr, "mutate: %v\n", err)
			return program.Failed
		}
		return run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	})
}

// options are what the command line gives.
type options struct {
	dir     string // of the package whose code is changed
	count   int
	seed    uint64
	pattern string   // of the tests to run; "": all
	tests   []string // packages whose tests are run
	timeout time.Duration
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	var tests string
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.dir, "pkg", "", "folder of the package whose code is changed, such as ./casework")
	flags.IntVar(&o.count, "n", 30, "how many changes are tried")
	flags.Uint64Var(&o.seed, "seed", 1, "chooses the changes; the same seed makes the same choice in the same code")
	flags.StringVar(&o.pattern, "run", "", "pattern of the tests to run, as for go test; all if it is left out")
	flags.StringVar(&tests, "tests", "", "packages whose tests are run, separated by blanks; the changed one if it is left out")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Minute, "a change whose tests take longer counts as noticed")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.dir == "":
		return o, errors.New("-pkg is missing: name the folder of a package, such as ./casework")
	case o.count < 1:
		return o, fmt.Errorf("-n %d: give a number from 1 up", o.count)
	}
	if o.tests = strings.Fields(tests); len(o.tests) == 0 {
		o.tests = []string{o.dir}
	}
	return o, nil
}

// run tries the changes and returns an exit code: 1 if any of them went unnoticed.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return program.Done
	}
	if err != nil {
		fmt.Fprintf(errs, "mutate: %v\n", err)
		return program.Misused
	}
	survivors, err := measure(ctx, o, out)
	switch {
	case err != nil:
		fmt.Fprintf(errs, "mutate: %v\n", err)
		return program.Failed
	case survivors > 0:
		return program.Refused
	default:
		return program.Done
	}
}

// measure tries changes until enough of them compile, and returns how many no test noticed.
func measure(ctx context.Context, o options, out io.Writer) (survivors int, err error) {
	all, err := mutations(o.dir)
	if err != nil {
		return 0, err
	}
	t, err := newTrial(o)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if tested, err := t.test(ctx, nil); err != nil || tested.verdict != survived {
		return 0, errors.Join(err, fmt.Errorf("the tests fail without any change:\n%s", tested.output))
	}
	rand.New(rand.NewPCG(o.seed, o.seed)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	tried := 0
	for i := 0; i < len(all) && tried < o.count; i++ {
		m := &all[i]
		tested, err := t.test(ctx, m)
		if err != nil {
			return survivors, err
		}
		if tested.verdict == invalid {
			continue
		}
		tried++
		if tested.verdict == survived {
			survivors++
		}
		fmt.Fprintf(out, "%-8s %s\n", tested.verdict, m)
	}
	fmt.Fprintf(out, "%d of %d changes to %s were noticed (seed %d)\n", tried-survivors, tried, o.dir, o.seed)
	return survivors, nil
}
