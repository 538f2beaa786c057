package host

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/sheet"
)

// sendSheet answers with a table to be kept as a file: name, with what file systems do not take replaced, and ".csv". The
// table is whole before the answer begins, so that an error is never a file that ends too early.
func (r *request) sendSheet(name string, write func(*sheet.Writer) error) error {
	var out bytes.Buffer
	w := sheet.NewWriter(&out)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+sheetName(name)+`.csv"`)
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.Send(out.Bytes())
}

// sheetName keeps letters, digits and what joins them: what stands in a header may end nothing there.
func sheetName(name string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x80 && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.ContainsRune("-_.+", c)) {
			return c
		}
		return '-'
	}, name)
}
