package olx

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// link is a reference as found in a text, before anybody looked where it leads.
type link struct {
	offset int
	target string // what stands between the quotes
}

// mostLinks bounds how many references are kept of a course.
const mostLinks = 100_000

// prefixes start a link, right behind an opening quote: Open edX rewrites nothing else.
var prefixes = [][]byte{
	[]byte("/static/"), []byte("/jump_to_id/"), []byte("/asset-v1:"), []byte("asset-v1:"), []byte("/c4x/"), []byte("/courses/"),
}

// quotes open and close a link. In attributes of XML they stand as references, in JSON behind a backslash.
var quotes = [][]byte{
	[]byte(`\"`), []byte(`\'`), []byte(`\&quot;`), []byte(`\&#34;`), []byte(`"`), []byte(`'`),
	[]byte("&quot;"), []byte("&#34;"), []byte("&#39;"), []byte("&apos;"),
}

// longestLink bounds a link's text in bytes.
const longestLink = 1024

// linksIn finds the links of a text, in order.
func linksIn(text []byte) []link {
	var found []link
	for _, prefix := range prefixes {
		for at := 0; ; {
			next := bytes.Index(text[at:], prefix)
			if next < 0 {
				break
			}
			start := at + next
			at = start + len(prefix)
			quote := openQuote(text[:start])
			if quote == nil {
				continue
			}
			end := bytes.Index(text[at:min(len(text), at+longestLink)], quote)
			if end < 0 {
				continue
			}
			target := text[start : at+end]
			if !bytes.ContainsAny(text[at:at+end], "\"'<>{}$\n\\") && end > 0 {
				found = append(found, link{offset: start, target: string(target)})
			}
			at += end
		}
	}
	slices.SortFunc(found, func(a, b link) int { return a.offset - b.offset })
	return found
}

func openQuote(before []byte) []byte {
	for _, quote := range quotes {
		if bytes.HasSuffix(before, quote) {
			return quote
		}
	}
	return nil
}

// elementLinks finds the links of a definition, without what is cut out of it.
func (t *tree) elementLinks(at place, block *Block, cuts []*intake.XMLNode) {
	for _, part := range at.parts(at.node.Start, at.node.End, cuts) {
		for _, link := range linksIn(at.doc.Source[part[0]:part[1]]) {
			line, column := at.doc.Position(part[0] + link.offset)
			t.addLink(&block.References, link, Reference{File: at.doc.File, Line: line, Column: column, Block: block})
		}
	}
}

// bodyLinks finds the links of an html block's file.
func (t *tree) bodyLinks(block *Block) error {
	return t.fileLinks(block.Body, &block.References, block)
}

func (r *reader) fileLinks(path string, into *[]Reference, block *Block) error {
	links, cached := r.links[path]
	if cached && len(links) == 0 {
		return nil
	}
	data, err := r.text(path)
	if err != nil {
		if !stops(err) {
			r.find(Finding{Code: CodeMissingFile, File: path, Message: err.Error()})
			return nil
		}
		return err
	}
	if !cached {
		links = linksIn(data)
		r.links[path] = links
	}
	if len(links) == 0 {
		return nil
	}
	lines := intake.NewLines(data)
	for _, link := range links {
		line, column := lines.Position(link.offset)
		r.addLink(into, link, Reference{File: path, Line: line, Column: column, Block: block})
	}
	return nil
}

// addLink says what a link leads to and keeps it.
func (r *reader) addLink(into *[]Reference, link link, reference Reference) {
	if !r.aim(&reference, html.UnescapeString(link.target)) {
		return
	}
	if r.linked++; r.linked > mostLinks {
		if r.linked == mostLinks+1 {
			r.find(Finding{
				Code: CodeTooMany, File: reference.File, Line: reference.Line, Column: reference.Column,
				Message: fmt.Sprintf("the course has more than %d links; from here on they are not checked", mostLinks),
			})
		}
		return
	}
	*into = append(*into, reference)
}

