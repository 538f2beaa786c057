package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

func request(t testing.TB) []byte {
	t.Helper()
	seed := 7
	frame, err := EncodeRequest(
		Request{ABI: ABI, Op: OpGrade, Context: Context{Block: "problem", Seed: &seed}},
		&GradeRequest{Submission: Submission{ID: "s", Answers: []byte(`{"a":"b"}`)}, Secret: Blob{Data: []byte("key")}})
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestRequestRoundTrip(t *testing.T) {
	got, message, err := DecodeRequest(request(t))
	if err != nil {
		t.Fatal(err)
	}
	var body GradeRequest
	if err := message.Body(&body); err != nil {
		t.Fatal(err)
	}
	if got.Op != OpGrade || *got.Context.Seed != 7 || string(body.Secret.Data) != "key" || body.Public.Data != nil {
		t.Errorf("got %+v %+v", got, body)
	}
}

func TestWrongABI(t *testing.T) {
	frame, err := EncodeRequest(Request{ABI: 99, Op: OpDescribe}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = DecodeRequest(frame)
	if !errors.Is(err, &Error{Code: CodeABI}) || !strings.Contains(err.Error(), "99") || !strings.Contains(err.Error(), "ABI 1") {
		t.Errorf("got %v, want both numbers", err)
	}
}

func TestBadFrames(t *testing.T) {
	header := func(numbers ...uint32) []byte {
		var out []byte
		for _, n := range numbers {
			out = binary.LittleEndian.AppendUint32(out, n)
		}
		return out
	}
	good := request(t)
	tests := map[string][]byte{
		"empty":             nil,
		"short header":      {1, 0},
		"one segment":       header(1, 0),
		"too many segments": append(header(MaxSegments+1), make([]byte, 4*(MaxSegments+1))...),
		"huge count":        header(1<<31, 0, 0),
		"length past end":   header(2, 10, 0),
		"length overflow":   header(2, 1<<32-1, 1<<32-1),
		"trailing bytes":    append(bytes.Clone(good), 0),
		"cut short":         good[:len(good)-1],
		"JSON over limit":   append(header(2, MaxJSON+1, 0), make([]byte, MaxJSON+1)...),
		"blob over limit":   append(header(3, 0, 0, MaxBlob+1), make([]byte, MaxBlob+1)...),
		"frame over limit":  make([]byte, MaxFrame+1),
	}
	for name, frame := range tests {
		if _, _, err := DecodeRequest(frame); !errors.Is(err, ErrFrame) {
			t.Errorf("%s: got %v, want ErrFrame", name, err)
		}
	}
	if _, err := EncodeReply(&Fragment{HTML: Blob{Data: make([]byte, MaxBlob+1)}}, nil); !errors.Is(err, ErrFrame) {
		t.Errorf("encoding an oversized blob: got %v", err)
	}
}

func TestBlobBeyondSegments(t *testing.T) {
	frame, err := joinFrame([][]byte{[]byte(`{}`), []byte(`{"html":5}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := DecodeReply(frame, &Fragment{}); !errors.Is(err, ErrFrame) {
		t.Errorf("got %v", err)
	}
	frame, err = joinFrame([][]byte{[]byte(`{}`), []byte(`{"html":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := DecodeReply(frame, &Fragment{}); !errors.Is(err, ErrFrame) {
		t.Errorf("a blob that names the JSON: got %v", err)
	}
}

func TestEmptyReplyIsRefused(t *testing.T) {
	frame, err := joinFrame([][]byte{[]byte(`{}`), nil})
	if err != nil {
		t.Fatal(err)
	}
	if err := DecodeReply(frame, &Verdict{}); !errors.Is(err, ErrFrame) {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(request(f))
	f.Add([]byte{2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, '{', '}'})
	f.Fuzz(func(_ *testing.T, frame []byte) {
		if _, message, err := DecodeRequest(frame); err == nil {
			for _, body := range []any{&GradeRequest{}, &RenderRequest{}, &HandleRequest{}, &ReportRequest{}, &ImportRequest{}} {
				_ = message.Body(body) // must not panic
			}
		}
		_ = DecodeReply(frame, &HandleReply{})
		if call, message, err := DecodeService(frame); err == nil {
			_ = call
			_ = message.Body(&HTTPDo{})
		}
	})
}
