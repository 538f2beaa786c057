package authoring

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

// mergeValues merges two values of one field, as JSON with "null" for unset, that were made of one base. It is false where an
// author has to decide.
func mergeValues(base, ours, theirs string) (merged string, ok bool) {
	switch {
	case same(ours, theirs) || same(theirs, base):
		return ours, true
	case same(ours, base):
		return theirs, true
	}
	b, textB := unquote(base)
	o, textO := unquote(ours)
	t, textT := unquote(theirs)
	if !textO && !textT && !textB {
		return mergeJSON(base, ours, theirs)
	}
	if !textO || !textT || !textB {
		return "", false
	}
	if text, ok := mergeTexts(b, o, t); ok {
		return quote(text), true
	}
	return "", false
}

// mergeTexts merges by lines, and markup that has none where it matters by its blocks.
func mergeTexts(base, ours, theirs string) (string, bool) {
	if strings.Contains(base, "\n") {
		if text, ok := mergeLines(base, ours, theirs); ok && sound(ours, theirs, text) {
			return text, true
		}
	}
	if !blockEnds.MatchString(base) {
		return "", false
	}
	text, ok := mergeLines(BreakBlocks(base), BreakBlocks(ours), BreakBlocks(theirs))
	return text, ok && sound(ours, theirs, text)
}

// blockEnds are where an author's markup may be broken into lines without a change of what it says.
var blockEnds = regexp.MustCompile(`</(?:p|li|h[1-6]|ul|ol|div|tr|table|blockquote|pre)>\n?`)

// BreakBlocks gives each block of an author's markup a line of its own.
func BreakBlocks(html string) string {
	return blockEnds.ReplaceAllStringFunc(html, func(end string) string { return strings.TrimSuffix(end, "\n") + "\n" })
}

// same reports whether two values are one: however a text or a number is written, and null for unset.
func same(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := canonical([]byte(a))
	y, errY := canonical([]byte(b))
	return errX == nil && errY == nil && x == y
}

// sound reports whether a merged text is still what both of its sources were: XML that can be read, markup that is closed.
func sound(ours, theirs, merged string) bool {
	for _, is := range []func(string) bool{isXML, closed} {
		if is(ours) && is(theirs) && !is(merged) {
			return false
		}
	}
	return true
}

func isXML(text string) bool {
	_, err := intake.ParseXML("", []byte(text), intake.XMLOptions{HTMLEntities: true})
	return err == nil
}

// void are HTML's elements without an end tag.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// closed reports whether each element of a fragment ends where it should.
func closed(text string) bool {
	tokens := html.NewTokenizer(strings.NewReader(text))
	var open []string
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return len(open) == 0
		}
		name, _ := tokens.TagName()
		tag := string(name)
		switch {
		case kind == html.StartTagToken && !slices.Contains(void, tag):
			open = append(open, tag)
		case kind == html.EndTagToken && len(open) > 0 && open[len(open)-1] == tag:
			open = open[:len(open)-1]
		case kind == html.EndTagToken:
			return false
		}
	}
}

// rule says what counts where two contents changed the same otherwise.
type rule int

const (
	// theirsWin takes what the operation wants; the history keeps what was there.
	theirsWin rule = iota
	// oursStay leaves what was changed since.
	oursStay
)

// mergeRevisions merges two contents of one block that were made of one base: ours is what there is, theirs what an operation
// wants.
func mergeRevisions(base, ours, theirs *course.Revision, by rule) *course.Revision {
	out := &course.Revision{
		Type: ours.Type, Fields: mergeMaps(base.Fields, ours.Fields, theirs.Fields, by),
		Extra: mergeMaps(base.Extra, ours.Extra, theirs.Extra, by), Source: ours.Source,
		Children: mergeChildren(base.Children, ours.Children, theirs.Children),
	}
	if !sameSource(base.Source, theirs.Source) && (sameSource(base.Source, ours.Source) || by == theirsWin) {
		out.Source = theirs.Source
	}
	return out
}

func sameSource(a, b *course.Source) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.XML == b.XML && slices.Equal(a.Files, b.Files)
}

func mergeMaps(base, ours, theirs store.Map[string], by rule) store.Map[string] {
	merged := maps.Clone(ours)
	names := map[string]bool{}
	for name := range base {
		names[name] = true
	}
	for name := range theirs {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		b, t := base[name], theirs[name]
		if b == t {
			continue
		}
		value, ok := t, true
		if o := ours[name]; o != b && o != t {
			if value, ok = mergeStored(b, o, t); !ok && by == theirsWin {
				value, ok = t, true
			}
		}
		switch {
		case !ok:
		case value == unset:
			delete(merged, name)
		default:
			if merged == nil {
				merged = store.Map[string]{}
			}
			merged[name] = value
		}
	}
	return merged
}

// unset stands for a field that is not there, which is not the same as one that is null.
const unset = ""

// mergeStored merges texts; whatever else was changed twice is not merged.
func mergeStored(base, ours, theirs string) (string, bool) {
	if base == unset || ours == unset || theirs == unset {
		return "", false
	}
	return mergeValues(base, ours, theirs)
}

// mergeChildren merges two lists of children that were made of one base: what theirs took away goes, what it added or moved
// stands behind what it follows there. All else stays as ours has it.
func mergeChildren(base, ours, theirs []course.ChildRef) []course.ChildRef {
	if slices.Equal(ours, base) {
		return slices.Clone(theirs)
	}
	merged := slices.Clone(ours)
	index := slices.Index[[]course.ChildRef]
	for _, child := range base {
		if index(theirs, child) < 0 {
			merged = slices.DeleteFunc(merged, func(c course.ChildRef) bool { return c == child })
		}
	}
	stays := unmoved(base, theirs)
	for i, child := range theirs {
		at := index(merged, child)
		if stays[child] || at >= 0 && index(base, child) < 0 {
			continue // where it is, or another one added it too
		}
		if at < 0 && index(base, child) >= 0 {
			continue // moved there, taken away here
		}
		if at >= 0 {
			merged = slices.Delete(merged, at, at+1)
		}
		place := 0
		for j := i - 1; j >= 0; j-- {
			if before := index(merged, theirs[j]); before >= 0 {
				place = before + 1
				break
			}
		}
		merged = slices.Insert(merged, place, child)
	}
	return merged
}

// unmoved are those of base's children that are in theirs in the same order: a longest common sequence.
func unmoved(base, theirs []course.ChildRef) map[course.ChildRef]bool {
	names := func(list []course.ChildRef) []string {
		out := make([]string, len(list))
		for i, child := range list {
			out[i] = child.Type + "@" + child.ID
		}
		return out
	}
	stays := map[course.ChildRef]bool{}
	for i, j := range matching(names(base), names(theirs)) {
		if j >= 0 {
			stays[base[i]] = true
		}
	}
	return stays
}
