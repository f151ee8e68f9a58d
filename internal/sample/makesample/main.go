// Command makesample invents a district and writes it as three files: a Children in Need
// census return, the people who hold its cases, and what a case system would push.
//
//	makesample --day 2026-11-20 --out DIR [--children 3000] [--seed 7]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"longstop/calendar"
	"longstop/internal/sample"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, "makesample:", err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

// errUsage: what was asked for cannot be made.
var errUsage = errors.New("see makesample --help")

// run writes the files and says their paths. Its error is errUsage where the arguments are
// wrong, flag.ErrHelp where help was asked for, and else that of writing.
func run(args []string, out, help io.Writer) error {
	options, dir, err := parse(args, help)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	made, err := sample.Make(options)
	if err != nil {
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	return write(made, dir, out)
}

func parse(args []string, help io.Writer) (sample.Options, string, error) {
	flags := flag.NewFlagSet("makesample", flag.ContinueOnError)
	flags.SetOutput(help)
	day := flags.String("day", "", "the day on which the return is made, such as 2026-11-20 (needed)")
	children := flags.Int("children", sample.DefaultChildren, "how many children; 3000 is a whole county")
	seed := flags.Uint64("seed", sample.DefaultSeed, "the same seed, day and number give the same files")
	dir := flags.String("out", ".", "the folder to write to")
	if err := flags.Parse(args); err != nil {
		return sample.Options{}, "", err
	}
	if flags.NArg() > 0 {
		return sample.Options{}, "", fmt.Errorf("%q is no option", flags.Arg(0))
	}
	on, err := calendar.ParseDate(*day)
	if err != nil {
		return sample.Options{}, "", fmt.Errorf("--day: %w", err)
	}
	return sample.Options{Day: on, Children: *children, Seed: *seed}, *dir, nil
}

func write(made *sample.Sample, dir string, out io.Writer) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{sample.ReturnFile, made.WriteReturn},
		{sample.PeopleFile, made.WritePeople},
		{sample.EventsFile, made.WriteEvents},
	} {
		path := filepath.Join(dir, file.name)
		if err := writeFile(path, file.write); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, path); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
