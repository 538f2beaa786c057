package mongostore

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Find implements store.Store.
func (s *Store) Find(ctx context.Context, collection string, query store.Query) (store.Page, error) {
	page, err := s.find(ctx, collection, query)
	if err != nil {
		return store.Page{}, rules.Failed("finding in", collection, "", err)
	}
	return page, nil
}

func (s *Store) find(ctx context.Context, collection string, query store.Query) (page store.Page, err error) {
	declared, c, err := s.enter(ctx, collection)
	if err != nil {
		return page, err
	}
	defer s.gate.Leave()
	stretch, err := declared.Stretch(query)
	if err != nil || stretch.Empty {
		return page, err
	}
	p := pageReader{stretch: stretch}
	for _, r := range ranges(stretch) {
		if err := p.read(ctx, c, r); err != nil {
			return store.Page{}, err
		}
		if p.more {
			break
		}
	}
	return p.page()
}

// pageReader collects a page from one range after the other.
type pageReader struct {
	stretch *rules.Stretch
	records []store.Record
	bytes   int
	// more says that the page is full and another document was there.
	more bool
}

func (p *pageReader) read(ctx context.Context, c *mongo.Collection, r indexRange) error {
	// One more than asked for tells whether there is a next page.
	o := options.Find().SetProjection(wholeRecord).SetLimit(int64(p.stretch.Limit - len(p.records) + 1))
	if len(r.sort) > 0 { // unique values, all of them given, have no order
		o.SetSort(r.sort)
	}
	if p.stretch.Index != nil {
		o.SetHint(p.stretch.Index.Name)
	}
	cursor, err := c.Find(ctx, r.filter, o)
	if err != nil {
		return unread(ctx, err)
	}
	return eachDocument(ctx, cursor, func(d document) bool {
		if len(p.records) == p.stretch.Limit || p.bytes >= store.MaxPageBytes {
			p.more = true
			return false
		}
		p.records = append(p.records, d.record())
		p.bytes += len(d.Body)
		return true
	})
}

func (p *pageReader) page() (store.Page, error) {
	page := store.Page{Records: p.records}
	if !p.more {
		return page, nil
	}
	last := p.records[len(p.records)-1]
	key, err := p.stretch.KeyOf(last.Body)
	if err != nil {
		return store.Page{}, fmt.Errorf("%w: document %.80q does not fit its index: %w", store.ErrUnavailable, last.ID, err)
	}
	page.Next = p.stretch.Cursor(key, last.ID)
	return page, nil
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, collection string, query store.Query, limit int) (int, error) {
	n, err := s.count(ctx, collection, query, limit)
	if err != nil {
		return 0, rules.Failed("counting in", collection, "", err)
	}
	return n, nil
}

func (s *Store) count(ctx context.Context, collection string, query store.Query, limit int) (int, error) {
	declared, c, err := s.enter(ctx, collection)
	if err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := rules.CheckCount(query, limit); err != nil {
		return 0, err
	}
	query.Limit, query.Reverse = 0, false
	stretch, err := declared.Stretch(query)
	if err != nil || stretch.Empty {
		return 0, err
	}
	o := options.Count().SetLimit(int64(limit))
	if stretch.Index != nil {
		o.SetHint(stretch.Index.Name)
	}
	n, err := c.CountDocuments(ctx, ranges(stretch)[0].filter, o)
	return int(n), unread(ctx, err)
}
