package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/story"
)

// storiesPage writes the reference of the commands of stories.
func storiesPage() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Every command of a story\n\n%s\n\nValues in JSON and texts go on to the end of their line.\n\n| command | meaning |\n| --- | --- |\n", notice)
	for _, usage := range story.Commands() {
		command, means, _ := strings.Cut(usage, ": ")
		fmt.Fprintf(&out, "| `%s` | %s |\n", strings.ReplaceAll(command, "|", `\|`), cell(means))
	}
	return out.Bytes()
}
