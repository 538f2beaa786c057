package guide

import (
	"cmp"
	"slices"
	"strings"
)

// Hit is one section that a search found.
type Hit struct {
	// Slug and ID are its place, Page and Title the headings.
	Slug, ID, Page, Title string
	// Excerpt is the text around the first word that was found.
	Excerpt string

	rank int
}

// Bounds of a search: words of a query, hits, and characters of an excerpt before and behind the word.
const (
	maxWords = 8
	maxHits  = 20
	around   = 80
)

// Search finds the sections that hold every word, those with words in their headings first. Upper case does not matter.
func Search(pages []Page, query string) []Hit {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 || len(words) > maxWords {
		return nil
	}
	var hits []Hit
	for _, page := range pages {
		for _, section := range page.Sections {
			if rank := section.rank(words, page.Title); rank > 0 {
				hits = append(hits, Hit{page.Slug, section.ID, page.Title, section.Title, excerpt(section.Text, words), rank})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.rank, a.rank) })
	return hits[:min(len(hits), maxHits)]
}

// rank counts where the words stand, 0 when one is missing.
func (s Section) rank(words []string, page string) (rank int) {
	title, body := strings.ToLower(s.Title), strings.ToLower(s.Text)
	page = strings.ToLower(page)
	for _, word := range words {
		switch {
		case strings.Contains(title, word):
			rank += 10
		case strings.Contains(page, word):
			rank += 3
		case strings.Contains(body, word):
			rank += 1 + min(strings.Count(body, word), 3)
		default:
			return 0
		}
	}
	return rank
}

func excerpt(body string, words []string) string {
	runes := []rune(strings.Join(strings.Fields(body), " "))
	lower := []rune(strings.ToLower(string(runes)))
	if len(lower) != len(runes) { // a letter whose lower case is longer: no place can be told
		return string(runes[:min(len(runes), 2*around)])
	}
	at := 0
	for _, word := range words {
		if i := strings.Index(string(lower), word); i >= 0 {
			at = len([]rune(string(lower)[:i]))
			break
		}
	}
	from, to := max(0, at-around), min(len(runes), at+around)
	out := string(runes[from:to])
	if from > 0 {
		out = "… " + out
	}
	if to < len(runes) {
		out += " …"
	}
	return out
}
