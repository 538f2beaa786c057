package equation

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of an equation.
const (
	maxEquation = 500
	maxSpecies  = 12
	maxDepth    = 8
	// maxCount bounds a number in a formula, and every product of such numbers.
	maxCount = 1_000_000
)

// Species is one substance of an equation.
type Species struct {
	// Formula is as the author wrote it, Shown with raised and lowered digits.
	Formula string `json:"f"`
	Shown   string `json:"s"`
	// Atoms counts by element; "e" is the charge, in units of the proton's.
	Atoms map[string]int `json:"a"`
}

// Equation is what stands on both sides of the arrow.
type Equation struct {
	Left  []Species `json:"l"`
	Right []Species `json:"r"`
}

// All are the species, the left ones first.
func (e *Equation) All() []Species { return append(append([]Species(nil), e.Left...), e.Right...) }

// mistake is what is wrong with an equation, and where: At counts characters from 0.
type mistake struct {
	At  int
	Why string
}

// Error implements error.
func (m *mistake) Error() string { return fmt.Sprintf("at character %d: %s", m.At+1, m.Why) }

var arrows = []string{"<->", "<=>", "-->", "->", "=>", "⇌", "⟶", "→", "="}

// parse reads an equation such as "C3H8 + O2 -> CO2 + H2O". Formulas may have parentheses, charges (SO4^2-, Na+, e-), water of
// crystallisation (CuSO4*5H2O) and states ((aq), (s), (l), (g)). The error is a *mistake.
func parse(text string) (*Equation, error) {
	if utf8.RuneCountInString(text) > maxEquation {
		return nil, &mistake{maxEquation, fmt.Sprintf("the equation is longer than %d characters", maxEquation)}
	}
	at, arrow := -1, ""
	for _, a := range arrows {
		if i := strings.Index(text, a); i >= 0 {
			at, arrow = i, a
			break
		}
	}
	if at < 0 {
		return nil, &mistake{0, "there is no arrow: write -> between the two sides"}
	}
	e := &Equation{}
	var err error
	if e.Left, err = side(text[:at], 0); err != nil {
		return nil, err
	}
	if e.Right, err = side(text[at+len(arrow):], utf8.RuneCountInString(text[:at+len(arrow)])); err != nil {
		return nil, err
	}
	if n := len(e.Left) + len(e.Right); n > maxSpecies {
		return nil, &mistake{0, fmt.Sprintf("there are %d substances, the limit is %d", n, maxSpecies)}
	}
	return e, nil
}

// side reads what stands on one side; a plus between substances has a space before or behind it.
func side(text string, from int) ([]Species, error) {
	var all []Species
	for _, part := range separate(text) {
		word := strings.TrimSpace(part.text)
		at := from + part.at + utf8.RuneCountInString(part.text[:len(part.text)-len(strings.TrimLeft(part.text, " \t"))])
		if word == "" {
			return nil, &mistake{at, "a substance is missing here"}
		}
		species, err := readSpecies(word, at)
		if err != nil {
			return nil, err
		}
		all = append(all, *species)
	}
	return all, nil
}

type piece struct {
	text string
	// at counts characters from the beginning of the side.
	at int
}

// separate splits a side at its plus signs: those with a space before them, and those that no charge can be.
func separate(text string) []piece {
	var pieces []piece
	runes := []rune(text)
	begin := 0
	for i, r := range runes {
		if r != '+' {
			continue
		}
		spaced := i > 0 && (runes[i-1] == ' ' || runes[i-1] == '\t')
		behind := i+1 < len(runes) && (runes[i+1] >= 'A' && runes[i+1] <= 'Z' || runes[i+1] == '(' || runes[i+1] == '[')
		if spaced || behind {
			pieces = append(pieces, piece{string(runes[begin:i]), begin})
			begin = i + 1
		}
	}
	return append(pieces, piece{string(runes[begin:]), begin})
}

// readSpecies reads one substance.
func readSpecies(word string, at int) (*Species, error) {
	r := &reader{runes: []rune(word), from: at}
	s := &Species{Formula: word, Atoms: map[string]int{}}
	if r.digit() {
		return nil, r.wrong("leave the numbers out: learners find them")
	}
	if word == "e-" || word == "e^-" {
		return &Species{Formula: word, Shown: "e⁻", Atoms: map[string]int{"e": -1}}, nil
	}
	for {
		factor := 1
		if len(s.Atoms) > 0 && r.digit() { // of water of crystallisation
			n, err := r.number()
			if err != nil {
				return nil, err
			}
			factor = n
		}
		atoms, err := r.group(0)
		if err != nil {
			return nil, err
		}
		if err := r.add(s.Atoms, atoms, factor); err != nil {
			return nil, err
		}
		if !r.take('*') && !r.take('·') && !r.take('.') {
			break
		}
	}
	if err := r.charge(s.Atoms); err != nil {
		return nil, err
	}
	r.state()
	if r.next < len(r.runes) {
		return nil, r.wrong("\"" + string(r.runes[r.next:]) + "\" is no part of a formula")
	}
	s.Shown = shown(word)
	return s, nil
}

