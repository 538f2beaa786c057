package html_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func open(t *testing.T) *fakehost.World {
	t.Helper()
	w, err := fakehost.Open(fakehost.Config{Serve: html.Block().Serve, Permissions: fakehost.Permissions{}})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// text is a field's value.
func text(t *testing.T, fields wire.Fields, name string) string {
	t.Helper()
	var value string
	if err := json.Unmarshal(fields[name], &value); err != nil {
		t.Fatalf("%s is %s: %v", name, fields[name], err)
	}
	return value
}

func TestOLX(t *testing.T) {
	long := strings.Repeat("<p>&nbsp;äöü — “quoted” \u2028 </p>\r\n", 1000)
	tests := map[string]struct {
		olx  string
		file string
		want string
	}{
		"the file that filename names":   {`<html display_name="A &amp; B" filename="x" editor="raw" use_latex_compiler="false" other="kept by the host"/>`, "<p>a</p>\n", "<p>a</p>\n"},
		"byte for byte":                  {`<html display_name="A &amp; B" filename="x" editor="raw"/>`, long, long},
		"an empty file":                  {`<html display_name="A &amp; B" filename="x" editor="raw"/>`, "", ""},
		"inside of the element":          {"<html display_name='A &amp; B' editor='raw'>\n <p>a &lt; b<br/></p><!-- c -->\n</html>", "-", "<p>a &lt; b<br/></p><!-- c -->"},
		"in a CDATA section":             {`<html display_name="A &amp; B" editor="raw"><![CDATA[<p>a & b<br></p>]]></html>`, "-", "<p>a & b<br></p>"},
		"an element inside of the same":  {`<html display_name="A &amp; B" editor="raw"><html>x</html></html>`, "-", "<html>x</html>"},
		"after a declaration and remark": {`<?xml version="1.0"?><!-- r --><html display_name="A &amp; B" editor="raw">x</html>`, "-", "x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var files []wire.OLXFile
			if test.file != "-" {
				files = []wire.OLXFile{{Path: "html/x.html", Data: wire.Blob{Data: []byte(test.file)}}}
			}
			fields, findings, err := open(t).Import([]byte(test.olx), files)
			if err != nil || len(findings) > 0 {
				t.Fatal(findings, err)
			}
			if got := text(t, fields, "data"); got != test.want {
				t.Errorf("got %q", got)
			}
			if text(t, fields, "display_name") != "A & B" || text(t, fields, "editor") != "raw" {
				t.Errorf("%s, %s", fields["display_name"], fields["editor"])
			}
			if _, kept := fields["other"]; kept {
				t.Error("what is no field is the host's")
			}
		})
	}
	for _, source := range []string{"", "text", "<html>", "<html", "</html>"} {
		_, _, err := open(t).Import([]byte(source), nil)
		if !errors.Is(err, &wire.Error{Code: wire.CodeBadRequest}) {
			t.Errorf("%q: %v", source, err)
		}
	}
}

// TestDemoCourse publishes every text of the Open edX demo course and looks at it: byte for byte what the file holds.
func TestDemoCourse(t *testing.T) {
	w, seen := open(t), 0
	place, ann := w.Place("text"), w.Add(fakehost.Person{ID: "ann"})
	for name, source := range demo.Files(t, "html", ".html") {
		seen++
		fields, _, err := w.Import([]byte(`<html filename="x"/>`), []wire.OLXFile{{Path: "html/x.html", Data: wire.Blob{Data: []byte(source)}}})
		if err == nil {
			err = w.Publish(place, fields)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		shown, err := w.View(ann, place, "", fakehost.Where{})
		if err != nil || shown.HTML != `<div class="prose">`+source+`</div>` {
			t.Errorf("%s is not shown as it is: %v", name, err)
		}
	}
	if seen < 200 {
		t.Errorf("only %d texts found", seen)
	}
}
