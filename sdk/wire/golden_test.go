package wire

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// messages lists every struct that crosses the boundary by itself.
func messages() []any {
	return []any{
		Request{},
		Reply{},
		ServiceCall{},
		DescribeRequest{},
		Description{},
		OutlineRequest{},
		Outline{},
		VaryRequest{},
		Variant{},
		ChooseRequest{},
		Choice{},
		CheckRequest{},
		CheckReply{},
		RenderRequest{},
		Fragment{},
		RevealRequest{},
		Revealed{},
		HandleRequest{},
		HandleReply{},
		MountRequest{},
		TaskRequest{},
		EffectsReply{},
		EventRequest{},
		GradedEvent{},
		GradeRequest{},
		Verdict{},
		SolveRequest{},
		Solution{},
		ReportRequest{},
		ReportReply{},
		Mark{},
		ImportRequest{},
		ImportReply{},
		ExportRequest{},
		ExportReply{},
		MigrateRequest{},
		MigrateReply{},
		SampleRequest{},
		SampleReply{},
		DocumentGet{},
		DocumentFound{},
		DocumentFind{},
		DocumentsFound{},
		ChildrenList{},
		ChildrenFound{},
		UsersGet{},
		UsersFound{},
		FileRead{},
		FileFound{},
		ScoresGet{},
		ScoresFound{},
		EnrolmentsFind{},
		EnrolmentsFound{},
		ScriptRun{},
		ScriptDone{},
		SearchQuery{},
		SearchFound{},
		KeySign{},
		KeySigned{},
		KeyVerify{},
		KeyVerified{},
		KeySetPublish{},
		KeySetPublished{},
		HTTPDo{},
		HTTPDone{},
	}
}

// fill gives every field of a message a value that is not its zero value, so that a golden file shows each of them: a
// field that is added turns the test red until its file is written anew, and one that does not travel turns it red for good.
func fill(value reflect.Value, name string, depth int) {
	switch value.Type() {
	case reflect.TypeFor[json.RawMessage]():
		value.SetBytes([]byte(`{"` + strings.ToLower(name) + `":1}`))
		return
	case reflect.TypeFor[Blob]():
		value.Set(reflect.ValueOf(Blob{Data: []byte("blob " + strings.ToLower(name))}))
		return
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString(strings.ToLower(name))
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int, reflect.Int64:
		value.SetInt(int64(len(name)))
	case reflect.Float64:
		value.SetFloat(float64(len(name)) + 0.5)
	case reflect.Pointer:
		if depth > 0 {
			value.Set(reflect.New(value.Type().Elem()))
			fill(value.Elem(), name, depth-1)
		}
	case reflect.Slice:
		if depth > 0 {
			value.Set(reflect.MakeSlice(value.Type(), 1, 1))
			fill(value.Index(0), name, depth-1)
		}
	case reflect.Map:
		if depth > 0 {
			key, element := reflect.New(value.Type().Key()).Elem(), reflect.New(value.Type().Elem()).Elem()
			fill(key, name, 0)
			fill(element, name, depth-1)
			value.Set(reflect.MakeMap(value.Type()))
			value.SetMapIndex(key, element)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if field := value.Type().Field(i); field.IsExported() {
				fill(value.Field(i), field.Name, depth)
			}
		}
	default:
		panic("messages may not hold a " + value.Kind().String())
	}
}

func TestGolden(t *testing.T) {
	seen := map[string]bool{}
	for _, message := range messages() {
		kind := reflect.TypeOf(message)
		t.Run(kind.Name(), func(t *testing.T) {
			full := reflect.New(kind)
			fill(full.Elem(), kind.Name(), 6)
			frame, err := encode(Reply{}, full.Interface())
			if err != nil {
				t.Fatal(err)
			}
			segments, err := splitFrame(frame)
			if err != nil {
				t.Fatal(err)
			}
			var golden bytes.Buffer
			if err := json.Indent(&golden, segments[segmentBody], "", "  "); err != nil {
				t.Fatal(err)
			}
			golden.WriteByte('\n')
			for _, blob := range segments[firstBlob:] {
				golden.WriteString("segment: " + string(blob) + "\n")
			}
			name := strings.ToLower(kind.Name()) + ".golden"
			seen[name] = true
			compare(t, filepath.Join("testdata", name), golden.Bytes())

			back := reflect.New(kind)
			if err := decodeBody(segments, back.Interface()); err != nil {
				t.Fatal(err)
			}
			again, err := encode(Reply{}, back.Interface())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(frame, again) {
				t.Errorf("decoding and encoding again changed the frame:\n%s\n%s", frame, again)
			}
			unfilled(t, kind.Name(), full.Elem(), 6)
		})
	}
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !seen[filepath.Base(file)] {
			t.Errorf("%s belongs to no message: names are append-only, so a message never goes away", file)
		}
	}
}

// unfilled fails for a field that fill left at its zero value: the golden file would not show it.
func unfilled(t *testing.T, path string, value reflect.Value, depth int) {
	t.Helper()
	if value.Kind() != reflect.Struct || value.Type() == reflect.TypeFor[Blob]() || depth == 0 {
		return
	}
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		if value.Field(i).IsZero() && value.Field(i).Type().Size() > 0 {
			t.Errorf("%s.%s stays empty in the golden file", path, field.Name)
		}
		unfilled(t, path+"."+field.Name, value.Field(i), depth-1)
	}
}

// compare holds what is against the file that shows what was.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run `go test ./sdk/wire -update` and read the difference", err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs: a field was added, renamed or dropped. The contract is append-only; if this is an addition run "+
			"`go test ./sdk/wire -update`.\nwant\n%s\ngot\n%s", file, want, got)
	}
}
