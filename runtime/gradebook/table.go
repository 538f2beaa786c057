package gradebook

import (
	"math"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// Table is a run's grades at a moment. It never changes and may be kept as long as somebody reads it. Safe for concurrent
// use.
type Table struct {
	Run key.Course
	// Head is the number of the published head that the columns are of.
	Head    int
	Groups  []Group
	Columns []Column
	// Graded counts the rows that have a stored grade, Stale those of them that are being added up again.
	Graded, Stale int
	// Cohorts and Modes are those that rows have, in order.
	Cohorts, Modes []string

	// brings is the content group that each cohort brings.
	brings    map[string]string
	rows      []*Row
	byLearner map[string]int
	byUser    map[string]int
	byColumn  map[string]int
	byType    map[string]int
	// orders remembers how the rows are sorted.
	ordering sync.Mutex
	orders   map[Sort][]int32
}

// Row is one learner who is or was enrolled. It never changes.
type Row struct {
	// Learner is the pseudonym.
	Learner               string
	Username, Name, Email string
	Cohort, Mode          string
	Enrolled              bool
	// Graded says that there is a stored grade: without one nothing was ever handed in. Stale says that the grade is being
	// added up again.
	Graded, Stale bool
	Percent       float64
	Letter        string
	Passed        bool

	user    string
	version int64
	// own are the groups that the member has without a cohort, groups the content groups that come of all (see
	// scoring.GroupsOf), stamp says what the grade was added up by.
	own         []string
	groups      string
	stamp       scoring.Stamp
	cells       []cell
	pending     []int // columns
	levels      []float32
	words       string // of the name, folded, with a space before each
	name        []byte // collation key
	login, mail string // folded
}

// cell is what a learner has in a column, in half the room; earned is not a number where nothing was attempted.
type cell struct{ earned, possible float32 }

// Cell is what a learner has in a column.
type Cell struct {
	Earned, Possible float64
	Attempted        bool
	// Pending says that something there was handed in and waits for somebody's grade.
	Pending bool
}

// Fraction is earned of possible; 0 where nothing is possible.
func (c Cell) Fraction() float64 {
	if c.Possible <= 0 {
		return 0
	}
	return c.Earned / c.Possible
}

// Cell gives what the row has in a column of its table. Possible is 0 where the column is not for this learner.
func (r *Row) Cell(column int) Cell {
	if column >= len(r.cells) {
		return Cell{}
	}
	c := r.cells[column]
	out := Cell{Possible: float64(c.possible), Pending: slices.Contains(r.pending, column)}
	if !math.IsNaN(float64(c.earned)) {
		out.Earned, out.Attempted = float64(c.earned), true
	}
	return out
}

// Average gives the average in a group of the table as the policy counts it; ok is false where there is none.
func (r *Row) Average(group int) (fraction float64, ok bool) {
	if group >= len(r.levels) || math.IsNaN(float64(r.levels[group])) {
		return 0, false
	}
	return float64(r.levels[group]), true
}

// Rows is the number of rows, those of former learners included.
func (t *Table) Rows() int { return len(t.rows) }

// Column finds a column by its block id.
func (t *Table) Column(id string) (int, bool) {
	at, ok := t.byColumn[id]
	return at, ok
}

// Group finds a group by its assignment type.
func (t *Table) Group(name string) (int, bool) {
	at, ok := t.byType[name]
	return at, ok
}

// rowBytes is about what a row takes beside its cells: the struct, its strings and keys, its places in the maps.
const rowBytes = 700

// bytes estimates what a table takes.
func (t *Table) bytes() int64 {
	return int64(len(t.rows)) * int64(rowBytes+8*len(t.Columns)+4*len(t.Groups))
}
