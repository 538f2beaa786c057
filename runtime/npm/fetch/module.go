package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// packModule copies a WebAssembly module without what is in it for debuggers, compressed.
func packModule(from, to string) error {
	module, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	stripped, err := withoutCustomSections(module)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(stripped); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(to, packed.Bytes(), 0o644)
}

// withoutCustomSections leaves out the sections that a module runs without: names, DWARF, who built it.
func withoutCustomSections(module []byte) ([]byte, error) {
	const header, custom = 8, 0
	if len(module) < header || string(module[:4]) != "\x00asm" {
		return nil, errors.New("this is no WebAssembly module")
	}
	out := append([]byte(nil), module[:header]...)
	for rest := module[header:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest[1:])
		end := 1 + n + int(size)
		if n <= 0 || size > uint64(len(rest)) || end > len(rest) {
			return nil, errors.New("the module is cut off")
		}
		if rest[0] != custom {
			out = append(out, rest[:end]...)
		}
		rest = rest[end:]
	}
	return out, nil
}
