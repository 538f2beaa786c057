//go:build !linux

package wasm

// area is one memory. Elsewhere than on Linux it is ordinary memory, and all of it is put back after each call.
type area struct {
	space []byte
	limit int64
}

func newArea(size, limit int64) (*area, error) {
	return &area{space: make([]byte, size), limit: limit}, nil
}

func (a *area) resize(size int64) []byte {
	if more := size - int64(len(a.space)); more > 0 {
		a.space = append(a.space, make([]byte, more)...)
	}
	return a.space[:size:size]
}

func (a *area) free() { a.space = nil }

// image is a copy of an initialised instance's memory without the zeros at its end.
type image struct {
	content []byte
	size    int
}

func newImage(content []byte) (*image, error) {
	end := len(content)
	for end > 0 && content[end-1] == 0 {
		end--
	}
	return &image{content: append([]byte(nil), content[:end]...), size: len(content)}, nil
}

func (i *image) bytes() int64 { return int64(len(i.content)) }

func (i *image) free() { i.content = nil }

func (a *area) adopt(i *image) error {
	a.restore(i)
	return nil
}

func (a *area) restore(i *image) bool {
	if len(a.space) != i.size {
		return false
	}
	n := copy(a.space, i.content)
	clear(a.space[n:])
	return true
}
