package wasm

import (
	"encoding/binary"
	"path"
	"slices"

	"github.com/tetratelabs/wazero/api"
)

// More of WASI's error numbers.
const (
	wasiIsDir    = 31
	wasiNoEntry  = 44
	wasiNotDir   = 54
	wasiReadOnly = 69
	wasiTooMany  = 33
)

// WASI's kinds of files.
const (
	kindDevice = 2
	kindFolder = 3
	kindFile   = 4
)

// argsSizes tells how many arguments there are and how many bytes they take with a zero behind each.
func argsSizes(s *state, m api.Module, p []uint64) uint64 {
	if s.process == nil {
		return twoZeros(s, m, p)
	}
	size := 0
	for _, a := range s.process.arguments {
		size += len(a) + 1
	}
	if put32(m, p[0], uint32(len(s.process.arguments))) != wasiSuccess {
		return wasiFault
	}
	return put32(m, p[1], uint32(size))
}

func argsGet(s *state, m api.Module, p []uint64) uint64 {
	if s.process == nil {
		return wasiSuccess
	}
	list, place := uint32(p[0]), uint32(p[1])
	for _, a := range s.process.arguments {
		s.charge(int64(len(a)) / bytesPerUnit)
		if !m.Memory().WriteUint32Le(list, place) || !m.Memory().Write(place, append([]byte(a), 0)) {
			return wasiFault
		}
		list, place = list+4, place+uint32(len(a))+1
	}
	return wasiSuccess
}

// pathOpen opens a file for reading.
func pathOpen(s *state, m api.Module, p []uint64) uint64 {
	const createsOrCuts, folderOnly, writes = 1 | 4 | 8, 2, 1 << 6
	at := s.process.at(p[0])
	if at == nil {
		return wasiBadf
	}
	if !at.folder {
		return wasiNotDir
	}
	s.charge(costService)
	name := bytes(m, p[2], p[3])
	if len(name) > 4096 {
		return wasiInval
	}
	if p[4]&createsOrCuts != 0 || p[5]&writes != 0 {
		return wasiReadOnly
	}
	file, errno := s.process.find(at.name + "/" + string(name))
	if errno != wasiSuccess {
		return errno
	}
	if p[4]&folderOnly != 0 && !file.folder {
		return wasiNotDir
	}
	n := slices.Index(s.process.open, nil)
	switch {
	case n >= 0:
		s.process.open[n] = file
	case len(s.process.open) >= maxOpen:
		return wasiTooMany
	default:
		n = len(s.process.open)
		s.process.open = append(s.process.open, file)
	}
	return put32(m, p[8], uint32(n)+firstFree)
}

func fdClose(s *state, _ api.Module, p []uint64) uint64 {
	if s.process == nil {
		return wasiBadf
	}
	n := int64(int32(p[0])) - firstFree
	if n < 0 || n >= int64(len(s.process.open)) || s.process.open[n] == nil {
		return wasiBadf
	}
	s.process.open[n] = nil
	return wasiSuccess
}

// eachVector calls do with each buffer of a list of buffers, until it gives less than the buffer holds.
func eachVector(m api.Module, vectors, count uint64, do func(buffer []byte) int) (total uint32, errno uint64) {
	if count > 1024 {
		return 0, wasiInval
	}
	for n := range uint32(count) {
		vector, ok := m.Memory().Read(uint32(vectors)+8*n, 8)
		if !ok {
			return 0, wasiFault
		}
		buffer, ok := m.Memory().Read(binary.LittleEndian.Uint32(vector), binary.LittleEndian.Uint32(vector[4:]))
		if !ok {
			return 0, wasiFault
		}
		done := do(buffer)
		total += uint32(done)
		if done < len(buffer) {
			break
		}
	}
	return total, wasiSuccess
}

// fdRead reads standard input or a file; without a process it is at its end.
func fdRead(s *state, m api.Module, p []uint64) uint64 {
	if s.process == nil {
		if uint32(p[0]) != descriptorIn {
			return wasiBadf
		}
		return put32(m, p[3], 0)
	}
	s.charge(costEvent)
	if uint32(p[0]) == descriptorIn {
		total, errno := eachVector(m, p[1], p[2], func(buffer []byte) int {
			n := copy(buffer, s.process.input)
			s.process.input = s.process.input[n:]
			return n
		})
		if errno != wasiSuccess {
			return errno
		}
		s.charge(int64(total) / bytesPerUnit)
		return put32(m, p[3], total)
	}
	file := s.process.at(p[0])
	if file == nil {
		return wasiBadf
	}
	total, errno := file.read(s, m, p[1], p[2], file.at)
	if errno != wasiSuccess {
		return errno
	}
	file.at += int64(total)
	return put32(m, p[3], total)
}

