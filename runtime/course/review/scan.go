package review

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// scan is what one content holds, as far as its texts tell.
type scan struct {
	// refs are links to files and blocks, fragments those to a place in a page, pages those to other pages of the course, and outside
	// those to addresses elsewhere.
	refs      []ref
	fragments []fragment
	pages     []spot
	outside   []spot
	// found are what is wrong whatever the rest of the course holds.
	found []flaw
	// ids are the places that links may lead to.
	ids []string
	// named are quoted words that may be names of files.
	named []string
}

// at is a place in a content: a field, and a line in it, 0 for unknown.
type at struct {
	field string
	line  int
}

type ref struct {
	at
	file    bool
	target  string
	foreign bool
}

// fragment is a link to a place in the page of a block, "" for the page that it stands in.
type fragment struct {
	at
	block, name string
}

type spot struct {
	at
	text string
}

type flaw struct {
	at
	kind   Kind
	code   string
	values []string
}

// Bounds of one content: what is beyond them is not looked at.
const (
	mostTexts  = 4000
	mostSpots  = 2000
	mostNested = 40
	longestURL = 2000
	maxNamed   = 4 << 10
	maxQuoted  = 255
)

// scanRevision reads all that a content says.
func scanRevision(run key.Course, revision *course.Revision) *scan {
	s := &scanning{run: run, out: &scan{}}
	for _, name := range names(revision.Fields) {
		s.field(name, revision.Fields[name])
	}
	for _, name := range names(revision.Extra) {
		s.text(at{field: name}, revision.Extra[name])
	}
	if revision.Source != nil {
		s.text(at{field: "olx"}, revision.Source.XML)
		s.words(revision.Source.XML)
		for i := range revision.Source.Files {
			s.text(at{field: "olx"}, revision.Source.Files[i].Text)
		}
	}
	if revision.Type == "video" {
		s.video(revision)
	}
	return s.out
}

// scanPage reads a page beside the tree.
func scanPage(run key.Course, text string, fields map[string]string) *scan {
	s := &scanning{run: run, out: &scan{}}
	s.text(at{}, text)
	for _, name := range names(fields) {
		s.field(name, fields[name])
	}
	return s.out
}

type scanning struct {
	run   key.Course
	out   *scan
	texts int
}

func names(of map[string]string) []string {
	list := make([]string, 0, len(of))
	for name := range of {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// field reads a field's value, which is JSON: the texts in it, however deep.
func (s *scanning) field(name, value string) {
	if !strings.Contains(value, "<") && len(value) <= maxNamed { // names stand in values, not in the middle of markup
		s.words(value)
	}
	if !strings.ContainsAny(value, "</:") {
		return
	}
	var decoded any
	if json.Unmarshal([]byte(value), &decoded) != nil {
		s.text(at{field: name}, value)
		return
	}
	s.value(name, decoded, 0)
}

func (s *scanning) value(field string, value any, depth int) {
	if depth > mostNested {
		return
	}
	switch v := value.(type) {
	case string:
		s.text(at{field: field}, v)
	case []any:
		for _, one := range v {
			s.value(field, one, depth+1)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for name := range v {
			keys = append(keys, name)
		}
		slices.Sort(keys)
		for _, name := range keys {
			s.value(field, v[name], depth+1)
		}
	}
}

// words notes what may be names of files.
func (s *scanning) words(text string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '"' }) {
		if len(part) <= maxQuoted && len(s.out.named) < mostSpots {
			s.out.named = append(s.out.named, part)
		}
	}
}

// text reads one text: markup, or an address by itself.
func (s *scanning) text(where at, text string) {
	if s.texts++; s.texts > mostTexts || text == "" {
		return
	}
	if !strings.Contains(text, "<") {
		if len(text) > longestURL || strings.ContainsAny(text, " \n\"") {
			return
		}
		if address(text) {
			s.add(&s.out.outside, where, text)
			return
		}
		s.refs(where, `"`+text+`"`) // a link by itself
		return
	}
	s.refs(where, text)
	s.markup(where, text)
}

func (s *scanning) refs(where at, text string) {
	lines := strings.Contains(text, "\n")
	for _, link := range olx.Links(s.run, []byte(text)) {
		if len(s.out.refs) >= mostSpots {
			return
		}
		if lines {
			where.line = link.Line
		}
		s.out.refs = append(s.out.refs, ref{where, link.Kind == olx.ReferenceAsset, link.Target, link.Foreign})
	}
}

func (s *scanning) add(to *[]spot, where at, text string) {
	if len(*to) < mostSpots {
		*to = append(*to, spot{where, text})
	}
}

// address reports whether a text is an address of the web.
func address(text string) bool {
	return len(text) > 10 && (strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")) && !strings.ContainsAny(text, " \n\t<>{}$\\\"")
}

// video looks at a video's captions by its fields, as the video block has them.
func (s *scanning) video(revision *course.Revision) {
	if revision.Source != nil {
		return
	}
	plays := false
	for _, field := range []string{"youtube_id_1_0", "html5_sources", "edx_video_id", "source"} {
		switch revision.Fields[field] {
		case "", `""`, "[]", "null":
		default:
			plays = true
		}
	}
	var languages map[string]string
	_ = json.Unmarshal([]byte(revision.Fields["transcripts"]), &languages) // another shape is told by the block's own check
	for _, name := range languages {
		if name != "" {
			return
		}
	}
	if sub := revision.Fields["sub"]; plays && (sub == "" || sub == `""` || sub == "null") {
		s.out.found = append(s.out.found, flaw{at{field: "transcripts"}, KindCaptions, "captions_video", nil})
	}
}

// short bounds a text of the course that is told.
func short(text string) string {
	const most = 120
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
