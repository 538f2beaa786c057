package html_test

import (
	"reflect"
	"testing"

	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// again writes fields and reads what was written.
func again(t *testing.T, fields wire.Fields, id string) (wire.Fields, *wire.ExportReply) {
	t.Helper()
	w := open(t)
	reply, err := w.Export(fields, id)
	if err != nil {
		t.Fatal(err)
	}
	read, findings, err := w.Import(reply.XML.Data, reply.Files)
	if err != nil || len(findings) > 0 {
		t.Fatalf("%s: %v, %v", reply.XML.Data, findings, err)
	}
	return read, reply
}

func TestExport(t *testing.T) {
	fields := wire.Fields{
		"display_name": []byte(`"A \u0026 \"B\" \u003cc\u003e"`), "editor": []byte(`"raw"`), "use_latex_compiler": []byte("true"),
		"data": []byte(`"\u003cp\u003e\u0026nbsp;not XML\u003cbr\u003e\r\n"`),
	}
	read, reply := again(t, fields, "a:b")
	if !reflect.DeepEqual(read, fields) {
		t.Errorf("%s comes back as %s", fields, read)
	}
	if len(reply.Files) != 1 || reply.Files[0].Path != "html/a/b.html" || string(reply.Files[0].Data.Data) != "<p>&nbsp;not XML<br>\r\n" {
		t.Errorf("the text stands in %+v", reply.Files)
	}
	if read, _ := again(t, wire.Fields{}, "x"); len(read) != 1 || string(read["data"]) != `""` {
		t.Errorf("an empty block comes back as %s", read)
	}
}

func TestExportDemoCourse(t *testing.T) {
	w := open(t)
	for name, source := range demo.Files(t, "html", ".html") {
		fields, _, err := w.Import([]byte(`<html filename="x" display_name="X"/>`), []wire.OLXFile{{Path: "html/x.html", Data: wire.Blob{Data: []byte(source)}}})
		if err != nil {
			t.Fatal(name, err)
		}
		if read, reply := again(t, fields, "x"); !reflect.DeepEqual(read, fields) || string(reply.Files[0].Data.Data) != source {
			t.Errorf("%s changes on the way", name)
		}
	}
}
