package host

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// What a form says that its page showed is read whole or not at all, and says the same again.
func FuzzReadSeen(f *testing.F) {
	run := key.Course{Org: "O", Number: "N", Run: "r"}
	f.Add("1732900000000.0123456789ab", uint8(1))
	f.Add("1.a.b", uint8(2))
	f.Add("-9223372036854775808..", uint8(2))
	f.Add("now.a", uint8(1))
	f.Fuzz(func(t *testing.T, text string, parts uint8) {
		usages := make([]key.Usage, parts%8)
		for i := range usages {
			usages[i] = run.Usage("vertical", string(rune('a'+i)))
		}
		seen := readSeen(text, usages)
		if len(seen.of) != 0 && len(seen.of) != len(usages) {
			t.Fatalf("%q says something of %d of %d parts", text, len(seen.of), len(usages))
		}
		seen.order = usages
		if again := readSeen(seen.text(), usages); len(seen.of) > 0 {
			for usage, state := range seen.of {
				if again.of[usage] != state {
					t.Fatalf("%q became %q", state, again.of[usage])
				}
			}
		}
	})
}
