package fuel

// settle works out what to charge at each point, from the last to the first. See the package comment for the rules.
func (m *meter) settle() {
	for i := range m.labels {
		if d := m.labels[i].dispatch; d != nil && !m.labels[i].follows() {
			for _, to := range d.targets {
				m.labels[to].unpaid = true
			}
		}
	}
	need := int64(0) // what must have been paid ahead when control comes to the next point
	for i := len(m.points) - 1; i >= 0; i-- {
		need = m.settlePoint(i, m.points[i].cost+need)
	}
	for i := range m.points {
		m.settleBack(i)
	}
}

// settlePoint settles point i, behind which total is needed, and gives what is needed to come there.
func (m *meter) settlePoint(i int, total int64) (need int64) {
	p := &m.points[i]
	l := &m.labels[p.label]
	switch p.kind {
	case pointEntry:
		p.units = total
	case pointLeave:
	case pointCheck:
		need = total
	case pointCall:
		if total > maxAhead {
			p.units = total
		} else {
			need = total
		}
	case pointBranch:
		need = m.branchNeed(p, l)
	case pointBranchIf:
		need = l.ahead()
		p.units = total - need
	case pointTable:
		if l.follows() && !l.loop {
			need, p.units = m.dispatchNeed(l)
		}
	case pointLoop:
		switch {
		case l.follows():
			need, p.units = m.dispatchNeed(l)
		case l.taken:
			need = l.ahead()
			p.units = total - need
		default:
			need = total
		}
	case pointEnd:
		if l.unpaid {
			p.units = total
		} else {
			l.prepaid, need = total, total
		}
	case pointElse:
		l.elseAt, l.elseNeed = i, total
		need = l.ahead()
	case pointIf:
		need = l.ahead()
		if l.hasElse {
			need = m.armsNeed(l, total)
		}
		p.units = total - need
	}
	return need
}

// ahead is what a branch to the label must have paid ahead.
func (l *label) ahead() int64 {
	if l.unpaid {
		return 0
	}
	return l.prepaid
}

// follows reports whether the label is a dispatch whose every jump tells where it goes.
func (l *label) follows() bool {
	return l.dispatch != nil && !l.checked && !l.unpaid
}

// branchNeed is what a br must have paid ahead. What a jump backwards needs is not known yet: settleBack charges it.
func (m *meter) branchNeed(p *point, l *label) int64 {
	switch {
	case !l.follows():
		return l.ahead()
	case p.back:
		return 0
	default:
		return l.prepaid + m.labels[p.to].ahead()
	}
}

// dispatchNeed is what must have been paid ahead to begin with a dispatch's first target, and what any other target may
// need on top.
func (m *meter) dispatchNeed(l *label) (need, others int64) {
	first := m.labels[l.dispatch.targets[0]].ahead()
	most := first
	for _, to := range l.dispatch.targets[1:] {
		most = max(most, m.labels[to].ahead())
	}
	return l.prepaid + first, most - first
}

// armsNeed chooses what to pay before an if with else: for the arm that goes on behind it, else for the cheaper one.
func (m *meter) armsNeed(l *label, first int64) int64 {
	need := min(first, l.elseNeed)
	switch {
	case l.armEnds[0]:
		need = l.elseNeed
	case l.armEnds[1]:
		need = first
	}
	m.points[l.elseAt].units = l.elseNeed - need
	return need
}

// settleBack charges a jump backwards, at the beginning of its straight line: one change of the counter is quicker than
// two in a row.
func (m *meter) settleBack(i int) {
	p := &m.points[i]
	l := &m.labels[p.label]
	if p.kind != pointBranch || !p.back || !l.follows() {
		return
	}
	if q := &m.points[i-1]; q.kind != pointLoop || !m.labels[q.label].follows() {
		p = q
	}
	p.units += l.prepaid + m.labels[m.points[i].to].ahead()
}
