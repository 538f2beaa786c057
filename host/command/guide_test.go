package command

import (
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	guide "github.com/quoin-lms/quoin/sdk/guide"
)

// fence is a piece of code in the guide: its language, what it is, its text.
var fence = regexp.MustCompile("(?ms)^```([a-z]+)(?: ([^\n]*))?\n(.*?)^```$")

// Every piece of code in the guide is what it says: a named one is a file that is written, a shell's is run line by line in the
// folder of its page, and what is neither is code of its language.
//
//	```ts between/block.ts   a file
//	```sh                    commands, each of which must succeed; "fails TEXT" behind sh is for those that must fail so
//	```sh serve              a command that goes on: its words alone are looked at
//	```text                  for the eye
func TestGuide(t *testing.T) {
	pages, err := guide.Pages()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOWORK": "off"} { // what quoin brings is enough
		t.Setenv(name, value)
	}
	for _, page := range pages {
		t.Run(page.Slug, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if strings.Count(page.Markdown, "\n```")%2 != 0 {
				t.Fatal("a piece of code does not end")
			}
			for _, piece := range fence.FindAllStringSubmatch(page.Markdown, -1) {
				typeIn(t, root, piece[1], piece[2], piece[3])
			}
		})
	}
}

func typeIn(t *testing.T, root, language, what, text string) {
	t.Helper()
	command, failure, fails := strings.Cut(what, "fails ")
	switch {
	case language == "sh" && strings.TrimSpace(command) == "serve":
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			known(t, line)
		}
	case language == "sh":
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			runLine(t, root, line, fails, failure)
		}
	case what != "":
		if err := os.MkdirAll(filepath.Dir(what), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(what, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		if err := looksLike(language, text); err != nil {
			t.Errorf("a piece of %s is none: %v\n%s", language, err, text)
		}
	}
}

// runLine runs one line of a shell: a command of quoin in this process, or one of the few that the guide needs besides.
func runLine(t *testing.T, root, line string, fails bool, failure string) {
	t.Helper()
	words := shellWords(line)
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return
	}
	var said string
	var failed bool
	switch words[0] {
	case "quoin":
		got := callWith(t.Context(), t, Parts{SDK: os.DirFS(root)}, words[1:]...)
		said, failed = got.out+got.err, got.status != 0
	case "mkdir", "go", "ls", "cat":
		out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput()
		said, failed = string(out), err != nil
	case "cd":
		t.Chdir(words[1])
	default:
		t.Errorf("the guide runs %q, which this test does not know", line)
	}
	if failed != fails || !strings.Contains(said, strings.TrimSpace(failure)) {
		t.Errorf("$ %s\n%s", line, said)
	}
}

// shellWords splits a line as a shell does, as far as the guide needs it: words in double quotes are one.
func shellWords(line string) []string {
	var words []string
	for n, part := range strings.Split(line, `"`) {
		if n%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

// known reports a command of the guide that quoin does not have.
func known(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "quoin" {
		t.Errorf("%q is no command of quoin", line)
		return
	}
	name := []string{words[1], "--help"}
	if words[1] == "block" && len(words) > 2 {
		name = []string{"block", words[2], "--help"}
	}
	if got := call(t, "", name...); strings.Contains(got.out+got.err, "unknown") {
		t.Errorf("$ %s\n%s", line, got.out+got.err)
	}
}

// looksLike parses code by its language.
func looksLike(language, text string) error {
	switch language {
	case "ts", "js", "html", "css":
		loaders := map[string]api.Loader{"ts": api.LoaderTS, "js": api.LoaderJS, "html": api.LoaderText, "css": api.LoaderCSS}
		result := api.Transform(text, api.TransformOptions{Loader: loaders[language]})
		if len(result.Errors) > 0 {
			return fmt.Errorf("%s", result.Errors[0].Text)
		}
	case "go":
		if _, err := format.Source([]byte(text)); err != nil {
			return err
		}
	case "json":
		var value json.RawMessage
		return json.Unmarshal([]byte(text), &value)
	case "text", "story", "xml":
	default:
		return fmt.Errorf("this test knows no %s", language)
	}
	return nil
}