func fdPread(s *state, m api.Module, p []uint64) uint64 {
	file := s.process.at(p[0])
	if file == nil {
		return wasiBadf
	}
	total, errno := file.read(s, m, p[1], p[2], int64(p[3]))
	if errno != wasiSuccess {
		return errno
	}
	return put32(m, p[4], total)
}

func fdSeek(s *state, m api.Module, p []uint64) uint64 {
	file := s.process.at(p[0])
	if file == nil || file.folder {
		return wasiBadf
	}
	at := int64(p[1])
	switch p[2] {
	case 0:
	case 1:
		at += file.at
	case 2:
		at += int64(len(file.data))
	default:
		return wasiInval
	}
	if at < 0 {
		return wasiInval
	}
	file.at = at
	return put64(m, p[3], uint64(at))
}

func fdTell(s *state, m api.Module, p []uint64) uint64 {
	file := s.process.at(p[0])
	if file == nil || file.folder {
		return wasiBadf
	}
	return put64(m, p[1], uint64(file.at))
}

// fdStat tells a descriptor's kind and what may be done with it: reading, and of a folder opening what is inside.
func fdStat(s *state, m api.Module, p []uint64) uint64 {
	stat := make([]byte, 24)
	file := s.process.at(p[0])
	switch {
	case uint32(p[0]) <= descriptorError:
		stat[0] = kindDevice
		if s.process != nil {
			binary.LittleEndian.PutUint64(stat[8:], ^uint64(0))
		}
	case file == nil:
		return wasiBadf
	case file.folder:
		stat[0] = kindFolder
		binary.LittleEndian.PutUint64(stat[8:], ^uint64(0))
		binary.LittleEndian.PutUint64(stat[16:], ^uint64(0))
	default:
		stat[0] = kindFile
		binary.LittleEndian.PutUint64(stat[8:], ^uint64(0))
	}
	if !m.Memory().Write(uint32(p[1]), stat) {
		return wasiFault
	}
	return wasiSuccess
}

func fdFilestat(s *state, m api.Module, p []uint64) uint64 {
	if uint32(p[0]) <= descriptorError && s.process != nil {
		stat := make([]byte, 64)
		stat[16] = kindDevice
		if !m.Memory().Write(uint32(p[1]), stat) {
			return wasiFault
		}
		return wasiSuccess
	}
	file := s.process.at(p[0])
	if file == nil {
		return wasiBadf
	}
	return file.attributes(m, p[1])
}

func pathFilestat(s *state, m api.Module, p []uint64) uint64 {
	at := s.process.at(p[0])
	if at == nil {
		return wasiBadf
	}
	s.charge(costService)
	name := bytes(m, p[2], p[3])
	if len(name) > 4096 {
		return wasiInval
	}
	file, errno := s.process.find(at.name + "/" + string(name))
	if errno != wasiSuccess {
		return errno
	}
	return file.attributes(m, p[4])
}

// fdPrestat tells that the root is there.
func fdPrestat(s *state, m api.Module, p []uint64) uint64 {
	if s.process == nil || uint32(p[0]) != descriptorRoot {
		return wasiBadf
	}
	return put64(m, p[1], 1<<32) // a folder whose name has one byte
}

func fdPrestatName(s *state, m api.Module, p []uint64) uint64 {
	if s.process == nil || uint32(p[0]) != descriptorRoot {
		return wasiBadf
	}
	if p[2] < 1 {
		return wasiInval
	}
	if !m.Memory().WriteByte(uint32(p[1]), '/') {
		return wasiFault
	}
	return wasiSuccess
}

// fdReaddir lists a folder from the entry that the cookie names.
func fdReaddir(s *state, m api.Module, p []uint64) uint64 {
	folder := s.process.at(p[0])
	if folder == nil {
		return wasiBadf
	}
	if !folder.folder {
		return wasiNotDir
	}
	s.charge(costService)
	room := int(min(p[2], 1<<20))
	var out []byte
	for n, name := range s.process.entries(folder.name) {
		if uint64(n) < p[3] {
			continue
		}
		entry := make([]byte, 24, 24+len(name))
		binary.LittleEndian.PutUint64(entry, uint64(n)+1)
		binary.LittleEndian.PutUint64(entry[8:], inode(path.Join(folder.name, name)))
		binary.LittleEndian.PutUint32(entry[16:], uint32(len(name)))
		entry[20] = kindFile
		if found, _ := s.process.find(folder.name + "/" + name); found != nil && found.folder {
			entry[20] = kindFolder
		}
		if out = append(out, append(entry, name...)...); len(out) >= room {
			out = out[:room]
			break
		}
	}
	if !m.Memory().Write(uint32(p[1]), out) {
		return wasiFault
	}
	return put32(m, p[4], uint32(len(out)))
}
