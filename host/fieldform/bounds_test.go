package fieldform

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// A list of more rows than a form reads is drawn as text: rows beyond them would cost the server its memory, and would be lost.
func TestLongListsAreText(t *testing.T) {
	for n, kind := range map[int]string{3: "rows", maxRows - spare: "rows", maxRows: "json", 400_000: "json"} {
		f := Field{Field: wire.Field{Name: "choices", Type: wire.TypeList, Items: []wire.Item{{Name: "text", Type: wire.TypeString}}}}
		f.Now = json.RawMessage("[" + strings.TrimSuffix(strings.Repeat("{},", n), ",") + "]")
		if got := kindOf(&f); got != kind {
			t.Errorf("%d rows are drawn as %s", n, got)
		}
	}
}

// JSON is laid out where that is read, not where it would fill the memory.
func TestIndented(t *testing.T) {
	if got := Indented(json.RawMessage(`{"a":["x, [y",1]}`)); got != "{\n  \"a\": [\n    \"x, [y\",\n    1\n  ]\n}" {
		t.Error(got)
	}
	for _, value := range []string{
		strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		strings.Repeat("[", 60) + strings.Repeat("1,", 100_000) + "1" + strings.Repeat("]", 60),
	} {
		if got := Indented(json.RawMessage(value)); got != value {
			t.Errorf("%d bytes became %d", len(value), len(got))
		}
	}
}
