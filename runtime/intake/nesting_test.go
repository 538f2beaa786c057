package intake_test

import (
	"fmt"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
)

func TestNesting(t *testing.T) {
	for text, want := range map[string]int{`1`: 0, `"[["`: 0, `[]`: 1, `{"a":[1,{}],"b":[]}`: 3, `["\"[",[{"\\":"}"}]]`: 3} {
		if got := intake.Nesting([]byte(text)); got != want {
			t.Errorf("%s nests %d deep, want %d", text, got, want)
		}
	}
}

func TestMarks(t *testing.T) {
	told := ""
	for mark, depth := range intake.Marks([]byte(`{"a,[": [1, "\",]"], "b": {}}`)) {
		told += fmt.Sprintf("%c%d", mark, depth)
	}
	if want := "{1[2,2]1,1{2}1}0"; told != want {
		t.Errorf("the marks are %s, want %s", told, want)
	}
	for range intake.Marks([]byte(`[[[[`)) {
		break // whoever has seen enough may stop
	}
}
