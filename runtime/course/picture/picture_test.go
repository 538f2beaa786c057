package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// drawn is a picture whose upper left corner is red, the rest blue.
func drawn(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{0, 0, uint8(200 + (x*7+y*13)%50), 255}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{255, 0, 0, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func jpegOf(tb testing.TB, w, h, up int) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, drawn(w, h), nil); err != nil {
		tb.Fatal(err)
	}
	data := out.Bytes()
	side := sideSegment(up)
	secret := append([]byte{0xff, jpegApp1, 0, 2 + 20}, "GPS 52.5N 13.4E ....."[:20]...)
	note := append([]byte{0xff, jpegNote, 0, 2 + 12}, "by Somebody."...)
	return append(append(append(append(append([]byte{}, data[:2]...), side...), secret...), note...), data[2:]...)
}

func pngOf(tb testing.TB, w, h int) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, drawn(w, h)); err != nil {
		tb.Fatal(err)
	}
	data := out.Bytes()
	chunk := append([]byte{0, 0, 0, 0}, "tEXtAuthor\x00Somebody"...)
	binary.BigEndian.PutUint32(chunk, uint32(len(chunk)-8))
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, data[:33]...), chunk...), data[33:]...)
}

// What a camera wrote is gone, which side is up is not, and smaller copies stand upright.
func TestPrepare(t *testing.T) {
	for up := 1; up <= 8; up++ {
		p, err := Prepare(t.Context(), "image/jpeg", jpegOf(t, 2000, 1000, up))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(p.Data, []byte("GPS")) || bytes.Contains(p.Data, []byte("Somebody")) {
			t.Errorf("%d: what the camera wrote is there still", up)
		}
		if _, side, err := stripJPEG(p.Data); err != nil || side != up {
			t.Errorf("%d: the side that is up became %d, %v", up, side, err)
		}
		w, h := 2000, 1000
		if up > 4 {
			w, h = h, w
		}
		if p.Width != w || p.Height != h {
			t.Errorf("%d: %d by %d", up, p.Width, p.Height)
		}
		if len(p.Smaller) < 2 {
			t.Fatalf("%d: %d copies", up, len(p.Smaller))
		}
		small, _, err := image.Decode(bytes.NewReader(p.Smaller[0].Data))
		if err != nil || small.Bounds().Dx() != 160 || small.Bounds().Dy() != 160*h/w {
			t.Fatalf("%d: a copy of %v, %v", up, small.Bounds(), err)
		}
		// Where the red corner stands when the picture stands upright.
		corner := map[int][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}}[up]
		for cx := range 2 {
			for cy := range 2 {
				r, _, _, _ := small.At(small.Bounds().Dx()*(1+2*cx)/4, small.Bounds().Dy()*(1+2*cy)/4).RGBA()
				if red := r > 0x8000; red != (corner == [2]int{cx, cy}) {
					t.Errorf("%d: at %d, %d red is %v", up, cx, cy, red)
				}
			}
		}
	}
}

func TestPreparePNG(t *testing.T) {
	p, err := Prepare(t.Context(), "image/png", pngOf(t, 800, 400))
	if err != nil || bytes.Contains(p.Data, []byte("Somebody")) || p.Width != 800 {
		t.Fatalf("%v", err)
	}
	if len(p.Smaller) == 0 || p.Smaller[0].Type != "image/png" {
		t.Errorf("%d copies", len(p.Smaller))
	}
	small, err := Prepare(t.Context(), "image/png", pngOf(t, 100, 100))
	if err != nil || len(small.Smaller) != 0 {
		t.Errorf("a small one has copies: %v", err)
	}
}

func TestStripWebP(t *testing.T) {
	chunk := func(kind string, data string) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
		out = append(out, data...)
		if len(data)%2 == 1 {
			out = append(out, 0)
		}
		return out
	}
	body := append(append(chunk("VP8X", "\x0c\x00\x00\x00\x09\x00\x00\x09\x00\x00"), chunk("VP8 ", "picture")...), chunk("EXIF", "GPS 52.5N")...)
	data := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), append([]byte("WEBP"), body...)...)
	clean, err := stripWebP(data)
	if err != nil || bytes.Contains(clean, []byte("GPS")) || !bytes.Contains(clean, []byte("picture")) || clean[20] != 0 {
		t.Errorf("%q, %v", clean, err)
	}
	if int(binary.LittleEndian.Uint32(clean[4:])) != len(clean)-8 {
		t.Error("the length is wrong")
	}
}

