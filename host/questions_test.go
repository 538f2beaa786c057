package host_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// asked is what a script gets for a form.
type asked struct {
	HTML, Message, Answer, Error string
	Waiting                      bool
}

func (p *page) asked() asked {
	p.b.t.Helper()
	var a asked
	p.json(&a)
	return a
}

func TestAnswerByScript(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	five, address := unitPath(run, "five"), blockPath(run, "problem", "pchoice")
	form := b.get(five).form(address)
	wrong := form.set("input_2_1", "choice_0").script("submit").must(200).asked()
	if wrong.Waiting || !strings.Contains(wrong.HTML, "status incorrect") || !strings.Contains(wrong.HTML, `data-result`) {
		t.Errorf("the reply to a wrong answer is %+v", wrong)
	}
	// The same request again gets the same reply and burns no try; another body under its id is refused.
	again := form.script("submit").must(200).asked()
	if again.Waiting || !strings.Contains(again.HTML, "status incorrect") {
		t.Errorf("the reply to a repeated answer is %+v", again)
	}
	form.set("input_2_1", "choice_1").script("submit").must(409)
	hint := b.get(five).form(address).set("input_2_1", "choice_1").script("hint").must(200).asked()
	if !strings.Contains(hint.HTML, "A round number.") || !strings.Contains(hint.HTML, "checked") {
		t.Errorf("the reply to a hint is %+v", hint)
	}
	b.get(five).form(address).set("input_2_1", "").script("submit").must(422)
	b.get(five).form(address).set("request", "short").script("submit").must(422)
	b.get(address + "/view").must(200).asked()
	b.get(five).form(address).script("no-such-handler").must(404)
}

func TestTriesResetAndAnswer(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	more, address := unitPath(run, "more"), blockPath(run, "problem", "tries")
	first := b.get(more).must(200).without("Show answer")
	stale := b.get(more).form(address)
	reveal := first.form(address)
	reveal.script("@reveal").must(403)
	first.form(address).set("input_2_1", "12").press("submit").must(303)
	answered := b.get(more).must(200)
	saved := b.get(more).form(address).set("input_2_1", "7.25").script("save").must(200).asked()
	if saved.Message == "" || !strings.Contains(saved.HTML, "7.25") {
		t.Errorf("the reply to a save is %+v", saved)
	}
	shown := answered.form(address).script("@reveal").must(200).asked()
	if !strings.Contains(shown.Answer, "9.81") || !strings.Contains(shown.Answer, "data-answer") || shown.HTML == "" {
		t.Errorf("the shown answer is %+v", shown)
	}
	answered.form(address).press("@reveal").must(200, "9.81", "#block-tries")
	answered.form(address).press("@reset").must(303)
	// The form of the sitting before is refused, with what was typed given back; a script is told why.
	stale.set("input_2_1", "9.8 typed")
	stale.press("submit").must(409, "9.8 typed", "started anew")
	stale.script("submit").must(409, "started anew")
	b.get(more).form(address).set("input_2_1", "9.8").press("submit").must(303)
	last := b.get(more).must(200, "2 of 2")
	used := last.form(address).set("input_2_1", "9.8").script("submit").must(403)
	if got := used.asked().Error; !strings.Contains(got, "all your tries") {
		t.Errorf("a third try is refused with %q", got)
	}
}

// A form whose token belongs to another sign-in is refused, and what was typed is given back.
func TestStaleToken(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	user := w.account("ann", run, "")
	b := w.enter(user)
	address := blockPath(run, "problem", "pword")
	form := b.get(unitPath(run, "five")).form(address).set("input_2_1", "a long <answer>")
	again := w.enter(user)
	form.p.b = again
	form.press("submit").must(403, "a long &lt;answer&gt;", `href="`+strings.ReplaceAll(unitPath(run, "five"), "+", "&#43;")).without("a long <answer>")
	form.script("submit").must(403)
	if got := again.get(unitPath(run, "five")).form(address).values.Get("input_2_1"); got != "" {
		t.Errorf("the refused answer was kept: %q", got)
	}
}

