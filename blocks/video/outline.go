package video

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Outline implements sdk.Outliner.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	public := prepare(f)
	facts := wire.Facts{Title: f.DisplayName, Icon: "video", Completion: wire.CompleteByBlock, Files: public.files()}
	for _, t := range public.Tracks {
		if !slices.Contains(facts.Transcripts, t.File) {
			facts.Transcripts = append(facts.Transcripts, t.File)
		}
	}
	if len(public.Sources) == 0 && public.YouTube == "" { // nothing can be played, so nothing can be completed
		facts.Completion = wire.CompleteNever
	}
	var err error
	if facts.StudentView, err = studentView(f, &public); err != nil {
		return sdk.Outline[Public, sdk.None]{}, err
	}
	return sdk.Outline[Public, sdk.None]{Facts: facts, Public: public}, nil
}

// prepare reads the author's fields. What cannot be read is left out: check tells the author.
func prepare(f *Fields) Public {
	p := Public{
		Title: f.DisplayName, Start: max(0, f.Start), End: max(0, f.End), Poster: address(f.Thumbnail), Transcript: address(f.Track),
		Handout: address(f.Handout), OfferVideo: f.DownloadVideo, OfferText: !f.DownloadTrack.Set || f.DownloadTrack.Null || f.DownloadTrack.Value,
		Open: f.ShowTranscript,
	}
	if p.End <= p.Start {
		p.End = 0
	}
	for _, id := range []string{f.YouTube, f.YouTube125, f.YouTube15, f.YouTube075} {
		if p.YouTube = youtube(id); p.YouTube != "" {
			break
		}
	}
	asset := readAsset(f.Children)
	for _, text := range append(slices.Clone(f.Sources), asset.files...) {
		if id := youtubeAddress.FindStringSubmatch(strings.TrimSpace(text)); id != nil {
			if p.YouTube == "" {
				p.YouTube = id[1]
			}
			continue
		}
		if url := address(text); url != "" && !slices.ContainsFunc(p.Sources, func(s source) bool { return s.URL == url }) {
			p.Sources = append(p.Sources, sourceOf(url))
		}
	}
	if p.YouTube == "" {
		p.YouTube = youtube(asset.youtube)
	}
	p.Tracks = tracks(f, &asset)
	return p
}

// tracks lists the transcripts, sorted by language. Those that Open edX's pipeline made are named after the video.
func tracks(f *Fields, asset *asset) []track {
	files := map[string]string{}
	if f.Sub != "" {
		files["en"] = fileName(address("subs_" + f.Sub + ".srt.sjson"))
	}
	if f.EdxVideoID != "" {
		for language, format := range asset.transcripts {
			files[language] = fileName(address(f.EdxVideoID + "-" + language + "." + format))
		}
	}
	for language, text := range f.Transcripts {
		files[language] = fileName(address(text))
	}
	var list []track
	for _, language := range slices.Sorted(maps.Keys(files)) {
		if files[language] != "" && validLanguage(language) {
			list = append(list, track{language, files[language]})
		}
	}
	return list
}

// asset is what <video_asset> says: the files that a pipeline made, and the formats of transcripts by language.
type asset struct {
	files       []string
	youtube     string
	duration    float64
	transcripts map[string]string
}

// profiles are the pipeline's video files, best first.
var profiles = []string{"hls", "desktop_webm", "desktop_mp4", "mobile_high", "mobile_low"}

// readAsset reads the children that the author's OLX had. They may hold anything.
func readAsset(children string) asset {
	a := asset{transcripts: map[string]string{}}
	if children == "" {
		return a
	}
	root := olx.Element{Inner: children, Line: 1}
	list, err := root.Children()
	if err != nil {
		return a
	}
	encoded := map[string]string{}
	for _, child := range list {
		if child.Name == "video_asset" {
			a.read(child, encoded)
		}
	}
	for _, profile := range profiles {
		if url := encoded[profile]; url != "" {
			a.files = append(a.files, url)
		}
	}
	a.youtube = encoded["youtube"]
	return a
}

func (a *asset) read(e *olx.Element, encoded map[string]string) {
	if text, ok := e.Attr("duration"); ok {
		if seconds, err := clock(text); err == nil {
			a.duration = seconds
		}
	}
	children, err := e.Children()
	if err != nil {
		return
	}
	for _, child := range children {
		switch child.Name {
		case "encoded_video":
			profile, _ := child.Attr("profile")
			encoded[profile], _ = child.Attr("url")
		case "transcripts":
			a.read(child, encoded)
		case "transcript":
			language, _ := child.Attr("language_code")
			format, _ := child.Attr("file_format")
			if language != "" && format != "" {
				a.transcripts[language] = format
			}
		}
	}
}

// files are the course's files that the video needs, sorted.
func (p *Public) files() []string {
	var names []string
	for _, url := range []string{p.Poster, p.Transcript, p.Handout} {
		names = append(names, fileName(url))
	}
	for _, s := range p.Sources {
		names = append(names, fileName(s.URL))
	}
	for _, t := range p.Tracks {
		names = append(names, t.File)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	slices.Sort(names)
	return slices.Compact(names)
}

// encodedVideo is one file as mobile apps know it.
type encodedVideo struct {
	URL  string `json:"url"`
	Size int64  `json:"file_size"`
}

// studentView is what mobile apps are told. Addresses that start with /static/ are the course's.
func studentView(f *Fields, p *Public) (json.RawMessage, error) {
	view := struct {
		OnlyOnWeb   bool                    `json:"only_on_web"`
		Duration    *float64                `json:"duration"`
		Transcripts map[string]string       `json:"transcripts"`
		Encoded     map[string]encodedVideo `json:"encoded_videos"`
		Sources     []string                `json:"all_sources"`
	}{OnlyOnWeb: f.OnlyOnWeb, Transcripts: map[string]string{}, Encoded: map[string]encodedVideo{}, Sources: []string{}}
	if seconds := readAsset(f.Children).duration; seconds > 0 {
		view.Duration = &seconds
	}
	for _, t := range p.Tracks {
		view.Transcripts[t.Language] = static + t.File
	}
	for _, s := range p.Sources {
		view.Sources = append(view.Sources, s.URL)
	}
	if p.YouTube != "" {
		view.Encoded["youtube"] = encodedVideo{URL: watchAddress(p.YouTube, 0)}
	}
	if len(p.Sources) > 0 {
		view.Encoded["fallback"] = encodedVideo{URL: p.Sources[0].URL}
	}
	data, err := json.Marshal(&view)
	if err != nil {
		return nil, fmt.Errorf("encoding the view of mobile apps: %w", err)
	}
	return data, nil
}
