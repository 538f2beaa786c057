package rules

import (
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Failed wraps an error with the operation, the collection and the id (which may be "").
func Failed(operation, collection, id string, err error) error {
	if id == "" {
		return fmt.Errorf("%s %s: %w", operation, collection, err)
	}
	return fmt.Errorf("%s %s %.80q: %w", operation, collection, id, err)
}

// CheckRecord checks what is to be inserted.
func CheckRecord(record store.Record) error {
	if !ValidID(record.ID) {
		return fmt.Errorf("%w: an id is 1 to %d bytes of UTF-8", store.ErrInvalid, store.MaxID)
	}
	return CheckBody(record.Body)
}

// CheckReplacement checks what is to replace a stored record. An id that no document can have is not its business.
func CheckReplacement(record store.Record) error {
	if record.Version < 1 {
		return fmt.Errorf("%w: version %d, but stored versions start at 1", store.ErrInvalid, record.Version)
	}
	return CheckBody(record.Body)
}

// CheckDelete checks the version of a deletion.
func CheckDelete(version int64) error {
	if version < 0 {
		return fmt.Errorf("%w: version %d is below 0", store.ErrInvalid, version)
	}
	return nil
}

// CheckCount checks what is to be counted.
func CheckCount(query store.Query, limit int) error {
	if limit < 1 {
		return fmt.Errorf("%w: a count's limit of %d is under 1", store.ErrInvalid, limit)
	}
	if query.After != "" {
		return fmt.Errorf("%w: a count takes no cursor", store.ErrInvalid)
	}
	return nil
}

// DistinctIDs returns each possible id once, in the order of ids.
func DistinctIDs(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	distinct := make([]string, 0, len(ids))
	for _, id := range ids {
		if !seen[id] && ValidID(id) {
			seen[id] = true
			distinct = append(distinct, id)
		}
	}
	return distinct
}
