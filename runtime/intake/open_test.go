package intake_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

// open opens an archive in a fresh folder and checks that nothing appears beside it on the disk, whatever comes of it.
func open(t *testing.T, data []byte, options intake.Options) (*intake.Files, error) {
	t.Helper()
	outer := t.TempDir()
	options.TempDir = filepath.Join(outer, "spool")
	if err := os.Mkdir(options.TempDir, 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), options)
	if files != nil {
		t.Cleanup(func() { files.Close() })
	}
	t.Cleanup(func() { onlySpool(t, outer) })
	onlySpool(t, outer)
	return files, err
}

// onlySpool fails if there is anything in outer but the empty spool folder.
func onlySpool(t *testing.T, outer string) {
	t.Helper()
	err := filepath.WalkDir(outer, func(path string, _ fs.DirEntry, err error) error {
		if path != outer && path != filepath.Join(outer, "spool") {
			t.Errorf("left on the disk: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func contents(t *testing.T, files *intake.Files) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, file := range files.List() {
		reader, err := files.Open(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(data)) != file.Size || sha256.Sum256(data) != file.SHA256 {
			t.Errorf("%s: size or hash is not the content's", file.Path)
		}
		whole, err := files.ReadFile(file.Path, file.Size)
		if err != nil || !bytes.Equal(whole, data) {
			t.Errorf("%s: ReadFile gives other bytes, %v", file.Path, err)
		}
		got[file.Path] = string(data)
	}
	return got
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d files, want %d", len(got), len(want))
	}
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s: got %d bytes, want %d", name, len(got[name]), len(data))
		}
	}
}

var sample = map[string]string{
	"course/course.xml":         "<course/>",
	"course/static/a b é.png":   "picture",
	"course/static/large.bin":   strings.Repeat("0123456789abcdef", 1<<16),
	"course/static/larger.bin":  strings.Repeat("fedcba9876543210", 1<<17),
	"course/html/x/y.html":      "",
	"course/html/A.html":        "upper",
	"course/html/a.html":        "lower",
	"course/static/a:b (1).txt": "colon",
}

