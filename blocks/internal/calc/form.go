package calc

import (
	"slices"
	"strings"
)

// Functions lists the names that the formula calls, sorted.
func (e *Expr) Functions() []string { return e.functions }

// IsFunction reports whether a name, in lower case, is a built-in function.
func IsFunction(name string) bool { return builtin(name) != nil }

// Shape is how a formula is written, whatever it is worth.
type Shape struct {
	// Sum says that it is a sum as a whole, Product that it is a product, quotient or power.
	Sum, Product bool
	// Multiplied says that somewhere in it a sum is multiplied, divided by or raised to a power: it can be multiplied out.
	Multiplied bool
}

// Shape says how the formula is written.
func (e *Expr) Shape() Shape {
	root := bare(&e.root)
	return Shape{
		Sum:        root.op == opSum && len(root.kids) > 1,
		Product:    root.op == opProduct || root.op == opPower,
		Multiplied: multiplied(root),
	}
}

// bare is a node without the parentheses around it.
func bare(n *node) *node {
	for n.op == opGroup || n.op == opSum && len(n.kids) == 1 && n.signs[0] == '+' {
		n = &n.kids[0]
	}
	return n
}

func multiplied(n *node) bool {
	for i := range n.kids {
		kid := bare(&n.kids[i])
		if sum := kid.op == opSum && len(kid.kids) > 1; sum && (n.op == opProduct && n.signs[i] == '*' || n.op == opPower && i == 0) || multiplied(kid) {
			return true
		}
	}
	return false
}

// Form is the same text for formulas that are written alike up to spaces, needless parentheses, and the order of what is added
// and of what is multiplied: x*2 + 1 and 1 + (2*x), but not 2*x + 2/2.
func (e *Expr) Form() string { return form(&e.root) }

func form(n *node) string {
	switch n = bare(n); n.op {
	case opNumber:
		return n.value.String()
	case opVariable:
		return n.name
	case opCall:
		return n.name + "(" + form(&n.kids[0]) + ")"
	case opSum:
		return "(" + strings.Join(operands(n, '+', '-'), "") + ")"
	case opProduct:
		return "(" + strings.Join(operands(n, '*', '/'), "") + ")"
	}
	kids := make([]string, len(n.kids))
	for i := range n.kids {
		kids[i] = form(&n.kids[i])
	}
	if n.op == opParallel {
		slices.Sort(kids)
	}
	return "(" + strings.Join(kids, string(rune(n.op))) + ")"
}

// operands are the forms of what is added or multiplied, those of sums in sums and of products in products included, sorted. Each
// begins with its sign.
func operands(n *node, plain, inverse byte) []string {
	var all []string
	for i := range n.kids {
		kid := bare(&n.kids[i])
		if kid.op != n.op {
			text := form(kid)
			sign := n.signs[i]
			if number, negative := strings.CutPrefix(text, "-"); negative && kid.op == opNumber && plain == '+' {
				text, sign = number, other(sign, plain, inverse)
			}
			all = append(all, string(sign)+text)
			continue
		}
		for _, inner := range operands(kid, plain, inverse) {
			if n.signs[i] == inverse {
				inner = string(other(inner[0], plain, inverse)) + inner[1:]
			}
			all = append(all, inner)
		}
	}
	slices.Sort(all)
	return all
}

func other(sign, plain, inverse byte) byte {
	if sign == plain {
		return inverse
	}
	return plain
}
