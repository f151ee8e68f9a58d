package access

import (
	"fmt"
	"slices"
	"strings"
)

// Scope is what a key is for.
type Scope struct {
	Actions []Action
	Source  string // whose events it hands in; "" for none
	Council string // only while this council's overlay is in force; "": always
}

// Check returns what is wrong with a scope that somebody asks for.
func (s *Scope) Check() error {
	if len(s.Actions) == 0 {
		return noAction()
	}
	for _, a := range s.Actions {
		switch {
		case !a.Known():
			return unknownAction(a)
		case a.NeedsSource() && s.Source == "":
			return fmt.Errorf("%s hands in what belongs to one source: name it", a)
		}
	}
	return nil
}

func noAction() error { return fmt.Errorf("name at least one action: %s", Join(Actions())) }

func unknownAction(a Action) error {
	return fmt.Errorf("%q: an action is one of %s", string(a), Join(Actions()))
}

// ParseActions reads actions: "record", "read". They come back in the order of Actions, each once.
func ParseActions(names []string) ([]Action, error) {
	if len(names) == 0 {
		return nil, noAction()
	}
	var found []Action
	for _, name := range names {
		a := Action(strings.TrimSpace(name))
		if !a.Known() {
			return nil, unknownAction(a)
		}
		found = append(found, a)
	}
	return slices.DeleteFunc(Actions(), func(a Action) bool { return !slices.Contains(found, a) }), nil
}

// Join writes actions with commas.
func Join(list []Action) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = string(a)
	}
	return strings.Join(names, ", ")
}
