package main

import (
	"runtime/debug"
	"strings"
)

// version is set when a release is built (-ldflags "-X main.version=…").
var version string

// development is the build id of what is no release: the same for every such build, so
// that a pathway does not belong to one that is gone tomorrow.
const development = "dev"

// buildID names this build in the worker deployment: the release it was built as, or the
// version of the module that it was installed from. A version that stands for a state
// between releases (with a commit in it) counts as development.
func buildID() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || !strings.HasPrefix(info.Main.Version, "v") || strings.ContainsAny(info.Main.Version, "-+") {
		return development
	}
	return info.Main.Version
}
