package rules

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
)

// TestIncrementBounds compares with arithmetic that does not overflow.
func TestIncrementBounds(t *testing.T) {
	edge := []int64{math.MinInt64, math.MinInt64 + 1, -2, -1, 0, 1, 2, math.MaxInt64 - 1, math.MaxInt64}
	fits := func(value, by, low, high int64) bool {
		sum := new(big.Int).Add(big.NewInt(value), big.NewInt(by))
		return sum.Cmp(big.NewInt(low)) >= 0 && sum.Cmp(big.NewInt(high)) <= 0
	}
	for _, by := range edge {
		for _, low := range edge {
			for _, high := range edge {
				sum, err := CheckIncrement(store.Increment{Path: "n", By: by, Min: &low, Max: &high})
				if low > high {
					if !errors.Is(err, store.ErrInvalid) {
						t.Errorf("from %d to %d: %v", low, high, err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, value := range edge {
					if got, want := sum.Allows(value), fits(value, by, low, high); got != want {
						t.Errorf("%d plus %d from %d to %d: %t, want %t", value, by, low, high, got, want)
					}
				}
			}
		}
	}
}
