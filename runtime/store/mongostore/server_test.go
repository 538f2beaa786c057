package mongostore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// realURL is the variable that names a real server for the whole suite, concurrency included.
const realURL = "QUOIN_TEST_MONGO_URL"

// server is what tests run against.
type server struct {
	url string
	// ferret says that it is FerretDB, which cannot do everything.
	ferret bool
}

var databases atomic.Int64

// open opens a store in a database of its own, which is dropped at the test's end.
func (s server) open(t testing.TB, monitor *event.CommandMonitor) (*mongostore.Store, string) {
	t.Helper()
	name := fmt.Sprintf("storetest_%d_%d", os.Getpid(), databases.Add(1))
	t.Cleanup(func() { s.drop(t, name) })
	return s.reopen(t, name, monitor), name
}

func (s server) reopen(t testing.TB, database string, monitor *event.CommandMonitor) *mongostore.Store {
	t.Helper()
	st, err := mongostore.Open(t.Context(), mongostore.Config{URL: s.url, Database: database, Monitor: monitor, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

func (s server) drop(t testing.TB, database string) {
	ctx := context.WithoutCancel(t.Context()) // the test has ended
	client, err := mongo.Connect(options.Client().ApplyURI(s.url))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(ctx)
	if err := client.Database(database).Drop(ctx); err != nil {
		t.Error(err)
	}
}

// anyServer is the real server if there is one, FerretDB otherwise.
func anyServer(t testing.TB) server {
	t.Helper()
	if url := os.Getenv(realURL); url != "" {
		return server{url: url}
	}
	return startFerret(t)
}

// startFerret builds and starts the module ferrettest. The first build takes a minute or two.
func startFerret(t testing.TB) server {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: not building FerretDB")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Fatalf("FerretDB is built from source: %v", err)
	}
	for _, file := range []string{"go.mod", "go.sum", "main.go"} { // so that a cached test result depends on them
		if _, err := os.ReadFile("ferrettest/" + file); err != nil {
			t.Fatal(err)
		}
	}
	// Not -race, whatever the test has: its own flags do not reach this.
	command := exec.Command(tool, "run", "-C", "ferrettest", "-tags", "ferretdb_no_postgresql", ".", t.TempDir())
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close() // ends it
		if err := command.Wait(); err != nil {
			t.Errorf("FerretDB: %v", err)
		}
	})
	url, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("FerretDB did not start: %v", err)
	}
	// It loses updates unless everything goes through one connection.
	return server{url: strings.TrimSpace(url) + "?maxPoolSize=1", ferret: true}
}
