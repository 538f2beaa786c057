package transcript

import (
	"fmt"
	"math"
	"strings"
)

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// WebVTT writes lines as a browser's captions. Text cannot end a line early or begin a tag.
func WebVTT(lines []Line) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", clock(l.Start), clock(l.End), escape.Replace(l.Text))
	}
	return b.String()
}

// clock writes HH:MM:SS.mmm.
func clock(seconds float64) string {
	ms := int64(math.Round(seconds * 1000))
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// Text writes what is said, without times.
func Text(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}
