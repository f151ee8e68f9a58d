package letter

import "strings"

// event is the name of an event in words and as it is recorded.
func event(name string) string {
	words := eventWords(name)
	if words == name {
		return name
	}
	return "“" + words + "” (" + name + ")"
}

// eventWords turns the name of an event into words: "cp_plan.started" into "CP plan
// started". What is no such name is shown as it is.
func eventWords(name string) string {
	if strings.ContainsAny(name, " \t") || !strings.Contains(name, ".") {
		return name
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' })
	for i, w := range words {
		if abbreviations[w] {
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, " ")
}

var abbreviations = map[string]bool{
	"adm": true, "cin": true, "cmh": true, "cp": true, "epo": true, "fcmh": true, "fgdm": true, "icpc": true, "irh": true,
	"lac": true, "pa": true, "pep": true, "pf": true,
}

func duty(title, ref string) string {
	switch {
	case title == "":
		return ref
	case ref == "":
		return title
	default:
		return title + " (" + ref + ")"
	}
}

// ShellWord quotes what a shell would take apart.
func ShellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
