package olx

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// Course is an archive as it was read. All paths in it are paths of the archive. It does not change after [Read].
type Course struct {
	// Suggested is what the archive calls itself, or zero if that cannot be a key. It is a suggestion: into which course an
	// archive goes is for its importer to say (R12).
	Suggested        key.Course
	Org, Number, Run string // as written
	// Folder is where the course lies in the archive, such as "course"; "" is its top.
	Folder string
	// Root is the course block and Blocks are all published blocks in document order, Root first.
	Root   *Block
	Blocks []*Block
	// Drafts are the unpublished subtrees, in the order in which they are to be put into their parents.
	Drafts []*Draft

	Pages     []Page
	Textbooks []Textbook
	WikiSlug  string
	// GradingPolicy is grading_policy.json as it stands, or nil. It is valid JSON. GradingFile is its path.
	GradingPolicy json.RawMessage
	GradingFile   string

	Assets []Asset
	// Files are all files of the archive, known or not, by path.
	Files []FileEntry

	blocks map[usage]*Block
	drafts map[usage]*Block
	assets map[string]int // by path below static, and by Open edX's form of it
}

// usage is what names a block within a course.
type usage struct{ blockType, id string }

// Block finds a published block.
func (c *Course) Block(blockType, id string) (*Block, bool) {
	block, ok := c.blocks[usage{blockType, id}]
	return block, ok
}

// Rel gives a path as the course itself would name it, without Folder.
func (c *Course) Rel(path string) string {
	if c.Folder == "" {
		return path
	}
	return strings.TrimPrefix(path, c.Folder+"/")
}

// References gives all references of blocks, drafts and pages.
func (c *Course) References() []Reference {
	var all []Reference
	for _, block := range c.Blocks {
		all = append(all, block.References...)
	}
	for _, draft := range c.Drafts {
		draft.Root.walk(func(b *Block) {
			if b.Draft { // a library's drafts hold what is published as well
				all = append(all, b.References...)
			}
		})
	}
	for i := range c.Pages {
		all = append(all, c.Pages[i].References...)
	}
	return all
}

// MissingAssets gives the references to files that the archive does not hold.
func (c *Course) MissingAssets() []Reference {
	return slices.DeleteFunc(c.References(), func(r Reference) bool {
		return r.Kind != ReferenceAsset || r.Path != "" || r.Foreign
	})
}

// BrokenLinks gives the references to blocks that the course does not have.
func (c *Course) BrokenLinks() []Reference {
	return slices.DeleteFunc(c.References(), func(r Reference) bool {
		return r.Kind != ReferenceBlock || r.To != nil || r.Foreign
	})
}

// Draft is an unpublished subtree.
type Draft struct {
	Root *Block
	// Parent is the block that the draft belongs in, published or draft, or nil if there is none; ParentType and ParentID are
	// as written. Index is its place among the parent's children, counted from 0; -1 is unknown.
	Parent               *Block
	ParentType, ParentID string
	Index                int
}

// PageKind says where a page stood.
type PageKind string

// The kinds of pages, by folder.
const (
	PageAbout     PageKind = "about"
	PageInfo      PageKind = "info"
	PageTab       PageKind = "tabs"
	PageCustomTag PageKind = "custom_tags"
)

// Page is a text beside the course tree: a part of the about page, updates and handouts, a static tab, a custom tag's template.
type Page struct {
	Kind PageKind
	Slug string // the file's name without its ending
	File string // "" if there are but fields
	// Fields are files of JSON beside the page, by field: info/updates.items.json is field "items" of page "updates".
	Fields     map[string]string
	References []Reference
}

// Textbook is a textbook element of the course. PDF and HTML textbooks are attributes of the course block.
type Textbook struct {
	Title, BookURL string
	Line           int
}

// Asset is an uploaded file.
type Asset struct {
	Name string // as in /static/NAME; it may hold slashes and blanks
	File intake.File
	// DisplayName, ContentType and Locked are what policies/assets.json says; DisplayName is the file's name without it.
	DisplayName string
	ContentType string
	Locked      bool
}

// Asset finds an asset by the name in a link: its path, or the form that Open edX gives it, with slashes, blanks and other
// special characters as "_".
func (c *Course) Asset(name string) (*Asset, bool) {
	index, ok := c.assets[name]
	if !ok {
		index, ok = c.assets[key.AssetForm(name)]
	}
	if !ok {
		return nil, false
	}
	return &c.Assets[index], true
}

// Role says what a file is for.
type Role string

// The roles.
const (
	RoleUnknown    Role = ""           // kept, not understood
	RoleDefinition Role = "definition" // XML that defines blocks
	RoleBody       Role = "body"       // HTML that is a block's body
	RolePolicy     Role = "policy"
	RoleGrading    Role = "grading"
	RoleAsset      Role = "asset"
	RoleAssetData  Role = "asset_data" // what is known about assets
	RolePage       Role = "page"
	RoleOutside    Role = "outside" // not in the course's folder
)

// FileEntry is one file of the archive.
type FileEntry struct {
	intake.File
	Role Role
	// Blocks are those that the file defines, or whose attributes it holds: as long as none of them is touched, the file goes
	// out as it came.
	Blocks []*Block
	// Secrets says that the file holds a value marked [MarkSecret]: what keeps the file as it is keeps the secret too.
	Secrets bool
}
