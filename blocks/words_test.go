package blocks_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/banks"
	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// shipped are the packages of this folder.
var shipped = map[string]sdk.Block{
	"banks": banks.Block(), "html": html.Block(), "problem": problem.Block(), "questions": questions.Block(), "video": video.Block(),
}

// Every title, help, choice and button of every field of a shipped block has its words in every language that the site speaks: an
// author's form is drawn from them.
func TestFormsSpeakEveryLanguageOfTheSite(t *testing.T) {
	catalogue, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob("*/block.json")
	if err != nil || len(packages) == 0 {
		t.Fatalf("%q: %v", packages, err)
	}
	for _, file := range packages {
		folder := filepath.Dir(file)
		block := shipped[folder]
		if block == nil {
			t.Errorf("blocks/%s is not in this test's list of shipped blocks", folder)
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		version := registry.Native(m, native.Engine{}, os.DirFS(folder), func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
		for _, language := range catalogue.Languages() {
			if language != "en" { // which stands with the fields
				speaks(t, version, folder, language)
			}
		}
	}
}

// speaks fails the test for each text of a package's forms that a language has no words for, or the words of another type's.
func speaks(t *testing.T, version *registry.Version, folder, language string) {
	t.Helper()
	said := version.Words(language)
	missing, told := map[string]bool{}, map[string]string{}
	visited := 0
	for _, kind := range version.Manifest.Types {
		lack := func(key, english string) {
			visited++
			word := strings.TrimSpace(cmp.Or(said["type."+kind.Name+"."+key], said[key]))
			if word == "" && !missing[key] {
				missing[key] = true
				t.Errorf("blocks/%s/locales/%s.json has no %q, which is %q in English", folder, language, key, english)
			}
			if before, again := told[key+" "+word]; again && before != english && word != "" {
				t.Errorf("blocks/%s/locales/%s.json: %q is %q and, of %s, %q in English: write type.%s.%s", folder, language, key, before, kind.Name, english, kind.Name, key)
			}
			told[key+" "+word] = english
		}
		lack("title", kind.Title)
		description, err := version.Describe(t.Context(), kind.Name)
		if err != nil {
			t.Fatalf("%s: %v", kind.Name, err)
		}
		authored := slices.DeleteFunc(slices.Clone(description.Fields), func(f wire.Field) bool { return !f.Scope.Authored() })
		for _, field := range authored {
			if field.Title == "" {
				t.Errorf("the field %s of %s has no title: its form shows the name", field.Name, kind.Name)
			}
			for i, value := range field.Values {
				if value.Title == "" {
					t.Errorf("choice %d of the field %s of %s has no title", i+1, field.Name, kind.Name)
				}
			}
		}
		registry.FieldTexts(authored, func(key string, text *string) { lack(key, *text) })
	}
	if visited == 0 {
		t.Errorf("blocks/%s has no text at all", folder)
	}
}
