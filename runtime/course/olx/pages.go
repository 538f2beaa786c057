package olx

import (
	"path"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// readPages reads the texts beside the course tree: first those of the folder, then those of the run, which replace them.
func (r *reader) readPages() error {
	for _, kind := range []PageKind{PageAbout, PageInfo, PageTab, PageCustomTag} {
		folder := r.join(string(kind)) + "/"
		pages := map[string]int{}
		for _, prefix := range []string{folder, folder + r.course.Run + "/"} {
			if prefix == folder+"/" {
				continue // there is no run
			}
			for _, file := range r.files.List() {
				name, ok := strings.CutPrefix(file.Path, prefix)
				if !ok || strings.Contains(name, "/") || ignoredAsset(name) {
					continue
				}
				r.page(kind, name, file.Path, pages)
			}
		}
	}
	for i := range r.course.Pages {
		page := &r.course.Pages[i]
		if page.File == "" || page.Kind == PageCustomTag {
			continue
		}
		if err := r.fileLinks(page.File, &page.References, nil); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) page(kind PageKind, name, file string, pages map[string]int) {
	slug, field := strings.TrimSuffix(name, path.Ext(name)), ""
	if strings.HasSuffix(name, ".json") {
		parts := strings.Split(name, ".")
		if len(parts) != 3 {
			return
		}
		slug, field = parts[0], parts[1]
	}
	at, ok := pages[slug]
	if !ok {
		at = len(r.course.Pages)
		pages[slug] = at
		r.course.Pages = append(r.course.Pages, Page{Kind: kind, Slug: slug})
	}
	r.claim(file, RolePage, nil)
	page := &r.course.Pages[at]
	if field == "" {
		page.File = file
		return
	}
	if page.Fields == nil {
		page.Fields = map[string]string{}
	}
	page.Fields[field] = file
}

// courseExtras reads the elements of the course that are not blocks.
func (r *reader) courseExtras(at place) {
	for _, node := range at.node.Elements() {
		switch node.Name {
		case "wiki":
			r.course.WikiSlug, _ = node.Attr("slug")
		case "textbook":
			book := Textbook{}
			book.Line, _ = at.doc.Position(node.Start)
			book.Title, _ = node.Attr("title")
			book.BookURL, _ = node.Attr("book_url")
			r.course.Textbooks = append(r.course.Textbooks, book)
		}
	}
}

// manifest lists all files with their use.
func (r *reader) manifest() {
	inside := ""
	if r.course.Folder != "" {
		inside = r.course.Folder + "/"
	}
	for _, file := range r.files.List() {
		entry := FileEntry{File: file}
		if c := r.claims[file.Path]; c != nil {
			entry.Role, entry.Blocks, entry.Secrets = c.role, slices.Clip(c.blocks), c.secrets
		}
		if !strings.HasPrefix(file.Path, inside) {
			entry.Role = RoleOutside
		} else if entry.Role == RoleUnknown {
			r.unused(file.Path)
		}
		r.course.Files = append(r.course.Files, entry)
	}
	for _, pair := range r.files.CaseClashes() {
		r.find(Finding{
			Code: CodeCase, File: pair[1], Message: "differs from " + intake.Printable(pair[0]) + " in case alone",
			Fix: "rename one: on many desktops they cannot stand side by side",
		})
	}
}

// unused reports a file that looks like a definition and defines nothing.
func (r *reader) unused(file string) {
	name := strings.TrimPrefix(r.course.Rel(file), "drafts/")
	folder, _, ok := strings.Cut(name, "/")
	_, known := kinds[folder]
	if !ok || !known || !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".html") || ignoredAsset(name) {
		return
	}
	r.find(Finding{Code: CodeUnused, File: file, Message: "no block uses this file", Fix: "remove it or point to it"})
}
