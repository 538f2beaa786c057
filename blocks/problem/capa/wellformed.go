package capa

import (
	"regexp"
	"slices"
	"strings"
)

var (
	tagHere    = regexp.MustCompile(`^<(/?)([A-Za-z][A-Za-z0-9-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>`)
	entityHere = regexp.MustCompile(`^&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);`)
)

// wellFormed closes what a piece of HTML leaves open, and escapes what is no markup, so that the piece stays in its place.
func wellFormed(html string) string {
	var b strings.Builder
	var open []string
	for {
		i := strings.IndexAny(html, "<&")
		if i < 0 {
			break
		}
		b.WriteString(html[:i])
		html = html[i:]
		if html[0] == '&' {
			entity := entityHere.FindString(html)
			if entity == "" {
				b.WriteString("&amp;")
				entity = "&"
			} else {
				b.WriteString(entity)
			}
			html = html[len(entity):]
			continue
		}
		tag := tagHere.FindStringSubmatch(html)
		if tag == nil {
			b.WriteString("&lt;")
			html = html[1:]
			continue
		}
		open = putTag(&b, open, tag)
		html = html[len(tag[0]):]
	}
	b.WriteString(html)
	closeTags(&b, open, 0)
	return b.String()
}

// putTag writes a tag and gives the names that are open behind it.
func putTag(b *strings.Builder, open, tag []string) []string {
	name := strings.ToLower(tag[2])
	if tag[1] != "" {
		at := len(open) - 1
		for at >= 0 && open[at] != name {
			at--
		}
		if at < 0 {
			return open // nothing to close
		}
		closeTags(b, open, at)
		return open[:at]
	}
	b.WriteString(tag[0])
	if void(name) || strings.HasSuffix(tag[3], "/") {
		return open
	}
	return append(open, name)
}

func closeTags(b *strings.Builder, open []string, from int) {
	for _, name := range slices.Backward(open[from:]) {
		b.WriteString("</" + name + ">")
	}
}
