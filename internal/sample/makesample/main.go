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
	"longstop/internal/program"
	"longstop/internal/sample"
)

func main() { program.Tool("makesample", run) }

// run writes the files and prints their paths. It returns a program.UsageError for wrong arguments,
// flag.ErrHelp for a request for help, and what went wrong in writing.
func run(args []string, out, help io.Writer) error {
	options, dir, err := parse(args, help)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return program.Usagef("%w: see makesample --help", err)
	}
	made, err := sample.Make(options)
	if err != nil {
		return program.Usagef("%w: see makesample --help", err)
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
		return sample.Options{}, "", fmt.Errorf("unknown option %q", flags.Arg(0))
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
