package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/course"
)

// Bounds of a question.
const (
	// MaxQuery is how many characters it may have; a longer one is not looked for.
	MaxQuery = 200
	// maxWords is how many of its words are looked for: further ones are left out.
	maxWords = 10
)

// Found is one page of what fits a question.
type Found struct {
	// Total counts everything that fits and that the person may see.
	Total int
	Hits  []Hit
}

// Hit is one entry that fits, with the words asked for marked.
type Hit struct {
	// Entry is its number in what the index was made of.
	Entry int
	Block *course.Block
	Title []Part
	// Text is a piece of the text around the first word that fits, nil when only the title does.
	Text []Part
}

// Part is a stretch of text; Marked says that it is a word asked for.
type Part struct {
	Text   string
	Marked bool
}

// Words gives the words of a question as they are looked for.
func Words(question string) []string {
	var words []string
	eachWord(question, func(start, end int) bool {
		if word := fold(question[start:end]); word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
		return len(words) < maxWords
	})
	return words
}

// Find gives the entries that hold all words (see [Words]), the best first, and among equals in the order of the course. may
// says of a block whether the person may see it; what he may not is neither shown nor counted. offset and limit cut a page.
func (x *Index) Find(words []string, may func(*course.Block) bool, offset, limit int) Found {
	return x.FindEntries(words, func(entry int) bool { return may(x.entries[entry].Block) }, offset, limit)
}

// FindEntries is Find for entries that are no blocks: may gets their numbers.
func (x *Index) FindEntries(words []string, may func(entry int) bool, offset, limit int) Found {
	if len(words) == 0 {
		return Found{}
	}
	fitting := slices.DeleteFunc(x.match(words), func(m match) bool { return !may(int(m.entry)) })
	slices.SortStableFunc(fitting, func(a, b match) int { return cmp.Compare(b.score, a.score) })
	found := Found{Total: len(fitting)}
	for _, m := range fitting[min(offset, len(fitting)):min(offset+limit, len(fitting))] {
		entry := &x.entries[m.entry]
		hit := Hit{Entry: int(m.entry), Block: entry.Block, Title: marked(entry.Title, words)}
		if m.first != none {
			hit.Text = around(entry.Text, int(m.first), words)
		}
		found.Hits = append(found.Hits, hit)
	}
	return found
}

// How much of a text is shown before and behind the first word that fits, in bytes.
const (
	shownBefore = 70
	shownBehind = 190
)

// around cuts a piece of a text and marks the words in it.
func around(text string, at int, words []string) []Part {
	start, end := max(0, at-shownBefore), min(len(text), at+shownBehind)
	if start > 0 {
		if space := strings.IndexByte(text[start:at], ' '); space >= 0 {
			start += space + 1
		}
	}
	if end < len(text) {
		if space := strings.LastIndexByte(text[at:end], ' '); space > 0 {
			end = at + space
		}
	}
	for start > 0 && !utf8.RuneStart(text[start]) {
		start--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	parts := marked(text[start:end], words)
	if start > 0 {
		parts = append([]Part{{Text: "… "}}, parts...)
	}
	if end < len(text) {
		parts = append(parts, Part{Text: " …"})
	}
	return parts
}

// marked splits a text into what fits the words and what does not.
func marked(text string, words []string) []Part {
	var parts []Part
	done := 0
	eachWord(text, func(start, end int) bool {
		term := fold(text[start:end])
		if term == "" || !slices.ContainsFunc(words, func(word string) bool { return fits(term, word) }) {
			return true
		}
		if start > done {
			parts = append(parts, Part{Text: text[done:start]})
		}
		parts = append(parts, Part{text[start:end], true})
		done = end
		return true
	})
	if done < len(text) {
		parts = append(parts, Part{Text: text[done:]})
	}
	return parts
}

func fits(term, word string) bool {
	if single(word) {
		return term == word
	}
	if strings.HasPrefix(term, word) {
		return true
	}
	rest := bare(term)
	return rest != "" && strings.HasPrefix(rest, word)
}