// What is no picture, or one that would fill the memory, is refused before it is decoded.
func TestRefused(t *testing.T) {
	var bomb bytes.Buffer
	if err := gif.Encode(&bomb, image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black}), nil); err != nil {
		t.Fatal(err)
	}
	huge := bomb.Bytes()
	binary.LittleEndian.PutUint16(huge[6:], 60000)
	binary.LittleEndian.PutUint16(huge[8:], 60000)
	if _, err := Prepare(t.Context(), "image/gif", huge); !errors.Is(err, ErrTooLarge) {
		t.Errorf("60000 by 60000: %v", err)
	}
	for kind, data := range map[string][]byte{
		"image/png": []byte("<svg onload=alert(1)>"), "image/jpeg": pngOf(t, 10, 10), "image/webp": []byte("RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff"),
		"image/gif": []byte("GIF89a"),
	} {
		if _, err := Prepare(t.Context(), kind, data); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	cut := jpegOf(t, 300, 300, 1)
	for n := range cut[:min(len(cut), 2000)] {
		if _, err := Prepare(t.Context(), "image/jpeg", cut[:n]); err == nil {
			t.Fatalf("cut at %d: taken", n)
		}
	}
}

func FuzzStrip(f *testing.F) {
	f.Add(0, jpegOf(f, 20, 20, 6))
	f.Add(1, pngOf(f, 20, 20))
	f.Add(2, []byte("RIFF\x12\x00\x00\x00WEBPVP8 \x06\x00\x00\x00abcdef"))
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		name := []string{"image/jpeg", "image/png", "image/webp"}[((kind%3)+3)%3]
		clean, up, err := strip(name, data)
		if err != nil {
			return
		}
		if up < 1 || up > 8 || len(clean) > len(data)+40 {
			t.Fatalf("%d bytes became %d, side %d", len(data), len(clean), up)
		}
		again, side, err := strip(name, clean)
		if err != nil || side != up || !bytes.Equal(again, clean) {
			t.Fatalf("stripping twice is not stripping once: %v, %d and %d", err, up, side)
		}
	})
}

// scans is a grey JPEG of as many passes, each of which refines nothing in a few bytes and walks over the whole picture.
func scans(n int) []byte {
	out := []byte{0xff, jpegStart, 0xff, 0xdb, 0, 67, 0}
	out = append(out, bytes.Repeat([]byte{1}, 64)...)
	out = append(out, 0xff, 0xc2, 0, 11, 8, 0, 200, 0, 200, 1, 1, 0x11, 0) // 200 by 200, progressive
	out = append(out, 0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe0)
	// The one code "0" ends a band for 16384 blocks and as many as 14 bits say.
	scan := []byte{0xff, jpegScan, 0, 8, 1, 1, 0, 1, 63, 0x10, 0x7f, 0xff, 0x00}
	return append(append(out, bytes.Repeat(scan, n)...), 0xff, jpegEnd)
}

// A few bytes would keep the server at one picture for as long as somebody likes.
func TestPassesAreCounted(t *testing.T) {
	if _, err := Prepare(t.Context(), "image/jpeg", scans(MaxScans+1)); !errors.Is(err, ErrPasses) {
		t.Errorf("a JPEG of %d passes: %v", MaxScans+1, err)
	}
	if _, err := Prepare(t.Context(), "image/jpeg", scans(12)); err != nil {
		t.Errorf("a JPEG of as many passes as tools write: %v", err)
	}
}

// Whoever goes away does not go on waiting behind another one's picture.
func TestWaitingEnds(t *testing.T) {
	slots <- struct{}{}
	defer func() { <-slots }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Prepare(ctx, "image/png", pngOf(t, 800, 400)); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
