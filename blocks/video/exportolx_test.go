package video

import (
	"reflect"
	"testing"

	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
)

// TestExport: what is written reads the same again.
func TestExport(t *testing.T) {
	w, err := fakehost.Open(fakehost.Config{Serve: Block().Serve, Permissions: fakehost.Permissions{"files": nil, "embed": {"www.youtube-nocookie.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	sources := demo.Files(t, "video", ".xml")
	sources["made up"] = `<video youtube="1.00:abc" start_time="00:01:30" end_time="90.1" sub="s" download_track="true" auto_advance="false">
<source src="https://x.example/a.mp4?a=1&amp;b=2"/><transcript language="de" src="d.srt"/><track src="t.srt"/>
<video_asset client_video_id="c"><encoded_video url="u"/></video_asset><unknown><!-- kept --><![CDATA[<]]></unknown></video>`
	sources["empty"] = "<video/>"
	for name, source := range sources {
		fields, _, err := w.Import([]byte(source), nil)
		if err != nil {
			t.Fatal(name, err)
		}
		reply, err := w.Export(fields, "x")
		if err != nil {
			t.Fatal(name, err)
		}
		read, findings, err := w.Import(reply.XML.Data, reply.Files)
		if err != nil || len(findings) > 0 || !reflect.DeepEqual(read, fields) {
			t.Errorf("%s changes on the way: %v, %v\n%s\n%s", name, findings, err, source, reply.XML.Data)
		}
	}
}
