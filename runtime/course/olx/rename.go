package olx

import (
	"html"
	"net/url"
	"strings"
)

// renameStatics puts a prefix before the names of some files wherever a text means such a file: between quotes, behind /static/ or
// alone, as attributes, HTML and JSON have it. Lines stay what they are.
func renameStatics(text []byte, prefixes map[string]string) []byte {
	if len(prefixes) == 0 {
		return text
	}
	var out []byte
	done := 0
	eachQuoted(text, func(at, end int) {
		written := string(text[at:end])
		prefix := prefixes[staticName(written)]
		if prefix == "" {
			return
		}
		path, _, _ := strings.Cut(written, "?")
		path, _, _ = strings.Cut(path, "#")
		base := at + strings.LastIndexByte(path, '/') + 1
		out = append(append(out, text[done:base]...), prefix...)
		done = base
	})
	return append(out, text[done:]...)
}

// eachQuoted visits what stands between any two quotes: which of them open and which close, only their writer knows.
func eachQuoted(text []byte, visit func(at, end int)) {
	for at := 0; at < len(text); {
		width := quoteWidth(text[at:])
		if width == 0 {
			at++
			continue
		}
		at += width
		end := at
		for end < len(text) && end-at < longestLink && quoteWidth(text[end:]) == 0 {
			end++
		}
		visit(at, end)
		at = end
	}
}

// quoteWidth is how many bytes the quote has with which a text begins, 0 for none.
func quoteWidth(text []byte) int {
	for _, quote := range quotes {
		if len(text) >= len(quote) && string(text[:len(quote)]) == string(quote) {
			return len(quote)
		}
	}
	return 0
}

// staticName is the file that a text between quotes may mean.
func staticName(written string) string {
	name := strings.TrimPrefix(html.UnescapeString(written), "/static/")
	name, _, _ = strings.Cut(name, "?")
	name, _, _ = strings.Cut(name, "#")
	if decoded, err := url.PathUnescape(name); err == nil {
		return decoded
	}
	return name
}
