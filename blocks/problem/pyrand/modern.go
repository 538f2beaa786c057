package pyrand

// Modern draws as Python 3.2 and later do.
type Modern struct{ *Source }

// NewModern is random.Random(seed) of Python 3.
func NewModern(seed int64) Modern { return Modern{NewSource(seed)} }

// Intn is randint(0, n-1), for n >= 1.
func (m Modern) Intn(n int) int { return int(m.below(int64(n))) }

// Shuffle is random.shuffle of n things.
func (m Modern) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, m.Intn(i+1))
	}
}
