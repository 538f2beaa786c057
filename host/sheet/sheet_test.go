package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/sheet"
)

func write(t testing.TB, rows ...[]string) string {
	t.Helper()
	var out bytes.Buffer
	w := sheet.NewWriter(&out)
	for _, row := range rows {
		if err := w.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func read(t testing.TB, text string) [][]string {
	t.Helper()
	var rows [][]string
	r := sheet.NewReader(strings.NewReader(text), sheet.Limits{})
	for {
		row, _, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatalf("reading %q: %v", text, err)
		}
		rows = append(rows, row)
	}
}

// What a spreadsheet would run is text, and comes back as it was.
func TestFormulas(t *testing.T) {
	for in, want := range map[string]string{
		`=1+1`: `'=1+1`, `+cmd|' /C calc'!A0`: `'+cmd|' /C calc'!A0`, `-2+3`: `'-2+3`, `@SUM(A1)`: `'@SUM(A1)`, "\t=1": "\"'\t=1\"", "\r=1": "\"'\r=1\"",
		"＝1": "'＝1", `=HYPERLINK("http://x","y")`: `"'=HYPERLINK(""http://x"",""y"")"`, `'=1`: `''=1`, `''=1`: `'''=1`,
		"-5": "-5", "-0.25": "-0.25", "'-5": "''-5", "-5%": "'-5%", "0.5": "0.5", "'tis": "'tis", "O'Neil": "O'Neil", "آية": "آية", " x": `" x"`, "a;b": `"a;b"`,
	} {
		got := write(t, []string{in, "x"})
		if got != "\ufeff"+want+",x\r\n" {
			t.Errorf("%q is written as %q, want %q", in, got, want)
		}
		if back := read(t, got); len(back) != 1 || back[0][0] != in {
			t.Errorf("%q comes back as %q", in, back)
		}
	}
}

func TestRead(t *testing.T) {
	for in, want := range map[string][][]string{
		"":                          nil,
		"\ufeffa,b\r\n\r\nc,d\r\n":  {{"a", "b"}, {"c", "d"}},
		"a;b\nc;d,e":                {{"a", "b"}, {"c", "d,e"}},
		"a\tb;c\td\n":               {{"a", "b;c", "d"}},
		"one\ntwo, three\n":         {{"one"}, {"two", " three"}},
		"\"a;b\"\nc\n":              {{"a;b"}, {"c"}},
		"\"a\nb;c\",d\n":            {{"a\nb;c", "d"}},
		"O\"Brien,x\n":              {{`O"Brien`, "x"}},
		"ann@example.org\n'=x\n'y'": {{"ann@example.org"}, {"=x"}, {"'y'"}},
	} {
		if got := read(t, in); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
	r := sheet.NewReader(strings.NewReader("\"a\nb\",c\n\nd"), sheet.Limits{})
	for _, want := range []int{1, 4} {
		if _, line, err := r.Read(); err != nil || line != want {
			t.Errorf("line %d, %v; want %d", line, err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		limits sheet.Limits
		want   error
	}{
		"rows":      {"a\nb\nc\n", sheet.Limits{Rows: 2}, sheet.ErrTooLarge},
		"cells":     {"a,b,c\n", sheet.Limits{Cells: 2}, sheet.ErrTooLarge},
		"bytes":     {"a,b,c\n", sheet.Limits{Bytes: 5}, sheet.ErrTooLarge},
		"enough":    {"a,b\n", sheet.Limits{Bytes: 4, Rows: 1, Cells: 2}, io.EOF},
		"utf-16":    {"a\x00,\x00", sheet.Limits{}, sheet.ErrNotText},
		"other set": {"J\xf6rg,b\n", sheet.Limits{}, sheet.ErrNotText},
	} {
		r := sheet.NewReader(strings.NewReader(c.text), c.limits)
		var err error
		for err == nil {
			_, _, err = r.Read()
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := sheet.NewWriter(io.Discard).Write(); err != nil {
		t.Error(err)
	}
	w := sheet.NewWriter(failing{})
	if err := w.Write("a"); err != nil {
		t.Error(err)
	}
	if err := w.Flush(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v from a writer that fails", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

var formula = regexp.MustCompile("^[=+@\t\r\n＝＋－＠]|^-[^0-9]")

// FuzzRoundTrip: whatever is written is read again, by anybody's reader in as many cells, none of which is a formula.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "=1", "'=1", "a\r\nb", "\r\r\n", "\"", ";", "\xff", "\ufeff", "-1", "-", " ", "a\rb\r", `\.`} {
		f.Add(seed, "x"+seed, uint8(len(seed)))
	}
	f.Fuzz(func(t *testing.T, a, b string, shape uint8) {
		if strings.ContainsRune(a+b, 0) {
			return // refused on the way in: no text
		}
		rows := [][]string{{a, b}, {b}, {b, a, a}}
		if shape%2 == 0 {
			rows = [][]string{{a}, {a, b}, {b}}
		}
		text := write(t, rows...)
		want := make([][]string, len(rows))
		for i, row := range rows {
			for _, cell := range row {
				cell = strings.ToValidUTF8(cell, "\ufffd")
				want[i] = append(want[i], regexp.MustCompile("\r+\n").ReplaceAllString(cell, "\n"))
			}
		}
		if got := read(t, text); !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q is written as %q and read as %q", want, text, got)
		}
		other := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		other.FieldsPerRecord = -1
		cells, err := other.ReadAll()
		if err != nil || len(cells) != len(rows) {
			t.Fatalf("%q: %d rows, %v", text, len(cells), err)
		}
		for i, row := range cells {
			if len(row) != len(rows[i]) {
				t.Fatalf("%q: row %d has %d cells", text, i, len(row))
			}
			for _, cell := range row {
				if formula.MatchString(cell) {
					t.Fatalf("%q has the formula %q", text, cell)
				}
			}
		}
	})
}

// FuzzRead: no file makes the reader fall over, and it ends.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a;b\n\"c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := sheet.NewReader(bytes.NewReader(data), sheet.Limits{Bytes: 1 << 16, Rows: 100, Cells: 50})
		for range 101 {
			if _, _, err := r.Read(); err != nil {
				return
			}
		}
		t.Fatal("more rows than were allowed")
	})
}
