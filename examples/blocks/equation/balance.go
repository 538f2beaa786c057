package equation

import (
	"maps"
	"math/big"
	"slices"
)

// rows are the elements of an equation, charge included, in a fixed order.
func (e *Equation) rows() []string {
	seen := map[string]bool{}
	for _, s := range e.All() {
		for name := range s.Atoms {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// signed is how much one of a species adds of an element: what is on the right is taken away.
func (e *Equation) signed(species int, element string) int64 {
	if species < len(e.Left) {
		return int64(e.Left[species].Atoms[element])
	}
	return -int64(e.Right[species-len(e.Left)].Atoms[element])
}

// unbalanced are the elements that numbers do not balance.
func (e *Equation) unbalanced(numbers []int64) []string {
	var out []string
	for _, element := range e.rows() {
		sum := new(big.Int)
		for i, n := range numbers {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(n), big.NewInt(e.signed(i, element))))
		}
		if sum.Sign() != 0 {
			out = append(out, element)
		}
	}
	return out
}

// Ways to balance an equation.
const (
	noWay = iota
	oneWay
	manyWays
)

// maxNumber bounds the numbers of an equation that can be asked.
const maxNumber = 10_000

// solve gives the smallest whole numbers that balance the equation, and says whether others do that are no multiples of them.
func (e *Equation) solve() (numbers []int64, ways int) {
	species := len(e.Left) + len(e.Right)
	matrix := make([][]*big.Rat, 0, len(e.rows()))
	for _, element := range e.rows() {
		row := make([]*big.Rat, species)
		for i := range row {
			row[i] = new(big.Rat).SetInt64(e.signed(i, element))
		}
		matrix = append(matrix, row)
	}
	pivots := reduce(matrix, species)
	if len(pivots) == species {
		return nil, noWay
	}
	if len(pivots) < species-1 {
		return nil, manyWays
	}
	free := 0
	for slices.Contains(pivots, free) {
		free++
	}
	values := make([]*big.Rat, species)
	values[free] = big.NewRat(1, 1)
	for row, column := range pivots {
		values[column] = new(big.Rat).Neg(matrix[row][free])
	}
	return smallest(values)
}

// reduce brings a matrix into reduced row echelon form and gives the columns of the pivots, in the order of their rows.
func reduce(matrix [][]*big.Rat, columns int) []int {
	var pivots []int
	for column := 0; column < columns && len(pivots) < len(matrix); column++ {
		row := len(pivots)
		at := slices.IndexFunc(matrix[row:], func(r []*big.Rat) bool { return r[column].Sign() != 0 })
		if at < 0 {
			continue
		}
		matrix[row], matrix[row+at] = matrix[row+at], matrix[row]
		scale := new(big.Rat).Inv(matrix[row][column])
		for i := range matrix[row] {
			matrix[row][i] = new(big.Rat).Mul(matrix[row][i], scale)
		}
		for other := range matrix {
			if other == row || matrix[other][column].Sign() == 0 {
				continue
			}
			factor := new(big.Rat).Set(matrix[other][column])
			for i := range matrix[other] {
				matrix[other][i] = new(big.Rat).Sub(matrix[other][i], new(big.Rat).Mul(factor, matrix[row][i]))
			}
		}
		pivots = append(pivots, column)
	}
	return pivots
}

// smallest makes the smallest whole numbers of fractions that stand in their proportion; all must be above 0.
func smallest(values []*big.Rat) ([]int64, int) {
	product := big.NewInt(1)
	for _, v := range values {
		common := new(big.Int).GCD(nil, nil, product, v.Denom())
		product.Mul(product, new(big.Int).Quo(v.Denom(), common))
	}
	numbers := make([]*big.Int, len(values))
	divisor := new(big.Int)
	for i, v := range values {
		numbers[i] = new(big.Int).Quo(new(big.Int).Mul(v.Num(), product), v.Denom())
		divisor.GCD(nil, nil, divisor, new(big.Int).Abs(numbers[i]))
	}
	out := make([]int64, len(values))
	for i, n := range numbers {
		n.Quo(n, divisor)
		if n.Sign() <= 0 || n.Cmp(big.NewInt(maxNumber)) > 0 {
			return nil, noWay
		}
		out[i] = n.Int64()
	}
	return out, oneWay
}

// common is the greatest common divisor of numbers above 0.
func common(numbers []int64) int64 {
	g := int64(0)
	for _, n := range numbers {
		for a := n; a != 0; {
			g, a = a, g%a
		}
	}
	return g
}
