package pyre

import "slices"

// machine is one search by backtracking.
type machine struct {
	re    *Regexp
	text  []rune
	slots []int
	steps int
	slow  bool
}

// choice is a way not yet taken, or (slot >= 0) a slot's value to put back on the way there.
type choice struct {
	pc, pos    int
	slot, held int
}

func (re *Regexp) backtrack(text []rune) (bool, error) {
	m := &machine{re: re, text: text, slots: make([]int, re.slots)}
	for start := 0; start <= len(text); start++ {
		for i := range m.slots {
			m.slots[i] = -1
		}
		end := m.run(0, start)
		if m.slow {
			return false, ErrTooSlow
		}
		if end >= 0 {
			return true, nil
		}
	}
	return false, nil
}

// run is where a match of the instructions from pc on ends, -1 when there is none. Slots keep what the match set.
func (m *machine) run(pc, pos int) int {
	var stack []choice
	set := func(slot, value int) {
		stack = append(stack, choice{slot: slot, held: m.slots[slot]})
		m.slots[slot] = value
	}
	for {
		if m.steps++; m.steps > maxTries || len(stack) > maxStack {
			m.slow = true
			return -1
		}
		i := &m.re.program[pc]
		ok := true
		pc++
		switch i.op {
		case opMatch:
			return pos
		case opSet:
			ok = pos < len(m.text) && i.set.has(m.text[pos])
			pos++
		case opJump:
			pc = i.x
		case opSplit:
			pc = i.x
			stack = append(stack, choice{pc: i.y, pos: pos, slot: -1})
		case opAssert:
			ok = holds(i.assert, i.ascii, m.text, pos)
		case opSave, opRound:
			set(i.n, pos)
		case opProgress:
			ok = m.slots[i.n] != pos
		case opBackref:
			pos, ok = m.backref(i, pos)
		case opCond:
			if m.slots[2*i.n+1] < 0 {
				pc = i.x
			}
		case opLook, opAtomic:
			before := slices.Clone(m.slots)
			pos, ok = m.enclosed(i, pc, pos)
			for slot, value := range m.slots {
				if before[slot] != value {
					stack = append(stack, choice{slot: slot, held: before[slot]})
				}
			}
			pc = i.x
		}
		if ok {
			continue
		}
		for {
			if len(stack) == 0 || m.slow {
				return -1
			}
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if last.slot < 0 {
				pc, pos = last.pc, last.pos
				break
			}
			m.slots[last.slot] = last.held
		}
	}
}

func (m *machine) backref(i *instruction, pos int) (int, bool) {
	from, to := m.slots[2*i.n], m.slots[2*i.n+1]
	if to < 0 || pos+to-from > len(m.text) {
		return pos, false
	}
	for k := from; k < to; k++ {
		r := m.text[pos+k-from]
		if r != m.text[k] && (!i.fold || !sameFold(r, m.text[k])) {
			return pos, false
		}
	}
	return pos + to - from, true
}

// enclosed runs the inside of a look-around or an atomic group, which is left for good.
func (m *machine) enclosed(i *instruction, pc, pos int) (int, bool) {
	before := slices.Clone(m.slots)
	start := pos - i.behind
	end := -1
	if start >= 0 {
		end = m.run(pc, start)
	}
	if end < 0 || i.negative {
		copy(m.slots, before)
	}
	switch {
	case i.op == opAtomic:
		return max(end, pos), end >= 0
	case i.back:
		return pos, (end == pos) != i.negative
	}
	return pos, (end >= 0) != i.negative
}
