package rules

import (
	"fmt"
	"math"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// Sum is an increment that was checked.
type Sum struct {
	Path Path
	By   int64
	// Low and High bound, both inclusive, the values to which By can be added. No value can when Low > High.
	Low, High int64
}

// CheckIncrement checks an increment; its result means nothing when inc.Forget is set.
func CheckIncrement(inc store.Increment) (Sum, error) {
	if err := CheckToken(inc.Once); err != nil {
		return Sum{}, err
	}
	if inc.Forget {
		if inc.Once == "" {
			return Sum{}, fmt.Errorf("%w: Forget without a token", store.ErrInvalid)
		}
		return Sum{}, nil
	}
	path, err := ParsePath(inc.Path)
	if err != nil {
		return Sum{}, err
	}
	sum := Sum{Path: path, By: inc.By, Low: math.MinInt64, High: math.MaxInt64}
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if inc.Min != nil {
		low = *inc.Min
	}
	if inc.Max != nil {
		high = *inc.Max
	}
	if low > high {
		return Sum{}, fmt.Errorf("%w: the least allowed value %d is above the greatest, %d", store.ErrInvalid, low, high)
	}
	sum.Low, sum.High = bounds(low, high, inc.By)
	return sum, nil
}

// bounds returns low-by and high-by, cut to what an int64 holds; low > high says that nothing is left.
func bounds(low, high, by int64) (int64, int64) {
	lowest, lowCut := subtract(low, by)
	highest, highCut := subtract(high, by)
	if lowCut > 0 || highCut < 0 {
		return 1, 0
	}
	return lowest, highest
}

// subtract returns a-b and, where that is no int64, the nearest one and the direction in which it lies.
func subtract(a, b int64) (difference int64, cut int) {
	d := a - b
	switch {
	case b < 0 && d < a:
		return math.MaxInt64, 1
	case b > 0 && d > a:
		return math.MinInt64, -1
	}
	return d, 0
}

// Allows tells whether the increment may be added to value.
func (s Sum) Allows(value int64) bool { return s.Low <= value && value <= s.High }

// Integer reads the field that an increment changes. A missing one is 0; one that cannot be added to, or be made, is
// ErrInvalid.
func Integer(body []byte, path Path) (int64, error) {
	document := body
	for i, name := range path {
		var found Element
		ok := false
		err := Elements(document, func(e Element) bool {
			found, ok = e, string(e.Name) == name
			return !ok
		})
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, nil
		}
		last := i == len(path)-1
		switch {
		case last && found.Kind == bson.TypeInt32, last && found.Kind == bson.TypeInt64:
			value, err := scalar(found)
			n, _ := value.(int64)
			return n, err
		case !last && found.Kind == bson.TypeEmbeddedDocument:
			document = found.Value
		case last:
			return 0, fmt.Errorf("%w: field %q is a %s, not an integer", store.ErrInvalid, path, found.Kind)
		default:
			return 0, fmt.Errorf("%w: field %q is a %s, so %q cannot be inside", store.ErrInvalid, path[:i+1], found.Kind, path)
		}
	}
	return 0, nil
}
