package host_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser sends what a browser without scripts would: cookies, the Origin, a form's own fields.
type browser struct {
	t      testing.TB
	base   string
	origin string
	client *http.Client
	jar    *cookiejar.Jar
	header http.Header
}

func (w *world) visitor() *browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 4}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &browser{t: w.t, base: w.url, origin: w.url, jar: jar, header: http.Header{}, client: &http.Client{
		Transport: transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) setCookie(name, value string) {
	b.t.Helper()
	address, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	b.jar.SetCookies(address, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

func (b *browser) cookie(name string) string {
	b.t.Helper()
	address, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.jar.Cookies(address) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// page is an answer.
type page struct {
	b      *browser
	path   string
	status int
	header http.Header
	body   string
	doc    *html.Node
}

// send sends a request; header values "" take a header away.
func (b *browser) send(method, path string, header map[string]string, body string) *page {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body == "" {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	for name, values := range b.header {
		request.Header[name] = values
	}
	if method != http.MethodGet && method != http.MethodHead {
		request.Header.Set("Origin", b.origin)
	}
	for name, value := range header {
		if value == "" {
			request.Header.Del(name)
		} else {
			request.Header.Set(name, value)
		}
	}
	if host := header["Host"]; host != "" {
		request.Host = host
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if response.StatusCode == http.StatusInternalServerError { // which no request may bring about
		b.t.Errorf("%s %s: %.300s", method, path, data)
	}
	p := &page{b: b, path: path, status: response.StatusCode, header: response.Header, body: string(data)}
	if strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		if p.doc, err = html.ParseWithOptions(bytes.NewReader(data), html.ParseOptionEnableScripting(false)); err != nil {
			b.t.Fatal(err)
		}
	}
	return p
}

func (b *browser) get(path string) *page { return b.send(http.MethodGet, path, nil, "") }

// open follows redirects.
func (b *browser) open(path string) *page {
	b.t.Helper()
	return b.get(path).follow()
}

func (p *page) follow() *page {
	p.b.t.Helper()
	for range 10 {
		if p.status < 300 || p.status > 399 {
			return p
		}
		to, err := url.Parse(p.header.Get("Location"))
		if err != nil {
			p.b.t.Fatal(err)
		}
		p = p.b.get(to.RequestURI())
	}
	p.b.t.Fatalf("%s leads round and round", p.path)
	return nil
}

// must fails the test unless the answer has the status and holds the texts.
func (p *page) must(status int, texts ...string) *page {
	p.b.t.Helper()
	if p.status != status {
		p.b.t.Fatalf("%s: status %d, want %d: %.600s", p.path, p.status, status, p.header.Get("Location")+p.words())
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.b.t.Fatalf("%s: %q is missing in: %.3000s", p.path, text, p.body)
		}
	}
	return p
}

// drawn is what chance writes into each page, where any short text may stand.
var drawn = regexp.MustCompile(`(?:nonce|data-token|name="token" value)="[^"]*"`)

// without fails the test if the answer holds one of the texts.
func (p *page) without(texts ...string) *page {
	p.b.t.Helper()
	said := drawn.ReplaceAllString(p.body, "")
	for _, text := range texts {
		if strings.Contains(said, text) {
			p.b.t.Fatalf("%s: %q must not be in: %.3000s", p.path, text, p.body)
		}
	}
	return p
}

// words is the page's text.
func (p *page) words() string {
	if p.doc == nil {
		return p.body
	}
	var b strings.Builder
	for n := range p.doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			if text := strings.TrimSpace(n.Data); text != "" {
				b.WriteString(text + " ")
			}
		}
	}
	return b.String()
}

func (p *page) json(into any) {
	p.b.t.Helper()
	if err := json.Unmarshal([]byte(p.body), into); err != nil {
		p.b.t.Fatalf("%s: %v: %.300s", p.path, err, p.body)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// all gives the elements of a name, in order.
func (p *page) all(name string) []*html.Node {
	var found []*html.Node
	if p.doc == nil {
		return nil
	}
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			found = append(found, n)
		}
	}
	return found
}

// form is a form of a page with its fields as they stand.
type form struct {
	p      *page
	action string
	values url.Values
}

// form finds the form that sends to an address, with everything that belongs to it, wherever it stands.
func (p *page) form(action string) *form {
	p.b.t.Helper()
	for _, n := range p.all("form") {
		if attribute(n, "action") != action {
			continue
		}
		f := &form{p, action, url.Values{}}
		id := attribute(n, "id")
		for control := range p.doc.Descendants() {
			if control.Type == html.ElementNode && (inside(control, n) || id != "" && attribute(control, "form") == id) {
				f.take(control)
			}
		}
		return f
	}
	p.b.t.Fatalf("%s has no form to %s: %.3000s", p.path, action, p.body)
	return nil
}

func inside(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}

func (f *form) take(n *html.Node) {
	name := attribute(n, "name")
	if name == "" || has(n, "disabled") {
		return
	}
	switch n.Data {
	case "input":
		switch attribute(n, "type") {
		case "radio", "checkbox":
			if has(n, "checked") {
				f.values.Add(name, attribute(n, "value"))
			}
		default:
			f.values.Add(name, attribute(n, "value"))
		}
	case "select":
		for option := range n.Descendants() {
			if option.Data == "option" && has(option, "selected") {
				f.values.Add(name, attribute(option, "value"))
			}
		}
	case "textarea":
		if n.FirstChild != nil {
			f.values.Add(name, n.FirstChild.Data)
		}
	}
}

func (f *form) set(pairs ...string) *form {
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Del(pairs[i])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			f.values.Add(pairs[i], pairs[i+1])
		}
	}
	return f
}

// press sends the form by one of its buttons; data asks as a script does.
func (f *form) press(handler string) *page { return f.send(handler, nil) }

func (f *form) script(handler string) *page {
	return f.send(handler, map[string]string{"Accept": "application/json"})
}

func (f *form) send(handler string, header map[string]string) *page {
	f.p.b.t.Helper()
	values := url.Values{}
	for name, list := range f.values {
		values[name] = list
	}
	if handler != "" {
		values.Set("handler", handler)
	}
	all := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Referer": f.p.b.base + f.p.path}
	for name, value := range header {
		all[name] = value
	}
	return f.p.b.send(http.MethodPost, f.action, all, values.Encode())
}
