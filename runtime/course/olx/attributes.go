package olx

import (
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// attributes gathers a block's attributes from the outermost element inwards: the first to say something wins.
type attributes struct {
	*reader
	block *Block
	list  []Attribute
}

func newAttributes(r *reader, block *Block) *attributes { return &attributes{reader: r, block: block} }

func (a *attributes) get(name string) (*Attribute, bool) {
	index := slices.IndexFunc(a.list, func(attr Attribute) bool { return attr.Name == name })
	if index < 0 {
		return nil, false
	}
	return &a.list[index], true
}

// add takes an element's attributes.
func (a *attributes) add(at place) {
	for _, attr := range at.node.Attrs {
		if _, ok := a.get(attr.Name); ok {
			continue
		}
		line, column := at.doc.Position(attr.Start)
		a.list = append(a.list, Attribute{
			Name: attr.Name, Value: attr.Value, File: at.doc.File, Line: line, Column: column, Start: attr.Start, End: attr.End,
			Mark: a.mark(a.block.Type, attr.Name),
		})
	}
}

// override puts what policy.json says of a block over what the XML says.
func (a *attributes) override(key string) {
	entry := a.policy.blocks[key]
	if key == "" || entry == nil {
		return
	}
	entry.used = true
	a.claim(a.policy.file, RolePolicy, a.block)
	for _, value := range entry.values {
		line, column := a.policy.lines.Position(value.start)
		attr := Attribute{
			Name: value.name, Value: value.text(), JSON: value.json, File: a.policy.file, Line: line, Column: column, Start: value.start, End: value.end,
			Mark: a.mark(a.block.Type, value.name),
		}
		if old, ok := a.get(value.name); ok {
			replaced := *old
			attr.Replaced = &replaced
			*old = attr
		} else {
			a.list = append(a.list, attr)
		}
	}
}

// attributeFindings reports what will not come in with the block.
func (t *tree) attributeFindings(block *Block) {
	for _, attr := range block.Attrs {
		finding := Finding{File: attr.File, Line: attr.Line, Column: attr.Column, Type: block.Type, ID: block.ID}
		switch attr.Mark {
		case MarkUser:
			finding.Code = CodeUserState
			finding.Message = fmt.Sprintf("%s is a learner's data; it is dropped", intake.Printable(attr.Name))
			if slices.Contains(roleAttrs, attr.Name) {
				finding.Message = fmt.Sprintf("%s grants roles; it is dropped", intake.Printable(attr.Name))
				finding.Fix = "give people their roles on the course's team page"
			}
			t.find(finding)
		case MarkSecret:
			t.claim(attr.File, RoleUnknown, nil).secrets = true
			if attr.Replaced != nil {
				t.claim(attr.Replaced.File, RoleUnknown, nil).secrets = true
			}
			if attr.Value == "" || attr.Value == "null" || attr.Value == "[]" || attr.Value == "{}" {
				continue
			}
			finding.Code = CodeSecret
			finding.Message = fmt.Sprintf("%s holds keys in clear", intake.Printable(attr.Name))
			finding.Fix = "they go to the secret store; change them where they are used if others have seen this archive"
			t.find(finding)
		case MarkNone, MarkInternal:
		}
	}
}
