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
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing the guide: %w", err)
	}
	shared, err := look.shared(pages)
	if err != nil {
		return err
	}
	for name, data := range shared {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return fmt.Errorf("writing the guide: %w", err)
		}
	}
	for n := range pages {
		var out bytes.Buffer
		err := layout.Execute(&out, map[string]any{
			"Pages": pages, "Page": pages[n], "Script": template.JS(look.Script),
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

// shared gives the files that all pages use. What there is to find is a script that fills an element: a page that is opened as a
// file may load a script, and may not fetch.
func (l Look) shared(pages []Page) (map[string][]byte, error) {
	index, err := json.Marshal(sections(pages))
	if err != nil {
		return nil, fmt.Errorf("writing the guide: %w", err)
	}
	text, err := json.Marshal(string(index))
	if err != nil {
		return nil, fmt.Errorf("writing the guide: %w", err)
	}
	return map[string][]byte{
		"guide.css": []byte(l.Styles),
		"guide.js":  fmt.Appendf(nil, "document.getElementById(\"docs-index\").textContent = %s;\n", text),
	}, nil
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
