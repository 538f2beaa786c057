package mongostore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
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

// The server is started by the first test that needs it and stopped after the last.
var shared struct {
	once sync.Once
	server
	err  error
	stop func() error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		if err := shared.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stopping FerretDB:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// anyServer is the real server if there is one, FerretDB otherwise.
func anyServer(t testing.TB) server {
	t.Helper()
	if url := os.Getenv(realURL); url != "" {
		return server{url: url}
	}
	if testing.Short() {
		t.Skip("-short: not building FerretDB")
	}
	shared.once.Do(func() { shared.server, shared.stop, shared.err = startFerret() })
	if shared.err != nil {
		t.Fatal("starting FerretDB: ", shared.err)
	}
	return shared.server
}

// startFerret builds and starts the module ferrettest. The first build takes a minute or two.
func startFerret() (s server, stop func() error, err error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return s, nil, fmt.Errorf("it is built from source: %w", err)
	}
	for _, file := range []string{"go.mod", "go.sum", "main.go"} { // so that a cached test result depends on them
		if _, err := os.ReadFile("ferrettest/" + file); err != nil {
			return s, nil, err
		}
	}
	folder, err := os.MkdirTemp("", "ferrettest-")
	if err != nil {
		return s, nil, err
	}
	// Not -race, whatever the test has: its own flags do not reach this.
	command := exec.Command(tool, "run", "-C", "ferrettest", "-tags", "ferretdb_no_postgresql", ".", folder)
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		return s, nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return s, nil, err
	}
	if err := command.Start(); err != nil {
		return s, nil, err
	}
	stop = func() error {
		closeErr := input.Close() // ends it
		return errors.Join(command.Wait(), closeErr, os.RemoveAll(folder))
	}
	url, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return s, nil, errors.Join(err, stop())
	}
	// It loses updates unless everything goes through one connection.
	return server{url: strings.TrimSpace(url) + "?maxPoolSize=1", ferret: true}, stop, nil
}
