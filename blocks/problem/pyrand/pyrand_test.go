package pyrand

import (
	"errors"
	"testing"
)

// Values printed by CPython 3.11's random.Random(seed).
func TestSourceIsPythons(t *testing.T) {
	for _, c := range []struct {
		seed  int64
		words [3]uint32
		float float64
		wide  uint64
		five  uint64
	}{
		{0, [3]uint32{3626764237, 1654615998, 3255389356}, 0x1.c7ce0d1aeaa51p-1, 298510685491244852, 30},
		{1, [3]uint32{577090037, 2444712010, 3639700191}, 0x1.9ac27c70e1aefp-1, 294074568487191761, 3},
		{-1, [3]uint32{577090037, 2444712010, 3639700191}, 0x1.9ac27c70e1aefp-1, 294074568487191761, 3},
		{723, [3]uint32{2330442776, 753690928, 877883924}, 0x1.1253a898c64a4p-2, 293752332893769183, 8},
		{1<<40 + 7, [3]uint32{2635837658, 3209733218, 3500038837}, 0x1.e038ad7c7b118p-1, 657615704001335873, 22},
	} {
		s := NewSource(c.seed)
		for i, want := range c.words {
			if got := s.Uint32(); got != want {
				t.Errorf("seed %d, word %d: %d, want %d", c.seed, i, got, want)
			}
		}
		if got := s.Float(); got != c.float {
			t.Errorf("seed %d: float %x, want %x", c.seed, got, c.float)
		}
		if got := s.Bits(60); got != c.wide {
			t.Errorf("seed %d: 60 bits %d, want %d", c.seed, got, c.wide)
		}
		if got := s.Bits(5); got != c.five {
			t.Errorf("seed %d: 5 bits %d, want %d", c.seed, got, c.five)
		}
	}
	s := NewSource(5)
	for range 2000 {
		s.Float()
	}
	if got := s.Bits(32); got != 2706920825 {
		t.Errorf("after refills: %d", got)
	}
}

func TestLegacyRefusesNothingToDraw(t *testing.T) {
	l := NewLegacy(1)
	for _, r := range [][3]int64{{5, 5, 1}, {5, 1, 1}, {1, 5, 0}, {1, 5, -1}, {5, 1, 2}} {
		if _, err := l.Range(r[0], r[1], r[2]); !errors.Is(err, ErrEmpty) {
			t.Errorf("Range%v: %v", r, err)
		}
	}
	for _, c := range [][2]int{{3, 4}, {3, -1}} {
		if _, err := l.Sample(c[0], c[1]); !errors.Is(err, ErrEmpty) {
			t.Errorf("Sample%v: %v", c, err)
		}
	}
}

func TestLegacySampleOfMany(t *testing.T) {
	got, err := NewLegacy(3).Sample(10_000, 7)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, i := range got {
		if i < 0 || i >= 10_000 || seen[i] {
			t.Errorf("sample %v repeats or leaves the range", got)
		}
		seen[i] = true
	}
}

func TestGammaBranches(t *testing.T) {
	l := NewLegacy(2)
	for _, alpha := range []float64{0.3, 1, 2.5} {
		sum := 0.0
		for range 4000 {
			sum += l.Gamma(alpha, 2)
		}
		if mean := sum / 4000; mean < 1.8*alpha || mean > 2.2*alpha {
			t.Errorf("Gamma(%g, 2) has the mean %g", alpha, mean)
		}
	}
}

func BenchmarkShuffleTen(b *testing.B) {
	for b.Loop() {
		NewLegacy(723).Shuffle(10, func(int, int) {})
	}
}
