package importer

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// pack writes the files as a tar.gz that depends on nothing but their paths and bytes.
func pack(to io.Writer, files *intake.Files) error {
	zipped, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(zipped)
	for _, file := range files.List() {
		if err := packFile(archive, files, file); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), zipped.Close())
}

func packFile(archive *tar.Writer, files *intake.Files, file intake.File) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: file.Path, Size: file.Size, Mode: 0o600, Format: tar.FormatPAX}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	content, err := files.Open(file.Path)
	if err != nil {
		return err
	}
	_, err = io.Copy(archive, content)
	return err
}
