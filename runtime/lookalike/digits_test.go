package lookalike

import "testing"

func TestDigits(t *testing.T) {
	for zero, digits := range map[rune]string{'٠': "٠١٢٣٤٥٦٧٨٩", '०': "०१२३४५६७८९", '𝟎': "𝟎𝟏𝟐"} {
		for i, r := range []rune(digits) {
			if digitValue(r) != rune(i) {
				t.Errorf("%q (of %q) counts %d", r, zero, digitValue(r))
			}
		}
	}
}
