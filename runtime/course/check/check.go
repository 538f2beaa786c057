package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/formula"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config is what a check works with.
type Config struct {
	// Kernel holds the imported course.
	Kernel *kernel.Kernel
	// Learner is somebody who is enrolled in it and did nothing yet.
	Learner *access.Person
	// Answers stand in for what blocks say is right.
	Answers Answers
	// Formulas typesets; nil leaves formulas unchecked.
	Formulas *formula.Typesetter
	// Progress is told how many blocks were looked at; nil is allowed.
	Progress func(done, total int)
}

// Opening is a time at which every block of the course has been released, not before now. The check should take place then:
// most courses that are worth a check have not started.
func Opening(ctx context.Context, published *course.Published, now time.Time) (time.Time, error) {
	blocks, err := published.All(ctx)
	if err != nil {
		return now, fmt.Errorf("reading the course: %w", err)
	}
	nobody := &access.Person{}
	for _, block := range blocks {
		if release := access.Release(nobody, block.Settings); release.After(now) && release.Before(latest) {
			now = release.Add(time.Second)
		}
	}
	return now, nil
}

// latest is beyond what a date may be in a course that somebody will see.
var latest = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// checking is one check under way.
type checking struct {
	config    Config
	published *course.Published
	origins   map[string]course.Origin
	report    *Report
	// staff stands in for the learner where a course shows something to nobody or to a group alone.
	staff *access.Person
	// requests counts what was sent, to name each.
	requests int
}

// Run checks the course that an import has just published. The error is about the check itself; what is wrong with the course
// stands in the report.
func Run(ctx context.Context, config Config, imported *importer.Report) (*Report, error) {
	c, err := begin(ctx, config, imported)
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", imported.Course, err)
	}
	blocks, err := c.published.All(ctx)
	if err == nil {
		if unused := config.Answers.unused(blocks); len(unused) > 0 {
			return nil, fmt.Errorf("there are answers for blocks that %s does not have: %s", imported.Course, strings.Join(unused, ", "))
		}
	}
	for i := 0; i < len(blocks) && err == nil; i++ {
		err = c.block(ctx, blocks[i])
		if config.Progress != nil {
			config.Progress(i+1, len(blocks))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", imported.Course, err)
	}
	return c.report, nil
}

func begin(ctx context.Context, config Config, imported *importer.Report) (*checking, error) {
	courses := config.Kernel.Courses()
	published, err := courses.Published(ctx, imported.Course)
	if err != nil {
		return nil, err
	}
	record, err := courses.ImportRecord(ctx, published.Run.Import)
	if err != nil {
		return nil, fmt.Errorf("reading where blocks came from: %w", err)
	}
	learner := *config.Learner
	learner.Extensions = maps.Clone(learner.Extensions)
	if learner.Extensions == nil {
		learner.Extensions = map[string]time.Time{}
	}
	for _, sub := range published.Subsections {
		learner.Extensions[sub.Usage.String()] = latest.AddDate(1, 0, 0) // past due dates close nothing
	}
	config.Learner = &learner
	staff := learner
	staff.Roles = append(slices.Clone(learner.Roles), access.RoleStaff)
	c := &checking{config: config, published: published, origins: record.Blocks, report: newReport(published), staff: &staff}
	if config.Formulas != nil {
		c.report.Formulas = &Formulas{Wrong: []Trouble{}}
	}
	c.report.Assets.Count = imported.Assets
	c.report.Assets.Missing = references(published, imported.Missing)
	c.report.Links.Broken = references(published, imported.Broken)
	return c, nil
}

// block renders one block by its own usage, whoever is given it, and answers it if it can be answered.
func (c *checking) block(ctx context.Context, block *course.Block) error {
	found := c.report.typeOf(block.Usage.Type)
	found.Count++
	if course.Structural(block.Usage.Type) {
		if block.Broken != "" {
			found.Errors = append(found.Errors, c.trouble(block, block.Broken, fixContent))
			return nil
		}
		found.Rendered++
		return nil
	}
	_, err := c.config.Kernel.Registry().Lookup(block.Usage.Type)
	if errors.Is(err, &wire.Error{Code: wire.CodeMissing}) {
		c.report.unknown(block.Usage.Type)
		found.Rendered++
		return nil
	}
	person := c.config.Learner
	visit, err := c.config.Kernel.Visit(ctx, person, c.published, block)
	if err != nil {
		return err
	}
	if !access.Content(person, c.published, block, visit.Now).Allowed {
		person, visit.Person = c.staff, c.staff
	}
	shown, err := visit.Render(ctx, block, wire.ViewLearner)
	if err == nil && shown.Failure != nil && shown.Failure.Code == wire.CodeNotFound && person != c.staff { // not drawn for this learner
		person = c.staff
		if visit, err = c.config.Kernel.Visit(ctx, person, c.published, block); err == nil {
			shown, err = visit.Render(ctx, block, wire.ViewLearner)
		}
	}
	if err != nil {
		return err
	}
	if shown.Failure != nil {
		found.Errors = append(found.Errors, c.trouble(block, shown.Failure.Message, fixOf(shown.Failure)))
		if shown.Description == nil {
			return nil
		}
	} else {
		found.Rendered++
	}
	if err := c.formulas(ctx, shown); err != nil {
		return err
	}
	if err := c.findings(ctx, block); err != nil {
		return err
	}
	if shown.Facts.MaxScore == nil && !slices.Contains(shown.Description.Ops, wire.OpSolve) {
		return nil
	}
	return c.problem(ctx, visit, person, shown)
}

// trouble is something about a block, with the place of its element.
func (c *checking) trouble(block *course.Block, message, fix string) Trouble {
	at := c.origins[block.Usage.Type+"@"+block.Usage.ID]
	return Trouble{Block: block.Usage.String(), Title: block.Title(), File: at.File, Line: at.Line, Message: message, Fix: fix}
}

// What can be done about a failure, by who is to blame.
const (
	fixContent = "mend the block's element or its settings"
	fixBlock   = "tell the block's developers; quoin block check shows them what is wrong"
	fixHost    = "check again; if it stays, look at the log of this run"
)

func fixOf(failure *wire.Error) string {
	switch failure.Blame {
	case wire.BlameBlock:
		return fixBlock
	case wire.BlameOutside:
		return fixContent
	default:
		return fixHost
	}
}