// While a slow grader works the page says so, and hears of the verdict by a stream; without one it sees it when asked again.
func TestVerdictLater(t *testing.T) {
	w := newWorld(t, options{config: shortWait})
	run := w.forces()
	b := w.member("ann", run, "")
	five, address := unitPath(run, "five"), blockPath(run, "problem", "pword")
	stream := b.stream("/courses/" + run.String() + "/events")
	w.hold()
	reply := b.get(five).form(address).set("input_2_1", "michigan").script("submit").must(200).asked()
	if !reply.Waiting || !strings.Contains(reply.HTML, "data-waiting") || reply.Message == "" {
		t.Errorf("the reply while it is being graded is %+v", reply)
	}
	b.get(five).must(200, "data-waiting")
	w.release()
	if got := stream.next("verdict"); got != run.Usage("problem", "pword").String() {
		t.Errorf("the stream tells of %q", got)
	}
	fresh := b.get(address + "/view").must(200).asked()
	if strings.Contains(fresh.HTML, "data-waiting") || !strings.Contains(fresh.HTML, "status correct") {
		t.Errorf("the view after the verdict is %s", fresh.HTML)
	}
}

// stream reads server-sent events.
type stream struct {
	b       *browser
	scanner *bufio.Scanner
	status  int
}

func (b *browser) stream(path string) *stream {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	b.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { response.Body.Close() })
	s := &stream{b: b, scanner: bufio.NewScanner(response.Body), status: response.StatusCode}
	if s.status == http.StatusOK && !s.scanner.Scan() { // the first line says that messages are listened for
		b.t.Fatal("the stream ended at once")
	}
	return s
}

// overhear listens to a stream from now on; the returned function ends that, and gives all that was said.
func (b *browser) overhear(path string) (heard func() string) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.client.Do(request) //nolint:bodyclose // the goroutine that reads it closes it
	if err != nil {
		b.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		b.t.Fatalf("%s answers %d", path, response.StatusCode)
	}
	said := make(chan string, 1)
	go func() {
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body) // it ends by being cut off
		said <- string(text)
	}()
	return func() string {
		cancel()
		return <-said
	}
}

