package importer_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk"
)

// pad is a block of somebody else's: the importer knows its learners' fields from its declaration alone.
type pad struct{}

type padFields struct {
	Colour string `quoin:"colour,settings"`
	Draft  string `quoin:"draft,user_state"`
	Theme  string `quoin:"theme,preferences"`
	Total  int    `quoin:"total,user_state_summary,sum"`
}

func (pad) Render(*sdk.Call, sdk.View[padFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "pad"}, nil
}

func (s *site) install(t *testing.T, name string, block sdk.Block) {
	t.Helper()
	m, err := manifest.Parse(fmt.Appendf(nil,
		`{"name": %q, "version": "1.0.0", "title": "A", "description": "B", "licence": "Apache-2.0", "authors": ["C"]}`, name))
	if err != nil {
		t.Fatal(err)
	}
	err = s.registry.Install(registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) }))
	if err != nil {
		t.Fatal(err)
	}
}

// rows reads every row of every collection, whatever it is called: by table and id, all columns.
func (s *site) rows(t *testing.T) map[string]string {
	t.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(s.data, sqlitestore.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	tables, err := pool.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'c:%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	var names []string
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := tables.Err(); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range names {
		readRows(t, pool, name, found)
	}
	return found
}

// readRows enters a table's rows.
func readRows(t *testing.T, pool *sql.DB, name string, found map[string]string) {
	t.Helper()
	docs, err := pool.QueryContext(t.Context(), `SELECT id, v, body FROM "`+name+`"`)
	if err != nil {
		t.Fatal(err)
	}
	defer docs.Close()
	for docs.Next() {
		var id, body string
		var version int64
		if err := docs.Scan(&id, &version, &body); err != nil {
			t.Fatal(err)
		}
		found[name+" "+id] = fmt.Sprintf("%d %s", version, body)
	}
	if err := docs.Err(); err != nil {
		t.Fatal(err)
	}
}

// hostile calls itself the victim's course, brings policies of its run, learners' data, roles, keys and an unknown type.
var hostile = map[string]string{
	"course.xml": `<course url_name="now" org="Org" course="Num"/>`,
	"course/now.xml": `<course display_name="Planted" position="7"
 lti_passports="[&quot;id:key:canary-passport&quot;]"
 roles="canary-role"><chapter url_name="c1"/></course>`,
	"policies/now/policy.json":   `{"course/now": {"display_name": "Planted", "beta_testers": ["canary-role"]}}`,
	"policies/other/policy.json": `{"course/other": {"display_name": "Other run"}}`,
	"vertical/v1.xml": `<vertical display_name="Unit">
<html url_name="h1"/>
<pad url_name="p1" colour="red"
 draft="canary-state"
 theme="canary-state"
 total="4242"/>
<problem url_name="q1" student_answers="canary-state"
 instructors="canary-role"/>
<strange url_name="x1" course_staff="canary-role" colour="blue"/>
</vertical>`,
	"html/h1.html": "<p>planted</p>",
	"static/a.png": "planted",
}

// A hostile archive writes to the course that the caller chose and nowhere else; what learners or the site own is dropped
// and reported where it stands; a type that is not here stays as inert OLX (security R12).
func TestHostileArchive(t *testing.T) {
	s := newSite(t)
	s.install(t, "pad", sdk.New[padFields, sdk.None, sdk.None](pad{}, sdk.Spec{}))
	victim := key.Course{Org: "Org", Number: "Num", Run: "now"}
	if _, err := s.importPath(t, small(t, nil), victim); err != nil {
		t.Fatal(err)
	}
	if err := s.courses.PutDraft(t.Context(), course.Draft{Course: victim.String(), Usage: victim.Usage("html", "h1").String()}); err != nil {
		t.Fatal(err)
	}
	before := s.rows(t)
	mine := key.Course{Org: "Mine", Number: "New", Run: "later"}
	report, err := s.importPath(t, small(t, hostile), mine)
	if err != nil || report.Course != mine {
		t.Fatalf("%v, %v", report.Course, err)
	}
	after := s.rows(t)
	if len(before) < 10 || len(after) <= len(before) {
		t.Fatalf("%d documents before, %d after: the walk sees too little", len(before), len(after))
	}
	for id, body := range before {
		if after[id] != body {
			t.Errorf("%s changed:\n%s\n%s", id, body, after[id])
		}
	}
	for id, body := range after {
		if _, old := before[id]; old {
			continue
		}
		for _, canary := range []string{victim.String(), "canary-state", "canary-role", "canary-passport", "4242"} {
			if strings.Contains(id+body, canary) {
				t.Errorf("%s, which the import wrote, holds %s: %s", id, canary, body)
			}
		}
	}
	wantDropped(t, report)
	s.wantInert(t, mine, report)
}

func wantDropped(t *testing.T, report importer.Report) {
	t.Helper()
	got := map[string]olx.Code{}
	for _, f := range report.Findings {
		if f.Code == olx.CodeUserState || f.Code == olx.CodeSecret {
			got[fmt.Sprintf("%s:%d %s", f.File, f.Line, strings.Fields(f.Message)[0])] = f.Code
		}
	}
	want := map[string]olx.Code{
		"course/now.xml:1 position": olx.CodeUserState, "course/now.xml:2 lti_passports": olx.CodeSecret,
		"course/now.xml:3 roles": olx.CodeUserState, "policies/now/policy.json:1 beta_testers": olx.CodeUserState,
		"vertical/v1.xml:4 draft": olx.CodeUserState, "vertical/v1.xml:5 theme": olx.CodeUserState,
		"vertical/v1.xml:6 total": olx.CodeUserState, "vertical/v1.xml:7 student_answers": olx.CodeUserState,
		"vertical/v1.xml:8 instructors": olx.CodeUserState, "vertical/v1.xml:9 course_staff": olx.CodeUserState,
	}
	for at, code := range want {
		if got[at] != code {
			t.Errorf("%s: reported as %q, want %q", at, got[at], code)
		}
	}
	if len(got) != len(want) {
		t.Errorf("reported %v", got)
	}
}

func (s *site) wantInert(t *testing.T, mine key.Course, report importer.Report) {
	t.Helper()
	if unknown := report.Unknowns(); strings.Join(unknown, " ") != "problem strange" {
		t.Errorf("unknown types %v", unknown)
	}
	published, err := s.courses.Published(t.Context(), mine)
	if err != nil {
		t.Fatal(err)
	}
	block, err := published.Find(t.Context(), mine.Usage("pad", "p1"))
	if err != nil {
		t.Fatal(err)
	}
	if own, err := s.courses.Revision(t.Context(), block.Hash); err != nil || own.Fields["colour"] != `"red"` {
		t.Errorf("the author's own field: %+v, %v", own, err)
	}
	strange, err := published.Find(t.Context(), mine.Usage("strange", "x1"))
	if err != nil {
		t.Fatal(err)
	}
	revision, err := s.courses.Revision(t.Context(), strange.Hash)
	if err != nil || revision.Source == nil || !strings.Contains(revision.Source.XML, `colour="blue"`) {
		t.Errorf("the unknown type's element is kept as %+v, %v", revision, err)
	}
}
