package files

import (
	"mime"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTypeOf(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n0000"
	for _, c := range []struct {
		name, head, mime string
		display          Display
	}{
		{"a.png", png, "image/png", Passive},
		{"A.PNG", png, "image/png", Passive},
		{"a.png", "<script>x()</script>", binary, Download},
		{"a.png", "GIF89a", binary, Download},
		{"a.png", "", binary, Download},
		{"a.gif", "GIF89a", "image/gif", Passive},
		{"a.jpg", "\xff\xd8\xff\xe0", "image/jpeg", Passive},
		{"a.webp", "RIFF\x00\x00\x00\x00WEBPVP", "image/webp", Passive},
		{"a.avif", "\x00\x00\x00\x20ftypavif", "image/avif", Passive},
		{"a.avif", "\x00\x00\x00\x20ftypmp42", binary, Download},
		{"a.mp4", "\x00\x00\x00\x20ftypisom", "video/mp4", Passive},
		{"a.mp4", "<html>", binary, Download},
		{"a.mp3", "ID3\x03", "audio/mpeg", Passive},
		{"a.vtt", "WEBVTT\n\n", "text/vtt; charset=utf-8", Passive},
		{"a.txt", "<script>x()</script>", "text/plain; charset=utf-8", Passive},
		{"a.txt", "a\x00b", binary, Download},
		{"a.svg", "<svg/>", "image/svg+xml", Active},
		{"a.svg", png, binary, Download},
		{"a.html", "<p>", "text/html; charset=utf-8", Active},
		{"a.xhtml", "<p/>", "application/xhtml+xml", Active},
		{"a.pdf", "%PDF-1.7", "application/pdf", Active},
		{"a.pdf", "<html>", binary, Download},
		{"a.js", "x()", "text/javascript; charset=utf-8", Active},
		{"a.csv", "=1+1", "text/csv; charset=utf-8", Download},
		{"a.swf", "CWS", binary, Download},
		{"a.hta", "<script>", binary, Download},
		{"a.shtml", "<p>", binary, Download},
		{"png", png, binary, Download},
		{"a.png.html", png, binary, Download},
		{"a.html.png", "<p>", binary, Download},
		{"a.", png, binary, Download},
		{"a.png ", png, binary, Download},
		{"", "", binary, Download},
	} {
		if got := TypeOf(c.name, []byte(c.head)); got.MIME != c.mime || got.Display != c.display {
			t.Errorf("%q %q is %+v, want %s %d", c.name, c.head, got, c.mime, c.display)
		}
	}
}

// Requirement 1: what somebody made never runs with our rights.
func TestHeaders(t *testing.T) {
	for extension, k := range kinds {
		if _, _, err := mime.ParseMediaType(k.MIME); err != nil {
			t.Errorf("%s: %v", extension, err)
		}
		headers := k.Headers("x\r\nSet-Cookie: a=b" + extension)
		if headers["X-Content-Type-Options"] != "nosniff" || !strings.Contains(headers["Content-Security-Policy"], "sandbox") ||
			strings.Contains(headers["Content-Security-Policy"], "allow-same-origin") {
			t.Errorf("%s: %v", extension, headers)
		}
		disposition, parameters, err := mime.ParseMediaType(headers["Content-Disposition"])
		if err != nil || (disposition == "attachment") != (k.Display == Download) || parameters["filename"] == "" {
			t.Errorf("%s: %v, %v", extension, headers, err)
		}
		for name, value := range headers {
			if strings.ContainsAny(value, "\r\n") {
				t.Errorf("%s: %s has a line break", extension, name)
			}
		}
	}
	if d := (Type{binary, Download}).Headers("été \"x\".pdf")["Content-Disposition"]; !strings.Contains(d, "filename*=utf-8''%C3%A9t%C3%A9") {
		t.Errorf("a name in French gives %s", d)
	}
}

// A browser that guesses a document from the content of something passive would be a way in.
func TestPassiveIsNoDocument(t *testing.T) {
	document := "<!DOCTYPE html><html><script>x()</script>"
	for extension, k := range kinds {
		if k.Display != Passive {
			continue
		}
		if got := TypeOf("a"+extension, []byte(document)); got.Display == Passive && !strings.HasPrefix(got.MIME, "text/") && got.MIME != "application/json" {
			t.Errorf("%s with a document in it is %+v", extension, got)
		}
		if kind := http.DetectContentType([]byte(document)); !strings.HasPrefix(kind, "text/html") {
			t.Fatalf("the document is %s", kind)
		}
	}
}

func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"a.txt":                           "a.txt",
		"../../etc/passwd":                "passwd",
		`C:\Users\x\essay.docx`:           "essay.docx",
		"a\x00b\r\nc.txt":                 "abc.txt",
		"":                                "file",
		"..":                              "file",
		" .hidden. ":                      "hidden",
		"evil\u202Egpj.exe":               "evilgpj.exe",
		`a<b>"c".txt`:                     "a_b__c_.txt",
		"مقالة.pdf":                       "مقالة.pdf",
		"bad\xff.txt":                     "bad_.txt",
		strings.Repeat("é", 300) + ".pdf": strings.Repeat("é", 98) + ".pdf",
	} {
		if got := CleanName(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("a.png", []byte("\x89PNG\r\n\x1a\n"))
	f.Add("../a\x00.html", []byte("<p>"))
	f.Add("\xff/..", []byte{})
	f.Fuzz(func(t *testing.T, name string, head []byte) {
		clean := CleanName(name)
		if clean == "" || len(clean) > maxName || !utf8.ValidString(clean) || strings.ContainsAny(clean, "/\\\r\n\x00\"<>") || CleanName(clean) != clean {
			t.Errorf("%q gives %q, then %q", name, clean, CleanName(clean))
		}
		kind := TypeOf(name, head)
		headers := kind.Headers(name)
		if _, _, err := mime.ParseMediaType(headers["Content-Disposition"]); err != nil {
			t.Errorf("%q gives %v: %v", name, headers, err)
		}
	})
}
