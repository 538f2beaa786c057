package lookalike_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/lookalike"
)

func TestFold(t *testing.T) {
	for _, pair := range [][2]string{
		{"course-v1:Quoin+Tides+2026", "course-v1:quoin+TIDES+2026"},
		{"Quoin", "Quоin"}, // with a Cyrillic о
		{"Tides", "Tіdeѕ"}, // with Cyrillic і and ѕ
		{"Kiel", "Κiel"},   // with a Greek capital Kappa
		{"2026", "٢٠٢٦"},
		{"Tides", "Ｔｉｄｅｓ"},
		{"caf\u00e9", "cafe\u0301"},
		{"Straße", "STRASSE"},
	} {
		if a, b := lookalike.Fold(pair[0]), lookalike.Fold(pair[1]); a != b {
			t.Errorf("%q is folded to %q, %q to %q", pair[0], a, pair[1], b)
		}
	}
	for _, pair := range [][2]string{{"2026", "2027"}, {"cafe", "café"}, {"CS_101", "CS-101"}, {"CS101", "CSL01"}, {"кит", "кот"}, {"कि", "कु"}} {
		if a, b := lookalike.Fold(pair[0]), lookalike.Fold(pair[1]); a == b {
			t.Errorf("%q and %q are both folded to %q", pair[0], pair[1], a)
		}
	}
}
