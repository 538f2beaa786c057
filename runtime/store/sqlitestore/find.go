package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
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
	c, err := s.enter(collection)
	if err != nil {
		return page, err
	}
	defer s.gate.Leave()
	stretch, err := c.Stretch(query)
	if err != nil || stretch.Empty {
		return page, err
	}
	text, args := sourceOf(collection, stretch).query(stretch)
	err = s.read(ctx, text, func(stmt *sql.Stmt) error {
		page, err = readPage(ctx, stmt, args, stretch)
		return err
	})
	return page, err
}

func readPage(ctx context.Context, stmt *sql.Stmt, args []any, stretch *rules.Stretch) (page store.Page, err error) {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return page, err
	}
	defer rows.Close()
	var lastKey []byte
	bytes := 0
	for rows.Next() {
		if n := len(page.Records); n == stretch.Limit || bytes >= store.MaxPageBytes {
			page.Next = stretch.Cursor(lastKey, page.Records[n-1].ID)
			break
		}
		var record store.Record
		if err := rows.Scan(&record.ID, &record.Version, &record.Body, &lastKey); err != nil {
			return store.Page{}, err
		}
		bytes += len(record.Body)
		page.Records = append(page.Records, record)
	}
	if err := rows.Err(); err != nil {
		return store.Page{}, err
	}
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

func (s *Store) count(ctx context.Context, collection string, query store.Query, limit int) (n int, err error) {
	c, err := s.enter(collection)
	if err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := rules.CheckCount(query, limit); err != nil {
		return 0, err
	}
	query.Limit, query.Reverse = 0, false
	stretch, err := c.Stretch(query)
	if err != nil || stretch.Empty {
		return 0, err
	}
	text, args := sourceOf(collection, stretch).counting(stretch, limit)
	err = s.read(ctx, text, func(stmt *sql.Stmt) error { return stmt.QueryRowContext(ctx, args...).Scan(&n) })
	return n, err
}

// source is where the documents of a stretch come from. Every source is named with its index (INDEXED BY, or a table that
// is its own index), so that SQLite refuses a query rather than scan.
type source struct {
	columns       string // id, version, body, key
	from, counted string
	key           string // "" in the walk by id
	id            string // "" where the key alone orders
}

func sourceOf(collection string, stretch *rules.Stretch) source {
	table := tableName(collection)
	index := stretch.Index
	switch {
	case index == nil:
		return source{columns: "id, v, body, NULL", from: table, counted: table, id: "id"}
	case index.Multi:
		side := sideName(collection, index.Name)
		return source{
			columns: "t.id, t.v, t.body, m.key",
			from:    side + " AS m CROSS JOIN " + table + " AS t ON t.id = m.id", counted: side + " AS m",
			key: "m.key", id: "m.id",
		}
	}
	key := columnName(index.Name)
	from := table + " INDEXED BY " + indexName(collection, index.Name)
	if index.Unique {
		return source{columns: "id, v, body, " + key, from: from, counted: from, key: key}
	}
	return source{columns: "id, v, body, " + key, from: from, counted: from, key: key, id: "id"}
}

// query reads a page. It asks for one more than that, to tell whether there is a next page.
func (s source) query(stretch *rules.Stretch) (text string, args []any) {
	where, args := s.condition(stretch)
	text = "SELECT " + s.columns + " FROM " + s.from + " WHERE " + where + " ORDER BY " + s.order(stretch.Reverse) + " LIMIT ?"
	return text, append(args, stretch.Limit+1)
}

func (s source) counting(stretch *rules.Stretch, limit int) (text string, args []any) {
	where, args := s.condition(stretch)
	return "SELECT count(*) FROM (SELECT 1 FROM " + s.counted + " WHERE " + where + " LIMIT ?)", append(args, limit)
}

// condition selects the stretch, from its cursor on.
func (s source) condition(stretch *rules.Stretch) (where string, args []any) {
	if s.key == "" {
		return s.idCondition(stretch)
	}
	low, high := s.key+" >= ?", s.key+" < ?"
	lowArgs, highArgs := []any{stretch.Low}, []any{stretch.High}
	if after := stretch.After; after != nil {
		place, placeArgs := "("+s.key+", "+s.id+") %s (?, ?)", []any{after.Key, after.ID}
		if s.id == "" {
			place, placeArgs = s.key+" %s ?", placeArgs[:1]
		}
		if stretch.Reverse {
			high, highArgs = fmt.Sprintf(place, "<"), placeArgs
		} else {
			low, lowArgs = fmt.Sprintf(place, ">"), placeArgs
		}
	}
	return low + " AND " + high, append(lowArgs, highArgs...)
}

func (s source) idCondition(stretch *rules.Stretch) (where string, args []any) {
	low, lowID := "id >= ?", string(stretch.Low)
	high, highID := "id < ?", string(stretch.High)
	open := stretch.High == nil
	if after := stretch.After; after != nil {
		if stretch.Reverse {
			highID, open = after.ID, false
		} else {
			low, lowID = "id > ?", after.ID
		}
	}
	if open {
		return low, []any{lowID}
	}
	return low + " AND " + high, []any{lowID, highID}
}

func (s source) order(reverse bool) string {
	direction := ""
	if reverse {
		direction = " DESC"
	}
	switch {
	case s.key == "":
		return s.id + direction
	case s.id == "":
		return s.key + direction
	}
	return s.key + direction + ", " + s.id + direction
}
