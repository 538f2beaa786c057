package capa

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// codeKey is the key of a coderesponse: what an external grader gets besides the answer.
type codeKey struct {
	// Queue names the grader, Payload is the author's text for it. Nobody but the grader reads it.
	Queue   string `json:"q,omitempty"`
	Payload string `json:"p,omitempty"`
	// Display is the answer to show.
	Display string `json:"d,omitempty"`
}

func (v *codeKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "q":
			v.Queue = s.Text()
		case "p":
			v.Payload = s.Text()
		case "d":
			v.Display = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

// codeResponse is a program or files that a grader outside of the platform judges. Until it has, the whole submission waits.
type codeResponse struct{}

func (codeResponse) compile(c *compiler, e *element, r *Response) {
	key := &codeKey{Queue: pystr.Strip(c.sub(e.value("queuename")))}
	text := func(of *element, name string) string {
		if kid := of.child(name); kid != nil {
			return c.sub(kid.allText())
		}
		return ""
	}
	initial := ""
	if param := e.child("codeparam"); param != nil {
		key.Payload, key.Display, initial = text(param, "grader_payload"), text(param, "answer_display"), text(param, "initial_display")
	} else {
		c.warn(e, "<coderesponse> has no <codeparam>, so its grader is told nothing", "write <codeparam><grader_payload>...</grader_payload></codeparam>")
	}
	for _, field := range c.fields(e) {
		in := &c.public.Inputs[c.input[field]]
		if in.Kind != Area {
			continue
		}
		if in.Given = c.sub(field.allText()); pystr.Strip(in.Given) == "" {
			in.Given = strings.TrimLeft(initial, "\r\n")
		}
	}
	r.Code = key
}

// grade has nothing to say: [Secret.GradeIn] makes the whole wait.
func (codeResponse) grade(*grading, *Response, []Part) *Failure { return nil }

func (codeResponse) reveal(r *Response) []Shown {
	if text := pystr.Strip(r.Code.Display); text != "" && len(r.Inputs) > 0 {
		return []Shown{{ID: r.Inputs[0].ID, Texts: []string{text}}}
	}
	return nil
}

func (codeResponse) solve(*Response) []Answers { return nil }

// external reports whether a grader outside of the platform has the word.
func (s *Secret) external() bool {
	return slices.ContainsFunc(s.Responses, func(r Response) bool { return r.Code != nil })
}

// upload are files to hand in (filesubmission).
type upload struct {
	// Allowed are the only names that files may have, where there are some; Required must all be there.
	Allowed  []string `json:"a,omitempty"`
	Required []string `json:"r,omitempty"`
}

func (v *upload) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Allowed = s.Texts()
		case "r":
			v.Required = s.Texts()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (c *compiler) upload(e *element, in *Input) {
	in.Kind = Upload
	in.Upload = &upload{Allowed: pystr.Fields(c.sub(e.value("allowed_files"))), Required: pystr.Fields(c.sub(e.value("required_files")))}
}

// FileNamed is a file that was handed in.
type FileNamed struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
	Size int64  `json:"size"`
}

// Handed is an answer of files; none is no answer.
func Handed(files []FileNamed) Answer {
	if len(files) == 0 {
		return Given("")
	}
	data, err := json.Marshal(files)
	if err != nil {
		panic("writing an answer: " + err.Error()) // strings and numbers always marshal
	}
	return Given(string(data))
}

// files are those of an answer.
func files(answer string) []FileNamed {
	var list []FileNamed
	if json.Unmarshal([]byte(answer), &list) != nil {
		return nil
	}
	return list
}

// FileFields are the inputs that take files, by the form field they come in.
func (p *Public) FileFields() map[string]*Input {
	var fields map[string]*Input
	for i := range p.Inputs {
		if in := &p.Inputs[i]; in.Kind == Upload {
			if fields == nil {
				fields = map[string]*Input{}
			}
			fields[in.field()] = in
		}
	}
	return fields
}

// Refuses is why these files cannot be handed in, a message's key with what it names; "" when they can.
func (in *Input) Refuses(list []FileNamed) (key string, names []string) {
	if len(list) == 0 {
		return "upload_first", nil
	}
	has := func(name string) bool {
		return slices.ContainsFunc(list, func(f FileNamed) bool { return f.Name == name })
	}
	for _, name := range in.Upload.Required {
		if !has(name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		return "upload_missing", names
	}
	for _, f := range list {
		if len(in.Upload.Allowed) > 0 && !slices.Contains(in.Upload.Allowed, f.Name) {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		return "upload_other", names
	}
	return "", nil
}

// upload is a control for files. What was handed in before stands beside it: browsers never fill such a control in.
func (w *writer) upload(in *Input) {
	w.raw(`<div class="field capa-upload"><label`)
	w.attr("for", w.id(in, ""))
	w.raw(">")
	if in.Label != "" {
		w.raw(in.Label)
	} else {
		w.put(w.text("upload_files"))
	}
	w.raw("</label>")
	w.notes(in)
	for _, list := range []struct {
		key   string
		names []string
	}{{"upload_required", in.Upload.Required}, {"upload_allowed", in.Upload.Allowed}} {
		if len(list.names) > 0 {
			w.raw(`<p class="help">`)
			w.put(w.text(list.key, strings.Join(list.names, ", ")))
			w.raw("</p>")
		}
	}
	if handed := files(w.o.Answers[in.ID].first()); len(handed) > 0 {
		w.raw(`<div class="capa-handed"><p>`)
		w.put(w.text("upload_handed"))
		w.raw("</p><ul>")
		for _, f := range handed {
			w.raw("<li><bdi>")
			w.put(f.Name)
			w.raw("</bdi></li>")
		}
		w.raw("</ul></div>")
	}
	w.raw(`<input type="file" multiple`)
	w.attr("id", w.id(in, ""))
	w.common(in)
	w.described(in)
	w.flag("disabled", w.o.Closed)
	w.raw(">")
	w.status(in, "p")
	w.feedback(w.part(in))
	w.raw("</div>")
}

// toldFiles are the names of files, for reports.
func toldFiles(answer string) string {
	var names []string
	for _, f := range files(answer) {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}
