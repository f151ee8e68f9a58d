package main

import (
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"longstop/internal/names"
)

// cleanTexts cleans the arguments of a command that are names and texts as those of events are,
// so that ' C1' finds the case C1, and refuses what nobody sees in them. Paths are left as they are.
func cleanTexts(command *kong.Context) error {
	var values []*kong.Value
	values = append(values, command.Selected().Positional...)
	for _, flag := range command.Flags() {
		values = append(values, flag.Value)
	}
	for _, v := range values {
		if !v.Target.IsValid() || isPath(v) {
			continue
		}
		if err := cleanText(v); err != nil {
			return err
		}
	}
	return nil
}

func cleanText(v *kong.Value) error {
	var texts []reflect.Value
	switch {
	case v.Target.Kind() == reflect.String:
		texts = append(texts, v.Target)
	case v.Target.Kind() == reflect.Slice && v.Target.Type().Elem().Kind() == reflect.String:
		for i := range v.Target.Len() {
			texts = append(texts, v.Target.Index(i))
		}
	}
	for _, text := range texts {
		text.SetString(names.Clean(text.String()))
		if fault := faultOfText(v, text.String()); fault != "" {
			return usagef("%s %s", v.Summary(), fault)
		}
	}
	return nil
}

// faultOfText allows line breaks and the like in what is a text of several words.
func faultOfText(v *kong.Value, text string) string {
	if holder := placeHolder(v); strings.Contains(holder, "TEXT") || strings.Contains(holder, "VALUE") {
		return names.TextFault(text)
	}
	return names.Fault(text)
}

// isPath goes by what the help calls a value.
func isPath(v *kong.Value) bool {
	holder := placeHolder(v)
	return v.Name == "file" || strings.Contains(holder, "FILE") || strings.Contains(holder, "PATH") || strings.Contains(holder, "DIR")
}

func placeHolder(v *kong.Value) string {
	if v.Flag != nil {
		return v.Flag.PlaceHolder
	}
	return v.Tag.PlaceHolder
}
