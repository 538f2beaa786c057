package site

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/search"
)

// What blocks put into the search by themselves (the effect index) changes at any moment, in any process. So it has an index
// beside that of the published course, which is made anew for who searches when it is older than fresh.
const (
	fresh = 2 * time.Second
	// mostRuns bounds the runs whose texts are kept.
	mostRuns = 20
)

// blockTexts are the indexes of runs' texts. Safe for concurrent use.
type blockTexts struct {
	flight singleflight.Group

	mu   sync.Mutex
	runs map[string]*runTexts
}

type runTexts struct {
	texts []kernel.Indexed
	index *search.Index
	made  time.Time
}

// BlockText is a text of a block that fits a question.
type BlockText struct {
	Block *course.Block
	// Path is the block's page on which the text stands, as notices name it.
	Path        string
	Title, Text []search.Part
}

// FindTexts looks for words in what blocks put into a run's search, as far as the person may find the blocks and is meant.
func (s *Site) FindTexts(ctx context.Context, person *access.Person, published *course.Published, words []string, limit int) ([]BlockText, error) {
	run, err := s.textsOf(ctx, published.Key.String())
	if err != nil || len(words) == 0 || run.index.Len() == 0 {
		return nil, err
	}
	seen := map[string]*course.Block{}
	findable := s.Findable(person, published)
	var failed error
	block := func(usage string) *course.Block {
		if found, known := seen[usage]; known {
			return found
		}
		seen[usage] = nil
		parsed, err := key.ParseUsage(usage)
		if err != nil {
			return nil
		}
		found, err := s.Kernel.Find(ctx, published, parsed)
		switch {
		case isGone(err):
			return nil
		case err != nil:
			failed = err
			return nil
		}
		if findable(found) {
			seen[usage] = found
		}
		return seen[usage]
	}
	found := run.index.FindEntries(words, func(entry int) bool {
		text := &run.texts[entry]
		return kernel.Meant(text.To, person) && block(text.Usage) != nil
	}, 0, limit)
	var texts []BlockText
	for _, hit := range found.Hits {
		text := &run.texts[hit.Entry]
		texts = append(texts, BlockText{block(text.Usage), text.Path, hit.Title, hit.Text})
	}
	return texts, failed
}

func (s *Site) textsOf(ctx context.Context, run string) (*runTexts, error) {
	t := &s.texts
	t.mu.Lock()
	known := t.runs[run]
	t.mu.Unlock()
	if known != nil && s.config.Now().Sub(known.made) < fresh {
		return known, nil
	}
	made, err, _ := t.flight.Do(run, func() (any, error) {
		at := s.config.Now()
		texts, err := s.Kernel.Indexed(context.WithoutCancel(ctx), run)
		if err != nil {
			return nil, err
		}
		entries := make([]search.Entry, len(texts))
		for i := range texts {
			entries[i] = search.Entry{Title: texts[i].Title, Text: texts[i].Text}
		}
		return t.keep(run, &runTexts{texts, search.Build(entries), at}), nil
	})
	if err != nil {
		return nil, err
	}
	texts, _ := made.(*runTexts)
	return texts, nil
}

// keep remembers a run's texts, and forgets those that were made the longest ago.
func (t *blockTexts) keep(run string, made *runTexts) *runTexts {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.runs == nil {
		t.runs = map[string]*runTexts{}
	}
	t.runs[run] = made
	for len(t.runs) > mostRuns {
		oldest := run
		for name, texts := range t.runs {
			if texts.made.Before(t.runs[oldest].made) {
				oldest = name
			}
		}
		delete(t.runs, oldest)
	}
	return made
}