// reader reads a formula.
type reader struct {
	runes []rune
	next  int
	// from is where the formula begins in the equation.
	from int
}

func (r *reader) wrong(why string) *mistake { return &mistake{r.from + r.next, why} }

func (r *reader) peek() rune {
	if r.next < len(r.runes) {
		return r.runes[r.next]
	}
	return 0
}

func (r *reader) take(c rune) bool {
	if r.peek() == c {
		r.next++
		return true
	}
	return false
}

func (r *reader) digit() bool { return r.peek() >= '0' && r.peek() <= '9' }

// number reads a count; there is a digit.
func (r *reader) number() (int, error) {
	n := 0
	for r.digit() {
		if n = n*10 + int(r.peek()-'0'); n > maxCount {
			return 0, r.wrong("this number is too large")
		}
		r.next++
	}
	if n == 0 {
		return 0, r.wrong("a count of 0 is no count")
	}
	return n, nil
}

// count reads how often what stands before it is there.
func (r *reader) count() (int, error) {
	if r.digit() {
		return r.number()
	}
	return 1, nil
}

// group reads elements and parentheses until something else comes.
func (r *reader) group(depth int) (map[string]int, error) {
	if depth > maxDepth {
		return nil, r.wrong("parentheses are nested too deep")
	}
	all := map[string]int{}
	for {
		var inside map[string]int
		switch c := r.peek(); {
		case c >= 'A' && c <= 'Z':
			name, err := r.element()
			if err != nil {
				return nil, err
			}
			inside = map[string]int{name: 1}
		case (c == '(' || c == '[') && !r.atState():
			r.next++
			var err error
			if inside, err = r.group(depth + 1); err != nil {
				return nil, err
			}
			if closing := map[rune]rune{'(': ')', '[': ']'}[c]; !r.take(closing) {
				return nil, r.wrong("a parenthesis is not closed")
			}
		case len(all) == 0:
			return nil, r.wrong("an element is missing here")
		default:
			return all, nil
		}
		n, err := r.count()
		if err != nil {
			return nil, err
		}
		if err := r.add(all, inside, n); err != nil {
			return nil, err
		}
	}
}

// element reads a symbol that the periodic table has.
func (r *reader) element() (string, error) {
	name := string(r.peek())
	if r.next+1 < len(r.runes) {
		if two := string(r.runes[r.next : r.next+2]); elements[two] {
			name = two
		}
	}
	if !elements[name] {
		return "", r.wrong("no element is called " + name)
	}
	r.next += len(name)
	return name, nil
}

func (r *reader) add(to, atoms map[string]int, times int) error {
	for name, n := range atoms {
		if n > maxCount || to[name]+n*times > maxCount {
			return r.wrong("there are too many atoms of " + name)
		}
		to[name] += n * times
	}
	return nil
}

// charge reads ^2-, ^+, or a sign alone at the end.
func (r *reader) charge(atoms map[string]int) error {
	marked := r.take('^')
	n := 1
	if marked && r.digit() {
		var err error
		if n, err = r.number(); err != nil {
			return err
		}
	}
	switch {
	case r.take('+'):
		atoms["e"] += n
	case r.take('-') || r.take('−'):
		atoms["e"] -= n
	case marked:
		return r.wrong("a charge is written ^2+ or ^-")
	}
	if atoms["e"] == 0 {
		delete(atoms, "e")
	}
	return nil
}

var states = []string{"(aq)", "(s)", "(l)", "(g)"}

func (r *reader) atState() bool {
	rest := string(r.runes[r.next:])
	for _, s := range states {
		if rest == s {
			return true
		}
	}
	return false
}

func (r *reader) state() {
	if r.atState() {
		r.next = len(r.runes)
	}
}

var (
	lowered = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉")
	raised  = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "+", "⁺", "-", "⁻", "−", "⁻")
)

// shown writes a formula that was read as chemists do.
func shown(word string) string {
	main, charge, marked := strings.Cut(word, "^")
	state := ""
	for _, s := range states {
		main, charge = strings.TrimSuffix(main, s), strings.TrimSuffix(charge, s)
		if strings.HasSuffix(word, s) {
			state = " " + s
		}
	}
	if !marked {
		if last := strings.TrimRight(main, "+-−"); last != main {
			main, charge = last, main[len(last):]
		}
	}
	var b strings.Builder
	for i, part := range strings.FieldsFunc(main, func(r rune) bool { return r == '*' || r == '·' || r == '.' }) {
		if i > 0 {
			digits := part[:len(part)-len(strings.TrimLeft(part, "0123456789"))]
			b.WriteString(" · " + digits)
			part = part[len(digits):]
		}
		b.WriteString(lowered.Replace(part))
	}
	return b.String() + raised.Replace(charge) + state
}
