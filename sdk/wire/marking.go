package wire

// ViewGrade shows one submission to the staff who grade it: RenderRequest.Submission, what is prepared of the content that it
// answers, and what a grader chooses by in Fragment.Marking. It is asked for submissions alone, and only course staff see it.
const ViewGrade = "grade"

// Uploads says which files a learner may give with an answer. The host refuses others before anything of them is stored; a block
// without it takes what fits into an ordinary form.
type Uploads struct {
	// Files is how many an answer holds at most, Bytes how large each may be; the host has bounds of its own besides.
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
	// Kinds are endings of names such as ".pdf", in lower case; none takes any.
	Kinds []string `json:"kinds,omitempty"`
}

// Marking is what a grader chooses by: the host draws the form, and settles the submission with a [Mark] as the evidence's data.
type Marking struct {
	// Points is what there is to get. Without criteria a grader types points from 0 to there.
	Points   float64     `json:"points"`
	Criteria []Criterion `json:"criteria,omitempty"`
}

// Criterion is one line of a rubric, in plain text.
type Criterion struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Help    string   `json:"help,omitempty"`
	Options []Choose `json:"options"`
}

// Choose is one of a criterion's options.
type Choose struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Help   string  `json:"help,omitempty"`
	Points float64 `json:"points"`
}

// Mark is what a grader gave, as the host puts it into the evidence of who asked for it by [Marking]. The newest one counts.
type Mark struct {
	// Chosen are options by criterion. Points are their sum, or what was typed: they stand although a rubric changes later.
	Chosen  map[string]string `json:"chosen,omitempty"`
	Points  float64           `json:"points"`
	Comment string            `json:"comment,omitempty"`
	// Withdrawn takes an earlier mark back: the submission is pending again.
	Withdrawn bool `json:"withdrawn,omitempty"`
}

// Bounds of a marking.
const (
	maxCriteria = 50
	maxChoices  = 30
	maxRubric   = 200_000
	// MaxComment bounds a grader's comment, in characters.
	MaxComment = 20_000
)

// CheckMarking refuses a marking that no form can be drawn of. The first reason, or nil.
func CheckMarking(m *Marking) *Error {
	bad := func(format string, args ...any) *Error { return Errorf(CodeBadReply, BlameBlock, format, args...) }
	switch {
	case m == nil:
		return nil
	case !points(m.Points) || m.Points < 0:
		return bad("marking: %v points must be 0 or more, finite and at most %v", m.Points, float64(MaxPoints))
	case len(m.Criteria) > maxCriteria:
		return bad("marking: %d criteria, the limit is %d", len(m.Criteria), maxCriteria)
	}
	size, seen := 0, map[string]bool{}
	for i := range m.Criteria {
		c := &m.Criteria[i]
		if c.ID == "" || seen[c.ID] || len(c.Options) == 0 || len(c.Options) > maxChoices {
			return bad("marking: criterion %d needs an id of its own and 1 to %d options", i+1, maxChoices)
		}
		seen[c.ID] = true
		size += len(c.ID) + len(c.Title) + len(c.Help)
		options := map[string]bool{}
		for _, o := range c.Options {
			if o.ID == "" || options[o.ID] || !points(o.Points) {
				return bad("marking: criterion %q: each option needs an id of its own and finite points", c.ID)
			}
			options[o.ID] = true
			size += len(o.ID) + len(o.Title) + len(o.Help)
		}
	}
	if size > maxRubric {
		return bad("marking: the rubric has more than %d bytes", maxRubric)
	}
	return nil
}

// MaxUploads bounds how many files one answer holds.
const MaxUploads = 50

// CheckUploads refuses limits that are none. The first reason, or nil.
func CheckUploads(u *Uploads) *Error {
	if u == nil || u.Files > 0 && u.Files <= MaxUploads && u.Bytes > 0 && len(u.Kinds) <= 100 {
		return nil
	}
	return Errorf(CodeBadReply, BlameBlock, "uploads: files must be 1 to %d, bytes more than 0, kinds at most 100", MaxUploads)
}
