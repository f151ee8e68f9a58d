package temporal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
)

// IsDevelopment reports whether a build id stands for no release: "dev", which is many
// builds, or one made from files that were changed ("v1.4.0-dirty").
func IsDevelopment(build string) bool {
	return build == "" || build == "dev" || strings.Contains(build, "dirty")
}

// older reports whether a build is older than another, where that can be told: by their
// versions, or by when the deployment first saw each.
func older(info *client.WorkerDeploymentInfo, build, than string) bool {
	a, b := versionOf(build), versionOf(than)
	if a != nil && b != nil {
		return slices.Compare(a, b) < 0
	}
	seen, other := firstSeen(info, build), firstSeen(info, than)
	return !seen.IsZero() && !other.IsZero() && seen.Before(other)
}

// described is a release's version, as `git describe` has it: v1.4, v1.4.2, or v1.4.2-7-g1a2b3c
// for seven commits after it.
var described = regexp.MustCompile(`^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-(\d{1,9})-g[0-9a-f]+)?$`)

// versionOf returns the numbers of a version, the first counting most; nil for another build id.
func versionOf(build string) []int {
	parts := described.FindStringSubmatch(build)
	if parts == nil {
		return nil
	}
	numbers := make([]int, 0, len(parts)-1)
	for _, part := range parts[1:] {
		n := 0
		if part != "" {
			var err error
			if n, err = strconv.Atoi(part); err != nil {
				return nil
			}
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// firstSeen returns when the deployment first saw a worker of a build; zero where it keeps none.
func firstSeen(info *client.WorkerDeploymentInfo, build string) time.Time {
	for i := range info.VersionSummaries {
		if info.VersionSummaries[i].Version.BuildID == build {
			return info.VersionSummaries[i].CreateTime
		}
	}
	return time.Time{}
}
