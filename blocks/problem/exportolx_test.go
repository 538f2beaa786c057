package problem_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// TestExport: what is written reads the same again, byte for byte inside of the element.
func TestExport(t *testing.T) {
	w, err := fakehost.Open(fakehost.Config{Serve: problem.Block().Serve, Permissions: fakehost.Permissions{"script": nil}})
	if err != nil {
		t.Fatal(err)
	}
	sources := demo.Files(t, "problem", ".xml")
	sources["made up"] = "<problem display_name=\"A &amp; &quot;B&quot;\" max_attempts=\"null\" weight=\"\" markdown=\"&quot;&gt;&gt;q&#10;&lt;&lt;&quot;\" showanswer=\"past_due\">\n" +
		"<!-- kept --><unknown colour='red'><![CDATA[ a < b ]]></unknown>\t<p>\r\n</p></problem>"
	sources["empty"] = "<problem/>"
	for name, source := range sources {
		fields, _, err := w.Import([]byte(source), nil)
		if err != nil {
			t.Fatal(name, err)
		}
		reply, err := w.Export(fields, "x")
		if err != nil {
			t.Fatal(name, err)
		}
		read, _, err := w.Import(reply.XML.Data, reply.Files)
		if err != nil || !reflect.DeepEqual(read, fields) {
			t.Errorf("%s changes on the way: %v\n%s\n%s", name, err, source, reply.XML.Data)
		}
		if name == "made up" && !strings.Contains(string(reply.XML.Data), "<!-- kept --><unknown colour='red'><![CDATA[ a < b ]]></unknown>\t<p>\r\n</p>") {
			t.Errorf("the inside is written as %s", reply.XML.Data)
		}
	}
	if _, err := w.Export(wire.Fields{"data": []byte("5")}, "x"); err == nil {
		t.Error("a number was written as a problem")
	}
}
