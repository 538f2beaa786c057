// Package markup reads just enough of authors' HTML for facts: its plain text for search, the course files and blocks that
// it links to. It never fails: what is no markup is text.
package markup

import (
	"html"
	"slices"
	"strings"
)

// maxSearch bounds the plain text kept for search, in bytes.
const maxSearch = 20_000

// Text is the plain text of a piece of HTML, white space folded, without scripts and styles.
func Text(source string) string {
	var b strings.Builder
	skip := ""
	for source != "" && b.Len() < maxSearch {
		before, rest, found := strings.Cut(source, "<")
		if skip == "" {
			b.WriteString(before)
		}
		if !found {
			break
		}
		if comment, ok := strings.CutPrefix(rest, "!--"); ok {
			_, source, _ = strings.Cut(comment, "-->")
			continue
		}
		tag, after, found := strings.Cut(rest, ">")
		if !found {
			break
		}
		name := tagName(tag)
		switch {
		case skip != "" && name == "/"+skip:
			skip = ""
		case skip == "" && (name == "script" || name == "style"):
			skip = name
		}
		b.WriteByte(' ')
		source = after
	}
	return strings.Join(strings.Fields(html.UnescapeString(b.String())), " ")
}

func tagName(tag string) string {
	name := strings.ToLower(tag)
	if i := strings.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	return strings.TrimSuffix(name, "/")
}

// References lists the course files ("/static/NAME") and block ids ("/jump_to_id/ID") that a text links to, each once and
// sorted.
func References(source string) (files, links []string) {
	return after(source, "/static/"), after(source, "/jump_to_id/")
}

func after(source, prefix string) []string {
	var found []string
	for {
		_, rest, ok := strings.Cut(source, prefix)
		if !ok {
			break
		}
		end := strings.IndexAny(rest, "\"'<>)?#&\\ \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		if name := html.UnescapeString(rest[:end]); name != "" {
			found = append(found, name)
		}
		source = rest
	}
	slices.Sort(found)
	return slices.Compact(found)
}
