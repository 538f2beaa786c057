package sqlitestore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/quoin-lms/quoin/runtime/store"
)

// What was deleted or written over is not in the file any more: erasing a person would leave him on the disk else, and in every
// copy of it.
func TestDeletedIsOverwritten(t *testing.T) {
	s := declared(t, Config{})
	fields := func(text string) bson.D {
		return bson.D{{Key: "owner", Value: text}, {Key: "n", Value: 1}, {Key: "b", Value: strings.Repeat(text+" ", 1000)}} // over several pages
	}
	for i := range 40 {
		id := fmt.Sprintf("canary-%d", i)
		if err := s.Insert(t.Context(), "things", record(t, id, fields("canarybird"))); err != nil {
			t.Fatal(err)
		}
		if err := s.Insert(t.Context(), "things", record(t, fmt.Sprintf("small-%d", i), bson.D{{Key: "owner", Value: "canarybird"}, {Key: "n", Value: 1}})); err != nil {
			t.Fatal(err)
		}
	}
	// The file holds it now, as the log does: else nothing is shown here.
	if _, _, err := s.checkpoints.checkpoint(t.Context(), "TRUNCATE"); err != nil {
		t.Fatal(err)
	}
	if n := holds(t, s.path, "canarybird"); n < 40 {
		t.Fatalf("the file holds it %d times", n)
	}
	page, err := s.Find(t.Context(), "things", store.Query{Index: "owner", Equal: []any{"canarybird"}, Limit: 1000})
	if err != nil || len(page.Records) != 80 {
		t.Fatal(len(page.Records), err)
	}
	for i, r := range page.Records {
		if i%2 == 0 {
			err = s.Delete(t.Context(), "things", r.ID, 0)
		} else {
			changed := record(t, r.ID, fields("somebody"))
			changed.Version = r.Version
			err = s.Replace(t.Context(), "things", changed)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(s.path), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if n := holds(t, file, "canarybird"); n > 0 {
			t.Errorf("%s still holds it %d times", filepath.Base(file), n)
		}
	}
}

func holds(t *testing.T, file, text string) int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(data, []byte(text))
}
