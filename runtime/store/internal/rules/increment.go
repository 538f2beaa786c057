package rules

import (
	"fmt"
	"math"

	"github.com/quoin-lms/quoin/runtime/store"
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
