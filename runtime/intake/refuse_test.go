package intake_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

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
