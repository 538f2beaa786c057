package host

import (
	"encoding/json"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// olxOf is a component as an OLX element, "" for the platform's own containers, which are edited in the outline. beside are the files
// whose text cannot stand in the element, base names the content that it was made of.
func (r *request) olxOf(content *authoring.Content) (xml string, beside []string, base string, err error) {
	if course.Structural(content.Usage.Type) {
		return "", nil, content.Hash, nil
	}
	written, err := r.authoring().OLX(r.ctx(), content)
	for _, file := range written.Files {
		beside = append(beside, file.Path)
	}
	return written.XML, beside, content.Hash, err
}

// studioSaveOLX takes a component as an element, as far as it can be read.
func (r *request) studioSaveOLX() error {
	usage, err := r.ownUsage(r.param("usage"))
	if err != nil {
		return err
	}
	if !r.wantsData() {
		if _, _, err := r.authoring().SaveOLX(r.ctx(), r.author(), usage, r.form("base"), r.form("xml"), r.settling(usage)); err != nil {
			return r.studioFailure(err)
		}
		return r.backToUnit(usage)
	}
	var sent struct {
		Base string `json:"base"`
		XML  string `json:"xml"`
	}
	if err := json.Unmarshal(r.Body(), &sent); err != nil {
		return fiber.ErrBadRequest
	}
	saved, findings, err := r.authoring().SaveOLX(r.ctx(), r.author(), usage, sent.Base, sent.XML, r.settling(usage))
	if err != nil {
		return r.sendSaved(usage, nil, saved, findings, err)
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return r.studioFailure(err)
	}
	checked, err := r.findingsOf(content)
	if err != nil {
		return err
	}
	findings = inElement(findings, checked, sent.XML)
	return r.data(fiber.StatusOK, fiber.Map{
		"usage": usage.String(), "version": saved.Version, "op": saved.Op, "hash": content.Hash, "merged": saved.Merged, "conflicts": len(saved.Conflicts),
		"findings": sheetFindings(findings), "at": r.words.Time(r.now()),
	})
}

// inElement adds what a block finds in its fields to what was found at reading its element, with the lines of the element.
func inElement(findings, checked []wire.Finding, xml string) []wire.Finding {
	doc, err := intake.ParseXML("", []byte(xml), intake.XMLOptions{HTMLEntities: true})
	for _, f := range checked {
		if slices.ContainsFunc(findings, func(had wire.Finding) bool { return had.Message == f.Message && had.Fix == f.Fix }) {
			continue
		}
		if err == nil {
			f.Line, f.Column = lineInElement(doc, f.Field, f.Line), 0
		}
		findings = append(findings, f)
	}
	return findings
}

// lineInElement is where a line of a field stands in an element: in the attribute of its name, or between the tags.
func lineInElement(doc *intake.XMLDocument, field string, line int) int {
	if i := slices.IndexFunc(doc.Root.Attrs, func(a intake.XMLAttr) bool { return a.Name == field }); i >= 0 {
		at, _ := doc.Position(doc.Root.Attrs[i].Start)
		return at
	}
	if line == 0 || doc.Root.InnerStart == doc.Root.End {
		return 0
	}
	at, _ := doc.Position(doc.Root.InnerStart)
	return at + line - 1
}
