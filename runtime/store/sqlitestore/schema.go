package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
)

const (
	// applicationID marks a file as one of ours ("Quoi").
	applicationID = 0x51756F69
	// format is the version of tables and keys. A file with a higher one is refused, a lower one would be converted here.
	format = 1
)

const createMeta = `CREATE TABLE store_index (
	collection TEXT NOT NULL,
	name TEXT NOT NULL, -- '' for the collection itself
	definition TEXT NOT NULL,
	ready INTEGER NOT NULL, -- 0 while older documents are being put into it
	PRIMARY KEY (collection, name)
) WITHOUT ROWID`

// catalog is what a file says about its collections. It is not changed after it was loaded.
type catalog struct {
	version int64 // of SQLite's schema
	tables  map[string]*table
}

// table is a collection in the file, with the statements that depend on its columns.
type table struct {
	name    string
	indexes []*tableIndex
	// columns are the indexes that are kept in columns, sides those in tables of their own.
	columns, sides []*tableIndex

	insert string
	// The statements whose names end in Body change a record whose keys stay as they are, and match no other. They come
	// first: setting a column to what it holds writes its index all the same.
	replaceBody, replace, incrementBody, increment string
}

type tableIndex struct {
	*rules.Index
	ready bool
}

// quote makes a name safe inside SQL. Names come from checked specs; this keeps their separators from meaning anything.
func quote(parts ...string) string {
	return `"` + strings.ReplaceAll(strings.Join(parts, ":"), `"`, `""`) + `"`
}

func tableName(collection string) string        { return quote("c", collection) }
func columnName(index string) string            { return quote("k", index) }
func indexName(collection, index string) string { return quote("i", collection, index) }
func sideName(collection, index string) string  { return quote("m", collection, index) }

func createTable(collection string) string {
	return "CREATE TABLE " + tableName(collection) + ` (
	id TEXT NOT NULL PRIMARY KEY,
	v INTEGER NOT NULL,
	body BLOB NOT NULL,
	once TEXT NOT NULL DEFAULT ''
)`
}

func addColumn(collection string, index *rules.Index) string {
	return "ALTER TABLE " + tableName(collection) + " ADD COLUMN " + columnName(index.Name) + " BLOB"
}

func createSide(collection string, index *rules.Index) string {
	return "CREATE TABLE " + sideName(collection, index.Name) + " (key BLOB NOT NULL, id TEXT NOT NULL, PRIMARY KEY (key, id)) WITHOUT ROWID"
}

// createIndex returns the statements that complete an index, none where its table is enough.
//
// An index over unique keys is one over the key alone: no two documents have the same key, so the id orders nothing.
func createIndex(collection string, index *rules.Index) []string {
	on := tableName(collection)
	key := columnName(index.Name)
	if index.Multi {
		if !index.Unique {
			return nil
		}
		return []string{"CREATE UNIQUE INDEX IF NOT EXISTS " + indexName(collection, index.Name) + " ON " + sideName(collection, index.Name) + " (key)"}
	}
	if index.Unique {
		return []string{"CREATE UNIQUE INDEX IF NOT EXISTS " + indexName(collection, index.Name) + " ON " + on + " (" + key + ") WHERE " + key + " IS NOT NULL"}
	}
	return []string{"CREATE INDEX IF NOT EXISTS " + indexName(collection, index.Name) + " ON " + on + " (" + key + ", id) WHERE " + key + " IS NOT NULL"}
}

// loadCatalog reads what the file says about its collections.
func loadCatalog(ctx context.Context, conn *sql.Conn) (*catalog, error) {
	var version int64
	if err := conn.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil {
		return nil, err
	}
	rows, err := conn.QueryContext(ctx, "SELECT collection, name, definition, ready FROM store_index ORDER BY collection, name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	c := &catalog{version: version, tables: map[string]*table{}}
	for rows.Next() {
		var collection, name, definition string
		var ready bool
		if err := rows.Scan(&collection, &name, &definition, &ready); err != nil {
			return nil, err
		}
		t := c.tables[collection]
		if t == nil {
			t = &table{name: collection}
			c.tables[collection] = t
		}
		if name == "" {
			continue
		}
		index := &rules.Index{}
		if err := json.Unmarshal([]byte(definition), index); err != nil {
			return nil, fmt.Errorf("%w: definition of index %s of %s: %w", ErrDamaged, name, collection, err)
		}
		t.indexes = append(t.indexes, &tableIndex{Index: index, ready: ready})
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, t := range c.tables {
		t.prepare()
	}
	return c, nil
}

// prepare sorts the indexes out and writes the statements.
func (t *table) prepare() {
	names, marks, sets, same := "", "", "", ""
	for _, index := range t.indexes {
		if index.Multi {
			t.sides = append(t.sides, index)
			continue
		}
		t.columns = append(t.columns, index)
		name, parameter := columnName(index.Name), fmt.Sprintf("?%d", 3+len(t.columns))
		names += ", " + name
		marks += ", ?"
		sets += ", " + name + " = " + parameter
		same += " AND +" + name + " IS " + parameter // the plus keeps SQLite from searching by it
	}
	on := tableName(t.name)
	t.insert = "INSERT INTO " + on + " (id, v, body" + names + ") VALUES (?, 1, ?" + marks + ") ON CONFLICT (id) DO NOTHING"
	t.replaceBody = "UPDATE " + on + " SET v = v + 1, body = ?1 WHERE id = ?2 AND v = ?3" + same
	t.replace = "UPDATE " + on + " SET v = v + 1, body = ?1" + sets + " WHERE id = ?2 AND v = ?3"
	t.incrementBody = "UPDATE " + on + " SET v = v + 1, body = ?1, once = ?3 WHERE id = ?2" + same
	t.increment = "UPDATE " + on + " SET v = v + 1, body = ?1, once = ?3" + sets + " WHERE id = ?2"
}

func (t *table) index(name string) (*tableIndex, bool) {
	for _, index := range t.indexes {
		if index.Name == name {
			return index, true
		}
	}
	return nil, false
}
