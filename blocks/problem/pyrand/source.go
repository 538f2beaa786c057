package pyrand

const (
	size  = 624
	shift = 397
)

// Source is MT19937 in the state that Python's random.seed(n) leaves it in. It is not safe for concurrent use.
type Source struct {
	state [size]uint32
	next  int
}

// NewSource seeds as random.seed(n) does for an integer: by its absolute value.
func NewSource(n int64) *Source {
	u := uint64(n)
	if n < 0 {
		u = -u
	}
	key := []uint32{uint32(u), uint32(u >> 32)}
	if key[1] == 0 {
		key = key[:1]
	}
	s := &Source{next: size}
	s.seedKey(key)
	return s
}

// seedOne is init_genrand of the authors' reference (Matsumoto and Nishimura, 2002).
func (s *Source) seedOne(n uint32) {
	s.state[0] = n
	for i := 1; i < size; i++ {
		before := s.state[i-1]
		s.state[i] = 1812433253*(before^before>>30) + uint32(i)
	}
}

// seedKey is init_by_array of the same.
func (s *Source) seedKey(key []uint32) {
	s.seedOne(19650218)
	i, j := 1, 0
	wrap := func() {
		if i++; i >= size {
			s.state[0] = s.state[size-1]
			i = 1
		}
	}
	for range max(size, len(key)) {
		before := s.state[i-1]
		s.state[i] = (s.state[i] ^ (before^before>>30)*1664525) + key[j] + uint32(j)
		if j++; j >= len(key) {
			j = 0
		}
		wrap()
	}
	for range size - 1 {
		before := s.state[i-1]
		s.state[i] = (s.state[i] ^ (before^before>>30)*1566083941) - uint32(i)
		wrap()
	}
	s.state[0] = 1 << 31
}

func (s *Source) refill() {
	const upper, lower = 1 << 31, 1<<31 - 1
	for i := range s.state {
		y := s.state[i]&upper | s.state[(i+1)%size]&lower
		v := s.state[(i+shift)%size] ^ y>>1
		if y&1 != 0 {
			v ^= 0x9908b0df
		}
		s.state[i] = v
	}
	s.next = 0
}

// Uint32 is the generator's next output.
func (s *Source) Uint32() uint32 {
	if s.next >= size {
		s.refill()
	}
	y := s.state[s.next]
	s.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// Float is random.random(): 53 bits, 0 <= x < 1.
func (s *Source) Float() float64 {
	a, b := s.Uint32()>>5, s.Uint32()>>6
	return (float64(a)*(1<<26) + float64(b)) / (1 << 53)
}

// Bits is random.getrandbits(k) for 1 <= k <= 64.
func (s *Source) Bits(k int) uint64 {
	low := uint64(s.Uint32())
	if k <= 32 {
		return low >> (32 - k)
	}
	return low | uint64(s.Uint32())>>(64-k)<<32
}
