package host

import (
	"strings"
	"testing"
)

// What an address says of a preview is read in one way alone, and whatever is taken may stand in an address again.
func FuzzParseLook(f *testing.F) {
	for _, seed := range []string{
		"editor", "learner", "learner;group=50:1", "learner;group=50:1;at=2026-12-01T10:00:00Z;lang=ar", "learner;lang=zh-Hans", "learner;at=2026-12-01T10:00:00+02:00",
		"learner;group=50:-1", "learner;learner", ";", "editor;lang=ar", "learner;lang=ar;lang=ar", "learner;group=:", "learner;at=9999-12-31T23:59:59Z", "learner;group=\"><b>:1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		look, ok := parseLook(text)
		if !ok {
			return
		}
		if look.segment() != text {
			t.Errorf("%q is read as %q", text, look.segment())
		}
		if again, ok := parseLook(look.segment()); !ok || again != look {
			t.Errorf("%q is read otherwise the second time: %+v, %+v", text, look, again)
		}
		if strings.ContainsAny(text, "/?#%\\\"'<> \t\r\n") {
			t.Errorf("%q may not stand in an address", text)
		}
	})
}
