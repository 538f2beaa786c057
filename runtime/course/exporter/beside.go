package exporter

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

// assets puts uploaded files in: new ones and those that were replaced.
func (e *exporting) assets(ctx context.Context) error {
	stored := map[string]course.Asset{}
	for after := store.Cursor(""); ; {
		page, next, err := e.config.Courses.Assets(ctx, e.request.Course, after, store.MaxPage)
		if err != nil {
			return err
		}
		for _, asset := range page {
			stored[asset.Name] = asset
		}
		if after = next; next == "" {
			break
		}
	}
	was := map[string][]olx.Asset{}
	if e.base != nil {
		for _, asset := range e.base.course.Assets {
			was[asset.Name] = append(was[asset.Name], asset)
		}
	}
	changed := map[string]course.Asset{}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if e.asset(stored[name], was[name]) {
			changed[name] = stored[name]
		}
	}
	for name, list := range was {
		if _, there := stored[name]; !there {
			for _, asset := range list {
				e.gone[asset.File.Path] = true
			}
		}
	}
	return e.assetData(changed)
}

// asset puts one file in. It says whether what is known about it has to be told.
func (e *exporting) asset(now course.Asset, was []olx.Asset) bool {
	for _, asset := range was {
		if hex.EncodeToString(asset.File.SHA256[:]) == now.Hash {
			last := was[len(was)-1]
			return now.Locked != last.Locked || now.Type != last.ContentType
		}
	}
	if len(was) > 0 {
		last := was[len(was)-1]
		e.stored[last.File.Path] = now.Hash
		return now.Locked != last.Locked || now.Type != last.ContentType
	}
	path := e.join("static/" + now.Name)
	if !e.free(path) {
		e.note(Note{File: path, Message: "the uploaded file is left out: its name is taken or not allowed in an archive"})
		return false
	}
	e.take(path)
	e.stored[path] = now.Hash
	return true
}

// assetData writes what policies/assets.json says of files that are new or have other settings; the rest of it stays.
func (e *exporting) assetData(changed map[string]course.Asset) error {
	if len(changed) == 0 {
		return nil
	}
	path := e.join("policies/assets.json")
	all, err := e.knownAssets(path)
	if err != nil {
		e.note(Note{File: path, Message: "the file cannot be read, so that it does not tell of changed files: " + err.Error()})
		return nil //nolint:nilerr // the course goes out all the same, and the report tells
	}
	for name, asset := range changed {
		key := olx.AssetKey(name)
		if all[key] == nil && all[name] != nil {
			key = name
		}
		if all[key] == nil {
			all[key] = map[string]json.RawMessage{}
		}
		for field, value := range map[string]any{"contentType": asset.Type, "locked": asset.Locked} {
			data, err := json.Marshal(value)
			if err != nil {
				return err
			}
			all[key][field] = data
		}
	}
	data, err := json.MarshalIndent(all, "", "    ")
	if err != nil {
		return err
	}
	e.add(path, string(data)+"\n")
	return nil
}

// knownAssets reads what policies/assets.json says, if there is one.
func (e *exporting) knownAssets(path string) (map[string]map[string]json.RawMessage, error) {
	all := map[string]map[string]json.RawMessage{}
	if e.base == nil {
		return all, nil
	}
	if _, there := e.base.files.Stat(path); !there {
		return all, nil
	}
	data, err := e.base.files.ReadFile(path, maxText)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &all)
	return all, err
}

// pages puts texts beside the course tree in: new ones and those that were changed.
func (e *exporting) pages(ctx context.Context) error {
	pages, err := e.config.Courses.Pages(ctx, e.request.Course)
	if err != nil {
		return err
	}
	was := map[[2]string]olx.Page{} // the run's own come last and hold
	if e.base != nil {
		for _, page := range e.base.course.Pages {
			was[[2]string{string(page.Kind), page.Slug}] = page
		}
	}
	for _, page := range pages {
		before := was[[2]string{page.Kind, page.Slug}]
		if page.HTML != "" || before.File != "" {
			e.page(page.Kind+"/"+page.Slug+".html", before.File, page.HTML)
		}
		for _, field := range slices.Sorted(maps.Keys(page.Fields)) {
			e.page(page.Kind+"/"+page.Slug+"."+field+".json", before.Fields[field], page.Fields[field])
		}
	}
	return nil
}

// page writes one text, if it is another one than came in.
func (e *exporting) page(name, was, text string) {
	if was != "" {
		if data, err := e.base.files.ReadFile(was, maxText); err == nil {
			if came, _ := intake.Text(data); string(came) == text { // one that had to be converted goes out as it came
				return
			}
		}
		e.add(was, text)
		return
	}
	path := e.join(name)
	if !e.free(path) {
		e.note(Note{File: path, Message: "the page is left out: its name is taken or not allowed in an archive"})
		return
	}
	e.add(path, text)
}

// grading writes the grading policy, if it is another one than came in.
func (e *exporting) grading() {
	if e.run.Grading == "" || e.library() || e.base != nil && string(e.base.course.GradingPolicy) == e.run.Grading {
		return
	}
	path := e.join("policies/" + e.runName() + "/grading_policy.json")
	if e.base != nil && e.base.course.GradingFile != "" {
		path = e.base.course.GradingFile
	}
	e.add(path, e.run.Grading)
}