// next waits for an event and gives its data.
func (s *stream) next(kind string) string {
	s.b.t.Helper()
	seen := false
	for s.scanner.Scan() {
		line := s.scanner.Text()
		if line == "event: "+kind {
			seen = true
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && seen {
			return data
		}
	}
	s.b.t.Fatalf("the stream ended without %s: %v", kind, s.scanner.Err())
	return ""
}

// end waits for the stream's end.
func (s *stream) end() {
	for s.scanner.Scan() {
		continue
	}
}

func TestHandlersOfScripts(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	address := blockPath(run, "probe", "plain")
	token := b.token()
	call := func(method, handler, body string, header ...string) *page {
		all := map[string]string{"X-Quoin-Token": token, "Content-Type": "application/json"}
		for i := 0; i+1 < len(header); i += 2 {
			all[header[i]] = header[i+1]
		}
		return b.send(method, address+"/handlers/"+handler, all, body)
	}
	var echo struct {
		Method, Body, Word string
		Query              map[string][]string
	}
	call("POST", "echo?a=1&a=2", `{"n":1}`).must(200).json(&echo)
	if echo.Body != `{"n":1}` || len(echo.Query["a"]) != 2 || echo.Method != http.MethodPost {
		t.Errorf("the handler got %+v", echo)
	}
	call("GET", "echo", "").must(200).json(&echo)
	call("POST", "set", "kept words").must(200)
	call("GET", "echo", "").json(&echo)
	if echo.Word != "kept words" {
		t.Errorf("the word is %q", echo.Word)
	}
	// The same request id with the same body gets the remembered reply, with another body it is refused.
	id := strings.Repeat("ab", 16)
	call("POST", "set", "one", "X-Quoin-Request", id).must(200)
	call("POST", "set", "two").must(200)
	call("POST", "set", "one", "X-Quoin-Request", id).must(200)
	call("POST", "set", "three", "X-Quoin-Request", id).must(409)
	call("GET", "echo", "").json(&echo)
	if echo.Word != "two" {
		t.Errorf("a repeated request changed the word to %q", echo.Word)
	}
	call("GET", "set", "").must(405) // it would empty the word
	call("GET", "echo", "").must(200, `"word":"two"`)
	call("POST", "echo", "x", "X-Quoin-Request", "1").must(422)
	call("POST", "refuse", "").must(422, "not like this")
	call("POST", "@reset", "").must(404)
	call("POST", "nothing", "").must(404)
	see := call("POST", "see", "").must(303)
	if got := see.header.Get("Location"); got != address+"/mount/hook/below" {
		t.Errorf("it leads to %q", got)
	}
}

// token is the token of the browser's pages.
func (b *browser) token() string {
	b.t.Helper()
	return attributeOf(b.open("/signin"), "input", "name", "token", "value") // which leads who is signed in to a page with a form, too
}

// Files go to storage before the block hears of them, and a block's plain form works without scripts.
func TestUpload(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	address := blockPath(run, "probe", "plain")
	form := b.get(unitPath(run, "odd")).form(address)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range form.values {
		for _, value := range values {
			_ = m.WriteField(name, value)
		}
	}
	_ = m.WriteField("handler", "set")
	_ = m.WriteField("word", "with")
	part, err := m.CreateFormFile("essay", "../../my essay.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("twelve bytes"))
	_ = m.Close()
	b.send("POST", address, map[string]string{"Content-Type": m.FormDataContentType()}, body.String()).must(303)
	b.get(unitPath(run, "odd")).must(200, "word=with essay:my essay.txt:12")
}

// Nothing is stored for somebody who may not answer, nor for a handler that is not there.
func TestUploadOfStrangers(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	address := blockPath(run, "probe", "plain")
	count := func() int {
		t.Helper()
		n, err := w.site.Store.Count(t.Context(), "file_blobs", store.Query{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	senders := map[string]*browser{
		"a member of another course": w.member("eve", w.otherCourse(), ""), "a visitor": w.visitor(), "a learner, for no handler": w.member("ann", run, ""),
	}
	before := count()
	for who, b := range senders {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		for name, value := range map[string]string{"token": b.token(), "request": strings.Repeat("ab", 16), "handler": "nope"} {
			_ = m.WriteField(name, value)
		}
		part, err := m.CreateFormFile("essay", "essay.txt")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte("kept by nobody"))
		_ = m.Close()
		if p := b.send("POST", address, map[string]string{"Content-Type": m.FormDataContentType()}, body.String()); p.status < 300 || p.status >= 500 { // a visitor is led to sign in
			t.Errorf("%s: %d", who, p.status)
		}
	}
	if n := count(); n != before {
		t.Errorf("%d more files are stored", n-before)
	}
}

// Reading completes a text: told by a script, or by a button of a browser without one.
func TestCompletion(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	home := "/courses/" + run.String()
	b.get(home).must(200, "0% done")
	reading := b.get(unitPath(run, "odd")).must(200, "data-complete-on-view", "I have read this")
	reading.form(home + "/completion").press("").must(303).follow().must(200).without("I have read this")
	usage := "usage=" + run.Usage("html", "text1").String()
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": b.token()}
	b.send("POST", home+"/completion", form, strings.ReplaceAll(usage, "+", "%2B")).must(204)
	b.send("POST", home+"/completion", form, "usage="+strings.ReplaceAll(run.Usage("problem", "pword").String(), "+", "%2B")).must(422)
	b.get(unitPath(run, "read1")).must(200).without("data-complete-on-view")
}

func TestStaticFiles(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	base := "/courses/" + run.String() + "/static/"
	note := b.get(base+"note.txt").must(200, "0123456789")
	if note.header.Get("Accept-Ranges") != "bytes" || note.header.Get("ETag") == "" {
		t.Error(note.header)
	}
	b.send("GET", base+"note.txt", map[string]string{"If-None-Match": note.header.Get("ETag")}, "").must(304)
	for header, want := range map[string]struct {
		status int
		body   string
	}{
		"bytes=2-4": {206, "234"}, "bytes=7-": {206, "789"}, "bytes=-3": {206, "789"}, "bytes=0-99": {206, "0123456789"},
		"bytes=10-": {416, ""}, "bytes=4-2": {416, ""}, "bytes=-0": {416, ""}, "bytes=a-b": {416, ""}, "bytes=0-1,3-4": {416, ""},
	} {
		got := b.send("GET", base+"note.txt", map[string]string{"Range": header}, "").must(want.status)
		if got.status == 206 && got.body != want.body {
			t.Errorf("%s gives %q, want %q", header, got.body, want.body)
		}
	}
	if head := b.send("HEAD", base+"note.txt", nil, ""); head.status != 200 || head.body != "" || head.header.Get("Content-Length") != "10" {
		t.Errorf("HEAD gives %d %v", head.status, head.header)
	}
	for _, name := range []string{"nothing.png", "../course.xml", "%2e%2e/course.xml", ""} {
		b.get(base + name).must(404)
	}
}

// An activity that is not installed, and one that fails, cost no more than their own place.
func TestPlaceholders(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	learner := w.member("ann", run, "").get(unitPath(run, "odd")).must(200, "This activity (strange) is not available", "cannot be shown just now", "<p>plain</p>")
	learner.without("quoin block install", "on purpose")
	w.member("sue", run, "staff").get(unitPath(run, "odd")).must(200, "quoin block install", "strange")
}
