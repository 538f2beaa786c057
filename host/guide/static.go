package guide

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
)

//go:embed static.html
var staticFiles embed.FS

// Look is what the static copy takes of the site: style sheets, and the script that searches.
type Look struct{ Styles, Script string }

// Write puts the guide into a folder as files that a browser opens without a server; its search works in the page. Files of
// other names are left alone.
func Write(dir string, look Look) error {
	pages, err := render(".html")
	if err != nil {
		return err
	}
	layout, err := template.ParseFS(staticFiles, "static.html")
	if err != nil {
		return fmt.Errorf("writing the guide: %w", err)
	}
	index, err := json.Marshal(sections(pages))
	if err != nil {
		return fmt.Errorf("writing the guide: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing the guide: %w", err)
	}
	for n := range pages {
		var out bytes.Buffer
		err := layout.Execute(&out, map[string]any{
			"Pages": pages, "Page": pages[n], "Style": template.CSS(look.Styles), "Script": template.JS(look.Script), "Index": template.JS(index),
		})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, pages[n].Slug+".html"), out.Bytes(), 0o644)
		}
		if err != nil {
			return fmt.Errorf("writing the guide: %w", err)
		}
	}
	return nil
}

// sections is what the search of the static copy looks through: page, id, title, the page's title, text.
func sections(pages []Page) [][5]string {
	var all [][5]string
	for _, page := range pages {
		for _, s := range page.Sections {
			all = append(all, [5]string{page.Slug, s.ID, s.Title, page.Title, s.Text})
		}
	}
	return all
}
