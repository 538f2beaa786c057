package capa

import "sort"

// hull is the convex hull around points, counter-clockwise, without corners on its edges (Andrew's monotone chain). Fewer than
// three corners enclose nothing, and there is none.
func hull(points [][]float64) polygon {
	sorted := append([][]float64(nil), points...)
	sort.Slice(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		return a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
	})
	var chain [][]float64
	half := func(next func(int) []float64) {
		start := len(chain)
		for i := range sorted {
			p := next(i)
			for len(chain)-start >= 2 && turn(chain[len(chain)-2], chain[len(chain)-1], p) <= 0 {
				chain = chain[:len(chain)-1]
			}
			chain = append(chain, p)
		}
		chain = chain[:max(start, len(chain)-1)] // the last point begins the other half
	}
	half(func(i int) []float64 { return sorted[i] })
	half(func(i int) []float64 { return sorted[len(sorted)-1-i] })
	if len(chain) < 3 {
		return polygon{}
	}
	var p polygon
	for _, corner := range chain {
		p.Corners = append(p.Corners, corner[0], corner[1])
	}
	return p
}

// turn is above 0 where the way from a over b to c turns left.
func turn(a, b, c []float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// holds reports whether a point lies truly inside, not on an edge.
func (p *polygon) holds(x, y float64) bool {
	n := len(p.Corners) / 2
	for i := range n {
		k := (i + 1) % n
		if turn(p.Corners[2*i:2*i+2], p.Corners[2*k:2*k+2], []float64{x, y}) <= 0 {
			return false
		}
	}
	return n > 2
}

// middle is the mean of the corners, which lies inside.
func (p *polygon) middle() (x, y float64) {
	n := float64(len(p.Corners) / 2)
	for i := 0; i+1 < len(p.Corners); i += 2 {
		x += p.Corners[i] / n
		y += p.Corners[i+1] / n
	}
	return x, y
}
