package pyrand

import "math"

// Uniform is uniform(a, b).
func (l *Legacy) Uniform(a, b float64) float64 { return a + (b-a)*l.Float() }

// Triangular is triangular(low, high, mode).
func (l *Legacy) Triangular(low, high, mode float64) float64 {
	u := l.Float()
	c := (mode - low) / (high - low)
	if u > c {
		u, c = 1-u, 1-c
		low, high = high, low
	}
	return low + (high-low)*math.Pow(u*c, 0.5)
}

// Normal is normalvariate(mu, sigma): the ratio of uniforms (Kinderman and Monahan, 1977).
func (l *Legacy) Normal(mu, sigma float64) float64 {
	magic := 4 * math.Exp(-0.5) / math.Sqrt2
	for {
		u1 := l.Float()
		u2 := 1 - l.Float()
		z := magic * (u1 - 0.5) / u2
		if z*z/4 <= -math.Log(u2) {
			return mu + z*sigma
		}
	}
}

// Gauss is gauss(mu, sigma): values come in pairs (Box and Muller).
func (l *Legacy) Gauss(mu, sigma float64) float64 {
	z := l.gauss
	if l.hasGauss = !l.hasGauss; l.hasGauss {
		angle := l.Float() * 2 * math.Pi
		radius := math.Sqrt(-2 * math.Log(1-l.Float()))
		z = math.Cos(angle) * radius
		l.gauss = math.Sin(angle) * radius
	}
	return mu + z*sigma
}

// LogNormal is lognormvariate(mu, sigma).
func (l *Legacy) LogNormal(mu, sigma float64) float64 { return math.Exp(l.Normal(mu, sigma)) }

// Exponential is expovariate(lambda).
func (l *Legacy) Exponential(lambda float64) float64 { return -math.Log(1-l.Float()) / lambda }

// Pareto is paretovariate(alpha).
func (l *Legacy) Pareto(alpha float64) float64 { return 1 / math.Pow(1-l.Float(), 1/alpha) }

// Gamma is gammavariate(alpha, beta), for alpha and beta above 0.
func (l *Legacy) Gamma(alpha, beta float64) float64 {
	switch {
	case alpha > 1:
		return beta * l.gammaLarge(alpha)
	case alpha == 1:
		u := l.Float()
		for u <= 1e-7 {
			u = l.Float()
		}
		return -math.Log(u) * beta
	}
	return beta * l.gammaSmall(alpha)
}

// gammaLarge is Cheng's algorithm of 1977.
func (l *Legacy) gammaLarge(alpha float64) float64 {
	a := math.Sqrt(2*alpha - 1)
	b := alpha - math.Log(4)
	c := alpha + a
	magic := 1 + math.Log(4.5)
	for {
		u1 := l.Float()
		if u1 <= 1e-7 || u1 >= .9999999 {
			continue
		}
		u2 := 1 - l.Float()
		v := math.Log(u1/(1-u1)) / a
		x := alpha * math.Exp(v)
		z := u1 * u1 * u2
		r := b + c*v - x
		if r+magic-4.5*z >= 0 || r >= math.Log(z) {
			return x
		}
	}
}

// gammaSmall is algorithm GS of Ahrens and Dieter, 1974.
func (l *Legacy) gammaSmall(alpha float64) float64 {
	for {
		b := (math.E + alpha) / math.E
		p := b * l.Float()
		x := -math.Log((b - p) / alpha)
		if p <= 1 {
			x = math.Pow(p, 1/alpha)
		}
		u := l.Float()
		if p > 1 && u <= math.Pow(x, alpha-1) || p <= 1 && u <= math.Exp(-x) {
			return x
		}
	}
}
