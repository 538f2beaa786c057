package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/command/scaffold"
	front "github.com/quoin-lms/quoin/host/workbench"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/workbench"
)

// table is a workbench that is served, with the block quiz, as a developer begins one.
type table struct {
	*world
	bench  *workbench.Bench
	folder string
	port   int
	token  string
}

// newTable serves a workbench. Blocks in TypeScript need what npm brings.
func newTable(t *testing.T) *table {
	t.Helper()
	if _, err := npm.File("quickjs.wasm"); errors.Is(err, npm.ErrNotBuilt) {
		missing(t, err.Error())
	}
	folder := filepath.Join(t.TempDir(), "quiz")
	if err := scaffold.Write(folder, scaffold.Block{Name: "quiz", Language: "typescript", Kind: "component", SDK: os.DirFS("..")}); err != nil {
		t.Fatal(err)
	}
	return tableOf(t, "quiz", folder)
}

// tableOf serves a workbench of one package.
func tableOf(t *testing.T, name, folder string) *table {
	t.Helper()
	b := &table{world: &world{t: t, bus: &portstest.Bus{}, log: &lines{}}, folder: folder}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.port = listener.Addr().(*net.TCPAddr).Port
	b.url = "http://" + front.Host(b.port)
	log := slog.New(host.LogHandler(slog.NewTextHandler(b.log, nil)))
	breaker := &workbench.Breaker{}
	recorder := workbench.NewRecorder(breaker)
	recorder.Watch(name)
	b.site, err = site.Open(t.Context(), site.Config{
		Data: filepath.Join(t.TempDir(), "data"), Queue: ports.QueueFunc(b.enqueue), Bus: b.bus, Folders: []string{b.folder}, Development: true,
		NoRenderCache: true, Watch: recorder.Wrap, Break: breaker.Store, Poll: workbench.Poll, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.working.Wait()
		if err := b.site.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	b.bench, err = workbench.Open(t.Context(), workbench.Config{
		Site: b.site, Folders: []string{b.folder}, Recorder: recorder, Breaker: breaker, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.serveTable(breaker, listener, log)
	return b
}

func (b *table) serveTable(breaker *workbench.Breaker, listener net.Listener, log *slog.Logger) {
	b.t.Helper()
	bundle, err := assets()
	if err != nil {
		b.t.Fatal(err)
	}
	server, err := front.New(front.Config{Bench: b.bench, Breaker: breaker, Site: b.site, Assets: bundle, Bus: b.bus, Port: b.port, Log: log})
	if err != nil {
		b.t.Fatal(err)
	}
	watching, stop := context.WithCancel(b.t.Context())
	followed := make(chan struct{})
	go func() { defer close(followed); b.bench.Run(watching) }()
	done := make(chan error, 1)
	go func() { done <- server.Listen(listener) }()
	b.t.Cleanup(func() {
		stop()
		<-followed
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := errors.Join(server.Shutdown(ctx), <-done); err != nil {
			b.t.Error(err)
		}
	})
}

// as is a browser at the host of one of the people, or at the workbench's own with "". Names are not looked up.
func (b *table) as(persona string) *browser {
	b.t.Helper()
	visitor := b.visitor()
	if persona != "" {
		persona += "."
	}
	visitor.base = "http://" + persona + front.Host(b.port)
	visitor.origin = visitor.base
	address := fmt.Sprintf("127.0.0.1:%d", b.port)
	transport := &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	b.t.Cleanup(transport.CloseIdleConnections)
	visitor.client.Transport = transport
	return visitor
}

// own is the workbench's page with its token.
func (b *table) own() *browser {
	b.t.Helper()
	page := b.as("")
	for _, n := range page.get("/").must(200, "workbench-").all("body") {
		b.token = attribute(n, "data-token")
	}
	page.header.Set("X-Quoin-Token", b.token)
	return page
}

// tell posts JSON and reads the answer.
func (b *table) tell(page *browser, path string, body, into any) {
	b.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	page.send("POST", path, map[string]string{"Content-Type": "application/json"}, string(encoded)).must(200).json(into)
}

const (
	primeUnit  = "/courses/course-v1:workbench+blocks+scratch/units/quiz-sample-prime"
	primeBlock = "/courses/course-v1:workbench+blocks+scratch/blocks/block-v1:workbench+blocks+scratch+type@quiz+block@it-quiz-sample-prime"
)

// choose answers the sample as a person, through the page.
func (b *table) choose(persona, choice string) *page {
	b.t.Helper()
	form := b.as(persona).get(primeUnit).must(200, "prime number").form(primeBlock)
	form.values.Set("choice", choice)
	return form.send("submit", nil).follow()
}

// The course files of samples lie in the block's folder, and come again when they change.
func TestWorkbenchFilesOfSamples(t *testing.T) {
	b := newTable(t)
	address := "/courses/course-v1:workbench+blocks+scratch/static/pictures/map.svg"
	b.as("ada").get(address).must(404)
	file := filepath.Join(b.folder, filepath.FromSlash(workbench.StaticFolder), "pictures", "map.svg")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"<svg>one</svg>", "<svg>another</svg>"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(patience)
		for page := b.as("ada").get(address); page.status != 200 || !strings.Contains(page.body, content); page = b.as("ada").get(address) {
			if time.Now().After(deadline) {
				t.Fatalf("the file is not there: %d %s", page.status, page.body)
			}
			time.Sleep(30 * time.Millisecond)
		}
	}
}

// Whoever does not come from the workbench's own names and page is refused (security R16).
func TestWorkbenchKeepsToItself(t *testing.T) {
	b := newTable(t)
	own := b.own()
	for _, name := range []string{"127.0.0.1", "evil.example", "eve.localhost", "ada.localhost.evil.example", "localhost", "ada.localhost:1"} {
		if !strings.Contains(name, ":") {
			name = fmt.Sprintf("%s:%d", name, b.port)
		}
		if name == front.Host(b.port) {
			name = "localhost:1"
		}
		for _, path := range []string{"/", "/api/bench", primeUnit} {
			own.send("GET", path, map[string]string{"Host": name}, "").must(421)
		}
	}
	own.get("/api/bench").must(200, "quiz-sample-prime")
	own.send("GET", "/api/bench", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, "").must(403)
	fault := `{"fault":"slow","often":"always"}`
	for _, wrong := range []map[string]string{
		{"Origin": ""},
		{"Origin": "null"},
		{"Origin": "http://evil.example"},
		{"Origin": fmt.Sprintf("http://ada.localhost:%d", b.port)},
		{"X-Quoin-Token": ""},
		{"X-Quoin-Token": "guessed"},
	} {
		own.send("POST", "/api/faults", wrong, fault).must(403)
	}
	own.send("GET", "/api/bench", nil, "").must(200, `"slow":""`)
	own.send("POST", "/api/faults", nil, fault).must(200, `"slow":"always"`)
	b.as("ada").get("/api/bench").must(404)
	policy := b.as("ada").get(primeUnit).must(200).header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors "+b.url+";") {
		t.Errorf("the page of a person may be framed by %q", policy)
	}
	if policy := own.get("/").header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the workbench may be framed: %q", policy)
	}
}

// What is not a workbench has nothing of it.
func TestNoWorkbenchElsewhere(t *testing.T) {
	w := newWorld(t, options{})
	for _, route := range w.server.Routes() {
		if strings.HasPrefix(route.Path, "/api/") || strings.Contains(route.Path, "workbench") {
			t.Errorf("a site has %s %s", route.Method, route.Path)
		}
	}
	b := w.visitor()
	for _, path := range []string{"/api/bench", "/api/calls", "/api/events", "/api/stored"} {
		b.get(path).must(404)
	}
	if policy := b.get("/signin").must(200).header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("a site's pages may be framed: %q", policy)
	}
	bundle, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.New(host.Config{Site: w.site, Assets: bundle, PublicURL: w.url, Framed: "http://localhost:1"}); err == nil {
		t.Error("a site that is no development lets its pages be framed")
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, "command/serve.go", "../main.go") {
		data, err := os.ReadFile(name)
		if err == nil && !strings.HasSuffix(name, "_test.go") && strings.Contains(string(data), `quoin/host/workbench"`) {
			t.Errorf("%s imports the workbench", name)
		}
	}
}

