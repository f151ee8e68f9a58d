package program

import (
	"runtime/debug"
	"strings"
)

// version is set when a release is built (-ldflags "-X longstop/internal/program.version=…").
var version string

// development is the build id of every build that is not a release, so that a pathway does not
// belong to one that is gone tomorrow.
const development = "dev"

// Build returns the name of this build, in the worker deployment and to whoever asks for the
// version: the release it was built as, or the version of the module that it was installed from.
// A version that stands for a state between releases (with a commit in it) counts as development.
func Build() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || !strings.HasPrefix(info.Main.Version, "v") || strings.ContainsAny(info.Main.Version, "-+") {
		return development
	}
	return info.Main.Version
}
