package host

import "github.com/quoin-lms/quoin/runtime/course/key"

// MountPath is the path below which a usage's mounts are reached, "" for what is no usage.
func MountPath(usage string) string {
	parsed, err := key.ParseUsage(usage)
	if err != nil {
		return ""
	}
	if parsed.Course.IsZero() {
		return "/apps/" + parsed.Type + "/mount"
	}
	return "/courses/" + parsed.Course.String() + "/blocks/" + parsed.String() + "/mount"
}
