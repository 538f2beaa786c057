package store

import (
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// JSON gives a record's body as relaxed extended JSON, for exports that people read.
func JSON(record Record) ([]byte, error) {
	text, err := bson.MarshalExtJSON(bson.Raw(record.Body), false, false)
	if err != nil {
		return nil, fmt.Errorf("writing %q as JSON: %w", record.ID, err)
	}
	return text, nil
}
