package host_test

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
)

// TestMetrics reads what was counted after some requests.
func TestMetrics(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("walter", run, "")
	b.get(unitPath(run, "five")).must(200)
	b.get(unitPath(run, "nowhere")).must(404)
	b.get("/no/such/page").must(404)
	p := w.visitor().get("/metrics").must(
		200,
		`quoin_http_request_seconds_count{method="GET",route="/courses/:course/units/:id",status="2xx"} 1`,
		`quoin_http_request_seconds_count{method="GET",route="/courses/:course/units/:id",status="4xx"} 1`,
		`quoin_http_request_seconds_count{method="other",route="other",status="4xx"} 1`,
		`quoin_block_calls_total{block="problem",op="render",code=""}`,
		`quoin_renders_total{result="made"}`, "quoin_memory_resident_bytes", "quoin_goroutines",
	)
	if kind := p.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Error(kind)
	}
	p.without("walter", run.String(), "five", "nowhere", "such")
	sample := regexp.MustCompile(`^[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? [-+.0-9e]+(Inf)?$`)
	seen := map[string]bool{}
	for line := range strings.Lines(p.body) {
		line = strings.TrimSuffix(line, "\n")
		switch name, help := strings.CutPrefix(line, "# HELP "); {
		case help:
			if name, _, _ = strings.Cut(name, " "); seen[name] {
				t.Errorf("%s stands twice", name)
			}
			seen[name] = true
		case !strings.HasPrefix(line, "# TYPE ") && !sample.MatchString(line):
			t.Errorf("no sample: %q", line)
		}
	}
}

// TestMetricsAreTheOperators shows them to this machine's programs and to the bearer of the token alone.
func TestMetricsAreTheOperators(t *testing.T) {
	const token = "a token of the operator's"
	plain := map[string]string{}
	bearer := map[string]string{"Authorization": "Bearer " + token}
	forwarded := map[string]string{"X-Forwarded-For": "192.0.2.7"}
	through := func(c *host.Config) { c.Proxies = []string{"127.0.0.1"} }
	withToken := func(c *host.Config) { c.MetricsToken = token }
	tests := map[string]struct {
		public string
		config func(*host.Config)
		header map[string]string
		status int
	}{
		"this machine":                          {"", nil, plain, 200},
		"this machine, for somebody else":       {"", nil, forwarded, 404},
		"a token where none is set":             {"", nil, bearer, 200},
		"a public site":                         {"https://learn.example.org", nil, plain, 404},
		"a public site, an empty token":         {"https://learn.example.org", nil, map[string]string{"Authorization": "Bearer "}, 404},
		"a public site with a token":            {"https://learn.example.org", withToken, bearer, 200},
		"a public site with another token":      {"https://learn.example.org", withToken, map[string]string{"Authorization": "Bearer guess"}, 404},
		"a public site without its token":       {"https://learn.example.org", withToken, plain, 404},
		"behind a proxy, from this machine":     {"https://learn.example.org", through, plain, 200},
		"behind a proxy, from a browser":        {"https://learn.example.org", through, forwarded, 404},
		"behind a proxy, by its second name":    {"https://learn.example.org", through, map[string]string{"X-Real-Ip": "192.0.2.7"}, 404},
		"a page that was bound to this machine": {"", nil, map[string]string{"Host": "evil.example.org"}, 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{public: test.public, config: test.config})
			p := w.visitor().send("GET", "/metrics", test.header, "")
			if p.status != test.status || strings.Contains(p.body, "quoin_") != (test.status == 200) {
				t.Errorf("%d %.200s", p.status, p.body)
			}
		})
	}
}

// TestErrorPageNamesTheRequest compares the id that a reader can quote with the one in the log and in the answer.
func TestErrorPageNamesTheRequest(t *testing.T) {
	w := newWorld(t, options{})
	b := w.member("ann", w.forces(), "")
	if err := w.site.Store.Close(); err != nil { // every page fails from now on
		t.Fatal(err)
	}
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/courses", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask.AddCookie(&http.Cookie{Name: "quoin_session", Value: b.cookie("quoin_session")})
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	id := answer.Header.Get("X-Request-Id")
	if answer.StatusCode != http.StatusInternalServerError || id == "" || !strings.Contains(html.UnescapeString(string(page)), id) {
		t.Errorf("%d, request %q: %s", answer.StatusCode, id, page)
	}
	if n := strings.Count(w.log.String(), "request="+id); n != 1 {
		t.Errorf("the log names request %q %d times:\n%s", id, n, w.log)
	}
}

// A block that fails on a page is in the log once, under the page's request, without its own words: they may quote an answer
// (security R27). Staff read them on the page.
func TestFailingBlockIsLogged(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	p := sue.get(unitPath(run, "odd")).must(200, "on purpose")
	id := p.header.Get("X-Request-Id")
	line := ""
	for text := range strings.SplitSeq(w.log.String(), "\n") {
		if strings.Contains(text, "a block failed") && strings.Contains(text, "request="+id) {
			line += text
		}
	}
	if !strings.Contains(line, "block=probe") || !strings.Contains(line, "op=render") || strings.Contains(line, "on purpose") {
		t.Errorf("the failure of the page %s is logged as %q", id, line)
	}
}
