package installed

import (
	"cmp"
	"strconv"
	"strings"
)

// compareVersions orders semantic versions as manifests take them: negative when a comes before b.
func compareVersions(a, b string) int {
	a, preA, _ := strings.Cut(a, "-")
	b, preB, _ := strings.Cut(b, "-")
	if by := compareParts(a, b); by != 0 {
		return by
	}
	switch {
	case preA == preB:
		return 0
	case preA == "": // what is released comes after what leads to it
		return 1
	case preB == "":
		return -1
	}
	return compareParts(preA, preB)
}

func compareParts(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if by := comparePart(as[i], bs[i]); by != 0 {
			return by
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// comparePart orders numbers by value, and before words.
func comparePart(a, b string) int {
	x, failedX := strconv.ParseUint(a, 10, 64)
	y, failedY := strconv.ParseUint(b, 10, 64)
	switch {
	case failedX == nil && failedY == nil:
		return cmp.Compare(x, y)
	case failedX == nil:
		return -1
	case failedY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
