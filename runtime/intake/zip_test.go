package intake_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

func TestZipPeculiarities(t *testing.T) {
	encrypted := intaketest.Zip(t, map[string]string{"a": "x"})
	at := bytes.LastIndex(encrypted, []byte("PK\x01\x02"))
	encrypted[at+8] |= 1
	refused(t, "encrypted", encrypted, intake.Options{}, intake.CodeUnsupported, "a")

	method := intaketest.Zip(t, map[string]string{"a": "x"})
	at = bytes.LastIndex(method, []byte("PK\x01\x02"))
	method[at+10] = 99
	refused(t, "compression", method, intake.Options{}, intake.CodeUnsupported, "a")

	// Many entries that share one compressed body: no entry is large, all together are a bomb.
	shared := overlapping(t, 200, 64<<10)
	refused(t, "overlapping", shared, intake.Options{Limits: intake.Limits{RatioFrom: 1 << 20}}, intake.CodeRatio, "f030")

	// A directory of countless tiny entries is refused before it is held in memory.
	_, err := open(t, overlapping(t, 60_000, 1), intake.Options{Limits: intake.Limits{Files: 100}})
	if intake.CodeOf(err) != intake.CodeTooMany || !strings.Contains(err.Error(), "directory") {
		t.Errorf("directory: got %v, want %s before its entries are counted", err, intake.CodeTooMany)
	}
}

// overlapping builds a zip whose entries all point to the body of the first.
func overlapping(t *testing.T, count, size int) []byte {
	t.Helper()
	body := bytes.Repeat([]byte{'z'}, size)
	var packed bytes.Buffer
	gz, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	gz.Write(body)
	gz.Close()
	deflated := packed.Bytes()[10 : packed.Len()-8]
	le := binary.LittleEndian
	common := func(out []byte) []byte {
		out = append(out, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0)
		out = le.AppendUint32(out, crc32.ChecksumIEEE(body))
		out = le.AppendUint32(out, uint32(len(deflated)))
		return le.AppendUint32(out, uint32(size))
	}
	out := common([]byte("PK\x03\x04"))
	out = append(out, 4, 0, 0, 0, 'f', '0', '0', '0')
	out = append(out, deflated...)
	start := len(out)
	for i := range count {
		name := []byte{'f', byte('0' + i/100%10), byte('0' + i/10%10), byte('0' + i%10)}
		if count > 1000 {
			name = []byte(filepath.Join("d", octal(i)))
		}
		out = common(append(out, "PK\x01\x02\x14\x00"...))
		out = le.AppendUint16(out, uint16(len(name)))
		out = append(out, make([]byte, 16)...)
		out = append(out, name...)
	}
	end := len(out)
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	out = le.AppendUint16(out, uint16(count))
	out = le.AppendUint16(out, uint16(count))
	out = le.AppendUint32(out, uint32(end-start))
	out = le.AppendUint32(out, uint32(start))
	return append(out, 0, 0)
}
