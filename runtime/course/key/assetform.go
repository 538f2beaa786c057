package key

import (
	"strings"
	"unicode"
)

// AssetForm is the form that Open edX gives a file's name in its key, and by which texts of its courses name the file.
func AssetForm(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_.%-", r) {
			return r
		}
		return '_'
	}, name)
}
