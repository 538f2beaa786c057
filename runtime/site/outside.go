package site

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/asking"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/search"
	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// openAsking opens what blocks ask outside of the site's own data with: secrets, outside requests.
func (s *Site) openAsking(secret []byte) (err error) {
	if s.Secrets, err = secrets.New(s.Store, secret, s.config.Now); err != nil {
		return err
	}
	s.Asking = asking.NewHTTP(asking.HTTPConfig{
		Store: s.Store, Secrets: s.Secrets, Limiter: s.config.Limiter, Now: s.config.Now, Private: s.config.PrivateHosts,
	})
	return nil
}

// typedKey gives what an author typed into a key field of the calling block.
func (s *Site) typedKey(ctx context.Context, call *services.Call, field string) (value []byte, found bool, err error) {
	declared := slices.ContainsFunc(call.Description.Fields, func(f wire.Field) bool { return f.Name == field && f.Type == wire.TypeKey })
	if !declared || call.Block == nil {
		return nil, false, nil
	}
	revision, err := s.Courses.Revision(ctx, call.Block.Hash)
	if err != nil {
		return nil, false, err
	}
	var text string
	if json.Unmarshal([]byte(revision.Fields[field]), &text) != nil || text == "" {
		return nil, false, nil //nolint:nilerr // the course team typed no key in
	}
	return []byte(text), true, nil
}

// mostHits bounds one answer of the search service.
const mostHits = 50

// find answers the search service: what the caller may see of the run now, as on the search page.
func (s *Site) find(ctx context.Context, call *services.Call, method string, m wire.Message) (any, error) {
	var query wire.SearchQuery
	if method != "query" {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "service search has no method %q", method)
	}
	if err := m.Body(&query); err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	if call.Person == nil || call.Published == nil || call.Published.Key.IsZero() {
		return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "search needs somebody to see what is found, in a course")
	}
	if len(query.Text) > 4*search.MaxQuery {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "a question has at most %d characters", search.MaxQuery)
	}
	if query.Limit <= 0 || query.Limit > mostHits {
		query.Limit = mostHits
	}
	index, err := s.SearchIndex(ctx, call.Published)
	if err != nil {
		return nil, err
	}
	words := search.Words(query.Text)
	found := index.Find(words, s.Findable(call.Person, call.Published), 0, query.Limit)
	reply := wire.SearchFound{}
	for _, hit := range found.Hits {
		reply.Hits = append(reply.Hits, wire.SearchHit{
			Usage: hit.Block.Usage.String(), ID: hit.Block.Usage.ID, Title: whole(hit.Title), Excerpt: whole(hit.Text),
		})
	}
	texts, err := s.FindTexts(ctx, call.Person, call.Published, words, query.Limit-len(reply.Hits))
	for i := range texts {
		reply.Hits = append(reply.Hits, wire.SearchHit{
			Usage: texts[i].Block.Usage.String(), ID: texts[i].Block.Usage.ID, Path: texts[i].Path, Title: whole(texts[i].Title), Excerpt: whole(texts[i].Text),
		})
	}
	return reply, err
}

// isGone reports whether a block is not there any more, or an app switched off.
func isGone(err error) bool { return errors.Is(err, course.ErrNotFound) }

// Findable says of a block whether a person may find it in a search: when he may see it now, everything that it stands in is
// listed, and no block above it chooses what each learner has.
func (s *Site) Findable(person *access.Person, published *course.Published) func(*course.Block) bool {
	now := person.Now(s.config.Now())
	return func(block *course.Block) bool {
		for above := block; above != nil; above = above.Parent {
			if above.Unit == nil && above.Parent != nil && !access.Listing(person, published, above, now).Allowed {
				return false
			}
		}
		return !chosen(block) && access.Content(person, published, block, now).Allowed
	}
}

func whole(parts []search.Part) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(part.Text)
	}
	return b.String()
}
