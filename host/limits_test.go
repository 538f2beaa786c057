package host_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
)

// Bodies count as they are after decoding: what is packed is refused, what is too large too (security R23).
func TestBodyLimits(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	token := b.token()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	echo := blockPath(run, "probe", "plain") + "/handlers/echo"
	for _, encoding := range []string{"gzip", "deflate", "br", "identity, gzip", "GZIP", "x-gzip"} {
		b.send("POST", echo, map[string]string{"Content-Encoding": encoding, "X-Quoin-Token": token}, packed.String()).must(415)
	}
	b.send("POST", echo, map[string]string{"X-Quoin-Token": token}, strings.Repeat("x", 1<<20)).must(200)
	b.send("POST", echo, map[string]string{"X-Quoin-Token": token}, strings.Repeat("x", 1<<20+1)).must(413)
	for what, chunked := range map[string]bool{"with a length": false, "in chunks": true} {
		status, err := b.flood(echo, token, chunked)
		if err == nil && status != 413 {
			t.Errorf("a body of 64 MB %s: %d", what, status)
		}
	}
	long := b.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", strings.Repeat("y", 200_000)).script("submit")
	if long.status != 422 && long.status != 413 {
		t.Errorf("an answer of 200 kB: %d", long.status)
	}
}

// flood sends 64 MB; the server may answer or hang up.
func (b *browser) flood(path, token string, chunked bool) (int, error) {
	b.t.Helper()
	body := bytes.NewReader(make([]byte, 64<<20))
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if chunked {
		request.ContentLength = -1
	}
	request.Header.Set("Origin", b.origin)
	request.Header.Set("X-Quoin-Token", token)
	response, err := b.client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// One learner has so many streams and no more (security R23).
func TestStreamsAreCounted(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { c.Heartbeat = 20 * time.Millisecond }})
	run := w.forces()
	ann, bert := w.member("ann", run, ""), w.member("bert", run, "")
	events := "/courses/" + run.String() + "/events"
	refused := 0
	for range 12 {
		if s := ann.stream(events); s.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 4 {
		t.Errorf("%d of 12 streams were refused", refused)
	}
	if s := bert.stream(events); s.status != http.StatusOK {
		t.Errorf("another learner's stream: %d", s.status)
	}
}

// uniqueWord is what each client of TestNoForeignWord makes its own of.
var uniqueWord = regexp.MustCompile(`zq\d+x\dqz`)

// What one request holds never shows up in another's answer, whoever else is asking (security R14).
func TestNoForeignWord(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	if !w.server.App().Config().Immutable { // nothing of ours keeps a request's strings today; this keeps it harmless if something does
		t.Error("fiber reuses the strings of requests")
	}
	const clients, rounds = 64, 4
	browsers := make([]*browser, clients)
	for i := range browsers {
		browsers[i] = w.member(fmt.Sprintf("learner%02d", i), run, "")
	}
	address := blockPath(run, "probe", "plain")
	var running sync.WaitGroup
	for i, b := range browsers {
		running.Go(func() {
			token := b.token()
			for round := range rounds {
				word := fmt.Sprintf("zq%02dx%dqz", i, round)
				header := map[string]string{"X-Quoin-Token": token, "Accept-Language": word, "User-Agent": word}
				pages := []*page{
					b.send("POST", address+"/handlers/set?q="+word, header, word),
					b.send("GET", address+"/handlers/echo?q="+word, header, ""),
					b.send("GET", unitPath(run, "odd")+"?q="+word, header, ""),
					b.send("GET", "/courses/"+word, header, ""),
					b.send("POST", address+"/mount/hook/"+word, map[string]string{"Origin": "https://" + word + ".example", "X-Word": word}, word),
				}
				for _, p := range pages {
					for _, found := range uniqueWord.FindAllString(p.body, -1) {
						if found != word {
							t.Errorf("client %d reads the foreign %s by %s", i, found, p.path)
						}
					}
				}
				if !strings.Contains(pages[2].body, "word="+word) {
					t.Errorf("client %d does not find its own word", i)
				}
			}
		})
	}
	running.Wait()
}

// A server that is stopped before it serves does not begin.
func TestShutdownBeforeListen(t *testing.T) {
	w := newWorld(t, options{})
	bundle, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	other, err := host.New(host.Config{Site: w.site, Assets: bundle, PublicURL: w.url})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Listen(listener); err != nil {
		t.Error(err)
	}
}

func TestShutdownEndsStreams(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	s := w.member("ann", run, "").stream("/courses/" + run.String() + "/events")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	s.end()
}
