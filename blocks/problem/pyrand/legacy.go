package pyrand

import (
	"errors"
	"math"
)

// ErrEmpty is what a draw from nothing gives.
var ErrEmpty = errors.New("drawing: empty range")

// Legacy draws as Python 2 did; Open edX keeps these algorithms for problem scripts.
type Legacy struct {
	*Source
	// gauss holds the second of a pair of normal values.
	gauss    float64
	hasGauss bool
}

// NewLegacy is random2.Random(seed).
func NewLegacy(seed int64) *Legacy { return &Legacy{Source: NewSource(seed)} }

// pick is int(random() * n).
func (l *Legacy) pick(n int) int { return int(l.Float() * float64(n)) }

// Range is randrange(start, stop, step). It returns [ErrEmpty] when there is nothing to draw or step is 0.
func (l *Legacy) Range(start, stop, step int64) (int64, error) {
	width := stop - start
	switch {
	case step == 1 && width >= 1<<53:
		return start + l.wide(width), nil
	case step == 1 && width > 0:
		return start + int64(l.Float()*float64(width)), nil
	case step > 1:
		width = (width + step - 1) / step
	case step < 0:
		width = (width + step + 1) / step
	default:
		return 0, ErrEmpty
	}
	if width <= 0 {
		return 0, ErrEmpty
	}
	return start + step*int64(l.Float()*float64(width)), nil
}

// wide is Python 2's _randbelow, which asks for one bit more than needed at powers of two.
func (l *Legacy) wide(n int64) int64 {
	k := int(1.00001 + math.Log2(float64(n-1)))
	for {
		if r := l.Bits(k); r < uint64(n) {
			return int64(r)
		}
	}
}

// Int is randint(low, high), both ends included.
func (l *Legacy) Int(low, high int64) (int64, error) { return l.Range(low, high+1, 1) }

// Choice is the index that random.choice takes of n things; n is at least 1.
func (l *Legacy) Choice(n int) int { return l.pick(n) }

// Shuffle is random.shuffle of n things.
func (l *Legacy) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, l.pick(i+1))
	}
}

// Sample gives the indices that random.sample takes: k of n, without repeats. It returns [ErrEmpty] when k is not in 0..n.
func (l *Legacy) Sample(n, k int) ([]int, error) {
	if k < 0 || k > n {
		return nil, ErrEmpty
	}
	set := 21
	if k > 5 {
		set += 1 << (2 * int(math.Ceil(math.Log(float64(k*3))/math.Log(4))))
	}
	if n <= set {
		return l.samplePool(n, k), nil
	}
	taken := make(map[int]bool, k)
	result := make([]int, k)
	for i := range result {
		j := l.pick(n)
		for taken[j] {
			j = l.pick(n)
		}
		taken[j] = true
		result[i] = j
	}
	return result, nil
}

func (l *Legacy) samplePool(n, k int) []int {
	pool, result := make([]int, n), make([]int, k)
	for i := range pool {
		pool[i] = i
	}
	for i := range result {
		j := l.pick(n - i)
		result[i] = pool[j]
		pool[j] = pool[n-i-1]
	}
	return result
}
