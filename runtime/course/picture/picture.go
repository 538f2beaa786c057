package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // reads
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // reads
)

// Limits of pictures.
const (
	// MaxBytes bounds a picture's file, MaxPixels what it is when decoded: 4 bytes each.
	MaxBytes  = 32 << 20
	MaxPixels = 24_000_000
	// MaxScans bounds in how many passes a JPEG is stored. Each is a walk over all of the picture, however few bytes it has; tools
	// write about ten.
	MaxScans = 32
	quality  = 82
)

// What may be wrong with a picture that is whole: it has more bytes or pixels than a picture may have, or more passes.
var (
	ErrTooLarge = errors.New("the picture is too large")
	ErrPasses   = errors.New("the picture is stored in too many passes")
)

// widths are those of smaller copies: for a list, for a phone, for a page.
var widths = []int{160, 640, 1280}

// Picture is a picture as it is kept.
type Picture struct {
	Data          []byte
	Width, Height int
	Smaller       []Copy
}

// Copy is a smaller copy.
type Copy struct {
	Width int
	Type  string
	Data  []byte
}

// Is reports whether a media type is one of the pictures that this package knows.
func Is(kind string) bool {
	switch kind {
	case "image/jpeg", "image/png", "image/webp", "image/gif":
		return true
	}
	return false
}

// slots bounds how many pictures are decoded at once: each may take a hundred megabytes.
var slots = make(chan struct{}, 1)

// Prepare cleans a picture and makes its smaller copies. An animation has none: a copy would stand still. It ends with the context
// while others' pictures are being made smaller.
func Prepare(ctx context.Context, kind string, data []byte) (*Picture, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, len(data), MaxBytes)
	}
	clean, up, err := strip(kind, data)
	if err != nil {
		return nil, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(clean))
	if err != nil || "image/"+format != kind || config.Width <= 0 || config.Height <= 0 {
		return nil, ErrDamaged
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return nil, fmt.Errorf("%w: %d by %d pixels", ErrTooLarge, config.Width, config.Height)
	}
	p := &Picture{Data: clean, Width: config.Width, Height: config.Height}
	if up > 4 { // it lies on its side
		p.Width, p.Height = p.Height, p.Width
	}
	if kind == "image/gif" || p.Width <= widths[0] {
		return p, nil
	}
	return p, p.shrink(ctx, clean, up)
}

func (p *Picture) shrink(ctx context.Context, clean []byte, up int) error {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("waiting to make a picture smaller: %w", ctx.Err())
	}
	defer func() { <-slots }()
	decoded, format, err := image.Decode(bytes.NewReader(clean))
	if err != nil {
		return ErrDamaged
	}
	for _, width := range widths {
		if width >= p.Width {
			break
		}
		small := upright(scale(decoded, width, p.Width, up), up)
		data, kind, err := encode(small, format)
		if err != nil {
			return fmt.Errorf("making a smaller copy: %w", err)
		}
		if len(data) < len(clean) { // else it saves nothing
			p.Smaller = append(p.Smaller, Copy{width, kind, data})
		}
	}
	return nil
}

// scale makes a copy that is width wide when it stands upright.
func scale(from image.Image, width, of, up int) *image.NRGBA {
	bounds := from.Bounds()
	w, h := width, max(1, bounds.Dy()*width/of)
	if up > 4 {
		w, h = max(1, bounds.Dx()*width/of), width
	}
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, bounds, draw.Src, nil)
	return to
}

// upright turns a picture as its camera was held.
func upright(from *image.NRGBA, up int) *image.NRGBA {
	if up == 1 {
		return from
	}
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	if up > 4 {
		to = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch up {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			to.SetNRGBA(tx, ty, from.NRGBAAt(x, y))
		}
	}
	return to
}

// encode writes a copy: as PNG where the picture came as one or has something that one sees through, else as JPEG.
func encode(small *image.NRGBA, format string) ([]byte, string, error) {
	var out bytes.Buffer
	if format == "png" || !small.Opaque() {
		err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
		return out.Bytes(), "image/png", err
	}
	err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality})
	return out.Bytes(), "image/jpeg", err
}
