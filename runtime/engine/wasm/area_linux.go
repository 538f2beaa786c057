package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// On Linux an instance's memory is a private mapping of its artifact's image. Instances share the pages that none of them
// wrote to (most of a Go guest is code tables and constants). The kernel knows which pages were written to, because it copied
// each of them at that moment: after a call those alone are put back, which is a few dozen of more than a thousand.
//
// A written page stays a private one, so it is put back after every later call too; that costs nothing worth saving.

// pageBytes is the size of the system's pages, a divisor of WebAssembly's.
var pageBytes = int64(os.Getpagesize())

// area is address space for one memory.
type area struct {
	space []byte // all of it, reserved
	size  int64  // of which so much may be used
	// flags is room for what the kernel says of each page.
	flags []byte
}

// newArea reserves limit bytes of address space and makes size of them usable.
func newArea(size, limit int64) (*area, error) {
	space, err := unix.Mmap(-1, 0, int(max(limit, pageSize)), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("reserving memory for a block: %w", err)
	}
	a := &area{space: space}
	if a.resize(size) == nil {
		a.free()
		return nil, errors.New("the system has no memory for another block")
	}
	return a, nil
}

// resize makes more of the area usable; nil when the system has no more.
func (a *area) resize(size int64) []byte {
	if size > a.size {
		if err := unix.Mprotect(a.space[a.size:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
		a.size = size
	}
	return a.space[:size:size]
}

func (a *area) free() {
	if a.space != nil {
		_ = unix.Munmap(a.space) // it was mapped by us, as a whole
		a.space, a.size = nil, 0
	}
}

// image is a copy of an initialised instance's memory, in a file that has no name.
type image struct {
	file *os.File
	// view is the file's content; empty marks pages of zeros, which the file leaves out.
	view  []byte
	empty []bool
	held  int64
}

// newImage keeps what the memory holds.
func newImage(content []byte) (*image, error) {
	fd, err := unix.MemfdCreate("quoin-image", unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // kernels before 6.3 do not know the seal
		fd, err = unix.MemfdCreate("quoin-image", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, fmt.Errorf("making a block's image: %w", err)
	}
	i := &image{file: os.NewFile(uintptr(fd), "quoin-image")}
	if err := i.fill(content); err != nil {
		return nil, errors.Join(fmt.Errorf("making a block's image: %w", err), i.file.Close())
	}
	return i, nil
}

func (i *image) fill(content []byte) error {
	size := int64(len(content))
	if err := i.file.Truncate(size); err != nil {
		return err
	}
	i.empty = make([]bool, size/pageBytes)
	for n := range i.empty {
		at := int64(n) * pageBytes
		page := content[at : at+pageBytes]
		if i.empty[n] = zero(page); i.empty[n] {
			continue
		}
		if _, err := i.file.WriteAt(page, at); err != nil {
			return err
		}
		i.held += pageBytes
	}
	if size == 0 {
		return nil
	}
	var err error
	i.view, err = unix.Mmap(int(i.file.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	return err
}

func zero(page []byte) bool {
	for _, b := range page {
		if b != 0 {
			return false
		}
	}
	return true
}

// bytes is what the image takes.
func (i *image) bytes() int64 { return i.held }

// free lets go of the image; mappings of it stay.
func (i *image) free() {
	if i.view != nil {
		_ = unix.Munmap(i.view) // it was mapped by us, as a whole
		i.view = nil
	}
	_ = i.file.Close() // nothing was written that could be lost
}

// adopt makes the area a fresh copy of the image. The area has at least the image's size.
func (a *area) adopt(i *image) error {
	if len(i.view) == 0 {
		return nil
	}
	address := unsafe.Pointer(unsafe.SliceData(a.space))
	_, err := unix.MmapPtr(int(i.file.Fd()), 0, address, uintptr(len(i.view)),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED)
	if err != nil {
		return fmt.Errorf("mapping a block's image: %w", err)
	}
	return nil
}

// restore puts an area that adopted the image back to it; false when that is not possible.
func (a *area) restore(i *image) bool {
	if a.size != int64(len(i.view)) {
		return false
	}
	if a.size == 0 {
		return true
	}
	table := pageTable()
	if table == nil {
		copy(a.space, i.view)
		return true
	}
	if a.flags == nil {
		a.flags = make([]byte, 8*len(i.empty))
	}
	if !readFlags(table, a.space, a.flags) {
		return false
	}
	for n, empty := range i.empty {
		if untouched(a.flags[8*n:]) {
			continue
		}
		at := int64(n) * pageBytes
		if page := a.space[at : at+pageBytes]; empty {
			clear(page)
		} else {
			copy(page, i.view[at:])
		}
	}
	return true
}

// readFlags asks the kernel about the pages at the beginning of the space.
func readFlags(table *os.File, space, flags []byte) bool {
	at := int64(uintptr(unsafe.Pointer(unsafe.SliceData(space)))) / pageBytes * 8
	n, err := table.ReadAt(flags, at)
	return err == nil && n == len(flags)
}

// untouched reports whether a page of a private mapping was never written to: it is not there at all, or it is still the
// file's. The bits are those of Linux's pagemap: 61 for a page of a file, 62 for one that was swapped out, 63 for one in
// memory.
func untouched(flags []byte) bool {
	f := binary.LittleEndian.Uint64(flags)
	return f>>62 == 0 || f>>61&1 == 1
}

// pageTable is what the kernel tells of this process's pages, nil where it does not: then whole images are copied.
var pageTable = sync.OnceValue(func() *os.File {
	table, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return nil
	}
	if !tellsWrites(table) {
		_ = table.Close()
		return nil
	}
	return table
})

// tellsWrites tries whether a written page can be told from one that was read and one that was not touched.
func tellsWrites(table *os.File) bool {
	content := make([]byte, 4*pageBytes)
	for n := range content {
		content[n] = 1
	}
	i, err := newImage(content)
	if err != nil {
		return false
	}
	defer i.free()
	a, err := newArea(int64(len(content)), int64(len(content)))
	if err != nil {
		return false
	}
	defer a.free()
	if a.adopt(i) != nil {
		return false
	}
	a.space[pageBytes] += a.space[0]
	a.space[2*pageBytes] = a.space[0]
	flags := make([]byte, 4*8)
	return readFlags(table, a.space, flags) && untouched(flags) && !untouched(flags[8:]) && !untouched(flags[16:]) && untouched(flags[24:])
}
