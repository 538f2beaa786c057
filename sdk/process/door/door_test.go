package door

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestCodecCarriesMessagesAsBytes(t *testing.T) {
	for _, m := range []Message{
		{Kind: Ready},
		{Kind: Call, Call: 1, Body: []byte("frame")},
		{Kind: Reply, Call: 1<<32 - 1, Body: bytes.Repeat([]byte("x"), 100_000)},
		{Kind: TooLarge, Call: 7, Body: PackSize(1 << 40)},
	} {
		data, err := Codec{}.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		if want := header + len(m.Body); data.Len() != want {
			t.Errorf("kind %d: %d bytes on the wire, want %d", m.Kind, data.Len(), want)
		}
		var got Message
		if err := (Codec{}).Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if got.Kind != m.Kind || got.Call != m.Call || !bytes.Equal(got.Body, m.Body) {
			t.Errorf("kind %d came back as kind %d, call %d, %d bytes", m.Kind, got.Kind, got.Call, len(got.Body))
		}
	}
}

func TestCodecLeavesTheRestToProtobuf(t *testing.T) {
	data, err := Codec{}.Marshal(wrapperspb.String("health"))
	if err != nil {
		t.Fatal(err)
	}
	var got wrapperspb.StringValue
	if err := (Codec{}).Unmarshal(data, &got); err != nil || got.GetValue() != "health" {
		t.Errorf("got %q, %v", got.GetValue(), err)
	}
}

func TestLogLines(t *testing.T) {
	for _, level := range []int{-4, 0, 4, 8} {
		got, line, err := UnpackLog(PackLog(level, "one \xff line"))
		if err != nil || got != level || line != "one ? line" {
			t.Errorf("level %d came back as %d %q, %v", level, got, line, err)
		}
	}
	if body := PackLog(0, strings.Repeat("\xff", wire.MaxFrame+1)); len(body) > wire.MaxFrame {
		t.Errorf("a long line takes %d bytes, more than a frame", len(body))
	}
	if _, _, err := UnpackLog([]byte("abc")); err == nil {
		t.Error("a log line of three bytes was read")
	}
	if _, err := UnpackSize(nil); err == nil {
		t.Error("a size of no bytes was read")
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty":        nil,
		"short":        {1, 2, 3, 4},
		"kind 0":       {0, 0, 0, 0, 0},
		"unknown kind": {99, 0, 0, 0, 0},
		"too long":     append([]byte{2, 0, 0, 0, 0}, make([]byte, MaxMessage)...),
	} {
		if err := new(Message).Decode(data); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte{2, 1, 0, 0, 0, 'x'})
	f.Add([]byte{6, 1, 0, 0, 0, 0, 0, 0, 0, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Message
		if m.Decode(data) != nil {
			return
		}
		out, err := Codec{}.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Materialize(); !bytes.Equal(got, data) {
			t.Errorf("%x came back as %x", data, got)
		}
		if m.Kind == LogLine {
			if level, line, err := UnpackLog(m.Body); err == nil {
				if again, text, err := UnpackLog(PackLog(level, line)); err != nil || again != level || text != line {
					t.Errorf("log line %d %q came back as %d %q, %v", level, line, again, text, err)
				}
			}
		}
	})
}
