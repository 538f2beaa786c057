package search

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/quoin-lms/quoin/runtime/course"
)

// Entry is what there is to find of one block.
type Entry struct {
	Block *course.Block
	Title string
	// Text is plain text.
	Text string
}

// Index finds words in entries. It is immutable, so it is safe for concurrent use.
type Index struct {
	entries []Entry
	// terms are sorted, so that a beginning of words is one stretch; postings are by term, each in the order of entries.
	terms    []string
	postings [][]posting
	size     int64
}

// posting is one word in one entry.
type posting struct {
	entry uint32
	// first is where the word stands in the text first, in bytes; none if it stands in the title alone.
	first uint32
	// times is how often it stands in the text, title whether it stands in the title.
	times uint16
	title bool
}

const none = math.MaxUint32

// Build makes an index of entries, whose order decides between what fits equally well.
func Build(entries []Entry) *Index {
	x := &Index{entries: entries}
	found := map[string][]posting{}
	for i := range entries {
		found = x.add(found, uint32(i))
	}
	x.terms = slices.Sorted(maps.Keys(found))
	x.postings = make([][]posting, len(x.terms))
	for i, term := range x.terms {
		x.postings[i] = slices.Clip(found[term])
		x.size += int64(len(term)) + int64(len(x.postings[i]))*int64(unsafe.Sizeof(posting{})) + stringHead + sliceHead
	}
	for i := range entries {
		x.size += int64(len(entries[i].Title)+len(entries[i].Text)) + int64(unsafe.Sizeof(Entry{}))
	}
	return x
}

// Sizes of what stands before a string's or a slice's own bytes.
const (
	stringHead = int64(unsafe.Sizeof(""))
	sliceHead  = int64(unsafe.Sizeof([]posting{}))
)

// Size is about how many bytes the index holds.
func (x *Index) Size() int64 { return x.size }

// Len is the number of entries.
func (x *Index) Len() int { return len(x.entries) }

func (x *Index) add(found map[string][]posting, entry uint32) map[string][]posting {
	put := func(term string, first uint32, title bool) {
		list := found[term]
		if n := len(list); n == 0 || list[n-1].entry != entry {
			list = append(list, posting{entry: entry, first: none})
		}
		p := &list[len(list)-1]
		p.title = p.title || title
		if !title {
			p.first = min(p.first, first)
			p.times += min(1, math.MaxUint16-p.times)
		}
		found[term] = list
	}
	e := &x.entries[entry]
	for _, title := range []bool{true, false} {
		text := e.Text
		if title {
			text = e.Title
		}
		eachWord(text, func(start, end int) bool {
			if term := fold(text[start:end]); term != "" {
				put(term, uint32(start), title)
				if rest := bare(term); rest != "" {
					put(rest, uint32(start), title)
				}
			}
			return true
		})
	}
	return found
}

// match is an entry that fits the words asked for.
type match struct {
	entry uint32
	score float64
	// first is where a word stands in the text, none if there is none.
	first uint32
}

// beginning is what a word counts that only begins as the one asked for.
const beginning = 0.6

// inTitle is how much more a word in a title counts.
const inTitle = 3

// match gives the entries that hold every word, in the order of the course.
func (x *Index) match(words []string) []match {
	var all []match
	for i, word := range words {
		one := x.one(word)
		if i == 0 {
			all = one
			continue
		}
		all = both(all, one)
	}
	return all
}

// one gives the entries that hold a word or one that begins with it. A single letter begins too many to mean them.
func (x *Index) one(word string) []match {
	start, there := slices.BinarySearch(x.terms, word)
	if !there && single(word) {
		return nil
	}
	best := make([]match, len(x.entries)) // by entry: a beginning of two letters fits nearly everything
	for i := start; i < len(x.terms) && strings.HasPrefix(x.terms[i], word); i++ {
		if single(word) && x.terms[i] != word {
			break
		}
		weight := math.Log(1 + float64(len(x.entries))/float64(len(x.postings[i])))
		if x.terms[i] != word {
			weight *= beginning
		}
		for _, p := range x.postings[i] {
			times := float64(p.times)
			score := times / (times + 1.5)
			if p.title {
				score += inTitle
			}
			m := &best[p.entry]
			if m.score == 0 {
				m.entry, m.first = p.entry, none
			}
			m.score = max(m.score, weight*score)
			m.first = min(m.first, p.first)
		}
	}
	return slices.DeleteFunc(best, func(m match) bool { return m.score == 0 })
}

func single(word string) bool { return utf8.RuneCountInString(word) == 1 }

// both gives what stands in two lists, each in the order of entries.
func both(a, b []match) []match {
	var out []match
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case a[i].entry < b[k].entry:
			i++
		case a[i].entry > b[k].entry:
			k++
		default:
			out = append(out, match{a[i].entry, a[i].score + b[k].score, min(a[i].first, b[k].first)})
			i, k = i+1, k+1
		}
	}
	return out
}
