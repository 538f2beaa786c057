package visual

import (
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/blocks/problem/markdown"
)

// showInline is a piece of markup as one types it: its characters where there are no tags in it, else as it stands.
func showInline(markup string) string {
	markup = strings.TrimSpace(markup)
	if !strings.Contains(markup, "<") {
		plain := unescape.Replace(markup)
		if markdown.Same(wrapped(takeInline(plain)), wrapped(markup)) {
			return plain
		}
	}
	return markup
}

// takeInline makes markup of what was typed: what cannot be markup is text.
func takeInline(typed string) string {
	typed = clean(strings.TrimSpace(typed))
	if markdown.Sound(typed) {
		return typed
	}
	return escape.Replace(typed)
}

var (
	escape   = strings.NewReplacer("&", "&amp;", "<", "&lt;")
	unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)

func wrapped(inner string) string { return "<p>" + inner + "</p>" }

// clean takes out what XML cannot hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\uFFFD"))
}

// showBlocks is a text as one types it: plain paragraphs with empty lines between them, or the markup as it stands.
func showBlocks(markup string) Words {
	raw := Words{strings.TrimSpace(markup), true}
	if raw.Text == "" {
		return Words{}
	}
	element, err := olx.Read([]byte("<x>" + markup + "</x>"))
	if err != nil {
		return raw
	}
	parts, err := element.Parts()
	if err != nil {
		return raw
	}
	var lines []string
	for _, part := range parts {
		switch {
		case part.Element != nil && part.Element.Name == "p" && len(part.Element.Attributes) == 0:
			lines = append(lines, showInline(part.Element.Inner))
		case strings.TrimSpace(part.Source) != "":
			return raw
		}
	}
	plain := Words{Text: strings.Join(lines, "\n\n")}
	if !markdown.Same(takeBlocks(plain), markup) {
		return raw
	}
	return plain
}

// blockTag begins what is no paragraph.
var blockTag = regexp.MustCompile(`^<(?:p|div|ul|ol|dl|table|pre|blockquote|h[1-6]|hr|figure|section)[\s>/]`)

// takeBlocks makes markup of a text.
func takeBlocks(w Words) string {
	text := clean(strings.TrimSpace(w.Text))
	if text == "" {
		return ""
	}
	if (w.Raw || strings.HasPrefix(text, "<")) && markdown.Sound(text) {
		return text
	}
	if w.Raw {
		return escape.Replace(text)
	}
	var out []string
	for _, paragraph := range strings.Split(text, "\n\n") {
		switch paragraph = strings.TrimSpace(paragraph); {
		case paragraph == "":
		case blockTag.MatchString(paragraph) && markdown.Sound(paragraph):
			out = append(out, paragraph)
		default:
			out = append(out, wrapped(takeInline(paragraph)))
		}
	}
	return strings.Join(out, "\n")
}
