package exporter_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk"
)

// site is a store, a kernel with the blocks for text, problems and videos, and files.
type site struct {
	courses *course.Courses
	kernel  *kernel.Kernel
	files   *files.Files
	temp    string
}

type keeper struct{ *files.Files }

func (k keeper) Put(ctx context.Context, content io.Reader) (string, int64, error) {
	blob, err := k.Files.Put(ctx, content, 1<<30)
	return blob.Hash, blob.Size, err
}

type nobody struct{}

func (nobody) Person(context.Context, key.Course, string) (*access.Person, error) {
	return &access.Person{}, nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(dir, "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), append(kernel.Specs(), files.Specs()...)...); err != nil {
		t.Fatal(err)
	}
	r, err := registry.Open(t.Context(), registry.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]sdk.Block{"html": html.Block(), "problem": problem.Block(), "questions": questions.Block(), "video": video.Block()} {
		data, err := os.ReadFile("../../../blocks/" + name + "/block.json")
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		err = r.Install(registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) }))
		if err != nil {
			t.Fatal(err)
		}
	}
	courses := course.New(s, course.Config{})
	k, err := kernel.Open(t.Context(), kernel.Config{
		Store: s, Registry: r, Courses: courses, People: nobody{}, Secret: []byte("sixteen bytes ..."),
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := files.Open(t.Context(), files.Config{Store: s, URL: "file://" + filepath.Join(dir, "files")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	temp := filepath.Join(dir, "temp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	return &site{courses, k, f, temp}
}

// bring imports files into a course, or into the one that they name.
func (s *site) bring(t *testing.T, archive *intake.Files, into key.Course) importer.Report {
	t.Helper()
	report, err := importer.Import(t.Context(), importer.Config{Courses: s.courses, Blocks: s.kernel, Files: keeper{s.files}}, importer.Request{
		Course: into, Files: archive, By: "tester", Now: time.Now().UTC(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// take exports a course; the package is closed with the test.
func (s *site) take(t *testing.T, request exporter.Request) *exporter.Package {
	t.Helper()
	p, err := exporter.Export(t.Context(), exporter.Config{Courses: s.courses, Blocks: s.kernel, Files: s.files, TempDir: s.temp}, request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(s.temp); err != nil || len(left) > 0 {
			t.Errorf("temporary files are left: %v, %v", left, err)
		}
	})
	return p
}

// change publishes a course with one block's content changed.
func (s *site) change(t *testing.T, run key.Course, blockType, id string, change func(*course.Revision)) {
	t.Helper()
	now, err := s.courses.Run(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	var visit func(ref course.ChildRef) string
	visit = func(ref course.ChildRef) string {
		old, err := s.courses.Revision(t.Context(), ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		r := *old
		r.Children = slices.Clone(old.Children)
		for i, child := range r.Children {
			r.Children[i].Hash = visit(child)
		}
		if ref.Type == blockType && ref.ID == id {
			found = true
			change(&r)
		}
		hashes, err := s.courses.AddRevisions(t.Context(), &r)
		if err != nil {
			t.Fatal(err)
		}
		return hashes[0]
	}
	root := visit(course.ChildRef{Type: "course", ID: course.RootID, Hash: now.Head.Root})
	if !found {
		t.Fatalf("there is no %s %s", blockType, id)
	}
	s.publish(t, run, root, now.Head.Number)
}

func (s *site) publish(t *testing.T, run key.Course, root string, base int) {
	t.Helper()
	_, _, err := s.courses.Publish(t.Context(), s.kernel, course.Publication{Course: run, Root: root, Base: base, By: "tester"})
	if err != nil {
		t.Fatal(err)
	}
}

// add stores a revision and names it as a child.
func (s *site) add(t *testing.T, id string, r *course.Revision) course.ChildRef {
	t.Helper()
	hashes, err := s.courses.AddRevisions(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return course.ChildRef{Type: r.Type, ID: id, Hash: hashes[0]}
}

// head is the published root.
func (s *site) head(t *testing.T, run key.Course) string {
	t.Helper()
	now, err := s.courses.Run(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return now.Head.Root
}

// comesBack imports an export elsewhere and compares the heads.
func (s *site) comesBack(t *testing.T, run key.Course, p *exporter.Package) {
	t.Helper()
	elsewhere := key.Course{Org: "Elsewhere", Number: "C", Run: run.Run}
	s.bring(t, p.Files(), elsewhere)
	if s.head(t, elsewhere) != s.head(t, run) {
		t.Error("the export comes back with another head")
	}
}

// texts reads an archive into memory.
func texts(t *testing.T, archive *intake.Files) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, file := range archive.List() {
		data, err := archive.ReadFile(file.Path, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		all[file.Path] = string(data)
	}
	return all
}

// differences lists the paths in which two archives differ.
func differences(a, b map[string]string) []string {
	var names []string
	for name, text := range a {
		if other, there := b[name]; !there || other != text {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, there := a[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func packed(t *testing.T, p *exporter.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := p.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var _ exporter.Blocks = (*kernel.Kernel)(nil)

func open(t *testing.T, files map[string]string) *intake.Files { return intaketest.Open(t, files) }
