package sdk

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// None is the type of a value that a block does not have.
type None struct{}

// Outliner says at publish time what the host must know of the content, and parses it once into the prepared values.
type Outliner[F, P, S any] interface {
	Outline(c *Call, f *F, children []wire.Child) (Outline[P, S], error)
}

// Outline is what an [Outliner] answers.
type Outline[P, S any] struct {
	Facts wire.Facts
	// AnswerHash digests all that scoring depends on; "" takes the digest of Secret, which is right when grade uses nothing
	// of Public that could change a score.
	AnswerHash string
	Public     P
	Secret     S
}

// Varier makes one learner's variant: the seed stands in c.Context.Seed. It is asked only when Facts.Varies is set.
type Varier[P, S any] interface {
	Vary(c *Call, public P, secret S) (P, S, error)
}

// Renderer shows a view.
type Renderer[F, P any] interface {
	Render(c *Call, v View[F, P]) (Fragment, error)
}

// View is what a [Renderer] gets; Fields holds what the view declared to read, defaults elsewhere.
type View[F, P any] struct {
	Name   string
	Fields *F
	Public P
	// Settings are the declared inherited settings.
	Settings wire.Fields
	Newest   *wire.Verdict
	Counted  *wire.Verdict
	Grading  *wire.Grading
	// Access is nil when not declared.
	Access   *wire.Access
	Children []wire.Place
	// Path and Query are what the view's address went on with, as far as declared. They are anybody's text.
	Path  string
	Query map[string][]string
	// Submission and Evidence are what the view wire.ViewGrade is about; nil elsewhere.
	Submission *wire.Submission
	Evidence   []wire.Evidence
}

// Revealer shows the answer, when the host's policy says so.
type Revealer[P, S any] interface {
	Reveal(c *Call, public P, secret S, answers json.RawMessage) (Revealed, error)
}

// Revealed is the shown answer.
type Revealed struct {
	HTML    string
	Answers map[string]string
}

// Handler answers a learner's, an author's or a script's call. Changes to the learner's own fields in r.Fields become
// effects by themselves; everything else is asked for on the [Reply].
type Handler[F, P any] interface {
	Handle(c *Call, r *Request[F, P]) (*Reply, error)
}

// Request is one call of a handler.
type Request[F, P any] struct {
	wire.HTTP
	Handler  string
	Fields   *F
	Public   P
	Settings wire.Fields
	Newest   *wire.Verdict
	Counted  *wire.Verdict
	Access   *wire.Access
}

// Grader scores a submission. It changes nothing, and equal submissions get equal verdicts.
type Grader[P, S any] interface {
	Grade(c *Call, s Submission[P, S]) (wire.Verdict, error)
}

// Submission is what a [Grader] gets.
type Submission[P, S any] struct {
	wire.Submission
	Public   P
	Secret   S
	Evidence []wire.Evidence
	Previous *wire.Verdict
}

// Chooser picks the children that one learner has. The choice is stored. It is asked for again, with the earlier one, when a child
// of it is gone, when the outline gives another answer hash than it was made by, and when a reply asks for it (wire.Redraw).
type Chooser[F any] interface {
	Choose(c *Call, f *F, request wire.ChooseRequest) ([]string, error)
}

// Checker finds an author's mistakes.
type Checker[F any] interface {
	Check(c *Call, f *F, children []wire.Child) ([]wire.Finding, error)
}

// Solver gives answers that score full.
type Solver[P, S any] interface {
	Solve(c *Call, public P, secret S) (wire.Solution, error)
}

// Importer reads an OLX element. A block without one gets its attributes by the names and types of its fields, and the
// element's text in the field "data" or "content".
type Importer interface {
	ImportOLX(c *Call, xml []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, error)
}

// Exporter writes an OLX element.
type Exporter[F any] interface {
	ExportOLX(c *Call, f *F, set wire.Fields, blockID string) (xml []byte, files []wire.OLXFile, err error)
}

// Reporter puts submissions into words.
type Reporter[P, S any] interface {
	Report(c *Call, submissions []Reported[P, S]) ([]wire.ReportRow, error)
}

// Reported is one submission of a report.
type Reported[P, S any] struct {
	wire.Submission
	Verdict *wire.Verdict
	Public  P
	Secret  S
}

// Worker runs the tasks that the block scheduled. The fields are the author's, secret ones excepted, and the shared ones.
type Worker[F any] interface {
	Task(c *Call, f *F, task wire.TaskRequest) (*Reply, error)
}

// Listener gets the events that the block subscribed to.
type Listener interface {
	Event(c *Call, events []wire.Event) (*Reply, error)
}

// Mounter serves requests under the block's own path. The fields are those that the mount declared to read.
type Mounter[F any] interface {
	Mount(c *Call, f *F, request wire.MountRequest) (*Reply, error)
}

// Migrator reads what an older version stored.
type Migrator interface {
	Migrate(c *Call, request wire.MigrateRequest) (wire.MigrateReply, error)
}

// Sampler gives sample contents with answers whose scores are known.
type Sampler interface {
	Samples(c *Call) ([]wire.Sample, error)
}
