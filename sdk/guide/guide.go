// Package guide holds the guide for block developers as Markdown: pages that people write, and the references below reference,
// which `go run ./sdk/guide/generate` writes from the Go source of the contract and the manifest. Fenced code names the file that
// it is or the command that it runs, and a test types all of it in (host/command, TestGuide).
package guide

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.md reference/*.md
var files embed.FS

// Page is one page of the guide.
type Page struct {
	// Slug is the last part of its address, Title its heading.
	Slug, Title string
	// Part is the heading that it stands under in the list of pages.
	Part string
	// Markdown is the text, the heading included.
	Markdown string
}

// parts are the pages in the order in which somebody reads them.
var parts = []struct {
	title string
	pages []string
}{
	{"Begin", []string{"index", "first-block-typescript", "first-block-go", "from-xblock"}},
	{"Write a block", []string{"fields-and-scopes", "handlers-and-effects", "grading", "question-types", "samples-and-stories", "workbench", "permissions", "elements", "accessibility"}},
	{"Beyond one page", []string{"app-blocks", "background-tasks", "migrations"}},
	{"Let others use it", []string{"security", "publishing"}},
	{"Look up", []string{"abi", "reference/contract", "reference/manifest", "reference/stories"}},
}

// Pages gives every page, in reading order. The pages are compiled in, so that it fails only where a test fails before.
func Pages() ([]Page, error) {
	var all []Page
	for _, part := range parts {
		for _, name := range part.pages {
			text, err := fs.ReadFile(files, name+".md")
			if err != nil {
				return nil, fmt.Errorf("reading the guide: %w", err)
			}
			title, found := strings.CutPrefix(strings.SplitN(string(text), "\n", 2)[0], "# ")
			if !found {
				return nil, fmt.Errorf("reading the guide: %s.md does not begin with its title", name)
			}
			all = append(all, Page{Slug: name[strings.LastIndex(name, "/")+1:], Title: title, Part: part.title, Markdown: string(text)})
		}
	}
	return all, nil
}
