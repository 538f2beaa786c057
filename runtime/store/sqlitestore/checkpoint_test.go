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
	s := declared(t, Config{})
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Find(t.Context(), "things", store.Query{Index: "owner", Limit: 1}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	const each, writes = 200_000, 800 // 160 MB
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
	// Twice the length at which writers are held up, for what was written until the checkpointer had its turn.
	if limit := int64(4 * restartPages * 4096); info.Size() > limit {
		t.Errorf("the log has %d MB, want at most %d", info.Size()>>20, limit>>20)
	}
}

// TestLogAfterLongRead: a long read keeps the log from starting again, and does not keep writers from writing; afterwards
// the log is cut.
func TestLogAfterLongRead(t *testing.T) {
	s := declared(t, Config{})
	conn, err := s.upkeep.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"BEGIN", "SELECT count(*) FROM store_index"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	fields := bson.D{{Key: "b", Value: make([]byte, 1_000_000)}}
	for i := range 40 {
		if err := s.Insert(t.Context(), "things", record(t, fmt.Sprint(i), fields)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.checkpoints.run(t.Context()); err != nil {
		t.Error(err)
	}
	if pages := logPagesOf(t, s); pages < 40*1_000_000/4096 {
		t.Errorf("the log has %d pages although a read needs it", pages)
	}
	if _, err := conn.ExecContext(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s.checkpoints.hold = restartPages
	if err := s.checkpoints.run(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Insert(t.Context(), "things", record(t, "after", bson.D{})); err != nil {
		t.Fatal(err)
	}
	if pages := logPagesOf(t, s); pages > logPages {
		t.Errorf("the log has %d pages after the read", pages)
	}
	if info, err := os.Stat(s.path + "-wal"); err != nil || info.Size() > 40<<20 {
		t.Errorf("the log's file was not cut: %v, %v", info.Size(), err)
	}
}
