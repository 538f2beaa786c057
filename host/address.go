package host

import "github.com/quoin-lms/quoin/runtime/course/key"

// MountPath is the path below which a usage's mounts are reached, "" for what is no usage of a course run.
func MountPath(usage string) string {
	parsed, err := key.ParseUsage(usage)
	if err != nil {
		return ""
	}
	return "/courses/" + parsed.Course.String() + "/blocks/" + parsed.String() + "/mount"
}
