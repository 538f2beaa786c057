package calc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// Limits of what is parsed. Longer or deeper formulas are an [Overflow].
const (
	MaxLength = 10_000 // bytes
	MaxDepth  = 100    // nested parentheses
)

// Expr is a parsed formula. It is immutable.
type Expr struct {
	root node
	// empty formulas are NaN
	empty bool
	// variables and functions are the names used, sorted, each once.
	variables, functions []string
}

// node is a term: its kids are joined by operators (sums and products), or by the operation that op names.
type node struct {
	op    byte // one of the constants below
	value Value
	name  string
	kids  []node
	signs []byte // the operator before each kid, of sums and products
}

const (
	opNumber   = 'n'
	opVariable = 'v'
	opCall     = 'c'
	opGroup    = '('
	opSum      = '+'
	opProduct  = '*'
	opParallel = '|'
	opPower    = '^'
)

// Parse reads a formula. Its error is an [*Error] of the code Syntax, Parentheses or Overflow.
func Parse(text string) (*Expr, error) {
	if pystr.Strip(text) == "" {
		return &Expr{empty: true}, nil
	}
	if len(text) > MaxLength {
		return nil, &Error{Code: Overflow}
	}
	if err := checkParentheses(text); err != nil {
		return nil, err
	}
	p := &parser{text: text, expr: &Expr{}}
	root, ok := p.sum()
	p.space()
	switch {
	case p.tooDeep:
		return nil, &Error{Code: Overflow}
	case !ok || p.pos < len(text):
		return nil, &Error{Code: Syntax}
	}
	p.expr.root = root
	slices.Sort(p.expr.variables)
	slices.Sort(p.expr.functions)
	p.expr.variables = slices.Compact(p.expr.variables)
	p.expr.functions = slices.Compact(p.expr.functions)
	return p.expr, nil
}

// Variables lists the names that the formula uses as variables, sorted.
func (e *Expr) Variables() []string { return e.variables }

func checkParentheses(text string) error {
	open := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				return &Error{Code: Parentheses, Before: text[:i]}
			}
		}
	}
	if open > 0 {
		return &Error{Code: Parentheses, Open: open}
	}
	return nil
}

