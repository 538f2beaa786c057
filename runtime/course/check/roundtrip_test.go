package check_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/check"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// TestGoRound imports one archive and compares its export with others: what is not in the export is lost, what is otherwise is
// changed, and white space that only indents is neither.
func TestGoRound(t *testing.T) {
	s, err := site.Open(t.Context(), site.Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	came := archive(`<odd url_name="o" a="1" b="2"><!-- c --><x><![CDATA[<]]></x></odd>`, `<odd2 x='"'/>`)
	came["static/file.bin"] = "\x00\x01"
	imported, err := importer.Import(t.Context(), importer.Config{Courses: s.Courses, Blocks: s.Kernel, Files: site.Keeper{Files: s.Files}},
		importer.Request{Files: intaketest.Open(t, came), Now: time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change    map[string]string
		lost      []string
		otherwise []string
	}{
		"the same":          {},
		"spelled otherwise": {change: map[string]string{"chapter/c1.xml": "<?xml version='1.0'?>\n<chapter  ><sequential url_name='s1'></sequential>\n</chapter >"}},
		"one more file":     {change: map[string]string{"more.txt": "x"}, lost: []string{"more.txt"}},
		"another file":      {change: map[string]string{"static/file.bin": "\x00\x02"}, otherwise: []string{"static/file.bin"}},
		"another attribute": {change: map[string]string{"chapter/c1.xml": `<chapter a=""><sequential url_name="s1"/></chapter>`}, otherwise: []string{"chapter/c1.xml"}},
		"a comment more":    {change: map[string]string{"chapter/c1.xml": `<chapter><!-- c --><sequential url_name="s1"/></chapter>`}, otherwise: []string{"chapter/c1.xml"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(came)
			maps.Copy(files, test.change)
			found, err := check.GoRound(t.Context(), exporter.Config{Courses: s.Courses, Blocks: s.Kernel, Files: s.Files}, imported.Course, intaketest.Open(t, files))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "lost", found.Lost, test.lost)
			same(t, "changed", found.Changed, test.otherwise)
			report := &check.Report{RoundTrip: found}
			if report.Failed() != (len(test.lost)+len(test.otherwise) > 0) {
				t.Error("the report does not fail for it, or fails for nothing")
			}
		})
	}
}

// forgetful reads one type otherwise than it came in.
type forgetful struct{ *kernel.Kernel }

func (f forgetful) ImportOLX(ctx context.Context, blockType string, xml []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, bool, error) {
	if blockType == "odd" {
		return wire.Fields{"display_name": []byte(`"other"`)}, nil, true, nil
	}
	return f.Kernel.ImportOLX(ctx, blockType, xml, files)
}

// TestGoRoundNamesBlocks: a block that is read otherwise is told, and only that one, not all that it stands in.
func TestGoRoundNamesBlocks(t *testing.T) {
	s, err := site.Open(t.Context(), site.Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	files := archive(`<odd url_name="o" a="1"/>`, `<even url_name="e"/>`)
	imported, err := importer.Import(t.Context(), importer.Config{Courses: s.Courses, Blocks: s.Kernel, Files: site.Keeper{Files: s.Files}},
		importer.Request{Files: intaketest.Open(t, files), Now: time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	config := exporter.Config{Courses: s.Courses, Blocks: forgetful{s.Kernel}, Files: s.Files}
	found, err := check.GoRound(t.Context(), config, imported.Course, intaketest.Open(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Lost) > 0 || len(found.Changed) != 1 || !strings.HasSuffix(found.Changed[0].Block, "type@odd+block@o") {
		t.Errorf("found %+v", found)
	}
}

func same(t *testing.T, what string, got []check.Difference, want []string) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is no list", what)
	}
	if len(got) != len(want) {
		t.Errorf("%s: %+v, want %v", what, got, want)
		return
	}
	for i, d := range got {
		if d.File != want[i] || d.Message == "" {
			t.Errorf("%s: %+v, want %s", what, d, want[i])
		}
	}
}
