package wasm

import (
	"encoding/binary"
	"path"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// The descriptors of a program: the standard three, and the root of its files.
const (
	descriptorIn = iota
	descriptorOut
	descriptorError
	descriptorRoot
	firstFree
)

// maxOpen bounds the descriptors of a call.
const maxOpen = 64

// process is what a program has of a system during one call: arguments, input, output, and files that it can read and nobody
// can write. Nothing of it outlives the call.
type process struct {
	arguments []string
	files     map[string][]byte
	// more are files of this call.
	more   map[string][]byte
	input  []byte
	output []byte
	// most bounds the output, in bytes.
	most int
	// open is by descriptor, from firstFree on; nil is a free one.
	open []*openFile
}

// openFile is one descriptor's.
type openFile struct {
	name   string
	folder bool
	data   []byte
	at     int64
}

// find gives what a path below the root names.
func (p *process) find(name string) (*openFile, uint64) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return &openFile{folder: true}, wasiSuccess
	}
	for _, files := range []map[string][]byte{p.more, p.files} {
		if data, ok := files[name]; ok {
			return &openFile{name: name, data: data}, wasiSuccess
		}
		for file := range files {
			if strings.HasPrefix(file, name+"/") {
				return &openFile{name: name, folder: true}, wasiSuccess
			}
		}
	}
	return nil, wasiNoEntry
}

// at gives an open descriptor.
func (p *process) at(descriptor uint64) *openFile {
	if p == nil {
		return nil
	}
	n := int64(int32(descriptor)) - firstFree
	switch {
	case int64(int32(descriptor)) == descriptorRoot:
		return &openFile{folder: true}
	case n < 0 || n >= int64(len(p.open)):
		return nil
	}
	return p.open[n]
}

// entries are the names in a folder, in order.
func (p *process) entries(folder string) []string {
	var names []string
	if folder != "" {
		folder += "/"
	}
	for _, files := range []map[string][]byte{p.more, p.files} {
		for file := range files {
			if rest, inside := strings.CutPrefix(file, folder); inside {
				name, _, _ := strings.Cut(rest, "/")
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (f *openFile) read(s *state, m api.Module, vectors, count uint64, at int64) (uint32, uint64) {
	if f.folder {
		return 0, wasiIsDir
	}
	if at < 0 {
		return 0, wasiInval
	}
	rest := f.data[min(at, int64(len(f.data))):]
	total, errno := eachVector(m, vectors, count, func(buffer []byte) int {
		n := copy(buffer, rest)
		rest = rest[n:]
		return n
	})
	s.charge(int64(total) / bytesPerUnit)
	return total, errno
}

// attributes writes what stat tells of a file. Every file is as old as the epoch.
func (f *openFile) attributes(m api.Module, place uint64) uint64 {
	stat := make([]byte, 64)
	stat[16] = kindFile
	if f.folder {
		stat[16] = kindFolder
	}
	binary.LittleEndian.PutUint64(stat[8:], inode(f.name))
	binary.LittleEndian.PutUint64(stat[24:], 1)
	binary.LittleEndian.PutUint64(stat[32:], uint64(len(f.data)))
	if !m.Memory().Write(uint32(place), stat) {
		return wasiFault
	}
	return wasiSuccess
}

// inode tells files apart.
func inode(name string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(name) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
