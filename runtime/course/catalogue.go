package course

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Entry is a published course run as lists and searches find it. It is read by many and never changed.
type Entry struct {
	Key key.Course
	Run Run
	// Summary is the course's short description as plain text, "" for none.
	Summary string
	// words is what a search looks through, folded.
	words string
}

// Matches reports whether every word of a text stands in the entry's title, number, organisation or description. Case and
// accents play no part.
func (e *Entry) Matches(text string) bool {
	for word := range strings.FieldsSeq(Fold(text)) {
		if !strings.Contains(e.words, word) {
			return false
		}
	}
	return true
}

// catalogue keeps the entries of all runs in memory.
type catalogue struct {
	mu      sync.Mutex
	entries []*Entry
	seen    time.Time
}

const (
	// catalogueFresh is how long the list may be used without asking the store. A publish in this process is seen at once.
	catalogueFresh = 5 * time.Second
	// maxDescribed bounds what is searched of one course's description, in bytes.
	maxDescribed = 8 << 10
)

// Catalogue lists every published run in the order of their keys. The list is shared: it must not be changed.
func (c *Courses) Catalogue(ctx context.Context) ([]*Entry, error) {
	c.catalogue.mu.Lock()
	defer c.catalogue.mu.Unlock()
	now := c.now()
	if !c.catalogue.seen.IsZero() && now.Sub(c.catalogue.seen) < catalogueFresh {
		return c.catalogue.entries, nil
	}
	known := make(map[string]*Entry, len(c.catalogue.entries))
	for _, entry := range c.catalogue.entries {
		known[entry.Run.Key] = entry
	}
	var entries []*Entry
	err := c.runs.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[Run]) error {
		entry, err := c.entry(ctx, &doc.Body, known[doc.Body.Key])
		if entry != nil {
			entries = append(entries, entry)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the catalogue: %w", err)
	}
	c.catalogue.entries, c.catalogue.seen = entries, now
	return entries, nil
}

// entry describes one run; nil when nothing of it is published, the one before while it is the same.
func (c *Courses) entry(ctx context.Context, run *Run, before *Entry) (*Entry, error) {
	parsed, err := key.ParseCourse(run.Key)
	if err != nil || parsed.Library() || run.Head.Root == "" || run.Archived {
		return nil, nil //nolint:nilerr // a stored key that does not parse is no course that anybody can enter
	}
	if before != nil && before.Run.Head.Number == run.Head.Number {
		return before, nil
	}
	texts, err := c.pages.GetMany(ctx, []string{pageID(parsed, "about", "short_description"), pageID(parsed, "about", "overview")})
	if err != nil {
		return nil, err
	}
	entry := &Entry{Key: parsed, Run: *run, Summary: Plain(texts[pageID(parsed, "about", "short_description")].Body.HTML)}
	entry.words = Fold(strings.Join([]string{
		run.Title, run.Org, run.Number, run.Text("display_organization", ""), run.Text("display_coursenumber", ""), entry.Summary,
		Plain(texts[pageID(parsed, "about", "overview")].Body.HTML),
	}, "\n"))
	return entry, nil
}

// forgetEntry makes the next reader of the catalogue look at the course anew.
func (c *Courses) forgetEntry(course key.Course) {
	c.catalogue.mu.Lock()
	defer c.catalogue.mu.Unlock()
	c.catalogue.seen = time.Time{}
	kept := make([]*Entry, 0, len(c.catalogue.entries))
	for _, entry := range c.catalogue.entries {
		if entry.Key != course {
			kept = append(kept, entry)
		}
	}
	c.catalogue.entries = kept
}

// Plain is the text of a fragment, without what scripts and styles hold, bounded.
func Plain(fragment string) string {
	tokens := html.NewTokenizer(strings.NewReader(fragment))
	var out strings.Builder
	silent := ""
	for out.Len() < maxDescribed {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return strings.Join(strings.Fields(out.String()), " ")
		case html.TextToken:
			if silent == "" {
				out.Write(tokens.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			switch tag := string(name); {
			case (tag == "script" || tag == "style") && kind == html.StartTagToken:
				silent = tag
			case tag == silent:
				silent = ""
			}
			out.WriteByte(' ')
		case html.CommentToken, html.DoctypeToken:
		}
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(out.String()[:maxDescribed], "")), " ")
}

// Fold writes a text as searches compare it: in lower case and without accents.
func Fold(text string) string {
	var out strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		if !unicode.Is(unicode.Mn, r) {
			out.WriteRune(r)
		}
	}
	return out.String()
}
