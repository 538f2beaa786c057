package pyre

import "unicode"

// Search reports whether a match stands anywhere in the text, as re.search does. Its only error is [ErrTooSlow].
func (re *Regexp) Search(text string) (bool, error) {
	runes := []rune(text)
	if re.irregular {
		return re.backtrack(runes)
	}
	return re.threads(runes)
}

func holds(a assertion, ascii bool, text []rune, pos int) bool {
	switch a {
	case atStart:
		return pos == 0
	case atEnd:
		return pos == len(text)
	case atLineStart:
		return pos == 0 || text[pos-1] == '\n'
	case atEndOrNewline:
		return pos == len(text) || pos == len(text)-1 && text[pos] == '\n'
	case atLineEnd:
		return pos == len(text) || text[pos] == '\n'
	case atBoundary:
		return boundary(ascii, text, pos)
	case atNoBoundary: // Python: nowhere in an empty text
		return len(text) > 0 && !boundary(ascii, text, pos)
	}
	return false
}

func boundary(ascii bool, text []rune, pos int) bool {
	word := func(i int) bool {
		return i >= 0 && i < len(text) && isWord(text[i]) && (!ascii || text[i] <= unicode.MaxASCII)
	}
	return word(pos-1) != word(pos)
}

// list is a set of threads: program counters, in no order that matters.
type list struct {
	sparse, dense []int
}

func (l *list) add(pc int) bool {
	if i := l.sparse[pc]; i < len(l.dense) && l.dense[i] == pc {
		return false
	}
	l.sparse[pc] = len(l.dense)
	l.dense = append(l.dense, pc)
	return true
}

// threads runs all threads side by side; a new one starts at every character.
func (re *Regexp) threads(text []rune) (bool, error) {
	size := len(re.program)
	buffer := make([]int, 4*size)
	now := &list{buffer[:size], buffer[size : size : 2*size]}
	then := &list{buffer[2*size : 3*size], buffer[3*size : 3*size]}
	stack := make([]int, 0, 64)
	for pos, steps := 0, 0; ; pos++ {
		var matched bool
		if matched, stack = re.spread(now, 0, stack, text, pos); matched {
			return true, nil
		}
		if pos == len(text) {
			return false, nil
		}
		if steps += len(now.dense); steps > maxSteps {
			return false, ErrTooSlow
		}
		then.dense = then.dense[:0]
		for _, pc := range now.dense {
			i := &re.program[pc]
			if i.op != opSet || !i.set.has(text[pos]) {
				continue
			}
			if matched, stack = re.spread(then, pc+1, stack, text, pos+1); matched {
				return true, nil
			}
		}
		now, then = then, now
	}
}

// spread adds a thread and all that follow from it without a character.
func (re *Regexp) spread(l *list, pc int, stack []int, text []rune, pos int) (bool, []int) {
	stack = append(stack[:0], pc)
	for len(stack) > 0 {
		pc = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !l.add(pc) {
			continue
		}
		switch i := &re.program[pc]; i.op {
		case opMatch:
			return true, stack
		case opJump:
			stack = append(stack, i.x)
		case opSplit:
			stack = append(stack, i.y, i.x)
		case opAssert:
			if holds(i.assert, i.ascii, text, pos) {
				stack = append(stack, pc+1)
			}
		default: // a character, which the next step looks at
		}
	}
	return false, stack
}
