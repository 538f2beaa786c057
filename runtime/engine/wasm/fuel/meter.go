package fuel

// pointKind is an instruction at which control may split, join or leave.
type pointKind byte

const (
	pointEntry    pointKind = iota // the function's entry
	pointLoop                      // a loop's header
	pointIf                        // the first arm of an if
	pointElse                      // the second arm
	pointEnd                       // the end of a block, an if or the function: where branches to it arrive
	pointBranch                    // br
	pointBranchIf                  // br_if: what follows when it does not branch
	pointTable                     // br_table
	pointLeave                     // return, unreachable, a tail call
	pointCall                      // what follows a call of one of the guest's own functions
	pointCheck                     // nothing but a check, see maxTail
)

// point stands at one of those instructions, and for the straight line of code between it and the next point.
type point struct {
	at    int // where its code goes: before a br, a br_table or a check, behind all others
	kind  pointKind
	back  bool  // a br through a dispatch loop to code that stands before it
	label int   // the frame concerned, an index into meter.labels
	to    int   // a br to a dispatch loop: the label it comes to, or noLabel
	cost  int64 // of the straight line, the instruction of the next point included
	units int64 // what to charge here, set by settle; negative gives back
}

// noLabel is the label of a frame that cannot be reached.
const noLabel = -1

// label is what metering knows about a frame.
type label struct {
	loop     bool
	open     bool    // the frame has not ended yet
	taken    bool    // a branch goes there
	checked  bool    // a loop whose header checks
	unpaid   bool    // arrivals have paid nothing ahead
	hasElse  bool    // an if with else
	armEnds  [2]bool // an arm of that if does not reach its end
	prepaid  int64   // what arrivals have paid ahead
	elseAt   int     // the point of the second arm
	elseNeed int64   // what must have been paid when that arm begins
	tail     int64   // the longest tail of an arrival, see meter.tail
	ifTail   int64   // the tail where an if begins
	dispatch *dispatch
}

// meter records the points of a function; settle then works out the charges.
type meter struct {
	points []point
	labels []label
	live   bool // the current instruction can be reached
	// tail is the most that can have been spent since a call returned without meeting a check, or noTail.
	tail int64
}

const noTail = -1

func (m *meter) reset() {
	m.points, m.labels, m.live, m.tail = m.points[:0], m.labels[:0], true, noTail
}

// spend adds to the straight line.
func (m *meter) spend(units int64) {
	if !m.live {
		return
	}
	m.points[len(m.points)-1].cost += units
	if m.tail != noTail {
		m.tail += units
	}
}

// mark begins a straight line, if the current instruction can be reached.
func (m *meter) mark(kind pointKind, at, label int) {
	if m.live {
		m.points = append(m.points, point{at: at, kind: kind, label: label, to: noLabel})
	}
}

// checkHere puts a check before the instruction at offset at.
func (m *meter) checkHere(at int) {
	m.mark(pointCheck, at, 0)
	m.tail = noTail
}

// newLabel gives a frame its label.
func (m *meter) newLabel(loop bool) int {
	if !m.live {
		return noLabel
	}
	m.labels = append(m.labels, label{loop: loop, open: true, tail: noTail, ifTail: m.tail})
	return len(m.labels) - 1
}

// returned notes that a call of one of the guest's own functions is back.
func (m *meter) returned(at int) {
	m.mark(pointCall, at, 0)
	if m.live {
		m.tail = 0
	}
}

// elseArm notes that the first arm of an if has ended.
func (m *meter) elseArm(at, which int) {
	l := &m.labels[which]
	l.hasElse = true
	l.armEnds[0] = !m.live
	if m.live {
		l.taken = true
		l.tail = max(l.tail, m.tail)
	}
	m.live, m.tail = true, l.ifTail
	m.mark(pointElse, at, which)
}

// endBlock notes that a block or an if has ended.
func (m *meter) endBlock(at, which int, skips bool) {
	l := &m.labels[which]
	l.armEnds[1] = !m.live
	if !m.live {
		m.tail = noTail
	}
	m.tail = max(m.tail, l.tail)
	if skips {
		m.tail = max(m.tail, l.ifTail)
	}
	m.live = m.live || l.taken || skips
	m.mark(pointEnd, at, which)
}
