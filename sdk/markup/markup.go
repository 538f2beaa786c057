// Package markup reads just enough of authors' HTML for facts: its plain text for search, the course files and blocks that
// it links to. It never fails: what is no markup is text.
package markup

import (
	"html"
	"iter"
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

// tagName is a tag's name in lower case, "/" before that of a closing one.
func tagName(tag string) string { return strings.ToLower(tag[:nameEnd(tag)]) }

// nameEnd is where a tag's name ends.
func nameEnd(tag string) int {
	start := len(tag) - len(strings.TrimPrefix(tag, "/"))
	if end := strings.IndexAny(tag[start:], " \t\r\n/"); end >= 0 {
		return start + end
	}
	return len(tag)
}

// Tag is an opening tag.
type Tag struct {
	// Name is in lower case.
	Name string
	// Line counts from 1.
	Line int
	// inside is what stands behind the name.
	inside string
}

// Tags goes through the opening tags, comments, scripts and styles left out.
func Tags(source string) iter.Seq[Tag] {
	return func(yield func(Tag) bool) {
		line, skip := 1, ""
		for {
			before, rest, found := strings.Cut(source, "<")
			if !found {
				return
			}
			line += strings.Count(before, "\n")
			end := ">"
			if strings.HasPrefix(rest, "!--") {
				end = "-->"
			}
			inside, after, found := strings.Cut(rest, end)
			if !found {
				return
			}
			name := tagName(inside)
			switch {
			case skip != "":
				if name != "/"+skip { // the text of a script: a < in it begins no tag
					source = rest
					continue
				}
				skip = ""
			case name == "script" || name == "style":
				skip = name
			case name != "" && name[0] >= 'a' && name[0] <= 'z':
				if !yield(Tag{name, line, inside[nameEnd(inside):]}) {
					return
				}
			}
			line += strings.Count(inside, "\n")
			source = after
		}
	}
}

// Attr finds an attribute, its name in lower case and its value decoded. A quote may hold anything but a >, which ends the
// tag for Tags.
func (t *Tag) Attr(name string) (value string, ok bool) {
	for rest := t.inside; ; {
		rest = strings.TrimLeft(rest, " \t\r\n/")
		if rest == "" {
			return "", false
		}
		end := strings.IndexAny(rest, "= \t\r\n/")
		if end < 0 {
			end = len(rest)
		}
		found := strings.ToLower(rest[:end])
		rest = strings.TrimLeft(rest[end:], " \t\r\n")
		value, given := strings.CutPrefix(rest, "=")
		if given {
			value, rest = attributeValue(strings.TrimLeft(value, " \t\r\n"))
		} else {
			value = ""
		}
		if found == name {
			return html.UnescapeString(value), true
		}
	}
}

// attributeValue splits a value, quoted or not, from what follows.
func attributeValue(text string) (value, rest string) {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		value, rest, _ = strings.Cut(text[1:], text[:1])
		return value, rest
	}
	end := strings.IndexAny(text, " \t\r\n")
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
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