func TestOneViewOfEveryFormat(t *testing.T) {
	packed := intaketest.Tar(t, intaketest.Files(sample)...)
	formats := map[string][]byte{
		"tar.gz": intaketest.Gzip(t, packed),
		"tar":    packed,
		"zip":    intaketest.Zip(t, sample),
	}
	for name, data := range formats {
		t.Run(name, func(t *testing.T) {
			var last intake.Progress
			files, err := open(t, data, intake.Options{Progress: func(p intake.Progress) { last = p }})
			if err != nil {
				t.Fatal(err)
			}
			same(t, contents(t, files), sample)
			if last.Files != len(sample) || last.Bytes != files.Total() || last.Of != int64(len(data)) || last.Read > last.Of {
				t.Errorf("last progress was %+v of %d bytes", last, files.Total())
			}
			want := [2]string{"course/html/A.html", "course/html/a.html"}
			if got := files.CaseClashes(); len(got) != 1 || got[0] != want {
				t.Errorf("got clashes %v, want %v", got, want)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		folder := t.TempDir()
		for name, data := range sample {
			writeFile(t, filepath.Join(folder, filepath.FromSlash(name)), data)
		}
		writeFile(t, filepath.Join(folder, ".git", "config"), "not the course's")
		files, err := intake.Open(context.Background(), folder, intake.Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		same(t, contents(t, files), sample)
	})
	t.Run("file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "course.tar.gz")
		writeFile(t, path, string(formats["tar.gz"]))
		files, err := intake.Open(context.Background(), path, intake.Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		same(t, contents(t, files), sample)
	})
}

func writeFile(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSmallFilesStayInMemoryWithinABudget(t *testing.T) {
	data := intaketest.Gzip(t, intaketest.Tar(t, intaketest.File("a", "12345"), intaketest.File("b", "67890"), intaketest.File("c", "x")))
	files, err := open(t, data, intake.Options{Limits: intake.Limits{MemoryFile: 5, MemoryTotal: 6}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, contents(t, files), map[string]string{"a": "12345", "b": "67890", "c": "x"})
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, err := files.ReadFile(name, 10); (err == nil) != kept {
			t.Errorf("%s after Close: %v, want it kept in memory: %v", name, err, kept)
		}
	}
}

func TestReadersSideBySide(t *testing.T) {
	files, err := open(t, intaketest.Zip(t, sample), intake.Options{Limits: intake.Limits{MemoryFile: 1}})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { same(t, contents(t, files), sample) })
	}
	group.Wait()
}

// tarOf gives a one-entry tar with any header.
func tarOf(t *testing.T, header tar.Header) []byte {
	t.Helper()
	return intaketest.Tar(t, intaketest.Entry{Header: header})
}

func TestRefusedNames(t *testing.T) {
	long := strings.Repeat("x", 256)
	for name, code := range map[string]intake.Code{
		"../evil":                         intake.CodePath,
		"course/../../evil":               intake.CodePath,
		"course/..":                       intake.CodePath,
		"..":                              intake.CodePath,
		"/etc/passwd":                     intake.CodePath,
		"//host/share":                    intake.CodePath,
		`..\evil`:                         intake.CodePath,
		`course\evil`:                     intake.CodePath,
		"C:/evil":                         intake.CodePath,
		"c:evil":                          intake.CodePath,
		"a//b":                            intake.CodePath,
		"a/./b":                           intake.CodePath,
		"a\nb":                            intake.CodePath,
		"a\x7fb":                          intake.CodePath,
		"a\xffb":                          intake.CodePath,
		"static/CON":                      intake.CodePath,
		"static/nul.txt":                  intake.CodePath,
		"com1/x":                          intake.CodePath,
		"LPT9 .a":                         intake.CodePath,
		long:                              intake.CodePath,
		strings.Repeat("abcdefg/", 200):   intake.CodePath,
		strings.Repeat("d/", 40) + "file": intake.CodeDepth,
	} {
		t.Run(intake.Printable(name), func(t *testing.T) {
			if strings.HasSuffix(name, "/") {
				name += "x"
			}
			for format, data := range map[string][]byte{
				"tar": tarOf(t, tar.Header{Name: name, Format: tar.FormatGNU}), "zip": intaketest.Zip(t, map[string]string{name: "x"}),
			} {
				refused(t, format, data, intake.Options{}, code, name)
			}
			if got := intake.CodeOf(intake.CheckPath(name)); got != code {
				t.Errorf("CheckPath: got %q, want %q", got, code)
			}
		})
	}
	for _, name := range []string{"a", "a/b", "static/a:b", "conx", "com0", "nullable.txt", ".hidden", "a..b", "...", "é/ü", "x y"} {
		if err := intake.CheckPath(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := intake.CheckPath("a\x00b"); intake.CodeOf(err) != intake.CodePath {
		t.Errorf("NUL: got %v", err)
	}
}

// refused wants an error of this code that names the file.
func refused(t *testing.T, what string, data []byte, options intake.Options, code intake.Code, file string) {
	t.Helper()
	files, err := open(t, data, options)
	var refusal *intake.Error
	switch {
	case err == nil:
		t.Errorf("%s: opened with %d files, want %s", what, len(files.List()), code)
	case !errors.As(err, &refusal):
		t.Errorf("%s: %v is not an intake.Error", what, err)
	case refusal.Code != code || refusal.File != file:
		t.Errorf("%s: got %s of %q, want %s of %q: %v", what, refusal.Code, refusal.File, code, file, err)
	case refusal.Code != intake.CodeIO && refusal.Fix == "" || strings.ContainsAny(err.Error(), "\n\x00"):
		t.Errorf("%s: not a message to act on: %q", what, err)
	}
}

func TestRefusedEntries(t *testing.T) {
	tests := map[string]struct {
		header tar.Header
		code   intake.Code
	}{
		"symlink":   {tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, intake.CodeLink},
		"hard link": {tar.Header{Name: "l", Typeflag: tar.TypeLink, Linkname: "course.xml"}, intake.CodeLink},
		"device":    {tar.Header{Name: "l", Typeflag: tar.TypeBlock, Devmajor: 8}, intake.CodeSpecial},
		"terminal":  {tar.Header{Name: "l", Typeflag: tar.TypeChar}, intake.CodeSpecial},
		"pipe":      {tar.Header{Name: "l", Typeflag: tar.TypeFifo}, intake.CodeSpecial},
	}
	for name, test := range tests {
		refused(t, name, tarOf(t, test.header), intake.Options{}, test.code, "l")
	}
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "l"}
	header.SetMode(fs.ModeSymlink | 0o777)
	file, err := writer.CreateHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	file.Write([]byte("/etc/passwd"))
	writer.Close()
	refused(t, "symlink in a zip", out.Bytes(), intake.Options{}, intake.CodeLink, "l")
}

func TestRefusedPairs(t *testing.T) {
	file := intaketest.File
	folder := func(name string) intaketest.Entry {
		return intaketest.Entry{Header: tar.Header{Name: name, Typeflag: tar.TypeDir}}
	}
	for name, entries := range map[string][]intaketest.Entry{
		"twice":                {file("a", "1"), file("a", "2")},
		"twice, dotted":        {file("a", "1"), file("./a", "2")},
		"file where folder is": {folder("a/"), file("a", "1")},
		"folder where file is": {file("a", "1"), folder("a/")},
		"implied folder":       {file("a", "1"), file("a/b", "2")},
		"implied, other order": {file("a/b", "2"), file("a", "1")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, intaketest.Tar(t, entries...), intake.Options{})
			if intake.CodeOf(err) != intake.CodeDuplicate {
				t.Errorf("got %v, want %s", err, intake.CodeDuplicate)
			}
		})
	}
	clash := intaketest.Tar(t, file("Straße/ﬀ.txt", "1"), file("straSSe/x", "2"), file("STRAßE/y", "3"))
	if _, err := open(t, clash, intake.Options{}); err != nil {
		t.Errorf("a case clash is kept by default: %v", err)
	}
	refused(t, "case clash", clash, intake.Options{RefuseCaseClash: true}, intake.CodeDuplicate, "STRAßE")
	if _, err := open(t, intaketest.Tar(t, folder("./"), folder("./a/"), folder("a"), file("./a/b", "1")), intake.Options{}); err != nil {
		t.Errorf("a folder may come twice: %v", err)
	}
	refused(t, "a file without a name", tarOf(t, tar.Header{Name: "."}), intake.Options{}, intake.CodePath, "")
}

func TestLimitsHoldOnDecodedBytes(t *testing.T) {
	file := intaketest.File
	zeros := strings.Repeat("\x00", 4<<20)
	bomb := intaketest.Tar(t, file("zeros", zeros))
	small := intake.Limits{RatioFrom: 1 << 20}
	for name, test := range map[string]struct {
		data   []byte
		limits intake.Limits
		code   intake.Code
		file   string
	}{
		"too many":         {intaketest.Tar(t, file("a", ""), file("b", ""), file("c", "")), intake.Limits{Files: 2}, intake.CodeTooMany, ""},
		"too large":        {bomb, intake.Limits{FileBytes: 1 << 20}, intake.CodeTooLarge, "zeros"},
		"total":            {intaketest.Tar(t, file("a", "12345"), file("b", "67890")), intake.Limits{TotalBytes: 9}, intake.CodeTotal, "b"},
		"archive":          {bomb, intake.Limits{ArchiveBytes: 1 << 20}, intake.CodeTotal, ""},
		"gzip bomb":        {intaketest.Gzip(t, bomb), small, intake.CodeRatio, "zeros"},
		"gzip bomb's tail": {intaketest.Gzip(t, append(intaketest.Tar(t, file("a", "1")), zeros...)), small, intake.CodeRatio, ""},
		"zip bomb":         {intaketest.Zip(t, map[string]string{"zeros": zeros}), small, intake.CodeRatio, "zeros"},
		"zip too large":    {intaketest.Zip(t, map[string]string{"zeros": zeros}), intake.Limits{FileBytes: 1 << 20}, intake.CodeTooLarge, "zeros"},
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
	for range 40 {
		entries = append(entries, intaketest.Entry{Header: tar.Header{
			Name: "d", Typeflag: tar.TypeDir, PAXRecords: map[string]string{"QUOIN.x": strings.Repeat("x", 500<<10)},
		}})
	}
	data := intaketest.Gzip(t, intaketest.Tar(t, entries...))
	refused(t, "headers", data, intake.Options{Limits: intake.Limits{Files: 100, TotalBytes: 1 << 20}}, intake.CodeTotal, "")
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
	if intake.CodeOf(err) != intake.CodeTooMany {
		t.Errorf("directory: got %v, want %s", err, intake.CodeTooMany)
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

func TestCancel(t *testing.T) {
	data := intaketest.Gzip(t, intaketest.Tar(t, intaketest.Files(sample)...))
	for name, data := range map[string][]byte{"tar.gz": data, "zip": intaketest.Zip(t, sample)} {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := intake.OpenArchive(ctx, bytes.NewReader(data), int64(len(data)), intake.Options{
			TempDir: t.TempDir(), Progress: func(intake.Progress) { cancel() },
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want a cancellation", name, err)
		}
	}
}

func TestMissing(t *testing.T) {
	files := intaketest.Open(t, map[string]string{"a/b": "12345"})
	for _, name := range []string{"", "a", "a/b/", "../a/b", "A/b", "/a/b"} {
		if _, err := files.Open(name); intake.CodeOf(err) != intake.CodeMissing || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open %q: got %v", name, err)
		}
		if _, err := files.ReadFile(name, 9); intake.CodeOf(err) != intake.CodeMissing {
			t.Errorf("ReadFile %q: got %v", name, err)
		}
		if _, ok := files.Stat(name); ok {
			t.Errorf("Stat %q: found", name)
		}
	}
	if _, err := files.ReadFile("a/b", 4); intake.CodeOf(err) != intake.CodeTooLarge {
		t.Errorf("got %v, want %s", err, intake.CodeTooLarge)
	}
	if _, err := intake.Open(context.Background(), filepath.Join(t.TempDir(), "absent"), intake.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
