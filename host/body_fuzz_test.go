package host

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

var errEnough = errors.New("enough")

// Whatever stands in a form, what is kept of it stays within its bound, no file is taken after one was refused, and a file that is not
// read is passed over.
func FuzzReadForm(f *testing.F) {
	const boundary, most = "frontier", 2000
	part := func(head, body string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + body + "\r\n"
	}
	end := "--" + boundary + "--\r\n"
	f.Add([]byte(part(`name="token"`, "abc") + part(`name="files"; filename="a.txt"`, "words") + part(`name="files"; filename="b.txt"`, "") + end))
	f.Add([]byte(part(`name="token"`, strings.Repeat("x", most)) + end))
	f.Add([]byte(strings.Repeat(part(`name=""`, ""), 40) + end))
	f.Add([]byte(part(`name="text"`, "--frontie\r\n--frontier-") + part(`filename*=utf-8''%00`, "\x00")))
	f.Add([]byte(part(`name="a"\r\nContent-Transfer-Encoding: quoted-printable`, "=41=") + "--" + boundary))
	f.Add([]byte("--" + boundary + "\r\n" + strings.Repeat("X: y\r\n", 500)))
	f.Fuzz(func(t *testing.T, data []byte) {
		values, taken := map[string][]string{}, 0
		wrong, err := readForm(bytes.NewReader(data), boundary, most, values, func(_, name string, file io.Reader) error {
			taken++
			if name == "" {
				t.Error("a field is taken for a file")
			}
			if taken == 3 {
				return errEnough
			}
			if taken%2 == 1 {
				return nil
			}
			_, err := io.Copy(io.Discard, file)
			return err
		})
		kept := 0
		for name, list := range values {
			for _, value := range list {
				kept += len(name) + len(value) + partOverhead
			}
		}
		if kept > most {
			t.Errorf("%d bytes are kept", kept)
		}
		if taken > 3 || taken == 3 && err == nil && !errors.Is(wrong, errEnough) {
			t.Errorf("%d files are taken, and %v is wrong", taken, wrong)
		}
	})
}

// What a browser writes is what is read.
func FuzzFormRoundTrip(f *testing.F) {
	f.Add("Low at noon.", "tides.txt", []byte("12:00 low"))
	f.Add("--x\r\n", "\"q\".txt", []byte("\r\n--\r\n"))
	f.Fuzz(func(t *testing.T, value, file string, content []byte) {
		if len(value) > 4000 || strings.ContainsFunc(file, unicode.IsControl) { // which no browser writes
			return
		}
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if err := w.SetBoundary("7f6c0a52d1e84b39"); err != nil { // one for all runs: what a run covers is its input's alone
			t.Fatal(err)
		}
		if strings.Contains(value+file+string(content), w.Boundary()) {
			return
		}
		into, err := w.CreateFormFile("files", file)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = into.Write(content)
		if err := errors.Join(w.WriteField("field", value), w.Close()); err != nil {
			t.Fatal(err)
		}
		values := map[string][]string{}
		var got []byte
		taken := false
		wrong, err := readForm(&body, w.Boundary(), 1<<14, values, func(_, _ string, from io.Reader) error {
			taken = true
			var err error
			got, err = io.ReadAll(from)
			return err
		})
		if wrong != nil || err != nil || !slices.Equal(values["field"], []string{value}) || taken && !bytes.Equal(got, content) {
			t.Errorf("%q, %q, %v, %v", values, got, wrong, err)
		}
	})
}

// The bridge stands behind the document type where there is one, before everything that could run, and nothing else is changed.
func FuzzBridged(f *testing.F) {
	for _, page := range []string{
		"", "<!doctype html><p>words", "\ufeff <!-- a > b -->\n<!DOCTYPE html PUBLIC \"-//W3C//DTD\">\n<html>", "<script>first()</script><!doctype html>",
		"<!--><script>first()</script>--><!doctype html>", "<!--a--!><script>first()</script>--><!doctype html>", "<!-- never ends <!doctype html>",
		"<?xml version=\"1.0\"?><!doctype html><p>", "words <!doctype html>", "\x00<!doctype html>", "<!doctype", "<!doctype a='>'>", "<![CDATA[x]]><!doctype html>",
	} {
		f.Add(page)
	}
	const bridge = "bridge()"
	f.Fuzz(func(t *testing.T, page string) {
		const added = "<script>" + bridge + "</script>"
		got := bridged(page, bridge)
		at := preamble(page)
		if got != page[:at]+added+page[at:] {
			t.Fatalf("%q becomes %q", page, got)
		}
		doctypes := 0
		for tokens := html.NewTokenizer(strings.NewReader(strings.TrimPrefix(page[:at], byteOrderMark))); ; {
			kind := tokens.Next()
			if kind == html.ErrorToken {
				break
			}
			switch {
			case kind == html.DoctypeToken:
				doctypes++
			case kind == html.CommentToken, kind == html.TextToken && strings.Trim(string(tokens.Raw()), " \t\n\f\r") == "":
			default:
				t.Errorf("%q stands before the bridge", tokens.Raw())
			}
		}
		if at > 0 && doctypes != 1 {
			t.Errorf("%d document types before the bridge in %q", doctypes, got)
		}
	})
}

// What runs before the document type runs after the bridge, and the document type keeps its place where nothing does.
func TestBridged(t *testing.T) {
	for page, want := range map[string]string{
		"<p>":                        "<script>b</script><p>",
		"<!doctype html><p>":         "<!doctype html><script>b</script><p>",
		"\ufeff<!DOCTYPE a>":         "\ufeff<!DOCTYPE a><script>b</script>",
		"<!-- > --><!doctype html>x": "<!-- > --><!doctype html><script>b</script>x",
		"<!--><script>x</script>--><!doctype html>": "<script>b</script><!--><script>x</script>--><!doctype html>",
		"<?xml version='1.0'?>\n<!doctype html>":    "<?xml version='1.0'?>\n<!doctype html><script>b</script>",
	} {
		if got := bridged(page, "b"); got != want {
			t.Errorf("%q becomes %q, want %q", page, got, want)
		}
	}
}
