package intake_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

func TestLimitsHoldOnDecodedBytes(t *testing.T) {
	file := intaketest.File
	zeros := strings.Repeat("\x00", 1<<20)
	bomb := intaketest.Tar(t, file("zeros", zeros))
	small := intake.Limits{RatioFrom: 256 << 10}
	for name, test := range map[string]struct {
		data   []byte
		limits intake.Limits
		code   intake.Code
		file   string
	}{
		"too many":         {intaketest.Tar(t, file("a", ""), file("b", ""), file("c", "")), intake.Limits{Files: 2}, intake.CodeTooMany, ""},
		"too large":        {bomb, intake.Limits{FileBytes: 1 << 19}, intake.CodeTooLarge, "zeros"},
		"total":            {intaketest.Tar(t, file("a", "12345"), file("b", "67890")), intake.Limits{TotalBytes: 9}, intake.CodeTotal, "b"},
		"archive":          {bomb, intake.Limits{ArchiveBytes: 1 << 19}, intake.CodeTotal, ""},
		"gzip bomb":        {intaketest.Gzip(t, bomb), small, intake.CodeRatio, "zeros"},
		"gzip bomb's tail": {intaketest.Gzip(t, append(intaketest.Tar(t, file("a", "1")), zeros...)), small, intake.CodeRatio, ""},
		"zip bomb":         {intaketest.Zip(t, map[string]string{"zeros": zeros}), small, intake.CodeRatio, "zeros"},
		"zip too large":    {intaketest.Zip(t, map[string]string{"zeros": zeros}), intake.Limits{FileBytes: 1 << 19}, intake.CodeTooLarge, "zeros"},
	} {
		refused(t, name, test.data, intake.Options{Limits: test.limits}, test.code, test.file)
	}
	if _, err := open(t, intaketest.Gzip(t, bomb), intake.Options{}); err != nil {
		t.Errorf("a small repetitive archive is no bomb: %v", err)
	}
	if _, err := open(t, intaketest.Tar(t, file("zeros", zeros)), intake.Options{Limits: small}); err != nil {
		t.Errorf("an uncompressed archive is no bomb: %v", err)
	}
}

// A stream of names and padding must be paid for too, though no file holds a byte.
func TestHeadersAreBounded(t *testing.T) {
	var entries []intaketest.Entry
	for range 8 {
		entries = append(entries, intaketest.Entry{Header: tar.Header{
			Name: "d", Typeflag: tar.TypeDir, PAXRecords: map[string]string{"QUOIN.x": strings.Repeat("x", 100<<10)},
		}})
	}
	data := intaketest.Gzip(t, intaketest.Tar(t, entries...))
	refused(t, "headers", data, intake.Options{Limits: intake.Limits{Files: 10, TotalBytes: 512 << 10}}, intake.CodeTotal, "")
}

func TestSparseFilesAreBounded(t *testing.T) {
	data, err := os.ReadFile("testdata/sparse.tar")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "sparse", data, intake.Options{Limits: intake.Limits{FileBytes: 1 << 20}}, intake.CodeTooLarge, "sparse.bin")
	refused(t, "sparse ratio", data, intake.Options{Limits: intake.Limits{RatioFrom: 1 << 20}}, intake.CodeRatio, "sparse.bin")
}

func TestDamaged(t *testing.T) {
	packed := intaketest.Tar(t, intaketest.Files(sample)...)
	zipped := intaketest.Gzip(t, packed)
	wrongSum := bytes.Clone(zipped)
	wrongSum[len(wrongSum)-6] ^= 1
	for name, test := range map[string]struct {
		data []byte
		code intake.Code
	}{
		"empty":               {nil, intake.CodeUnsupported},
		"text":                {bytes.Repeat([]byte("not an archive "), 100), intake.CodeUnsupported},
		"xz":                  {[]byte("\xfd7zXZ\x00"), intake.CodeUnsupported},
		"gzip of text":        {intaketest.Gzip(t, bytes.Repeat([]byte("text "), 500)), intake.CodeUnsupported},
		"truncated gzip":      {zipped[:len(zipped)/2], intake.CodeDamaged},
		"truncated at end":    {zipped[:len(zipped)-4], intake.CodeDamaged},
		"wrong checksum":      {wrongSum, intake.CodeDamaged},
		"truncated gzip head": {zipped[:5], intake.CodeDamaged},
		"truncated tar":       {packed[:len(packed)/2], intake.CodeDamaged},
		"truncated zip":       {intaketest.Zip(t, sample)[:3000], intake.CodeDamaged},
	} {
		_, err := open(t, test.data, intake.Options{})
		if intake.CodeOf(err) != test.code {
			t.Errorf("%s: got %v, want %s", name, err, test.code)
		}
	}
}

// A header may promise any size: it is the bytes that count.
func TestHugeDeclaredSizes(t *testing.T) {
	header := intaketest.Tar(t, intaketest.File("a", "x"))[:512]
	copy(header[124:136], []byte{0x80, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff}) // base-256: half a petabyte
	copy(header[148:156], "        ")
	sum := 0
	for _, c := range header {
		sum += int(c)
	}
	copy(header[148:156], []byte(octal(sum)+"\x00 "))
	_, err := open(t, append(header, make([]byte, 4096)...), intake.Options{})
	if intake.CodeOf(err) != intake.CodeDamaged {
		t.Errorf("tar: got %v, want %s", err, intake.CodeDamaged)
	}

	data := intaketest.Zip(t, map[string]string{"a": strings.Repeat("a", 5000)})
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[at+24:], 0xfffffff0)
	_, err = open(t, data, intake.Options{})
	if intake.CodeOf(err) != intake.CodeDamaged {
		t.Errorf("zip: got %v, want %s", err, intake.CodeDamaged)
	}
}

func octal(n int) string {
	digits := make([]byte, 6)
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = byte('0' + n&7)
		n >>= 3
	}
	return string(digits)
}
