package olx

import (
	"encoding/json"
	"errors"
	"mime"
	"path"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// assetFolders hold uploaded files. The second is older: files that pages beside the course refer to.
var assetFolders = []string{"static/", "static_import/"}

// assetData is what policies/assets.json says of one asset; the rest of it is Open edX's bookkeeping.
type assetData struct {
	DisplayName string `json:"displayname"`
	ContentType string `json:"contentType"`
	Locked      bool   `json:"locked"`
}

func (r *reader) readAssets() {
	data := r.assetData()
	for _, folder := range assetFolders {
		for _, file := range r.files.List() {
			name, ok := strings.CutPrefix(file.Path, r.join(folder))
			if !ok || ignoredAsset(name) {
				continue
			}
			_, base := split(name)
			asset := Asset{Name: name, File: file, DisplayName: base}
			known, ok := data[key.AssetForm(name)]
			if !ok {
				known = data[name]
			}
			if known.DisplayName != "" {
				asset.DisplayName = known.DisplayName
			}
			asset.ContentType, asset.Locked = contentType(known.ContentType, name), known.Locked
			r.addAsset(asset)
			r.claim(file.Path, RoleAsset, nil)
		}
	}
	if path, ok := r.lookup("assets/assets.xml"); ok {
		r.claim(path, RoleAssetData, nil)
	}
}

// addAsset keeps an asset, to be found by its name and by Open edX's form of it.
func (r *reader) addAsset(asset Asset) {
	for _, alias := range []string{asset.Name, key.AssetForm(asset.Name)} {
		if _, taken := r.course.assets[alias]; !taken {
			r.course.assets[alias] = len(r.course.Assets)
		}
	}
	r.course.Assets = append(r.course.Assets, asset)
}

// ignoredAsset says whether Open edX passes a file over: what desktops and editors leave behind.
func ignoredAsset(name string) bool {
	_, base := split(name)
	return strings.HasPrefix(base, "._") || base == ".DS_Store" || strings.HasSuffix(base, "~")
}

// contentType takes what the archive says if it is a type at all, else what the name's ending says.
func contentType(said, name string) string {
	if media, _, err := mime.ParseMediaType(said); err == nil && strings.Contains(media, "/") {
		return said
	}
	switch ending := strings.ToLower(path.Ext(name)); ending {
	case ".srt":
		return "application/x-subrip"
	case ".vtt":
		return "text/vtt"
	case ".sjson":
		return "application/json"
	default:
		if guess := mime.TypeByExtension(ending); guess != "" {
			return guess
		}
		return "application/octet-stream"
	}
}

func (r *reader) assetData() map[string]assetData {
	path, ok := r.lookup("policies/assets.json")
	if !ok {
		return nil
	}
	r.claim(path, RoleAssetData, nil)
	text, err := r.text(path)
	data := map[string]assetData{}
	if err == nil {
		err = json.Unmarshal(text, &data)
	}
	if err != nil {
		r.badJSON(path, text, err)
	}
	return data
}

// badJSON reports a JSON file that cannot be read.
func (r *reader) badJSON(path string, text []byte, err error) {
	finding := Finding{Code: CodeJSON, File: path, Message: "the file cannot be read as JSON: " + err.Error(), Fix: "mend the JSON"}
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		finding.Line, finding.Column = intake.NewLines(text).Position(int(syntax.Offset) - 1)
	case errors.As(err, &wrongType):
		finding.Line, finding.Column = intake.NewLines(text).Position(int(wrongType.Offset) - 1)
	}
	r.find(finding)
}

// readGradingPolicy takes the grading policy of the run or, in older courses, of the course.
func (r *reader) readGradingPolicy() {
	for _, name := range []string{"policies/" + r.course.Run + "/grading_policy.json", "grading_policy.json"} {
		path, ok := r.lookup(name)
		if !ok {
			continue
		}
		r.claim(path, RoleGrading, nil)
		text, err := r.text(path)
		var object map[string]json.RawMessage
		if err == nil {
			err = json.Unmarshal(text, &object)
		}
		if err != nil {
			r.badJSON(path, text, err)
			return
		}
		r.course.GradingPolicy, r.course.GradingFile = text, path
		return
	}
}
