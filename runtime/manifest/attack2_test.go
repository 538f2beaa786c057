package manifest

import (
	"encoding/json"
	"fmt"
	"testing"
)

// What a package says of itself stands beside what the platform says of it, on terminals too: it cannot begin a line of its own,
// move the cursor or turn what follows around. Words of right-to-left languages, with their marks, are plain text.
func TestTextsAreOneLineOfPlainText(t *testing.T) {
	forms := []string{
		`"title": %s, "description": "d"`, `"title": "t", "description": %s`, `"title": "t", "description": "d", "authors": [%s]`,
		`"title": "t", "description": "d", "permissions": [{"name": "http", "reason": %s, "values": ["a.example.org"]}]`,
	}
	parse := func(form, value string) error {
		quoted, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse([]byte(`{"name": "it", "version": "1.0.0", "licence": "MIT", "source": "typescript", ` + fmt.Sprintf(form, quoted) + `}`))
		return err
	}
	for _, form := range forms {
		for _, bad := range []string{
			"Ada\n  signed by RWfriend, as before", "a\rb", "a\x1b[2J", "a\u009b2K", "a\bb", "a\u202eb", "a\u2066b", "a\u2028b", "a\x00b", "a\x7fb",
		} {
			if parse(form, bad) == nil {
				t.Errorf("%s: %q is taken", form, bad)
			}
		}
		for _, good := range []string{"Ada Lovelace — “first”", "سؤال\u200f عن كلمة", "文字"} {
			if err := parse(form, good); err != nil {
				t.Errorf("%s: %q: %v", form, good, err)
			}
		}
	}
}
