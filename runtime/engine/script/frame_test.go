package script

import (
	"bytes"
	"errors"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestFramesAsText(t *testing.T) {
	for want, segments := range map[string][][]byte{
		"2 0\n{}":           {[]byte("{}"), nil},
		"2 4 4b\n{}aé𝄞/wA=": {[]byte("{}"), []byte("aé𝄞"), {0xff, 0}},
	} {
		frame, err := wire.Join(segments)
		if err != nil {
			t.Fatal(err)
		}
		text, err := Text(frame)
		if err != nil || string(text) != want {
			t.Errorf("%q, %v, want %q", text, err, want)
		}
		back, err := Frame(text)
		if err != nil || !bytes.Equal(back, frame) {
			t.Errorf("%q came back as %q, %v", frame, back, err)
		}
	}
}

func TestTextsThatAreNoFrames(t *testing.T) {
	for _, text := range []string{"", "2 0", "2\n{}", "x 0\n", "3 0\n{}", "1 0\n{}", "-1 0\n", "1 0\n𝄞", "1 1\n{}more", "2 2b\n{}??", "99999999999 0\n"} {
		if _, err := Frame([]byte(text)); !errors.Is(err, wire.ErrFrame) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Text([]byte("no frame")); !errors.Is(err, wire.ErrFrame) {
		t.Errorf("a frame that is none: %v", err)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte("2 0\n{}"))
	f.Add([]byte("2 3 4b\n{}aé/wA="))
	f.Fuzz(func(t *testing.T, text []byte) {
		frame, err := Frame(text)
		if err != nil {
			return
		}
		again, err := Text(frame)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Frame(again); err != nil || !bytes.Equal(back, frame) {
			t.Errorf("%q gave %q, then %q, %v", text, frame, back, err)
		}
	})
}