func TestWorkbenchListensHere(t *testing.T) {
	b := newTable(t)
	bundle, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	server, err := front.New(front.Config{Bench: b.bench, Breaker: &workbench.Breaker{}, Site: b.site, Assets: bundle, Bus: b.bus, Port: 1})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Listen(listener); err == nil || !strings.Contains(err.Error(), "this machine alone") {
		t.Errorf("it listens beyond this machine: %v", err)
	}
}

// Two people answer on the learner's real page; the calls, what is stored and the reset are seen by the workbench.
func TestWorkbenchShowsCalls(t *testing.T) {
	b := newTable(t)
	own := b.own()
	b.choose("ada", "9").must(200, "That is not right.")
	b.choose("ada", "7").must(200, "That is right.")
	b.choose("lea", "8").must(200, "That is not right.")
	at := "?persona=ada&scenario=quiz-sample-prime"
	var calls []workbench.Call
	own.get("/api/calls" + at).must(200).json(&calls)
	seen := map[string]int{}
	for i := range calls {
		c := &calls[i]
		if c.Learner != "" && c.Learner != "ada" {
			t.Errorf("a call of %s is shown", c.Learner)
		}
		seen[string(c.Op)+" "+c.Name]++
		if c.Op == "handle" && (fmt.Sprint(c.Effects) != "[set submit]" && fmt.Sprint(c.Effects) != "[submit set]" || c.Fuel == 0 || c.Memory == 0 || !strings.Contains(string(c.Request), `"choice"`)) {
			t.Errorf("a handle is shown as %+v", c)
		}
		if c.Op == "grade" && !strings.Contains(string(c.Request), `"secret":{"right":"7"}`) {
			t.Errorf("a grade is shown without its secret in its place: %s", c.Request)
		}
	}
	if seen["handle submit"] != 2 || seen["grade "] != 2 || seen["render learner"] == 0 {
		t.Errorf("calls %v", seen)
	}
	own.get("/api/stored"+at).must(200, `"value":"7"`, `"earned":1`, `"tries":2`, `"completion":1`)
	nora := b.as("nora")
	nora.get(primeUnit).must(200, "prime number")
	nora.get("/courses/course-v1:workbench+blocks+scratch/staff/learners/"+b.bench.People()[0].Learner+
		"/blocks/block-v1:workbench+blocks+scratch+type@quiz+block@it-quiz-sample-prime").must(200, "Ada")
	b.as("ada").get("/courses/course-v1:workbench+blocks+scratch/staff").must(404)
	var reset struct{ Undo string }
	b.tell(own, "/api/reset", map[string]string{"persona": "ada", "scenario": "quiz-sample-prime"}, &reset)
	own.get("/api/stored"+at).must(200, `"tries":0`).without(`"value":"7"`, `"score":`)
	own.get("/api/stored"+strings.Replace(at, "ada", "lea", 1)).must(200, `"value":"8"`)
	b.tell(own, "/api/undo", reset, &struct{}{})
	own.get("/api/stored"+at).must(200, `"value":"7"`, `"score":{"earned":1`, `"tries":2`)
	own.send("POST", "/api/undo", nil, fmt.Sprintf(`{"undo":%q}`, reset.Undo)).must(410)
}

