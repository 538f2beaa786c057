// Package packagetest makes blocks to install, for tests: a small graded question in TypeScript, each part of which can be
// another one in the next version.
package packagetest

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"testing"
	"text/template"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/packages"
)

// Guess is a block that asks for a word. The zero value is version 1.0.0, for which the word is moon.
type Guess struct {
	// Name is the package's and its type's; "guess" when empty.
	Name, Version string
	// Right is the word that scores full.
	Right string
	// Shown stands in the view.
	Shown string
	// Expect is what the sample says of the word moon; "full" when empty.
	Expect string
	// Schema is the number of what it stores; 1 when 0. Over 1 it migrates; Migrate is the function's body.
	Schema  int
	Migrate string
	// Points is what the right word scores; 1 when 0.
	Points int
	// Roles may send answers, as a list in TypeScript; `"learner"` when empty.
	Roles string
	// Open leaves out that the field key is secret.
	Open bool
	// Fields and Definition are more lines of the definition's fields and of the definition.
	Fields, Definition string
	// Manifest is more of block.json: `"permissions": [...]`.
	Manifest string
	// Keyed takes the field key for the right word, where it is set.
	Keyed bool
	// Editor is the script of the block's own editor, the element <guess-editor>; "" when it ships none.
	Editor string
}

var manifestText = template.Must(template.New("block.json").Parse(`{
  "name": "{{.Name}}", "version": "{{.Version}}", "title": "Guess", "description": "Asks for a word.", "licence": "MIT",
  "authors": ["Ada"], "source": "typescript"{{if .Editor}}, "assets": "assets"{{end}}{{with .Manifest}}, {{.}}{{end}}
}
`))

var codeText = template.Must(template.New("block.ts").Parse(`import { block, content, html, ok, scored, userInfo, userState } from "@quoin/sdk";

export default block({
  schema: {{.Schema}},
  fields: {
    key: content.string({ default: "", title: "Key"{{if not .Open}}, secret: true{{end}} }),
    word: userState.string(),
    {{.Fields}}
  },
  outline: ({{if .Keyed}}_call, fields{{end}}) => ({ facts: { title: "Guess", max_score: {{.Points}}, completion: "submit" }, public: {}, secret: { right: {{if .Keyed}}fields.key || {{end}}"{{.Right}}" } }),
  views: {
    learner: {
      reads: { fields: ["word"] },
      render: (_call, view) => html` + "`" + `<p>{{.Shown}}</p><p class="field"><label>Word <input name="word" value="${view.fields.word ?? ""}" form="quoin:form"></label></p>
        <div class="submit-bar"><button class="button primary" name="handler" value="answer" form="quoin:form">Submit</button></div>` + "`" + `,
    },
    {{if .Editor}}editor: { render: () => ({ html: html` + "`<guess-editor></guess-editor>`" + `, scripts: ["editor.js"] }) },{{end}}
  },
  handlers: {
    answer: {
      roles: [{{.Roles}}], grades: true, reads: { fields: ["word"] },
      handle(_call, request) {
        request.fields.word = request.form?.["word"]?.[0] ?? "";
        return ok().submit({ word: request.fields.word });
      },
    },
  },
  grade: (_call, { answers, secret }) => scored((answers as { word: string }).word === secret.right ? {{.Points}} : 0, {{.Points}}),
  samples: () => [{ name: "plain", title: "Plain", fields: {}, answers: [{ input: { handler: "answer", form: { word: ["moon"] } }, expect: "{{.Expect}}" }] }],
  {{if gt .Schema 1}}migrate(_call, request) { {{.Migrate}} },{{end}}
  {{.Definition}}
});
`))

// Folder writes the block's sources into a new folder.
func (g Guess) Folder(t testing.TB) string {
	t.Helper()
	g.Name, g.Version, g.Right = cmp.Or(g.Name, "guess"), cmp.Or(g.Version, "1.0.0"), cmp.Or(g.Right, "moon")
	g.Shown, g.Roles, g.Schema = cmp.Or(g.Shown, "Which word?"), cmp.Or(g.Roles, `"learner"`), cmp.Or(g.Schema, 1)
	g.Migrate = cmp.Or(g.Migrate, "return { fields: request.fields };")
	g.Points = cmp.Or(g.Points, 1)
	if g.Expect == "" {
		g.Expect = "full"
		if g.Right != "moon" {
			g.Expect = "zero"
		}
	}
	dir := filepath.Join(t.TempDir(), g.Name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]*template.Template{"block.json": manifestText, "block.ts": codeText} {
		var out bytes.Buffer
		if err := text.Execute(&out, g); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if g.Editor == "" {
		return dir
	}
	if err := os.Mkdir(filepath.Join(dir, "assets"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "assets", "editor.js"), []byte(g.Editor), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Archive gives the block packed, and signed where there is a private key.
func (g Guess) Archive(t testing.TB, private []byte, rotations ...packages.Rotation) []byte {
	t.Helper()
	packed, err := packages.Pack(context.Background(), &build.Builder{Cache: t.TempDir()}, g.Folder(t))
	if err != nil {
		t.Fatal(err)
	}
	if private == nil {
		return packed.Data
	}
	signed, _, err := packages.Sign(context.Background(), packed.Data, private, "", rotations)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// Key makes a publisher's key.
func Key(t testing.TB) (private []byte, public packages.Key) {
	t.Helper()
	private, public, err := packages.NewKey("")
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// NeedsInterpreter skips where the binary carries no interpreter for scripts; in CI that is a failure.
func NeedsInterpreter(t testing.TB) {
	t.Helper()
	if _, err := npm.File(npm.Interpreter); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("scripts need the interpreter: make web: ", err)
	}
}
