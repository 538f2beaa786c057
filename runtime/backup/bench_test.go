package backup_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/backup"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
)

// BenchmarkCreate backs up a site with so many documents of learners' state.
func BenchmarkCreate(b *testing.B) {
	for _, count := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("documents=%d", count), func(b *testing.B) {
			s, err := site.Open(b.Context(), site.Config{Data: filepath.Join(b.TempDir(), "data")})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close(context.Background())
			states := store.Of[state.Learner](s.Store, state.LearnerSpec())
			const batch = 5000
			for from := 0; from < count; from += batch {
				docs := make([]store.Doc[state.Learner], batch)
				for i := range docs {
					learner, usage := strconv.Itoa((from+i)/100), "block-v1:Org+Number+Run+type@problem+block@"+strconv.Itoa(i%100)
					docs[i] = store.Doc[state.Learner]{ID: state.LearnerID(learner, usage), Body: state.Learner{
						Learner: learner, Run: "course-v1:Org+Number+Run", Usage: usage, Sequence: 1,
						Fields: store.Map[string]{"answers": fmt.Sprintf(`{"input_2_1":"%d %s"}`, from+i, strings.Repeat("x", 100))},
					}}
				}
				if _, err := states.InsertMany(b.Context(), docs); err != nil {
					b.Fatal(err)
				}
			}
			for i := 0; b.Loop(); i++ {
				if _, err := backup.Create(b.Context(), source(s), filepath.Join(b.TempDir(), strconv.Itoa(i))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