// An author's form saves, the block's own check speaks beside the field, and learners see it.
func TestWorkbenchAuthor(t *testing.T) {
	b := newTable(t)
	own := b.own()
	type drawn struct {
		HTML          string
		Edited, Wrong bool
	}
	save := func(values url.Values) (d drawn) {
		t.Helper()
		values.Set("scenario", "quiz-sample-prime")
		own.send("POST", "/api/form", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, values.Encode()).must(200).json(&d)
		return d
	}
	own.get("/api/form?scenario=quiz-sample-prime").must(200, "f.question", "f.choices", "f.max_attempts", "textarea")
	if d := save(url.Values{"f.max_attempts": {"many"}}); !d.Wrong || !strings.Contains(d.HTML, "Type a number.") || d.Edited {
		t.Errorf("a text for a number: %+v", d)
	}
	if d := save(url.Values{"f.question": {"Which is <odd>?"}, "f.choices": {"rows"}, "f.choices.0.=": {"7"}, "f.choices.1.=": {""}, "f.choices.2.=": {"8"}, "f.max_attempts": {"1"}}); d.Wrong || !d.Edited || !strings.Contains(d.HTML, "Which is &lt;odd&gt;?") {
		t.Errorf("%+v", d)
	}
	page := b.as("ada").get(primeUnit).must(200, "Which is &lt;odd&gt;?")
	if got := strings.Count(page.body, `type="radio"`); got != 2 {
		t.Errorf("%d choices", got)
	}
	var d drawn
	b.tell(own, "/api/form/restore", map[string]string{"scenario": "quiz-sample-prime"}, &d)
	if d.Edited {
		t.Error("it is not as it came")
	}
	b.as("ada").get(primeUnit).must(200, "prime number")
	own.get("/api/form?scenario=nothing").must(404)
	var added struct{ Scenario, Problem string }
	b.tell(own, "/api/olx", map[string]string{"title": "Mine", "olx": `<quiz display_name="Mine" question="Typed &lt;in&gt;?" choices='["1","7"]'/>`}, &added)
	if added.Problem != "" || added.Scenario != "quiz-own-1" {
		t.Fatalf("%+v", added)
	}
	b.as("ada").get(strings.Replace(primeUnit, "quiz-sample-prime", added.Scenario, 1)).must(200, "Typed &lt;in&gt;?")
	for olx, why := range map[string]string{"<quiz": "line 2", "<html/>": "type", "<quiz/><quiz/>": "exactly one"} {
		b.tell(own, "/api/olx", map[string]string{"olx": olx}, &added)
		if !strings.Contains(added.Problem, why) {
			t.Errorf("%s: %+v", olx, added)
		}
	}
}

