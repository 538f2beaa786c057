package store

import (
	"fmt"
	"strconv"
	"strings"
)

// ID joins parts to one document id so that different parts never give the same id, whatever bytes they hold: each part
// is preceded by its length. ID(a) is a prefix of ID(a, b), so a range of ids by prefix selects everything under a.
func ID(parts ...string) string {
	size := 0
	for _, part := range parts {
		size += len(part) + 4
	}
	var b strings.Builder
	b.Grow(size)
	for _, part := range parts {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
		b.WriteByte(',')
	}
	return b.String()
}

// SplitID takes apart what [ID] joined.
func SplitID(id string) ([]string, error) {
	var parts []string
	for rest := id; rest != ""; {
		digits, after, found := strings.Cut(rest, ":")
		n, err := strconv.Atoi(digits)
		if !found || err != nil || n < 0 || n >= len(after) || after[n] != ',' || (len(digits) > 1 && digits[0] == '0') {
			return nil, fmt.Errorf("splitting document id %q: %w: not made of length-prefixed parts", id, ErrInvalid)
		}
		parts = append(parts, after[:n])
		rest = after[n+1:]
	}
	return parts, nil
}
