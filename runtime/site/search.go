package site

import (
	"context"
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/search"
)

// searchMemory bounds the search indexes in memory, in bytes: about seven courses of 5 000 blocks (see runtime/RATIONALE.md).
const searchMemory = 128 << 20

// maxTranscripts is how many transcripts of one block the search reads.
const maxTranscripts = 20

// searchEntries gives what there is to find in a course, in its order. What stands below a block that chooses for each
// learner is left out: nobody may find questions that he did not draw.
func (s *Site) searchEntries(ctx context.Context, published *course.Published) ([]search.Entry, error) {
	var entries []search.Entry
	for _, section := range published.Root.Children {
		entries = append(entries, search.Entry{Block: section, Title: section.Title()})
		for _, sub := range section.Children {
			below, err := s.searchSubsection(ctx, sub.Subsection)
			if err != nil {
				return nil, err
			}
			entries = append(entries, below...)
		}
	}
	return entries, nil
}

func (s *Site) searchSubsection(ctx context.Context, sub *course.Subsection) ([]search.Entry, error) {
	loaded, err := sub.Load(ctx)
	if err != nil {
		return nil, err
	}
	words, err := sub.Texts(ctx)
	if err != nil {
		return nil, err
	}
	entries := []search.Entry{{Block: sub.Block, Title: sub.Title()}}
	for _, unit := range loaded.Units {
		for block := range unit.Walk() {
			if chosen(block) {
				continue
			}
			text := words[block]
			if len(block.Facts.Transcripts) > 0 {
				said, err := s.transcripts(ctx, block)
				if err != nil {
					return nil, err
				}
				text = strings.TrimSpace(text + said)
			}
			if title := block.Title(); title != "" || text != "" {
				entries = append(entries, search.Entry{Block: block, Title: title, Text: text})
			}
		}
	}
	return entries, nil
}

// chosen reports whether a block stands below one that chooses what each learner has.
func chosen(block *course.Block) bool {
	for above := block.Parent; above != nil; above = above.Parent {
		if above.Facts.Chooses {
			return true
		}
	}
	return false
}

// transcripts reads what is said in a block. A file that is gone or too large has no words, and neither has one that not
// everybody may read who may see the block.
func (s *Site) transcripts(ctx context.Context, block *course.Block) (string, error) {
	text := ""
	for _, name := range block.Facts.Transcripts[:min(maxTranscripts, len(block.Facts.Transcripts))] {
		asset, err := s.Courses.Asset(ctx, block.Usage.Course, name)
		if errors.Is(err, course.ErrNotFound) || err == nil && (asset.Locked || asset.Size > search.MaxTranscript) {
			continue
		}
		if err != nil {
			return "", err
		}
		data, err := s.Files.Read(ctx, asset.Hash, search.MaxTranscript)
		if errors.Is(err, files.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		if said := search.Captions(name, data); said != "" {
			text += " " + said
		}
	}
	return text, nil
}

// SearchIndex gives the index of a published course.
func (s *Site) SearchIndex(ctx context.Context, published *course.Published) (*search.Index, error) {
	return s.search.Index(ctx, published)
}
