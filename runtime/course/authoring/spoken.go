package authoring

import (
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// spokenBytes bounds what a block without a title is called by, in bytes.
const spokenBytes = 80

// Spoken is what people call a block: its title, else how its text begins; "" for one that says nothing. Answers are not told.
func (a *Authoring) Spoken(ctx context.Context, blockType string, fields store.Map[string]) string {
	if title, _ := unquote(fields["display_name"]); title != "" {
		return title
	}
	declared, _ := a.config.Blocks.Declared(ctx, blockType)
	for i := range declared {
		f := &declared[i]
		if f.Scope != wire.ScopeContent || f.Secret || f.Type != wire.TypeHTML && f.Type != wire.TypeText && f.Type != wire.TypeXML {
			continue
		}
		if text, _ := unquote(fields[f.Name]); text != "" {
			if spoken := Beginning(PlainText(text), spokenBytes); spoken != "" {
				return spoken
			}
		}
	}
	return ""
}

// Beginning is a text in one line, cut between words where it is longer than so many bytes.
func Beginning(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	if space := strings.LastIndexByte(text[:cut], ' '); space > most/2 {
		cut = space
	}
	return text[:cut] + "…"
}

// apart are the elements that stand in lines of their own.
var apart = map[string]bool{
	"p": true, "div": true, "li": true, "br": true, "tr": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "pre": true,
	"blockquote": true, "table": true, "ul": true, "ol": true, "label": true, "choice": true, "option": true, "figure": true, "section": true,
}

// PlainText is what a markup says, without its tags: blocks in lines of their own, pictures by what they show.
func PlainText(markup string) string {
	if !strings.ContainsAny(markup, "<&") {
		return markup
	}
	var out strings.Builder
	for tokens, silent := html.NewTokenizer(strings.NewReader(markup)), false; ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return tidy(out.String())
		}
		token := tokens.Token()
		switch {
		case kind == html.TextToken && !silent:
			out.WriteString(token.Data)
		case token.Data == "script" || token.Data == "style":
			silent = kind == html.StartTagToken
		case token.Data == "img" && kind != html.EndTagToken:
			shows := ""
			for _, attribute := range token.Attr {
				if attribute.Key == "alt" || attribute.Key == "src" && shows == "" {
					shows = attribute.Val
				}
			}
			out.WriteString("[" + shows + "]")
		case apart[token.Data] && kind != html.TextToken && kind != html.CommentToken:
			out.WriteString("\n")
		}
	}
}

// tidy takes empty lines and spaces around lines away.
func tidy(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
