package sqlitestore

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// TestLogStaysShort writes far more than the log may hold, while others read all the time, so that there is never a
// moment without a reader.
func TestLogStaysShort(t *testing.T) {
	const limit = 256 // pages, 1 MB
	s := declared(t, Config{restartPages: limit})
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Find(t.Context(), "things", store.Query{Index: "owner", Limit: 1}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	const each, writes = 20_000, 800 // 16 MB
	fields := bson.D{{Key: "owner", Value: "o"}, {Key: "n", Value: 1}, {Key: "b", Value: make([]byte, each)}}
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range writes / 4 {
				if err := s.Insert(t.Context(), "things", record(t, fmt.Sprintf("%d-%d", w, i%50), fields)); err != nil {
					if err := s.Delete(t.Context(), "things", fmt.Sprintf("%d-%d", w, i%50), 0); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	// More than the limit, for what was written until the checkpointer had its turn.
	if most := int64(6 * limit * pageSize); info.Size() > most {
		t.Errorf("the log has %d KB, want at most %d", info.Size()>>10, most>>10)
	}
}

// TestLogAfterLongRead: a long read keeps the log from starting again, and does not keep writers from writing; afterwards
// the log starts from its beginning.
func TestLogAfterLongRead(t *testing.T) {
	const limit = 256
	s := declared(t, Config{restartPages: limit})
	conn, err := s.upkeep.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"BEGIN", "SELECT count(*) FROM store_index"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	fields := bson.D{{Key: "b", Value: make([]byte, 100_000)}}
	for i := range 40 {
		if err := s.Insert(t.Context(), "things", record(t, fmt.Sprint(i), fields)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.checkpoints.run(t.Context()); err != nil {
		t.Error(err)
	}
	if pages := logPagesOf(t, s); pages < 40*100_000/pageSize {
		t.Errorf("the log has %d pages although a read needs it", pages)
	}
	if _, err := conn.ExecContext(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s.checkpoints.running.Lock()
	s.checkpoints.hold = limit
	s.checkpoints.running.Unlock()
	if err := s.checkpoints.run(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Insert(t.Context(), "things", record(t, "after", bson.D{})); err != nil {
		t.Fatal(err)
	}
	if pages := logPagesOf(t, s); pages > limit/4 {
		t.Errorf("the log has %d pages after the read", pages)
	}
}