// aim reads a link's address.
func (r *reader) aim(reference *Reference, target string) bool {
	target, _, _ = strings.Cut(target, "?")
	target, _, _ = strings.Cut(target, "#")
	if decoded, err := url.PathUnescape(target); err == nil {
		target = decoded
	}
	if name, ok := strings.CutPrefix(target, "/static/"); ok {
		reference.Kind, reference.Target = ReferenceAsset, name
		return name != ""
	}
	if id, ok := strings.CutPrefix(target, "/jump_to_id/"); ok {
		reference.Kind, reference.Target = ReferenceBlock, strings.TrimSuffix(id, "/")
		return reference.Target != ""
	}
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(target, "/"), "asset-v1:"); ok {
		course, name, found := strings.Cut(rest, "+type@asset+block@")
		reference.Kind, reference.Target = ReferenceAsset, name
		reference.Foreign = course != r.course.Org+"+"+r.course.Number+"+"+r.course.Run
		return found && name != ""
	}
	if rest, ok := strings.CutPrefix(target, "/c4x/"); ok {
		parts := strings.SplitN(rest, "/", 4)
		if len(parts) < 4 || parts[2] != "asset" {
			return false
		}
		reference.Kind, reference.Target = ReferenceAsset, parts[3]
		reference.Foreign = parts[0] != r.course.Org || parts[1] != r.course.Number
		return true
	}
	return r.aimAtCourse(reference, strings.TrimPrefix(target, "/courses/"))
}

// aimAtCourse reads KEY/jump_to/USAGE and KEY/jump_to_id/ID. Other pages of a course are not looked after.
func (r *reader) aimAtCourse(reference *Reference, rest string) bool {
	course, page, _ := strings.Cut(rest, "/")
	own := r.course.Suggested.String()
	reference.Kind, reference.Foreign = ReferenceBlock, course != own
	if id, ok := strings.CutPrefix(page, "jump_to_id/"); ok {
		reference.Target = strings.TrimSuffix(id, "/")
		return reference.Target != ""
	}
	text, ok := strings.CutPrefix(page, "jump_to/")
	if !ok {
		return false
	}
	named, err := key.ParseUsage(strings.TrimSuffix(text, "/"))
	reference.Target = named.ID
	reference.Foreign = reference.Foreign || named.Course != r.course.Suggested
	return err == nil
}

// resolve looks where all links lead, now that all blocks and assets are known.
func (r *reader) resolve() {
	byID := map[string]*Block{}
	for _, blocks := range []map[usage]*Block{r.course.drafts, r.course.blocks} { // published ones last: they win
		for name, block := range blocks {
			if old := byID[name.id]; old == nil || old.Draft && !block.Draft || old.Draft == block.Draft && block.Type < old.Type {
				byID[name.id] = block
			}
		}
	}
	each := func(references []Reference) {
		for i := range references {
			r.resolveOne(&references[i], byID)
		}
	}
	for _, block := range r.course.Blocks {
		each(block.References)
	}
	for _, draft := range r.course.Drafts {
		draft.Root.walk(func(b *Block) {
			if b.Draft { // a library's drafts hold what is published as well
				each(b.References)
			}
		})
	}
	for i := range r.course.Pages {
		each(r.course.Pages[i].References)
	}
}

func (r *reader) resolveOne(reference *Reference, byID map[string]*Block) {
	finding := Finding{File: reference.File, Line: reference.Line, Column: reference.Column}
	if reference.Block != nil {
		finding.Type, finding.ID = reference.Block.Type, reference.Block.ID
	}
	target := intake.Printable(reference.Target)
	switch {
	case reference.Foreign:
		finding.Code, finding.Message = CodeForeign, "the link to "+target+" leads into another course"
		finding.Fix = "use /static/ and /jump_to_id/"
	case reference.Kind == ReferenceAsset:
		if asset, ok := r.course.Asset(reference.Target); ok {
			reference.Path = asset.File.Path
			return
		}
		finding.Code, finding.Message, finding.Fix = CodeMissingAsset, "there is no file "+target, "add it under static or remove the link"
	default:
		if reference.To = byID[reference.Target]; reference.To != nil {
			return
		}
		finding.Code, finding.Message, finding.Fix = CodeBrokenLink, "there is no block "+target, "correct or remove the link"
	}
	r.find(finding)
}
