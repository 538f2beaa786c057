package exporter_test

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sampled are the samples of a type as OLX, fields as attributes.
func sampled(t *testing.T, blockType string) string {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: wire.OpSample, Context: wire.Context{Block: blockType}}, wire.SampleRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var reply wire.SampleReply
	if err := wire.DecodeReply(questions.Block().Serve(nil, frame), &reply); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, sample := range reply.Samples {
		fmt.Fprintf(&b, `<%s url_name="%s-%s"`, blockType, blockType, sample.Name)
		for _, name := range slices.Sorted(maps.Keys(sample.Fields)) {
			value := string(sample.Fields[name])
			var text string
			if json.Unmarshal(sample.Fields[name], &text) == nil {
				value = text
			}
			fmt.Fprintf(&b, ` %s="%s"`, name, html.EscapeString(value))
		}
		b.WriteString("/>")
	}
	return b.String()
}

// The native types write and read no OLX of their own: what their authors filled in, lists of rows included, goes out as
// attributes and comes back as it was, written from the fields alone.
func TestQuestionsGoOutAndComeBack(t *testing.T) {
	blocks := ""
	for _, blockType := range slices.Sorted(maps.Keys(questions.Block().(sdk.Types))) {
		blocks += sampled(t, blockType)
	}
	s := newSite(t)
	run := s.bring(t, open(t, map[string]string{
		"course.xml":     `<course url_name="now" org="Org" course="Native"/>`,
		"course/now.xml": `<course display_name="Native"><chapter url_name="c"><sequential url_name="s"><vertical url_name="v">` + blocks + `</vertical></sequential></chapter></course>`,
	}), key.Course{}).Course
	p := s.take(t, exporter.Request{Course: run, Rewrite: true})
	for _, note := range p.Report.Notes {
		t.Errorf("%+v", note)
	}
	files := ""
	for _, text := range texts(t, p.Files()) {
		files += text
	}
	if !strings.Contains(files, "<multiple-choice") || !strings.Contains(files, "Jupiter") || !strings.Contains(files, "<calculated") {
		t.Errorf("the archive holds\n%s", files)
	}
	s.comesBack(t, run, p)
}