// What people did becomes a story that holds in the block's own tests; what cannot is refused and leaves nothing.
func TestWorkbenchStory(t *testing.T) {
	b := newTable(t)
	own := b.own()
	story := func(name string) (saved workbench.Saved) {
		t.Helper()
		b.tell(own, "/api/story", map[string]string{"scenario": "quiz-sample-prime", "name": name}, &saved)
		return saved
	}
	if saved := story("nothing"); saved.Problem == "" {
		t.Errorf("a story of nothing: %+v", saved)
	}
	b.choose("ada", "9")
	own.send("POST", "/api/faults", nil, `{"fault":"conflict","often":"once"}`).must(200)
	b.choose("ada", "7")
	b.choose("sam", "8")
	saved := story("two")
	if saved.Problem != "" || len(saved.Failures) > 0 || saved.File == "" {
		t.Fatalf("%+v", saved)
	}
	data, err := os.ReadFile(saved.File)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"as ada\n", "post submit choice=9\n  verdict scored 0/1\n", "post submit choice=7\n", "verdict scored 1/1\n", "as sam\n", "field chosen \"8\"\n"} {
		if strings.Count(string(data), line) != 1 {
			t.Errorf("%q stands %d times in:\n%s", line, strings.Count(string(data), line), data)
		}
	}
	if saved := story("two"); saved.Problem == "" {
		t.Error("a story was written over another")
	}
	for _, name := range []string{"", "../up", "A", "a b"} {
		if saved := story(name); saved.Problem == "" || saved.File != "" {
			t.Errorf("%q: %+v", name, saved)
		}
	}
	var sample workbench.Saved
	b.tell(own, "/api/sample", map[string]string{"scenario": "quiz-sample-prime", "name": "mine"}, &sample)
	if sample.Language != "typescript" || !strings.Contains(sample.Text, `"expect": "full"`) {
		t.Errorf("%+v", sample)
	}
}

// Faults happen to the real kernel and are seen.
func TestWorkbenchFaults(t *testing.T) {
	b := newTable(t)
	own := b.own()
	set := func(fault, often string) {
		t.Helper()
		own.send("POST", "/api/faults", nil, fmt.Sprintf(`{"fault":%q,"often":%q}`, fault, often)).must(200)
	}
	set("conflict", "once")
	b.choose("ada", "9").must(200, "That is not right.")
	var calls []workbench.Call
	own.get("/api/calls?persona=ada&scenario=quiz-sample-prime").must(200).json(&calls)
	handles, met := 0, 0
	for i := range calls {
		if calls[i].Op == "handle" {
			handles++
			met += len(calls[i].Faults)
		}
	}
	if handles != 2 || met != 1 {
		t.Errorf("%d calls of the handler and %d faults: somebody else being faster lets it run again", handles, met)
	}
	set("deadline", "always")
	b.as("lea").get(primeUnit).must(200).without("prime number")
	set("deadline", "")
	b.as("lea").get(primeUnit).must(200, "prime number")
	own.send("POST", "/api/faults", nil, `{"fault":"weather","often":"once"}`).must(400)
	form := b.as("ada").get(primeUnit).must(200).form(primeBlock)
	var stale struct{ Ended bool }
	b.tell(own, "/api/stale", map[string]string{"persona": "ada", "scenario": "quiz-sample-prime"}, &stale)
	if !stale.Ended {
		t.Fatal("the sitting has not ended")
	}
	form.values.Set("choice", "7")
	form.send("submit", nil).must(409)
	b.tell(own, "/api/offline", map[string]any{"persona": "sam", "offline": true}, &struct{}{})
	sam := b.as("sam")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sam.base+primeUnit, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if reply, err := sam.client.Do(request); err == nil {
		reply.Body.Close()
		t.Errorf("an offline learner got %d", reply.StatusCode)
	}
	b.as("ada").get(primeUnit).must(200)
	b.tell(own, "/api/offline", map[string]any{"persona": "sam", "offline": false}, &struct{}{})
	sam.get(primeUnit).must(200)
	own.send("POST", "/api/look", nil, `{"scheme":"dark","direction":"rtl","language":"ar"}`).must(200)
	b.as("ada").get(primeUnit).must(200, `<html lang="ar" dir="rtl" data-theme="dark"`, "أرسل")
	own.send("POST", "/api/look", nil, `{"scheme":"plaid"}`).must(400)
}
