package capa

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// maxSamples bounds the points of one comparison. Authors use some ten.
const maxSamples = 1000

// domain is where two formulas are compared: Count points, each variable between its Low and High.
type domain struct {
	Names []string  `json:"n"`
	Low   []float64 `json:"l"`
	High  []float64 `json:"h"`
	Count int       `json:"c"`
}

// parseDomain reads "x,y@1,2:3,4#10": two variables, x from 1 to 3 and y from 2 to 4, ten points. As in Open edX names
// without bounds, and bounds without a name, are left alone. bad says what is wrong, "" when all is well.
func parseDomain(text string) (d domain, bad string) {
	names, rest, ok := strings.Cut(text, "@")
	if !ok {
		return d, "there is no @ behind the variables"
	}
	ranges, count, ok := strings.Cut(rest, "#")
	if !ok {
		return d, "there is no # before the number of points"
	}
	n, err := strconv.Atoi(pystr.Strip(count))
	if err != nil || n > maxSamples {
		return d, "the number of points is no whole number up to " + strconv.Itoa(maxSamples)
	}
	low, high, ok := strings.Cut(ranges, ":")
	if !ok {
		return d, "there is no : between the lower and the upper bounds"
	}
	d.Count = max(n, 0)
	lows, highs := strings.Split(low, ","), strings.Split(high, ",")
	for i, name := range strings.Split(names, ",") {
		if i >= len(lows) || i >= len(highs) {
			break
		}
		from, err := strconv.ParseFloat(pystr.Strip(lows[i]), 64)
		to, wrong := strconv.ParseFloat(pystr.Strip(highs[i]), 64)
		if err != nil || wrong != nil || from-from != 0 || to-to != 0 {
			return d, "a bound of " + name + " is no number"
		}
		d.Names, d.Low, d.High = append(d.Names, name), append(d.Low, from), append(d.High, to)
	}
	return d, ""
}

// points are the points of the domain, always the same ones for the same formula: whoever regrades gets the same verdict.
func (d *domain) points(formula string) [][]calc.Var {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(formula)) // a hash takes everything
	state := hash.Sum64()
	points := make([][]calc.Var, d.Count)
	for i := range points {
		points[i] = make([]calc.Var, len(d.Names))
		for k, name := range d.Names {
			var share float64
			state, share = nextShare(state)
			points[i][k] = calc.Var{Name: name, Value: calc.Float(d.Low[k] + (d.High[k]-d.Low[k])*share)}
		}
	}
	return points
}

// nextShare is SplitMix64: the next state, and a number from 0 to below 1.
func nextShare(state uint64) (next uint64, share float64) {
	state += 0x9e3779b97f4a7c15
	z := state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return state, float64(z>>11) / (1 << 53)
}
