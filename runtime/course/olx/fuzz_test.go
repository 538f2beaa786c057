package olx_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

// FuzzRead: whatever stands in a course's files, reading ends in a typed error or in a course whose blocks are a tree, can be
// named, are where they say, and whose files are all there.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`<course url_name="R" org="O" course="C"/>`), []byte(`<course a="1"><vertical url_name="v"/><wiki slug="w"/></course>`),
		[]byte(`<vertical><html url_name="h" filename="h"/><problem url_name="v">"/static/a b.png"</problem></vertical>`),
		[]byte(`<a href="/jump_to_id/v">"/static/a_b.png"`), []byte(`{"course/R": {"a": null}}`), []byte(`{"a b.png": {"locked": true}}`))
	f.Add([]byte(`<course org="O" course="C" url_name="R"><vertical url_name="v"/><vertical url_name="v"/></course>`), []byte(``),
		[]byte(`<vertical><vertical url_name="v"/><x/><x/><p url_name="a b"/><conditional><show/></conditional>&nbsp;</vertical>`),
		[]byte(``), []byte(`[]`), []byte(`x`))
	f.Add([]byte(`<course><html filename="../h"/></course>`), []byte("\xff"),
		[]byte(`<vertical parent_url="i4x://O/C/sequential/s" index_in_children_list="1"><problem filename="v"/></vertical>`), []byte(``), []byte(`{`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, root, run, vertical, body, policy, assets []byte) {
		data := intaketest.Tar(t, intaketest.Files(map[string]string{
			"c/course.xml": string(root), "c/course/R.xml": string(run), "c/vertical/v.xml": string(vertical), "c/problem/v.xml": string(vertical),
			"c/html/h.html": string(body), "c/policies/R/policy.json": string(policy), "c/policies/assets.json": string(assets),
			"c/drafts/vertical/v.xml": string(vertical), "c/static/a b.png": "", "c/about/overview.html": string(body), "x": "",
		})...)
		files, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		course, findings, err := olx.Read(context.Background(), files, olx.Options{Blocks: 500})
		if err != nil {
			var refusal *olx.Error
			if !errors.As(err, &refusal) || refusal.What == "" {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		for _, finding := range findings {
			if finding.Message == "" || finding.Level == "" || finding.Line < 0 {
				t.Errorf("not a finding: %+v", finding)
			}
		}
		if len(course.Files) != len(files.List()) {
			t.Errorf("got %d files of %d", len(course.Files), len(files.List()))
		}
		seen := map[key.Usage]bool{}
		checkTree(t, course.Root, nil, seen, func(file string) []byte {
			data, err := files.ReadFile(file, 1<<20)
			if err != nil {
				t.Error(err)
			}
			return data
		})
		if len(seen) != len(course.Blocks) {
			t.Errorf("the tree has %d blocks, the list %d", len(seen), len(course.Blocks))
		}
		for _, reference := range course.References() {
			if reference.Target == "" || reference.Line < 1 {
				t.Errorf("not a reference: %+v", reference)
			}
		}
	})
}

func checkTree(t *testing.T, block, parent *olx.Block, seen map[key.Usage]bool, file func(string) []byte) {
	t.Helper()
	usage := key.Course{Org: "O", Number: "C", Run: "R"}.Usage(block.Type, block.ID)
	if _, err := key.ParseUsage(usage.String()); err != nil {
		t.Error(err)
	}
	if seen[usage] || block.Parent != parent {
		t.Errorf("%v stands twice or under another parent", usage)
	}
	seen[usage] = true
	for _, source := range block.Sources {
		if data := file(source.File); !bytes.Contains(data, []byte("encoding")) && !bytes.Equal(data[source.Start:source.End], source.XML) {
			t.Errorf("%v is not where it says: %+v", usage, source)
		}
	}
	for _, child := range block.Children {
		checkTree(t, child, block, seen, file)
	}
}

// FuzzValues: no text makes the readers of values fail but by ErrValue, and what they give lies within its bounds.
func FuzzValues(f *testing.F) {
	for _, text := range []string{
		"", "null", `"x"`, "3.48", "true", "[1]", "{}", "2 days", "00:11:39", "2020-01-01T00:00:00Z", "Feb 5, 2013 11:00 PM", "12/31/2029", "1577836800000",
		"-", "/", ":", "+5", "1e999", "Sept. 3rd 2024 12:05 am +02:00",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		date, dateSet, dateErr := olx.Date(text)
		duration, _, durationErr := olx.Duration(text)
		clock, clockErr := olx.ClockTime(text)
		_, _, integerErr := olx.Integer(text)
		_, _, floatErr := olx.Float(text)
		_, _, listErr := olx.List(text)
		_, _, dictErr := olx.Dict(text)
		olx.Text(olx.YAML(text))
		olx.Boolean(text)
		for _, err := range []error{dateErr, durationErr, clockErr, integerErr, floatErr, listErr, dictErr} {
			if err != nil && !errors.Is(err, olx.ErrValue) {
				t.Errorf("%q: %v", text, err)
			}
		}
		if dateSet && (date.Year() < -8000 || date.Year() > 9999) {
			t.Errorf("%q is in the year %d", text, date.Year())
		}
		if duration < 0 || clock < 0 || clock > 24*time.Hour {
			t.Errorf("%q is %v, %v", text, duration, clock)
		}
	})
}
