package operator

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Build says which program this is, as far as the Go command wrote it down.
type Build struct {
	// Version is the module's, such as v1.2.0; "devel" when it was built from a folder.
	Version string
	// Commit is the revision, "" when it is unknown; Modified says that the folder held more than it.
	Commit   string
	Time     time.Time
	Modified bool
	Go       string
}

// ThisBuild reads what was built into this program.
func ThisBuild() Build {
	b := Build{Version: "devel", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		case "vcs.time":
			if at, err := time.Parse(time.RFC3339, setting.Value); err == nil {
				b.Time = at
			}
		}
	}
	return b
}

// String writes it in one line.
func (b Build) String() string {
	parts := []string{"quoin " + b.Version}
	if b.Commit != "" {
		commit := "commit " + b.Commit
		if b.Modified {
			commit += " with changes"
		}
		parts = append(parts, commit)
	}
	if !b.Time.IsZero() {
		parts = append(parts, b.Time.UTC().Format(time.RFC3339))
	}
	return strings.Join(append(parts, fmt.Sprintf("%s %s/%s", b.Go, runtime.GOOS, runtime.GOARCH)), ", ")
}
