package importer_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/sdk"
)

type sealed struct{}

type sealedFields struct {
	Colour sdk.Opt[string] `quoin:"colour,settings"`
	Key    sdk.Opt[string] `quoin:"api_key,settings,key"`
}

func (sealed) Render(*sdk.Call, sdk.View[sealedFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "sealed"}, nil
}

// Keys and whether publishing needs a review are changed by those alone who run the course, and by nobody through an archive that
// says nothing of them.
func TestReservedFieldsStay(t *testing.T) {
	s := newSite(t)
	s.install(t, "sealed", sdk.New[sealedFields, sdk.None, sdk.None](sealed{}, sdk.Spec{}))
	bring := func(runs bool, element, course string) {
		t.Helper()
		request := s.with(t, small(t, map[string]string{
			"vertical/v1.xml": `<vertical display_name="Unit"><html url_name="h1"/>` + element + `</vertical>`,
			"course/now.xml":  `<course display_name="Small"` + course + `><chapter url_name="c1"/></course>`,
		}))
		request.Runs = runs
		if _, err := importer.Import(t.Context(), s.config(), request); err != nil {
			t.Fatal(err)
		}
	}
	is := func(what, key, review, colour string) {
		t.Helper()
		run, err := s.courses.Run(t.Context(), small1)
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.courses.Revisions(t.Context(), run.Head.Root)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, revision := range all {
			if revision.Type == "sealed" {
				found = true
				if revision.Fields["api_key"] != key || revision.Fields["colour"] != colour {
					t.Errorf("%s: the block has %q", what, revision.Fields)
				}
			}
		}
		if got := all[run.Head.Root].Fields[course.NeedsReview]; got != review || !found {
			t.Errorf("%s: reviews %q, found %t", what, got, found)
		}
	}
	bring(true, `<sealed url_name="k" colour="red" api_key="INSTRUCTOR"/>`, ` publish_needs_review="true"`)
	is("who runs the course", `"INSTRUCTOR"`, "true", `"red"`)
	bring(false, `<sealed url_name="k" colour="blue" api_key="ATTACKER"/>`, ` publish_needs_review="false"`)
	is("staff with a key of their own", `"INSTRUCTOR"`, "true", `"blue"`)
	bring(false, `<sealed url_name="k" colour="green"/>`, "")
	is("staff without a key", `"INSTRUCTOR"`, "true", `"green"`)
	bring(true, `<sealed url_name="k" colour="white"/>`, "")
	is("an export without secrets", `"INSTRUCTOR"`, "true", `"white"`)
	bring(true, `<sealed url_name="k" colour="white" api_key="NEXT"/>`, ` publish_needs_review="false"`)
	is("another key by who runs the course", `"NEXT"`, "false", `"white"`)
}
