package host_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// Nothing of who a person is and of what he wrote gets into the log or the metrics: not by signing up, not by failing, not
// when everything breaks (security R27). Each event is one line, whatever was sent.
func TestCanaryPersonIsInNoOutlet(t *testing.T) {
	collector, tracer := traced(t)
	box := make(postbox, 50)
	w := newWorld(t, options{config: func(c *host.Config) { c.Mailer, c.Limiter, c.Tracer = box, &portstest.Limiter{}, tracer }})
	run := w.forces()
	canaries := map[string]string{
		"name": "Canaria Vogelsang", "e-mail": "canary@birds.example", "username": "canarybird", "password": "canary horse battery",
		"mistyped password": "canary hors battery", "answer": "canaryanswer", "number": "canarynumber", "word": "canaryword", "search": "canarysearch",
	}
	other := w.member("other", run, "")
	heard := other.overhear("/courses/" + run.String() + "/events")
	b := w.visitor()
	form := b.get("/signup").must(200).form("/signup")
	form.set("username", canaries["username"], "email", canaries["e-mail"], "name", canaries["name"], "password", canaries["password"]).press("").must(303)
	keep := func(what string, m ports.Mail) {
		if found := linkPattern.FindStringSubmatch(m.Text); found != nil {
			_, canaries[what], _ = strings.Cut(found[2], "link=")
		}
	}
	keep("confirmation", <-box)
	canaries["session"] = b.cookie("quoin_session")

	stranger := w.visitor()
	for _, login := range []string{canaries["e-mail"], canaries["username"], canaries["username"] + "\nlevel=ERROR msg=forged"} {
		stranger.get("/signin").must(200).form("/signin").set("login", login, "password", canaries["mistyped password"]).press("")
	}
	stranger.get("/forgot").must(200).form("/forgot").set("login", canaries["e-mail"]).press("")
	keep("reset", <-box)
	if canaries["reset"] == "" {
		t.Fatal("the mail holds no link")
	}
	stranger.get("/reset?link=" + canaries["reset"] + "x")

	b.get("/courses/" + run.String() + "/about").must(200).form("/courses/" + run.String() + "/enrol").press("").must(303)
	five := unitPath(run, "five")
	b.get(five).form(blockPath(run, "problem", "pword")).set("input_2_1", canaries["answer"]).press("submit").must(303)
	b.get(five).form(blockPath(run, "problem", "pnumber")).set("input_2_1", canaries["number"]).press("submit")
	for _, handler := range []string{"set", "refuse", "nonsense\n\"forged\"", "echo"} {
		b.send("POST", blockPath(run, "probe", "plain")+"/handlers/"+strings.ReplaceAll(handler, "\n", "%0A"), map[string]string{"X-Quoin-Token": b.token()}, canaries["word"])
	}
	b.get(unitPath(run, "odd")).must(200)
	b.get("/courses?q=" + canaries["search"])
	w.working.Wait()
	answered := other.get(five).form(blockPath(run, "problem", "pword")).set("input_2_1", "michigan")
	answered.press("submit").must(303)
	w.working.Wait()
	others := other.get("/notifications").must(200).body
	if err := w.site.Store.Close(); err != nil { // whatever is asked from now on fails
		t.Fatal(err)
	}
	for _, path := range []string{five, "/account", "/courses?q=" + canaries["search"], "/reset?link=" + canaries["reset"]} {
		w.breaks(b, path)
	}
	w.working.Wait()
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	outlets := map[string]string{
		"the log": w.log.String(), "the metrics": w.metricsText(), "the traces": collector.Text(),
		"another learner's stream": heard(), "another learner's notices": others,
	}
	if !strings.Contains(outlets["another learner's stream"], "event: verdict") {
		t.Fatalf("the stream says too little: %.300s", outlets["another learner's stream"])
	}
	if len(collector.Named("block grade")) < 2 || len(collector.Named("POST /signup")) == 0 || len(collector.Named("GET /reset")) < 2 {
		t.Fatalf("the traces say too little: %+v", collector.Spans())
	}
	if !strings.Contains(outlets["the log"], "a request failed") || !strings.Contains(outlets["the log"], "a block failed") || len(outlets["the metrics"]) < 1000 {
		t.Fatalf("the outlets say too little: %.300s", outlets["the log"])
	}
	for outlet, text := range outlets {
		for what, canary := range canaries {
			if canary != "" && strings.Contains(text, canary) {
				at := strings.Index(text, canary)
				t.Errorf("%s holds the %s: %q", outlet, what, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
	for line := range strings.Lines(w.log.String()) {
		if !strings.HasPrefix(line, "time=") {
			t.Errorf("a line of the log begins with %.80q", line)
		}
	}
}

// breaks asks for a page that must fail.
func (w *world) breaks(b *browser, path string) {
	w.t.Helper()
	ask, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	ask.AddCookie(&http.Cookie{Name: "quoin_session", Value: b.cookie("quoin_session")})
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusInternalServerError {
		w.t.Errorf("%s answers %d", path, answer.StatusCode)
	}
}

// metricsText is what the operator's monitoring reads.
func (w *world) metricsText() string {
	w.t.Helper()
	answer, err := http.Get(w.url + "/metrics")
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%d, %v", answer.StatusCode, err)
	}
	return string(text)
}
