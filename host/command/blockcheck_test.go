package command

import (
	"os"
	"path/filepath"
	"testing"
)

// careless is a block with one of each thing that a reviewer would find.
var careless = map[string]string{
	"block.json": `{
  "name": "careless",
  "version": "0.1.0",
  "title": "Careless",
  "description": "Shows a picture.",
  "licence": "Apache-2.0",
  "source": "typescript",
  "permissions": [
    {"name": "search", "reason": "One never knows."}
  ],
  "locales": ["en", "ar", "fr"]
}`,
	"locales/en.json": `{"hello": "Hello {0}", "bye": "Bye"}`,
	"locales/ar.json": "{\n  \"hello\": \"مرحبا {1}\",\n  \"old\": \"قديم\"\n}",
	"locales/de.json": `{"hello": "Hallo {0}", "bye": "Tschüss"}`,
	"block.ts": `import { block, html } from "@quoin/sdk";
export default block({
  fields: {},
  outline: () => ({ facts: { title: "Careless" } }),
  views: { learner: { reads: {}, render: () => html` + "`<p style=\"color:#ddd;background:#eee\">Pale words</p><img src=\"quoin:asset/a.png\" onclick=\"go()\">`" + ` } },
  samples: () => [{ name: "only" }],
});`,
}

func TestBlockCheckFindsWhatAReviewerWould(t *testing.T) {
	built(t)
	folder := filepath.Join(t.TempDir(), "careless")
	for name, text := range careless {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := call(t, "", "block", "check", "--cache", t.TempDir(), folder)
	got.want(t, 1,
		"it says that it speaks fr", filepath.Join(folder, "locales/de.json")+": nobody is told that it speaks de",
		`"bye" has no words here`, filepath.Join(folder, "locales/ar.json")+`:2: "hello" has a place {1}`, filepath.Join(folder, "locales/ar.json")+`:3: "old" is no key of English`,
		"a picture without alt", "the attribute onclick", "block.json:9: it asks for search, which no sample and no story needs",
	)
	if _, err := findBrowser(); err != nil && os.Getenv("CI") == "" {
		got.want(t, 1, "axe-core did not look at the samples: no browser")
		return
	}
	got.want(t, 1, "axe-core says of a sample's view: Elements must meet minimum color contrast ratio thresholds")
	call(t, "", "block", "check", "--no-browser", "--cache", t.TempDir(), folder).want(t, 1, "8 to mend")
}
