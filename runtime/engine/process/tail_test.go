package process

import (
	"strings"
	"testing"
)

func TestTailKeepsTheLast(t *testing.T) {
	var kept tail
	for range 5000 {
		_, _ = kept.Write([]byte("0123456789"))
	}
	_, _ = kept.Write([]byte("the end"))
	got := kept.String()
	if !strings.HasSuffix(got, "0123456789the end") || len(got) != maxTail {
		t.Errorf("%d bytes are kept, ending in %q", len(got), got[max(0, len(got)-20):])
	}
	_, _ = kept.Write([]byte(strings.Repeat("x", maxTail) + "y"))
	if got := kept.String(); got != strings.Repeat("x", maxTail-1)+"y" {
		t.Errorf("a write longer than the tail left %d bytes, ending in %q", len(got), got[max(0, len(got)-20):])
	}
}
