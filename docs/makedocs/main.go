// Command makedocs writes what is made of the shipped rule pack: the pages of docs/law, and
// the template of an overlay.
//
//	makedocs --out docs/law --template overlays/template.yaml
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"longstop/internal/program"
	"longstop/timescale/load"
	"longstop/timescale/pages"
)

func main() { program.Tool("makedocs", run) }

// run writes the pages and prints how many. It returns flag.ErrHelp for a request for help, and what
// is wrong with the arguments or went wrong in writing.
func run(args []string, out, help io.Writer) error {
	flags := flag.NewFlagSet("makedocs", flag.ContinueOnError)
	flags.SetOutput(help)
	dir := flags.String("out", "", "the folder to write to (needed); pages that were made before and are no more are removed")
	template := flags.String("template", "", "the file to write the template of an overlay to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" || flags.NArg() > 0 {
		return errors.New("say where to: makedocs --out docs/law")
	}
	all := pages.All(load.Embedded())
	if err := write(*dir, all); err != nil {
		return err
	}
	if err := removeOthers(*dir, all); err != nil {
		return err
	}
	if *template != "" {
		if err := os.WriteFile(*template, []byte(pages.Template(load.Embedded())), 0o644); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%s: %d pages\n", *dir, len(all))
	return err
}

func write(dir string, all []pages.Page) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range all {
		if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(p.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// removeOthers removes pages that were made of an earlier pack. What a person wrote stays.
func removeOthers(dir string, all []pages.Page) error {
	keep := map[string]bool{}
	for _, p := range all {
		keep[p.Name] = true
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if keep[filepath.Base(name)] {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if first, _, _ := strings.Cut(string(text), "\n"); strings.Contains(first, pages.Mark) {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}
