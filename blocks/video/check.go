package video

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Check implements sdk.Checker.
func (block) Check(_ *sdk.Call, f *Fields, _ []wire.Child) ([]wire.Finding, error) {
	c := &checking{fields: f, public: prepare(f)}
	c.sources()
	c.transcripts()
	c.links()
	if f.End > 0 && f.End <= f.Start {
		c.add(wire.LevelError, "end_time", "the end is not behind the start, so it counts as not set", "set an end that comes later, or none")
	}
	return c.findings, nil
}

type checking struct {
	fields   *Fields
	public   Public
	findings []wire.Finding
}

func (c *checking) add(level wire.Level, field, message, fix string) {
	c.findings = append(c.findings, wire.Finding{Level: level, Field: field, Message: message, Fix: fix})
}

func (c *checking) sources() {
	if id := strings.TrimSpace(c.fields.YouTube); id != "" && youtube(id) == "" {
		c.add(wire.LevelError, "youtube_id_1_0", fmt.Sprintf("%.80q is no YouTube ID", id), "write the letters behind v= in the video's address")
	}
	for _, text := range c.fields.Sources {
		switch url := address(text); {
		case youtubeAddress.MatchString(text):
		case url == "":
			c.add(wire.LevelError, "html5_sources", fmt.Sprintf("%.200q is no address of a video", text), "write https://... or /static/NAME")
		case strings.HasPrefix(strings.ToLower(url), "http://"):
			c.add(wire.LevelWarning, "html5_sources", fmt.Sprintf("%.200q is not encrypted, so browsers refuse it", text), "write https://")
		case sourceOf(url).Type == "":
			c.add(wire.LevelWarning, "html5_sources", fmt.Sprintf("%.200q does not end like a video file", text), "most browsers play .mp4 and .webm")
		}
	}
	if len(c.public.Sources) == 0 && c.public.YouTube == "" {
		c.add(wire.LevelWarning, "html5_sources", "there is nothing to play", "add a video file or a YouTube ID")
	}
}

func (c *checking) transcripts() {
	for _, language := range slices.Sorted(maps.Keys(c.fields.Transcripts)) {
		name := fileName(address(c.fields.Transcripts[language]))
		switch {
		case !validLanguage(language):
			c.add(wire.LevelError, "transcripts", fmt.Sprintf("%.40q is no language", language), "write a tag such as en or pt-BR")
		case name == "":
			c.add(wire.LevelError, "transcripts", fmt.Sprintf("the transcript in %s is no file of the course", language), "upload it and name it")
		case !slices.Contains([]string{".srt", ".vtt", ".sjson"}, strings.ToLower(path.Ext(name))):
			c.add(wire.LevelWarning, "transcripts", fmt.Sprintf("%s does not end like a transcript", name), "use an .srt, .vtt or .sjson file")
		}
	}
	if len(c.public.Tracks) == 0 && (len(c.public.Sources) > 0 || c.public.YouTube != "") {
		c.add(wire.LevelWarning, "transcripts", "learners who cannot hear have no captions and no transcript", "add a transcript as an .srt or .vtt file")
	}
}

func (c *checking) links() {
	for _, link := range []struct{ field, text string }{
		{"track", c.fields.Track}, {"handout", c.fields.Handout}, {"thumbnail", c.fields.Thumbnail},
	} {
		if strings.TrimSpace(link.text) != "" && address(link.text) == "" {
			c.add(wire.LevelError, link.field, fmt.Sprintf("%.200q is no address", link.text), "write https://... or /static/NAME")
		}
	}
}
