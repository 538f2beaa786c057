package sqlitestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// bg is the context of children, which have no test.
var bg = context.Background()

func child(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, args...)
	command.Env = append(os.Environ(), childRole+"="+role)
	command.Stderr = os.Stderr
	return command
}

// TestProcesses lets several processes increment, compare-and-swap and insert in one file.
func TestProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := declared(t, dir)
	insert(t, s, "sum", bson.D{{Key: "n", Value: 0}})
	insert(t, s, "swaps", bson.D{{Key: "n", Value: 0}})
	insert(t, s, "seats", bson.D{{Key: "n", Value: processRounds}})
	const processes = 3
	var running []*exec.Cmd
	for i := range processes {
		c := child(t, "hammer", dir, strconv.Itoa(i))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, c)
	}
	for _, c := range running {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	for id, want := range map[string]int64{"sum": processes * processRounds, "swaps": processes * processRounds, "seats": 0} {
		value, err := s.Increment(t.Context(), "things", id, store.Increment{Path: "n", By: 0})
		if err != nil || value != want {
			t.Errorf("%s: %d, %v; want %d", id, value, err, want)
		}
	}
	if n := count(t, s, store.Query{Index: "slug"}); n != processRounds {
		t.Errorf("%d unique values, want %d", n, processRounds)
	}
}

const processRounds = 60

// hammerOnce is the child of TestProcesses.
func hammerOnce(args []string) (err error) {
	s, err := sqlitestore.Open(bg, sqlitestore.Config{Dir: args[0]})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Ensure(bg, spec); err != nil {
		return err
	}
	swaps := store.Of[struct {
		N int64 `bson:"n"`
	}](s, spec)
	zero := int64(0)
	for i := range processRounds {
		if _, err := s.Increment(bg, "things", "sum", store.Increment{Path: "n", By: 1}); err != nil {
			return err
		}
		if _, err := swaps.Update(bg, "swaps", func(v *struct {
			N int64 `bson:"n"`
		},
		) (bool, error) {
			v.N++
			return true, nil
		}); err != nil {
			return err
		}
		if _, err := s.Increment(bg, "things", "seats", store.Increment{Path: "n", By: -1, Min: &zero}); err != nil && !errors.Is(err, store.ErrBounds) {
			return err
		}
		body, err := bson.Marshal(bson.D{{Key: "slug", Value: i}})
		if err != nil {
			return err
		}
		err = s.Insert(bg, "things", store.Record{ID: fmt.Sprint(args[1], "-", i), Body: body})
		if err != nil && !errors.Is(err, store.ErrTaken) {
			return err
		}
	}
	return nil
}

// TestKill kills writing processes again and again: what they had acknowledged is there, and the indexes agree with the
// documents.
func TestKill(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	dir := filepath.Join(t.TempDir(), "data")
	s := declared(t, dir)
	insert(t, s, "sum", bson.D{{Key: "n", Value: 0}})
	random := rand.New(rand.NewPCG(7, 7))
	acknowledged := map[string]int64{}
	additions, lines := int64(0), 0
	for round := range rounds {
		// Two at a time; this process has the file open too, in every second round.
		// Where it has not, the killed ones are the last, and whoever opens the file next must mend it.
		alone := round%2 == 0
		if alone {
			closeStore(t, s)
		}
		writers := []*writer{startWriter(t, dir, fmt.Sprintf("%02d-a", round)), startWriter(t, dir, fmt.Sprintf("%02d-b", round))}
		for _, w := range writers {
			w.readLines(t, 1+random.IntN(80))
			if err := w.command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			w.rest(t)
			for id, version := range w.versions {
				acknowledged[id] = version
			}
			additions += w.additions
			lines += w.lines
		}
		if alone {
			s = declared(t, dir)
		}
		checkAcknowledged(t, s, acknowledged, additions, int64(2*(round+1)))
	}
	checkIndexes(t, s)
	if err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "copy")); err != nil { // checks the file's structure
		t.Error(err)
	}
	t.Logf("%d writes were acknowledged in %d rounds", lines, rounds)
}

// writer is a child that writes and says so.
type writer struct {
	command *exec.Cmd
	output  *bufio.Reader
	// versions are the acknowledged versions of documents; additions counts acknowledged increments.
	versions  map[string]int64
	additions int64
	lines     int
}

func startWriter(t *testing.T, dir, name string) *writer {
	t.Helper()
	w := &writer{command: child(t, "write", dir, name), versions: map[string]int64{}}
	pipe, err := w.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.command.Start(); err != nil {
		t.Fatal(err)
	}
	w.output = bufio.NewReader(pipe)
	return w
}

func (w *writer) readLines(t *testing.T, n int) {
	t.Helper()
	for range n {
		line, err := w.output.ReadString('\n')
		if err != nil {
			t.Fatalf("the writer ended by itself: %v", err)
		}
		w.take(t, line)
	}
}

