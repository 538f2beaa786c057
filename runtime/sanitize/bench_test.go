package sanitize

import (
	"fmt"
	"strings"
	"testing"
)

// page is 20 KB of what authors write, with a tag every 36 bytes as in the demo course.
func page() string {
	part := `<h3 class="hd" id="part-%d">Newton's <em>laws</em></h3><p style="margin: 0 0 1em; color: #333">A body <strong>remains</strong>
at rest, or in motion at a constant speed in a straight line, unless it is acted upon by a force. At any instant of time, the
net force on a body is equal to the body's acceleration multiplied by its mass or, equivalently, the rate at which the body's
momentum is changing with time. If two bodies exert forces on each other, these forces have the same magnitude but opposite
directions &mdash; these are the laws of motion, which were first stated by Isaac Newton in his Principia and used by him to
investigate and explain the motion of many physical objects and systems; see <a href="/jump_to_id/%d" target="_blank" rel="noopener">the unit</a>.</p><ul><li>one</li><li>two</li></ul>
<table class="t"><tr><th scope="row">a</th><td style="text-align:right">1.5</td></tr></table><img src="/static/%d.png" alt="A" width="300">`
	var b strings.Builder
	for i := 0; b.Len() < 20<<10; i++ {
		fmt.Fprintf(&b, part, i, i, i)
	}
	return b.String()
}

func BenchmarkClean(b *testing.B) {
	text := page()
	if _, changes := Clean(Author, text); len(changes) != 0 {
		b.Fatal(changes)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Clean(Author, text)
	}
}