type parser struct {
	text    string
	pos     int
	depth   int
	tooDeep bool
	expr    *Expr
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\n\r", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// accept skips white space and takes one of the characters; 0 when none follows.
func (p *parser) accept(set string) byte {
	p.space()
	if p.pos < len(p.text) && strings.IndexByte(set, p.text[p.pos]) >= 0 {
		p.pos++
		return p.text[p.pos-1]
	}
	return 0
}

func (p *parser) sum() (node, bool) {
	sign := p.accept("+-")
	first, ok := p.product()
	if !ok || sign == 0 && !p.peek("+-") {
		return first, ok
	}
	if sign == 0 {
		sign = '+'
	}
	n := node{op: opSum, kids: []node{first}, signs: []byte{sign}}
	return p.rest(n, "+-", p.product)
}

func (p *parser) product() (node, bool) {
	first, ok := p.parallel()
	if !ok || !p.peek("*/") {
		return first, ok
	}
	return p.rest(node{op: opProduct, kids: []node{first}, signs: []byte{'*'}}, "*/", p.parallel)
}

// rest reads further operands with one of the operators before each.
func (p *parser) rest(n node, operators string, operand func() (node, bool)) (node, bool) {
	for {
		sign := p.accept(operators)
		if sign == 0 {
			return n, true
		}
		kid, ok := operand()
		if !ok {
			return n, false
		}
		n.kids = append(n.kids, kid)
		n.signs = append(n.signs, sign)
	}
}

func (p *parser) peek(set string) bool {
	p.space()
	return p.pos < len(p.text) && strings.IndexByte(set, p.text[p.pos]) >= 0
}

func (p *parser) parallel() (node, bool) {
	first, ok := p.power()
	n := node{op: opParallel, kids: []node{first}}
	for ok {
		p.space()
		if !strings.HasPrefix(p.text[p.pos:], "||") {
			break
		}
		p.pos += len("||")
		var kid node
		kid, ok = p.power()
		n.kids = append(n.kids, kid)
	}
	if len(n.kids) == 1 {
		return first, ok
	}
	return n, ok
}

func (p *parser) power() (node, bool) {
	first, ok := p.atom()
	if !ok || !p.peek("^") {
		return first, ok
	}
	n := node{op: opPower, kids: []node{first}}
	for p.accept("^") != 0 {
		kid, ok := p.atom()
		if !ok {
			return n, false
		}
		n.kids = append(n.kids, kid)
	}
	return n, true
}

func (p *parser) atom() (node, bool) {
	p.space()
	if n, ok := p.number(); ok {
		return n, true
	}
	if p.accept("(") != 0 {
		inner, ok := p.enclosed()
		return node{op: opGroup, kids: []node{inner}}, ok
	}
	name, simple := p.name()
	if name == "" {
		return node{}, false
	}
	if !simple || p.accept("(") == 0 {
		p.expr.variables = append(p.expr.variables, name)
		return node{op: opVariable, name: name}, true
	}
	p.expr.functions = append(p.expr.functions, name)
	argument, ok := p.enclosed()
	return node{op: opCall, name: name, kids: []node{argument}}, ok
}

// enclosed reads a formula and the parenthesis that closes it.
func (p *parser) enclosed() (node, bool) {
	if p.depth++; p.depth > MaxDepth {
		p.tooDeep = true
		return node{}, false
	}
	n, ok := p.sum()
	p.depth--
	return n, ok && p.accept(")") != 0
}

// number reads a sign, digits with a point, an exponent and a percent sign; white space may stand between them.
func (p *parser) number() (node, bool) {
	start := p.pos
	sign := p.accept("+-")
	p.space()
	from := p.pos
	whole := p.digits()
	point := p.pos < len(p.text) && p.text[p.pos] == '.'
	if point {
		p.pos++
		if fraction := p.digits(); !whole && !fraction {
			p.pos = start
			return node{}, false
		}
	}
	if !whole && !point {
		p.pos = start
		return node{}, false
	}
	digits := p.text[from:p.pos]
	if sign == '-' {
		digits = "-" + digits
	}
	exponent := p.exponent()
	value := constant(digits, exponent, point)
	if p.accept("%") != 0 {
		value, _ = mul(value, Float(0.01))
	}
	return node{op: opNumber, value: value}, true
}

func (p *parser) digits() bool {
	start := p.pos
	for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		p.pos++
	}
	return p.pos > start
}

// exponent reads e, a sign and digits; "" when no whole exponent follows.
func (p *parser) exponent() string {
	start := p.pos
	if p.accept("eE") != 0 {
		sign := p.accept("+-")
		p.space()
		from := p.pos
		if p.digits() {
			if sign == '-' {
				return "e-" + p.text[from:p.pos]
			}
			return "e" + p.text[from:p.pos]
		}
	}
	p.pos = start
	return ""
}

// constant is an exact integer where only digits were typed.
func constant(digits, exponent string, point bool) Value {
	if exponent == "" && !point {
		return parseInt(digits)
	}
	f, err := strconv.ParseFloat(digits+exponent, 64)
	if err != nil && f == 0 {
		return Float(0)
	}
	return Float(f) // out of range is infinite, as in Python
}

// name reads a name; simple says that it may be called. Names are letters, digits and underscores with primes behind, or
// tensors: a name with indices such as U_{ij}^{k}, primes behind.
func (p *parser) name() (name string, simple bool) {
	start := p.pos
	if start >= len(p.text) || !isLetter(p.text[start]) {
		return "", false
	}
	end := p.while(start, false)
	index := p.index(end, "_{")
	if upper := p.index(index, "^{"); upper > index {
		index = upper
	}
	if index > end {
		p.pos = p.primes(index)
		return p.text[start:p.pos], false
	}
	p.pos = p.primes(p.while(start, true))
	return p.text[start:p.pos], true
}

func (p *parser) while(i int, underscore bool) int {
	for i < len(p.text) && (isLetter(p.text[i]) || isDigit(p.text[i]) || underscore && p.text[i] == '_') {
		i++
	}
	return i
}

// index is the end of indices in braces that begin at i, or i when there are none.
func (p *parser) index(i int, open string) int {
	if !strings.HasPrefix(p.text[i:], open) {
		return i
	}
	from := i + len(open)
	end := p.while(from, false)
	if end == from || end >= len(p.text) || p.text[end] != '}' {
		return i
	}
	return end + 1
}

func (p *parser) primes(i int) int {
	for i < len(p.text) && p.text[i] == '\'' {
		i++
	}
	return i
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
