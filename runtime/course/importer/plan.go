package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Did says what an import would do to something. Append-only.
type Did string

// What it may do.
const (
	Adds    Did = "add"
	Changes Did = "change"
	Moves   Did = "move"
	Removes Did = "remove"
)

// Plan says what an import would do. It is bound to an archive and to a published state of the course.
type Plan struct {
	Course key.Course `json:"-"`
	// Archive is a digest of the archive's files, Head the number of the course's head, 0 before the first publish.
	Archive string `json:"archive"`
	Head    int    `json:"head"`
	// Title is the course's own, as the archive has it; Suggested is what the archive calls itself.
	Title     string `json:"title"`
	Suggested string `json:"suggested,omitempty"`
	// Total and Same count the archive's blocks, and those of them that stay as they are.
	Total    int             `json:"total"`
	Same     int             `json:"same"`
	Blocks   []BlockChange   `json:"blocks"`
	Files    []FileChange    `json:"files"`
	Pages    []PageChange    `json:"pages"`
	Settings []SettingChange `json:"settings"`
	// SameFiles counts files that stay as they are, KeptFiles those that the archive does not have: they stay, too.
	SameFiles int `json:"same_files"`
	KeptFiles int `json:"kept_files"`
	// Grading says that the grading policy changes.
	Grading bool `json:"grading"`
	// Drafts are the team's unpublished changes that would be set aside, Brings how many drafts the archive has.
	Drafts []DraftTouch `json:"drafts"`
	Brings int          `json:"brings"`
	// Unknown are types that are not installed, Findings what was found in the archive, by file and line.
	Unknown  []string  `json:"unknown"`
	Findings []Finding `json:"findings"`
}

// BlockChange is a block that an import would add, change, move or remove.
type BlockChange struct {
	Did   Did    `json:"did"`
	Usage string `json:"usage"`
	Type  string `json:"type"`
	Title string `json:"title"` // "" where it has none
	// Place are the titles of what it stands in, from the section down, "" where that has none; Was is where it stood before, for one
	// that moves.
	Place []string `json:"place"`
	Was   []string `json:"was,omitempty"`
	// Fields are those that differ; "content" is an element that nobody here can read, "order" the order of what is in it.
	Fields []string `json:"fields,omitempty"`
	// File and Line are where the archive has it.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Answered is how many learners have scores at a block whose scoring changes, Why what becomes of these ([WhyScores]).
	Answered int    `json:"answered,omitempty"`
	Why      string `json:"why,omitempty"`
}

// FileChange is a file that an import would add or change.
type FileChange struct {
	Did  Did    `json:"did"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Was  int64  `json:"was,omitempty"`
}

// PageChange is a page beside the course.
type PageChange struct {
	Did  Did    `json:"did"`
	Kind string `json:"kind"`
	Slug string `json:"slug"`
}

// SettingChange is a setting of the course; values are JSON, "" for unset.
type SettingChange struct {
	Did    Did    `json:"did"`
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// DraftTouch is unpublished work that an import would set aside.
type DraftTouch struct {
	Usage string    `json:"usage"`
	Title string    `json:"title"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// Answers tells how many learners' answers there are to a block.
type Answers interface {
	Answered(ctx context.Context, usages ...key.Usage) (int, error)
}

// MakePlan tells what an import would do. It stores nothing.
func MakePlan(ctx context.Context, config Config, request Request) (*Plan, error) {
	i := newImporting(config, request)
	plan, err := i.plan(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking at an archive: %w", err)
	}
	return plan, nil
}

func (i *importing) plan(ctx context.Context) (*Plan, error) {
	if err := i.read(ctx); err != nil {
		return nil, err
	}
	i.request.Plan = nil
	if err := i.begin(ctx); err != nil {
		return nil, err
	}
	if err := i.revise(ctx); err != nil {
		return nil, err
	}
	plan := &Plan{Course: i.key, Archive: digest(i.request.Files), Head: i.run.Head.Number, Total: len(i.course.Blocks)}
	if !i.course.Suggested.IsZero() {
		plan.Suggested = i.course.Suggested.String()
	}
	c, err := i.compare(ctx)
	if err != nil {
		return nil, err
	}
	plan.Title = titleOf(i.revisions[i.hashes[i.course.Root]], i.key.Number)
	if err := c.blocks(ctx, plan); err != nil {
		return nil, err
	}
	if err := i.planBeside(ctx, plan); err != nil {
		return nil, err
	}
	plan.Grading = len(i.course.GradingPolicy) > 0 && !sameJSON(string(i.course.GradingPolicy), i.run.Grading)
	touched, err := i.touched(ctx)
	if err != nil {
		return nil, err
	}
	plan.Drafts = slices.DeleteFunc(touched, i.shelved)
	brought := map[string]string{}
	for _, draft := range i.course.Drafts {
		i.brought(draft.Root, brought)
	}
	plan.Brings = len(brought)
	plan.Unknown, plan.Findings = i.report.Unknowns(), i.report.Findings
	return plan, nil
}

// planBeside compares files and pages.
func (i *importing) planBeside(ctx context.Context, plan *Plan) error {
	has := map[string]course.Asset{}
	for after := store.Cursor(""); ; {
		page, next, err := i.config.Courses.Assets(ctx, i.key, after, store.MaxPage)
		if err != nil {
			return err
		}
		for n := range page {
			has[page[n].Name] = page[n]
		}
		if after = next; next == "" {
			break
		}
	}
	for n := range i.course.Assets {
		asset := &i.course.Assets[n]
		now, there := has[asset.Name]
		delete(has, asset.Name)
		switch {
		case !there:
			plan.Files = append(plan.Files, FileChange{Did: Adds, Name: asset.Name, Size: asset.File.Size})
		case now.Hash != fileHash(asset.File.SHA256) || now.Locked != asset.Locked || now.Type != contentType(asset.ContentType, asset.Name):
			plan.Files = append(plan.Files, FileChange{Did: Changes, Name: asset.Name, Size: asset.File.Size, Was: now.Size})
		default:
			plan.SameFiles++
		}
	}
	plan.KeptFiles = len(has)
	for n := range i.course.Pages {
		page, err := i.page(n)
		if err != nil {
			return err
		}
		now, err := i.config.Courses.Page(ctx, i.key, page.Kind, page.Slug)
		change := PageChange{Did: Changes, Kind: page.Kind, Slug: page.Slug}
		if errors.Is(err, course.ErrNotFound) {
			change.Did, err = Adds, nil
		}
		if err != nil {
			return err
		}
		if change.Did == Adds || now.HTML != page.HTML || !sameFields(now.Fields, page.Fields) {
			plan.Pages = append(plan.Pages, change)
		}
	}
	return nil
}

func sameFields(a, b store.Map[string]) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, ok := b[name]; !ok || other != value {
			return false
		}
	}
	return true
}

// sameJSON compares what two texts of JSON say.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	var left, right any
	if json.Unmarshal([]byte(a), &left) != nil || json.Unmarshal([]byte(b), &right) != nil {
		return false
	}
	x, err1 := json.Marshal(left)
	y, err2 := json.Marshal(right)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// digest names the files of an archive by their paths and contents, whatever they were packed in.
func digest(files *intake.Files) string {
	sum := sha256.New()
	for _, file := range files.List() {
		fmt.Fprintf(sum, "%d %s %x\n", len(file.Path), file.Path, file.SHA256)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
