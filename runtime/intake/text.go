package intake

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Text gives a file's text as UTF-8 and says whether it had to be converted: UTF-16 by its byte order mark; anything else
// that is not UTF-8 is read as Windows-1252, as browsers read pages that name no encoding. It never fails: what even that
// encoding does not know becomes U+FFFD.
func Text(data []byte) (text []byte, recoded bool) {
	if utf8.Valid(data) {
		return data, false
	}
	var from encoding.Encoding = charmap.Windows1252
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	text, err := from.NewDecoder().Bytes(data)
	if err != nil || !utf8.Valid(text) {
		text = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	return text, true
}
