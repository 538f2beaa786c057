package sanitize

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A text that bears the marks of the host's own sections could pass for a block and send what its reader never meant to send.
func TestHostsMarksAreTheHosts(t *testing.T) {
	for _, policy := range []Policy{Author, Block} {
		for _, mark := range []string{
			`data-usage="x"`, `data-view="/static/x.json"`, `data-handlers="/courses/x/unenrol?y="`, `data-waiting`, `data-frame`, `data-block-form`,
			`data-complete-on-view`, `data-init`, `data-token="x"`, `id="main"`, `id="words"`, `id="Announcer"`, `id="block-x"`,
		} {
			clean, changes := Clean(policy, "<div "+mark+">text</div>")
			if len(changes) == 0 || clean != "<div>text</div>" {
				t.Errorf("%s: %q, %v", mark, clean, changes)
			}
		}
		if clean, changes := Clean(policy, `<div data-unit="m" id="figure-1">text</div>`); len(changes) != 0 {
			t.Errorf("an author's own names: %q, %v", clean, changes)
		}
	}
}

// Whatever the host's templates mark a section with is among them: what they alone write nobody else may.
func TestHooksNameWhatTemplatesWrite(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "host", "templates", "block.html"))
	if err != nil {
		t.Fatal(err)
	}
	// These two say how a fragment looks, and no script acts for the reader because of them.
	looks := set("answer side")
	for _, found := range regexp.MustCompile(`[ "]data-([a-z-]+)`).FindAllStringSubmatch(string(data), -1) {
		if !hooks[found[1]] && !looks[found[1]] && !strings.HasPrefix(found[1], "q-") {
			t.Errorf("block.html writes data-%s, which authors may write as well", found[1])
		}
	}
}
