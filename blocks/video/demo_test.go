package video_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/internal/demo"
	"github.com/quoin-lms/quoin/blocks/video"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/transcript"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// TestDemoCourse imports every video of the Open edX demo course, shows it, and gives each of its transcripts.
func TestDemoCourse(t *testing.T) {
	w, err := fakehost.Open(fakehost.Config{Serve: video.Block().Serve, Permissions: fakehost.Permissions{"files": nil, "embed": {"www.youtube-nocookie.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	for path, source := range demo.Files(t, "static", ".srt") {
		_, name, _ := strings.Cut(path, "/static/")
		w.CourseFile(name, "text/plain", []byte(source))
		if lines, err := transcript.Parse([]byte(source)); err != nil || len(lines) < 10 {
			t.Errorf("%s: %d lines, %v", name, len(lines), err)
		}
	}
	ann := w.Add(fakehost.Person{ID: "ann"})
	players, remote, given := 0, 0, 0
	for name, source := range demo.Files(t, "video", ".xml") {
		place := w.Place(strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".xml"))
		fields, findings, err := w.Import([]byte(source), nil)
		if err == nil {
			err = w.Publish(place, fields)
		}
		if err != nil || len(findings) > 0 {
			t.Errorf("%s: %v, %v", name, findings, err)
			continue
		}
		shown, err := w.View(ann, place, "", fakehost.Where{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		switch {
		case strings.Contains(shown.HTML, "<video"):
			players++
		case strings.Contains(shown.HTML, "data-remote"):
			remote++
		}
		for _, language := range []string{"en", "es"} {
			if !strings.Contains(source, `<transcript language="`+language+`"`) {
				continue
			}
			given++
			got, err := w.Post(ann, place, fakehost.Post{Handler: "captions", HTTP: wire.HTTP{Method: "GET", Query: map[string][]string{"lang": {language}}}})
			if err != nil || !strings.HasPrefix(string(got.Body.Data), "WEBVTT\n") {
				t.Errorf("%s in %s: %v", name, language, err)
			}
		}
	}
	if players != 1 || remote != 10 || given != 6 {
		t.Errorf("%d players, %d on YouTube, %d transcripts", players, remote, given)
	}
}