// rest reads what a killed writer had still said. A line without its end was not said.
func (w *writer) rest(t *testing.T) {
	t.Helper()
	for {
		line, err := w.output.ReadString('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
		w.take(t, line)
	}
	_ = w.command.Wait() // it was killed
}

func (w *writer) take(t *testing.T, line string) {
	t.Helper()
	w.lines++
	id, version, _ := strings.Cut(strings.TrimSpace(line), " ")
	if id == "sum" {
		w.additions++
		return
	}
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		t.Fatalf("line %q: %v", line, err)
	}
	w.versions[id] = n
}

// writeForever is the child of TestKill.
func writeForever(args []string) error {
	s, err := sqlitestore.Open(bg, sqlitestore.Config{Dir: args[0]})
	if err != nil {
		return err
	}
	if err := s.Ensure(bg, spec); err != nil {
		return err
	}
	body := func(n int, id string) []byte {
		data, err := bson.Marshal(bson.D{
			{Key: "owner", Value: args[1]},
			{Key: "n", Value: n},
			{Key: "slug", Value: id + strconv.Itoa(n)},
			{Key: "tags", Value: bson.A{args[1], "tag-" + strconv.Itoa(n%5), "always"}},
			{Key: "learners", Value: "learner-" + strconv.Itoa(n%3)},
			{Key: "text", Value: strings.Repeat("x", n%2000)},
		})
		if err != nil {
			panic(err)
		}
		return data
	}
	failed := make(chan error)
	// Several at a time, so that a commit has several writes.
	for g := range 4 {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%s-%d-%d", args[1], g, n)
				if err := s.Insert(bg, "things", store.Record{ID: id, Body: body(n, id)}); err != nil {
					failed <- err
					return
				}
				fmt.Println(id, 1)
				if err := s.Replace(bg, "things", store.Record{ID: id, Version: 1, Body: body(n+1, id)}); err != nil {
					failed <- err
					return
				}
				fmt.Println(id, 2)
				if _, err := s.Increment(bg, "things", "sum", store.Increment{Path: "n", By: 1}); err != nil {
					failed <- err
					return
				}
				fmt.Println("sum")
			}
		}()
	}
	return <-failed
}

// checkAcknowledged compares the store with what was acknowledged. Each killed writer may have done one more thing per
// goroutine than it could say.
func checkAcknowledged(t *testing.T, s *sqlitestore.Store, versions map[string]int64, additions, writers int64) {
	t.Helper()
	ids := make([]string, 0, len(versions))
	for id := range versions {
		ids = append(ids, id)
	}
	records, err := s.GetMany(t.Context(), "things", ids)
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != len(ids) {
		t.Errorf("%d of %d acknowledged documents are there", len(records), len(ids))
	}
	for _, r := range records {
		if r.Version < versions[r.ID] {
			t.Errorf("%s is at version %d, %d was acknowledged", r.ID, r.Version, versions[r.ID])
		}
	}
	sum, err := s.Increment(t.Context(), "things", "sum", store.Increment{Path: "n", By: 0})
	if err != nil || sum < additions || sum > additions+4*writers {
		t.Errorf("the sum is %d, %v; %d additions were acknowledged", sum, err, additions)
	}
}

// checkIndexes finds every document by each of its index entries, and no index holds more.
func checkIndexes(t *testing.T, s *sqlitestore.Store) {
	t.Helper()
	type thing struct {
		Owner    string   `bson:"owner"`
		N        int      `bson:"n"`
		Slug     string   `bson:"slug"`
		Tags     []string `bson:"tags"`
		Learners string   `bson:"learners"`
	}
	tags, owners, learners, slugs := map[string]int{}, map[string]int{}, map[string]int{}, 0
	err := store.Of[thing](s, spec).Each(t.Context(), store.Query{Limit: 1000}, func(d store.Doc[thing]) error {
		if d.ID == "sum" {
			return nil
		}
		owners[d.Body.Owner]++
		learners[d.Body.Learners]++
		slugs++
		for _, tag := range d.Body.Tags {
			tags[tag]++
		}
		page, err := s.Find(t.Context(), "things", store.Query{Index: "slug", Equal: []any{d.Body.Slug}})
		if err != nil || len(page.Records) != 1 || page.Records[0].ID != d.ID {
			return fmt.Errorf("%s is not found by its slug: %w", d.ID, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for index, values := range map[string]map[string]int{"tag": tags, "owner": owners, "learners": learners} {
		for value, want := range values {
			if n := count(t, s, store.Query{Index: index, Equal: []any{value}}); n != want {
				t.Errorf("index %s has %d documents under %q, want %d", index, n, value, want)
			}
		}
	}
	if n := count(t, s, store.Query{Index: "slug"}); n != slugs {
		t.Errorf("index slug has %d documents, want %d", n, slugs)
	}
}
