package acidtest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"golang.org/x/net/html"
)

// learner is somebody who reads pages and sends forms without scripts.
type learner struct {
	w     *world
	token string
}

func (l *learner) do(request *http.Request) (int, []byte) {
	t := l.w.t
	t.Helper()
	request.AddCookie(&http.Cookie{Name: "quoin_session", Value: l.token})
	request.Header.Set("Origin", l.w.url)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// get reads a page.
func (l *learner) get(path string) *html.Node {
	t := l.w.t
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.w.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	status, body := l.do(request)
	if status != http.StatusOK {
		t.Fatalf("%s: status %d: %.500s", path, status, body)
	}
	page, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// send presses a button of a block's form on a unit's page. The controls are those of the view, which may stand in a frame: there
// nobody can press it without scripts, but what the host takes is the same.
func (l *learner) send(unit, view, block, handler string) {
	t := l.w.t
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	pages := []*html.Node{l.get(unit)}
	if view != unit {
		pages = append(pages, l.get(view))
	}
	for _, page := range pages {
		for _, input := range find(page, "input") {
			name := attribute(input, "name")
			if name != "probe" && name != "many" && !inForm(input) {
				continue
			}
			if err := form.WriteField(name, attribute(input, "value")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := form.WriteField("handler", handler); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.w.url+block, &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	if status, answer := l.do(request); status != http.StatusSeeOther {
		t.Fatalf("%s of %s: status %d: %.500s", handler, block, status, answer)
	}
}

// row is one row of the page as the server shows it.
type row struct{ id, state, note string }

// rows reads the rows of a view.
func (l *learner) rows(view string) []row {
	l.w.t.Helper()
	var rows []row
	for _, item := range find(l.get(view), "li") {
		classes := strings.Fields(attribute(item, "class"))
		if len(classes) != 2 || classes[0] != "acid-row" {
			continue
		}
		r := row{state: strings.TrimPrefix(classes[1], "acid-")}
		for _, span := range find(item, "span") {
			switch {
			case attribute(span, "class") == "acid-note":
				r.note = text(span)
			case attribute(span, "dir") == "ltr" && r.id == "":
				r.id = text(span)
			}
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		l.w.t.Fatalf("%s shows no rows", view)
	}
	return rows
}

func find(page *html.Node, name string) (found []*html.Node) {
	for node := range page.Descendants() {
		if node.Type == html.ElementNode && node.Data == name {
			found = append(found, node)
		}
	}
	return found
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(node *html.Node) string {
	var b strings.Builder
	for child := range node.Descendants() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// inForm reports whether an input stands in a block's form, where the host's own inputs are.
func inForm(node *html.Node) bool {
	for _, a := range node.Parent.Attr {
		if a.Key == "data-block-form" {
			return true
		}
	}
	return false
}
