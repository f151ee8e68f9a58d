// Package setting reads what channels are set up with from the environment: secrets that are
// never printed, and errors that say which setting is wrong without repeating its value.
package setting

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"longstop/internal/textfile"
	"longstop/internal/textfile/disk"
)

// Error says which setting is wrong, what is wrong with it, and what a right one looks like. It
// never holds the value, which may be or hold a secret.
type Error struct {
	Setting string
	Reason  string
	Example string
}

// Error is one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s; for example %s", e.Setting, e.Reason, e.Example)
}

// Secret is a text that is never printed, whatever prints it.
type Secret string

// String says only whether there is one.
func (s Secret) String() string {
	if s == "" {
		return "none"
	}
	return "set"
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText is String, for JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Examples are right values by the name of their setting, as they stand in a shell:
// "LONGSTOP_SMTP_CA_FILE=/etc/ssl/council-ca.pem".
type Examples map[string]string

// Wrong returns an *Error about a setting.
func (e Examples) Wrong(setting, reason string) error {
	return &Error{Setting: setting, Reason: reason, Example: e[setting]}
}

// ReadSecret reads a secret from the setting name, or from the file that name_FILE names; both is
// a mistake. It returns "" where neither is set.
func (e Examples) ReadSecret(getenv func(string) string, name string) (Secret, error) {
	inFile := name + "_FILE"
	direct, file := getenv(name), getenv(inFile)
	switch {
	case direct != "" && file != "":
		return "", e.Wrong(name, "both "+name+" and "+inFile+" are set; keep one")
	case file == "":
		return Secret(direct), nil
	}
	text, err := e.ReadFile(file, inFile)
	if err != nil {
		return "", err
	}
	s := Secret(strings.TrimRight(string(text), "\r\n"))
	if s == "" {
		return "", e.Wrong(inFile, "the file is empty")
	}
	return s, nil
}

// ReadFile reads a file that a setting names. The reason holds no path: somebody may have put the
// secret itself where its file belongs.
func (e Examples) ReadFile(path, setting string) ([]byte, error) {
	text, err := disk.ReadFile(path)
	switch {
	case err == nil:
		return text, nil
	case errors.Is(err, textfile.ErrUTF16):
		return nil, e.Wrong(setting, err.Error())
	}
	var why *os.PathError
	if errors.As(err, &why) {
		return nil, e.Wrong(setting, "the file cannot be read ("+why.Err.Error()+")")
	}
	return nil, e.Wrong(setting, "the file cannot be read")
}
