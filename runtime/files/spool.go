package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// inMemory is how much of a stream is kept in memory, in bytes, before it goes to a file.
const inMemory = 256 << 10

// spool holds a stream whose hash must be known before its place is.
type spool struct {
	blob Blob
	head bytes.Buffer
	file *os.File
}

// fill reads the stream up to the limit, counting what it reads rather than what was announced.
func fill(ctx context.Context, folder string, from io.Reader, limit int64) (*spool, error) {
	s := &spool{}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(sum, &spoolWriter{s, folder}), io.LimitReader(&contextReader{ctx, from}, limit+1))
	if err == nil && size > limit {
		err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.blob = Blob{Hash: hex.EncodeToString(sum.Sum(nil)), Size: size}
	return s, nil
}

// open reads the stream from its start; the reader is the spool's and good until the next.
func (s *spool) open() (io.Reader, error) {
	if s.file == nil {
		return bytes.NewReader(s.head.Bytes()), nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading spooled stream: %w", err)
	}
	return s.file, nil
}

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	// Where it could not be removed while it was open, it is now.
	if removal := os.Remove(s.file.Name()); removal != nil && !errors.Is(removal, os.ErrNotExist) {
		err = errors.Join(err, removal)
	}
	s.file = nil
	return err
}

type spoolWriter struct {
	*spool
	folder string
}

func (w *spoolWriter) Write(p []byte) (int, error) {
	if w.file == nil && w.head.Len()+len(p) <= inMemory {
		return w.head.Write(p)
	}
	if w.file == nil {
		if err := w.toFile(); err != nil {
			return 0, err
		}
	}
	return w.file.Write(p)
}

// toFile goes on in a file without a name, so that a crash leaves nothing behind.
func (w *spoolWriter) toFile() error {
	file, err := os.CreateTemp(w.folder, "upload-*")
	if err != nil {
		return fmt.Errorf("spooling stream: %w", err)
	}
	w.file = file
	// Some systems do not remove open files; close does it then.
	_ = os.Remove(file.Name())
	if _, err := file.Write(w.head.Bytes()); err != nil {
		return fmt.Errorf("spooling stream: %w", err)
	}
	w.head = bytes.Buffer{}
	return nil
}

// contextReader ends a stream whose caller has gone.
type contextReader struct {
	ctx  context.Context
	from io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}
