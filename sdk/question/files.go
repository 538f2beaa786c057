package question

import (
	"path"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Where a kind takes files: FilesInput is the name under which browsers send them, and under which answers and reports name them;
// dropInput names those that are to go.
const (
	FilesInput = "files"
	dropInput  = "drop"
)

// Files are what is kept of a learner's files. A kind that is an [Uploader] embeds them in its fields beside [Fields].
type Files struct {
	Kept []Kept `quoin:"files,user_state"`
}

// Kept is one file: stored by the platform, private to the learner and to the graders.
type Kept struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	Hash string `json:"hash"`
	// At is when it came, in milliseconds since 1970 UTC; In says that it was handed in.
	At int64 `json:"at"`
	In bool  `json:"in,omitempty"`
}

func (f *Files) files() *Files { return f }

// filed are fields that embed [Files].
type filed interface{ files() *Files }

// Uploader is a kind whose answers hold files; nil takes none after all. Its Public value goes with the question.
type Uploader[P any] interface {
	Uploads(public P) *wire.Uploads
}

// takes is what a question takes of files, nil for none.
func (b *block[F, P, S, PF]) takes(public P) *wire.Uploads {
	if uploader, ok := b.kind.(Uploader[P]); ok {
		return uploader.Uploads(public)
	}
	return nil
}

// keep makes the learner's files of those that were there, those that shall go, and those that came. A file of a name that is
// there takes its place.
func (f *Files) keep(c *sdk.Call, limits *wire.Uploads, form map[string][]string, came []wire.File) error {
	left := slices.DeleteFunc(slices.Clone(f.Kept), func(k Kept) bool { return slices.Contains(form[dropInput], k.Hash) })
	for _, file := range came {
		if file.Input != FilesInput {
			continue
		}
		kind := strings.ToLower(path.Ext(file.Name))
		switch {
		case len(limits.Kinds) > 0 && !slices.Contains(limits.Kinds, kind):
			return sdk.Refuse("%s", c.T("file_kind", file.Name, strings.Join(limits.Kinds, ", ")))
		case file.Size > limits.Bytes:
			return sdk.Refuse("%s", c.T("file_large", file.Name, Megabytes(limits.Bytes)))
		}
		left = slices.DeleteFunc(left, func(k Kept) bool { return k.Hash == file.Hash || k.Name == file.Name })
		left = append(left, Kept{Name: file.Name, Type: file.Type, Size: file.Size, Hash: file.Hash, At: c.Context.Now})
	}
	if len(left) > limits.Files {
		return sdk.Refuse("%s", c.T("files_many", limits.Files))
	}
	f.Kept = left
	return nil
}

// names puts the files into the answers, for reports.
func (f *Files) names(answers Answers) {
	delete(answers, FilesInput)
	for _, k := range f.Kept {
		answers[FilesInput] = append(answers[FilesInput], k.Name)
	}
}

// handIn gives the files as a submission takes them.
func (f *Files) handIn() []wire.File {
	var files []wire.File
	for i := range f.Kept {
		k := &f.Kept[i]
		k.In = true
		files = append(files, wire.File{Input: FilesInput, Name: k.Name, Type: k.Type, Size: k.Size, Hash: k.Hash})
	}
	return files
}

// Megabytes writes a size.
func Megabytes(bytes int64) string { return Number(float64(bytes) / 1e6) }

// size writes a file's size in the unit that fits.
func (p *Page) size(bytes int64) string {
	if bytes < 1_000_000 {
		return p.Call.T("kilobytes", Number(float64(max(bytes, 10))/1e3))
	}
	return p.Call.T("megabytes", Megabytes(bytes))
}

// Upload writes the learner's files and the field for more.
func (p *Page) Upload(limits *wire.Uploads) {
	id := ID(FilesInput)
	p.Raw(`<div class="uploading">`)
	if len(p.Kept) > 0 {
		p.Raw(`<h3 class="small">`)
		p.Say("your_files")
		p.Raw(`</h3><ul class="kept-files">`)
		for _, k := range p.Kept {
			p.kept1(k)
		}
		p.Raw("</ul>")
		if slices.ContainsFunc(p.Kept, func(k Kept) bool { return !k.In }) {
			p.Raw(`<p class="small notice warn">`)
			p.Say("files_not_in")
			p.Raw("</p>")
		}
	}
	if !p.Closed {
		p.Raw(`<div class="field upload" data-max-size="`, Number(float64(limits.Bytes)), `" data-max-files="`, Number(float64(limits.Files)), `"><label for="`, id, `">`)
		p.Say("add_files")
		p.Raw(`</label><input type="file" id="`, id, `" name="`, FilesInput, `" form="`, Form, `"`)
		p.Flag("multiple", limits.Files > 1)
		p.Attr("accept", strings.Join(limits.Kinds, ","))
		p.Raw(` aria-describedby="`, id, `-help"><span class="help" id="`, id, `-help">`)
		p.Say("files_help", limits.Files, Megabytes(limits.Bytes))
		if len(limits.Kinds) > 0 {
			p.Raw(" ")
			p.Say("files_kinds", strings.Join(limits.Kinds, ", "))
		}
		p.Raw("</span>")
		p.Raw("</div>")
	}
	p.after(FilesInput)
	p.Raw("</div>")
}

func (p *Page) kept1(k Kept) {
	p.Raw(`<li><a href="quoin:file/`, k.Hash, `" download><bdi>`)
	p.Put(k.Name)
	p.Raw(`</bdi></a> <span class="small soft">`)
	p.Put(p.size(k.Size))
	p.Raw(" · ")
	key := "file_added"
	if k.In {
		key = "file_in"
	}
	p.SayAt(key, k.At)
	p.Raw("</span>")
	if !p.Closed {
		p.Raw(` <label class="check small"><input type="checkbox" name="`, dropInput, `" value="`, k.Hash, `" form="`, Form, `"> `)
		p.Say("file_remove")
		p.Raw(`<span class="visually-hidden"> `)
		p.Put(k.Name)
		p.Raw("</span></label>")
	}
	p.Raw("</li>")
}
