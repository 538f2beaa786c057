package store

import (
	"fmt"
	"strconv"
	"strings"
)

// ID joins parts to one document id so that different parts never give the same id, whatever bytes they hold: each part
// is preceded by its length. ID(a) is a prefix of ID(a, b), so a range of ids by prefix selects everything under a. A
// store takes ids of up to [MaxID] bytes of UTF-8.
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

// SplitID takes apart what [ID] joined. Anything that ID does not make is ErrInvalid.
func SplitID(id string) ([]string, error) {
	var parts []string
	for rest := id; rest != ""; {
		digits, after, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(digits)
		// Comparing with Itoa refuses signs and leading zeros, which would give one document two ids.
		if err != nil || n < 0 || strconv.Itoa(n) != digits || n >= len(after) || after[n] != ',' {
			return nil, fmt.Errorf("splitting document id %.80q: %w: not made of length-prefixed parts", id, ErrInvalid)
		}
		parts = append(parts, after[:n])
		rest = after[n+1:]
	}
	return parts, nil
}
