package host

import (
	"bytes"
	"encoding/json"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// olxOf is a component as an OLX element: what its block writes, or what came in where no block of the type is installed. base names
// the content that it was made of. What cannot be written as one element is "", as are the platform's own containers.
func (r *request) olxOf(content *authoring.Content) (xml, base string, err error) {
	if course.Structural(content.Usage.Type) {
		return "", content.Hash, nil
	}
	if content.Source != nil && content.Source.XML != "" {
		return content.Source.XML, content.Hash, nil
	}
	written, files, known, err := r.kernel().ExportOLX(r.ctx(), content.Usage.Type, content.Usage.ID, content.Fields)
	if err != nil || !known {
		return "", content.Hash, err
	}
	if len(files) == 1 {
		written = inlined(written, files[0].Data.Data)
	} else if len(files) > 1 {
		written = nil
	}
	return string(written), content.Hash, nil
}

// emptyElement is an element that names the one file which holds what stands in it.
var emptyElement = regexp.MustCompile(`^<([A-Za-z_][\w.-]*)((?:\s+[\w.:-]+="[^"]*")*)\s*/>\s*$`)

var fileAttribute = regexp.MustCompile(`\s+filename="[^"]*"`)

// inlined puts the text of an element's file into the element, nil where the text is no XML and so cannot stand there.
func inlined(element, text []byte) []byte {
	parts := emptyElement.FindSubmatch(element)
	if parts == nil || !fileAttribute.Match(parts[2]) {
		return nil
	}
	var out bytes.Buffer
	out.WriteString("<" + string(parts[1]))
	out.Write(fileAttribute.ReplaceAll(parts[2], nil))
	out.WriteByte('>')
	out.Write(text)
	out.WriteString("</" + string(parts[1]) + ">")
	if _, err := intake.ParseXML("", out.Bytes(), intake.XMLOptions{}); err != nil {
		return nil
	}
	return out.Bytes()
}

// studioSaveOLX takes a component as an element, as far as it can be read.
func (r *request) studioSaveOLX() error {
	usage, err := r.ownUsage(r.param("usage"))
	if err != nil {
		return err
	}
	if !r.wantsData() {
		if _, _, err := r.authoring().SaveOLX(r.ctx(), r.author(), usage, r.form("base"), r.form("xml")); err != nil {
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
	saved, findings, err := r.authoring().SaveOLX(r.ctx(), r.author(), usage, sent.Base, sent.XML)
	if err != nil {
		return r.sendSaved(usage, nil, saved, findings, err)
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return r.studioFailure(err)
	}
	return r.data(fiber.StatusOK, fiber.Map{
		"usage": usage.String(), "version": saved.Version, "op": saved.Op, "hash": content.Hash, "merged": saved.Merged, "conflicts": len(saved.Conflicts),
		"findings": sheetFindings(findings), "at": r.words.Time(r.now()),
	})
}
