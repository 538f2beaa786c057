package mongostore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func TestOpenRefusesBadURLs(t *testing.T) {
	for _, bad := range []string{"", "localhost", "http://user:secret@host/", "mongodb://user:sec%zzret@host/", "mongodb://user:secret@host/?w=nonsense%zz"} {
		_, err := mongostore.Open(t.Context(), mongostore.Config{URL: bad})
		if err == nil {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "zzret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestOpenWithoutServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close() // nobody listens there now
	_, err = mongostore.Open(t.Context(), mongostore.Config{URL: "mongodb://user:secret@" + address + "/", Timeout: 50 * time.Millisecond})
	if !errors.Is(err, store.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestOpenRefusesNewerFormat(t *testing.T) {
	s := anyServer(t)
	st, name := s.open(t, nil)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	client, err := mongo.Connect(options.Client().ApplyURI(s.url))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(t.Context())
	_, err = client.Database(name).Collection("store.schema").UpdateOne(t.Context(),
		bson.D{{Key: "_id", Value: "format"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "version", Value: int64(99)}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mongostore.Open(t.Context(), mongostore.Config{URL: s.url, Database: name}); !errors.Is(err, mongostore.ErrNewer) {
		t.Errorf("got %v, want %v", err, mongostore.ErrNewer)
	}
}

// TestLostReply cuts the connection after the server got a command and before its reply arrives.
func TestLostReply(t *testing.T) {
	s := anyServer(t)
	if os.Getenv(realURL) != "" {
		t.Skip("a real server's addresses cannot be put behind a proxy")
	}
	_, name := s.open(t, nil)
	proxy := newProxy(t, s.url)
	// Without retries by the driver, which a server in a replica set would make safe.
	st, err := mongostore.Open(t.Context(), mongostore.Config{URL: proxy.url + "&retryWrites=false&retryReads=false", Database: name, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Ensure(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	if err := st.Insert(t.Context(), "things", thing(t, "one", 0, bson.D{})); err != nil {
		t.Fatal(err)
	}
	writes := map[string]func() error{
		"insert":  func() error { return st.Insert(t.Context(), "things", thing(t, "two", 0, bson.D{})) },
		"replace": func() error { return st.Replace(t.Context(), "things", thing(t, "one", 1, bson.D{})) },
		"insert many": func() error {
			_, err := st.InsertMany(t.Context(), "things", []store.Record{thing(t, "three", 0, bson.D{})})
			return err
		},
		"increment": func() error {
			_, err := st.Increment(t.Context(), "things", "one", store.Increment{Path: "n", By: 1})
			return err
		},
		"delete": func() error { return st.Delete(t.Context(), "things", "one", 0) },
		"get":    func() error { _, err := st.Get(t.Context(), "things", "one"); return err },
		"find":   func() error { _, err := st.Find(t.Context(), "things", store.Query{}); return err },
		"count":  func() error { _, err := st.Count(t.Context(), "things", store.Query{}, 1); return err },
	}
	for _, name := range []string{"insert", "replace", "insert many", "increment", "delete", "get", "find", "count"} {
		proxy.cutReplies(true)
		err := writes[name]()
		proxy.cutReplies(false)
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v, want %v", name, err, store.ErrUnavailable)
		}
	}
	// It may have happened, and here it did.
	for id, want := range map[string]error{"one": store.ErrNotFound, "two": nil, "three": nil} {
		if _, err := st.Get(t.Context(), "things", id); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
}

// TestSilentServer lets a context end while a reply is awaited.
func TestSilentServer(t *testing.T) {
	s := anyServer(t)
	if os.Getenv(realURL) != "" {
		t.Skip("a real server's addresses cannot be put behind a proxy")
	}
	_, name := s.open(t, nil)
	proxy := newProxy(t, s.url)
	st, err := mongostore.Open(t.Context(), mongostore.Config{URL: proxy.url, Database: name, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Ensure(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	proxy.onRequest(cancel)
	err = st.Insert(ctx, "things", thing(t, "one", 0, bson.D{}))
	proxy.onRequest(nil)
	if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v: it was sent, so nobody knows whether it happened", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	proxy.onRequest(cancel)
	_, err = st.Get(ctx, "things", "one")
	proxy.onRequest(nil)
	if !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want %v alone: a read changes nothing", err, context.Canceled)
	}
}

// proxy stands between driver and server. It meddles with commands on the collection of the tests alone.
type proxy struct {
	url    string
	target string
	cut    atomic.Bool
	mutex  sync.Mutex
	// requested, when set, is called for what a client sends, of which nothing is passed on.
	requested func()
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: parsed.Host}
	parsed.Host = listener.Addr().String()
	p.url = parsed.String()
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			wait.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		wait.Wait()
	})
	return p
}

func (p *proxy) cutReplies(on bool) { p.cut.Store(on) }

func (p *proxy) onRequest(call func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.requested = call
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	var wait sync.WaitGroup
	var cut atomic.Bool
	wait.Go(func() {
		defer server.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := client.Read(buffer)
			if err != nil {
				return
			}
			if bytes.Contains(buffer[:n], []byte(things.Name)) { // and not the driver's own heartbeat
				cut.Store(p.cut.Load())
				p.mutex.Lock()
				requested := p.requested
				p.mutex.Unlock()
				if requested != nil {
					requested()
					continue
				}
			}
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil || cut.Load() {
			break
		}
		if _, err := client.Write(buffer[:n]); err != nil && !errors.Is(err, io.EOF) {
			break
		}
	}
	client.Close()
	server.Close()
	wait.Wait()
}
